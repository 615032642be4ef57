#include "kernels/cuda/train_elementwise.h"

#include <cmath>

#include "kernels/common/keyed_hash.h"
#include "kernels/cuda/device_math.cuh"

namespace lectern::kernels::cuda {
namespace {

constexpr int kThreads = 256;
constexpr int kVector = 8;

/// Calls body(index) for every index below count, one thread each.
template <typename Body>
__global__ void eachKernel(int64_t count, Body body) {
    const int64_t at = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
    if (at < count) body(at);
}

template <typename Body>
CudaStatus each(int64_t count, Body body, cudaStream_t stream) {
    if (count < 0 || divideUp(count, kThreads) > INT32_MAX) return Status::InvalidArgument;
    if (count == 0) return {};
    eachKernel<<<static_cast<unsigned>(divideUp(count, kThreads)), kThreads, 0, stream>>>(count, body);
    return launchStatus();
}

/// Calls body(index) for every kVector-th index.
template <typename Body>
__global__ void eachVectorKernel(int64_t vectors, Body body) {
    const int64_t at = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
    if (at < vectors) body(at * kVector);
}

template <typename Body>
CudaStatus eachVector(int64_t count, Body body, cudaStream_t stream) {
    if (count < 0 || divideUp(count, kThreads * kVector) > INT32_MAX) return Status::InvalidArgument;
    if (count % kVector != 0) return Status::Unsupported;
    if (count == 0) return {};
    eachVectorKernel<<<static_cast<unsigned>(divideUp(count, kThreads * kVector)), kThreads, 0, stream>>>(
        count / kVector, body);
    return launchStatus();
}

using Vector = Pack<Bf16, kVector>;

__device__ inline Vector loadVector(const Bf16* from) {
    return *reinterpret_cast<const Vector*>(from);
}
__device__ inline void storeVector(Bf16* to, const Vector& value) {
    *reinterpret_cast<Vector*>(to) = value;
}

/// One block per segment, one thread per column pair.
__global__ void embedBackwardKernel(const Bf16* dOut, const int32_t* order, const int32_t* starts, const int32_t* ids,
                                    int64_t dim, float* table) {
    const int32_t begin = starts[blockIdx.x], end = starts[blockIdx.x + 1];
    float* row = table + static_cast<int64_t>(ids[blockIdx.x]) * dim;
    for (int64_t d = 2 * static_cast<int64_t>(threadIdx.x); d < dim; d += 2 * blockDim.x) {
        float first = 0.0f, second = 0.0f;
#pragma unroll 8
        for (int32_t i = begin; i < end; ++i) {
            const auto pair = *reinterpret_cast<const uint32_t*>(dOut + order[i] * dim + d);
            first += lowBf16(pair);
            second += highBf16(pair);
        }
        row[d] += first;
        row[d + 1] += second;
    }
}

/// A block takes every gridDim.x-th row; a thread keeps its columns' sums of dWeight over those rows. With y = x r w,
/// r = rsqrt(mean(x^2) + eps): dX = r (w dOut - x r^2 mean(w dOut x)), dWeight = sum of dOut x r.
template <int kIterations>
__global__ void rmsNormBackwardKernel(const Bf16* x, const float* weight, float eps, const Bf16* dOut, int64_t rows,
                                      int64_t dim, Bf16* dX, float* parts) {
    constexpr int kWidth = 4;
    __shared__ float scratch[2][33];
    float weightSums[kIterations][kWidth] = {};
    for (int64_t row = blockIdx.x; row < rows; row += gridDim.x) {
        float xs[kIterations][kWidth], gs[kIterations][kWidth];
        float squares = 0.0f, dot = 0.0f;
#pragma unroll
        for (int i = 0; i < kIterations; ++i) {
            const int64_t at = (static_cast<int64_t>(i) * blockDim.x + threadIdx.x) * kWidth;
            if (at >= dim) continue;
            const auto xPack = *reinterpret_cast<const Pack<Bf16, kWidth>*>(x + row * dim + at);
            const auto gPack = *reinterpret_cast<const Pack<Bf16, kWidth>*>(dOut + row * dim + at);
#pragma unroll
            for (int j = 0; j < kWidth; ++j) {
                xs[i][j] = toFloat(xPack.values[j]);
                gs[i][j] = toFloat(gPack.values[j]);
                squares += xs[i][j] * xs[i][j];
                dot += gs[i][j] * weight[at + j] * xs[i][j];
            }
        }
        squares = blockSum(squares, scratch[0]);
        dot = blockSum(dot, scratch[1]);
        const float inverse = rsqrtf(squares / static_cast<float>(dim) + eps);
        const float pull = dot / static_cast<float>(dim) * inverse * inverse * inverse;
#pragma unroll
        for (int i = 0; i < kIterations; ++i) {
            const int64_t at = (static_cast<int64_t>(i) * blockDim.x + threadIdx.x) * kWidth;
            if (at >= dim) continue;
            auto* target = reinterpret_cast<Pack<Bf16, kWidth>*>(dX + row * dim + at);
            auto pack = *target;
#pragma unroll
            for (int j = 0; j < kWidth; ++j) {
                const float gradient = gs[i][j] * weight[at + j] * inverse - xs[i][j] * pull;
                pack.values[j] = fromFloat<Bf16>(toFloat(pack.values[j]) + gradient);
                weightSums[i][j] += gs[i][j] * xs[i][j] * inverse;
            }
            *target = pack;
        }
    }
    if (parts == nullptr) return;
#pragma unroll
    for (int i = 0; i < kIterations; ++i) {
        const int64_t at = (static_cast<int64_t>(i) * blockDim.x + threadIdx.x) * kWidth;
        if (at >= dim) continue;
#pragma unroll
        for (int j = 0; j < kWidth; ++j) parts[blockIdx.x * dim + at + j] = weightSums[i][j];
    }
}

/// A block sums 32 columns over all parts: eight row strides side by side, then in order.
__global__ void sumPartsKernel(const float* parts, int64_t count, int64_t dim, float* out) {
    __shared__ float sums[8][32];
    const int64_t column = static_cast<int64_t>(blockIdx.x) * 32 + threadIdx.x;
    float sum = 0.0f;
    if (column < dim) {
        for (int64_t i = threadIdx.y; i < count; i += 8) sum += parts[i * dim + column];
    }
    sums[threadIdx.y][threadIdx.x] = sum;
    __syncthreads();
    if (threadIdx.y != 0 || column >= dim) return;
    for (int i = 1; i < 8; ++i) sum += sums[i][threadIdx.x];
    out[column] += sum;
}

/// One block per row, three passes: the peak, the sum, the gradient.
__global__ void crossEntropyKernel(Bf16* logits, const int32_t* targets, int64_t vocab, float scale, float* losses) {
    __shared__ float scratch[33];
    Bf16* row = logits + static_cast<int64_t>(blockIdx.x) * vocab;
    const int32_t target = targets[blockIdx.x];
    float peak = -INFINITY;
    for (int64_t i = threadIdx.x; i < vocab; i += blockDim.x) peak = fmaxf(peak, toFloat(row[i]));
    peak = warpMax(peak);
    if (threadIdx.x % 32 == 0) scratch[threadIdx.x / 32] = peak;
    __syncthreads();
    for (unsigned i = 0; i < blockDim.x / 32; ++i) peak = fmaxf(peak, scratch[i]);
    __syncthreads();
    float sum = 0.0f;
    for (int64_t i = threadIdx.x; i < vocab; i += blockDim.x) sum += expf(toFloat(row[i]) - peak);
    sum = blockSum(sum, scratch);
    const float logSum = peak + logf(sum);
    if (threadIdx.x == 0) losses[blockIdx.x] = logSum - toFloat(row[target]);
    // The loss reads the target's logit before its thread overwrites it.
    __syncthreads();
    for (int64_t i = threadIdx.x; i < vocab; i += blockDim.x) {
        const float probability = expf(toFloat(row[i]) - logSum);
        row[i] = fromFloat<Bf16>(scale * (probability - (i == target ? 1.0f : 0.0f)));
    }
}

constexpr int kSquaresArrays = 128;
struct SquaresBatch {
    SquaresArray arrays[kSquaresArrays];
    int32_t firstPart[kSquaresArrays + 1];
    int32_t count;
};

__global__ void squaresKernel(const __grid_constant__ SquaresBatch batch, double* parts) {
    __shared__ double sums[kThreads];
    const auto part = static_cast<int32_t>(blockIdx.x);
    int32_t i = 0;
    while (batch.firstPart[i + 1] <= part) ++i;
    const int64_t begin = (part - batch.firstPart[i]) * kSquareChunk;
    const int64_t end = min(begin + kSquareChunk, batch.arrays[i].count);
    double sum = 0;
    for (int64_t at = begin + threadIdx.x; at < end; at += kThreads) {
        const double x = batch.arrays[i].values[at];
        sum += x * x;
    }
    sums[threadIdx.x] = sum;
    __syncthreads();
    for (int step = kThreads / 2; step > 0; step /= 2) {
        if (threadIdx.x < static_cast<unsigned>(step)) sums[threadIdx.x] += sums[threadIdx.x + step];
        __syncthreads();
    }
    if (threadIdx.x == 0) parts[part] = sums[0];
}

template <typename X>
CudaStatus blendTyped(float a, const X* x, float b, float* y, int64_t count, cudaStream_t stream) {
    return each(
        count, [=] __device__(int64_t i) { y[i] = a * toFloat(x[i]) + (b == 0.0f ? 0.0f : b * y[i]); }, stream);
}

}  // namespace

CudaStatus toF32(const Bf16* x, int64_t count, float* out, cudaStream_t stream) {
    return each(
        count, [=] __device__(int64_t i) { out[i] = toFloat(x[i]); }, stream);
}

CudaStatus copyRows(const Bf16* from, const int64_t* rows, int64_t count, int64_t dim, bool scatter, Bf16* out,
                    cudaStream_t stream) {
    return eachVector(
        count * dim,
        [=] __device__(int64_t at) {
            const int64_t i = at / dim, column = at % dim;
            const int64_t other = rows[i] * dim + column;
            storeVector(out + (scatter ? other : at), loadVector(from + (scatter ? at : other)));
        },
        stream);
}

CudaStatus embedBackward(const Bf16* dOut, const int32_t* order, const int32_t* starts, const int32_t* ids,
                         int64_t segments, int64_t dim, float* table, cudaStream_t stream) {
    if (segments < 0 || segments > INT32_MAX || dim % 2 != 0) return Status::InvalidArgument;
    if (segments == 0) return {};
    embedBackwardKernel<<<static_cast<unsigned>(segments), kThreads, 0, stream>>>(dOut, order, starts, ids, dim, table);
    return launchStatus();
}

CudaStatus rmsNormBackward(const Bf16* x, const float* weight, float eps, const Bf16* dOut, int64_t rows, int64_t dim,
                           Bf16* dX, float* dWeight, float* parts, cudaStream_t stream) {
    if (rows < 0 || dim <= 0 || dim % 4 != 0 || (dWeight != nullptr && parts == nullptr)) {
        return Status::InvalidArgument;
    }
    if (rows == 0) return {};
    const int64_t grid = rmsNormParts(rows);
    float* sums = dWeight != nullptr ? parts : nullptr;
    const auto threadsFor = [&](int iterations) {
        return static_cast<unsigned>(divideUp(divideUp(dim, 4 * iterations), 32) * 32);
    };
    const auto blocks = static_cast<unsigned>(grid);
    if (threadsFor(1) <= 256) {
        rmsNormBackwardKernel<1><<<blocks, threadsFor(1), 0, stream>>>(x, weight, eps, dOut, rows, dim, dX, sums);
    } else if (threadsFor(4) <= 1024) {
        rmsNormBackwardKernel<4><<<blocks, threadsFor(4), 0, stream>>>(x, weight, eps, dOut, rows, dim, dX, sums);
    } else {
        return Status::Unsupported;
    }
    LECTERN_CUDA_TRY(launchStatus());
    if (dWeight == nullptr) return {};
    sumPartsKernel<<<static_cast<unsigned>(divideUp(dim, 32)), dim3(32, 8), 0, stream>>>(parts, grid, dim, dWeight);
    return launchStatus();
}

CudaStatus swigluBackward(const Bf16* gate, const Bf16* up, const Bf16* dOut, int64_t count, Bf16* dGate, Bf16* dUp,
                          cudaStream_t stream) {
    return eachVector(
        count,
        [=] __device__(int64_t at) {
            const Vector g = loadVector(gate + at), u = loadVector(up + at), d = loadVector(dOut + at);
            Vector gateGradient, upGradient;
#pragma unroll
            for (int j = 0; j < kVector; ++j) {
                const float x = toFloat(g.values[j]), gradient = toFloat(d.values[j]);
                const float sigmoid = 1.0f / (1.0f + __expf(-x));
                gateGradient.values[j] =
                    fromFloat<Bf16>(gradient * toFloat(u.values[j]) * sigmoid * (1.0f + x * (1.0f - sigmoid)));
                upGradient.values[j] = fromFloat<Bf16>(gradient * x * sigmoid);
            }
            storeVector(dGate + at, gateGradient);
            storeVector(dUp + at, upGradient);
        },
        stream);
}

CudaStatus dropout(const Bf16* x, int64_t count, uint64_t seed, double rate, bool accumulate, Bf16* out,
                   cudaStream_t stream) {
    const auto scale = static_cast<float>(1.0 / (1.0 - rate));
    return each(
        count,
        [=] __device__(int64_t i) {
            const float kept = keptByDropout(seed, static_cast<uint64_t>(i), rate) ? toFloat(x[i]) * scale : 0.0f;
            out[i] = fromFloat<Bf16>(accumulate ? toFloat(out[i]) + kept : kept);
        },
        stream);
}

CudaStatus ropeTableAt(const double* inverseFrequencies, int32_t headDim, double magnitude, const int64_t* positions,
                       int64_t count, float* cos, float* sin, cudaStream_t stream) {
    if (headDim <= 0 || headDim % 2 != 0) return Status::InvalidArgument;
    const int64_t half = headDim / 2;
    return each(
        count * half,
        [=] __device__(int64_t at) {
            double s, c;
            sincos(static_cast<double>(positions[at / half]) * inverseFrequencies[at % half], &s, &c);
            cos[at] = static_cast<float>(c * magnitude);
            sin[at] = static_cast<float>(s * magnitude);
        },
        stream);
}

CudaStatus crossEntropyInPlace(Bf16* logits, const int32_t* targets, int64_t rows, int64_t vocab, float scale,
                               float* losses, cudaStream_t stream) {
    if (rows < 0 || rows > INT32_MAX || vocab <= 0) return Status::InvalidArgument;
    if (rows == 0) return {};
    crossEntropyKernel<<<static_cast<unsigned>(rows), 512, 0, stream>>>(logits, targets, vocab, scale, losses);
    return launchStatus();
}

CudaStatus sumOfSquares(std::span<const SquaresArray> arrays, double* parts, cudaStream_t stream) {
    for (size_t first = 0; first < arrays.size(); first += kSquaresArrays) {
        SquaresBatch batch{};
        batch.count = static_cast<int32_t>(arrays.size() - first < kSquaresArrays ? arrays.size() - first
                                                                                  : size_t{kSquaresArrays});
        for (int32_t i = 0; i < batch.count; ++i) {
            batch.arrays[i] = arrays[first + static_cast<size_t>(i)];
            batch.firstPart[i + 1] = batch.firstPart[i] + static_cast<int32_t>(squareParts(batch.arrays[i].count));
        }
        const int32_t count = batch.firstPart[batch.count];
        if (count == 0) continue;
        squaresKernel<<<static_cast<unsigned>(count), kThreads, 0, stream>>>(batch, parts);
        LECTERN_CUDA_TRY(launchStatus());
        parts += count;
    }
    return {};
}

CudaStatus adamW(float* value, const float* gradient, float* m, float* v, int64_t count, const AdamWArgs& args,
                 Bf16* rounded, cudaStream_t stream) {
    const auto scale = static_cast<float>(args.gradientScale);
    const auto beta1 = static_cast<float>(args.beta1), beta2 = static_cast<float>(args.beta2);
    const double steps = static_cast<double>(args.step);
    const auto firstRate = static_cast<float>(args.learningRate / (1.0 - std::pow(args.beta1, steps)));
    const auto inverseRoot = static_cast<float>(1.0 / std::sqrt(1.0 - std::pow(args.beta2, steps)));
    const auto epsilon = static_cast<float>(args.epsilon);
    const auto keep = static_cast<float>(1.0 - args.learningRate * args.weightDecay);
    return each(
        count,
        [=] __device__(int64_t i) {
            const float g = gradient[i] * scale;
            m[i] = beta1 * m[i] + (1.0f - beta1) * g;
            v[i] = beta2 * v[i] + (1.0f - beta2) * g * g;
            value[i] = value[i] * keep - firstRate * m[i] / (sqrtf(v[i]) * inverseRoot + epsilon);
            if (rounded != nullptr) rounded[i] = fromFloat<Bf16>(value[i]);
        },
        stream);
}

CudaStatus blend(float a, const float* x, float b, float* y, int64_t count, cudaStream_t stream) {
    return blendTyped(a, x, b, y, count, stream);
}

CudaStatus blend(float a, const Bf16* x, float b, float* y, int64_t count, cudaStream_t stream) {
    return blendTyped(a, x, b, y, count, stream);
}

}  // namespace lectern::kernels::cuda

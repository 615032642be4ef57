#include "kernels/cuda/elementwise.h"

#include "kernels/cuda/device_math.cuh"
#include "kernels/cuda/weight_blocks.cuh"

namespace lectern::kernels::cuda {
namespace {

constexpr unsigned kThreads = 256;

template <typename Out>
__global__ void embedKernel(const std::byte* table, DType type, int64_t vocab, int64_t dim, const int32_t* ids,
                            Out* out) {
    const int64_t id = ids[blockIdx.x];
    Out* row = out + static_cast<int64_t>(blockIdx.x) * dim;
    const bool known = id >= 0 && id < vocab;
    const std::byte* stored = table + (known ? id : 0) * rowBytes(type, dim);
    for (int64_t i = threadIdx.x; i < dim; i += blockDim.x) {
        row[i] = fromFloat<Out>(known ? weightValue(type, stored, i) : 0.0f);
    }
}

__global__ void embedSplitKernel(const int8_t* quants, const __half* scales, int64_t vocab, int64_t dim,
                                 const int32_t* ids, float* out) {
    const int64_t id = ids[blockIdx.x];
    float* row = out + static_cast<int64_t>(blockIdx.x) * dim;
    const bool known = id >= 0 && id < vocab;
    for (int64_t i = threadIdx.x; i < dim; i += blockDim.x) {
        const int64_t at = id * dim + i;
        row[i] = known ? __half2float(scales[at / 32]) * static_cast<float>(quants[at]) : 0.0f;
    }
}

template <typename T, int kVector>
__global__ void swigluKernel(const T* gate, int64_t gateStride, const T* up, int64_t upStride, T* out,
                             int64_t outStride, int64_t dim) {
    const int64_t t = blockIdx.y;
    const int64_t at = (static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x) * kVector;
    if (at >= dim) return;
    const auto g = *reinterpret_cast<const Pack<T, kVector>*>(gate + t * gateStride + at);
    const auto u = *reinterpret_cast<const Pack<T, kVector>*>(up + t * upStride + at);
    Pack<T, kVector> result;
#pragma unroll
    for (int j = 0; j < kVector; ++j) {
        const float x = toFloat(g.values[j]);
        result.values[j] = fromFloat<T>(x / (1.0f + __expf(-x)) * toFloat(u.values[j]));
    }
    *reinterpret_cast<Pack<T, kVector>*>(out + t * outStride + at) = result;
}

__global__ void addKernel(float* x, const Bf16* y, int64_t count) {
    const int64_t i = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
    if (i < count) x[i] += toFloat(y[i]);
}

__global__ void toBf16Kernel(const float* x, int64_t count, Bf16* out) {
    const int64_t at = (static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x) * 4;
    if (at + 4 <= count) {
        const float4 four = *reinterpret_cast<const float4*>(x + at);
        *reinterpret_cast<uint2*>(out + at) = make_uint2(packBf16(four.x, four.y), packBf16(four.z, four.w));
    } else {
        for (int64_t i = at; i < count; ++i) out[i] = fromFloat<Bf16>(x[i]);
    }
}

template <typename T>
CudaStatus launchSwiglu(const T* gate, int64_t gateStride, const T* up, int64_t upStride, T* out, int64_t outStride,
                        int64_t tokens, int64_t dim, cudaStream_t stream) {
    constexpr int kVector = 16 / sizeof(T);
    constexpr int64_t kMaxRows = 65535;
    const bool aligned =
        dim % kVector == 0 && gateStride % kVector == 0 && upStride % kVector == 0 && outStride % kVector == 0;
    for (int64_t t = 0; t < tokens; t += kMaxRows) {
        const auto rows = static_cast<unsigned>(tokens - t < kMaxRows ? tokens - t : kMaxRows);
        const T* g = gate + t * gateStride;
        const T* u = up + t * upStride;
        T* o = out + t * outStride;
        if (aligned) {
            const dim3 grid(static_cast<unsigned>(divideUp(dim, kThreads * kVector)), rows);
            swigluKernel<T, kVector><<<grid, kThreads, 0, stream>>>(g, gateStride, u, upStride, o, outStride, dim);
        } else {
            const dim3 grid(static_cast<unsigned>(divideUp(dim, kThreads)), rows);
            swigluKernel<T, 1><<<grid, kThreads, 0, stream>>>(g, gateStride, u, upStride, o, outStride, dim);
        }
        LECTERN_CUDA_TRY(launchStatus());
    }
    return {};
}

}  // namespace

template <typename Out>
CudaStatus embed(const std::byte* table, DType type, int64_t vocab, int64_t dim, const int32_t* ids, int64_t tokens,
                 Out* out, cudaStream_t stream) {
    if (tokens < 0 || tokens > INT32_MAX || dim <= 0 || vocab <= 0 || dim % blockValues(type) != 0) {
        return Status::InvalidArgument;
    }
    if (tokens == 0) return {};
    embedKernel<Out><<<static_cast<unsigned>(tokens), kThreads, 0, stream>>>(table, type, vocab, dim, ids, out);
    return launchStatus();
}

CudaStatus embedSplitQ8(const std::byte* split, int64_t vocab, int64_t dim, const int32_t* ids, int64_t tokens,
                        float* out, cudaStream_t stream) {
    if (tokens < 0 || tokens > INT32_MAX || dim <= 0 || vocab <= 0 || dim % 32 != 0) return Status::InvalidArgument;
    if (tokens == 0) return {};
    embedSplitKernel<<<static_cast<unsigned>(tokens), kThreads, 0, stream>>>(
        reinterpret_cast<const int8_t*>(split), reinterpret_cast<const __half*>(split + vocab * dim), vocab, dim, ids,
        out);
    return launchStatus();
}

template <typename T>
CudaStatus swiglu(const T* gate, int64_t gateStride, const T* up, int64_t upStride, T* out, int64_t outStride,
                  int64_t tokens, int64_t dim, cudaStream_t stream) {
    if (tokens < 0 || dim <= 0 || gateStride < dim || upStride < dim || outStride < dim) return Status::InvalidArgument;
    return launchSwiglu(gate, gateStride, up, upStride, out, outStride, tokens, dim, stream);
}

CudaStatus addInPlace(float* x, const Bf16* y, int64_t count, cudaStream_t stream) {
    if (count < 0 || divideUp(count, kThreads) > INT32_MAX) return Status::InvalidArgument;
    if (count == 0) return {};
    addKernel<<<static_cast<unsigned>(divideUp(count, kThreads)), kThreads, 0, stream>>>(x, y, count);
    return launchStatus();
}

CudaStatus toBf16(const float* x, int64_t count, Bf16* out, cudaStream_t stream) {
    if (count < 0 || divideUp(count, kThreads * 4) > INT32_MAX) return Status::InvalidArgument;
    if (count == 0) return {};
    toBf16Kernel<<<static_cast<unsigned>(divideUp(count, kThreads * 4)), kThreads, 0, stream>>>(x, count, out);
    return launchStatus();
}

template CudaStatus embed<float>(const std::byte*, DType, int64_t, int64_t, const int32_t*, int64_t, float*,
                                 cudaStream_t);
template CudaStatus embed<Bf16>(const std::byte*, DType, int64_t, int64_t, const int32_t*, int64_t, Bf16*,
                                cudaStream_t);
template CudaStatus swiglu<float>(const float*, int64_t, const float*, int64_t, float*, int64_t, int64_t, int64_t,
                                  cudaStream_t);
template CudaStatus swiglu<Bf16>(const Bf16*, int64_t, const Bf16*, int64_t, Bf16*, int64_t, int64_t, int64_t,
                                 cudaStream_t);

}  // namespace lectern::kernels::cuda

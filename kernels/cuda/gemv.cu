#include "kernels/cuda/device_math.cuh"
#include "kernels/cuda/linear.h"
#include "kernels/cuda/weight_blocks.cuh"

namespace lectern::kernels::cuda {
namespace {

constexpr int kThreads = 256;
constexpr int kWarps = kThreads / 32;

/// Reads past L1: a weight is used once per token.
__device__ inline uint4 loadOnce(const std::byte* at) {
    uint4 v;
    asm volatile("ld.global.nc.L1::no_allocate.L2::128B.v4.u32 {%0, %1, %2, %3}, [%4];"
                 : "=r"(v.x), "=r"(v.y), "=r"(v.z), "=r"(v.w)
                 : "l"(at));
    return v;
}

__device__ inline float dot4(const float* w, float4 x, float sum) {
    return fmaf(w[0], x.x, fmaf(w[1], x.y, fmaf(w[2], x.z, fmaf(w[3], x.w, sum))));
}

/// How one stored format is read: kValues consecutive (or permuted) columns per lane step, kept together in shared
/// memory as kValues / 4 planes of float4 so that the lanes of a warp read without bank conflicts.
struct ReadBf16 {
    static constexpr int kValues = 8, kUnroll = 8;
    using Chunk = uint4;
    static __device__ int64_t place(int64_t e, int64_t groups) { return (e % 8 / 4 * groups + e / 8) * 4 + e % 4; }
    static __device__ const std::byte* row(const std::byte* weight, int64_t columns, int64_t n) {
        return weight + n * columns * 2;
    }
    static __device__ Chunk load(const std::byte* weight, int64_t, int64_t columns, int64_t n, int64_t g) {
        return loadOnce(row(weight, columns, n) + g * 16);
    }
    static __device__ float dot(Chunk w, const float4* x, int64_t g, int64_t groups) {
        const float a[8] = {lowBf16(w.x), highBf16(w.x), lowBf16(w.y), highBf16(w.y),
                            lowBf16(w.z), highBf16(w.z), lowBf16(w.w), highBf16(w.w)};
        return dot4(a, x[g], dot4(a + 4, x[groups + g], 0.0f));
    }
};

struct ReadQ8 {
    static constexpr int kValues = 16, kUnroll = 8;
    struct Chunk {
        uint4 quants;
        float scale;
    };
    static __device__ int64_t place(int64_t e, int64_t groups) { return (e % 16 / 4 * groups + e / 16) * 4 + e % 4; }
    static __device__ Chunk load(const std::byte* weight, int64_t rows, int64_t columns, int64_t n, int64_t g) {
        const __half* scales = reinterpret_cast<const __half*>(weight + rows * columns);
        return {loadOnce(weight + n * columns + g * 16), __half2float(scales[n * (columns / 32) + g / 2])};
    }
    static __device__ float dot(const Chunk& w, const float4* x, int64_t g, int64_t groups) {
        const uint32_t words[4] = {w.quants.x, w.quants.y, w.quants.z, w.quants.w};
        float sum = 0.0f;
#pragma unroll
        for (int i = 0; i < 4; ++i) {
            const int packed = static_cast<int>(words[i]);
            const float a[4] = {
                static_cast<float>(static_cast<int8_t>(packed)), static_cast<float>(static_cast<int8_t>(packed >> 8)),
                static_cast<float>(static_cast<int8_t>(packed >> 16)), static_cast<float>(packed >> 24)};
            sum = dot4(a, x[i * groups + g], sum);
        }
        return sum * w.scale;
    }
};

/// Eight lanes share a block; each takes 16 bytes of quants: 16 values of an even sub-block and 16 of the odd one.
struct ReadQ4K {
    static constexpr int kValues = 32, kUnroll = 4;
    struct Chunk {
        uint4 quants;
        uint4 header;
    };
    static __device__ int64_t place(int64_t e, int64_t groups) {
        const int64_t block = e / 256, r = e % 256;
        const int64_t g = block * 8 + r / 64 * 2 + r % 32 / 16, v = r % 64 / 32 * 16 + r % 16;
        return (v / 4 * groups + g) * 4 + v % 4;
    }
    static __device__ Chunk load(const std::byte* weight, int64_t rows, int64_t columns, int64_t n, int64_t g) {
        const std::byte* block = weight + (n * (columns / 256) + g / 8) * 144;
        return {loadOnce(block + 16 + g % 8 * 16), *reinterpret_cast<const uint4*>(block)};
    }
    static __device__ float dot(const Chunk& w, const float4* x, int64_t g, int64_t groups) {
        const auto* header = reinterpret_cast<const std::byte*>(&w.header);
        const int j = static_cast<int>(g % 8 / 2) * 2;
        const int2 even = scaleAndMin(header + 4, j), odd = scaleAndMin(header + 4, j + 1);
        const uint32_t words[4] = {w.quants.x, w.quants.y, w.quants.z, w.quants.w};
        float sums[2] = {0.0f, 0.0f}, totals[2] = {0.0f, 0.0f};
#pragma unroll
        for (int i = 0; i < 8; ++i) {
            const uint32_t nibbles = i < 4 ? words[i] & 0x0f0f0f0fU : (words[i - 4] >> 4) & 0x0f0f0f0fU;
            const float a[4] = {static_cast<float>(nibbles & 255U), static_cast<float>((nibbles >> 8) & 255U),
                                static_cast<float>((nibbles >> 16) & 255U), static_cast<float>(nibbles >> 24)};
            const float4 v = x[i * groups + g];
            sums[i / 4] = dot4(a, v, sums[i / 4]);
            totals[i / 4] += (v.x + v.y) + (v.z + v.w);
        }
        const float d = halfAt(header), dmin = halfAt(header + 2);
        return d * (static_cast<float>(even.x) * sums[0] + static_cast<float>(odd.x) * sums[1]) -
               dmin * (static_cast<float>(even.y) * totals[0] + static_cast<float>(odd.y) * totals[1]);
    }
};

/// Any other stored format, value by value: right, not fast.
template <DType kType>
struct ReadAny {
    static constexpr int kValues = 8, kUnroll = 1;
    struct Chunk {
        float values[8];
    };
    static __device__ int64_t place(int64_t e, int64_t groups) { return ReadBf16::place(e, groups); }
    static __device__ Chunk load(const std::byte* weight, int64_t rows, int64_t columns, int64_t n, int64_t g) {
        const std::byte* row = weight + n * rowBytes(kType, columns);
        Chunk chunk;
#pragma unroll
        for (int i = 0; i < 8; ++i) chunk.values[i] = weightValue(kType, row, g * 8 + i);
        return chunk;
    }
    static __device__ float dot(const Chunk& w, const float4* x, int64_t g, int64_t groups) {
        return dot4(w.values, x[g], dot4(w.values + 4, x[groups + g], 0.0f));
    }
};

/// W[n, :] . x for one warp, the sum in every lane.
template <typename Read>
__device__ float rowDot(const std::byte* weight, int64_t rows, int64_t columns, int64_t n, const float4* x) {
    const int64_t groups = columns / Read::kValues;
    const int lane = threadIdx.x % 32;
    float sum = 0.0f;
    int64_t g = lane;
    for (; g + 32 * (Read::kUnroll - 1) < groups; g += 32 * Read::kUnroll) {
        typename Read::Chunk chunks[Read::kUnroll];
#pragma unroll
        for (int i = 0; i < Read::kUnroll; ++i) chunks[i] = Read::load(weight, rows, columns, n, g + 32 * i);
#pragma unroll
        for (int i = 0; i < Read::kUnroll; ++i) sum += Read::dot(chunks[i], x, g + 32 * i, groups);
    }
    for (; g < groups; g += 32) sum += Read::dot(Read::load(weight, rows, columns, n, g), x, g, groups);
    return warpSum(sum);
}

/// Values that a launch writes.
__host__ __device__ int64_t outputsOf(const GemvArgs& a, GemvEpilogue epilogue) {
    if (epilogue == GemvEpilogue::SwiGlu) return a.more[0].rows > 0 ? a.rows : a.rows / 2;
    return a.rows + a.more[0].rows + a.more[1].rows;
}

template <typename Read, GemvEpilogue kEpilogue>
__global__ void __launch_bounds__(kThreads) gemvKernel(const __grid_constant__ GemvArgs a) {
    extern __shared__ float4 shared4[];
    __shared__ float scratch[33];
    float* x = reinterpret_cast<float*>(shared4);
    const int64_t groups = a.columns / Read::kValues;
    float factor = 1.0f;
    if (a.normWeight != nullptr) {
        float squares = 0.0f;
        for (int64_t e = threadIdx.x; e < a.columns; e += kThreads) squares += a.x[e] * a.x[e];
        factor = rsqrtf(blockSum(squares, scratch) / static_cast<float>(a.columns) + a.eps);
    }
    for (int64_t e = threadIdx.x; e < a.columns; e += kThreads) {
        x[Read::place(e, groups)] = a.normWeight != nullptr ? a.x[e] * factor * a.normWeight[e] : a.x[e];
    }
    __syncthreads();
    const int64_t outputs = outputsOf(a, kEpilogue);
    const int lane = threadIdx.x % 32;
    for (int64_t n = static_cast<int64_t>(blockIdx.x) * kWarps + threadIdx.x / 32; n < outputs;
         n += static_cast<int64_t>(gridDim.x) * kWarps) {
        if constexpr (kEpilogue == GemvEpilogue::SwiGlu) {
            const bool apart = a.more[0].rows > 0;
            const float y = rowDot<Read>(a.weight, a.rows, a.columns, n, shared4);
            const float up =
                rowDot<Read>(apart ? a.more[0].weight : a.weight, a.rows, a.columns, apart ? n : outputs + n, shared4);
            if (lane == 0) a.out[n] = y / (1.0f + __expf(-y)) * up;
        } else {
            // Chosen by value: with a struct reassigned in a loop nvcc 13.0 kept reading the first matrix.
            const int64_t second = n - a.rows, third = second - a.more[0].rows;
            const bool inFirst = second < 0, inSecond = third < 0;
            const std::byte* weight = inFirst ? a.weight : inSecond ? a.more[0].weight : a.more[1].weight;
            const int64_t rows = inFirst ? a.rows : inSecond ? a.more[0].rows : a.more[1].rows;
            const int64_t row = inFirst ? n : inSecond ? second : third;
            float* out = inFirst ? a.out : inSecond ? a.more[0].out : a.more[1].out;
            const float y = rowDot<Read>(weight, rows, a.columns, row, shared4);
            if (lane == 0) out[row] = kEpilogue == GemvEpilogue::Accumulate ? out[row] + y : y;
        }
    }
}

template <typename Read, GemvEpilogue kEpilogue>
CudaStatus launch(const GemvArgs& args, int multiprocessors, cudaStream_t stream) {
    const auto shared = static_cast<size_t>(args.columns) * 4;
    const auto kernel = gemvKernel<Read, kEpilogue>;
    if (shared > 48 * 1024) {
        LECTERN_CUDA_TRY(
            cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, static_cast<int>(shared)));
    }
    const int64_t outputs = outputsOf(args, kEpilogue);
    const int64_t perMultiprocessor = shared > 100 * 1024 ? 1 : shared > 50 * 1024 ? 3 : 5;
    const int64_t wanted = divideUp(outputs, kWarps), resident = multiprocessors * perMultiprocessor;
    kernel<<<static_cast<unsigned>(wanted < resident ? wanted : resident), kThreads, shared, stream>>>(args);
    return launchStatus();
}

template <typename Read>
CudaStatus launchEpilogue(const GemvArgs& args, int multiprocessors, cudaStream_t stream) {
    if (args.columns % Read::kValues != 0) return Status::Unsupported;
    switch (args.epilogue) {
        case GemvEpilogue::Store:
            return launch<Read, GemvEpilogue::Store>(args, multiprocessors, stream);
        case GemvEpilogue::Accumulate:
            return launch<Read, GemvEpilogue::Accumulate>(args, multiprocessors, stream);
        case GemvEpilogue::SwiGlu:
            return launch<Read, GemvEpilogue::SwiGlu>(args, multiprocessors, stream);
    }
    return Status::InvalidArgument;
}

}  // namespace

CudaStatus gemv(const GemvArgs& args, int multiprocessors, cudaStream_t stream) {
    constexpr int64_t kMaxColumns = 220 * 1024 / 4;
    if (args.rows <= 0 || args.columns <= 0 || args.columns % blockValues(args.type) != 0 || args.more[0].rows < 0 ||
        args.more[1].rows < 0 ||
        (args.epilogue == GemvEpilogue::SwiGlu &&
         (args.more[0].rows > 0 ? args.more[0].rows != args.rows : args.rows % 2 != 0))) {
        return Status::InvalidArgument;
    }
    if (args.columns > kMaxColumns) return Status::Unsupported;
    switch (args.type) {
        case DType::BF16:
            return launchEpilogue<ReadBf16>(args, multiprocessors, stream);
        case DType::Q8_0:
            return launchEpilogue<ReadQ8>(args, multiprocessors, stream);
        case DType::Q4_K:
            return launchEpilogue<ReadQ4K>(args, multiprocessors, stream);
        case DType::F32:
            return launchEpilogue<ReadAny<DType::F32>>(args, multiprocessors, stream);
        case DType::F16:
            return launchEpilogue<ReadAny<DType::F16>>(args, multiprocessors, stream);
        case DType::Q4_0:
            return launchEpilogue<ReadAny<DType::Q4_0>>(args, multiprocessors, stream);
        case DType::Q5_K:
            return launchEpilogue<ReadAny<DType::Q5_K>>(args, multiprocessors, stream);
        case DType::Q6_K:
            return launchEpilogue<ReadAny<DType::Q6_K>>(args, multiprocessors, stream);
    }
    return Status::InvalidArgument;
}

}  // namespace lectern::kernels::cuda

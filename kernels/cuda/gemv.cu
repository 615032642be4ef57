#include <algorithm>

#include "kernels/cuda/dependent_launch.cuh"
#include "kernels/cuda/device_math.cuh"
#include "kernels/cuda/linear.h"
#include "kernels/cuda/weight_blocks.cuh"

namespace lectern::kernels::cuda {
namespace {

// Two thread blocks a multiprocessor: each stages x once, and as one ends, the next kernel's takes its place.
constexpr int kThreads = 512;
constexpr int kWarps = kThreads / 32;
constexpr int kLeastResident = 2;
constexpr size_t kMaxShared = 226 * 1024;

/// Reads past L1: a weight is used once per token.
__device__ inline uint4 loadOnce(const std::byte* at) {
    uint4 v;
    asm volatile("ld.global.nc.L1::no_allocate.L2::256B.v4.u32 {%0, %1, %2, %3}, [%4];"
                 : "=r"(v.x), "=r"(v.y), "=r"(v.z), "=r"(v.w)
                 : "l"(at));
    return v;
}

__device__ inline float dot4(const float* w, float4 x, float sum) {
    return fmaf(w[0], x.x, fmaf(w[1], x.y, fmaf(w[2], x.z, fmaf(w[3], x.w, sum))));
}

/// Byte `i` of `word` as a float, without the conversion unit, which would be slower than memory: the byte becomes the
/// last mantissa bits of 2^23.
__device__ inline float byteValue(uint32_t word, int i, float bias = 8388608.0f) {
    return __uint_as_float(__byte_perm(word, 0x4b000000U, 0x7440U + static_cast<uint32_t>(i))) - bias;
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
    static constexpr int kValues = 16, kUnroll = 4;
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
            const uint32_t shifted = words[i] ^ 0x80808080U;  // signed bytes plus 128
            constexpr float kBias = 8388608.0f + 128.0f;
            const float a[4] = {byteValue(shifted, 0, kBias), byteValue(shifted, 1, kBias),
                                byteValue(shifted, 2, kBias), byteValue(shifted, 3, kBias)};
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
    /// Scale and minimum of sub-block j, 6 bits each, from the header's last three words.
    static __device__ int2 scaleAndMin(const uint4& header, int j) {
        const int shift = j % 4 * 8;
        const uint32_t a = header.y >> shift & 255U, b = header.z >> shift & 255U, c = header.w >> shift & 255U;
        const bool low = j < 4;
        return make_int2(static_cast<int>(low ? a & 63U : (c & 15U) | (a >> 6) << 4),
                         static_cast<int>(low ? b & 63U : c >> 4 | (b >> 6) << 4));
    }
    static __device__ float dot(const Chunk& w, const float4* x, int64_t g, int64_t groups) {
        const int j = static_cast<int>(g % 8 / 2) * 2;
        const int2 even = scaleAndMin(w.header, j), odd = scaleAndMin(w.header, j + 1);
        const uint32_t words[4] = {w.quants.x, w.quants.y, w.quants.z, w.quants.w};
        float sums[2] = {0.0f, 0.0f}, totals[2] = {0.0f, 0.0f};
#pragma unroll
        for (int i = 0; i < 8; ++i) {
            const uint32_t nibbles = i < 4 ? words[i] & 0x0f0f0f0fU : (words[i - 4] >> 4) & 0x0f0f0f0fU;
            const float a[4] = {byteValue(nibbles, 0), byteValue(nibbles, 1), byteValue(nibbles, 2),
                                byteValue(nibbles, 3)};
            const float4 v = x[i * groups + g];
            sums[i / 4] = dot4(a, v, sums[i / 4]);
            totals[i / 4] += (v.x + v.y) + (v.z + v.w);
        }
        const __half2 factors = *reinterpret_cast<const __half2*>(&w.header.x);
        const float d = __low2float(factors), dmin = __high2float(factors);
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

/// What a warp does at a time: kUnroll loads a lane of one row, groups g, g + 32, ... from g = part * kStep + lane on.
template <typename Read>
struct Batch {
    static constexpr int kStep = 32 * Read::kUnroll;
    typename Read::Chunk chunks[Read::kUnroll];

    __device__ void load(const std::byte* weight, int64_t rows, int64_t columns, int64_t n, int part) {
        const int groups = static_cast<int>(columns) / Read::kValues, g = part * kStep + threadIdx.x % 32;
        if ((part + 1) * kStep <= groups) {
#pragma unroll
            for (int i = 0; i < Read::kUnroll; ++i) chunks[i] = Read::load(weight, rows, columns, n, g + 32 * i);
        } else {
#pragma unroll
            for (int i = 0; i < Read::kUnroll; ++i) {
                if (g + 32 * i < groups) chunks[i] = Read::load(weight, rows, columns, n, g + 32 * i);
            }
        }
    }
    /// The warp's sum, in every lane.
    __device__ float dot(const float4* x, int groups, int part) const {
        const int g = part * kStep + threadIdx.x % 32;
        float sum = 0.0f;
        if ((part + 1) * kStep <= groups) {
#pragma unroll
            for (int i = 0; i < Read::kUnroll; ++i) sum += Read::dot(chunks[i], x, g + 32 * i, groups);
        } else {
#pragma unroll
            for (int i = 0; i < Read::kUnroll; ++i) {
                if (g + 32 * i < groups) sum += Read::dot(chunks[i], x, g + 32 * i, groups);
            }
        }
        return warpSum(sum);
    }
};

/// One row among the matrices of a launch.
struct RowOf {
    const std::byte* weight;
    int64_t rows, row;
    float* out;
};
__device__ inline RowOf rowAt(const GemvArgs& a, int64_t n) {
    // Chosen by value: with a struct reassigned in a loop nvcc 13.0 kept reading the first matrix.
    const int64_t second = n - a.rows, third = second - a.more[0].rows;
    const bool inFirst = second < 0, inSecond = third < 0;
    return {inFirst    ? a.weight
            : inSecond ? a.more[0].weight
                       : a.more[1].weight,
            inFirst    ? a.rows
            : inSecond ? a.more[0].rows
                       : a.more[1].rows,
            inFirst    ? n
            : inSecond ? second
                       : third,
            (inFirst    ? a.out
             : inSecond ? a.more[0].out
                        : a.more[1].out) +
                (inFirst    ? n
                 : inSecond ? second
                            : third)};
}

/// Values that a launch writes.
__host__ __device__ int64_t outputsOf(const GemvArgs& a, GemvEpilogue epilogue) {
    if (epilogue == GemvEpilogue::SwiGlu) return a.more[0].rows > 0 ? a.rows : a.rows / 2;
    return a.rows + a.more[0].rows + a.more[1].rows;
}

/// A thread block's outputs are cut into items, (output, matrix, part of the row), which its warps take in turn: rows
/// alone would leave most warps idle in the last round. The parts' sums meet in shared memory, in a fixed order.
template <typename Read, GemvEpilogue kEpilogue>
struct Items {
    static constexpr int kMatrices = kEpilogue == GemvEpilogue::SwiGlu ? 2 : 1;
    int64_t outputs, begin;
    int count, parts;

    __host__ __device__ Items(const GemvArgs& a, int64_t block, int64_t blocks)
        : outputs(outputsOf(a, kEpilogue)),
          begin(outputs * block / blocks),
          count(static_cast<int>(outputs * (block + 1) / blocks - begin)),
          parts(static_cast<int>((a.columns / Read::kValues + Batch<Read>::kStep - 1) / Batch<Read>::kStep)) {}
    __host__ __device__ int all() const { return count * kMatrices * parts; }

    __device__ void load(const GemvArgs& a, int item, Batch<Read>& batch) const {
        const int row = item / parts, part = item - row * parts;
        if constexpr (kMatrices == 2) {
            const int64_t n = begin + row / 2;
            const bool apart = a.more[0].rows > 0, up = row % 2 != 0;
            batch.load(up && apart ? a.more[0].weight : a.weight, a.rows, a.columns, up && !apart ? outputs + n : n,
                       part);
        } else {
            const RowOf from = rowAt(a, begin + row);
            batch.load(from.weight, from.rows, a.columns, from.row, part);
        }
    }
    __device__ float total(const float* sums, int row) const {
        float sum = 0.0f;
        for (int part = 0; part < parts; ++part) sum += sums[row * parts + part];
        return sum;
    }
    /// By a single thread.
    __device__ void write(const GemvArgs& a, int output, const float* sums) const {
        if constexpr (kMatrices == 2) {
            const float y = total(sums, 2 * output), up = total(sums, 2 * output + 1);
            a.out[begin + output] = y / (1.0f + __expf(-y)) * up;
        } else {
            const float y = total(sums, output);
            float* out = rowAt(a, begin + output).out;
            *out = kEpilogue == GemvEpilogue::Accumulate ? *out + y : y;
        }
    }
};

template <typename Read, GemvEpilogue kEpilogue>
__global__ void __launch_bounds__(kThreads, kLeastResident) gemvKernel(const __grid_constant__ GemvArgs a) {
    extern __shared__ float4 shared4[];
    __shared__ float scratch[33];
    float* x = reinterpret_cast<float*>(shared4);
    float* sums = x + a.columns;
    const int groups = static_cast<int>(a.columns) / Read::kValues, warp = threadIdx.x / 32;
    const Items<Read, kEpilogue> items(a, blockIdx.x, gridDim.x);
    const int all = items.all();
    // The weights do not depend on the kernels before: their first loads are under way while those drain.
    Batch<Read> batch;
    if (warp < all) items.load(a, warp, batch);
    allowNextKernel();
    waitForEarlierKernels();
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
    for (int item = warp; item < all; item += kWarps) {
        if (item != warp) items.load(a, item, batch);
        const float sum = batch.dot(shared4, groups, item % items.parts);
        if (threadIdx.x % 32 == 0) sums[item] = sum;
    }
    __syncthreads();
    for (int output = threadIdx.x; output < items.count; output += kThreads) items.write(a, output, sums);
}

template <typename Read, GemvEpilogue kEpilogue>
CudaStatus launch(const GemvArgs& args, int multiprocessors, cudaStream_t stream) {
    // Blocks with a few items each at least: staging x would cost more than reading the rows.
    constexpr int kLeastItems = 4;
    const Items<Read, kEpilogue> whole(args, 0, 1);
    const int64_t most = int64_t{multiprocessors} * kLeastResident, wanted = divideUp(whole.all(), kLeastItems);
    const int64_t blocks = std::min({most, wanted, whole.outputs});
    const int64_t perBlock = divideUp(whole.outputs, blocks) * whole.kMatrices * whole.parts;
    const auto shared = static_cast<size_t>(args.columns + perBlock) * 4;
    const auto kernel = gemvKernel<Read, kEpilogue>;
    if (shared > kMaxShared) return Status::Unsupported;
    if (shared > 48 * 1024) {
        LECTERN_CUDA_TRY(
            cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, static_cast<int>(shared)));
    }
    return launchOverlapped(kernel, dim3(static_cast<unsigned>(blocks)), kThreads, shared, stream, 1, args);
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
    if (args.rows <= 0 || args.columns <= 0 || args.columns % blockValues(args.type) != 0 || args.more[0].rows < 0 ||
        args.more[1].rows < 0 ||
        (args.epilogue == GemvEpilogue::SwiGlu &&
         (args.more[0].rows > 0 ? args.more[0].rows != args.rows : args.rows % 2 != 0))) {
        return Status::InvalidArgument;
    }
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

#include "kernels/cuda/device_math.cuh"
#include "kernels/cuda/kv_codec.cuh"
#include "kernels/cuda/kv_store.h"

namespace lectern::kernels::cuda {
namespace {

constexpr int kThreads = 128;

/// The region as it stood before this append: tokens [0, before) of it.
__device__ float earlierValue(const DeviceKv& kv, const std::byte* pool, const Bf16* tail, const RegionPlace& place,
                              int32_t head, int token, int d) {
    if (kv.type == KvType::BF16) return loadValue(kv, pool, place, token, d);
    return toFloat(tail[(static_cast<int64_t>(head) * kv.regionTokens + token) * kv.headDim + d]);
}

/// Assembles one region in shared memory: earlier tokens from the cache, new ones from the input, zeros after the end.
template <typename T>
__device__ void assemble(const KvAppendArgs<T>& a, bool keys, int64_t first, int64_t region, int32_t head,
                         const RegionPlace& place, float* values) {
    const DeviceKv& kv = a.kv;
    const T* input = keys ? a.k : a.v;
    const int64_t stride = keys ? a.kStride : a.vStride;
    const int64_t begin = region * kv.regionTokens;
    for (int i = threadIdx.x; i < kv.regionTokens * kv.headDim; i += kThreads) {
        const int token = i / kv.headDim, d = i % kv.headDim;
        const int64_t at = begin + token;
        float value = 0.0f;
        if (at < first) {
            value =
                earlierValue(kv, keys ? kv.keys : kv.values, keys ? kv.tailKeys : kv.tailValues, place, head, token, d);
        } else if (at < first + a.tokens) {
            value = toFloat(input[(at - first) * stride + static_cast<int64_t>(head) * kv.headDim + d]);
        }
        values[i] = value;
    }
    __syncthreads();
}

__device__ void summarize(const DeviceSummaries& s, const DeviceKv& kv, int32_t head, int64_t region,
                          const float* values) {
    for (int d = threadIdx.x; d < kv.headDim; d += kThreads) {
        float sum = 0.0f, low = values[d], high = values[d];
        for (int t = 0; t < kv.regionTokens; ++t) {
            const float x = values[t * kv.headDim + d];
            sum += x;
            low = fminf(low, x);
            high = fmaxf(high, x);
        }
        const int64_t at = (head * s.capacity + region) * kv.headDim + d;
        s.mean[at] = fromFloat<Bf16>(sum / static_cast<float>(kv.regionTokens));
        s.min[at] = fromFloat<Bf16>(low);
        s.max[at] = fromFloat<Bf16>(high);
    }
}

template <typename T>
__device__ void appendRegion(const KvAppendArgs<T>& a, int64_t first, int64_t region, int32_t head, float* values,
                             float* scratch) {
    const DeviceKv& kv = a.kv;
    const bool complete = (region + 1) * kv.regionTokens <= first + a.tokens;
    const RegionPlace place = regionPlace(kv, head, region);
    for (int pass = 0; pass < 2; ++pass) {
        const bool keys = pass == 0;
        assemble(a, keys, first, region, head, place, values);
        std::byte* pool = keys ? kv.keys : kv.values;
        if (complete || kv.type == KvType::BF16) {
            storeRegion(kv, pool, place, values, scratch);
        } else {
            Bf16* tail =
                (keys ? kv.tailKeys : kv.tailValues) + static_cast<int64_t>(head) * kv.regionTokens * kv.headDim;
            for (int i = threadIdx.x; i < kv.regionTokens * kv.headDim; i += kThreads) {
                tail[i] = fromFloat<Bf16>(values[i]);
            }
        }
        if (keys && complete) summarize(a.summaries, kv, head, region, values);
        __syncthreads();
    }
}

/// Block x handles region firstRegion + x of one head; block 0 also the last region, after its own: only those two
/// touch the tail, the first reading it and the last writing it.
template <typename T>
__global__ void __launch_bounds__(kThreads) kvAppendKernel(const __grid_constant__ KvAppendArgs<T> a) {
    extern __shared__ float values[];
    __shared__ float scratch[33];
    const int64_t first = a.first.get();
    const int64_t firstRegion = first / a.kv.regionTokens;
    const int64_t lastRegion = (first + a.tokens - 1) / a.kv.regionTokens;
    const auto head = static_cast<int32_t>(blockIdx.y);
    const int64_t region = firstRegion + blockIdx.x;
    if (region < lastRegion || blockIdx.x == 0) appendRegion(a, first, region, head, values, scratch);
    if (blockIdx.x == 0 && lastRegion > firstRegion) appendRegion(a, first, lastRegion, head, values, scratch);
}

/// Bounds of every super-region with a region completed by this append, recomputed whole: one thread per dimension.
__global__ void superKernel(DeviceSummaries s, TokenCount firstToken, int64_t tokens, int32_t regionTokens,
                            int32_t headDim) {
    const int64_t first = firstToken.get();
    const int64_t complete = (first + tokens) / regionTokens;
    const int64_t super = first / regionTokens / s.superRegions + blockIdx.x;
    const int64_t begin = super * s.superRegions;
    const int64_t end = min(begin + s.superRegions, complete);
    if (begin >= end) return;
    const int64_t head = blockIdx.y;
    for (int d = threadIdx.x; d < headDim; d += blockDim.x) {
        const float infinity = __int_as_float(0x7f800000);
        float meanLow = infinity, meanHigh = -infinity, low = infinity, high = -infinity;
        for (int64_t r = begin; r < end; ++r) {
            const int64_t at = (head * s.capacity + r) * headDim + d;
            const float mean = toFloat(s.mean[at]);
            meanLow = fminf(meanLow, mean);
            meanHigh = fmaxf(meanHigh, mean);
            low = fminf(low, toFloat(s.min[at]));
            high = fmaxf(high, toFloat(s.max[at]));
        }
        const int64_t at = (head * s.superCapacity() + super) * headDim + d;
        s.superMeanMin[at] = fromFloat<Bf16>(meanLow);
        s.superMeanMax[at] = fromFloat<Bf16>(meanHigh);
        s.superMin[at] = fromFloat<Bf16>(low);
        s.superMax[at] = fromFloat<Bf16>(high);
    }
}

template <typename T>
__global__ void queryMeansKernel(const T* q, int64_t stride, int64_t tokens, int32_t width, int32_t regionTokens,
                                 float* means) {
    const int64_t begin = static_cast<int64_t>(blockIdx.x) * regionTokens;
    const int64_t end = min(begin + regionTokens, tokens);
    const int at = 2 * static_cast<int>(blockIdx.y * blockDim.x + threadIdx.x);
    if (at >= width) return;
    float2 sum = make_float2(0.0f, 0.0f);
#pragma unroll 4
    for (int64_t t = begin; t < end; ++t) {
        const auto pair = *reinterpret_cast<const Pack<T, 2>*>(q + t * stride + at);
        sum.x += toFloat(pair.values[0]);
        sum.y += toFloat(pair.values[1]);
    }
    const float share = 1.0f / static_cast<float>(end - begin);
    *reinterpret_cast<float2*>(means + static_cast<int64_t>(blockIdx.x) * width + at) =
        make_float2(sum.x * share, sum.y * share);
}

bool validCache(const DeviceKv& kv) {
    return (kv.type == KvType::BF16 || kv.type == KvType::Int8 || kv.type == KvType::Int4) && kv.regionTokens > 0 &&
           kv.pageTokens > 0 && kv.pageTokens % kv.regionTokens == 0 && kv.kvHeads > 0 && kv.kvHeads <= 65535 &&
           kv.headDim > 0 && kv.headDim % 8 == 0;
}

}  // namespace

template <typename T>
CudaStatus kvAppend(const KvAppendArgs<T>& args, cudaStream_t stream) {
    const DeviceKv& kv = args.kv;
    const int64_t width = int64_t{kv.kvHeads} * kv.headDim;
    if (!validCache(kv) || args.tokens < 0 || args.kStride < width || args.vStride < width) {
        return Status::InvalidArgument;
    }
    if (args.tokens == 0) return {};
    const auto shared = static_cast<size_t>(kv.regionTokens) * static_cast<size_t>(kv.headDim) * sizeof(float);
    if (shared > 47 * 1024) return Status::Unsupported;
    // With the first token known only on the device, the append may straddle one region more.
    const int64_t touched = args.first.onDevice != nullptr ? divideUp(args.tokens, kv.regionTokens) + 1
                                                           : (args.first.value + args.tokens - 1) / kv.regionTokens -
                                                                 args.first.value / kv.regionTokens + 1;
    const dim3 grid(static_cast<unsigned>(touched > 1 ? touched - 1 : 1), static_cast<unsigned>(kv.kvHeads));
    kvAppendKernel<T><<<grid, kThreads, shared, stream>>>(args);
    LECTERN_CUDA_TRY(launchStatus());
    if (args.summaries.superRegions > 0) {
        const dim3 supers(static_cast<unsigned>(touched / args.summaries.superRegions + 2),
                          static_cast<unsigned>(kv.kvHeads));
        superKernel<<<supers, kThreads, 0, stream>>>(args.summaries, args.first, args.tokens, kv.regionTokens,
                                                     kv.headDim);
        LECTERN_CUDA_TRY(launchStatus());
    }
    return {};
}

template <typename T>
CudaStatus queryMeans(const T* q, int64_t stride, int64_t tokens, int32_t heads, int32_t headDim, int32_t regionTokens,
                      float* means, cudaStream_t stream) {
    const int64_t width = int64_t{heads} * headDim;
    if (tokens < 0 || regionTokens <= 0 || width <= 0 || width % 2 != 0 || stride < width || stride % 2 != 0 ||
        width > INT32_MAX / 2) {
        return Status::InvalidArgument;
    }
    if (tokens == 0) return {};
    const dim3 grid(static_cast<unsigned>(divideUp(tokens, regionTokens)),
                    static_cast<unsigned>(divideUp(width, 2 * kThreads)));
    queryMeansKernel<T>
        <<<grid, kThreads, 0, stream>>>(q, stride, tokens, static_cast<int32_t>(width), regionTokens, means);
    return launchStatus();
}

template CudaStatus kvAppend<float>(const KvAppendArgs<float>&, cudaStream_t);
template CudaStatus kvAppend<Bf16>(const KvAppendArgs<Bf16>&, cudaStream_t);
template CudaStatus queryMeans<float>(const float*, int64_t, int64_t, int32_t, int32_t, int32_t, float*, cudaStream_t);
template CudaStatus queryMeans<Bf16>(const Bf16*, int64_t, int64_t, int32_t, int32_t, int32_t, float*, cudaStream_t);

}  // namespace lectern::kernels::cuda

#include "kernels/cuda/dependent_launch.cuh"
#include "kernels/cuda/device_math.cuh"
#include "kernels/cuda/kv_codec.cuh"
#include "kernels/cuda/kv_store.h"

namespace lectern::kernels::cuda {
namespace {

constexpr int kThreads = 128;

/// The region as it stood before this append: tokens [0, before) of it.
__device__ float earlierValue(const DeviceKv& kv, bool keys, const RegionPlace& place, int32_t head, int token, int d) {
    if (kv.type == KvType::BF16) return loadValue(kv, keys, place, token, d);
    const Bf16* tail = keys ? kv.tailKeys : kv.tailValues;
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
            value = earlierValue(kv, keys, place, head, token, d);
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

/// Bounds of one super-region over its regions before `complete`, recomputed whole: one thread per dimension.
__device__ void updateSuper(const DeviceSummaries& s, int64_t head, int64_t super, int64_t complete, int32_t headDim) {
    const int64_t begin = super * s.superRegions;
    const int64_t end = min(begin + s.superRegions, complete);
    if (begin >= end) return;
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

/// Every super-region with a region completed by this append.
__global__ void superKernel(DeviceSummaries s, TokenCount firstToken, int64_t tokens, int32_t regionTokens,
                            int32_t headDim) {
    const int64_t first = firstToken.get();
    updateSuper(s, blockIdx.y, first / regionTokens / s.superRegions + blockIdx.x, (first + tokens) / regionTokens,
                headDim);
}

template <typename T>
__device__ void appendRegion(const KvAppendArgs<T>& a, int64_t first, int64_t region, int32_t head, float* values,
                             float* scratch) {
    const DeviceKv& kv = a.kv;
    const bool complete = (region + 1) * kv.regionTokens <= first + a.tokens;
    const RegionPlace place = regionPlace(kv, head, region);
    const bool keys = blockIdx.z == 0;
    assemble(a, keys, first, region, head, place, values);
    if (complete || kv.type == KvType::BF16) {
        storeRegion(kv, keys, place, values, scratch);
    } else {
        Bf16* tail = (keys ? kv.tailKeys : kv.tailValues) + static_cast<int64_t>(head) * kv.regionTokens * kv.headDim;
        for (int i = threadIdx.x; i < kv.regionTokens * kv.headDim; i += kThreads) {
            tail[i] = fromFloat<Bf16>(values[i]);
        }
    }
    if (keys && complete) summarize(a.summaries, kv, head, region, values);
    __syncthreads();
}

/// One token inside a region, which is stored already: its row alone. The first token of a region clears the others.
template <typename T>
__device__ void appendRow(const KvAppendArgs<T>& a, int64_t token, int32_t head) {
    const DeviceKv& kv = a.kv;
    const bool keys = blockIdx.z == 0;
    const int64_t region = token / kv.regionTokens, inRegion = token % kv.regionTokens;
    Bf16* rows = nullptr;
    if (kv.type == KvType::BF16) {
        const RegionPlace place = regionPlace(kv, head, region);
        rows = reinterpret_cast<Bf16*>(place.page(keys) + place.data);
    } else {
        rows = (keys ? kv.tailKeys : kv.tailValues) + static_cast<int64_t>(head) * kv.regionTokens * kv.headDim;
    }
    const T* input = (keys ? a.k : a.v) + static_cast<int64_t>(head) * kv.headDim;
    for (int d = threadIdx.x; d < kv.headDim; d += kThreads) {
        rows[inRegion * kv.headDim + d] = fromFloat<Bf16>(toFloat(input[d]));
    }
    if (inRegion != 0) return;
    for (int i = threadIdx.x + kv.headDim; i < kv.regionTokens * kv.headDim; i += kThreads) {
        rows[i] = fromFloat<Bf16>(0.0f);
    }
}

/// Rotates one token's key of `head` and the queries that attend to it: half-split pairs, as ropeKernel does.
template <typename T>
__device__ void rotateHeads(const KvAppendArgs<T>& a, int32_t head) {
    const int32_t half = a.kv.headDim / 2, queries = a.kv.kvHeads * a.groupHeads;
    for (int i = threadIdx.x; i < (a.groupHeads + 1) * half; i += kThreads) {
        const int32_t member = i / half, pair = i % half;
        const int32_t row = member < a.groupHeads ? head * a.groupHeads + member : queries + head;
        T* low = a.rotate + static_cast<int64_t>(row) * a.kv.headDim + pair;
        const float c = a.cos[pair], s = a.sin[pair], x = toFloat(low[0]), y = toFloat(low[half]);
        low[0] = fromFloat<T>(x * c - y * s);
        low[half] = fromFloat<T>(y * c + x * s);
    }
    __syncthreads();
}

/// Block (x, head, z) handles the keys (z 0) or values of region firstRegion + x; block 0 also the last region, after
/// its own: only those two touch the tail, the first reading it and the last writing it.
template <typename T>
__global__ void __launch_bounds__(kThreads) kvAppendKernel(const __grid_constant__ KvAppendArgs<T> a) {
    extern __shared__ float values[];
    __shared__ float scratch[33];
    allowNextKernel();
    waitForEarlierKernels();
    const int64_t first = a.first.get();
    const int64_t firstRegion = first / a.kv.regionTokens;
    const int64_t lastRegion = (first + a.tokens - 1) / a.kv.regionTokens;
    const auto head = static_cast<int32_t>(blockIdx.y);
    if (a.rotate != nullptr && blockIdx.z == 0) rotateHeads(a, head);
    if (a.tokens == 1 && (first + 1) % a.kv.regionTokens != 0) {
        if (blockIdx.x == 0) appendRow(a, first, head);
        return;
    }
    const int64_t region = firstRegion + blockIdx.x;
    if (region < lastRegion || blockIdx.x == 0) appendRegion(a, first, region, head, values, scratch);
    if (blockIdx.x == 0 && lastRegion > firstRegion) appendRegion(a, first, lastRegion, head, values, scratch);
    // One token completes at most one region, and this block alone writes its head: no second launch is needed.
    if (blockIdx.z == 0 && a.tokens == 1 && a.summaries.superRegions > 0) {
        updateSuper(a.summaries, head, firstRegion / a.summaries.superRegions, firstRegion + 1, a.kv.headDim);
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
    return kv.type != KvType::F32 && kv.regionTokens > 0 && kv.pageTokens > 0 && kv.pageTokens % kv.regionTokens == 0 &&
           kv.kvHeads > 0 && kv.kvHeads <= 65535 && kv.headDim > 0 && kv.headDim % 8 == 0;
}

}  // namespace

template <typename T>
CudaStatus kvAppend(const KvAppendArgs<T>& args, cudaStream_t stream) {
    const DeviceKv& kv = args.kv;
    const int64_t width = int64_t{kv.kvHeads} * kv.headDim;
    if (!validCache(kv) || args.tokens < 0 || args.kStride < width || args.vStride < width ||
        (args.rotate != nullptr && (args.tokens != 1 || args.cos == nullptr || args.sin == nullptr ||
                                    args.k != args.rotate + args.groupHeads * width))) {
        return Status::InvalidArgument;
    }
    if (args.tokens == 0) return {};
    const auto shared = static_cast<size_t>(kv.regionTokens) * static_cast<size_t>(kv.headDim) * sizeof(float);
    if (shared > 47 * 1024) return Status::Unsupported;
    // With the first token known only on the device, the append may straddle one region more.
    const int64_t touched = args.first.onDevice != nullptr ? divideUp(args.tokens, kv.regionTokens) + 1
                                                           : (args.first.value + args.tokens - 1) / kv.regionTokens -
                                                                 args.first.value / kv.regionTokens + 1;
    const dim3 grid(static_cast<unsigned>(touched > 1 ? touched - 1 : 1), static_cast<unsigned>(kv.kvHeads), 2);
    LECTERN_CUDA_TRY(launchOverlapped(kvAppendKernel<T>, grid, kThreads, shared, stream, 1, args));
    if (args.summaries.superRegions > 0 && args.tokens > 1) {
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

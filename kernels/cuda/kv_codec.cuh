#pragma once
// Device twins of reference::storeRegion and loadRegion: one region of one KV head, by one block of threads.

#include <cuda_fp16.h>

#include "kernels/common/half.h"
#include "kernels/cuda/args.h"
#include "kernels/cuda/device_math.cuh"

namespace lectern::kernels::cuda {

/// Where region `region` of head `kvHead` lies: its page of keys and that of values, and byte offsets inside them.
struct RegionPlace {
    std::byte* keyPage;
    std::byte* valuePage;
    int32_t data;    ///< of the region's first value in the page
    int32_t scales;  ///< of its scales in the page

    __device__ std::byte* page(bool keys) const { return keys ? keyPage : valuePage; }
};

__device__ inline RegionPlace regionPlace(const DeviceKv& kv, int32_t kvHead, int64_t region) {
    const KvPageLayout layout = kvPageLayout(kv.type, kv.pageTokens, kv.regionTokens, kv.kvHeads, kv.headDim);
    const int64_t perPage = kv.regionsPerPage();
    const int64_t inPage = region % perPage;
    const int64_t slot = kv.pageSlots[region / perPage];
    const bool onHost = slot >= kv.slots;
    const int64_t at = (onHost ? slot - kv.slots : slot) * layout.pageBytes;
    return {(onHost ? kv.hostKeys : kv.keys) + at, (onHost ? kv.hostValues : kv.values) + at,
            static_cast<int32_t>(kvHead * layout.headBytes + layout.headBytes / perPage * inPage),
            static_cast<int32_t>(layout.scalesOffset + (kvHead * perPage + inPage) * layout.scaleBytes)};
}

/// The nearest half, the largest one beyond it.
__device__ inline __half nearestHalf(float value) {
    return __float2half_rn(fminf(fmaxf(value, -65504.0f), 65504.0f));
}

/// Stores `values`, f32 [p, Dh] in shared memory, by the whole block. `scratch`: 33 floats of shared memory.
__device__ inline void storeRegion(const DeviceKv& kv, bool keys, const RegionPlace& place, const float* values,
                                   float* scratch) {
    std::byte* data = place.page(keys) + place.data;
    std::byte* scales = place.page(keys) + place.scales;
    const int dim = kv.headDim, tokens = kv.regionTokens, count = tokens * dim;
    if (kv.type == KvType::BF16) {
        auto* out = reinterpret_cast<uint32_t*>(data);
        for (int i = threadIdx.x; i < count / 2; i += blockDim.x) out[i] = packBf16(values[2 * i], values[2 * i + 1]);
    } else if (kv.type == KvType::Int8 || kv.type == KvType::Fp8) {
        const bool whole = kv.type == KvType::Int8;
        float largest = 0.0f;
        for (int i = threadIdx.x; i < count; i += blockDim.x) largest = fmaxf(largest, fabsf(values[i]));
        largest = warpMax(largest);
        __syncthreads();
        if (threadIdx.x % 32 == 0) scratch[threadIdx.x / 32] = largest;
        __syncthreads();
        largest = scratch[0];
        for (unsigned w = 1; w < blockDim.x / 32; ++w) largest = fmaxf(largest, scratch[w]);
        const float scale = __fdiv_rn(largest, whole ? 127.0f : kLargestE4m3);
        if (threadIdx.x == 0) *reinterpret_cast<float*>(scales) = scale;
        for (int i = threadIdx.x; i < count; i += blockDim.x) {
            const float q = scale > 0.0f ? __fdiv_rn(values[i], scale) : 0.0f;
            data[i] = whole ? static_cast<std::byte>(static_cast<int8_t>(fminf(fmaxf(rintf(q), -127.0f), 127.0f)))
                            : static_cast<std::byte>(floatToE4m3(q));
        }
    } else {
        auto* halves = reinterpret_cast<__half*>(scales);
        const auto at = [&](int i) { return toFloat(fromFloat<Bf16>(values[i])); };
        for (int d = 2 * threadIdx.x; d < dim; d += 2 * blockDim.x) {
            float low[2], scale[2];
#pragma unroll
            for (int j = 0; j < 2; ++j) {
                low[j] = at(d + j);
                float high = low[j];
                for (int t = 1; t < tokens; ++t) {
                    low[j] = fminf(low[j], at(t * dim + d + j));
                    high = fmaxf(high, at(t * dim + d + j));
                }
                const __half lowHalf = nearestHalf(low[j]);
                low[j] = __half2float(lowHalf);
                const __half scaleHalf = nearestHalf(__fdiv_rn(high - low[j], 15.0f));
                scale[j] = __half2float(scaleHalf);
                halves[d + j] = scaleHalf;
                halves[dim + d + j] = lowHalf;
            }
            for (int t = 0; t < tokens; ++t) {
                unsigned bits = 0;
#pragma unroll
                for (int j = 0; j < 2; ++j) {
                    const float x = at(t * dim + d + j) - low[j];
                    const float q = scale[j] > 0.0f ? rintf(__fdiv_rn(x, scale[j])) : 0.0f;
                    bits |= static_cast<unsigned>(fminf(fmaxf(q, 0.0f), 15.0f)) << (4 * j);
                }
                data[(t * dim + d) / 2] = static_cast<std::byte>(bits);
            }
        }
    }
}

/// Value (token, dim) of a stored region.
__device__ inline float loadValue(const DeviceKv& kv, bool keys, const RegionPlace& place, int token, int d) {
    const std::byte* data = place.page(keys) + place.data;
    const std::byte* scales = place.page(keys) + place.scales;
    const int64_t i = static_cast<int64_t>(token) * kv.headDim + d;
    if (kv.type == KvType::BF16) return toFloat(reinterpret_cast<const Bf16*>(data)[i]);
    if (kv.type == KvType::Int8) {
        return *reinterpret_cast<const float*>(scales) * static_cast<float>(reinterpret_cast<const int8_t*>(data)[i]);
    }
    if (kv.type == KvType::Fp8) {
        return *reinterpret_cast<const float*>(scales) * e4m3ToFloat(static_cast<uint8_t>(data[i]));
    }
    const auto* halves = reinterpret_cast<const __half*>(scales);
    const int pair = reinterpret_cast<const uint8_t*>(data)[i / 2];
    return static_cast<float>(d % 2 == 0 ? pair & 15 : pair >> 4) * __half2float(halves[d]) +
           __half2float(halves[kv.headDim + d]);
}

}  // namespace lectern::kernels::cuda

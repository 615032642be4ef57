#pragma once
// Device twins of reference::storeRegion and loadRegion: one region of one KV head, by one block of threads.

#include "kernels/cuda/args.h"
#include "kernels/cuda/device_math.cuh"

namespace lectern::kernels::cuda {

/// Where region `region` of head `kvHead` lies: byte offsets inside its page.
struct RegionPlace {
    int64_t page;    ///< byte offset of the page in the pool
    int64_t data;    ///< of the region's first value in the page
    int64_t scales;  ///< of its scales in the page
};

__device__ inline RegionPlace regionPlace(const DeviceKv& kv, int32_t kvHead, int64_t region) {
    const KvPageLayout layout = kvPageLayout(kv.type, kv.pageTokens, kv.regionTokens, kv.kvHeads, kv.headDim);
    const int64_t perPage = kv.regionsPerPage();
    const int64_t inPage = region % perPage;
    return {kv.pageSlots[region / perPage] * layout.pageBytes,
            kvHead * layout.headBytes + layout.headBytes / perPage * inPage,
            layout.scalesOffset + (kvHead * perPage + inPage) * layout.scalesPerRegion * 4};
}

/// Stores `values`, f32 [p, Dh] in shared memory, by the whole block. `scratch`: 33 floats of shared memory.
__device__ inline void storeRegion(const DeviceKv& kv, std::byte* pool, const RegionPlace& place, const float* values,
                                   float* scratch) {
    std::byte* data = pool + place.page + place.data;
    auto* scales = reinterpret_cast<float*>(pool + place.page + place.scales);
    const int dim = kv.headDim, tokens = kv.regionTokens, count = tokens * dim;
    if (kv.type == KvType::BF16) {
        auto* out = reinterpret_cast<uint32_t*>(data);
        for (int i = threadIdx.x; i < count / 2; i += blockDim.x) out[i] = packBf16(values[2 * i], values[2 * i + 1]);
    } else if (kv.type == KvType::Int8) {
        float largest = 0.0f;
        for (int i = threadIdx.x; i < count; i += blockDim.x) largest = fmaxf(largest, fabsf(values[i]));
        largest = warpMax(largest);
        __syncthreads();
        if (threadIdx.x % 32 == 0) scratch[threadIdx.x / 32] = largest;
        __syncthreads();
        largest = scratch[0];
        for (unsigned w = 1; w < blockDim.x / 32; ++w) largest = fmaxf(largest, scratch[w]);
        const float scale = __fdiv_rn(largest, 127.0f);
        if (threadIdx.x == 0) *scales = scale;
        auto* out = reinterpret_cast<int8_t*>(data);
        for (int i = threadIdx.x; i < count; i += blockDim.x) {
            const float q = scale > 0.0f ? rintf(__fdiv_rn(values[i], scale)) : 0.0f;
            out[i] = static_cast<int8_t>(fminf(fmaxf(q, -127.0f), 127.0f));
        }
    } else {
        for (int d = 2 * threadIdx.x; d < dim; d += 2 * blockDim.x) {
            float low[2], scale[2];
#pragma unroll
            for (int j = 0; j < 2; ++j) {
                low[j] = values[d + j];
                float high = low[j];
                for (int t = 1; t < tokens; ++t) {
                    low[j] = fminf(low[j], values[t * dim + d + j]);
                    high = fmaxf(high, values[t * dim + d + j]);
                }
                scale[j] = __fdiv_rn(high - low[j], 15.0f);
                scales[d + j] = scale[j];
                scales[dim + d + j] = low[j];
            }
            for (int t = 0; t < tokens; ++t) {
                unsigned bits = 0;
#pragma unroll
                for (int j = 0; j < 2; ++j) {
                    const float x = values[t * dim + d + j] - low[j];
                    const float q = scale[j] > 0.0f ? rintf(__fdiv_rn(x, scale[j])) : 0.0f;
                    bits |= static_cast<unsigned>(fminf(fmaxf(q, 0.0f), 15.0f)) << (4 * j);
                }
                data[(t * dim + d) / 2] = static_cast<std::byte>(bits);
            }
        }
    }
}

/// Value (token, dim) of a stored region.
__device__ inline float loadValue(const DeviceKv& kv, const std::byte* pool, const RegionPlace& place, int token,
                                  int d) {
    const std::byte* data = pool + place.page + place.data;
    const auto* scales = reinterpret_cast<const float*>(pool + place.page + place.scales);
    const int64_t i = static_cast<int64_t>(token) * kv.headDim + d;
    if (kv.type == KvType::BF16) return toFloat(reinterpret_cast<const Bf16*>(data)[i]);
    if (kv.type == KvType::Int8) return scales[0] * static_cast<float>(reinterpret_cast<const int8_t*>(data)[i]);
    const int pair = reinterpret_cast<const uint8_t*>(data)[i / 2];
    return static_cast<float>(d % 2 == 0 ? pair & 15 : pair >> 4) * scales[d] + scales[kv.headDim + d];
}

}  // namespace lectern::kernels::cuda

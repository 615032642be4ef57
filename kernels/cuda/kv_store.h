#pragma once
// Writing the cache: keys and values into pages, region summaries and their second level; and gathering regions of any
// storage type into contiguous bf16.

#include "kernels/cuda/args.h"

namespace lectern::kernels::cuda {

/// Appends k, v [tokens, Hkv, Dh] (rotated, bf16 or f32) at context index `first`: stores them in pages in the cache's
/// type, summarises every region that becomes complete, keeps the unfinished one (DeviceKv), and refreshes the second
/// level. Pages for all tokens are in pageSlots already.
template <typename T>
struct KvAppendArgs {
    const T* k = nullptr;
    const T* v = nullptr;
    int64_t kStride = 0;  ///< elements per token row
    int64_t vStride = 0;
    DeviceKv kv;
    DeviceSummaries summaries;
    TokenCount first;
    int64_t tokens = 0;
    /// One token whose queries and keys are not rotated yet: they are, in place, before the key is stored. `k` is then
    /// rotate + H * Dh. cos, sin [Dh/2].
    T* rotate = nullptr;  ///< [H + Hkv, Dh], queries first; null: rotated already
    int32_t groupHeads = 1;
    const float* cos = nullptr;
    const float* sin = nullptr;
};
template <typename T>
CudaStatus kvAppend(const KvAppendArgs<T>& args, cudaStream_t stream);

/// Means of rotated queries over regions of p rows, f32 [regions, H, Dh]; q [tokens, H, Dh] starts on a region
/// boundary; the last region may be short.
template <typename T>
CudaStatus queryMeans(const T* q, int64_t stride, int64_t tokens, int32_t heads, int32_t headDim, int32_t regionTokens,
                      float* means, cudaStream_t stream);

/// Region lists, one per (block, selector): regions[(block * selectors + selector) * stride + i], of which the first
/// counts[block] are gathered, then the block's own regions from ownRegion[block] on, ownRegions[block] of them.
struct GatherArgs {
    DeviceKv kv;
    int64_t tokens = 0;                 ///< cached tokens: where the unfinished region begins
    const RegionId* regions = nullptr;  ///< null: region i is i
    int32_t stride = 0;
    int32_t blocks = 0;
    int32_t selectors = 0;
    int32_t headsPerSelector = 1;         ///< query heads per selector
    int32_t groupHeads = 1;               ///< query heads per KV head
    const int32_t* counts = nullptr;      ///< [blocks], on the device
    const int32_t* ownRegion = nullptr;   ///< [blocks]
    const int32_t* ownRegions = nullptr;  ///< [blocks]
    int32_t capacity = 0;                 ///< regions per (block, selector) in the outputs
    const float* cos = nullptr;           ///< optional [positions, Dh/2]: cached keys are un-rotated, rotate them here
    const float* sin = nullptr;
    Bf16* keys = nullptr;  ///< [blocks, selectors, capacity, p, Dh]
    Bf16* values = nullptr;
};
CudaStatus gatherRegions(const GatherArgs& args, cudaStream_t stream);

}  // namespace lectern::kernels::cuda

#pragma once
// Argument structs of the CUDA kernels: raw device pointers, shapes, no owners. Dimension letters and page layout are
// those of kernels/README.md and kernels/common/kv_layout.h. Every launcher takes a stream, enqueues without waiting
// and returns a CudaStatus. Activations are bf16 or f32 (template parameter), accumulation is f32.

#include <cuda_bf16.h>
#include <cuda_runtime_api.h>

#include "kernels/common/kv_layout.h"
#include "kernels/common/types.h"
#include "kernels/cuda/status.h"

namespace lectern::kernels::cuda {

using Bf16 = __nv_bfloat16;

/// One layer's K/V cache on the device. Page i of the context lies in slot pageSlots[i]: its keys start at keys +
/// slot * pageBytes, its values at values + slot * pageBytes, both in kvPageLayout(). F32 pages are not supported here.
/// Slots from `slots` on lie in pinned host memory, at hostKeys and hostValues, for quantised caches: kernels read and
/// write them across the bus. BF16 pages are all on the device, where the copy engine of prefill reads them.
///
/// The unfinished last region: BF16 keeps it in its page; the others keep it in tailKeys/tailValues, bf16 [Hkv, p,
/// Dh], until it is complete. kvAppend() zero-fills its unwritten tokens, so that every gathered row is finite.
struct DeviceKv {
    std::byte* keys = nullptr;
    std::byte* values = nullptr;
    const int32_t* pageSlots = nullptr;
    Bf16* tailKeys = nullptr;
    Bf16* tailValues = nullptr;
    KvType type = KvType::BF16;
    int32_t pageTokens = 0;
    int32_t regionTokens = 0;  ///< p: 8, 16, 32 or 64
    int32_t kvHeads = 0;
    int32_t headDim = 0;
    int64_t slots = 0;              ///< slots in the device's pool; the tensor maps of the sm_90a path span them
    std::byte* hostKeys = nullptr;  ///< as the device addresses it
    std::byte* hostValues = nullptr;

    __host__ __device__ int32_t regionsPerPage() const { return pageTokens / regionTokens; }
};

/// Summaries of one layer's complete regions, bf16 [Hkv][capacity, Dh] each.
struct DeviceSummaries {
    Bf16* mean = nullptr;
    Bf16* min = nullptr;
    Bf16* max = nullptr;
    int64_t capacity = 0;  ///< regions per head
    /// Second level, bf16 [Hkv][capacity / superRegions (rounded up), Dh]: per-dimension bounds over `superRegions`
    /// regions of the means (for Scorer::Mean) and of the minima and maxima (for Scorer::Bound). Null: flat only.
    Bf16* superMeanMin = nullptr;
    Bf16* superMeanMax = nullptr;
    Bf16* superMin = nullptr;
    Bf16* superMax = nullptr;
    int32_t superRegions = 0;

    __host__ __device__ int64_t superCapacity() const {
        return superRegions > 0 ? (capacity + superRegions - 1) / superRegions : 0;
    }
};

/// A token count that the host knows, or that a captured graph reads on the device.
struct TokenCount {
    int64_t value = 0;
    const int64_t* onDevice = nullptr;  ///< wins when not null

    __device__ int64_t get() const { return onDevice != nullptr ? *onDevice : value; }
};

inline int64_t divideUp(int64_t a, int64_t b) {
    return (a + b - 1) / b;
}

}  // namespace lectern::kernels::cuda

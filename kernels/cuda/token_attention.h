#pragma once
// Attention of one query token over its listed regions and its own unfinished region: split over the keys, merged in
// the same launch. Safe to capture in a graph: the list lengths and the token index are read on the device.

#include "kernels/cuda/args.h"

namespace lectern::kernels::cuda {

/// q, out: f32 [H, Dh], q rotated. The list of a selector has counts[selector] complete regions; with regions null it
/// is every complete region (dense), from the sliding window's first one on. The own part is the tokens from tokens / p
/// * p to `tokens` (the query's index) itself. Heads of a selector: at most 16.
struct TokenAttentionArgs {
    const float* q = nullptr;
    float* out = nullptr;
    DeviceKv kv;
    const RegionId* regions = nullptr;
    const int32_t* counts = nullptr;
    int32_t regionStride = 0;
    int32_t selectors = 0;
    int32_t headsPerSelector = 1;
    int32_t groupHeads = 1;  ///< query heads per KV head
    float scale = 1.0f;
    int32_t slidingWindow = 0;  ///< dense only; 0: none
    TokenCount tokens;
    /// The query's own region is complete in the cache, because later tokens were appended with it: quantised pages are
    /// read instead of the tail.
    bool ownStored = false;
    int32_t splits = 1;         ///< chooseTokenSplits()
    void* workspace = nullptr;  ///< tokenAttentionWorkspace() bytes, zeroed once when allocated
    /// Optional, f32 [H, massStride]: softmax mass of each list entry, then at [counts[selector]] that of the own part.
    float* mass = nullptr;
    int32_t massStride = 0;
    /// Optional, f32 [H]: `mass` is left as logarithms to base 2, of which these are to be taken off. Normalising is
    /// work of one thread block that everything behind it would wait for.
    float* massLog = nullptr;
};

/// Thread blocks per selector that fill the device once.
int32_t chooseTokenSplits(int32_t selectors, int multiprocessors);
int64_t tokenAttentionWorkspace(const TokenAttentionArgs& args);
bool supportsTokenAttention(int32_t headDim, int32_t regionTokens, KvType type, int32_t headsPerSelector);
CudaStatus tokenAttention(const TokenAttentionArgs& args, cudaStream_t stream);

template <int kDim, KvType kType>
CudaStatus launchTokenAttention(const TokenAttentionArgs& args, cudaStream_t stream);

}  // namespace lectern::kernels::cuda

#pragma once
// Gathered block-sparse attention of a prefill chunk, on tensor cores. The queries of one block and one selector share
// one list of regions; row (t, g) of the packed query matrix is token t, head g of the selector.

#include "kernels/cuda/args.h"

namespace lectern::kernels::cuda {

/// One block of queries. It sees its gathered regions whole, then the tokens of its own regions from ownRegion on:
/// query t sees the first ownOffset + t + 1 of them.
struct AttentionBlock {
    int32_t queryBegin = 0;  ///< row of q that holds the block's first query
    int32_t queryTokens = 0;
    int32_t regionCount = 0;  ///< gathered regions
    int32_t ownRegion = 0;    ///< ownBegin / p
    int32_t ownOffset = 0;    ///< firstQuery - ownBegin
};

constexpr int32_t kMaxAttentionBlocks = 64;

/// softmax(q K^T * scale) V per row, exact (online softmax, f32 statistics, bf16 probabilities).
///
/// q, out [tokens, H, Dh] with strides in elements, multiples of 8; selector s owns heads [s * headsPerSelector, ...)
/// and reads KV head s * headsPerSelector / groupHeads. regions: [blocks][selectors][regionStride], null: region i is i
/// (dense). Keys and values: BF16 pages in place, or the output of gatherRegions() when gatheredKeys is set (any cache
/// type).
struct BlockAttentionArgs {
    const Bf16* q = nullptr;
    int64_t qStride = 0;
    Bf16* out = nullptr;
    int64_t outStride = 0;
    DeviceKv kv;
    const RegionId* regions = nullptr;
    int32_t regionStride = 0;
    int32_t selectors = 0;
    int32_t headsPerSelector = 1;
    int32_t groupHeads = 1;  ///< query heads per KV head
    float scale = 1.0f;
    int32_t slidingWindow = 0;  ///< dense lists only: query t sees only the last slidingWindow tokens, itself included
    const Bf16* gatheredKeys = nullptr;
    const Bf16* gatheredValues = nullptr;
    int32_t gatheredCapacity = 0;  ///< regions per (block, selector) in gatheredKeys
    /// Training: keys and values of the whole sequence, [flatTokens, Hkv, Dh], instead of pages; and the natural
    /// logarithm of each row's softmax sum, [rows of q, H].
    const Bf16* flatKeys = nullptr;
    const Bf16* flatValues = nullptr;
    int64_t flatStride = 0;  ///< elements per token row, a multiple of 8
    int64_t flatTokens = 0;
    float* logSumExp = nullptr;
    int32_t blockCount = 0;
    AttentionBlock blocks[kMaxAttentionBlocks];
};

/// The implementation that one chooser picks for a shape on a device; supports() and the launch ask the same function.
enum class AttentionPath : uint8_t { None, Mma80, Wgmma90 };
AttentionPath chooseAttentionPath(int32_t headDim, int32_t regionTokens, bool hopper);

/// Runs the chosen path (`path` from chooseAttentionPath(), or Mma80 where Wgmma90 would do).
CudaStatus blockAttention(const BlockAttentionArgs& args, AttentionPath path, cudaStream_t stream);

}  // namespace lectern::kernels::cuda

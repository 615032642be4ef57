#pragma once
// Argument structs of the kernels. `reference/` and `cpu/` take the same structs, so a test runs both on one set of
// arguments. All pointers are borrowed. Dimension letters are those of kernels/README.md.

#include "kernels/common/types.h"

namespace lectern::kernels {

/// A weight matrix as stored: `rows` output features of `columns` inputs each, row-major.
struct WeightView {
    const std::byte* data = nullptr;
    DType type = DType::F32;
    int64_t rows = 0;
    int64_t columns = 0;
};

/// out[t, n] = sum_k x[t, k] * weight[n, k] (+ out[t, n] when `accumulate`), for n in [rowBegin, rowEnd) only, so that
/// threads can split one product. x is [tokens, columns], out is [tokens, rows], both f32 and dense.
struct LinearArgs {
    const float* x = nullptr;
    WeightView weight;
    float* out = nullptr;
    int64_t tokens = 0;
    int64_t rowBegin = 0;
    int64_t rowEnd = 0;
    bool accumulate = false;
    /// cpu: x as prepareActivations left it, shared by several products; null: the call prepares its own.
    const std::byte* prepared = nullptr;
};

/// Read side of one layer's K/V cache. A page holds `pageTokens` consecutive tokens (a multiple of the region size) of
/// every KV head; its layout is kvPageLayout(). The tokens of the unfinished last region are read from the f32 tail
/// [Hkv, p, Dh] instead, because quantised regions get their scales only when they are complete.
struct KvView {
    const std::byte* const* keyPages = nullptr;
    const std::byte* const* valuePages = nullptr;
    const float* tailKeys = nullptr;
    const float* tailValues = nullptr;
    KvType type = KvType::F32;
    int32_t pageTokens = 0;
    int32_t regionTokens = 0;  ///< p
    int32_t kvHeads = 0;       ///< Hkv
    int32_t headDim = 0;       ///< Dh
    int64_t tokens = 0;        ///< cached tokens, the tail included

    int64_t completeRegions() const { return tokens / regionTokens; }
    /// The page of keys or values that holds `token`. In two steps: with -fsanitize=undefined GCC 12 leaves the index
    /// of `(a ? b : c)[i / n]` uninitialised.
    const std::byte* page(bool keys, int64_t token) const {
        const std::byte* const* pages = keys ? keyPages : valuePages;
        return pages[token / pageTokens];
    }
};

/// Summaries of one KV head's complete regions, f32 [regions, Dh] each: the plain mean of a region's keys, and the
/// per-dimension minimum and maximum (for Scorer::Bound).
struct RegionSummaryView {
    const float* mean = nullptr;
    const float* min = nullptr;
    const float* max = nullptr;
    int32_t headDim = 0;
    int64_t regions = 0;
};

/// Scores `queryCount` queries, each the `groupHeads` vectors [groupHeads, Dh] of heads that select together (a
/// region's score is the sum over them; 1: selection per query head), against regions [candidateBegin, candidateEnd)
/// and keeps for each the `keep` best, best first, ties to the lower index. With `causalMerge` > 0 (ms_train), query i
/// may only list regions <= firstRegion + i - causalMerge. ids and scores are [queryCount, keep]; `found[i]` says how
/// many are valid. The full score matrix is never materialised.
struct SelectArgs {
    const float* queries = nullptr;  ///< [queryCount, groupHeads, Dh]
    int32_t queryCount = 0;
    int32_t groupHeads = 1;
    RegionSummaryView summaries;
    Scorer scorer = Scorer::Mean;
    int64_t candidateBegin = 0;
    int64_t candidateEnd = 0;
    int32_t keep = 0;
    int32_t causalMerge = 0;
    int64_t firstRegion = 0;
    RegionId* ids = nullptr;
    float* scores = nullptr;  ///< may be null
    int32_t* found = nullptr;
};

/// Rank-major merge of `listCount` selections into at most `limit` distinct regions, in order of entry (attention.md;
/// the paper's "merge"). lists is [listCount, stride], listLengths the valid entries of each.
struct MergeArgs {
    const RegionId* lists = nullptr;
    const int32_t* listLengths = nullptr;
    int32_t listCount = 0;
    int32_t stride = 0;
    int32_t limit = 0;
    RegionId* merged = nullptr;      ///< [limit]
    uint16_t* nominators = nullptr;  ///< [limit], index of the list that brought the region in
};

/// Attention of a block of queries that share one K/V head and one set of regions: softmax(q K^T * scale) V by online
/// softmax over key tiles, exact.
///
/// Row (t, g), t < queryTokens, g < groupHeads, reads q + t*qStride + g*Dh and writes out + t*outStride + g*Dh. It sees
/// every token of `regions` (complete, ascending, distinct) and the tokens [ownBegin, firstQuery + t] — the causal own
/// block or the unfinished region. regions all end at or before ownBegin.
struct GatheredAttentionArgs {
    const float* q = nullptr;
    int64_t qStride = 0;
    int64_t queryTokens = 0;
    int32_t groupHeads = 1;
    int32_t kvHead = 0;
    KvView kv;
    const RegionId* regions = nullptr;
    int64_t regionCount = 0;
    int64_t ownBegin = 0;
    int64_t firstQuery = 0;
    /// 0: none. Else row t sees only tokens > firstQuery + t - slidingWindow (Mistral v0.1, dense mode only).
    int64_t slidingWindow = 0;
    float scale = 1.0f;
    /// Lets the CPU multiply in bfloat16 or 8 bits where that is faster (f32 sums; kernels/cpu/attention_bf16.h says
    /// how far off). Off: f32 throughout.
    bool bf16Products = false;
    float* out = nullptr;
    int64_t outStride = 0;
    /// Optional [groupHeads, regionCount + 1], written only when queryTokens == 1: each region's softmax mass per head;
    /// the last entry is the mass of the own tokens.
    float* regionMass = nullptr;
    /// Optional cos/sin tables f32 [positions, Dh/2]: keys are stored un-rotated and rotated at the gather
    /// (ms_pretrain). Row j of the tables belongs to token j of the cache.
    const float* gatherCos = nullptr;
    const float* gatherSin = nullptr;
};

}  // namespace lectern::kernels

#pragma once
// Selection of regions: the best `keep` of a range by score, ties to the lower index. For prefill blocks (many query
// regions, tensor cores, streaming: the score matrix is never written) and for one decoded token (a scan of the
// summaries, or the exact two-level descent); then the rank-major merge of a block's lists.

#include "kernels/cuda/args.h"

namespace lectern::kernels::cuda {

constexpr int32_t kMaxSelectBlocks = 64;

/// One block's query regions and candidates. Query i of the block is row firstRow + i of `queries`.
struct SelectBlock {
    int32_t firstRow = 0;
    int32_t rows = 0;
    int32_t candidateBegin = 0;
    int32_t candidateEnd = 0;
    int32_t firstRegion = 0;  ///< with causalMerge > 0, query i lists only regions <= firstRegion + i - causalMerge
};

/// queries: f32 [rows, H, Dh], rotated means (queryMeans()). A selector sums the scores of its headsPerSelector heads;
/// the sum is formed once, as bf16, on the query side. Lists are [blocks][selectors][rowStride][keep], best first;
/// found [blocks][selectors][rowStride].
struct BlockSelectArgs {
    const float* queries = nullptr;
    int32_t heads = 0;
    int32_t selectors = 0;
    int32_t headsPerSelector = 1;
    int32_t groupHeads = 1;  ///< query heads per KV head
    int32_t headDim = 0;
    DeviceSummaries summaries;
    Scorer scorer = Scorer::Mean;
    int32_t keep = 0;
    int32_t causalMerge = 0;
    int32_t rowStride = 0;
    uint64_t* candidates = nullptr;  ///< workspace, blockSelectWorkspace() bytes
    RegionId* ids = nullptr;
    float* scores = nullptr;  ///< may be null
    int32_t* found = nullptr;
    int32_t blockCount = 0;
    int32_t splits = 1;  ///< chooseSelectSplits(): thread blocks that share the candidates of one list
    SelectBlock blocks[kMaxSelectBlocks];
};
/// Slices of the candidates that fill the device where blocks and selectors alone do not. Reads keep, selectors,
/// blockCount and blocks.
int32_t chooseSelectSplits(const BlockSelectArgs& args, int multiprocessors);
int64_t blockSelectWorkspace(const BlockSelectArgs& args);
bool supportsBlockSelect(int32_t headDim, int32_t keep);
CudaStatus blockSelect(const BlockSelectArgs& args, cudaStream_t stream);

/// Rank-major merge (attention.md; the paper's "merge") of each (block, selector)'s lists to at most `limit` distinct
/// regions, in order of entry, written behind the block's `sink` first regions; then the `local` regions before
/// `localEnd` = the block's candidateEnd + local: regions [blocks][selectors][regionStride] is what attention gathers.
struct BlockMergeArgs {
    const RegionId* lists = nullptr;
    const int32_t* found = nullptr;
    int32_t selectors = 0;
    int32_t rowStride = 0;
    int32_t keep = 0;  ///< row length of lists
    int32_t limit = 0;
    int32_t sink = 0;
    int32_t local = 0;
    int32_t maxRegions = 0;  ///< regions of the context: ids are below it
    RegionId* regions = nullptr;
    int32_t regionStride = 0;
    uint16_t* nominators = nullptr;  ///< [blocks][selectors][limit], may be null
    int32_t* merged = nullptr;       ///< [blocks][selectors], regions that entered; may be null
    int32_t blockCount = 0;
    SelectBlock blocks[kMaxSelectBlocks];
};
CudaStatus blockMerge(const BlockMergeArgs& args, cudaStream_t stream);

/// Regions for one query token. q: f32 [H, Dh]. Candidates are the complete regions [sink, complete - local) with
/// complete = tokens / p; the list is the sink regions, the best `keep` candidates in ascending order, the local
/// regions. With at most `keep` candidates all are listed. `tokens` counts the cached tokens before the unfinished
/// region's end, as in AttentionOp: for a decoded token at index t, t (its own region is the own part).
struct TokenSelectArgs {
    const float* q = nullptr;
    int32_t selectors = 0;
    int32_t headsPerSelector = 1;
    int32_t groupHeads = 1;
    int32_t headDim = 0;
    int32_t regionTokens = 0;
    DeviceSummaries summaries;
    Scorer scorer = Scorer::Bound;
    int32_t keep = 0;
    int32_t sink = 0;
    int32_t local = 0;
    TokenCount tokens;
    const uint32_t* excluded = nullptr;  ///< optional bit per region: chosen as ever, then left out
    bool twoLevel = false;               ///< descent through the super-regions instead of the flat scan
    int64_t probes = 0;                  ///< two-level: super-regions looked into, by their bounds; 0: as exact needs
    int64_t regionBound = 0;             ///< upper bound of tokens / p over the captured graph's life: sizes the grids
    void* workspace = nullptr;           ///< tokenSelectWorkspace() bytes, zeroed once when allocated
    RegionId* regions = nullptr;         ///< [selectors, regionStride]
    float* scores = nullptr;             ///< [selectors, regionStride], 0 for sink and local; may be null
    int32_t regionStride = 0;            ///< >= sink + keep + local
    int32_t* counts = nullptr;           ///< [selectors]
    int32_t* visited = nullptr;          ///< [selectors], regions whose summary was read; may be null
};
int64_t tokenSelectWorkspace(const TokenSelectArgs& args);
CudaStatus tokenSelect(const TokenSelectArgs& args, cudaStream_t stream);

}  // namespace lectern::kernels::cuda

#pragma once
// Region summaries as the CPU's cache keeps them, in two levels, and selection over them. Selection by the reference's
// rule (reference::select) on the stored values; the upper level only decides what need not be looked at.

#include "kernels/common/views.h"

namespace lectern::kernels::cpu {

/// Regions under one row of the upper level.
constexpr int32_t kSuperRegions = 16;

/// Summaries of one KV head, bfloat16. Lower level [regions, Dh]: mean (to nearest), minimum (rounded down) and maximum
/// (rounded up). Upper level [ceil(regions / kSuperRegions), Dh]: the lowest and highest of the means, the lowest
/// minimum and the highest maximum of the regions below.
struct RegionIndexView {
    const uint16_t* mean = nullptr;
    const uint16_t* min = nullptr;
    const uint16_t* max = nullptr;
    const uint16_t* superMeanMin = nullptr;
    const uint16_t* superMeanMax = nullptr;
    const uint16_t* superMin = nullptr;
    const uint16_t* superMax = nullptr;
    int32_t headDim = 0;
    int64_t regions = 0;
};

struct IndexedSelectArgs {
    const float* queries = nullptr;  ///< [queryCount, groupHeads, Dh]
    int32_t queryCount = 0;
    int32_t groupHeads = 1;
    RegionIndexView index;
    Scorer scorer = Scorer::Mean;
    SearchLevel level = SearchLevel::Exact;
    /// Approximate: super-regions looked into per region kept, at least one. Single queries only; blocks are Exact.
    float probe = 4.0f;
    int64_t candidateBegin = 0;
    const int64_t* candidateEnds = nullptr;  ///< [queryCount], each >= candidateBegin or the query finds nothing
    int32_t keep = 0;
    /// Single queries: regions that were good a moment ago. Their scores are a first threshold; the result is the same.
    const RegionId* seeds = nullptr;
    int64_t seedCount = 0;
    RegionId* ids = nullptr;     ///< [queryCount, keep], best first, ties to the lower index
    float* scores = nullptr;     ///< may be null
    int32_t* found = nullptr;    ///< [queryCount]
    int64_t* visited = nullptr;  ///< may be null; += regions scored, summed over queries
};

Status selectIndexed(const IndexedSelectArgs& args);

/// Writes region `region`'s lower level into [regions, Dh] arrays from its keys f32 [regionTokens, Dh].
Status storeSummary(const float* keys, int32_t regionTokens, int32_t headDim, int64_t region, uint16_t* mean,
                    uint16_t* min, uint16_t* max);

/// Recomputes upper-level row `super` from the regions [super * kSuperRegions, regions) below it.
void updateSuper(const RegionIndexView& index, int64_t super, uint16_t* superMeanMin, uint16_t* superMeanMax,
                 uint16_t* superMin, uint16_t* superMax);

}  // namespace lectern::kernels::cpu

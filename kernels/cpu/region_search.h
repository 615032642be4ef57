#pragma once
// What the searches of region_index.cpp and region_index_block.cpp share.

#include <vector>

#include "kernels/cpu/region_index.h"
#include "kernels/cpu/top_regions.h"

namespace lectern::kernels::cpu {

// Below this many candidates the upper level does not pay.
constexpr int64_t kTwoLevelCandidates = 16 * kSuperRegions;
// A computed bound may lie below the score it bounds by the rounding of both sums: less than this share of the sum of
// the terms' magnitudes (at most 512 terms, in four or more partial sums each).
constexpr float kRoundingShare = 1.0f / (1 << 16);

/// The two arrays that a product reads: `high` with plain or positive parts of a query, `low` (may be null) with its
/// negative parts.
struct RegionRows {
    const uint16_t* high = nullptr;
    const uint16_t* low = nullptr;
};

/// A selection with its queries summed over the group, [queryCount, Dh] each: for Scorer::Mean the plain sum, for
/// Scorer::Bound the sum of positive parts; bounds are always products with positive and negative parts.
struct RegionSearch {
    const IndexedSelectArgs& args;
    std::vector<float> plain, plus, minus;
    RegionRows rows, supers;

    explicit RegionSearch(const IndexedSelectArgs& args);
    /// What multiplies rows.high in a score.
    const std::vector<float>& scored() const { return rows.low ? plus : plain; }
};

/// Searches for one query; `top` has been reset.
void searchSingle(const RegionSearch& search, TopRegions& top, int64_t* visited);
/// Searches for all queries; `tops` one each. False when memory is out.
bool searchBlock(const RegionSearch& search, std::vector<TopRegions>& tops, int64_t* visited);

}  // namespace lectern::kernels::cpu

#pragma once
// Region summaries of one layer in host memory, in the two levels that kernels/cpu/region_index.h searches.

#include "engine/cache/reserved_memory.h"
#include "kernels/common/views.h"
#include "kernels/cpu/region_index.h"

namespace lectern {

/// Summaries [Hkv, capacity regions, Dh] and upper level [Hkv, supers, Dh], bfloat16. Always in memory.
class RegionIndex {
  public:
    RegionIndex() = default;
    /// `exact` keeps the lower level in f32 as well: for caches of f32, which are asked for where results must not
    /// depend on rounding.
    static Result<RegionIndex> create(int32_t kvHeads, int32_t headDim, int64_t capacityRegions, bool exact);
    /// Bytes for `regions` regions of one layer.
    static int64_t bytesFor(int32_t kvHeads, int32_t headDim, int64_t regions, bool exact);

    /// Lower level of one region from its keys f32 [regionTokens, Dh]; any order, any thread per (head, region).
    void store(int32_t kvHead, int64_t region, const float* keys, int32_t regionTokens);
    /// Upper level above regions [begin, end) of one head, after they were stored.
    void updateSupers(int32_t kvHead, int64_t begin, int64_t end);

    /// The first `regions` regions of one head.
    kernels::cpu::RegionIndexView view(int32_t kvHead, int64_t regions) const;

    /// The same in f32, when it is exact.
    kernels::RegionSummaryView exactView(int32_t kvHead, int64_t regions) const;

    /// The arrays as snapshots store them: name and the bytes of one head for `regions` regions.
    struct Part {
        const char* name;
        std::byte* data;
        int64_t sizeBytes;
    };
    std::vector<Part> parts(int32_t kvHead, int64_t regions) const;

  private:
    static int64_t supersOf(int64_t regions) {
        return (regions + kernels::cpu::kSuperRegions - 1) / kernels::cpu::kSuperRegions;
    }
    uint16_t* rows(int array, int32_t kvHead) const;
    float* exactRows(int array, int32_t kvHead) const;

    int32_t m_kvHeads = 0, m_headDim = 0;
    int64_t m_capacity = 0;
    ReservedMemory m_memory, m_exact;
};

}  // namespace lectern

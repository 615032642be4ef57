#include "engine/cache/region_index.h"

#include <algorithm>
#include <array>

#include "kernels/cpu/cpu.h"

namespace lectern {
namespace {

namespace cpu = kernels::cpu;

enum Array { Mean, Min, Max, SuperMeanMin, SuperMeanMax, SuperMin, SuperMax, kArrays };
constexpr std::array<const char*, kArrays> kNames{"mean",           "min",       "max",      "super_mean_min",
                                                  "super_mean_max", "super_min", "super_max"};
constexpr int kLowerArrays = 3;

}  // namespace

int64_t RegionIndex::bytesFor(int32_t kvHeads, int32_t headDim, int64_t regions, bool exact) {
    const int64_t row = int64_t{kvHeads} * headDim;
    return (kLowerArrays * regions + (kArrays - kLowerArrays) * supersOf(regions)) * row * 2 +
           (exact ? kLowerArrays * regions * row * 4 : 0);
}

Result<RegionIndex> RegionIndex::create(int32_t kvHeads, int32_t headDim, int64_t capacityRegions, bool exact) {
    RegionIndex index;
    index.m_kvHeads = kvHeads;
    index.m_headDim = headDim;
    index.m_capacity = capacityRegions;
    LECTERN_ASSIGN(index.m_memory, ReservedMemory::create(bytesFor(kvHeads, headDim, capacityRegions, false)));
    if (exact) {
        LECTERN_ASSIGN(index.m_exact,
                       ReservedMemory::create(int64_t{kLowerArrays} * capacityRegions * kvHeads * headDim * 4));
    }
    return index;
}

uint16_t* RegionIndex::rows(int array, int32_t kvHead) const {
    const int64_t lower = m_capacity * m_kvHeads, upper = supersOf(m_capacity) * m_kvHeads;
    const int64_t before = std::min(array, kLowerArrays) * lower + std::max(0, array - kLowerArrays) * upper;
    const int64_t own = kvHead * (array < kLowerArrays ? m_capacity : supersOf(m_capacity));
    return reinterpret_cast<uint16_t*>(m_memory.data()) + (before + own) * m_headDim;
}

float* RegionIndex::exactRows(int array, int32_t kvHead) const {
    return reinterpret_cast<float*>(m_exact.data()) + (int64_t{array} * m_kvHeads + kvHead) * m_capacity * m_headDim;
}

void RegionIndex::store(int32_t kvHead, int64_t region, const float* keys, int32_t regionTokens) {
    cpu::storeSummary(keys, regionTokens, m_headDim, region, rows(Mean, kvHead), rows(Min, kvHead), rows(Max, kvHead));
    if (m_exact.data() != nullptr) {
        const int64_t at = region * m_headDim;
        cpu::regionSummary(keys, regionTokens, m_headDim, exactRows(Mean, kvHead) + at, exactRows(Min, kvHead) + at,
                           exactRows(Max, kvHead) + at);
    }
}

void RegionIndex::updateSupers(int32_t kvHead, int64_t begin, int64_t end) {
    const cpu::RegionIndexView index = view(kvHead, end);
    for (int64_t super = begin / cpu::kSuperRegions; super < supersOf(end); ++super) {
        cpu::updateSuper(index, super, rows(SuperMeanMin, kvHead), rows(SuperMeanMax, kvHead), rows(SuperMin, kvHead),
                         rows(SuperMax, kvHead));
    }
}

cpu::RegionIndexView RegionIndex::view(int32_t kvHead, int64_t regions) const {
    return {rows(Mean, kvHead),
            rows(Min, kvHead),
            rows(Max, kvHead),
            rows(SuperMeanMin, kvHead),
            rows(SuperMeanMax, kvHead),
            rows(SuperMin, kvHead),
            rows(SuperMax, kvHead),
            m_headDim,
            regions};
}

kernels::RegionSummaryView RegionIndex::exactView(int32_t kvHead, int64_t regions) const {
    return {exactRows(Mean, kvHead), exactRows(Min, kvHead), exactRows(Max, kvHead), m_headDim, regions};
}

std::vector<RegionIndex::Part> RegionIndex::parts(int32_t kvHead, int64_t regions) const {
    std::vector<Part> parts;
    for (int array = 0; array < kArrays; ++array) {
        const int64_t count = array < kLowerArrays ? regions : supersOf(regions);
        parts.push_back({kNames[static_cast<size_t>(array)], reinterpret_cast<std::byte*>(rows(array, kvHead)),
                         count * m_headDim * 2});
    }
    constexpr std::array kExactNames{"exact_mean", "exact_min", "exact_max"};
    for (int array = 0; array < kLowerArrays && m_exact.data() != nullptr; ++array) {
        parts.push_back({kExactNames[static_cast<size_t>(array)],
                         reinterpret_cast<std::byte*>(exactRows(array, kvHead)), regions * m_headDim * 4});
    }
    return parts;
}

}  // namespace lectern

#pragma once
// The CPU training backend's attention plan, readable by tests.

#include <vector>

#include "engine/attention/planner.h"
#include "engine/train/train_backend.h"

namespace lectern {

/// Regions per block and head group, ascending.
struct CpuTrainPlan final : TrainAttentionPlan {
    int64_t blockTokens = 0;
    int32_t groups = 1;
    int32_t headsPerGroup = 1;
    std::vector<std::vector<RegionId>> regions;  ///< [blocks * groups]

    int64_t blocks() const { return static_cast<int64_t>(regions.size()) / groups; }
    const std::vector<RegionId>& of(int64_t block, int32_t head) const {
        return regions[static_cast<size_t>(block * groups + head / headsPerGroup)];
    }
};

}  // namespace lectern

#pragma once
// Turns what one head group attended for one token into entries of the answer trace. Shared by the backends.

#include <span>

#include "engine/attention/profile.h"
#include "engine/attention/trace.h"

namespace lectern {

/// What one head group of one layer attended for one token. Head h's masses are mass[h * massStride + i] for
/// regions[i]; `scores` are aligned with `regions` (0 for always-kept ones), or empty: nothing was scored.
struct GroupAttention {
    int32_t layer = 0;
    int32_t group = 0;      ///< index of the selecting head group
    int32_t firstHead = 0;  ///< its first query head
    int32_t headCount = 1;
    std::span<const RegionId> regions;
    std::span<const float> scores;
    const float* mass = nullptr;
    int64_t massStride = 0;
};

/// Writes the group's slot of `step`: its regions by mean mass, best first. Groups may be recorded in parallel.
void recordGroup(const GroupAttention& group, int32_t groupCount, const AnswerTraceLimits& limits,
                 AnswerTrace::Step& step);

/// Adds the calibrated heads' masses to the step's citation weights (summed and cut by the session after the last
/// layer). One thread at a time.
void recordCitation(const GroupAttention& group, const AttentionProfile& profile, AnswerTrace::Step& step);

}  // namespace lectern

#pragma once
// Which positions and rotary frequencies a training step uses, per layer. CRD NTK (cyclic, randomly truncated,
// dynamically growing; arXiv 2410.04211) beside linear interpolation, a fixed NTK factor and none.

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "engine/attention/rope_schedule.h"
#include "engine/core/result.h"
#include "engine/model/model_config.h"

namespace lectern {

enum class PositionPolicy { None, LinearPi, FixedNtk, CrdNtk };

/// What one layer uses at one step; the backward pass reuses it as it is.
struct PositionDraw {
    std::vector<int64_t> positions;
    int64_t period = 0;    ///< P; the sequence's length where nothing wraps
    int64_t offset = 0;    ///< o
    double ropeScale = 1;  ///< A
    RopeSchedule rope;
};

/// Parameters of a run's positions; a value. Under CRD NTK, with n tokens at step t:
/// P_max = min(periodCap, 2n * 2^(t / doublingSteps)), P = n + U{0 .. P_max/2 - 1}, o = U{0 .. 4 * periodCap - 1},
/// pos_i = (i + o) mod P, A = scale * P / L0 - (scale - 1) where P exceeds the model's trained context L0, else 1.
/// Ablations: without `cyclic` o is 0 and nothing wraps; without `randomPeriod` P = n + P_max/2 - 1, the largest it
/// could have been; without `growing` P_max = periodCap from the first step.
/// Two additions of ours, both off by default, because the uniform draw leaves small scales untrained even in short
/// sequences: with `variedCap` the P_max of a whole sequence is log-uniform between n and the value above; a share
/// `plainShare` of the sequences that fit L0 keeps positions 0 .. n - 1 and A = 1 in every layer.
struct PositionSchedule {
    PositionPolicy policy = PositionPolicy::None;
    double factor = 1;  ///< LinearPi: positions are divided by it; FixedNtk: A
    int64_t periodCap = int64_t{1} << 20;
    double scale = 16;
    int64_t doublingSteps = 0;  ///< 0: a sixth of the run
    bool cyclic = true;
    bool randomPeriod = true;
    bool growing = true;
    bool variedCap = false;
    double plainShare = 0;

    bool operator==(const PositionSchedule&) const = default;

    /// P_max at `step` of a run of `totalSteps`.
    int64_t maxPeriod(int64_t tokens, int64_t step, int64_t totalSteps) const;
    /// A of a context of `contextTokens` by the formula above.
    double ropeScaleFor(const ModelConfig& config, int64_t contextTokens) const;
};

/// Names one draw.
struct DrawKey {
    uint64_t seed = 0;
    int64_t step = 0;
    int64_t totalSteps = 0;
    int64_t sequence = 0;  ///< index within the step's accumulated sequences
    int32_t layer = 0;
};

PositionDraw drawPositions(const PositionSchedule& schedule, const ModelConfig& config, int64_t tokens,
                           const DrawKey& key);

/// Positions 0 .. tokens - 1, as inference uses them; `ropeScale` 0: the schedule's own for this length.
PositionDraw inferencePositions(const PositionSchedule& schedule, const ModelConfig& config, int64_t tokens,
                                double ropeScale = 0);

/// One point of a plot of the schedule.
struct PositionSample {
    int64_t step = 0;
    int32_t layer = 0;
    int64_t maxPeriod = 0;
    int64_t period = 0;
    int64_t offset = 0;
    double ropeScale = 1;
};

/// What a run of `totalSteps` will draw at `points` evenly spaced steps, in every layer.
std::vector<PositionSample> previewPositions(const PositionSchedule& schedule, const ModelConfig& config,
                                             int64_t tokens, int64_t totalSteps, uint64_t seed, int32_t points);

/// JSON: {"policy": "crd_ntk", "period_cap": ..., "scale": ..., "doubling_steps": ..., "cyclic": ...,
/// "random_period": ..., "growing": ..., "varied_cap": ..., "plain_share": ..., "factor": ...}. Unknown keys are
/// refused. Errors: InvalidInput.
Result<PositionSchedule> parsePositionSchedule(const nlohmann::json& object);
nlohmann::json positionScheduleToJson(const PositionSchedule& schedule);
nlohmann::json positionSamplesToJson(const std::vector<PositionSample>& samples);

std::string_view name(PositionPolicy policy);

}  // namespace lectern

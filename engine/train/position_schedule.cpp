#include "engine/train/position_schedule.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/train/config_fields.h"
#include "engine/train/keyed_random.h"

namespace lectern {
namespace {

constexpr uint64_t kPositionStream = 0x706f73;
constexpr uint64_t kSequenceStream = 0x736571;

RopeSchedule ropeOf(const PositionSchedule& schedule, const ModelConfig& config, int64_t tokens, double ropeScale) {
    switch (schedule.policy) {
        case PositionPolicy::None:
            // An explicit scale at inference overrules the model's own scaling.
            return ropeScale > 1 ? RopeSchedule::ntk(config.ropeBase, ropeScale, config.headDim)
                                 : RopeSchedule::fromConfig(config, tokens);
        case PositionPolicy::LinearPi: {
            ModelConfig scaled = config;
            scaled.ropeScaling = {};
            scaled.ropeScaling.kind = RopeScaling::Kind::Linear;
            scaled.ropeScaling.factor = schedule.factor;
            return RopeSchedule::fromConfig(scaled, tokens);
        }
        case PositionPolicy::FixedNtk:
        case PositionPolicy::CrdNtk:
            return RopeSchedule::ntk(config.ropeBase, ropeScale, config.headDim);
    }
    return RopeSchedule::fromConfig(config, tokens);
}

}  // namespace

std::string_view name(PositionPolicy policy) {
    switch (policy) {
        case PositionPolicy::None:
            return "none";
        case PositionPolicy::LinearPi:
            return "linear_pi";
        case PositionPolicy::FixedNtk:
            return "fixed_ntk";
        case PositionPolicy::CrdNtk:
            return "crd_ntk";
    }
    return "?";
}

int64_t PositionSchedule::maxPeriod(int64_t tokens, int64_t step, int64_t totalSteps) const {
    if (!growing) {
        return periodCap;
    }
    const int64_t doubling = std::max<int64_t>(1, doublingSteps > 0 ? doublingSteps : totalSteps / 6);
    int64_t period = 2 * tokens;
    for (int64_t doublings = step / doubling; doublings > 0 && period < periodCap; --doublings) {
        period *= 2;
    }
    return std::min(period, periodCap);
}

double PositionSchedule::ropeScaleFor(const ModelConfig& config, int64_t contextTokens) const {
    if (policy == PositionPolicy::FixedNtk) {
        return factor;
    }
    const auto trained = static_cast<double>(config.trainedContext), context = static_cast<double>(contextTokens);
    if (policy != PositionPolicy::CrdNtk || context <= trained) {
        return 1.0;
    }
    return scale * context / trained - (scale - 1.0);
}

PositionDraw drawPositions(const PositionSchedule& schedule, const ModelConfig& config, int64_t tokens,
                           const DrawKey& key) {
    if (schedule.policy != PositionPolicy::CrdNtk) {
        return inferencePositions(schedule, config, tokens);
    }
    const auto step = static_cast<uint64_t>(key.step), sequence = static_cast<uint64_t>(key.sequence);
    // What all layers of a sequence share has a stream without the layer.
    KeyedRandom shared({key.seed, kSequenceStream, step, sequence});
    if (shared.uniform() < schedule.plainShare && tokens <= config.trainedContext) {
        return inferencePositions(schedule, config, tokens, 1.0);
    }
    int64_t cap = schedule.maxPeriod(tokens, key.step, key.totalSteps);
    if (schedule.variedCap && cap > tokens) {
        const double ratio = static_cast<double>(cap) / static_cast<double>(tokens);
        cap = static_cast<int64_t>(static_cast<double>(tokens) * std::pow(ratio, shared.uniform()));
    }
    KeyedRandom random({key.seed, kPositionStream, step, sequence, static_cast<uint64_t>(key.layer)});
    const int64_t half = std::max<int64_t>(1, cap / 2);
    // Both numbers are drawn under every ablation, so that leaving one out does not change the other.
    const auto extra = static_cast<int64_t>(random.below(static_cast<uint64_t>(half)));
    const auto offset = static_cast<int64_t>(random.below(static_cast<uint64_t>(4 * schedule.periodCap)));
    PositionDraw draw;
    draw.period = tokens + (schedule.randomPeriod ? extra : half - 1);
    draw.offset = schedule.cyclic ? offset : 0;
    draw.ropeScale = schedule.ropeScaleFor(config, draw.period);
    draw.rope = ropeOf(schedule, config, tokens, draw.ropeScale);
    draw.positions.resize(static_cast<size_t>(tokens));
    for (int64_t i = 0; i < tokens; ++i) {
        draw.positions[static_cast<size_t>(i)] = (i + draw.offset) % draw.period;
    }
    return draw;
}

PositionDraw inferencePositions(const PositionSchedule& schedule, const ModelConfig& config, int64_t tokens,
                                double ropeScale) {
    PositionDraw draw;
    draw.period = tokens;
    draw.ropeScale = ropeScale > 0 ? ropeScale : schedule.ropeScaleFor(config, tokens);
    draw.rope = ropeOf(schedule, config, tokens, draw.ropeScale);
    draw.positions.resize(static_cast<size_t>(tokens));
    std::iota(draw.positions.begin(), draw.positions.end(), int64_t{0});
    return draw;
}

std::vector<PositionSample> previewPositions(const PositionSchedule& schedule, const ModelConfig& config,
                                             int64_t tokens, int64_t totalSteps, uint64_t seed, int32_t points) {
    std::vector<PositionSample> samples;
    const int64_t stride = std::max<int64_t>(1, totalSteps / std::max(1, points));
    for (int64_t step = 0; step < totalSteps; step += stride) {
        for (int32_t layer = 0; layer < config.layerCount; ++layer) {
            const PositionDraw draw = drawPositions(schedule, config, tokens, {seed, step, totalSteps, 0, layer});
            samples.push_back(
                {step, layer,
                 schedule.policy == PositionPolicy::CrdNtk ? schedule.maxPeriod(tokens, step, totalSteps) : tokens,
                 draw.period, draw.offset, draw.ropeScale});
        }
    }
    return samples;
}

Result<PositionSchedule> parsePositionSchedule(const nlohmann::json& object) {
    ConfigFields fields(object, "positions");
    PositionSchedule schedule;
    schedule.policy = fields.choice<PositionPolicy>("policy", schedule.policy,
                                                    {{"none", PositionPolicy::None},
                                                     {"linear_pi", PositionPolicy::LinearPi},
                                                     {"fixed_ntk", PositionPolicy::FixedNtk},
                                                     {"crd_ntk", PositionPolicy::CrdNtk}});
    schedule.factor = fields.number("factor", schedule.factor, 1.0, 1e9);
    schedule.periodCap = fields.integer("period_cap", schedule.periodCap, 2, int64_t{1} << 40);
    schedule.scale = fields.number("scale", schedule.scale, 1.0, 1e6);
    schedule.doublingSteps = fields.integer("doubling_steps", 0, 0, int64_t{1} << 40);
    schedule.cyclic = fields.boolean("cyclic", true);
    schedule.randomPeriod = fields.boolean("random_period", true);
    schedule.growing = fields.boolean("growing", true);
    schedule.variedCap = fields.boolean("varied_cap", false);
    schedule.plainShare = fields.number("plain_share", 0, 0, 1);
    LECTERN_TRY(fields.finish());
    return schedule;
}

nlohmann::json positionScheduleToJson(const PositionSchedule& schedule) {
    return {{"policy", name(schedule.policy)},          {"factor", schedule.factor},
            {"period_cap", schedule.periodCap},         {"scale", schedule.scale},
            {"doubling_steps", schedule.doublingSteps}, {"cyclic", schedule.cyclic},
            {"random_period", schedule.randomPeriod},   {"growing", schedule.growing},
            {"varied_cap", schedule.variedCap},         {"plain_share", schedule.plainShare}};
}

nlohmann::json positionSamplesToJson(const std::vector<PositionSample>& samples) {
    nlohmann::json list = nlohmann::json::array();
    for (const PositionSample& sample : samples) {
        list.push_back({{"step", sample.step},
                        {"layer", sample.layer},
                        {"max_period", sample.maxPeriod},
                        {"period", sample.period},
                        {"offset", sample.offset},
                        {"rope_scale", sample.ropeScale}});
    }
    return list;
}

}  // namespace lectern

#include "engine/attention/rope_schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace lectern {
namespace {

std::vector<double> plainFrequencies(double base, int32_t headDim) {
    std::vector<double> frequencies(static_cast<size_t>(headDim / 2));
    for (size_t i = 0; i < frequencies.size(); ++i) {
        frequencies[i] = std::pow(base, -2.0 * static_cast<double>(i) / headDim);
    }
    return frequencies;
}

double ntkBase(double base, double factor, int32_t headDim) {
    return base * std::pow(factor, static_cast<double>(headDim) / (headDim - 2));
}

// YaRN: dimensions that turn more than betaFast times within the original context keep their frequency, those that turn
// less than betaSlow times are interpolated, with a linear ramp between (arXiv 2309.00071, section 3.2).
void applyYarn(std::vector<double>& frequencies, const RopeScaling& scaling, double base, double originalContext,
               int32_t headDim) {
    const auto dimensionOfRotations = [&](double rotations) {
        return headDim * std::log(originalContext / (rotations * 2 * std::numbers::pi)) / (2 * std::log(base));
    };
    const double low = std::max(0.0, std::floor(dimensionOfRotations(scaling.betaFast)));
    double high = std::min<double>(headDim - 1, std::ceil(dimensionOfRotations(scaling.betaSlow)));
    if (low == high) {
        high += 0.001;  // as the reference implementation: avoids a division by zero
    }
    for (size_t i = 0; i < frequencies.size(); ++i) {
        const double ramp = std::clamp((static_cast<double>(i) - low) / (high - low), 0.0, 1.0);
        frequencies[i] = frequencies[i] / scaling.factor * ramp + frequencies[i] * (1 - ramp);
    }
}

void applyLlama3(std::vector<double>& frequencies, const RopeScaling& scaling, double originalContext) {
    const double lowWavelength = originalContext / scaling.lowFreqFactor;
    const double highWavelength = originalContext / scaling.highFreqFactor;
    for (double& frequency : frequencies) {
        const double wavelength = 2 * std::numbers::pi / frequency;
        if (wavelength > lowWavelength) {
            frequency /= scaling.factor;
        } else if (wavelength > highWavelength) {
            const double smooth = (originalContext / wavelength - scaling.lowFreqFactor) /
                                  (scaling.highFreqFactor - scaling.lowFreqFactor);
            frequency = (1 - smooth) * frequency / scaling.factor + smooth * frequency;
        }
    }
}

}  // namespace

RopeSchedule RopeSchedule::fromConfig(const ModelConfig& config, int64_t contextTokens) {
    const RopeScaling& scaling = config.ropeScaling;
    const double original = scaling.originalContext > 0 ? scaling.originalContext : config.trainedContext;
    RopeSchedule schedule;
    schedule.m_inverseFrequencies = plainFrequencies(config.ropeBase, config.headDim);
    switch (scaling.kind) {
        case RopeScaling::Kind::None:
            break;
        case RopeScaling::Kind::Linear:
            for (double& frequency : schedule.m_inverseFrequencies) {
                frequency /= scaling.factor;
            }
            break;
        case RopeScaling::Kind::Dynamic:
            if (contextTokens > config.trainedContext) {
                const double stretch =
                    scaling.factor * static_cast<double>(contextTokens) / config.trainedContext - (scaling.factor - 1);
                return ntk(config.ropeBase, stretch, config.headDim);
            }
            break;
        case RopeScaling::Kind::Yarn:
            applyYarn(schedule.m_inverseFrequencies, scaling, config.ropeBase, original, config.headDim);
            schedule.m_magnitude = scaling.attentionFactor > 0 ? scaling.attentionFactor
                                   : scaling.factor <= 1       ? 1.0
                                                               : 0.1 * std::log(scaling.factor) + 1.0;
            break;
        case RopeScaling::Kind::Llama3:
            applyLlama3(schedule.m_inverseFrequencies, scaling, original);
            break;
        case RopeScaling::Kind::Ntk:
            return ntk(config.ropeBase, scaling.factor, config.headDim);
    }
    return schedule;
}

RopeSchedule RopeSchedule::ntk(double base, double factor, int32_t headDim) {
    RopeSchedule schedule;
    schedule.m_inverseFrequencies = plainFrequencies(ntkBase(base, factor, headDim), headDim);
    return schedule;
}

void RopeSchedule::fill(int64_t first, int64_t count, float* cos, float* sin) const {
    const size_t half = m_inverseFrequencies.size();
    for (int64_t row = 0; row < count; ++row) {
        for (size_t i = 0; i < half; ++i) {
            const double angle = static_cast<double>(first + row) * m_inverseFrequencies[i];
            cos[row * static_cast<int64_t>(half) + static_cast<int64_t>(i)] =
                static_cast<float>(std::cos(angle) * m_magnitude);
            sin[row * static_cast<int64_t>(half) + static_cast<int64_t>(i)] =
                static_cast<float>(std::sin(angle) * m_magnitude);
        }
    }
}

void RopeSchedule::fill(std::span<const int64_t> positions, float* cos, float* sin) const {
    const auto half = static_cast<int64_t>(m_inverseFrequencies.size());
    for (size_t row = 0; row < positions.size(); ++row) {
        fill(positions[row], 1, cos + static_cast<int64_t>(row) * half, sin + static_cast<int64_t>(row) * half);
    }
}

}  // namespace lectern

#pragma once
// Position -> rotary angles, pure. Angles in double, cast last: at four million a float angle is off by up to half a
// radian.

#include <span>
#include <vector>

#include "engine/model/model_config.h"

namespace lectern {

/// The rotary frequencies of one context. A value: training and inference share it.
class RopeSchedule {
  public:
    /// The model's own scaling (none, linear, dynamic, yarn, llama3) at `contextTokens`; only dynamic depends on it.
    /// Sources: Hugging Face `modeling_rope_utils`, arXiv 2309.00071 (YaRN).
    static RopeSchedule fromConfig(const ModelConfig& config, int64_t contextTokens);

    /// NTK with factor A on the model's unscaled base: b' = b * A^(Dh / (Dh - 2)). A = 1 is unscaled.
    static RopeSchedule ntk(double base, double factor, int32_t headDim);

    int32_t headDim() const { return static_cast<int32_t>(m_inverseFrequencies.size()) * 2; }
    std::span<const double> inverseFrequencies() const { return m_inverseFrequencies; }
    /// Factor on cos and sin (YaRN's attention temperature; 1 elsewhere).
    double magnitude() const { return m_magnitude; }
    bool operator==(const RopeSchedule&) const = default;

    /// Fills cos and sin [count, Dh/2] for positions first, first+1, ...
    void fill(int64_t first, int64_t count, float* cos, float* sin) const;
    /// The same for arbitrary positions (training's cyclic schedule).
    void fill(std::span<const int64_t> positions, float* cos, float* sin) const;

  private:
    std::vector<double> m_inverseFrequencies;
    double m_magnitude = 1.0;
};

}  // namespace lectern

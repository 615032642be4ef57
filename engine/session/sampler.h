#pragma once
// Next-token choice: greedy, temperature, top-k, top-p, seeded.

#include <cstdint>
#include <random>
#include <span>

#include "engine/core/ids.h"

namespace lectern {

struct SamplerOptions {
    float temperature = 0;  ///< 0: greedy (ties to the lower id)
    int32_t topK = 0;       ///< 0: off
    float topP = 1.0f;      ///< 1: off
    uint64_t seed = 0;
};

/// Holds the random state of one answer; the same seed and logits give the same tokens on every machine.
class Sampler {
  public:
    explicit Sampler(const SamplerOptions& options) : m_options(options), m_random(options.seed) {}
    TokenId next(std::span<const float> logits);

  private:
    SamplerOptions m_options;
    std::mt19937_64 m_random;
};

}  // namespace lectern

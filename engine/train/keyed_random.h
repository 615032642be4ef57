#pragma once
// Seeded draws of training: a stream is named by numbers (seed, step, layer, ...), so that a draw can be repeated
// without keeping a generator's state.

#include <array>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <numbers>
#include <string_view>

#include "kernels/common/keyed_hash.h"

namespace lectern {

/// The stream's key: every number is mixed in, in order.
inline uint64_t streamKey(std::initializer_list<uint64_t> names) {
    uint64_t key = 0;
    for (const uint64_t name : names) {
        key = kernels::mixBits(kernels::keyedBits(key, name));
    }
    return key;
}

class KeyedRandom {
  public:
    explicit KeyedRandom(uint64_t key) : m_key(key) {}
    explicit KeyedRandom(std::initializer_list<uint64_t> names) : m_key(streamKey(names)) {}

    uint64_t next() { return kernels::keyedBits(m_key, m_index++); }
    /// Uniform in 0 .. bound - 1 (bound > 0); the remainder's bias is below bound / 2^64.
    uint64_t below(uint64_t bound) { return next() % bound; }
    /// Uniform in [0, 1).
    double uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }
    /// Standard normal by Box and Muller's transform.
    double normal() {
        const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
        return radius * std::cos(2.0 * std::numbers::pi * uniform());
    }

  private:
    uint64_t m_key;
    uint64_t m_index = 0;
};

/// One of `list`.
template <size_t N>
std::string_view pick(KeyedRandom& random, const std::array<std::string_view, N>& list) {
    return list[random.below(N)];
}

}  // namespace lectern

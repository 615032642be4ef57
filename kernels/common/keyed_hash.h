#pragma once
// A counter-based generator: the n-th number of a stream is a function of (key, n), so that any device and any order of
// evaluation draws the same. Mixing: the finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).

#include <cstdint>

namespace lectern::kernels {

constexpr uint64_t mixBits(uint64_t x) {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
}

/// Number `index` of the stream `key`.
constexpr uint64_t keyedBits(uint64_t key, uint64_t index) {
    return mixBits(key + (index + 1) * 0x9e3779b97f4a7c15ULL);
}

/// Whether value `index` survives dropout of `rate` (compared in 32 bits).
constexpr bool keptByDropout(uint64_t key, uint64_t index, double rate) {
    return static_cast<double>(keyedBits(key, index) >> 32) >= rate * 4294967296.0;
}

}  // namespace lectern::kernels

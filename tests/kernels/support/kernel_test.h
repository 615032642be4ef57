#pragma once
// What the kernel tests share: seeded data, sentinel-guarded outputs, error measures, and a loop over instruction sets.

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <functional>
#include <random>
#include <span>
#include <vector>

#include "kernels/common/views.h"

namespace lectern::kernels::test {

/// Runs `body` once per instruction set of this machine and build, best first, with the CPU kernels dispatched to it.
void forEachInstructionSet(const std::function<void()>& body);

/// Seeded source of test values.
class Random {
  public:
    explicit Random(uint32_t seed) : m_engine(seed) {}
    std::vector<float> normal(int64_t count, float deviation = 1.0f);
    /// Small integers in [-limit, limit] as floats: sums of their products are exact, so equal scores are really equal.
    std::vector<float> integers(int64_t count, int limit);
    int64_t below(int64_t limit) { return static_cast<int64_t>(m_engine() % static_cast<uint64_t>(limit)); }
    std::mt19937_64& engine() { return m_engine; }

  private:
    std::mt19937_64 m_engine;
};

/// Stored rows of `type`: random quants with scales of a trained matrix's size (values near 0.02..0.1).
std::vector<std::byte> randomWeights(Random& random, DType type, int64_t rows, int64_t columns);

/// sum (a - b)^2 / sum b^2. Infinite when the shapes differ or a value is not finite.
double nmse(std::span<const float> actual, std::span<const float> expected);
/// Largest |a - b|.
double maxError(std::span<const float> actual, std::span<const float> expected);

/// An output buffer between two runs of sentinels. The payload starts as NaN, so a value that was never written shows.
class GuardedOutput {
  public:
    explicit GuardedOutput(int64_t count);
    float* data() { return m_values.data() + kGuard; }
    std::span<const float> values() const { return {m_values.data() + kGuard, m_values.size() - 2 * kGuard}; }
    bool guardsIntact() const;

  private:
    static constexpr size_t kGuard = 64;
    static constexpr float kSentinel = 8.0e37f;
    std::vector<float> m_values;
};

/// One layer's K/V cache in the layout of kv_layout.h, with pages, tail and summaries, filled from f32 keys and values.
/// Bytes that belong to no stored region (padding, later regions, unused tail tokens) are NaN.
class TestCache {
  public:
    /// keys, values [Hkv, tokens, Dh].
    TestCache(KvType type, int32_t pageTokens, int32_t regionTokens, int32_t kvHeads, int32_t headDim, int64_t tokens,
              const std::vector<float>& keys, const std::vector<float>& values);
    const KvView& view() const { return m_view; }

  private:
    std::vector<std::vector<std::byte>> m_pages;
    std::vector<const std::byte*> m_keyPages, m_valuePages;
    std::vector<float> m_tailKeys, m_tailValues;
    KvView m_view;
};

constexpr DType kAllTypes[] = {DType::F32,  DType::F16,  DType::BF16, DType::Q8_0,
                               DType::Q4_0, DType::Q4_K, DType::Q5_K, DType::Q6_K};
constexpr KvType kAllKvTypes[] = {KvType::F32, KvType::BF16, KvType::Int8, KvType::Int4, KvType::Fp8};

}  // namespace lectern::kernels::test

#pragma once
// One problem of gathered attention, what no query may see hidden behind NaN.

#include <memory>
#include <vector>

#include "tests/kernels/support/kernel_test.h"

namespace lectern::kernels::test {

struct AttentionCase {
    KvType type = KvType::BF16;
    int32_t headDim = 64;
    int32_t groupHeads = 3;
    int64_t queryTokens = 1;
    int64_t ownBegin = 320;  ///< cached tokens before the own part
    int64_t ownTokens = 7;   ///< rows see up to this many own tokens; the last row sees all
    int64_t selected = 6;    ///< regions attended before ownBegin, spread over what there is; -1: all
    int32_t regionTokens = 16;
    int32_t regionsPerPage = 4;
    int32_t kvHeads = 2;
    int32_t kvHead = 1;
    int64_t slidingWindow = 0;
    bool gather = false;
    bool mass = false;
    bool bf16 = false;    ///< products in bfloat16 where the machine has them
    float spread = 1.0f;  ///< deviation of the queries: large ones make the softmax sharp
};

/// NMSE that block attention with bfloat16 and 8-bit products may have, for independent keys and values of deviation 1
/// and queries of deviation s = c.spread, every query and key as long as that says.
///
/// A bfloat16 number has eight significant bits: it is off by at most 2^-8 of itself, in the mean square by 2^-16 / 3.
/// Softmax weights are rounded so: over independent values that is the NMSE of the output. Values are rounded too,
/// unless the cache holds them in bfloat16 or 8 bits. An error of a score moves its weight by that share, so the mean
/// square errors of scores add themselves:
/// - queries in 8 bits (int8, int4 caches), in steps of 1/127 of the row's largest value, whose square is at most
///   2 ln(2 Dh) s^2 in the mean: 2 ln(2 Dh) / (12 * 127^2) of s^2;
/// - keys in 8 bits, the same, where the cache holds none: int4 caches and the unfinished region;
/// - keys in bfloat16 (f32 caches): terms of a score are off by their share. Their mean square is s^2, but 3 s^2 in
///   the scores that matter, of keys along the query, where they are squares of normal numbers: 2^-16 s^2;
/// - queries there and over bf16 caches are split into a bfloat16 number and a rest of 2^-8, in 8 bits, which meets
///   keys in 8 bits: 2^-16 of twice the second line, below 2e-9 s^2.
///
/// Over int8 caches weights are rounded in steps of 1/255 of the largest of 16 neighbours instead: sixteen errors, each
/// a twelfth of a step's square, beside sixteen squares that add up to the largest one's at least: 16 / (12 * 255^2) =
/// 2.1e-5. Values of the unfinished region are in 8 bits as well. The limit of int8 caches has
/// room for both: it is that of int4, as if all keys were rounded on the way.
///
/// Matrix tiles round no more than that: the queries' rest to bfloat16, 2^-32, and weights over int8 caches to it too.
double blockLimit(const AttentionCase& c);

/// Arguments of one case and everything they point at. What no query may see is NaN: the unselected regions (of the
/// types that can hold one), the gaps between query rows, padding and later tokens.
class AttentionProblem {
  public:
    AttentionProblem(const AttentionCase& c, uint32_t seed);

    int64_t width() const { return int64_t{m_case.groupHeads} * m_case.headDim; }
    int64_t stride() const { return width() + 5; }
    int64_t massCount() const { return m_case.groupHeads * (args.regionCount + 1); }

    GatheredAttentionArgs args;

  private:
    /// Makes every vector of a head as long as `deviation` says.
    void setLengths(std::vector<float>& rows, float deviation) const;
    void hideUnselected(std::vector<float>& keys, std::vector<float>& values, int64_t tokens) const;

    AttentionCase m_case;
    Random m_random;
    std::vector<RegionId> m_regions;
    std::unique_ptr<TestCache> m_cache;
    std::vector<float> m_q, m_cos, m_sin;
};

/// The payload rows of `out`, and whether the gaps between them still hold what they held.
std::vector<float> rowsOf(const AttentionProblem& problem, const GuardedOutput& out);

}  // namespace lectern::kernels::test

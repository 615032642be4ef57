// Gathered attention against the reference on the same stored bytes, so that only f32 arithmetic differs: scores are
// sums of up to 256 products, weights carry the 3e-7 of exp2Clamped. Worst observed NMSE 2e-12, limit 1e-10; masses
// within 1e-5.

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "kernels/cpu/cpu.h"
#include "kernels/reference/reference.h"
#include "tests/kernels/support/kernel_test.h"

namespace lectern::kernels::test {
namespace {

constexpr double kLimit = 1e-10;
constexpr double kMassLimit = 1e-5;
struct Case {
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
double blockLimit(const Case& c) {
    const double bfloat16 = std::ldexp(1.0, -16) / 3.0;
    const double eightBits = 2.0 * std::log(2.0 * c.headDim) / (12.0 * 127.0 * 127.0);
    const double square = static_cast<double>(c.spread) * static_cast<double>(c.spread);
    switch (c.type) {
        case KvType::F32:
            return 2 * bfloat16 + square * (3 * bfloat16 + 2e-9);
        case KvType::BF16:
            return bfloat16 + square * 2e-9;
        case KvType::Int8:
        case KvType::Int4:
            return 2 * bfloat16 + square * 2 * eightBits;
    }
    return 0.0;
}

std::vector<RegionId> spreadRegions(Random& random, int64_t available, int64_t wanted) {
    std::vector<RegionId> all(static_cast<size_t>(available));
    std::iota(all.begin(), all.end(), 0);
    if (wanted < 0 || wanted >= available) return all;
    std::shuffle(all.begin(), all.end(), random.engine());
    all.resize(static_cast<size_t>(wanted));
    std::sort(all.begin(), all.end());
    return all;
}

/// Arguments of one case and everything they point at. What no query may see is NaN: the unselected regions (of the
/// types that can hold one), the gaps between query rows, padding and later tokens.
class Problem {
  public:
    Problem(const Case& c, uint32_t seed) : m_case(c), m_random(seed) {
        m_regions = spreadRegions(m_random, c.ownBegin / c.regionTokens, c.selected);
        const int64_t tokens = c.ownBegin + c.ownTokens;
        std::vector<float> keys = m_random.normal(c.kvHeads * tokens * c.headDim);
        std::vector<float> values = m_random.normal(c.kvHeads * tokens * c.headDim);
        if (c.bf16) setLengths(keys, 1.0f);
        if (c.type == KvType::F32 || c.type == KvType::BF16) hideUnselected(keys, values, tokens);
        m_cache = std::make_unique<TestCache>(c.type, c.regionTokens * c.regionsPerPage, c.regionTokens, c.kvHeads,
                                              c.headDim, tokens, keys, values);
        m_q.assign(static_cast<size_t>(c.queryTokens * stride()), std::numeric_limits<float>::quiet_NaN());
        for (int64_t t = 0; t < c.queryTokens; ++t) {
            std::vector<float> row = m_random.normal(width(), c.spread);
            if (c.bf16) setLengths(row, c.spread);
            std::copy(row.begin(), row.end(), m_q.begin() + t * stride());
        }
        for (const float angle : m_random.normal(c.gather ? tokens * c.headDim / 2 : 0, 3.0f)) {
            m_cos.push_back(std::cos(angle));
            m_sin.push_back(std::sin(angle));
        }
        args.q = m_q.data();
        args.qStride = stride();
        args.queryTokens = c.queryTokens;
        args.groupHeads = c.groupHeads;
        args.kvHead = c.kvHead;
        args.kv = m_cache->view();
        args.regions = m_regions.data();
        args.regionCount = static_cast<int64_t>(m_regions.size());
        args.ownBegin = c.ownBegin;
        args.firstQuery = tokens - c.queryTokens;
        args.slidingWindow = c.slidingWindow;
        args.scale = 1.0f / std::sqrt(static_cast<float>(c.headDim));
        args.outStride = stride();
        args.bf16Products = c.bf16;
        if (c.gather) {
            args.gatherCos = m_cos.data();
            args.gatherSin = m_sin.data();
        }
    }

    int64_t width() const { return int64_t{m_case.groupHeads} * m_case.headDim; }
    int64_t stride() const { return width() + 5; }
    int64_t massCount() const { return m_case.groupHeads * (args.regionCount + 1); }

    GatheredAttentionArgs args;

  private:
    /// Makes every vector of a head as long as `deviation` says.
    void setLengths(std::vector<float>& rows, float deviation) const {
        const auto dim = static_cast<std::ptrdiff_t>(m_case.headDim);
        for (auto at = rows.begin(); at != rows.end(); at += dim) {
            const float square = std::inner_product(at, at + dim, at, 0.0f);
            const float factor = deviation * std::sqrt(static_cast<float>(dim) / square);
            std::for_each(at, at + dim, [&](float& value) { value *= factor; });
        }
    }

    void hideUnselected(std::vector<float>& keys, std::vector<float>& values, int64_t tokens) const {
        for (int64_t r = 0; r < m_case.ownBegin / m_case.regionTokens; ++r) {
            if (std::binary_search(m_regions.begin(), m_regions.end(), static_cast<RegionId>(r))) continue;
            for (int64_t h = 0; h < m_case.kvHeads; ++h) {
                const int64_t from = (h * tokens + r * m_case.regionTokens) * m_case.headDim;
                const int64_t count = int64_t{m_case.regionTokens} * m_case.headDim;
                std::fill_n(keys.begin() + from, count, std::numeric_limits<float>::quiet_NaN());
                std::fill_n(values.begin() + from, count, std::numeric_limits<float>::quiet_NaN());
            }
        }
    }

    Case m_case;
    Random m_random;
    std::vector<RegionId> m_regions;
    std::unique_ptr<TestCache> m_cache;
    std::vector<float> m_q, m_cos, m_sin;
};

/// The payload rows of `out`, and whether the gaps between them still hold what they held.
std::vector<float> rowsOf(const Problem& problem, const GuardedOutput& out) {
    std::vector<float> rows;
    for (int64_t t = 0; t < problem.args.queryTokens; ++t) {
        const auto row =
            out.values().subspan(static_cast<size_t>(t * problem.stride()), static_cast<size_t>(problem.stride()));
        rows.insert(rows.end(), row.begin(), row.begin() + problem.width());
        const bool untouched =
            std::all_of(row.begin() + problem.width(), row.end(), [](float value) { return std::isnan(value); });
        EXPECT_TRUE(untouched) << "a gap between rows was written";
    }
    return rows;
}

void compare(const Case& c, uint32_t seed = 1) {
    SCOPED_TRACE(testing::Message() << "type " << static_cast<int>(c.type) << " dim " << c.headDim << " heads "
                                    << c.groupHeads << " queries " << c.queryTokens << " own " << c.ownTokens
                                    << " before " << c.ownBegin << " selected " << c.selected << " p " << c.regionTokens
                                    << " per page " << c.regionsPerPage << " window " << c.slidingWindow << " gather "
                                    << c.gather << " mass " << c.mass);
    Problem problem(c, seed);
    GuardedOutput expected(c.queryTokens * problem.stride()), expectedMass(problem.massCount());
    GatheredAttentionArgs args = problem.args;
    args.out = expected.data();
    args.regionMass = c.mass ? expectedMass.data() : nullptr;
    ASSERT_EQ(reference::gatheredAttention(args), Status::Ok);
    const std::vector<float> wanted = rowsOf(problem, expected);
    const double limit =
        c.bf16 ? blockLimit(c) : kLimit * std::max(1.0, std::pow(static_cast<double>(c.spread) / 20.0, 2));
    forEachInstructionSet([&] {
        GuardedOutput actual(c.queryTokens * problem.stride()), mass(problem.massCount());
        args.out = actual.data();
        args.regionMass = c.mass ? mass.data() : nullptr;
        ASSERT_EQ(cpu::gatheredAttention(args), Status::Ok);
        EXPECT_TRUE(actual.guardsIntact() && mass.guardsIntact());
        EXPECT_LE(nmse(rowsOf(problem, actual), wanted), limit);
        if (c.mass) {
            EXPECT_LE(maxError(mass.values(), expectedMass.values()), kMassLimit);
        }
    });
}

TEST(Attention, OneQueryOfEveryTypeHeadSizeAndGroup) {
    for (const KvType type : kAllKvTypes) {
        for (const int32_t dim : {64, 80, 96, 128}) {
            for (const int32_t heads : {1, 3, 4, 8, 17}) {
                compare({.type = type, .headDim = dim, .groupHeads = heads, .mass = heads % 2 != 0});
            }
        }
        compare({.type = type, .headDim = 8, .groupHeads = 2, .mass = true});
        compare({.type = type, .headDim = 256, .groupHeads = 5, .mass = true});
    }
}

TEST(Attention, BlocksOfQueriesOfEveryTypeAndHeadSize) {
    for (const KvType type : kAllKvTypes) {
        for (const int32_t dim : {64, 80, 96, 128}) {
            compare({.type = type, .headDim = dim, .groupHeads = 3, .queryTokens = 40, .ownTokens = 40});
            compare({.type = type, .headDim = dim, .groupHeads = 1, .queryTokens = 5, .ownTokens = 9});
        }
    }
}

TEST(Attention, BlocksWithProductsInBfloat16) {
    for (const KvType type : kAllKvTypes) {
        for (const int32_t dim : {8, 64, 80, 96, 128, 256}) {
            for (const int64_t queries : {9, 40, 130}) {
                compare({.type = type,
                         .headDim = dim,
                         .groupHeads = 3,
                         .queryTokens = queries,
                         .ownTokens = queries + 2,
                         .selected = 11,
                         .bf16 = true});
            }
        }
        for (const int32_t p : {1, 4, 24, 160}) {
            compare({.type = type,
                     .queryTokens = 70,
                     .ownBegin = 960 / p * p,
                     .ownTokens = 70,
                     .selected = 5,
                     .regionTokens = p,
                     .regionsPerPage = 3,
                     .bf16 = true});
        }
        for (const int64_t window : {1, 5, 40, 331}) {
            compare({.type = type,
                     .queryTokens = 35,
                     .ownTokens = 35,
                     .selected = -1,
                     .slidingWindow = window,
                     .bf16 = true});
        }
        compare({.type = type, .queryTokens = 20, .ownTokens = 20, .selected = 0, .bf16 = true});
        compare({.type = type, .queryTokens = 20, .ownTokens = 20, .selected = -1, .bf16 = true, .spread = 4.0f});
    }
}

TEST(Attention, OwnPartsOfEveryLength) {
    for (const KvType type : kAllKvTypes) {
        for (const int64_t own : {0, 1, 2, 15, 16, 17, 31, 33, 129, 300}) {
            compare({.type = type, .groupHeads = 4, .ownTokens = own, .mass = true});
        }
        for (const int64_t own : {2, 15, 16, 17, 31, 129, 257}) {
            compare({.type = type, .groupHeads = 2, .queryTokens = own, .ownTokens = own});
        }
    }
}

TEST(Attention, SelectionsOfEverySize) {
    for (const KvType type : kAllKvTypes) {
        for (const int64_t selected : {0, 1, 2, 7, 8, 9, 19, -1}) {
            compare({.type = type, .groupHeads = 3, .selected = selected, .mass = true});
            compare({.type = type, .groupHeads = 3, .queryTokens = 6, .ownTokens = 6, .selected = selected});
        }
    }
}

TEST(Attention, NothingToAttendGivesZero) {
    for (const KvType type : kAllKvTypes) {
        Problem problem({.type = type, .ownTokens = 0, .selected = 0, .mass = true}, 3);
        forEachInstructionSet([&] {
            GuardedOutput out(problem.stride()), mass(problem.massCount());
            GatheredAttentionArgs args = problem.args;
            args.out = out.data();
            args.regionMass = mass.data();
            ASSERT_EQ(cpu::gatheredAttention(args), Status::Ok);
            for (const float value : rowsOf(problem, out)) EXPECT_EQ(value, 0.0f);
            for (const float value : mass.values()) EXPECT_EQ(value, 0.0f);
        });
    }
}

TEST(Attention, PagesAndRegionsOfSeveralSizes) {
    for (const KvType type : kAllKvTypes) {
        for (const int32_t p : {1, 4, 16, 64, 160}) {
            for (const int32_t perPage : {1, 3, 16}) {
                const int64_t before = 640 / p * p;
                compare({.type = type,
                         .ownBegin = before,
                         .ownTokens = p + 1,
                         .selected = 4,
                         .regionTokens = p,
                         .regionsPerPage = perPage,
                         .kvHeads = 3,
                         .kvHead = 2,
                         .mass = true});
                compare({.type = type,
                         .queryTokens = 3,
                         .ownBegin = before,
                         .ownTokens = p + 3,
                         .selected = 2,
                         .regionTokens = p,
                         .regionsPerPage = perPage,
                         .kvHeads = 3,
                         .kvHead = 0});
            }
        }
    }
}

TEST(Attention, SlidingWindow) {
    for (const KvType type : kAllKvTypes) {
        for (const int64_t window : {1, 5, 16, 40, 100, 331, 4096}) {
            compare({.type = type, .ownTokens = 11, .selected = -1, .slidingWindow = window, .mass = true});
            compare({.type = type, .queryTokens = 35, .ownTokens = 35, .selected = -1, .slidingWindow = window});
        }
    }
}

TEST(Attention, KeysRotatedAtTheGather) {
    for (const KvType type : kAllKvTypes) {
        for (const int32_t dim : {64, 80, 128}) {
            compare({.type = type, .headDim = dim, .groupHeads = 4, .gather = true, .mass = true});
            compare({.type = type, .headDim = dim, .queryTokens = 9, .ownTokens = 9, .gather = true});
        }
    }
}

TEST(Attention, SharpAndFlatSoftmax) {
    for (const float spread : {0.0f, 20.0f, 200.0f}) {
        for (const KvType type : kAllKvTypes) {
            compare({.type = type, .selected = -1, .mass = true, .spread = spread});
            compare({.type = type, .queryTokens = 20, .ownTokens = 20, .selected = -1, .spread = spread});
        }
    }
}

TEST(Attention, MassesSumToOne) {
    Problem problem({.groupHeads = 8, .ownBegin = 2048, .selected = -1, .mass = true, .spread = 3.0f}, 5);
    forEachInstructionSet([&] {
        GuardedOutput out(problem.stride()), mass(problem.massCount());
        GatheredAttentionArgs args = problem.args;
        args.out = out.data();
        args.regionMass = mass.data();
        ASSERT_EQ(cpu::gatheredAttention(args), Status::Ok);
        for (size_t h = 0; h < 8; ++h) {
            const auto row = mass.values().subspan(h * 129, 129);
            EXPECT_NEAR(std::accumulate(row.begin(), row.end(), 0.0), 1.0, 1e-5);
        }
    });
}

TEST(Attention, EqualKeysAverageTheirValuesExactly) {
    // Every score is the same small integer: weights are equal, and averages of integers over 64 tokens are exact.
    const int64_t tokens = 64, dim = 64;
    Random random(6);
    const std::vector<float> keys(static_cast<size_t>(tokens * dim), 1.0f), values = random.integers(tokens * dim, 50);
    for (const KvType type : {KvType::F32, KvType::BF16}) {
        const TestCache cache(type, 64, 16, 1, dim, tokens, keys, values);
        std::vector<RegionId> regions{0, 1, 2, 3};
        const std::vector<float> q(static_cast<size_t>(2 * dim), 0.5f);
        forEachInstructionSet([&] {
            std::vector<float> out(static_cast<size_t>(2 * dim)), mass(10);
            GatheredAttentionArgs args;
            args.q = q.data();
            args.qStride = args.outStride = 2 * dim;
            args.queryTokens = 1;
            args.groupHeads = 2;
            args.kv = cache.view();
            args.regions = regions.data();
            args.regionCount = 4;
            args.ownBegin = tokens;
            args.firstQuery = tokens - 1;
            args.out = out.data();
            args.regionMass = mass.data();
            ASSERT_EQ(cpu::gatheredAttention(args), Status::Ok);
            for (int64_t d = 0; d < dim; ++d) {
                double sum = 0.0;
                for (int64_t t = 0; t < tokens; ++t)
                    sum += static_cast<double>(values[static_cast<size_t>(t * dim + d)]);
                EXPECT_EQ(out[static_cast<size_t>(d)], static_cast<float>(sum / tokens));
                EXPECT_EQ(out[static_cast<size_t>(dim + d)], static_cast<float>(sum / tokens));
            }
            EXPECT_EQ(mass, (std::vector<float>{.25f, .25f, .25f, .25f, 0, .25f, .25f, .25f, .25f, 0}));
        });
    }
}

TEST(Attention, RefusesImpossibleArguments) {
    Problem problem({}, 7);
    GuardedOutput out(problem.stride());
    problem.args.out = out.data();
    const auto refused = [&](const auto& change) {
        GatheredAttentionArgs args = problem.args;
        change(args);
        EXPECT_EQ(reference::gatheredAttention(args), Status::InvalidArgument);
        EXPECT_EQ(cpu::gatheredAttention(args), Status::InvalidArgument);
    };
    std::vector<RegionId> twice{1, 1}, falling{2, 1}, beyond{400}, negative{-1};
    const auto with = [&](std::vector<RegionId>& regions) {
        refused([&](GatheredAttentionArgs& args) {
            args.regions = regions.data();
            args.regionCount = static_cast<int64_t>(regions.size());
        });
    };
    with(twice);
    with(falling);
    with(beyond);
    with(negative);
    refused([](GatheredAttentionArgs& args) { args.kvHead = 2; });
    refused([](GatheredAttentionArgs& args) { args.groupHeads = 0; });
    refused([](GatheredAttentionArgs& args) { args.queryTokens = -1; });
    refused([](GatheredAttentionArgs& args) { args.firstQuery = args.kv.tokens; });
    refused([](GatheredAttentionArgs& args) { args.kv.headDim = 260; });
    refused([](GatheredAttentionArgs& args) { args.kv.headDim = 60; });
    refused([](GatheredAttentionArgs& args) { args.kv.pageTokens = 24; });
    refused([](GatheredAttentionArgs& args) { args.slidingWindow = -1; });
    refused([](GatheredAttentionArgs& args) { args.gatherCos = args.q; });
    EXPECT_TRUE(out.guardsIntact());
}

}  // namespace
}  // namespace lectern::kernels::test

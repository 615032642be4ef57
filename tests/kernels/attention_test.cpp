// Gathered attention against the reference on the same stored bytes, so that only f32 arithmetic differs: scores are
// sums of up to 256 products, weights carry the 3e-7 of exp2Clamped. Worst observed NMSE 2e-12, limit 1e-10; masses
// within 1e-5.

#include <algorithm>
#include <cmath>
#include <numeric>

#include "kernels/cpu/cpu.h"
#include "kernels/reference/reference.h"
#include "tests/kernels/support/attention_problem.h"

namespace lectern::kernels::test {
namespace {

constexpr double kLimit = 1e-10;
constexpr double kMassLimit = 1e-5;

void compare(const AttentionCase& c, uint32_t seed = 1) {
    SCOPED_TRACE(testing::Message() << "type " << static_cast<int>(c.type) << " dim " << c.headDim << " heads "
                                    << c.groupHeads << " queries " << c.queryTokens << " own " << c.ownTokens
                                    << " before " << c.ownBegin << " selected " << c.selected << " p " << c.regionTokens
                                    << " per page " << c.regionsPerPage << " window " << c.slidingWindow << " gather "
                                    << c.gather << " mass " << c.mass);
    AttentionProblem problem(c, seed);
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
        AttentionProblem problem({.type = type, .ownTokens = 0, .selected = 0, .mass = true}, 3);
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
    AttentionProblem problem({.groupHeads = 8, .ownBegin = 2048, .selected = -1, .mass = true, .spread = 3.0f}, 5);
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
    AttentionProblem problem({}, 7);
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

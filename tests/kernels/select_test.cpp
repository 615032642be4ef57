// Selection and merge against the reference. Ids are compared exactly on integer-valued data, where f32 scores are
// exact and ties are real; on normal data the scores of each rank agree to 1e-5 of the largest, and no region comes
// twice.

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "kernels/cpu/cpu.h"
#include "kernels/reference/reference.h"
#include "tests/kernels/support/kernel_test.h"

namespace lectern::kernels::test {
namespace {

struct Case {
    int64_t regions = 300;
    int32_t keep = 20;
    int32_t queries = 1;
    int32_t groupHeads = 3;
    int32_t headDim = 64;
    Scorer scorer = Scorer::Bound;
    int64_t begin = 0;
    int64_t end = -1;  ///< -1: all regions
    int32_t causalMerge = 0;
    int64_t firstRegion = 0;
    int integerLimit = 0;  ///< 0: normal data; else integers up to it
};

struct Outcome {
    std::vector<RegionId> ids;
    std::vector<float> scores;
    std::vector<int32_t> found;
};

class Problem {
  public:
    Problem(const Case& c, uint32_t seed) {
        Random random(seed);
        const auto draw = [&](int64_t count) {
            return c.integerLimit > 0 ? random.integers(count, c.integerLimit) : random.normal(count);
        };
        queries = draw(int64_t{c.queries} * c.groupHeads * c.headDim);
        min = draw(c.regions * c.headDim);
        max = draw(c.regions * c.headDim);
        mean = draw(c.regions * c.headDim);
        for (size_t i = 0; i < min.size(); ++i) {
            if (min[i] > max[i]) std::swap(min[i], max[i]);
        }
        args.queries = queries.data();
        args.queryCount = c.queries;
        args.groupHeads = c.groupHeads;
        args.summaries = {mean.data(), min.data(), max.data(), c.headDim, c.regions};
        args.scorer = c.scorer;
        args.candidateBegin = c.begin;
        args.candidateEnd = c.end < 0 ? c.regions : c.end;
        args.keep = c.keep;
        args.causalMerge = c.causalMerge;
        args.firstRegion = c.firstRegion;
    }

    std::vector<float> queries, mean, min, max;
    SelectArgs args;
};

using Kernel = Status (*)(const SelectArgs&);

/// Runs `kernel`; what it did not claim to have found must be untouched.
Outcome run(Kernel kernel, SelectArgs args, bool withScores = true) {
    constexpr RegionId kUntouched = -77;
    const auto count = static_cast<size_t>(args.queryCount) * static_cast<size_t>(args.keep);
    Outcome outcome;
    outcome.ids.assign(count + 8, kUntouched);
    outcome.found.assign(static_cast<size_t>(args.queryCount), -1);
    GuardedOutput scores(static_cast<int64_t>(count));
    args.ids = outcome.ids.data();
    args.scores = withScores ? scores.data() : nullptr;
    args.found = outcome.found.data();
    EXPECT_EQ(kernel(args), Status::Ok);
    EXPECT_TRUE(scores.guardsIntact());
    outcome.scores.assign(scores.values().begin(), scores.values().end());
    for (size_t i = 0; i < outcome.ids.size(); ++i) {
        const size_t query = args.keep > 0 ? i / static_cast<size_t>(args.keep) : outcome.found.size();
        const bool claimed = query < outcome.found.size() &&
                             static_cast<int32_t>(i % static_cast<size_t>(args.keep)) < outcome.found[query];
        if (!claimed) {
            EXPECT_EQ(outcome.ids[i], kUntouched) << "entry " << i << " was written";
        }
    }
    return outcome;
}

void compare(const Case& c, uint32_t seed = 1) {
    SCOPED_TRACE(testing::Message() << "regions " << c.regions << " keep " << c.keep << " queries " << c.queries
                                    << " heads " << c.groupHeads << " dim " << c.headDim << " scorer "
                                    << static_cast<int>(c.scorer) << " [" << c.begin << ", " << c.end << ") causal "
                                    << c.causalMerge << " integers " << c.integerLimit);
    Problem problem(c, seed);
    const Outcome expected = run(reference::select, problem.args);
    forEachInstructionSet([&] {
        const Outcome actual = run(cpu::select, problem.args);
        ASSERT_EQ(actual.found, expected.found);
        if (c.integerLimit > 0) {
            EXPECT_EQ(actual.ids, expected.ids);
            for (int32_t i = 0; i < c.queries; ++i) {
                for (int32_t j = 0; j < expected.found[static_cast<size_t>(i)]; ++j) {
                    const auto at = static_cast<size_t>(i * c.keep + j);
                    EXPECT_EQ(actual.scores[at], expected.scores[at]);
                }
            }
            EXPECT_EQ(run(cpu::select, problem.args, false).ids, expected.ids);
            return;
        }
        for (int32_t i = 0; i < c.queries; ++i) {
            const int32_t found = expected.found[static_cast<size_t>(i)];
            std::set<RegionId> seen;
            for (int32_t j = 0; j < found; ++j) {
                const auto at = static_cast<size_t>(i * c.keep + j);
                EXPECT_NEAR(actual.scores[at], expected.scores[at], 1e-5 * (1 + std::fabs(expected.scores[at])));
                EXPECT_TRUE(seen.insert(actual.ids[at]).second) << "region " << actual.ids[at] << " twice";
            }
        }
    });
}

TEST(Select, EveryScorerHeadSizeAndGroup) {
    for (const Scorer scorer : {Scorer::Mean, Scorer::Bound}) {
        for (const int32_t dim : {8, 64, 80, 96, 128}) {
            for (const int32_t heads : {1, 3, 4, 8, 17}) {
                compare({.groupHeads = heads, .headDim = dim, .scorer = scorer});
                compare({.groupHeads = heads, .headDim = dim, .scorer = scorer, .integerLimit = 3});
                compare({.queries = 6, .groupHeads = heads, .headDim = dim, .scorer = scorer, .integerLimit = 3});
            }
        }
    }
}

TEST(Select, CandidatesAndBudgetsOfEverySize) {
    for (const Scorer scorer : {Scorer::Mean, Scorer::Bound}) {
        for (const int64_t regions : {0, 1, 15, 255, 256, 257, 513, 3000}) {
            for (const int32_t keep : {0, 1, 2, 16, 255, 256, 700}) {
                for (const int32_t queries : {1, 2, 5}) {
                    compare({.regions = regions,
                             .keep = keep,
                             .queries = queries,
                             .headDim = 16,
                             .scorer = scorer,
                             .integerLimit = 2});
                }
            }
        }
    }
}

TEST(Select, ManyQueries) {
    for (const Scorer scorer : {Scorer::Mean, Scorer::Bound}) {
        for (const int32_t queries : {0, 3, 4, 16, 64, 129}) {
            compare(
                {.regions = 700, .keep = 33, .queries = queries, .headDim = 32, .scorer = scorer, .integerLimit = 3});
            compare({.regions = 700, .keep = 33, .queries = queries, .scorer = scorer});
        }
    }
}

TEST(Select, CandidateRangesAndCausalLists) {
    for (const int32_t queries : {1, 16}) {
        compare({.queries = queries, .begin = 1, .end = 290, .integerLimit = 2});
        compare({.queries = queries, .begin = 250, .end = 251, .integerLimit = 2});
        compare({.queries = queries, .begin = 40, .end = 40, .integerLimit = 2});
        for (const int32_t merge : {1, 4, 16, 400}) {
            compare({.queries = queries, .causalMerge = merge, .firstRegion = 300, .integerLimit = 2});
            compare({.queries = queries, .begin = 3, .causalMerge = merge, .firstRegion = 8, .integerLimit = 2});
        }
    }
}

TEST(Select, AllScoresEqualKeepsTheLowestIds) {
    for (const int32_t queries : {1, 8}) {
        Problem problem({.regions = 2000, .keep = 50, .queries = queries, .integerLimit = 1}, 3);
        std::fill(problem.queries.begin(), problem.queries.end(), 0.0f);
        forEachInstructionSet([&] {
            const Outcome outcome = run(cpu::select, problem.args);
            for (int32_t i = 0; i < queries; ++i) {
                for (int32_t j = 0; j < 50; ++j) EXPECT_EQ(outcome.ids[static_cast<size_t>(i * 50 + j)], j);
            }
        });
    }
}

TEST(Select, NotANumberRanksLast) {
    for (const int32_t queries : {1, 8}) {
        Problem problem({.regions = 900, .keep = 30, .queries = queries, .integerLimit = 2}, 4);
        for (size_t r = 0; r < 900; r += 3) problem.max[r * 64 + r % 64] = std::numeric_limits<float>::quiet_NaN();
        // Where every query's value is zero or negative the maximum still enters as 0 * NaN: both sides must agree.
        const Outcome expected = run(reference::select, problem.args);
        forEachInstructionSet([&] { EXPECT_EQ(run(cpu::select, problem.args).ids, expected.ids); });
        std::fill(problem.max.begin(), problem.max.end(), std::numeric_limits<float>::quiet_NaN());
        const Outcome none = run(reference::select, problem.args);
        forEachInstructionSet([&] { EXPECT_EQ(run(cpu::select, problem.args).ids, none.ids); });
    }
}

TEST(Select, RefusesImpossibleArguments) {
    Problem problem({}, 5);
    const auto refused = [&](const auto& change) {
        SelectArgs args = problem.args;
        change(args);
        EXPECT_EQ(reference::select(args), Status::InvalidArgument);
        EXPECT_EQ(cpu::select(args), Status::InvalidArgument);
    };
    refused([](SelectArgs& args) { args.queryCount = -1; });
    refused([](SelectArgs& args) { args.groupHeads = 0; });
    refused([](SelectArgs& args) { args.keep = -1; });
    refused([](SelectArgs& args) { args.candidateBegin = -1; });
    refused([](SelectArgs& args) { args.candidateEnd = 301; });
    refused([](SelectArgs& args) { args.candidateBegin = args.candidateEnd + 1; });
}

struct Merged {
    std::vector<RegionId> regions;
    std::vector<uint16_t> nominators;
    bool operator==(const Merged&) const = default;
};

template <class Merge>
Merged runMerge(Merge merge, MergeArgs args) {
    Merged merged;
    merged.regions.assign(static_cast<size_t>(args.limit) + 1, -9);
    merged.nominators.assign(static_cast<size_t>(args.limit) + 1, 999);
    args.merged = merged.regions.data();
    args.nominators = merged.nominators.data();
    int32_t count = -1;
    EXPECT_EQ(merge(args, &count), Status::Ok);
    EXPECT_EQ(merged.regions.back(), -9) << "written past the limit";
    merged.regions.resize(static_cast<size_t>(count));
    merged.nominators.resize(static_cast<size_t>(count));
    return merged;
}

TEST(Merge, EqualsTheReference) {
    Random random(6);
    for (const int32_t lists : {0, 1, 2, 16, 100}) {
        for (const int32_t stride : {0, 1, 30}) {
            for (const int32_t limit : {0, 1, 30, 5000}) {
                for (const int64_t range : {4, 100, 100000}) {
                    std::vector<RegionId> ids;
                    std::vector<int32_t> lengths;
                    for (int32_t i = 0; i < lists; ++i) {
                        for (int32_t j = 0; j < stride; ++j) ids.push_back(static_cast<RegionId>(random.below(range)));
                        lengths.push_back(static_cast<int32_t>(random.below(stride + 1)));
                    }
                    const MergeArgs args{ids.data(), lengths.data(), lists, stride, limit, nullptr, nullptr};
                    EXPECT_EQ(runMerge(cpu::mergeRankMajor, args), runMerge(reference::mergeRankMajor, args));
                }
            }
        }
    }
}

TEST(Merge, GoesByRankThenByList) {
    const std::vector<RegionId> ids{5, 6, 7, 6, 9, 5, 8, 5, 1};
    const std::vector<int32_t> lengths{3, 3, 2};
    const MergeArgs args{ids.data(), lengths.data(), 3, 3, 5, nullptr, nullptr};
    const Merged expected{{5, 6, 8, 9, 7}, {0, 1, 2, 1, 0}};
    EXPECT_EQ(runMerge(cpu::mergeRankMajor, args), expected);
    EXPECT_EQ(runMerge(reference::mergeRankMajor, args), expected);
}

TEST(Merge, RefusesImpossibleLists) {
    const std::vector<RegionId> ids{1, -2};
    const std::vector<int32_t> two{2}, three{3};
    RegionId merged[4];
    int32_t count = 0;
    for (const auto merge : {cpu::mergeRankMajor, reference::mergeRankMajor}) {
        EXPECT_EQ(merge({ids.data(), two.data(), 1, 2, 4, merged, nullptr}, &count), Status::InvalidArgument);
        EXPECT_EQ(merge({ids.data(), three.data(), 1, 2, 4, merged, nullptr}, &count), Status::InvalidArgument);
        EXPECT_EQ(merge({ids.data(), two.data(), 70000, 2, 4, merged, nullptr}, &count), Status::InvalidArgument);
    }
}

}  // namespace
}  // namespace lectern::kernels::test

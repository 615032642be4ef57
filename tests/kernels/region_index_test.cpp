// Selection over the two-level index: Flat equals the reference on the stored values, Exact equals Flat to the last
// tie, and Approximate looks into no more than it was allowed.

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/common/half.h"
#include "kernels/cpu/region_index.h"
#include "kernels/reference/reference.h"
#include "tests/kernels/support/kernel_test.h"

namespace lectern::kernels::test {
namespace {

using cpu::IndexedSelectArgs;
using cpu::kSuperRegions;

/// Seeded keys of one head, drifting from region to region as a text's do, and their index.
struct Index {
    Index(int64_t regionCount, int32_t headDim, uint32_t seed, int integerLimit, float drift)
        : regions(regionCount), dim(headDim) {
        Random random(seed);
        const int64_t p = 4, supers = (regions + kSuperRegions - 1) / kSuperRegions;
        for (auto* array : {&mean, &min, &max}) array->resize(static_cast<size_t>(regions * dim));
        for (auto* array : {&superMeanMin, &superMeanMax, &superMin, &superMax}) {
            array->resize(static_cast<size_t>(supers * dim));
        }
        std::vector<float> walk(static_cast<size_t>(dim), 0.0f);
        for (int64_t r = 0; r < regions; ++r) {
            std::vector<float> keys =
                integerLimit > 0 ? random.integers(p * dim, integerLimit) : random.normal(p * dim);
            for (int64_t d = 0; d < dim; ++d) {
                walk[static_cast<size_t>(d)] += drift * random.normal(1)[0];
                for (int64_t t = 0; t < p; ++t) keys[static_cast<size_t>(t * dim + d)] += walk[static_cast<size_t>(d)];
            }
            EXPECT_EQ(cpu::storeSummary(keys.data(), p, dim, r, mean.data(), min.data(), max.data()), Status::Ok);
        }
        for (int64_t s = 0; s < supers; ++s) {
            cpu::updateSuper(view(), s, superMeanMin.data(), superMeanMax.data(), superMin.data(), superMax.data());
        }
    }

    cpu::RegionIndexView view() const {
        return {mean.data(),     min.data(), max.data(), superMeanMin.data(), superMeanMax.data(), superMin.data(),
                superMax.data(), dim,        regions};
    }

    int64_t regions;
    int32_t dim;
    std::vector<uint16_t> mean, min, max, superMeanMin, superMeanMax, superMin, superMax;
};

std::vector<float> decoded(const std::vector<uint16_t>& values) {
    std::vector<float> floats(values.size());
    std::transform(values.begin(), values.end(), floats.begin(), bfloat16ToFloat);
    return floats;
}

struct Outcome {
    std::vector<RegionId> ids;
    std::vector<float> scores;
    std::vector<int32_t> found;
    int64_t visited = 0;
};

struct Problem {
    Problem(const Index& index, int32_t queryCount, int32_t heads, int32_t keep, uint32_t seed, int integerLimit = 0) {
        Random random(seed);
        const int64_t count = int64_t{queryCount} * heads * index.dim;
        queries = integerLimit > 0 ? random.integers(count, integerLimit) : random.normal(count);
        for (int32_t i = 0; i < queryCount; ++i) ends.push_back(index.regions - (queryCount - 1 - i) % 5);
        args.queries = queries.data();
        args.queryCount = queryCount;
        args.groupHeads = heads;
        args.index = index.view();
        args.candidateBegin = 1;
        args.candidateEnds = ends.data();
        args.keep = keep;
    }

    Outcome run(SearchLevel level, Scorer scorer) {
        Outcome outcome;
        outcome.ids.assign(static_cast<size_t>(args.queryCount * args.keep), -1);
        outcome.scores.assign(outcome.ids.size(), 0.0f);
        outcome.found.assign(static_cast<size_t>(args.queryCount), -1);
        args.level = level;
        args.scorer = scorer;
        args.ids = outcome.ids.data();
        args.scores = outcome.scores.data();
        args.found = outcome.found.data();
        args.visited = &outcome.visited;
        EXPECT_EQ(cpu::selectIndexed(args), Status::Ok);
        return outcome;
    }

    std::vector<float> queries;
    std::vector<int64_t> ends;
    IndexedSelectArgs args;
};

TEST(RegionIndex, FlatEqualsTheReferenceOnTheStoredValues) {
    for (const int32_t dim : {8, 64, 80, 128}) {
        const Index index(700, dim, 3, 3, 0.0f);
        const auto mean = decoded(index.mean), min = decoded(index.min), max = decoded(index.max);
        for (const Scorer scorer : {Scorer::Mean, Scorer::Bound}) {
            for (const int32_t queryCount : {1, 2, 16, 70}) {
                Problem problem(index, queryCount, 3, 40, 5, 2);
                forEachInstructionSet([&] {
                    const Outcome actual = problem.run(SearchLevel::Flat, scorer);
                    for (int32_t i = 0; i < queryCount; ++i) {
                        SelectArgs args;
                        args.queries = problem.queries.data() + int64_t{i} * 3 * dim;
                        args.queryCount = 1;
                        args.groupHeads = 3;
                        args.summaries = {mean.data(), min.data(), max.data(), dim, index.regions};
                        args.scorer = scorer;
                        args.candidateBegin = 1;
                        args.candidateEnd = problem.ends[static_cast<size_t>(i)];
                        args.keep = 40;
                        std::vector<RegionId> ids(40);
                        int32_t found = 0;
                        args.ids = ids.data();
                        args.found = &found;
                        ASSERT_EQ(reference::select(args), Status::Ok);
                        ASSERT_EQ(actual.found[static_cast<size_t>(i)], found);
                        EXPECT_TRUE(std::equal(ids.begin(), ids.end(), actual.ids.begin() + int64_t{i} * 40));
                    }
                });
            }
        }
    }
}

TEST(RegionIndex, TwoLevelsFindExactlyWhatTheFlatSearchFinds) {
    for (const auto& [integers, drift] : {std::pair{0, 0.0f}, {0, 0.3f}, {2, 0.0f}, {0, 3.0f}}) {
        for (const int64_t regions : {257, 1000, 6001}) {
            const Index index(regions, 64, 7, integers, drift);
            for (const Scorer scorer : {Scorer::Mean, Scorer::Bound}) {
                for (const int32_t queryCount : {1, 16, 40}) {
                    for (const int32_t keep : {1, 55, 300}) {
                        Problem problem(index, queryCount, 2, keep, 11, integers);
                        forEachInstructionSet([&] {
                            const Outcome flat = problem.run(SearchLevel::Flat, scorer);
                            const Outcome exact = problem.run(SearchLevel::Exact, scorer);
                            EXPECT_EQ(exact.ids, flat.ids) << regions << " regions, keep " << keep;
                            EXPECT_EQ(exact.scores, flat.scores);
                            EXPECT_EQ(exact.found, flat.found);
                            EXPECT_LE(exact.visited, flat.visited);
                        });
                    }
                }
            }
        }
    }
}

TEST(RegionIndex, BoundsRuleOutAllButWhatIsLookedIntoFirst) {
    // Every key of super-region s is s throughout, every query all ones: scores are Dh * s, bounds their own scores,
    // and the best `keep` regions lie in the last super-regions. One query looks into 2 * keep / 16 + 8 of the best
    // bounds before it has a threshold. Several go from the end, decide about 16 super-regions at a time, and have a
    // threshold once 2 * keep + 128 regions are held.
    constexpr int64_t kSupers = 200, kRegions = kSupers * kSuperRegions;
    constexpr int32_t kDim = 64, kKeep = 32;
    Index index(kRegions, kDim, 27, 0, 0.0f);
    for (int64_t s = 0; s < kSupers; ++s) {
        const uint16_t value = floatToBfloat16(static_cast<float>(s));
        for (auto* array : {&index.mean, &index.min, &index.max}) {
            std::fill_n(array->begin() + s * kSuperRegions * kDim, kSuperRegions * kDim, value);
        }
        for (auto* array : {&index.superMeanMin, &index.superMeanMax, &index.superMin, &index.superMax}) {
            std::fill_n(array->begin() + s * kDim, kDim, value);
        }
    }
    for (const Scorer scorer : {Scorer::Mean, Scorer::Bound}) {
        for (const int32_t queryCount : {1, 16}) {
            Problem problem(index, queryCount, 1, kKeep, 29);
            std::fill(problem.queries.begin(), problem.queries.end(), 1.0f);
            std::fill(problem.ends.begin(), problem.ends.end(), kRegions);
            const Outcome flat = problem.run(SearchLevel::Flat, scorer);
            const Outcome exact = problem.run(SearchLevel::Exact, scorer);
            EXPECT_EQ(exact.ids, flat.ids);
            EXPECT_EQ(flat.visited, queryCount * (kRegions - 1));
            const int64_t looked = queryCount == 1 ? (2 * kKeep / kSuperRegions + 8) * kSuperRegions
                                                   : 2 * kKeep + 128 + kSuperRegions * kSuperRegions;
            EXPECT_LE(exact.visited, queryCount * looked);
        }
    }
}

TEST(RegionIndex, SeedsChangeTheWayAndNotTheResult) {
    const Index index(8000, 64, 9, 0, 0.4f);
    for (const Scorer scorer : {Scorer::Mean, Scorer::Bound}) {
        Problem problem(index, 1, 4, 55, 13);
        const Outcome flat = problem.run(SearchLevel::Flat, scorer);
        std::vector<RegionId> poor(55);
        for (size_t i = 0; i < poor.size(); ++i) poor[i] = static_cast<RegionId>(100 * i);
        for (const std::vector<RegionId>& seeds : {flat.ids, poor, std::vector<RegionId>{1, 2, 3}}) {
            problem.args.seeds = seeds.data();
            problem.args.seedCount = std::ssize(seeds);
            for (const SearchLevel level : {SearchLevel::Flat, SearchLevel::Exact}) {
                const Outcome seeded = problem.run(level, scorer);
                EXPECT_EQ(seeded.ids, flat.ids);
                EXPECT_EQ(seeded.scores, flat.scores);
            }
        }
        problem.args.seedCount = 0;
    }
}

TEST(RegionIndex, ApproximateLooksIntoTheBestBounds) {
    const Index index(20000, 64, 15, 0, 0.4f);
    Problem problem(index, 1, 4, 50, 17);
    problem.args.probe = 2.0f;
    const Outcome flat = problem.run(SearchLevel::Flat, Scorer::Bound);
    const Outcome approximate = problem.run(SearchLevel::Approximate, Scorer::Bound);
    EXPECT_EQ(approximate.found[0], 50);
    EXPECT_LE(approximate.visited, 110 * kSuperRegions);
    std::vector<RegionId> found = approximate.ids, wanted = flat.ids, both;
    std::sort(found.begin(), found.end());
    std::sort(wanted.begin(), wanted.end());
    std::set_intersection(found.begin(), found.end(), wanted.begin(), wanted.end(), std::back_inserter(both));
    EXPECT_GE(both.size(), 45u);
}

TEST(RegionIndex, StoredBoundsContainTheKeys) {
    Random random(19);
    const std::vector<float> keys = random.normal(16 * 64);
    std::vector<uint16_t> mean(64), min(64), max(64);
    ASSERT_EQ(cpu::storeSummary(keys.data(), 16, 64, 0, mean.data(), min.data(), max.data()), Status::Ok);
    for (size_t d = 0; d < 64; ++d) {
        for (size_t t = 0; t < 16; ++t) {
            EXPECT_LE(bfloat16ToFloat(min[d]), keys[t * 64 + d]);
            EXPECT_GE(bfloat16ToFloat(max[d]), keys[t * 64 + d]);
        }
    }
}

TEST(RegionIndex, ManyEqualScoresKeepTheLowestIds) {
    const Index index(5000, 64, 21, 1, 0.0f);
    for (const int32_t queryCount : {1, 16}) {
        Problem problem(index, queryCount, 1, 70, 23);
        std::fill(problem.queries.begin(), problem.queries.end(), 0.0f);
        for (const SearchLevel level : {SearchLevel::Flat, SearchLevel::Exact}) {
            const Outcome outcome = problem.run(level, Scorer::Bound);
            for (size_t i = 0; i < outcome.ids.size(); ++i)
                EXPECT_EQ(outcome.ids[i], static_cast<RegionId>(1 + i % 70));
        }
    }
}

TEST(RegionIndex, RefusesImpossibleArguments) {
    const Index index(100, 64, 25, 0, 0.0f);
    Problem problem(index, 2, 1, 5, 27);
    const auto refused = [&](const auto& change) {
        IndexedSelectArgs args = problem.args;
        change(args);
        EXPECT_EQ(cpu::selectIndexed(args), Status::InvalidArgument);
    };
    refused([](IndexedSelectArgs& args) { args.queryCount = -1; });
    refused([](IndexedSelectArgs& args) { args.groupHeads = 0; });
    refused([](IndexedSelectArgs& args) { args.keep = -1; });
    refused([](IndexedSelectArgs& args) { args.candidateBegin = -1; });
    refused([](IndexedSelectArgs& args) { args.probe = -1.0f; });
    const std::vector<int64_t> beyond{101, 50};
    refused([&](IndexedSelectArgs& args) { args.candidateEnds = beyond.data(); });
}

}  // namespace
}  // namespace lectern::kernels::test

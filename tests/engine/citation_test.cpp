// Ranking of cited regions.

#include "engine/attention/citation.h"

#include <gtest/gtest.h>

namespace lectern::test {
namespace {

AnswerTrace traceOf(std::vector<std::vector<AnswerTrace::RegionWeight>> steps, int64_t firstToken) {
    AnswerTrace trace;
    trace.regionTokens = 16;
    for (auto& citation : steps) {
        AnswerTrace::Step step;
        step.token = firstToken++;
        step.citation = std::move(citation);
        trace.steps.push_back(std::move(step));
    }
    return trace;
}

TEST(Citation, SumsOverTheSentencesStepsAndJoinsNeighbours) {
    const AnswerTrace trace = traceOf({{{5, 1.0f}, {9, 0.2f}}, {{5, 0.5f}, {6, 0.9f}, {40, 0.1f}}, {{20, 9.0f}}}, 999);
    // Tokens 1000 and 1001 were produced by the first two steps.
    const auto ranges = rankCitations(trace, {1000, 1002}, {0, 900});
    ASSERT_EQ(ranges.size(), 1u);
    EXPECT_EQ(ranges[0].tokens, (TokenRange{80, 112}));
    EXPECT_NEAR(ranges[0].weight, 2.4 / 2.7, 1e-5);
    EXPECT_EQ(ranges[0].regions, (std::vector<RegionId>{5, 6}));
}

TEST(Citation, RegionsOutsideTheDocumentAreNotCited) {
    const AnswerTrace trace = traceOf({{{60, 5.0f}, {3, 0.1f}, {6, 0.1f}}}, 999);
    const auto ranges = rankCitations(trace, {1000, 1001}, {0, 100});
    ASSERT_EQ(ranges.size(), 2u);
    EXPECT_EQ(ranges[0].tokens, (TokenRange{48, 64}));  // a tie: the lower region first
    EXPECT_EQ(ranges[1].tokens, (TokenRange{96, 100}));
    EXPECT_TRUE(rankCitations(trace, {2000, 2001}, {0, 100}).empty());
    EXPECT_TRUE(rankCitations({}, {0, 10}, {0, 100}).empty());
}

}  // namespace
}  // namespace lectern::test

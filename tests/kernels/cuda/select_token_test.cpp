#include "tests/kernels/cuda/select_fixture.h"

namespace lectern::kernels::cuda::testing {
namespace {

class SelectToken : public CudaTest {};

/// What the list of a token must be: sink, the best candidates in ascending order, local; then without the excluded
/// ones.
std::vector<RegionId> wantedTokenList(const Summaries& summaries, const std::vector<float>& q, const TokenSelectArgs& a,
                                      int32_t selector, int64_t complete, const std::vector<uint32_t>& excluded) {
    const auto out = [&](int64_t r) {
        return !excluded.empty() && (excluded[static_cast<size_t>(r / 32)] >> (r % 32) & 1U);
    };
    const int64_t begin = std::min<int64_t>(a.sink, complete), end = std::max<int64_t>(complete - a.local, begin);
    SelectArgs args;
    const auto at = static_cast<size_t>(selector * a.headsPerSelector * a.headDim);
    args.queries = &q[at];
    args.queryCount = 1;
    args.groupHeads = a.headsPerSelector;
    args.summaries = summaries.view(selector * a.headsPerSelector / a.groupHeads, complete);
    args.scorer = a.scorer;
    args.candidateBegin = begin;
    args.candidateEnd = end;
    args.keep = static_cast<int32_t>(end - begin);
    std::vector<RegionId> ranked(static_cast<size_t>(args.keep));
    int32_t found = 0;
    args.ids = ranked.data();
    args.found = &found;
    EXPECT_EQ(reference::select(args), Status::Ok);
    std::vector<RegionId> chosen;
    for (size_t i = 0; i < ranked.size() && i < static_cast<size_t>(a.keep); ++i) {
        if (!out(ranked[i])) chosen.push_back(ranked[i]);
    }
    for (int64_t r = 0; r < begin; ++r) {
        if (!out(r)) chosen.push_back(static_cast<RegionId>(r));
    }
    for (int64_t r = end; r < complete; ++r) {
        if (!out(r)) chosen.push_back(static_cast<RegionId>(r));
    }
    std::sort(chosen.begin(), chosen.end());
    return chosen;
}

TEST_F(SelectToken, TokenFlatAndTwoLevelEqualReference) {
    std::mt19937 generator(35);
    for (const int32_t dim : {64, 80, 128}) {
        for (const Scorer scorer : {Scorer::Bound, Scorer::Mean}) {
            for (const int64_t complete : {0, 3, 40, 900, 5003}) {
                const int32_t heads = 6, group = 3;
                Summaries summaries(heads / group, complete + 1, dim, 16, true, 36);
                const auto q = integerQueries(static_cast<size_t>(heads * dim), 37);
                Device<float> dq(q);
                for (const bool exclude : {false, true}) {
                    std::vector<uint32_t> excluded(static_cast<size_t>(complete / 32 + 1));
                    for (uint32_t& word : excluded) word = generator() & generator();
                    Device<uint32_t> dx(excluded);
                    for (const int32_t headsPerSelector : {3, 1}) {
                        for (const bool twoLevel : {false, true}) {
                            const int32_t selectors = heads / headsPerSelector;
                            Device<int64_t> position(std::vector<int64_t>{complete * 16 + 7});
                            TokenSelectArgs args;
                            args.q = dq;
                            args.selectors = selectors;
                            args.headsPerSelector = headsPerSelector;
                            args.groupHeads = group;
                            args.headDim = dim;
                            args.regionTokens = 16;
                            args.summaries = summaries.args;
                            args.scorer = scorer;
                            args.keep = 50;
                            args.sink = 2;
                            args.local = 9;
                            args.tokens = {0, position};
                            args.excluded = exclude ? dx.data() : nullptr;
                            args.twoLevel = twoLevel;
                            args.regionBound = complete + 700;
                            args.regionStride = 64;
                            Device<std::byte> workspace(static_cast<size_t>(tokenSelectWorkspace(args)));
                            Device<RegionId> regions(static_cast<size_t>(selectors * args.regionStride));
                            Device<float> scores(regions.size());
                            Device<int32_t> counts(static_cast<size_t>(selectors)), visited(counts.size());
                            args.workspace = workspace;
                            args.regions = regions;
                            args.scores = scores;
                            args.counts = counts;
                            args.visited = visited;
                            // Twice: the second run meets the first one's leftovers in the workspace.
                            ASSERT_CUDA(tokenSelect(args, stream.get()));
                            ASSERT_CUDA(tokenSelect(args, stream.get()));
                            wait();
                            const auto got = regions.download();
                            const auto gotCounts = counts.download(), gotVisited = visited.download();
                            for (int32_t s = 0; s < selectors; ++s) {
                                const auto want = wantedTokenList(summaries, q, args, s, complete,
                                                                  exclude ? excluded : std::vector<uint32_t>());
                                const auto* list = &got[static_cast<size_t>(s * args.regionStride)];
                                const std::vector<RegionId> gotList(list, list + gotCounts[static_cast<size_t>(s)]);
                                ASSERT_EQ(gotList, want)
                                    << "complete " << complete << " selector " << s << " two-level " << twoLevel
                                    << " excluded " << exclude << " dim " << dim;
                                ASSERT_LE(gotVisited[static_cast<size_t>(s)], std::max<int64_t>(complete, 0));
                            }
                        }
                    }
                }
            }
        }
    }
}

TEST_F(SelectToken, TwoLevelPrunesClusteredSummaries) {
    // Neighbouring regions resemble each other, as in text: the descent must skip most of them and still be exact.
    const int64_t complete = 8192;
    const int32_t dim = 64;
    Summaries summaries(1, complete, dim, 16, false, 38);
    const auto centres = randomBf16(static_cast<size_t>(complete / 16 + 2) * dim, 39);
    for (int64_t r = 0; r < summaries.capacity; ++r) {
        for (int64_t d = 0; d < dim; ++d) {
            const auto at = static_cast<size_t>(r * dim + d);
            const float x = centres[static_cast<size_t>(r / 16 * dim + d)] + 0.1f * summaries.mean[at];
            summaries.min[at] = bfloat16ToFloat(floatToBfloat16(x - 0.1f));
            summaries.max[at] = bfloat16ToFloat(floatToBfloat16(x + 0.1f));
        }
    }
    summaries.makeSupers();
    summaries.deviceMin->upload(toBits(summaries.min));
    summaries.deviceMax->upload(toBits(summaries.max));
    summaries.args.superMin = *summaries.superMin;
    summaries.args.superMax = *summaries.superMax;
    const auto q = randomBf16(static_cast<size_t>(dim), 40);
    Device<float> dq(q);
    TokenSelectArgs args;
    args.q = dq;
    args.selectors = 1;
    args.headDim = dim;
    args.regionTokens = 16;
    args.summaries = summaries.args;
    args.keep = 64;
    args.sink = 1;
    args.local = 16;
    args.tokens = {complete * 16};
    args.regionBound = complete;
    args.regionStride = 81;
    Device<std::byte> workspace(static_cast<size_t>(tokenSelectWorkspace(args)));
    Device<RegionId> flat(81), deep(81);
    Device<int32_t> counts(1), visited(1);
    args.workspace = workspace;
    args.counts = counts;
    args.visited = visited;
    args.regions = flat;
    ASSERT_CUDA(tokenSelect(args, stream.get()));
    wait();
    EXPECT_EQ(visited.download()[0], complete - 17);
    args.regions = deep;
    args.twoLevel = true;
    ASSERT_CUDA(tokenSelect(args, stream.get()));
    wait();
    EXPECT_EQ(flat.download(), deep.download());
    EXPECT_EQ(counts.download()[0], 81);
    EXPECT_LT(visited.download()[0], complete / 2);
}

}  // namespace
}  // namespace lectern::kernels::cuda::testing

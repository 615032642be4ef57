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

struct TokenCase {
    int32_t dim;
    Scorer scorer;
    int64_t complete;
    bool exclude;
    int32_t headsPerSelector;
    bool twoLevel;
    int64_t regionBound;
};

/// Small integers (exact scores); `excluded` is used when the case says so.
void checkToken(const TokenCase& c, const Summaries& summaries, const std::vector<float>& q,
                const std::vector<uint32_t>& excluded, cudaStream_t stream) {
    Device<float> dq(q);
    Device<uint32_t> dx(excluded);
    const auto heads = static_cast<int32_t>(q.size()) / c.dim;
    const int32_t selectors = heads / c.headsPerSelector;
    Device<int64_t> position(std::vector<int64_t>{c.complete * 16 + 7});
    TokenSelectArgs args;
    args.q = dq;
    args.selectors = selectors;
    args.headsPerSelector = c.headsPerSelector;
    args.groupHeads = heads / summaries.kvHeads;
    args.headDim = c.dim;
    args.regionTokens = 16;
    args.summaries = summaries.args;
    args.scorer = c.scorer;
    args.keep = 50;
    args.sink = 2;
    args.local = 9;
    args.tokens = {0, position};
    args.excluded = c.exclude ? dx.data() : nullptr;
    args.twoLevel = c.twoLevel;
    args.regionBound = c.regionBound;
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
    ASSERT_CUDA(tokenSelect(args, stream));
    ASSERT_CUDA(tokenSelect(args, stream));
    ASSERT_EQ(cudaStreamSynchronize(stream), cudaSuccess);
    const auto got = regions.download();
    const auto gotCounts = counts.download(), gotVisited = visited.download();
    for (int32_t s = 0; s < selectors; ++s) {
        const auto want =
            wantedTokenList(summaries, q, args, s, c.complete, c.exclude ? excluded : std::vector<uint32_t>());
        const auto* list = &got[static_cast<size_t>(s * args.regionStride)];
        const std::vector<RegionId> gotList(list, list + gotCounts[static_cast<size_t>(s)]);
        ASSERT_EQ(gotList, want) << "complete " << c.complete << " selector " << s << " two-level " << c.twoLevel
                                 << " excluded " << c.exclude << " dim " << c.dim;
        ASSERT_LE(gotVisited[static_cast<size_t>(s)], std::max<int64_t>(c.complete, 0));
    }
}

TEST_F(SelectToken, TokenFlatAndTwoLevelEqualReference) {
    std::mt19937 generator(35);
    for (const int32_t dim : {64, 80, 128}) {
        for (const Scorer scorer : {Scorer::Bound, Scorer::Mean}) {
            // The last one is shared out among the blocks of a cluster.
            for (const int64_t complete : {0, 3, 40, 900, 5003, 20011}) {
                if (complete > 10000 && dim != 64) continue;
                const int32_t heads = 6, group = 3;
                const Summaries summaries(heads / group, complete + 1, dim, 16, true, 36);
                const auto q = integerQueries(static_cast<size_t>(heads * dim), 37);
                for (const bool exclude : {false, true}) {
                    std::vector<uint32_t> excluded(static_cast<size_t>(complete / 32 + 1));
                    for (uint32_t& word : excluded) word = generator() & generator();
                    for (const int32_t headsPerSelector : {3, 1}) {
                        for (const bool twoLevel : {false, true}) {
                            checkToken({dim, scorer, complete, exclude, headsPerSelector, twoLevel, complete + 700},
                                       summaries, q, excluded, stream.get());
                            if (HasFatalFailure()) return;
                        }
                    }
                }
            }
        }
    }
}

/// Each kernel once over little; the bound of the regions says whether a cluster's parts share the search.
void checkSmall(int64_t regionBound, cudaStream_t stream) {
    const Summaries summaries(1, 401, 64, 16, true, 41);
    const auto q = integerQueries(2 * 64, 42);
    for (const bool twoLevel : {false, true}) {
        checkToken({64, Scorer::Bound, 400, false, 2, twoLevel, regionBound}, summaries, q, {0}, stream);
    }
}

TEST_F(SelectToken, SmallForSanitizers) {
    checkSmall(500, stream.get());
}

TEST_F(SelectToken, SmallInClustersForSanitizers) {
    checkSmall(9000, stream.get());
}

/// One selector's search among summaries whose neighbours resemble each other, as in text: `noise` around the common
/// centre of every super-region, minimum and maximum `width` on either side.
class ClusteredSearch {
  public:
    ClusteredSearch(int64_t complete, float noise, float width)
        : counts(1), visited(1), m_summaries(1, complete, kDim, 16, false, 38), m_query(randomBf16(kDim, 40)) {
        const auto centres = randomBf16(static_cast<size_t>(complete / 16 + 2) * kDim, 39);
        for (int64_t r = 0; r < m_summaries.capacity; ++r) {
            for (int64_t d = 0; d < kDim; ++d) {
                const auto at = static_cast<size_t>(r * kDim + d);
                const float x = centres[static_cast<size_t>(r / 16 * kDim + d)] + noise * m_summaries.mean[at];
                m_summaries.min[at] = bfloat16ToFloat(floatToBfloat16(x - width));
                m_summaries.max[at] = bfloat16ToFloat(floatToBfloat16(x + width));
            }
        }
        m_summaries.makeSupers();
        m_summaries.deviceMin->upload(toBits(m_summaries.min));
        m_summaries.deviceMax->upload(toBits(m_summaries.max));
        m_summaries.args.superMin = *m_summaries.superMin;
        m_summaries.args.superMax = *m_summaries.superMax;
        args.q = m_query;
        args.selectors = 1;
        args.headDim = kDim;
        args.regionTokens = 16;
        args.summaries = m_summaries.args;
        args.keep = 64;
        args.sink = 1;
        args.local = 16;
        args.tokens = {complete * 16};
        args.regionBound = complete;
        args.regionStride = 81;
        m_workspace = std::make_unique<Device<std::byte>>(static_cast<size_t>(tokenSelectWorkspace(args)));
        args.workspace = *m_workspace;
        args.counts = counts;
        args.visited = visited;
    }
    std::vector<RegionId> run(cudaStream_t stream) {
        Device<RegionId> regions(81);
        args.regions = regions;
        EXPECT_TRUE(tokenSelect(args, stream).ok());
        EXPECT_EQ(cudaStreamSynchronize(stream), cudaSuccess);
        EXPECT_EQ(counts.download()[0], 81);
        return regions.download();
    }

    TokenSelectArgs args;
    Device<int32_t> counts, visited;

  private:
    static constexpr int32_t kDim = 64;
    Summaries m_summaries;
    Device<float> m_query;
    std::unique_ptr<Device<std::byte>> m_workspace;
};

TEST_F(SelectToken, TwoLevelPrunesClusteredSummaries) {
    // The descent must skip most of them and still be exact.
    ClusteredSearch search(8192, 0.1f, 0.1f);
    const auto flat = search.run(stream.get());
    EXPECT_EQ(search.visited.download()[0], 8192 - 17);
    search.args.twoLevel = true;
    EXPECT_EQ(search.run(stream.get()), flat);
    EXPECT_LT(search.visited.download()[0], 8192 / 2);
}

TEST_F(SelectToken, ProbesFindTheBestOfTheSuperRegionsLookedInto) {
    // Every region of a super-region resembles it, so that its bound says where the best regions are.
    ClusteredSearch search(20000, 0.02f, 0.0f);
    const auto want = search.run(stream.get());
    search.args.twoLevel = true;
    search.args.probes = 65;
    const auto got = search.run(stream.get());
    EXPECT_LE(search.visited.download()[0], 16 * 66);
    std::vector<RegionId> common;
    std::set_intersection(want.begin(), want.end(), got.begin(), got.end(), std::back_inserter(common));
    EXPECT_GE(common.size(), 79U);
}

}  // namespace
}  // namespace lectern::kernels::cuda::testing

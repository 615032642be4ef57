#include <numeric>
#include <set>

#include "tests/kernels/cuda/select_fixture.h"

namespace lectern::kernels::cuda::testing {
namespace {

class Select : public CudaTest {};

struct BlockCase {
    int32_t headDim, heads, groupHeads, headsPerSelector, keep, causalMerge;
    Scorer scorer;
    std::vector<SelectBlock> blocks;
    int64_t regions;
    bool integers;
    int32_t splits = 1;
};

void checkBlocks(const BlockCase& c, cudaStream_t stream) {
    Summaries summaries(c.heads / c.groupHeads, c.regions, c.headDim, 16, c.integers, 31);
    int32_t rows = 0, rowStride = 0;
    for (const SelectBlock& b : c.blocks) {
        rows = std::max(rows, b.firstRow + b.rows);
        rowStride = std::max(rowStride, b.rows);
    }
    const auto count = static_cast<size_t>(rows) * static_cast<size_t>(c.heads) * static_cast<size_t>(c.headDim);
    const auto queries = c.integers ? integerQueries(count, 32) : randomBf16(count, 32);
    const int32_t selectors = c.heads / c.headsPerSelector;
    Device<float> dq(queries);
    BlockSelectArgs args;
    args.queries = dq;
    args.heads = c.heads;
    args.selectors = selectors;
    args.headsPerSelector = c.headsPerSelector;
    args.groupHeads = c.groupHeads;
    args.headDim = c.headDim;
    args.summaries = summaries.args;
    args.scorer = c.scorer;
    args.keep = c.keep;
    args.causalMerge = c.causalMerge;
    args.rowStride = rowStride;
    args.blockCount = static_cast<int32_t>(c.blocks.size());
    args.splits = c.splits;
    std::copy(c.blocks.begin(), c.blocks.end(), args.blocks);
    const auto lists = c.blocks.size() * static_cast<size_t>(selectors * rowStride);
    Device<RegionId> ids(lists * static_cast<size_t>(c.keep));
    Device<float> scores(ids.size());
    Device<int32_t> found(lists);
    Device<uint64_t> workspace(static_cast<size_t>(blockSelectWorkspace(args)) / sizeof(uint64_t));
    args.candidates = workspace;
    args.ids = ids;
    args.scores = scores;
    args.found = found;
    ASSERT_CUDA(blockSelect(args, stream));
    ASSERT_EQ(cudaStreamSynchronize(stream), cudaSuccess);
    const auto gotIds = ids.download();
    const auto gotScores = scores.download();
    const auto gotFound = found.download();
    for (size_t b = 0; b < c.blocks.size(); ++b) {
        for (int32_t s = 0; s < selectors; ++s) {
            const SelectBlock& block = c.blocks[b];
            SelectArgs want;
            std::vector<float> own;
            for (int32_t r = 0; r < block.rows; ++r) {
                const auto at =
                    (static_cast<int64_t>(block.firstRow + r) * c.heads + s * c.headsPerSelector) * c.headDim;
                own.insert(own.end(), queries.begin() + at, queries.begin() + at + c.headsPerSelector * c.headDim);
            }
            want.queries = own.data();
            want.queryCount = block.rows;
            want.groupHeads = c.headsPerSelector;
            want.summaries = summaries.view(s * c.headsPerSelector / c.groupHeads, c.regions);
            want.scorer = c.scorer;
            want.candidateBegin = block.candidateBegin;
            want.candidateEnd = block.candidateEnd;
            want.keep = c.keep;
            want.causalMerge = c.causalMerge;
            want.firstRegion = block.firstRegion;
            std::vector<RegionId> wantIds(static_cast<size_t>(block.rows * c.keep));
            std::vector<float> wantScores(wantIds.size());
            std::vector<int32_t> wantFound(static_cast<size_t>(block.rows));
            want.ids = wantIds.data();
            want.scores = wantScores.data();
            want.found = wantFound.data();
            ASSERT_EQ(reference::select(want), Status::Ok);
            for (int32_t r = 0; r < block.rows; ++r) {
                const auto list =
                    (b * static_cast<size_t>(selectors) + static_cast<size_t>(s)) * static_cast<size_t>(rowStride) +
                    static_cast<size_t>(r);
                ASSERT_EQ(gotFound[list], wantFound[static_cast<size_t>(r)]) << "block " << b << " row " << r;
                for (int32_t i = 0; i < gotFound[list]; ++i) {
                    const auto at = list * static_cast<size_t>(c.keep) + static_cast<size_t>(i);
                    const auto ref = static_cast<size_t>(r * c.keep + i);
                    // Random numbers: the query sum is rounded to bf16, so ranks may swap within that error.
                    const float slack = c.integers ? 0.0f : 0.02f * (1.0f + std::fabs(wantScores[ref])) * 8.0f;
                    ASSERT_NEAR(gotScores[at], wantScores[ref], slack)
                        << "block " << b << " row " << r << " rank " << i;
                    if (c.integers) {
                        ASSERT_EQ(gotIds[at], wantIds[ref]) << "block " << b << " row " << r << " rank " << i;
                    }
                }
            }
        }
    }
}

TEST_F(Select, BlocksEqualReference) {
    for (const bool integers : {true, false}) {
        for (const Scorer scorer : {Scorer::Mean, Scorer::Bound}) {
            for (const int32_t dim : {64, 80, 96, 128}) {
                SCOPED_TRACE(::testing::Message() << "dim " << dim << " scorer " << static_cast<int>(scorer));
                // Few candidates, none, exactly `keep`, and enough for several cuts of the buffer.
                for (const int32_t splits : {1, 3}) {
                    checkBlocks({dim,
                                 4,
                                 2,
                                 2,
                                 20,
                                 0,
                                 scorer,
                                 {{0, 16, 1, 21, 0}, {16, 5, 0, 0, 0}, {21, 3, 3, 700, 0}},
                                 800,
                                 integers,
                                 splits},
                                stream.get());
                }
                if (HasFatalFailure()) return;
            }
            checkBlocks({128, 2, 2, 1, 383, 0, scorer, {{0, 64, 1, 4000, 0}}, 4100, integers}, stream.get());
            checkBlocks({128, 6, 3, 3, 640, 0, scorer, {{0, 18, 1, 3001, 0}}, 3100, integers}, stream.get());
            checkBlocks({64, 2, 1, 1, 95, 0, scorer, {{0, 16, 1, 5000, 0}, {16, 16, 17, 4100, 0}}, 5100, integers, 5},
                        stream.get());
            // Many short blocks over long runs of candidates, with a short last one and ends that differ.
            for (const int32_t dim : {64, 80, 128}) {
                for (const int32_t splits : {1, 3}) {
                    checkBlocks({dim,
                                 2,
                                 2,
                                 1,
                                 95,
                                 0,
                                 scorer,
                                 {{0, 16, 1, 5000, 0},
                                  {16, 16, 1, 5016, 0},
                                  {32, 12, 1, 5032, 0},
                                  {44, 16, 1, 90, 0},
                                  {60, 16, 1, 5064, 0},
                                  {76, 3, 1, 5080, 0}},
                                 5200,
                                 integers,
                                 splits},
                                stream.get());
                }
            }
            for (const int32_t splits : {1, 2}) {
                checkBlocks(
                    {64, 1, 1, 1, 28, 4, scorer, {{0, 4, 0, 32, 32}, {4, 4, 0, 1500, 1500}}, 1600, integers, splits},
                    stream.get());
            }
            if (HasFatalFailure()) return;
        }
    }
}

TEST_F(Select, SmallBlocksForSanitizers) {
    // Each shape of thread block once, with candidates enough for a cut or two.
    for (const Scorer scorer : {Scorer::Mean, Scorer::Bound}) {
        checkBlocks({64,
                     1,
                     1,
                     1,
                     95,
                     0,
                     scorer,
                     {{0, 16, 1, 600, 0}, {16, 16, 1, 616, 0}, {32, 16, 1, 632, 0}, {48, 5, 1, 648, 0}},
                     660,
                     true,
                     1},
                    stream.get());
        if (HasFatalFailure()) return;
    }
    checkBlocks({64, 1, 1, 1, 40, 0, Scorer::Mean, {{0, 16, 1, 900, 0}}, 910, true, 2}, stream.get());
    checkBlocks({64, 1, 1, 1, 150, 4, Scorer::Mean, {{0, 20, 0, 900, 900}}, 910, true}, stream.get());
    checkBlocks({64, 1, 1, 1, 500, 0, Scorer::Mean, {{0, 4, 1, 1700, 0}}, 1710, true}, stream.get());
}

TEST_F(Select, BlocksWhoseBestLieInOneRunOfRegionsKeepThem) {
    // A broad rise and fall, as low frequencies of the rotation give it, with ties; many short blocks at once.
    const int64_t regions = 20000;
    Summaries summaries(1, regions, 64, 16, true, 44);
    const auto scoreAt = [&](int64_t r) { return static_cast<float>(std::min(r, 15000 - r) / 64); };
    for (int64_t r = 0; r < summaries.capacity; ++r) {
        for (int d = 0; d < 64; ++d) summaries.mean[static_cast<size_t>(r * 64 + d)] = d == 0 ? scoreAt(r) : 0;
    }
    summaries.deviceMean->upload(toBits(summaries.mean));
    constexpr int32_t kBlocks = 5, kRows = 16, kKeep = 95;
    std::vector<float> q(kBlocks * kRows * 64, 0.0f);
    for (size_t r = 0; r < kBlocks * kRows; ++r) q[r * 64] = r % 2 == 0 ? 1.0f : -1.0f;
    Device<float> dq(q);
    for (const int32_t splits : {1, 7}) {
        BlockSelectArgs args;
        args.queries = dq;
        args.heads = args.selectors = 1;
        args.headDim = 64;
        args.summaries = summaries.args;
        args.keep = kKeep;
        args.rowStride = kRows;
        args.splits = splits;
        args.blockCount = kBlocks;
        for (int32_t b = 0; b < kBlocks; ++b) args.blocks[b] = {b * kRows, kRows, 1, 19000 + b * kRows, 0};
        Device<RegionId> ids(kBlocks * kRows * kKeep);
        Device<int32_t> found(kBlocks * kRows);
        Device<uint64_t> workspace(static_cast<size_t>(blockSelectWorkspace(args)) / sizeof(uint64_t));
        args.candidates = workspace;
        args.ids = ids;
        args.found = found;
        ASSERT_CUDA(blockSelect(args, stream.get()));
        wait();
        const auto got = ids.download();
        for (int32_t b = 0; b < kBlocks; ++b) {
            for (const bool positive : {true, false}) {
                std::vector<RegionId> order(static_cast<size_t>(args.blocks[b].candidateEnd - 1));
                std::iota(order.begin(), order.end(), 1);
                std::stable_sort(order.begin(), order.end(), [&](RegionId x, RegionId y) {
                    return positive ? scoreAt(x) > scoreAt(y) : scoreAt(x) < scoreAt(y);
                });
                for (int32_t row = positive ? 0 : 1; row < kRows; row += 2) {
                    for (int32_t i = 0; i < kKeep; ++i) {
                        ASSERT_EQ(got[static_cast<size_t>((b * kRows + row) * kKeep + i)],
                                  order[static_cast<size_t>(i)])
                            << "block " << b << " row " << row << " rank " << i << " splits " << splits;
                    }
                }
            }
        }
    }
}

TEST_F(Select, BlocksWithRisingScoresKeepTheBest) {
    // In one of the two orders every candidate beats all that came before it: the worst for a streaming threshold.
    for (const bool rising : {true, false}) {
        Summaries summaries(1, 3000, 64, 16, true, 33);
        const int32_t keep = 95;
        const auto scoreAt = [&](int64_t r) { return static_cast<float>(rising ? r / 16 : (3000 - r) / 16); };
        for (int64_t r = 0; r < summaries.capacity; ++r) {
            for (int d = 0; d < 64; ++d) summaries.mean[static_cast<size_t>(r * 64 + d)] = d == 0 ? scoreAt(r) : 0;
        }
        summaries.deviceMean->upload(toBits(summaries.mean));
        std::vector<float> q(20 * 64, 0.0f);
        for (size_t r = 0; r < 20; ++r) q[r * 64] = 1.0f;
        Device<float> dq(q);
        Device<RegionId> ids(20 * keep);
        Device<int32_t> found(20);
        Device<uint64_t> workspace(20 * keep);
        BlockSelectArgs args;
        args.queries = dq;
        args.heads = args.selectors = 1;
        args.headDim = 64;
        args.summaries = summaries.args;
        args.keep = keep;
        args.rowStride = 20;
        args.candidates = workspace;
        args.ids = ids;
        args.found = found;
        args.blockCount = 1;
        args.blocks[0] = {0, 20, 0, 3000, 0};
        ASSERT_CUDA(blockSelect(args, stream.get()));
        wait();
        const auto got = ids.download();
        std::vector<RegionId> order(3000);
        std::iota(order.begin(), order.end(), 0);
        std::stable_sort(order.begin(), order.end(), [&](RegionId a, RegionId b) { return scoreAt(a) > scoreAt(b); });
        for (size_t i = 0; i < got.size(); ++i) ASSERT_EQ(got[i], order[i % keep]);
    }
}

TEST_F(Select, MergeEqualsReference) {
    std::mt19937 generator(34);
    for (const int32_t rows : {1, 16, 33, 64}) {
        for (const int32_t spread : {40, 3000}) {
            const int32_t keep = 37, limit = 30, sink = 2, local = 5, selectors = 2, maxRegions = 3100;
            const auto lists = static_cast<size_t>(selectors * rows);
            std::vector<RegionId> ids(lists * keep);
            std::vector<int32_t> found(lists);
            for (size_t l = 0; l < lists; ++l) {
                std::set<RegionId> used;
                found[l] = static_cast<int32_t>(generator() % (keep + 1));
                for (int i = 0; i < found[l]; ++i) {
                    RegionId id = 0;
                    do id = sink + static_cast<RegionId>(generator()) % spread;
                    while (id < sink || !used.insert(id).second);
                    ids[l * keep + static_cast<size_t>(i)] = id;
                }
            }
            Device<RegionId> di(ids);
            Device<int32_t> df(found), merged(selectors);
            const int32_t stride = sink + limit + local + 1;
            Device<RegionId> regions(static_cast<size_t>(selectors * stride));
            Device<uint16_t> nominators(static_cast<size_t>(selectors * limit));
            BlockMergeArgs args;
            args.lists = di;
            args.found = df;
            args.selectors = selectors;
            args.rowStride = rows;
            args.keep = keep;
            args.limit = limit;
            args.sink = sink;
            args.local = local;
            args.maxRegions = maxRegions;
            args.regions = regions;
            args.regionStride = stride;
            args.nominators = nominators;
            args.merged = merged;
            args.blockCount = 1;
            args.blocks[0] = {0, rows, sink, 3050, 0};
            ASSERT_CUDA(blockMerge(args, stream.get()));
            wait();
            const auto gotRegions = regions.download();
            const auto gotBy = nominators.download();
            const auto gotCount = merged.download();
            for (int32_t s = 0; s < selectors; ++s) {
                std::vector<RegionId> want(limit);
                std::vector<uint16_t> by(limit);
                MergeArgs ref;
                ref.lists = &ids[static_cast<size_t>(s * rows * keep)];
                ref.listLengths = &found[static_cast<size_t>(s * rows)];
                ref.listCount = rows;
                ref.stride = keep;
                ref.limit = limit;
                ref.merged = want.data();
                ref.nominators = by.data();
                int32_t count = 0;
                ASSERT_EQ(reference::mergeRankMajor(ref, &count), Status::Ok);
                ASSERT_EQ(gotCount[static_cast<size_t>(s)], count);
                const auto* got = &gotRegions[static_cast<size_t>(s * stride)];
                for (int i = 0; i < sink; ++i) ASSERT_EQ(got[i], i);
                for (int i = 0; i < count; ++i) {
                    ASSERT_EQ(got[sink + i], want[static_cast<size_t>(i)]) << i;
                    ASSERT_EQ(gotBy[static_cast<size_t>(s * limit + i)], by[static_cast<size_t>(i)]) << i;
                }
                for (int i = 0; i < local; ++i) ASSERT_EQ(got[sink + count + i], 3050 + i);
            }
        }
    }
}

}  // namespace
}  // namespace lectern::kernels::cuda::testing

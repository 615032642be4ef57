#include <memory>

#include "kernels/cuda/select.h"
#include "tests/bench/cuda/bench_support.h"

namespace lectern::bench {
namespace {

/// Summaries of one layer; `clustered`: neighbouring regions resemble each other, as in text, else independent.
struct Summaries {
    Summaries(int32_t kvHeads, int32_t headDim, int64_t regions, bool clustered)
        : mean(kvHeads * regions * headDim),
          min(mean.size),
          max(mean.size),
          superMin(mean.size / kRatio),
          superMax(mean.size / kRatio),
          superMeanMin(mean.size / kRatio),
          superMeanMax(mean.size / kRatio) {
        fillRandom(mean, 11, 0.3f);
        std::mt19937 generator(12);
        std::normal_distribution<float> normal;
        std::vector<Bf16> low(static_cast<size_t>(mean.size)), high(low.size());
        std::vector<Bf16> superLow(low.size() / kRatio), superHigh(superLow.size());
        const auto bits = [](float x) {
            __nv_bfloat16_raw raw;
            raw.x = kernels::floatToBfloat16(x);
            return Bf16(raw);
        };
        // One page of numbers, rotated from row to row: drawing half a billion of them would take longer than the
        // benchmark.
        std::vector<float> noise((1 << 16) + 3);
        for (float& x : noise) x = normal(generator);
        std::vector<float> centre(static_cast<size_t>(headDim));
        for (int64_t row = 0; row < mean.size / headDim; row += kRatio) {
            for (float& x : centre) x = clustered ? normal(generator) : 0.0f;
            for (int64_t d = 0; d < headDim; ++d) {
                float lowest = 1e30f, highest = -1e30f;
                for (int64_t r = row; r < row + kRatio; ++r) {
                    const auto at = static_cast<size_t>(r * headDim + d);
                    const float x =
                        centre[static_cast<size_t>(d)] + (clustered ? 0.2f : 1.0f) * noise[at % noise.size()];
                    low[at] = bits(x - 0.5f);
                    high[at] = bits(x + 0.5f);
                    lowest = std::min(lowest, x - 0.51f);
                    highest = std::max(highest, x + 0.51f);
                }
                superLow[static_cast<size_t>(row / kRatio * headDim + d)] = bits(lowest);
                superHigh[static_cast<size_t>(row / kRatio * headDim + d)] = bits(highest);
            }
        }
        copy(min, low);
        copy(max, high);
        copy(superMin, superLow);
        copy(superMax, superHigh);
        copy(superMeanMin, superLow);
        copy(superMeanMax, superHigh);
        args = {mean, min, max, regions, superMeanMin, superMeanMax, superMin, superMax, kRatio};
    }
    static void copy(Array<Bf16>& to, const std::vector<Bf16>& from) {
        LECTERN_REQUIRE(cudaMemcpy(to, from.data(), from.size() * 2, cudaMemcpyHostToDevice));
    }
    static constexpr int32_t kRatio = 16;
    Array<Bf16> mean, min, max, superMin, superMax, superMeanMin, superMeanMax;
    DeviceSummaries args;
};

struct BlockShape {
    int32_t headDim, heads, kvHeads, blocks, rows, keep, local;
};
constexpr BlockShape kMistralBlocks = {128, 32, 8, 8, 64, 383, 64};
constexpr BlockShape kDefaultModelBlocks = {64, 8, 2, 32, 16, 95, 16};

void benchBlocks(const DeviceFacts& facts, const Floors& floors, cudaStream_t stream, const BlockShape& shape,
                 int64_t context) {
    const auto [headDim, heads, kvHeads, blocks, rows, keep, local] = shape;
    const int32_t sink = 1;
    const int64_t regions = context / 16;
    Summaries summaries(kvHeads, headDim, regions, false);
    Array<float> queries(randomFloats(int64_t{blocks} * rows * heads * headDim, 13));
    BlockSelectArgs args;
    args.queries = queries;
    args.heads = heads;
    args.selectors = kvHeads;
    args.headsPerSelector = args.groupHeads = heads / kvHeads;
    args.headDim = headDim;
    args.summaries = summaries.args;
    args.keep = keep;
    args.rowStride = rows;
    args.blockCount = blocks;
    double candidates = 0;
    for (int32_t b = 0; b < blocks; ++b) {
        const auto end = static_cast<int32_t>(regions - (blocks - b) * rows - local);
        args.blocks[b] = {b * rows, rows, sink, end, 0};
        candidates += end - sink;
    }
    args.splits = chooseSelectSplits(args, facts.multiprocessors);
    const int64_t lists = int64_t{blocks} * kvHeads * rows;
    Array<RegionId> ids(lists * keep), merged(int64_t{blocks} * kvHeads * 512);
    Array<int32_t> found(lists);
    Array<uint64_t> workspace(blockSelectWorkspace(args) / 8);
    args.candidates = workspace;
    args.ids = ids;
    args.found = found;
    const double time = seconds(
        stream, 2, [&](int) { LECTERN_REQUIRE(blockSelect(args, stream)); }, 5);
    char name[160];
    std::snprintf(name, sizeof name, "select %d blocks x %d rows x %d heads, keep %d, splits %d, %lldK", blocks, rows,
                  kvHeads, keep, args.splits, static_cast<long long>(context / 1024));
    printFlops(name, time, 2.0 * candidates * rows * kvHeads * headDim, floors);

    BlockMergeArgs merge;
    merge.lists = ids;
    merge.found = found;
    merge.selectors = kvHeads;
    merge.rowStride = rows;
    merge.keep = merge.limit = keep;
    merge.sink = sink;
    merge.local = local;
    merge.maxRegions = static_cast<int32_t>(regions);
    merge.regions = merged;
    merge.regionStride = 512;
    merge.blockCount = blocks;
    std::copy(args.blocks, args.blocks + blocks, merge.blocks);
    const double mergeTime = seconds(stream, 4, [&](int) { LECTERN_REQUIRE(blockMerge(merge, stream)); });
    std::printf("%-58s %9.1f us\n", "  merge of those lists", mergeTime * 1e6);
}

void benchTokens(const Floors& floors, cudaStream_t stream, int64_t context, bool clustered) {
    const int32_t headDim = 128, heads = 32, kvHeads = 8;
    const int64_t regions = context / 16;
    // Two layers' worth where one fits the L2 cache, which must not hold what the last call read.
    Summaries first(kvHeads, headDim, regions, clustered);
    std::unique_ptr<Summaries> other;
    if (context <= 256 * 1024) other = std::make_unique<Summaries>(kvHeads, headDim, regions, clustered);
    const DeviceSummaries second = other ? other->args : first.args;
    Array<float> q(randomFloats(int64_t{heads} * headDim, 14));
    TokenSelectArgs args;
    args.q = q;
    args.selectors = kvHeads;
    args.headsPerSelector = args.groupHeads = heads / kvHeads;
    args.headDim = headDim;
    args.regionTokens = 16;
    args.summaries = first.args;
    args.keep = 447;
    args.sink = 1;
    args.local = 64;
    args.tokens = {context};
    args.regionBound = regions;
    args.regionStride = 512;
    Array<std::byte> workspace(tokenSelectWorkspace(args));
    Array<RegionId> flat(kvHeads * 512), deep(kvHeads * 512);
    Array<int32_t> counts(kvHeads), visited(kvHeads);
    args.workspace = workspace;
    args.counts = counts;
    args.visited = visited;
    for (const bool twoLevel : {false, true}) {
        args.twoLevel = twoLevel;
        args.regions = twoLevel ? deep : flat;
        args.summaries = first.args;
        LECTERN_REQUIRE(tokenSelect(args, stream));
        LECTERN_REQUIRE(cudaStreamSynchronize(stream));
        double seen = 0;
        for (const int32_t v : visited.download()) seen += v;
        seen /= static_cast<double>(kvHeads) * static_cast<double>(regions);
        const double time = seconds(stream, 8, [&](int i) {
            args.summaries = i % 2 == 0 ? first.args : second;
            LECTERN_REQUIRE(tokenSelect(args, stream));
        });
        char name[160];
        std::snprintf(name, sizeof name, "token select %s %s %lldK, visited %.1f%%", twoLevel ? "two-level" : "flat",
                      clustered ? "clustered" : "random", static_cast<long long>(context / 1024), 100 * seen);
        const double bytes =
            4.0 * headDim * kvHeads * static_cast<double>(regions) * (twoLevel ? seen + 1.0 / Summaries::kRatio : 1.0);
        printBytes(name, time, bytes, floors);
    }
    if (flat.download() != deep.download()) {
        std::printf("FAILED token selection: two-level differs from flat\n");
        std::exit(1);
    }
}

}  // namespace

void benchSelection(const DeviceFacts& facts, const Floors& floors, cudaStream_t stream) {
    for (const int64_t context : {32, 128, 1024}) benchBlocks(facts, floors, stream, kMistralBlocks, context * 1024);
    for (const int64_t context : {64, 1024, 4096}) {
        benchBlocks(facts, floors, stream, kDefaultModelBlocks, context * 1024);
    }
    benchTokens(floors, stream, 128 * 1024, false);
    benchTokens(floors, stream, 1024 * 1024, false);
    benchTokens(floors, stream, 1024 * 1024, true);
}

}  // namespace lectern::bench

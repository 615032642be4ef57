#include "kernels/cuda/attention.h"
#include "kernels/cuda/kv_store.h"
#include "tests/bench/cuda/bench_support.h"

namespace lectern::bench {
namespace {

/// A pool of 128K tokens of one layer, pages in shuffled slots.
struct Pool {
    Pool(int32_t kvHeads, int32_t headDim, int64_t tokens)
        : keys(tokens * kvHeads * headDim), values(tokens * kvHeads * headDim), slots(slotOrder(tokens / kPageTokens)) {
        fillRandom(keys, 5);
        fillRandom(values, 6);
        kv.keys = reinterpret_cast<std::byte*>(static_cast<Bf16*>(keys));
        kv.values = reinterpret_cast<std::byte*>(static_cast<Bf16*>(values));
        kv.pageSlots = slots;
        kv.type = KvType::BF16;
        kv.pageTokens = kPageTokens;
        kv.regionTokens = 16;
        kv.kvHeads = kvHeads;
        kv.headDim = headDim;
        kv.slots = tokens / kPageTokens;
    }
    static std::vector<int32_t> slotOrder(int64_t pages) {
        std::vector<int32_t> slots(static_cast<size_t>(pages));
        for (size_t i = 0; i < slots.size(); ++i) slots[i] = static_cast<int32_t>(i);
        std::shuffle(slots.begin(), slots.end(), std::mt19937(7));
        return slots;
    }
    static constexpr int32_t kPageTokens = 256;
    Array<Bf16> keys, values;
    Array<int32_t> slots;
    DeviceKv kv;
};

void benchGathered(const DeviceFacts& facts, const Floors& floors, cudaStream_t stream, int32_t headDim, int32_t heads,
                   int32_t kvHeads, int32_t blockTokens, int32_t budget, int32_t blocks) {
    const int64_t context = 128 * 1024;
    Pool pool(kvHeads, headDim, context);
    const int32_t p = 16, gathered = budget / p - blockTokens / p, tokens = blockTokens * blocks;
    Array<Bf16> q(int64_t{tokens} * heads * headDim), out(q.size), check(q.size);
    fillRandom(q, 8);
    std::mt19937 generator(9);
    std::vector<RegionId> lists;
    const auto before = static_cast<int32_t>((context - tokens) / p);
    std::vector<RegionId> all(static_cast<size_t>(before));
    for (size_t i = 0; i < all.size(); ++i) all[i] = static_cast<RegionId>(i);
    for (int32_t l = 0; l < blocks * kvHeads; ++l) {
        std::shuffle(all.begin(), all.end(), generator);
        lists.insert(lists.end(), all.begin(), all.begin() + gathered);
    }
    Array<RegionId> regions(lists);
    BlockAttentionArgs args;
    args.q = q;
    args.qStride = args.outStride = int64_t{heads} * headDim;
    args.out = out;
    args.kv = pool.kv;
    args.regions = regions;
    args.regionStride = gathered;
    args.selectors = kvHeads;
    args.headsPerSelector = args.groupHeads = heads / kvHeads;
    args.scale = 0.088f;
    args.blockCount = blocks;
    for (int32_t b = 0; b < blocks; ++b) {
        args.blocks[b] = {b * blockTokens, blockTokens, gathered, before + b * blockTokens / p, 0};
    }
    const double pairs =
        static_cast<double>(tokens) * heads * (static_cast<double>(gathered) * p + (blockTokens + 1) / 2.0);
    const double flops = 4.0 * headDim * pairs;
    char name[160];
    args.out = check;
    LECTERN_REQUIRE(blockAttention(args, AttentionPath::Mma80, stream));
    LECTERN_REQUIRE(cudaStreamSynchronize(stream));
    const auto reference = check.download();
    args.out = out;
    for (const AttentionPath path : {AttentionPath::Wgmma90, AttentionPath::Mma80}) {
        if (path == AttentionPath::Wgmma90 && !facts.hopper()) continue;
        LECTERN_REQUIRE(blockAttention(args, path, stream));
        LECTERN_REQUIRE(cudaStreamSynchronize(stream));
        const double error = relativeError(out.download(), reference);
        if (!(error < 2e-5)) {
            std::printf("FAILED gathered attention: the paths differ by %g\n", error);
            std::exit(1);
        }
        const double time = seconds(
            stream, 3, [&](int) { LECTERN_REQUIRE(blockAttention(args, path, stream)); }, 5);
        std::snprintf(name, sizeof name, "gathered %s D%d H%d/%d B%d W%d x%d",
                      path == AttentionPath::Mma80 ? "mma80" : "wgmma90", headDim, heads, kvHeads, blockTokens, budget,
                      blocks);
        printFlops(name, time, flops, floors);
    }
}

void benchDense(const DeviceFacts& facts, const Floors& floors, cudaStream_t stream, int64_t context) {
    const int32_t headDim = 128, heads = 32, kvHeads = 32, p = 16;
    if (!facts.hopper()) return;
    Pool pool(kvHeads, headDim, context);
    Array<Bf16> q(context * heads * headDim), out(q.size);
    fillRandom(q, 8);
    BlockAttentionArgs args;
    args.q = q;
    args.out = out;
    args.qStride = args.outStride = int64_t{heads} * headDim;
    args.kv = pool.kv;
    args.selectors = kvHeads;
    args.scale = 0.088f;
    args.blockCount = 1;
    args.blocks[0] = {0, static_cast<int32_t>(context), 0, 0, 0};
    const double flops = 4.0 * headDim * heads * (static_cast<double>(context) * static_cast<double>(context + 1) / 2);
    const double time = seconds(
        stream, 1, [&](int) { LECTERN_REQUIRE(blockAttention(args, AttentionPath::Wgmma90, stream)); }, 3);
    char name[160];
    std::snprintf(name, sizeof name, "dense causal wgmma90 H32 x 128, %lldK tokens, p %d",
                  static_cast<long long>(context / 1024), p);
    printFlops(name, time, flops, floors);
}

void benchGather(const Floors& floors, cudaStream_t stream) {
    const int32_t kvHeads = 8, headDim = 128, gathered = 448, blocks = 8, own = 64;
    Pool pool(kvHeads, headDim, 128 * 1024);
    std::mt19937 generator(9);
    std::vector<RegionId> lists(static_cast<size_t>(blocks * kvHeads * gathered));
    for (RegionId& r : lists) r = static_cast<RegionId>(generator() % 7000);
    Array<RegionId> regions(lists);
    Array<int32_t> counts(std::vector<int32_t>(blocks, gathered)), ownRegion(std::vector<int32_t>(blocks, 7100)),
        owns(std::vector<int32_t>(blocks, own));
    const int64_t values = int64_t{blocks} * kvHeads * (gathered + own) * 16 * headDim;
    Array<Bf16> keys(values), valuesOut(values);
    GatherArgs args;
    args.kv = pool.kv;
    args.tokens = 128 * 1024;
    args.regions = regions;
    args.stride = gathered;
    args.blocks = blocks;
    args.selectors = kvHeads;
    args.headsPerSelector = args.groupHeads = 4;
    args.counts = counts;
    args.ownRegion = ownRegion;
    args.ownRegions = owns;
    args.capacity = gathered + own;
    args.keys = keys;
    args.values = valuesOut;
    for (const KvType type : {KvType::BF16, KvType::Int8, KvType::Int4}) {
        args.kv.type = type;
        const double width = type == KvType::BF16 ? 2 : type == KvType::Int8 ? 1 : 1;
        const double time = seconds(stream, 4, [&](int) { LECTERN_REQUIRE(gatherRegions(args, stream)); });
        printBytes(std::string("gather ") +
                       (type == KvType::BF16   ? "bf16"
                        : type == KvType::Int8 ? "int8"
                                               : "int4") +
                       " to bf16, 8 blocks, W 8192",
                   time, 2.0 * static_cast<double>(values) * (width + 2), floors);
    }
}

}  // namespace

void benchAttention(const DeviceFacts& facts, const Floors& floors, cudaStream_t stream) {
    benchGathered(facts, floors, stream, 128, 32, 8, 1024, 8192, 8);
    benchGathered(facts, floors, stream, 128, 32, 32, 1024, 8192, 8);
    benchGathered(facts, floors, stream, 128, 32, 8, 256, 2048, 32);
    benchGathered(facts, floors, stream, 64, 32, 8, 1024, 8192, 8);
    benchGathered(facts, floors, stream, 80, 32, 8, 1024, 8192, 8);
    benchGathered(facts, floors, stream, 96, 32, 8, 1024, 8192, 8);
    benchDense(facts, floors, stream, 8 * 1024);
    benchDense(facts, floors, stream, 32 * 1024);
    benchGather(floors, stream);
}

}  // namespace lectern::bench

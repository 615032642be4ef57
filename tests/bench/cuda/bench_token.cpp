#include "kernels/cuda/linear.h"
#include "kernels/cuda/token_attention.h"
#include "tests/bench/cuda/bench_support.h"

namespace lectern::bench {
namespace {

/// Split-K/V attention of one token over W 8192, rotating over pools so that nothing stays in the L2 cache.
void benchDecodeAttention(const DeviceFacts& facts, const Floors& floors, cudaStream_t stream, KvType type, bool mass) {
    const int32_t headDim = 128, heads = 32, kvHeads = 8, pageTokens = 256, listed = 511;
    const int64_t context = 512 * 1024, pages = context / pageTokens;
    const KvPageLayout layout = kernels::kvPageLayout(type, pageTokens, 16, kvHeads, headDim);
    Array<Bf16> keys(pages * layout.pageBytes / 2), values(keys.size);
    fillRandom(keys, 21);
    fillRandom(values, 22);
    std::vector<int32_t> order(static_cast<size_t>(pages));
    for (size_t i = 0; i < order.size(); ++i) order[i] = static_cast<int32_t>(i);
    Array<int32_t> slots(order);
    constexpr int kLists = 8;
    std::mt19937 generator(23);
    std::vector<RegionId> lists(static_cast<size_t>(kLists * kvHeads * listed));
    for (RegionId& r : lists) r = static_cast<RegionId>(generator() % static_cast<unsigned>(context / 16 - 1));
    Array<RegionId> regions(lists);
    Array<int32_t> counts(std::vector<int32_t>(kvHeads, listed));
    Array<float> q(randomFloats(int64_t{heads} * headDim, 24)), out(int64_t{heads} * headDim),
        masses(int64_t{heads} * (listed + 1));
    Array<Bf16> tails(int64_t{kvHeads} * 16 * headDim);
    fillRandom(tails, 25);
    TokenAttentionArgs args;
    args.q = q;
    args.out = out;
    args.kv = {reinterpret_cast<std::byte*>(static_cast<Bf16*>(keys)),
               reinterpret_cast<std::byte*>(static_cast<Bf16*>(values)),
               slots,
               tails,
               tails,
               type,
               pageTokens,
               16,
               kvHeads,
               headDim,
               pages};
    args.counts = counts;
    args.regionStride = listed;
    args.selectors = kvHeads;
    args.headsPerSelector = args.groupHeads = heads / kvHeads;
    args.scale = 0.088f;
    args.tokens = {context - 1};
    args.splits = chooseTokenSplits(kvHeads, facts.multiprocessors);
    Array<std::byte> workspace(tokenAttentionWorkspace(args));
    LECTERN_REQUIRE(cudaMemset(workspace, 0, static_cast<size_t>(workspace.size)));
    args.workspace = workspace;
    args.mass = mass ? static_cast<float*>(masses) : nullptr;
    args.massStride = listed + 1;
    const double time = seconds(stream, 16, [&](int i) {
        args.regions = regions + int64_t{i % kLists} * kvHeads * listed;
        LECTERN_REQUIRE(tokenAttention(args, stream));
    });
    const double perRegion = static_cast<double>(layout.pageBytes) / (pageTokens / 16.0) / kvHeads;
    char name[160];
    std::snprintf(name, sizeof name, "token attention %s W 8192%s",
                  type == KvType::BF16   ? "bf16"
                  : type == KvType::Int8 ? "int8"
                  : type == KvType::Fp8  ? "fp8"
                                         : "int4",
                  mass ? ", masses" : "");
    printBytes(name, time, 2.0 * perRegion * kvHeads * (listed + 1), floors);
}

void benchGemv(const DeviceFacts& facts, const Floors& floors, cudaStream_t stream, DType type, int64_t rows,
               int64_t columns, GemvEpilogue epilogue, bool norm, const char* what) {
    const double bytes = type == DType::Q8_0 ? static_cast<double>(splitQ8Bytes(rows, columns))
                                             : static_cast<double>(rows * kernels::rowBytes(type, columns));
    // Enough copies that the L2 cache never holds the next one.
    const int copies = static_cast<int>(300e6 / bytes) + 1;
    Array<Bf16> weights(static_cast<int64_t>(bytes / 2 + 8) / 8 * 8 * copies);
    fillRandom(weights, 31, 0.02f);
    Array<float> x(randomFloats(columns, 32)), normWeight(randomFloats(columns, 33)), out(rows);
    GemvArgs args;
    args.type = type;
    args.rows = rows;
    args.columns = columns;
    args.x = x;
    args.normWeight = norm ? static_cast<float*>(normWeight) : nullptr;
    args.eps = 1e-5f;
    args.epilogue = epilogue;
    args.out = out;
    const double time = seconds(stream, 24, [&](int i) {
        args.weight = reinterpret_cast<const std::byte*>(weights + weights.size / copies * (i % copies));
        LECTERN_REQUIRE(gemv(args, facts.multiprocessors, stream));
    });
    char name[160];
    std::snprintf(name, sizeof name, "gemv %s %s %lldx%lld",
                  type == DType::BF16   ? "bf16"
                  : type == DType::Q8_0 ? "q8_0"
                                        : "q4_k",
                  what, static_cast<long long>(rows), static_cast<long long>(columns));
    printBytes(name, time, bytes, floors);
}

}  // namespace

void benchToken(const DeviceFacts& facts, const Floors& floors, cudaStream_t stream) {
    for (const KvType type : {KvType::BF16, KvType::Int8, KvType::Int4}) {
        benchDecodeAttention(facts, floors, stream, type, false);
        benchDecodeAttention(facts, floors, stream, type, true);
    }
    for (const DType type : {DType::BF16, DType::Q8_0, DType::Q4_K}) {
        benchGemv(facts, floors, stream, type, 6144, 4096, GemvEpilogue::Store, true, "norm+qkv");
        benchGemv(facts, floors, stream, type, 4096, 4096, GemvEpilogue::Accumulate, false, "output+residual");
        benchGemv(facts, floors, stream, type, 28672, 4096, GemvEpilogue::SwiGlu, true, "norm+gate,up+swiglu");
        benchGemv(facts, floors, stream, type, 4096, 14336, GemvEpilogue::Accumulate, false, "down+residual");
        benchGemv(facts, floors, stream, type, 32000, 4096, GemvEpilogue::Store, true, "norm+head");
    }
}

}  // namespace lectern::bench

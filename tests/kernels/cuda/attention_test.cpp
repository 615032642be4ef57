#include "kernels/cuda/attention.h"

#include <set>

#include "kernels/cuda/token_attention.h"
#include "tests/kernels/cuda/kv_fixture.h"

namespace lectern::kernels::cuda::testing {
namespace {

class Attention : public CudaTest {};

struct BlockCase {
    KvShape kv;
    int32_t groupHeads = 1;
    int32_t headsPerSelector = 1;
    std::vector<AttentionBlock> blocks;
    bool dense = false;
    int32_t window = 0;
    bool rotate = false;
};

std::vector<RegionId> ascendingRegions(int32_t count, int32_t below, std::mt19937& generator) {
    std::vector<RegionId> all(static_cast<size_t>(below));
    std::iota(all.begin(), all.end(), 0);
    std::shuffle(all.begin(), all.end(), generator);
    all.resize(static_cast<size_t>(count));
    std::sort(all.begin(), all.end());
    return all;
}

/// Runs one path on a case and compares every row with the reference.
void checkBlocks(const BlockCase& c, AttentionPath path, cudaStream_t stream) {
    KvFixture cache(c.kv, 51);
    cache.store();
    const int32_t dim = c.kv.headDim, p = c.kv.regionTokens, heads = c.kv.kvHeads * c.groupHeads;
    const int32_t selectors = heads / c.headsPerSelector;
    int32_t rows = 0, stride = 1, capacity = 1;
    for (const AttentionBlock& b : c.blocks) {
        rows = std::max(rows, b.queryBegin + b.queryTokens);
        stride = std::max(stride, b.regionCount);
        capacity = std::max(capacity, b.regionCount + (b.ownOffset + b.queryTokens + p - 1) / p);
    }
    std::mt19937 generator(52);
    std::vector<RegionId> lists(c.blocks.size() * static_cast<size_t>(selectors * stride), 1 << 29);
    for (size_t b = 0; b < c.blocks.size(); ++b) {
        for (int32_t s = 0; s < selectors; ++s) {
            const auto own = ascendingRegions(c.blocks[b].regionCount, c.blocks[b].ownRegion, generator);
            std::copy(own.begin(), own.end(), lists.begin() + (static_cast<int64_t>(b) * selectors + s) * stride);
        }
    }
    // Two rows of NaN behind the queries, and a stride wider than the heads.
    const int64_t qStride = static_cast<int64_t>(heads) * dim + 8;
    auto q = randomBf16(static_cast<size_t>((rows + 2) * qStride), 53);
    std::fill(q.begin() + rows * qStride, q.end(), NAN);
    std::vector<float> cos, sin;
    for (int64_t i = 0; i < (c.kv.tokens / p + 1) * p * (dim / 2); ++i) {
        cos.push_back(std::cos(0.01f * static_cast<float>(i)));
        sin.push_back(std::sin(0.01f * static_cast<float>(i)));
    }
    Device<Bf16> dq(toBits(q)), out(static_cast<size_t>(rows * qStride));
    Device<RegionId> dl(lists);
    BlockAttentionArgs args;
    args.q = dq;
    args.qStride = qStride;
    args.out = out;
    args.outStride = qStride;
    args.kv = cache.device();
    args.regions = c.dense ? nullptr : dl.data();
    args.regionStride = stride;
    args.selectors = selectors;
    args.headsPerSelector = c.headsPerSelector;
    args.groupHeads = c.groupHeads;
    args.scale = 1.0f / std::sqrt(static_cast<float>(dim));
    args.slidingWindow = c.window;
    args.blockCount = static_cast<int32_t>(c.blocks.size());
    std::copy(c.blocks.begin(), c.blocks.end(), args.blocks);
    const bool gather = c.kv.type != KvType::BF16 || c.rotate;
    const auto scratch =
        gather ? c.blocks.size() * static_cast<size_t>(selectors * capacity * p * dim) : static_cast<size_t>(8);
    Device<Bf16> keys(scratch), values(scratch);
    std::vector<int32_t> counts, ownRegion, ownRegions;
    for (const AttentionBlock& b : c.blocks) {
        counts.push_back(b.regionCount);
        ownRegion.push_back(b.ownRegion);
        ownRegions.push_back((b.ownOffset + b.queryTokens + p - 1) / p);
    }
    Device<int32_t> dc(counts), dr(ownRegion), dn(ownRegions);
    Device<float> dcos(cos), dsin(sin);
    if (gather) {
        GatherArgs g;
        g.kv = args.kv;
        g.tokens = c.kv.tokens;
        g.regions = args.regions;
        g.stride = stride;
        g.blocks = args.blockCount;
        g.selectors = selectors;
        g.headsPerSelector = c.headsPerSelector;
        g.groupHeads = c.groupHeads;
        g.counts = dc;
        g.ownRegion = dr;
        g.ownRegions = dn;
        g.capacity = capacity;
        g.cos = c.rotate ? dcos.data() : nullptr;
        g.sin = c.rotate ? dsin.data() : nullptr;
        g.keys = keys;
        g.values = values;
        ASSERT_CUDA(gatherRegions(g, stream));
        args.gatheredKeys = keys;
        args.gatheredValues = values;
        args.gatheredCapacity = capacity;
    }
    ASSERT_CUDA(blockAttention(args, path, stream));
    ASSERT_EQ(cudaStreamSynchronize(stream), cudaSuccess);
    const auto got = toFloats(out.download());

    std::vector<float> want(got.size(), NAN);
    KvView view = cache.view();
    for (size_t b = 0; b < c.blocks.size(); ++b) {
        const AttentionBlock& block = c.blocks[b];
        for (int32_t s = 0; s < selectors; ++s) {
            std::vector<RegionId> regions(static_cast<size_t>(block.regionCount));
            for (int32_t i = 0; i < block.regionCount; ++i) {
                regions[static_cast<size_t>(i)] =
                    c.dense ? i
                            : lists[(b * static_cast<size_t>(selectors) + static_cast<size_t>(s)) *
                                        static_cast<size_t>(stride) +
                                    static_cast<size_t>(i)];
            }
            GatheredAttentionArgs ref;
            const int64_t at = block.queryBegin * qStride + static_cast<int64_t>(s) * c.headsPerSelector * dim;
            ref.q = q.data() + at;
            ref.qStride = qStride;
            ref.queryTokens = block.queryTokens;
            ref.groupHeads = c.headsPerSelector;
            ref.kvHead = s * c.headsPerSelector / c.groupHeads;
            ref.kv = view;
            ref.regions = regions.data();
            ref.regionCount = block.regionCount;
            ref.ownBegin = static_cast<int64_t>(block.ownRegion) * p;
            ref.firstQuery = ref.ownBegin + block.ownOffset;
            ref.slidingWindow = c.window;
            ref.scale = args.scale;
            ref.out = want.data() + at;
            ref.outStride = qStride;
            ref.gatherCos = c.rotate ? cos.data() : nullptr;
            ref.gatherSin = c.rotate ? sin.data() : nullptr;
            ASSERT_EQ(reference::gatheredAttention(ref), Status::Ok);
        }
    }
    // What no block owns must still be the NaN it was.
    std::vector<float> gotRows, wantRows;
    for (size_t i = 0; i < got.size(); ++i) {
        if (std::isnan(want[i])) {
            ASSERT_TRUE(std::isnan(got[i])) << "wrote row " << i / static_cast<size_t>(qStride);
        } else {
            gotRows.push_back(got[i]);
            wantRows.push_back(want[i]);
        }
    }
    EXPECT_LT(nmse(gotRows, wantRows), gather ? kGatheredLimit : kAttentionLimit);
    for (size_t i = 0; i < gotRows.size(); ++i) ASSERT_NEAR(gotRows[i], wantRows[i], 0.04f) << i;
}

std::vector<BlockCase> blockCases() {
    std::vector<BlockCase> cases;
    for (const int32_t dim : {64, 80, 96, 128}) {
        const auto kv = [&](KvType type, int32_t kvHeads, int32_t p, int64_t tokens) {
            return KvShape{type, kvHeads, dim, p, 4, tokens};
        };
        // One token; a whole block; a partial block behind odd lists; several blocks, one of them empty of regions.
        cases.push_back({kv(KvType::BF16, 2, 16, 1), 1, 1, {{0, 1, 0, 0, 0}}});
        cases.push_back({kv(KvType::BF16, 2, 16, 256), 4, 4, {{0, 64, 7, 12, 0}}});
        cases.push_back({kv(KvType::BF16, 1, 16, 331), 3, 3, {{0, 59, 11, 17, 0}}});
        cases.push_back(
            {kv(KvType::BF16, 2, 16, 600), 2, 1, {{0, 128, 0, 0, 0}, {128, 128, 5, 8, 0}, {256, 88, 13, 32, 0}}});
        // Queries that begin inside their own part; a question token whose own region has just begun.
        cases.push_back({kv(KvType::BF16, 1, 16, 16 * 20 + 5), 8, 8, {{3, 2, 9, 20, 3}}});
        cases.push_back({kv(KvType::BF16, 1, 8, 8 * 40 + 1), 5, 5, {{0, 1, 31, 40, 0}}});
        cases.push_back({kv(KvType::BF16, 1, 32, 32 * 20), 2, 2, {{0, 96, 3, 17, 0}}});
        cases.push_back({kv(KvType::BF16, 1, 64, 64 * 9 + 30), 1, 1, {{0, 94, 5, 8, 0}}});
        cases.push_back({kv(KvType::Int8, 2, 16, 300), 2, 2, {{0, 60, 6, 15, 0}}});
        cases.push_back({kv(KvType::Fp8, 2, 16, 300), 2, 2, {{0, 60, 6, 15, 0}}});
        cases.push_back({kv(KvType::Int4, 2, 16, 300), 2, 1, {{0, 60, 6, 15, 0}}});
        cases.push_back({kv(KvType::BF16, 2, 16, 300), 2, 2, {{0, 60, 6, 15, 0}}, false, 0, true});
        // Dense, and dense with a sliding window that begins inside a region.
        cases.push_back({kv(KvType::BF16, 2, 16, 500), 2, 2, {{0, 260, 15, 15, 0}}, true});
        cases.push_back({kv(KvType::BF16, 1, 16, 700), 2, 2, {{0, 300, 25, 25, 0}}, true, 133});
    }
    return cases;
}

void checkPath(AttentionPath path, cudaStream_t stream) {
    for (const BlockCase& c : blockCases()) {
        SCOPED_TRACE(::testing::Message()
                     << "dim " << c.kv.headDim << " p " << c.kv.regionTokens << " tokens " << c.kv.tokens << " heads "
                     << c.headsPerSelector << " of " << c.groupHeads << " type " << static_cast<int>(c.kv.type)
                     << " window " << c.window << " rotate " << c.rotate);
        checkBlocks(c, path, stream);
        if (::testing::Test::HasFatalFailure()) return;
    }
}

TEST_F(Attention, BlocksOnMmaEqualReference) {
    checkPath(AttentionPath::Mma80, stream.get());
}

TEST_F(Attention, BlocksOnWgmmaEqualReference) {
    if (!facts.hopper()) GTEST_SKIP() << "needs compute capability 9.0";
    checkPath(AttentionPath::Wgmma90, stream.get());
}

TEST_F(Attention, UnsupportedShapesAreRefused) {
    EXPECT_EQ(chooseAttentionPath(72, 16, true), AttentionPath::None);
    EXPECT_EQ(chooseAttentionPath(128, 24, true), AttentionPath::None);
    BlockAttentionArgs args;
    args.kv.headDim = 72;
    args.kv.regionTokens = 16;
    EXPECT_EQ(blockAttention(args, AttentionPath::Mma80, stream.get()).status, Status::Unsupported);
}

struct TokenCase {
    KvShape kv;
    int32_t groupHeads, headsPerSelector, listed;
    bool dense;
    int32_t window;
    int32_t splits;
};

void checkToken(const TokenCase& c, cudaStream_t stream) {
    KvFixture cache(c.kv, 61);
    cache.store();
    const int32_t dim = c.kv.headDim, p = c.kv.regionTokens, heads = c.kv.kvHeads * c.groupHeads;
    const int32_t selectors = heads / c.headsPerSelector;
    const int64_t token = c.kv.tokens - 1, own = token / p;
    const int64_t firstRegion = c.window > 0 && token >= c.window ? (token - c.window + 1) / p : 0;
    const auto listed = static_cast<int32_t>(c.dense ? own - firstRegion : c.listed);
    std::mt19937 generator(62);
    std::vector<RegionId> lists;
    for (int32_t s = 0; s < selectors; ++s) {
        std::vector<RegionId> one(static_cast<size_t>(listed));
        std::iota(one.begin(), one.end(), static_cast<RegionId>(firstRegion));
        if (!c.dense) one = ascendingRegions(listed, static_cast<int32_t>(own), generator);
        lists.insert(lists.end(), one.begin(), one.end());
        lists.push_back(1 << 29);
    }
    const auto q = randomBf16(static_cast<size_t>(heads * dim), 63);
    Device<float> dq(q), out(q.size()), mass(static_cast<size_t>(heads * (listed + 2)));
    Device<RegionId> dl(lists);
    Device<int32_t> counts(std::vector<int32_t>(static_cast<size_t>(selectors), listed));
    Device<int64_t> position(std::vector<int64_t>{token});
    TokenAttentionArgs args;
    args.q = dq;
    args.out = out;
    args.kv = cache.device();
    args.regions = c.dense ? nullptr : dl.data();
    args.counts = c.dense ? nullptr : counts.data();
    args.regionStride = listed + 1;
    args.selectors = selectors;
    args.headsPerSelector = c.headsPerSelector;
    args.groupHeads = c.groupHeads;
    args.scale = 1.0f / std::sqrt(static_cast<float>(dim));
    args.slidingWindow = c.window;
    args.tokens = {0, position};
    args.splits = c.splits;
    args.mass = mass;
    args.massStride = listed + 2;
    Device<std::byte> workspace(static_cast<size_t>(tokenAttentionWorkspace(args)));
    workspace.zero();
    args.workspace = workspace;
    for (int run = 0; run < 2; ++run) {
        ASSERT_CUDA(tokenAttention(args, stream));
        ASSERT_EQ(cudaStreamSynchronize(stream), cudaSuccess);
    }
    const auto gotMass = mass.download();
    // The same masses as logarithms, to be normalised by whoever reads them.
    Device<float> massLog(static_cast<size_t>(heads));
    args.massLog = massLog;
    ASSERT_CUDA(tokenAttention(args, stream));
    ASSERT_EQ(cudaStreamSynchronize(stream), cudaSuccess);
    const auto rawMass = mass.download(), logs = massLog.download();
    for (int32_t h = 0; h < heads; ++h) {
        for (int32_t i = 0; i <= listed; ++i) {
            const auto at = static_cast<size_t>(h * (listed + 2) + i);
            ASSERT_NEAR(std::exp2(rawMass[at] - logs[static_cast<size_t>(h)]), gotMass[at],
                        1e-6f + 1e-4f * gotMass[at]);
        }
    }
    // Decoded 4-bit keys are rounded to bf16, which moves a score of a few units by about a hundredth.
    const float tolerance = c.kv.type == KvType::Int4 ? 3e-2f : 2e-3f;
    std::vector<float> want(q.size());
    for (int32_t s = 0; s < selectors; ++s) {
        GatheredAttentionArgs ref;
        std::vector<float> wantMass(static_cast<size_t>(c.headsPerSelector * (listed + 1)));
        ref.q = q.data() + static_cast<int64_t>(s) * c.headsPerSelector * dim;
        ref.queryTokens = 1;
        ref.groupHeads = c.headsPerSelector;
        ref.kvHead = s * c.headsPerSelector / c.groupHeads;
        ref.kv = cache.view();
        ref.regions = lists.data() + static_cast<int64_t>(s) * (listed + 1);
        ref.regionCount = listed;
        ref.ownBegin = own * p;
        ref.firstQuery = token;
        ref.slidingWindow = c.window;
        ref.scale = args.scale;
        ref.out = want.data() + static_cast<int64_t>(s) * c.headsPerSelector * dim;
        ref.regionMass = wantMass.data();
        ASSERT_EQ(reference::gatheredAttention(ref), Status::Ok);
        for (int32_t h = 0; h < c.headsPerSelector; ++h) {
            for (int32_t i = 0; i <= listed; ++i) {
                const float got = gotMass[static_cast<size_t>((s * c.headsPerSelector + h) * (listed + 2) + i)];
                const float expected = wantMass[static_cast<size_t>(h * (listed + 1) + i)];
                ASSERT_NEAR(got, expected, 1e-6f + tolerance * expected)
                    << "selector " << s << " head " << h << " entry " << i;
            }
        }
    }
    // Int4 rounds the decoded values to bf16.
    EXPECT_LT(nmse(out.download(), want), kGatheredLimit);
}

TEST_F(Attention, TokensEqualReference) {
    for (const KvType type : {KvType::BF16, KvType::Int8, KvType::Int4, KvType::Fp8}) {
        for (const int32_t dim : {64, 80, 96, 128}) {
            const std::vector<TokenCase> cases = {
                {{type, 2, dim, 16, 4, 1}, 4, 4, 0, false, 0, 1},
                {{type, 2, dim, 16, 4, 16 * 40 + 9}, 4, 4, 29, false, 0, 3},
                {{type, 1, dim, 16, 4, 16 * 40 + 16}, 16, 16, 40, false, 0, 2},
                {{type, 2, dim, 16, 4, 16 * 30 + 1}, 3, 1, 11, false, 0, 4},
                {{type, 1, dim, 8, 4, 8 * 50 + 3}, 2, 2, 33, false, 0, 2},
                {{type, 1, dim, 32, 4, 32 * 11 + 20}, 8, 8, 7, false, 0, 5},
                {{type, 1, dim, 16, 4, 16 * 70 + 5}, 2, 2, 0, true, 0, 4},
                {{type, 1, dim, 16, 4, 16 * 70 + 5}, 2, 2, 0, true, 333, 4},
            };
            for (const TokenCase& c : cases) {
                SCOPED_TRACE(::testing::Message()
                             << "type " << static_cast<int>(type) << " dim " << dim << " p " << c.kv.regionTokens
                             << " tokens " << c.kv.tokens << " heads " << c.headsPerSelector << " dense " << c.dense
                             << " window " << c.window);
                checkToken(c, stream.get());
                if (HasFatalFailure()) return;
            }
        }
    }
}

}  // namespace
}  // namespace lectern::kernels::cuda::testing

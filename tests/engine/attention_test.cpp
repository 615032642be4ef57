// The attention layer against the independent numpy reading, and the properties attention.md lists.

#include <gtest/gtest.h>

#include "tests/engine/attention_fixture.h"

#include "engine/attention/planner.h"

namespace lectern::test {
namespace {

// f32 softmax over at most 128 keys against double: a few ulps of values below 1.
constexpr double kTolerance = 2e-5;

AttentionProfile goldenProfile(Scorer scorer) {
    AttentionProfile profile;
    profile.region = 4;
    profile.merge = 4;
    profile.prefill = {128, 4, 1, scorer, HeadGrouping::PerQueryHead};
    profile.decode = profile.prefill;
    return profile;
}

TEST(Attention, BlockwiseModesEqualTheNumpyReading) {
    const nlohmann::json golden = readJson("ms_attention_golden.json");
    const int64_t n = golden["tokens"];
    for (const auto& item : golden["blockwise"]) {
        const AttentionMode mode = *parseAttentionMode(item["mode"].get<std::string>());
        const AttentionProfile profile = goldenProfile(*parseScorer(item["scorer"].get<std::string>()));
        Layer layer(n, 1, 1, golden["dim"], 4);
        layer.append(0, n);
        DocumentTrace trace(4, 16, 1, 1, 1, 4);
        trace.resizeBlocks(n / 16);
        const std::vector<float> out = layer.attend(mode, profile, 0, n, &trace);
        for (const auto& block : item["blocks"]) {
            const auto entries = trace.entries(block["start"].get<int64_t>() / 16, 0, 0);
            ASSERT_EQ(entries.size(), block["merged"].size());
            for (size_t i = 0; i < entries.size(); ++i) {
                EXPECT_EQ(entries[i].region, block["merged"][i].get<int>())
                    << item["mode"] << block["start"] << " rank " << i;
                EXPECT_EQ(entries[i].nominator, block["nominators"][i].get<int>());
            }
        }
        for (size_t i = 0; i < item["rows"].size(); ++i) {
            for (int32_t d = 0; d < layer.dim; ++d) {
                EXPECT_NEAR(out[item["rows"][i].get<size_t>() * layer.dim + d], item["out"][i][d].get<float>(),
                            kTolerance);
            }
        }
    }
}

TEST(Attention, DecodeEqualsTheNumpyReading) {
    const nlohmann::json golden = readJson("ms_attention_golden.json");
    for (const auto& item : golden["decode"]) {
        const AttentionProfile profile = goldenProfile(*parseScorer(item["scorer"].get<std::string>()));
        const int64_t n = item["tokens"];
        Layer layer(n, 1, 1, golden["dim"], 4);
        layer.q = generated(1, 768 * layer.dim);  // the golden's query is row n - 1 of the full array
        layer.append(0, n);
        AnswerTrace trace{1, 1, 4, 1, 4, {}};
        trace.steps.resize(1);
        trace.steps[0].groups.resize(1);
        const std::vector<float> out = layer.attend(AttentionMode::MsDecode, profile, n - 1, 1, nullptr, &trace);
        for (int32_t d = 0; d < layer.dim; ++d) {
            EXPECT_NEAR(out[d], item["out"][d].get<float>(), kTolerance);
        }
        std::map<int, float> mass;
        for (const auto& entry : trace.steps[0].groups[0]) {
            mass[entry.region] = entry.mass;
        }
        ASSERT_EQ(mass.size(), item["regions"].size());
        for (size_t i = 0; i < item["regions"].size(); ++i) {
            EXPECT_NEAR(mass.at(item["regions"][i].get<int>()), item["mass"][i].get<float>(), kTolerance);
        }
    }
}

TEST(Attention, ContextsWithinTheBudgetAreDense) {
    for (const HeadGrouping grouping : {HeadGrouping::PerQueryHead, HeadGrouping::PerKvHead}) {
        for (const AttentionMode mode : {AttentionMode::MsPrefill, AttentionMode::MsTrain, AttentionMode::MsDecode}) {
            Layer layer(250, 6, 2, 16, 8);
            layer.append(0, 250);
            AttentionProfile profile;
            profile.region = 8;
            profile.merge = 4;
            profile.prefill = {512, 4, 1, Scorer::Mean, grouping};
            profile.decode = {512, 4, 1, Scorer::Bound, grouping};
            const auto dense = layer.attend(AttentionMode::Dense, profile, 0, 250);
            EXPECT_LT(maxDifference(layer.attend(mode, profile, 0, 250), dense), kTolerance) << name(mode);
        }
    }
}

TEST(Attention, SelectionsLieBeforeTheirBlockAndHaveTheExactCount) {
    Layer layer(2048, 4, 2, 16, 8);
    layer.append(0, 2048);
    AttentionProfile profile;
    profile.region = 8;
    profile.merge = 8;
    profile.prefill = {512, 8, 1, Scorer::Mean, HeadGrouping::PerKvHead};
    profile.decode = profile.prefill;
    for (const AttentionMode mode : {AttentionMode::MsPrefill, AttentionMode::MsTrain}) {
        DocumentTrace trace(8, 64, 1, 2, 1, 8);
        trace.resizeBlocks(32);
        layer.attend(mode, profile, 0, 2048, &trace);
        const int32_t regions = 512 / 8;
        const size_t expected = mode == AttentionMode::MsTrain ? regions - 8 : regions - 8 - 8 - 1;
        int sparseBlocks = 0;
        for (int64_t block = 0; block < 32; ++block) {
            for (int32_t group = 0; group < 2; ++group) {
                const auto entries = trace.entries(block, 0, group);
                if (entries.empty()) {
                    continue;
                }
                ++sparseBlocks;
                EXPECT_EQ(entries.size(), expected);
                std::set<RegionId> distinct;
                for (const auto& entry : entries) {
                    EXPECT_LT(entry.region, block * 8);
                    EXPECT_LT(entry.nominator, 8);
                    distinct.insert(entry.region);
                    if (mode == AttentionMode::MsPrefill) {
                        EXPECT_GE(entry.region, 1);
                        EXPECT_LT(entry.region, block * 8 - 8);
                    }
                }
                EXPECT_EQ(distinct.size(), expected);
            }
        }
        EXPECT_GT(sparseBlocks, 40);
    }
}

TEST(Attention, ChunksEqualASinglePrefill) {
    AttentionProfile profile;
    profile.region = 8;
    profile.merge = 4;
    profile.prefill = {256, 4, 1, Scorer::Mean, HeadGrouping::PerKvHead};
    profile.decode = profile.prefill;
    for (const KvType type : {KvType::F32, KvType::BF16, KvType::Int8, KvType::Int4, KvType::Fp8}) {
        Layer whole(1000, 4, 2, 16, 8, type), chunked(1000, 4, 2, 16, 8, type);
        whole.append(0, 1000);
        const auto expected = whole.attend(AttentionMode::MsPrefill, profile, 0, 1000);
        std::vector<float> got;
        for (const auto& [first, count] : {std::pair<int64_t, int64_t>{0, 64}, {64, 32}, {96, 640}, {736, 264}}) {
            chunked.append(first, count);
            const auto part = chunked.attend(AttentionMode::MsPrefill, profile, first, count);
            got.insert(got.end(), part.begin(), part.end());
        }
        EXPECT_LT(maxDifference(got, expected), 1e-6) << name(type);
    }
}

TEST(Attention, PerKvHeadSumsTheGroupsScores) {
    // Two query heads with equal queries select as one head does.
    Layer pair(600, 2, 1, 16, 8), single(600, 1, 1, 16, 8);
    for (int64_t t = 0; t < 600; ++t) {
        for (int32_t d = 0; d < 16; ++d) {
            pair.q[static_cast<size_t>((t * 2) * 16 + d)] = pair.q[static_cast<size_t>((t * 2 + 1) * 16 + d)] =
                single.q[static_cast<size_t>(t * 16 + d)];
        }
    }
    pair.append(0, 600);
    single.append(0, 600);
    AttentionProfile profile;
    profile.region = 8;
    profile.merge = 2;
    profile.prefill = {128, 2, 1, Scorer::Bound, HeadGrouping::PerKvHead};
    profile.decode = profile.prefill;
    for (const AttentionMode mode : {AttentionMode::MsPrefill, AttentionMode::MsDecode}) {
        const auto both = pair.attend(mode, profile, 0, 600);
        const auto one = single.attend(mode, profile, 0, 600);
        for (size_t i = 0; i < one.size(); ++i) {
            const size_t token = i / 16, d = i % 16;
            ASSERT_NEAR(both[token * 32 + d], one[i], 1e-5);
            ASSERT_NEAR(both[token * 32 + 16 + d], one[i], 1e-5);
        }
    }
}

TEST(Attention, ManyQueryHeadsMaySelectOverOneKvHead) {
    constexpr int32_t kHeads = 130, kDim = 16;
    constexpr int64_t kTokens = 300;
    Layer many(kTokens, kHeads, 1, kDim, 8), single(kTokens, 1, 1, kDim, 8);
    many.append(0, kTokens);
    single.append(0, kTokens);
    AttentionProfile profile;
    profile.region = 8;
    profile.merge = 2;
    profile.prefill = {128, 2, 1, Scorer::Bound, HeadGrouping::PerQueryHead};
    profile.decode = profile.prefill;
    // Twice: the second call starts from what each head chose in the first.
    for (int turn = 0; turn < 2; ++turn) {
        const auto all = many.attend(AttentionMode::MsDecode, profile, kTokens - 1, 1);
        for (const int32_t head : {0, 63, 64, kHeads - 1}) {
            const auto* query = many.q.data() + ((kTokens - 1) * kHeads + head) * kDim;
            std::copy_n(query, kDim, single.q.end() - kDim);
            const auto one = single.attend(AttentionMode::MsDecode, profile, kTokens - 1, 1);
            for (int32_t d = 0; d < kDim; ++d) {
                ASSERT_NEAR(all[static_cast<size_t>(head * kDim + d)], one[static_cast<size_t>(d)], 1e-6) << head;
            }
        }
    }
}

TEST(Attention, TruncationEqualsAFreshRun) {
    for (const KvType type : {KvType::F32, KvType::BF16}) {
        Layer fresh(300, 2, 1, 16, 8, type), cut(300, 2, 1, 16, 8, type);
        AttentionProfile profile;
        profile.region = 8;
        profile.merge = 2;
        profile.prefill = {128, 2, 1, Scorer::Mean, HeadGrouping::PerKvHead};
        profile.decode = {128, 2, 1, Scorer::Bound, HeadGrouping::PerKvHead};
        fresh.append(0, 300);
        cut.append(0, 291);
        ASSERT_TRUE(cut.storage->truncate(203));
        cut.append(203, 97);
        EXPECT_EQ(maxDifference(fresh.attend(AttentionMode::MsDecode, profile, 290, 10),
                                cut.attend(AttentionMode::MsDecode, profile, 290, 10)),
                  0.0);
    }
}

TEST(Attention, ExcludedRegionsAreNotSeen) {
    Layer layer(200, 1, 1, 16, 8);
    // Region 10's values are huge: any weight on them would show.
    for (int64_t t = 80; t < 88; ++t) {
        std::fill_n(layer.v.begin() + t * 16, 16, 1e6f);
    }
    layer.append(0, 200);
    AttentionProfile profile;
    profile.region = 8;
    profile.merge = 2;
    profile.prefill = {1024, 2, 1, Scorer::Mean, HeadGrouping::PerKvHead};
    profile.decode = profile.prefill;
    std::vector<float> rows(layer.q.begin() + 199 * 16, layer.q.end()), result(16);
    const Tensor queries = hostTensor(rows, 1);
    Tensor out = hostTensor(result, 1);
    const std::vector<RegionId> excluded{10};
    AttentionOp op;
    op.q = &queries;
    op.firstToken = 199;
    op.tokens = 1;
    op.mode = AttentionMode::MsDecode;
    op.profile = &profile;
    op.excludedRegions = excluded;
    ASSERT_TRUE(cpuAttention(*layer.storage, op, out, layer.pool));
    EXPECT_LT(*std::max_element(result.begin(), result.end()), 2.0f);
}

TEST(Planner, CountsFollowTheTableOfModes) {
    AttentionProfile profile;  // p 16, W 2048: T 128; m 16, local 16, sink 1
    EXPECT_TRUE(blockFrame(AttentionMode::MsPrefill, profile, 1792).dense);  // 112 before the block, all fit T - m
    EXPECT_FALSE(blockFrame(AttentionMode::MsPrefill, profile, 2048).dense);
    const SelectionFrame frame = blockFrame(AttentionMode::MsPrefill, profile, 4096);
    EXPECT_EQ(frame.keep, 128 - 16 - 16 - 1);
    EXPECT_EQ(frame.candidateBegin, 1);
    EXPECT_EQ(frame.candidateEnd, 256 - 16);
    EXPECT_TRUE(blockFrame(AttentionMode::MsTrain, profile, 1792).dense);
    EXPECT_EQ(blockFrame(AttentionMode::MsTrain, profile, 4096).keep, 128 - 16);
    EXPECT_EQ(decodeFrame(AttentionMode::MsDecode, profile, 100000).keep, 128 - 16 - 1);
    EXPECT_TRUE(decodeFrame(AttentionMode::Dense, profile, 100000).dense);
}

}  // namespace
}  // namespace lectern::test

#include "tests/engine/cuda/cuda_session.h"

namespace lectern::test {
namespace {

TEST_F(CudaSession, EveryModeAndCacheTypeEqualsTheCpu) {
    loadModels();
    for (const AttentionMode mode :
         {AttentionMode::Dense, AttentionMode::MsPrefill, AttentionMode::MsTrain, AttentionMode::MsDecode}) {
        for (const KvType type : {KvType::BF16, KvType::Int8, KvType::Int4, KvType::Fp8}) {
            const Pair pair = open(profile(mode, type));
            const std::string label = std::string(name(mode)) + " " + std::string(name(type));
            const double limit = mode != AttentionMode::Dense ? kSparseLimit
                                 : type == KvType::Int4       ? kInt4DenseLimit
                                                              : kDenseLimit;
            prefill(pair, tokens(1517));
            const double document = pair.difference();
            decode(pair, tokens(21, 8));
            const double question = pair.difference();
            std::vector<double> each;
            for (const TokenId token : tokens(20, 9)) {
                decode(pair, {&token, 1});
                each.push_back(pair.difference());
            }
            std::sort(each.begin(), each.end());
            // The middle one: most tokens exchange no heavy region.
            const double answer = each[each.size() / 2];
            std::printf("%-20s document %.2e question %.2e answer %.2e, worst %.2e\n", label.c_str(), document,
                        question, answer, each.back());
            EXPECT_LT(document, limit) << label;
            EXPECT_LT(question, limit) << label;
            EXPECT_LT(answer, limit) << label;
            EXPECT_LT(each.back(), mode == AttentionMode::Dense ? limit : kSparseTokenLimit) << label;
        }
    }
}

TEST_F(CudaSession, PerQueryHeadAndOtherGeometry) {
    for (const int32_t headDim : {64, 128}) {
        loadModels(DType::BF16, headDim);
        AttentionProfile with = profile(AttentionMode::MsPrefill);
        with.region = 32;
        with.merge = 2;
        with.prefill.local = with.decode.local = 2;
        with.prefill.heads = with.decode.heads = HeadGrouping::PerQueryHead;
        with.prefill.scorer = Scorer::Bound;
        with.decode.scorer = Scorer::Mean;
        const Pair pair = open(with);
        prefill(pair, tokens(1111));
        decode(pair, tokens(40, 8));
        std::printf("per query head, %d: %.2e\n", headDim, pair.difference());
        EXPECT_LT(pair.difference(), kSparseLimit);
    }
}

TEST_F(CudaSession, StoredWeightFormats) {
    for (const DType type : {DType::F32, DType::BF16, DType::Q8_0}) {
        loadModels(type);
        const Pair pair = open(profile(AttentionMode::Dense));
        prefill(pair, tokens(300));
        const double document = pair.difference();
        decode(pair, tokens(1, 4));
        std::printf("weights %d: document %.2e token %.2e\n", static_cast<int>(type), document, pair.difference());
        EXPECT_LT(document, kDenseLimit);
        EXPECT_LT(pair.difference(), kDenseLimit);
    }
}

TEST_F(CudaSession, TokenByTokenEqualsAllAtOnce) {
    loadModels();
    for (const AttentionMode mode : {AttentionMode::Dense, AttentionMode::MsPrefill}) {
        for (const KvType type : {KvType::BF16, KvType::Int8}) {
            const Pair once = open(profile(mode, type)), single = open(profile(mode, type));
            const auto document = tokens(700), question = tokens(45, 6);
            ASSERT_TRUE(once.cuda->prefill(document, nullptr, {}));
            ASSERT_TRUE(single.cuda->prefill(document, nullptr, {}));
            ASSERT_TRUE(once.cuda->decode(question, {}));
            for (const TokenId token : question) {
                ASSERT_TRUE(single.cuda->decode({&token, 1}, {}));
            }
            const double difference = nmse(single.cuda->lastLogits(), once.cuda->lastLogits());
            std::printf("%s %s single over at once: %.2e\n", std::string(name(mode)).c_str(),
                        std::string(name(type)).c_str(), difference);
            EXPECT_LT(difference, mode == AttentionMode::Dense ? kDenseLimit : kSparseLimit);
        }
    }
}

TEST_F(CudaSession, ChunkedEqualsSinglePrefill) {
    loadModels();
    const Pair whole = open(profile(AttentionMode::MsPrefill)),
               chunks = open(profile(AttentionMode::MsPrefill), false, 3);
    ASSERT_TRUE(whole.cuda->prefill(tokens(1500), nullptr, {}));
    ASSERT_TRUE(chunks.cuda->prefill(tokens(1500), nullptr, {}));
    EXPECT_LT(nmse(chunks.cuda->lastLogits(), whole.cuda->lastLogits()), kSparseLimit);
}

TEST_F(CudaSession, TruncationReopensARegion) {
    loadModels();
    for (const KvType type : {KvType::BF16, KvType::Int8, KvType::Int4, KvType::Fp8}) {
        for (const int64_t kept : {704, 709, 0}) {
            const Pair pair = open(profile(AttentionMode::Dense, type));
            prefill(pair, tokens(1003));
            decode(pair, tokens(20, 4));
            pair.both([&](Session& session) { ASSERT_TRUE(session.truncate(kept)); });
            decode(pair, tokens(30, 7));
            EXPECT_LT(pair.difference(), kDenseLimit) << name(type) << " " << kept;
            const TokenId one = 5;
            decode(pair, {&one, 1});
            EXPECT_LT(pair.difference(), kDenseLimit) << name(type) << " " << kept;
        }
    }
}

TEST_F(CudaSession, ExcludedRegionsAreLeftOut) {
    loadModels();
    for (const AttentionMode mode : {AttentionMode::MsPrefill, AttentionMode::Dense}) {
        const Pair pair = open(profile(mode));
        prefill(pair, tokens(1200));
        const std::vector<float> before(pair.cuda->lastLogits().begin(), pair.cuda->lastLogits().end());
        pair.both([](Session& session) { session.setExcludedRegions({0, 3, 4, 5, 20, 21, 40, 70, 71, 72, 73}); });
        for (const TokenId token : tokens(3, 12)) {
            decode(pair, {&token, 1});
            EXPECT_LT(pair.difference(), kSparseLimit) << name(mode);
        }
        decode(pair, tokens(9, 13));
        EXPECT_LT(pair.difference(), kSparseLimit) << name(mode);
        pair.both([](Session& session) { session.setExcludedRegions({}); });
        decode(pair, tokens(2, 14));
        EXPECT_LT(pair.difference(), kSparseLimit) << name(mode);
    }
}

TEST_F(CudaSession, CancelKeepsTheSessionUsable) {
    loadModels();
    const Pair pair = open(profile(AttentionMode::MsPrefill), true, 2);
    std::stop_source stop;
    const auto result = pair.cuda->prefill(
        tokens(1500),
        [&](const PrefillProgress& at) {
            if (at.doneTokens >= 512) stop.request_stop();
        },
        stop.get_token());
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::Cancelled);
    const int64_t kept = pair.cuda->tokens();
    EXPECT_EQ(kept % 64, 0);
    const auto all = tokens(1500);
    ASSERT_TRUE(pair.cuda->prefill(std::span(all).subspan(static_cast<size_t>(kept)), nullptr, {}));
    ASSERT_TRUE(pair.cpu->prefill(all, nullptr, {}));
    EXPECT_LT(pair.difference(), kSparseLimit);
}

TEST_F(CudaSession, SecondSessionDoesNotMeetTheFirstOnesGraph) {
    loadModels();
    for (int round = 0; round < 3; ++round) {
        const Pair pair = open(profile(AttentionMode::MsPrefill));
        prefill(pair, tokens(600, static_cast<uint64_t>(round) + 20));
        for (const TokenId token : tokens(6, 21)) {
            decode(pair, {&token, 1});
        }
        EXPECT_LT(pair.difference(), kSparseLimit);
    }
}

TEST_F(CudaSession, RefusalsSayWhy) {
    loadModels();
    SessionOptions options;
    options.profile = profile(AttentionMode::Dense, KvType::F32);
    options.capacityTokens = 4096;
    auto refused = Session::create(cudaModel, cuda, options);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::Unsupported);
    options.profile = profile(AttentionMode::Dense);
    options.profile.capacity = {};
    options.ropeScale = 1;
    options.capacityTokens = int64_t{1} << 30;
    refused = Session::create(cudaModel, cuda, options);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::LimitExceeded);
    EXPECT_NE(refused.error().message.find("GiB"), std::string::npos) << refused.error().message;
}

}  // namespace
}  // namespace lectern::test

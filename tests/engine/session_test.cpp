// Sessions over a tiny seeded model: prefill, decode, truncate, cancel.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "engine/backend/cpu_backend.h"
#include "engine/model/random_model.h"
#include "engine/session/session.h"
#include "tests/engine/support/synthetic_model.h"

namespace lectern::test {
namespace {

std::shared_ptr<const Model> tinyModel(const std::shared_ptr<Backend>& backend) {
    return *Model::create(*makeRandomModel(smallModelConfig(128), DType::F32, 7), *backend);
}

AttentionProfile sparseProfile() {
    AttentionProfile profile;
    profile.region = 8;
    profile.merge = 4;
    profile.prefill = {256, 4, 1, Scorer::Mean, HeadGrouping::PerKvHead};
    profile.decode = {256, 4, 1, Scorer::Bound, HeadGrouping::PerKvHead};
    profile.capacity = {{4096, 1.0}};
    return profile;
}

std::vector<TokenId> tokens(int64_t count, uint64_t seed = 3) {
    std::mt19937_64 random(seed);
    std::vector<TokenId> ids(static_cast<size_t>(count));
    std::generate(ids.begin(), ids.end(), [&] { return static_cast<TokenId>(random() % 128); });
    return ids;
}

double worst(std::span<const float> a, std::span<const float> b) {
    double difference = a.size() == b.size() ? 0 : 1e30;
    for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
        difference = std::max(difference, static_cast<double>(std::abs(a[i] - b[i])));
    }
    return difference;
}

class SessionTest : public ::testing::Test {
  protected:
    std::shared_ptr<Backend> backend = std::make_shared<CpuBackend>(2);
    std::shared_ptr<const Model> model = tinyModel(backend);

    std::unique_ptr<Session> open(AttentionProfile profile, int32_t chunkBlocks = 0, bool trace = false,
                                  int64_t capacity = 2048) {
        SessionOptions options;
        options.profile = std::move(profile);
        options.capacityTokens = capacity;
        options.chunkBlocks = chunkBlocks;
        options.recordDocumentTrace = options.recordAnswerTrace = trace;
        auto session = Session::create(model, backend, options);
        EXPECT_TRUE(session) << session.error().message;
        return std::move(*session);
    }
};

TEST_F(SessionTest, ChunkedPrefillEqualsASingleOne) {
    const auto document = tokens(1003);
    for (const AttentionMode mode :
         {AttentionMode::Dense, AttentionMode::MsPrefill, AttentionMode::MsTrain, AttentionMode::MsPretrain}) {
        AttentionProfile profile = sparseProfile();
        profile.mode = mode;
        profile.kvType = KvType::F32;
        auto whole = open(profile, 64), chunked = open(profile, 1);
        ASSERT_TRUE(whole->prefill(document, nullptr, {}));
        ASSERT_TRUE(chunked->prefill(document, nullptr, {}));
        EXPECT_LT(worst(whole->lastLogits(), chunked->lastLogits()), 1e-4) << name(mode);
    }
}

TEST_F(SessionTest, ChunkedDensePrefillOverBfloat16EqualsASingleOneButForRounding) {
    // Chunks begin the own part elsewhere, so softmax weights are rounded to bfloat16 under other maxima: twice a mean
    // square of 2^-16 / 3 in each attention, whose outputs are no larger than the residual stream that they are added
    // to. Keys and values of the second layer then fall on other sides of bfloat16 steps: the same twice again.
    AttentionProfile profile = sparseProfile();
    profile.mode = AttentionMode::Dense;
    const auto document = tokens(1003);
    auto whole = open(profile, 64), chunked = open(profile, 1);
    ASSERT_TRUE(whole->prefill(document, nullptr, {}));
    ASSERT_TRUE(chunked->prefill(document, nullptr, {}));
    double error = 0, square = 0;
    for (size_t i = 0; i < whole->lastLogits().size(); ++i) {
        const double difference = static_cast<double>(whole->lastLogits()[i]) - chunked->lastLogits()[i];
        error += difference * difference;
        square += static_cast<double>(whole->lastLogits()[i]) * whole->lastLogits()[i];
    }
    EXPECT_LT(error / square, 8 * std::ldexp(1.0, -16) / 3);
}

TEST_F(SessionTest, DenseDecodeAfterPrefillEqualsPrefillOfTheLongerText) {
    AttentionProfile profile = sparseProfile();
    profile.mode = AttentionMode::Dense;
    profile.kvType = KvType::F32;
    const auto text = tokens(700);
    auto decoded = open(profile), whole = open(profile);
    ASSERT_TRUE(decoded->prefill(std::span(text).first(650), nullptr, {}));
    ASSERT_TRUE(decoded->decode(std::span(text).subspan(650), {}));
    ASSERT_TRUE(whole->prefill(text, nullptr, {}));
    EXPECT_LT(worst(decoded->lastLogits(), whole->lastLogits()), 1e-4);
}

TEST_F(SessionTest, QuestionTokensSelectOneByOne) {
    // Decoding a question in one call or token by token is the same computation.
    const auto document = tokens(900), question = tokens(21, 5);
    auto together = open(sparseProfile()), single = open(sparseProfile());
    ASSERT_TRUE(together->prefill(document, nullptr, {}));
    ASSERT_TRUE(single->prefill(document, nullptr, {}));
    ASSERT_TRUE(together->decode(question, {}));
    for (const TokenId token : question) {
        ASSERT_TRUE(single->decode({&token, 1}, {}));
    }
    EXPECT_LT(worst(together->lastLogits(), single->lastLogits()), 1e-4);
}

TEST_F(SessionTest, TruncatingToTheDocumentForgetsTheQuestion) {
    const auto document = tokens(901), first = tokens(30, 5), second = tokens(17, 6);
    auto reused = open(sparseProfile(), 0, true), fresh = open(sparseProfile());
    ASSERT_TRUE(reused->prefill(document, nullptr, {}));
    ASSERT_TRUE(reused->decode(first, {}));
    ASSERT_TRUE(reused->generate({.maxTokens = 40, .sampler = {}, .stopStrings = {}}, nullptr, {}));
    ASSERT_TRUE(reused->truncate(901));
    ASSERT_TRUE(reused->decode(second, {}));
    ASSERT_TRUE(fresh->prefill(document, nullptr, {}));
    ASSERT_TRUE(fresh->decode(second, {}));
    EXPECT_LT(worst(reused->lastLogits(), fresh->lastLogits()), 1e-5);
}

TEST_F(SessionTest, TracingChangesNothing) {
    const auto document = tokens(900), question = tokens(10, 5);
    auto traced = open(sparseProfile(), 0, true), plain = open(sparseProfile());
    for (Session* session : {traced.get(), plain.get()}) {
        ASSERT_TRUE(session->prefill(document, nullptr, {}));
        ASSERT_TRUE(session->decode(question, {}));
    }
    const auto a = traced->generate({.maxTokens = 20, .sampler = {}, .stopStrings = {}}, nullptr, {});
    const auto b = plain->generate({.maxTokens = 20, .sampler = {}, .stopStrings = {}}, nullptr, {});
    EXPECT_EQ(a->tokens, b->tokens);

    const AnswerTrace& trace = traced->answerTrace();
    ASSERT_EQ(trace.steps.size(), a->tokens.size() + 1);
    for (size_t i = 0; i < a->tokens.size(); ++i) {
        EXPECT_EQ(trace.steps[i].id, a->tokens[i]);
        EXPECT_FALSE(trace.steps[i].citation.empty());
        ASSERT_EQ(trace.steps[i].groups.size(), 4u);
        double mass = 0;
        for (const auto& entry : trace.steps[i].groups[0]) {
            mass += entry.mass;
        }
        EXPECT_GT(mass, 0.3);
        EXPECT_LE(mass, 1.0 + 1e-5);
    }
    EXPECT_EQ(traced->documentTrace().blockCount(), (900 + 31) / 32);
    EXPECT_FALSE(traced->documentTrace().entries(20, 1, 1).empty());
}

TEST_F(SessionTest, TracesSurviveSerialization) {
    auto session = open(sparseProfile(), 0, true);
    ASSERT_TRUE(session->prefill(tokens(900), nullptr, {}));
    ASSERT_TRUE(session->decode(tokens(4, 9), {}));
    const std::string document = serialize(session->documentTrace()), answer = serialize(session->answerTrace());
    EXPECT_EQ(serialize(*parseDocumentTrace(document)), document);
    EXPECT_EQ(serialize(*parseAnswerTrace(answer)), answer);
    for (const size_t cut : {size_t{0}, size_t{3}, size_t{20}, document.size() / 2, document.size() - 1}) {
        EXPECT_FALSE(parseDocumentTrace(std::string_view(document).substr(0, cut)));
        EXPECT_FALSE(parseAnswerTrace(std::string_view(answer).substr(0, std::min(cut, answer.size() - 1))));
    }
    // Flipped bytes give an error or another trace, never a crash.
    std::mt19937_64 random(1);
    for (int i = 0; i < 300; ++i) {
        std::string damaged = i % 2 ? document : answer;
        damaged[random() % damaged.size()] ^= static_cast<char>(1 + random() % 255);
        (void)parseDocumentTrace(damaged).ok();
        (void)parseAnswerTrace(damaged).ok();
    }
}

TEST_F(SessionTest, CancelKeepsWholeChunksAndCanResume) {
    const auto document = tokens(1000);
    auto session = open(sparseProfile(), 4), whole = open(sparseProfile(), 4);
    std::stop_source stop;
    const auto result = session->prefill(
        document,
        [&](const PrefillProgress& progress) {
            if (progress.doneTokens >= 256) {
                stop.request_stop();
            }
        },
        stop.get_token());
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::Cancelled);
    EXPECT_EQ(session->tokens(), 256);
    ASSERT_TRUE(session->prefill(std::span(document).subspan(256), nullptr, {}));
    ASSERT_TRUE(whole->prefill(document, nullptr, {}));
    EXPECT_LT(worst(session->lastLogits(), whole->lastLogits()), 1e-4);
}

TEST_F(SessionTest, OverflowIsRefusedBeforeRunning) {
    auto session = open(sparseProfile(), 0, false, 512);
    const auto result = session->prefill(tokens(600), nullptr, {});
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::LimitExceeded);
    EXPECT_EQ(session->tokens(), 0);
    ASSERT_TRUE(session->prefill(tokens(512), nullptr, {}));
    EXPECT_FALSE(session->decode(tokens(1), {}));
    EXPECT_EQ(session->tokens(), 512);
}

TEST_F(SessionTest, CapacityClassChoosesTheRopeScale) {
    AttentionProfile profile = sparseProfile();
    profile.capacity = {{512, 1.0}, {2048, 8.0}};
    EXPECT_EQ(open(profile, 0, false, 512)->ropeScale(), 1.0);
    EXPECT_EQ(open(profile, 0, false, 513)->ropeScale(), 8.0);
    SessionOptions options;
    options.profile = profile;
    options.capacityTokens = 5000;
    const auto refused = Session::create(model, backend, options);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::LimitExceeded);
}

TEST_F(SessionTest, SlidingWindowMasksWhatIsFar) {
    ModelConfig config = model->config();
    config.slidingWindow = 24;
    const auto windowed = *Model::create(*makeRandomModel(config, DType::F32, 7), *backend);
    AttentionProfile profile = sparseProfile();
    profile.mode = AttentionMode::Dense;
    profile.kvType = KvType::F32;
    SessionOptions options;
    options.profile = profile;
    options.capacityTokens = 512;
    // With two layers of window 24 the last token depends on the last 47 tokens alone; absolute positions cancel in
    // RoPE.
    auto a = tokens(300), b = a;
    for (size_t i = 0; i < 300 - 47; ++i) {
        b[i] = (b[i] + 1) % 128;
    }
    auto first = *Session::create(windowed, backend, options), second = *Session::create(windowed, backend, options);
    ASSERT_TRUE(first->prefill(a, nullptr, {}));
    ASSERT_TRUE(second->prefill(std::span(b).first(299), nullptr, {}));
    ASSERT_TRUE(second->decode(std::span(b).last(1), {}));
    EXPECT_LT(worst(first->lastLogits(), second->lastLogits()), 1e-4);
    b[299 - 47 + 1] = (b[299 - 47 + 1] + 1) % 128;
    auto third = *Session::create(windowed, backend, options);
    ASSERT_TRUE(third->prefill(b, nullptr, {}));
    EXPECT_GT(worst(first->lastLogits(), third->lastLogits()), 1e-6);
}

TEST(Sampler, GreedySeedsAndFilters) {
    const std::vector<float> logits{0.1f, 2.0f, 2.0f, -1.0f, 1.5f};
    EXPECT_EQ(Sampler({}).next(logits), 1);
    EXPECT_EQ(Sampler({.temperature = 1, .topK = 1}).next(logits), 1);
    std::vector<int> counts(5);
    Sampler sampler({.temperature = 1, .topK = 3, .topP = 1, .seed = 5});
    for (int i = 0; i < 3000; ++i) {
        ++counts[static_cast<size_t>(sampler.next(logits))];
    }
    EXPECT_EQ(counts[0] + counts[3], 0);
    EXPECT_NEAR(counts[1] / 3000.0, 1 / (2 + std::exp(-0.5)), 0.03);
    Sampler nucleus({.temperature = 1, .topK = 0, .topP = 0.5f, .seed = 5});
    for (int i = 0; i < 300; ++i) {
        EXPECT_LE(nucleus.next(logits), 2);
    }
    Sampler one({.temperature = 1, .seed = 9}), two({.temperature = 1, .seed = 9});
    for (int i = 0; i < 100; ++i) {
        EXPECT_EQ(one.next(logits), two.next(logits));
    }
}

}  // namespace
}  // namespace lectern::test

// Verification by ablation and scopes on a model of random weights: the numbers are noise, the bookkeeping is not.

#include "app/ask/verification.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "app/ask/ask_session.h"
#include "app/ask/coverage.h"
#include "app/ingest/ingest.h"
#include "engine/session/ablation.h"
#include "tests/app/support/app_test.h"
#include "tests/app/support/tiny_model.h"

namespace lectern::app {
namespace {

using namespace test;

class VerificationTest : public ::testing::Test {
  protected:
    void SetUp() override {
        m_library = std::move(*Library::openInMemory());
        writeFile(m_directory.path() / "a.pdf", makeTextPdf(6, 10));
        const auto outcome = ingestPath(*m_library, m_directory.path() / "a.pdf", {});
        ASSERT_TRUE(outcome.ok()) << outcome.error().message;
        m_document = outcome->record.id;
        m_model = tinyModel(8192);
        ContextBuilder builder(*m_library, m_model.model->tokenizer(), "tiny");
        m_context = *builder.build(std::vector{m_document});
        AskSessionOptions options;
        options.conversationTokens = 400;
        m_session = std::move(*AskSession::create(m_model, m_context, options));
        ASSERT_TRUE(m_session->prefill({}, {}).ok());
    }
    Answer ask(const std::string& question, AnswerOptions options = {}) {
        options.maxTokens = 24;
        Result<Answer> answer = m_session->ask(
            question, options, [this](DocumentId id, int32_t page) { return m_library->page(id, page); }, {}, {});
        EXPECT_TRUE(answer.ok()) << (answer ? "" : answer.error().message);
        return answer ? std::move(*answer) : Answer{};
    }
    TemporaryDirectory m_directory;
    std::unique_ptr<Library> m_library;
    DocumentId m_document = 0;
    LoadedModel m_model;
    std::shared_ptr<const Context> m_context;
    std::unique_ptr<AskSession> m_session;
};

TEST_F(VerificationTest, EveryCitedSentenceGetsItsVerdict) {
    Answer answer = ask("Which lamp is lit?");
    ASSERT_FALSE(answer.citations.empty());
    const auto verdicts = m_session->verify("Which lamp is lit?", answer.text, answer.citations, {}, {});
    ASSERT_TRUE(verdicts.ok()) << verdicts.error().message;
    ASSERT_FALSE(verdicts->empty());
    for (const SentenceVerdict& verdict : *verdicts) {
        EXPECT_TRUE(std::isfinite(verdict.drop));
        EXPECT_EQ(verdict.state,
                  verdict.drop >= kVerifiedDropNats ? CitationState::Verified : CitationState::Unsupported);
    }
    applyVerdicts(*verdicts, answer.citations);
    for (const Citation& citation : answer.citations) {
        EXPECT_NE(citation.state, CitationState::Selected);
    }
    const auto again = m_session->verify("Which lamp is lit?", answer.text, answer.citations, {}, {});
    ASSERT_TRUE(again.ok());
    EXPECT_EQ((*again)[0].drop, (*verdicts)[0].drop) << "scoring changes nothing";
    EXPECT_TRUE(m_session->verify("Which lamp is lit?", answer.text, {}, {}, {})->empty());
}

TEST_F(VerificationTest, TheConversationGoesOnWhereItWas) {
    AnswerOptions keep;
    keep.keepConversation = true;
    const Answer first = ask("Which lamp is lit?", keep);
    const int64_t tokens = m_session->session().tokens();
    const Answer plain = ask("And then?", keep);
    ask("Which lamp is lit?");  // afresh
    EXPECT_EQ(m_session->session().tokens(), tokens);
    ASSERT_TRUE(m_session->verify("Which lamp is lit?", first.text, first.citations, {}, {}).ok());
    EXPECT_EQ(m_session->session().tokens(), tokens);
    EXPECT_EQ(ask("And then?", keep).text, plain.text);
}

TEST_F(VerificationTest, AScopeIsAllThatIsLookedAt) {
    AnswerOptions scoped;
    scoped.scope = documentScope(*m_library->document(m_document));
    scoped.scope->firstPage = 3;
    scoped.scope->lastPage = 3;
    const TokenRange tokens = *scopeTokens(*m_context, *scoped.scope);
    const Answer answer = ask("Which lamp is lit?", scoped);
    ASSERT_FALSE(answer.citations.empty());
    const int32_t region = m_session->session().profile().region;
    for (const Citation& citation : answer.citations) {
        for (const TokenRange& range : citation.tokenRanges) {
            EXPECT_GE(range.end, tokens.begin - region);
            EXPECT_LE(range.begin, tokens.end + region);
        }
    }
    const Coverage coverage = coverageOf(answer.trace, *m_context);
    EXPECT_LT(coverage.lookedShare, 0.5);
    ASSERT_FALSE(coverage.unseen.empty());
    EXPECT_EQ(coverage.unseen.back().lastPage, 5);
    EXPECT_NE(ask("Which lamp is lit?").trace.steps.size(), 0u);
    scoped.scope->firstPage = 40;
    scoped.scope->lastPage = 41;
    EXPECT_EQ(scopeTokens(*m_context, *scoped.scope).error().code, ErrorCode::InvalidInput);
}

TEST_F(VerificationTest, LikelihoodsWithoutExclusionAreTheModelsOwn) {
    auto& session = const_cast<Session&>(m_session->session());
    const auto length = static_cast<int64_t>(m_context->tokens().size());
    const std::vector<TokenId> question = {5, 6, 7};
    const std::vector<TokenId> answer = {8, 9};
    const std::vector<float> scores = *answerLogLikelihoods(session, length, question, answer, {}, {});
    ASSERT_EQ(scores.size(), 2u);
    EXPECT_EQ(session.tokens(), length + 5);
    ASSERT_TRUE(session.truncate(length).ok());
    ASSERT_TRUE(session.decode(question, {}).ok());
    double sum = 0;
    for (const float logit : session.lastLogits()) {
        sum += std::exp(static_cast<double>(logit));
    }
    EXPECT_NEAR(scores[0], session.lastLogits()[8] - std::log(sum), 2e-3);
    EXPECT_EQ(answerLogLikelihoods(session, length + 100, question, answer, {}, {}).error().code,
              ErrorCode::InvalidInput);
}

TEST(RegionsOf, TouchedRegionsOnce) {
    EXPECT_EQ(regionsOf(std::vector<TokenRange>{{33, 49}, {0, 1}, {47, 48}}, 16), (std::vector<RegionId>{0, 2, 3}));
}

}  // namespace
}  // namespace lectern::app

// The whole way from a file to an answer with citations, on a model of random weights: what is said is noise, where it
// points must be right all the same.

#include "app/ask/ask_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/ingest/ingest.h"
#include "tests/app/support/app_test.h"
#include "tests/app/support/tiny_model.h"

namespace lectern::app {
namespace {

using namespace test;
using ::testing::HasSubstr;

class AskSessionTest : public ::testing::Test {
  protected:
    void SetUp() override { m_library = std::move(*Library::openInMemory()); }
    void open(int pages, int lines, int32_t trainedContext) {
        writeFile(m_directory.path() / "a.pdf", makeTextPdf(pages, lines));
        const auto outcome = ingestPath(*m_library, m_directory.path() / "a.pdf", {});
        ASSERT_TRUE(outcome.ok()) << outcome.error().message;
        m_document = outcome->record.id;
        m_model = tinyModel(trainedContext);
        ContextBuilder builder(*m_library, m_model.model->tokenizer(), "tiny");
        m_context = *builder.build(std::vector{m_document});
        m_options.conversationTokens = 200;
        m_options.title = "a";
    }
    PageSource pages() {
        return [this](DocumentId document, int32_t page) { return m_library->page(document, page); };
    }
    AnswerOptions shortAnswer() const {
        AnswerOptions options;
        options.maxTokens = 24;
        return options;
    }
    TemporaryDirectory m_directory;
    std::unique_ptr<Library> m_library;
    DocumentId m_document = 0;
    LoadedModel m_model;
    std::shared_ptr<const Context> m_context;
    AskSessionOptions m_options;
};

TEST_F(AskSessionTest, CitesTextThatStandsThere) {
    open(3, 6, 8192);
    const auto session = AskSession::create(m_model, m_context, m_options);
    ASSERT_TRUE(session.ok()) << session.error().message;
    int64_t last = 0;
    const auto prefill = (*session)->prefill([&](const PrefillProgress& p) { last = p.doneTokens; }, {});
    ASSERT_TRUE(prefill.ok()) << prefill.error().message;
    EXPECT_EQ(last, static_cast<int64_t>(m_context->tokens().size()));
    EXPECT_EQ(prefill->tokens, last);
    std::string streamed;
    const Result<Answer> answer = (*session)->ask("Which lamp is lit?", shortAnswer(), pages(),
                                                  [&](std::string_view text) { streamed += text; }, {});
    ASSERT_TRUE(answer.ok()) << answer.error().message;
    EXPECT_THAT(streamed, HasSubstr(answer->text));
    EXPECT_EQ(answer->sentences.empty(), answer->text.empty());
    ASSERT_FALSE(answer->citations.empty());
    for (const Citation& citation : answer->citations) {
        const DocumentPage page = *m_library->page(citation.document, citation.page);
        EXPECT_EQ(citation.text, page.text.substr(static_cast<size_t>(citation.bytes.begin),
                                                  static_cast<size_t>(citation.bytes.size())));
        ASSERT_FALSE(citation.rects.empty());
        for (const PageRect& r : citation.rects) {
            EXPECT_TRUE(0 <= r.x0 && r.x0 < r.x1 && r.x1 <= 1 && 0 <= r.y0 && r.y0 < r.y1 && r.y1 <= 1);
        }
        EXPECT_GT(citation.weight, 0);
        EXPECT_LE(citation.weight, 1.000001);
        EXPECT_LT(static_cast<size_t>(citation.sentence), answer->sentences.size());
        EXPECT_EQ(citation.state, CitationState::Selected);
    }
}

TEST_F(AskSessionTest, QuestionsAreIndependentUnlessTheConversationIsKept) {
    open(2, 4, 8192);
    const auto session = AskSession::create(m_model, m_context, m_options);
    ASSERT_TRUE((*session)->prefill({}, {}).ok());
    const Answer first = *(*session)->ask("Which lamp?", shortAnswer(), pages(), {}, {});
    EXPECT_GT((*session)->budget(24).conversation, 0);
    const Answer again = *(*session)->ask("Which lamp?", shortAnswer(), pages(), {}, {});
    EXPECT_EQ(again.text, first.text);
    EXPECT_EQ(again.citations.size(), first.citations.size());
    AnswerOptions kept = shortAnswer();
    kept.keepConversation = true;
    const int64_t before = (*session)->session().tokens();
    ASSERT_TRUE((*session)->ask("And then?", kept, pages(), {}, {}).ok());
    EXPECT_GT((*session)->session().tokens(), before);
}

TEST_F(AskSessionTest, RefusesBeforeItComputes) {
    open(4, 20, 2048);
    const auto tooLong = AskSession::create(m_model, m_context, m_options);
    ASSERT_FALSE(tooLong.ok());
    EXPECT_EQ(tooLong.error().code, ErrorCode::LimitExceeded);
    EXPECT_THAT(tooLong.error().message, HasSubstr("2,048"));

    open(1, 3, 2048);
    const auto session = AskSession::create(m_model, m_context, m_options);
    ASSERT_TRUE(session.ok());
    EXPECT_EQ((*session)->ask("Why?", shortAnswer(), pages(), {}, {}).error().code, ErrorCode::InvalidInput);
    ASSERT_TRUE((*session)->prefill({}, {}).ok());
    EXPECT_EQ((*session)->ask(" \n", shortAnswer(), pages(), {}, {}).error().code, ErrorCode::InvalidInput);
    const auto longQuestion = (*session)->ask(std::string(4000, 'x'), shortAnswer(), pages(), {}, {});
    ASSERT_FALSE(longQuestion.ok());
    EXPECT_EQ(longQuestion.error().code, ErrorCode::LimitExceeded);
    EXPECT_TRUE((*session)->ask("Why?", shortAnswer(), pages(), {}, {}).ok());
}

TEST_F(AskSessionTest, ACancelledPrefillGoesOn) {
    open(8, 20, 32768);
    const auto session = AskSession::create(m_model, m_context, m_options);
    std::stop_source source;
    const auto cancelled =
        (*session)->prefill([&](const PrefillProgress&) { source.request_stop(); }, source.get_token());
    ASSERT_FALSE(cancelled.ok());
    EXPECT_EQ(cancelled.error().code, ErrorCode::Cancelled);
    const int64_t done = (*session)->session().tokens();
    EXPECT_GT(done, 0);
    EXPECT_LT(done, static_cast<int64_t>(m_context->tokens().size()));
    int64_t firstProgress = 0;
    ASSERT_TRUE(
        (*session)
            ->prefill(
                [&](const PrefillProgress& p) { firstProgress = firstProgress == 0 ? p.doneTokens : firstProgress; },
                {})
            .ok());
    EXPECT_GT(firstProgress, done);
    const auto fresh = AskSession::create(m_model, m_context, m_options);
    ASSERT_TRUE((*fresh)->prefill({}, {}).ok());
    EXPECT_EQ((*session)->ask("Which lamp?", shortAnswer(), pages(), {}, {})->text,
              (*fresh)->ask("Which lamp?", shortAnswer(), pages(), {}, {})->text);
}

TEST_F(AskSessionTest, ASavedContextIsNotReadAgain) {
    open(3, 10, 8192);
    m_options.snapshotFolder = m_directory.path() / "contexts";
    std::string text;
    {
        const auto session = AskSession::create(m_model, m_context, m_options);
        const auto report = (*session)->prefill({}, {});
        ASSERT_TRUE(report.ok());
        EXPECT_EQ(report->warning, "");
        EXPECT_EQ(report->restoredTokens, 0);
        text = (*session)->ask("Which lamp?", shortAnswer(), pages(), {}, {})->text;
    }
    const auto session = AskSession::create(m_model, m_context, m_options);
    bool read = false;
    const auto report = (*session)->prefill([&](const PrefillProgress&) { read = true; }, {});
    ASSERT_TRUE(report.ok());
    EXPECT_EQ(report->restoredTokens, static_cast<int64_t>(m_context->tokens().size()));
    EXPECT_FALSE(read);
    EXPECT_EQ((*session)->ask("Which lamp?", shortAnswer(), pages(), {}, {})->text, text);
}

}  // namespace
}  // namespace lectern::app

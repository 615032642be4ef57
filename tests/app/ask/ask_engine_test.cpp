#include "app/ask/ask_engine.h"

#include <gtest/gtest.h>

#include <map>

#include "app/ingest/ingest.h"
#include "tests/app/support/app_test.h"
#include "tests/app/support/tiny_model.h"

namespace lectern::app {
namespace {

using namespace test;

class AskEngineTest : public ::testing::Test {
  protected:
    void SetUp() override {
        runUntil([] { return true; });
        m_model = m_directory.path() / "tiny.gguf";
        writeTinyModel(m_model, 32768);
        const auto library = Library::open(m_directory.path());
        writeFile(m_directory.path() / "a.pdf", makeTextPdf(3, 6));
        writeFile(m_directory.path() / "big.pdf", makeTextPdf(8, 20));
        m_document = ingestPath(**library, m_directory.path() / "a.pdf", {})->record.id;
        m_big = ingestPath(**library, m_directory.path() / "big.pdf", {})->record.id;
        m_conversation = (*library)->createConversation("Talk", std::vector{m_document})->id;
        m_engine = std::make_unique<AskEngine>(m_directory.path());
        const auto on = [this](auto signal, auto slot) { QObject::connect(m_engine.get(), signal, &m_receiver, slot); };
        on(&AskEngine::modelLoaded, [this](JobId job, const ModelSummary& model) {
            m_summary = model;
            m_done[job] = "model";
        });
        on(&AskEngine::measured, [this](JobId job, const ContextSummary& summary) {
            m_context = summary;
            m_done[job] = "measured";
        });
        on(&AskEngine::prefillProgressed, [this](JobId, const PrefillProgress& p) { m_progress.push_back(p); });
        on(&AskEngine::ready, [this](JobId job, const AskSession::PrefillReport&, const TokenBudget& budget) {
            m_budget = budget;
            m_done[job] = "ready";
        });
        on(&AskEngine::documentTraced,
           [this](JobId, const std::shared_ptr<const DocumentTrace>& trace) { m_trace = trace; });
        on(&AskEngine::textAdded, [this](JobId, const QString& text) { m_text += text; });
        on(&AskEngine::answered, [this](JobId job, const StoredAnswer& answer, const TokenBudget& budget) {
            m_answers.push_back(answer);
            m_budget = budget;
            m_done[job] = "answered";
        });
        on(&AskEngine::failed, [this](JobId job, const Error& error) {
            m_error = error;
            m_done[job] = "failed";
        });
        RunOptions options;
        options.model = m_model.string();
        m_engine->loadModel(options);
    }
    std::string outcome(JobId job) {
        EXPECT_TRUE(runUntil([&] { return m_done.contains(job); }, std::chrono::seconds(60)));
        return m_done[job];
    }
    AskRequest request(const std::string& question) const {
        AskRequest request;
        request.question = question;
        request.options.maxTokens = 20;
        request.conversation = m_conversation;
        return request;
    }

    TemporaryDirectory m_directory;
    std::filesystem::path m_model;
    DocumentId m_document = 0, m_big = 0;
    ConversationId m_conversation = 0;
    QObject m_receiver;
    std::unique_ptr<AskEngine> m_engine;
    std::map<JobId, std::string> m_done;
    ModelSummary m_summary;
    ContextSummary m_context;
    TokenBudget m_budget;
    std::vector<PrefillProgress> m_progress;
    std::shared_ptr<const DocumentTrace> m_trace;
    std::vector<StoredAnswer> m_answers;
    QString m_text;
    Error m_error;
};

TEST_F(AskEngineTest, FromDocumentToStoredAnswer) {
    const JobId measure = m_engine->measure({m_document});
    AskSessionOptions options;
    options.recordDocumentTrace = true;
    const JobId open = m_engine->open({m_document}, options);
    const JobId ask = m_engine->ask(request("Which lamp?"));
    EXPECT_EQ(outcome(ask), "answered") << m_error.message;
    EXPECT_EQ(outcome(measure), "measured");
    EXPECT_EQ(outcome(open), "ready");
    EXPECT_EQ(m_summary.name, "tiny");
    EXPECT_TRUE(m_context.fits);
    EXPECT_EQ(m_progress.back().doneTokens, m_context.tokens);
    ASSERT_NE(m_trace, nullptr);
    EXPECT_GT(m_trace->blockCount(), 0);
    ASSERT_EQ(m_answers.size(), 1u);
    EXPECT_TRUE(m_text.contains(QString::fromStdString(m_answers[0].answer.text)));
    EXPECT_GT(m_budget.conversation, 0);
    EXPECT_EQ(m_budget.document, m_context.tokens);

    AskRequest again = request("Which lamp?");
    again.storedQuestion = m_answers[0].question;
    EXPECT_EQ(outcome(m_engine->ask(again)), "answered");
    const auto library = Library::open(m_directory.path());
    const std::vector<MessageRecord> messages = *(*library)->messages(m_conversation);
    ASSERT_EQ(messages.size(), 3u) << "one question, both answers";
    EXPECT_EQ(messages[2].replyTo, messages[0].id);
    EXPECT_EQ((*library)->citations(messages[1].id)->size(), m_answers[0].answer.citations.size());
    const auto trace = (*library)->trace(messages[1].id);
    EXPECT_TRUE(parseAnswerTrace(**trace).ok());
}

TEST_F(AskEngineTest, CancelInPrefillThenGoOn) {
    const JobId open = m_engine->open({m_big}, {});
    const JobId waiting = m_engine->ask(request("Which lamp?"));
    ASSERT_TRUE(runUntil([&] { return !m_progress.empty(); }));
    m_engine->cancelAll();
    EXPECT_EQ(outcome(open), "failed");
    EXPECT_EQ(m_error.code, ErrorCode::Cancelled);
    EXPECT_EQ(outcome(waiting), "failed");
    const int64_t done = m_progress.back().doneTokens;
    m_progress.clear();
    EXPECT_EQ(outcome(m_engine->open({m_big}, {})), "ready");
    ASSERT_FALSE(m_progress.empty());
    EXPECT_GT(m_progress.front().doneTokens, done - 1);
}

TEST_F(AskEngineTest, ErrorsComeAsSentences) {
    EXPECT_EQ(outcome(m_engine->ask(request("Which lamp?"))), "failed");
    EXPECT_EQ(m_error.code, ErrorCode::InvalidInput);
    EXPECT_EQ(outcome(m_engine->open({999}, {})), "failed");
    EXPECT_EQ(m_error.code, ErrorCode::NotFound);
    RunOptions missing;
    missing.model = "/nonexistent.gguf";
    EXPECT_EQ(outcome(m_engine->loadModel(missing)), "failed");
    EXPECT_FALSE(m_error.message.empty());
    EXPECT_EQ(outcome(m_engine->open({m_document}, {})), "failed") << "the broken model is asked for again";
}

TEST_F(AskEngineTest, DestructionInTheMiddleIsSafe) {
    m_engine->open({m_big}, {});
    ASSERT_TRUE(runUntil([&] { return !m_progress.empty(); }));
    m_engine.reset();
}

}  // namespace
}  // namespace lectern::app

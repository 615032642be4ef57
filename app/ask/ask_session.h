#pragma once
// Documents in the context of a model: prefill once, ask often. Everything here blocks; the window uses AskEngine.

#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "app/ask/citations.h"
#include "app/ask/context.h"
#include "app/ask/scope.h"
#include "app/ask/verification.h"
#include "engine/cache/snapshot_store.h"
#include "engine/session/run_options.h"
#include "engine/text/prompt_template.h"

namespace lectern::app {

struct AnswerOptions {
    int32_t maxTokens = 256;
    SamplerOptions sampler;
    /// Continue the conversation (earlier questions and answers stay in the context), or ask the documents afresh.
    bool keepConversation = false;
    /// The part of the documents that question and answer may attend to; nothing: all of them.
    std::optional<AskScope> scope;
};

struct Answer {
    std::string text;  ///< without white space at the ends
    FinishReason finish = FinishReason::Length;
    std::vector<ByteRange> sentences;  ///< of `text`
    std::vector<Citation> citations;   ///< by sentence, heaviest first
    int64_t tokens = 0;
    double questionSeconds = 0;  ///< reading the question
    double seconds = 0;          ///< generating
    AnswerTrace trace;           ///< of this answer alone
};

/// Tokens of the context by use; `capacity` is all there is.
struct TokenBudget {
    int64_t document = 0;
    int64_t conversation = 0;
    int64_t reply = 0;  ///< kept free for the answer
    int64_t capacity = 0;
    int64_t free() const { return capacity - document - conversation - reply; }
};

struct AskSessionOptions {
    /// Room for questions and answers beside the documents; chooses the capacity class together with them.
    int64_t conversationTokens = 1024;
    bool recordDocumentTrace = false;
    /// Folder of saved contexts; empty: nothing is saved or restored.
    std::filesystem::path snapshotFolder;
    int64_t snapshotBytes = 0;  ///< the most that saved contexts may take together; 0: no bound
    std::string title;          ///< for the list of saved contexts
};

/// Owns the engine session and its cache. One thread; stop tokens may be triggered from anywhere.
class AskSession {
  public:
    /// Checks that the context fits, before anything is computed. Errors: LimitExceeded (says how many tokens fit),
    /// OutOfMemory, Unsupported.
    static Result<std::unique_ptr<AskSession>> create(const LoadedModel& model, std::shared_ptr<const Context> context,
                                                      const AskSessionOptions& options);

    struct PrefillReport {
        int64_t tokens = 0;          ///< of the context
        int64_t restoredTokens = 0;  ///< taken from a saved context
        double seconds = 0;
        std::string warning;  ///< why a saved context could not be used or made; empty
    };
    /// Tokens of the context that a saved one holds; 0 where there is none, or this session has begun to read.
    int64_t savedTokens() const;
    /// Restores what a saved context has and reads the rest. On Cancelled, what was read stays: calling again goes on;
    /// where contexts are saved and reading took a while, the next session goes on from there too.
    Result<PrefillReport> prefill(const ProgressCallback& progress, std::stop_token stop);

    /// After a cancelled prefill(): keeps what was read on disk, however short reading took, where contexts are kept.
    Result<void> savePartial() const;

    /// Errors: InvalidInput (blank question, not prefilled), LimitExceeded (question and reply do not fit). Cancelled
    /// while generating is no error: the answer so far comes back.
    Result<Answer> ask(const std::string& question, const AnswerOptions& options, const PageSource& pages,
                       const TextCallback& onText, std::stop_token stop);

    /// Scores every cited sentence of an answer to `question` (this session's or a stored one) with and without its
    /// cited regions; the conversation stays as it is. Errors: InvalidInput (not prefilled), LimitExceeded, Cancelled.
    Result<std::vector<SentenceVerdict>> verify(const std::string& question, const std::string& answerText,
                                                std::span<const Citation> citations,
                                                const std::optional<AskScope>& scope, std::stop_token stop);

    /// Tokens that `question` takes in the context.
    static int64_t questionTokens(const LoadedModel& model, const std::string& question);
    TokenBudget budget(int32_t replyTokens) const;
    const Context& context() const { return *m_context; }
    std::shared_ptr<const Context> sharedContext() const { return m_context; }
    const Session& session() const { return *m_session; }
    nlohmann::json profileEcho() const;

  private:
    AskSession(LoadedModel model, std::shared_ptr<const Context> context, AskSessionOptions options);
    Result<std::vector<RegionId>> regionsOutOf(const std::optional<AskScope>& scope) const;
    static std::vector<TokenId> encodeQuestion(const LoadedModel& model, const std::string& question);
    std::optional<SnapshotInfo> savedContext() const;
    /// The first `tokens` of the context, which are what the session holds.
    Result<void> saveContext(int64_t tokens) const;
    /// Writes down beside the saved whole context which documents of the library it holds.
    Result<void> noteDocuments() const;
    Result<void> cite(const Generation& generation, int64_t trimmedBytes, const PageSource& pages,
                      Answer& answer) const;

    LoadedModel m_model;
    std::shared_ptr<const Context> m_context;
    AskSessionOptions m_options;
    PromptTemplate m_prompt;
    std::unique_ptr<Session> m_session;
    std::vector<TokenId> m_conversation;  ///< what the session holds behind the documents
    double m_prefillSeconds = 0;
    int64_t m_restoredTokens = 0;
};

}  // namespace lectern::app

#pragma once
// The engine thread: model, session and device context, driven by requests and answering by signals.

#include <QObject>
#include <memory>
#include <vector>

#include "app/ask/ask_session.h"
#include "app/document_worker/document_client.h"
#include "app/jobs/task_thread.h"

namespace lectern::app {

/// What a loaded model is, for a card and the status bar.
struct ModelSummary {
    std::string name;
    std::string device;
    int64_t weightBytes = 0;
    int64_t cacheBytesPerToken = 0;
    int64_t trainedContext = 0;
    int64_t largestContext = 0;  ///< the last capacity class
};

/// What documents would cost, known before anything is computed.
struct ContextSummary {
    std::vector<DocumentId> documents;
    std::vector<int64_t> documentTokens;
    int64_t tokens = 0;  ///< all of them, with headings and BOS
    int64_t largestContext = 0;
    int64_t cacheBytes = 0;
    double tokensPerSecond = 0;  ///< of the last prefill with this model; 0: none yet
    int64_t savedTokens = 0;     ///< how far a saved context reaches; open() restores it without reading
    bool fits = false;
};

struct AskRequest {
    std::string question;
    AnswerOptions options;
    /// Where question and answer are stored; 0: nowhere.
    ConversationId conversation = 0;
    /// The stored question that is answered, for the first time or once more; 0: it is stored with its answer.
    MessageId storedQuestion = 0;
};

/// An answer to be verified by ablation, in the context that is open.
struct VerifyRequest {
    std::string question;
    std::string answer;
    std::vector<Citation> citations;
    std::optional<AskScope> scope;  ///< of the question
    MessageId message = 0;          ///< the stored answer whose states are written down; 0: none
};

struct StoredAnswer {
    Answer answer;
    MessageId question = 0;  ///< 0 when not stored
    MessageId message = 0;
    std::vector<std::string> stepTexts;  ///< text of each step of the answer's trace
    std::string warning;                 ///< why it could not be stored; empty
};

/// A stored answer's trace, for the attention map.
struct StoredTrace {
    std::shared_ptr<const AnswerTrace> trace;  ///< null: none was stored
    std::vector<std::string> stepTexts;        ///< empty where another model answered
};

/// Lives on one thread (the GUI thread will do: no call blocks). Requests are served in order; every request gets
/// exactly one final signal, failed() with Cancelled when it was cancelled, except that an answer cut short still comes
/// as answered(). Signals are emitted on the engine thread: connect with a receiver object, so that Qt queues them, and
/// drop ids you no longer wait for.
class AskEngine : public QObject {
    Q_OBJECT

  public:
    explicit AskEngine(std::filesystem::path libraryDirectory, QObject* parent = nullptr);
    ~AskEngine() override;

    /// Takes effect with the next open() or measure(); the running session goes.
    JobId loadModel(const RunOptions& options);
    /// Counts tokens and memory without reading anything into the model. Saved contexts are looked for where `options`
    /// say.
    JobId measure(const std::vector<DocumentId>& documents, const AskSessionOptions& options = {});
    /// Builds the context and prefills it: contextBuilt(), prefillProgressed()..., ready(). A context that is already
    /// open is ready at once.
    JobId open(const std::vector<DocumentId>& documents, const AskSessionOptions& options);
    JobId ask(const AskRequest& request);
    /// How many tokens a question takes.
    JobId count(const std::string& question);
    /// Brings a stored answer's trace back.
    JobId loadTrace(MessageId message);
    /// Scores the sentences of an answer with and without their cited regions: verified().
    JobId verify(const VerifyRequest& request);
    /// Lets the session and its memory go.
    void close();

    void cancel(JobId job);
    /// Cancels an open() and keeps on disk what it has read, so that another day goes on from there.
    void pause(JobId job);
    void cancelAll();

  signals:
    void modelLoaded(lectern::app::JobId job, const lectern::app::ModelSummary& model);
    /// `context`: null where it is far too long for the model.
    void measured(lectern::app::JobId job, const lectern::app::ContextSummary& summary,
                  const std::shared_ptr<const lectern::app::Context>& context);
    /// The session is now this context's; any other is gone.
    void contextBuilt(lectern::app::JobId job, const lectern::app::ContextSummary& summary,
                      const std::shared_ptr<const lectern::app::Context>& context);
    void prefillProgressed(lectern::app::JobId job, const lectern::PrefillProgress& progress);
    void ready(lectern::app::JobId job, const lectern::app::AskSession::PrefillReport& report,
               const lectern::app::TokenBudget& budget);
    /// Only where the session records it; immutable.
    void documentTraced(lectern::app::JobId job, const std::shared_ptr<const lectern::DocumentTrace>& trace);
    void textAdded(lectern::app::JobId job, const QString& text);
    void answered(lectern::app::JobId job, const lectern::app::StoredAnswer& answer,
                  const lectern::app::TokenBudget& budget);
    void counted(lectern::app::JobId job, qint64 questionTokens);
    void traceLoaded(lectern::app::JobId job, const lectern::app::StoredTrace& stored);
    /// `verdicts`: one per sentence that has citations.
    void verified(lectern::app::JobId job, lectern::app::MessageId message,
                  const std::vector<lectern::app::SentenceVerdict>& verdicts);
    void failed(lectern::app::JobId job, const lectern::Error& error);

  private:
    class Worker;
    template <typename Work>
    JobId enqueue(Work work);

    std::unique_ptr<Worker> m_worker;
    JobId m_lastJob = 0;
    std::unique_ptr<TaskThread> m_thread;  ///< destroyed first
};

}  // namespace lectern::app

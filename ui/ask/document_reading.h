#pragma once
// How far the model has got with one document: measured, read, restored, put aside for another.

#include <QObject>

#include "ui/ask/ask_status.h"
#include "ui/documents/document_session.h"

namespace lectern::ui {

/// The engine holds one context at a time: when another document is read, this one falls back to Unread, and what was
/// saved of it is restored when it is needed again. GUI thread; destroying it cancels what it asked for.
class DocumentReading : public QObject {
    Q_OBJECT

  public:
    DocumentReading(Services& services, DocumentSession& session, QObject* parent = nullptr);
    ~DocumentReading() override;

    AskStatus status() const;
    bool isReady() const { return m_stage == Stage::Ready; }
    /// Once measured; it stays when another document takes the engine.
    const std::shared_ptr<const app::Context>& context() const { return m_context; }
    const std::shared_ptr<const DocumentTrace>& trace() const { return m_trace; }
    /// capacity 0 until the document has been read.
    const app::TokenBudget& budget() const { return m_budget; }
    void setBudget(const app::TokenBudget& budget);
    /// Other documents of the library that are read together with this one, behind it; the context is another then.
    void setTogether(const std::vector<app::DocumentId>& others);
    const std::vector<app::DocumentId>& together() const { return m_together; }
    /// All of them, this one first.
    std::vector<app::DocumentId> documents() const;
    DocumentSession& session() const { return m_session; }

    /// The document came to the front: a saved context is restored without being asked.
    void setActive(bool active);
    /// Reads the document, or goes on where reading stopped.
    void read();
    void cancel();
    /// Stops what is going on and keeps how far it got, over the end of the program too; read() goes on.
    void pause();
    /// Queues whatever is needed for a question asked right after to find this document in the engine. False where that
    /// cannot be: the document is not taken in.
    bool ensureOpen();

  signals:
    void statusChanged();
    /// context() or trace() is another.
    void contextChanged();
    void budgetChanged();
    void togetherChanged();
    /// Reading ended for this reason; a question that waited for it goes unanswered.
    void failed(const lectern::Error& error);

  private:
    enum class Stage { Unmeasured, Measuring, Unread, Queued, Prefilling, Ready, Failed };

    void connectEngine();
    void phaseChanged();
    void reset();
    void cancelJobs();
    void measure();
    void restoreIfSaved();
    void setStage(Stage stage);
    void progressed(const PrefillProgress& progress);
    void openFailed(const Error& error);
    bool isSaved() const;

    AskStatus ingestStatus() const;
    AskStatus readingStatus() const;
    QString costText() const;

    Services& m_services;
    DocumentSession& m_session;
    Stage m_stage = Stage::Unmeasured;
    app::DocumentId m_document = 0;
    std::vector<app::DocumentId> m_together;
    bool m_active = false;
    app::JobId m_measureJob = 0;
    app::JobId m_openJob = 0;
    app::ContextSummary m_summary;
    app::AskSession::PrefillReport m_report;
    std::shared_ptr<const app::Context> m_context;
    std::shared_ptr<const DocumentTrace> m_trace;
    app::TokenBudget m_budget;
    PrefillProgress m_first, m_last;  ///< of the running prefill
    int64_t m_stoppedAt = 0;          ///< tokens read when reading was cancelled
    bool m_paused = false;            ///< rather than cancelled
    QString m_problem;
};

}  // namespace lectern::ui

#pragma once
// Questions and answers about one document: what is asked, what runs, what is stored.

#include <QObject>

#include "ui/ask/conversation_store.h"
#include "ui/ask/document_reading.h"

namespace lectern::ui {

/// GUI thread. One question at a time.
class DocumentAsk : public QObject {
    Q_OBJECT

  public:
    DocumentAsk(Services& services, DocumentSession& session, QObject* parent = nullptr);
    ~DocumentAsk() override;

    DocumentReading& reading() const { return *m_reading; }
    /// Null until the document is in the library.
    ConversationStore* conversations() const { return m_store.get(); }
    const Turns& turns() const { return m_turns; }
    bool isAnswering() const { return m_running >= 0; }
    /// The reading's status, or Answering.
    AskStatus status() const;

    /// `keep`: earlier questions and answers stay in the context. `scope`: the part that may be looked at.
    void ask(const QString& question, bool keep, const std::optional<app::AskScope>& scope = {});
    /// Another answer to the same question, of the same part of the document; both are kept.
    void regenerate(size_t turn, bool keep);
    void stop();
    void chooseAnswer(size_t turn, int answer);

    /// Trace of the shown answer of a turn: traceReady() follows, at once where it is at hand.
    void requestTrace(size_t turn);

    /// Scores the sentences of the shown answer with and without their passages; their states follow.
    void verify(size_t turn);
    bool isVerifying() const { return m_verifyJob != 0; }
    /// Works out what the shown answer never looked at.
    void requestCoverage(size_t turn);
    /// How pages are called; without it they are counted.
    void setPageLabels(std::function<QString(int page)> labelOf) { m_labelOf = std::move(labelOf); }
    /// Shows a stored conversation, now or once the document is in the library; messageShown() follows.
    void showConversation(app::ConversationId conversation, app::MessageId message);

  signals:
    /// The turn of the message that showConversation() named.
    void messageShown(size_t turn);
    void statusChanged();
    void turnsReset();
    void turnChanged(size_t turn);
    void textAdded(size_t turn, const QString& text);
    void conversationsChanged();
    void answered(size_t turn);
    void traceReady(size_t turn, const lectern::app::StoredTrace& trace);
    void troubled(const QString& sentence);

  private:
    void connectEngine();
    void makeStore();
    void begin(size_t turn, bool keep, const std::optional<app::AskScope>& scope);
    void send(app::AskRequest request);
    void finish(const app::StoredAnswer& stored);
    void endWith(const QString& finish, const QString& note);
    void connectChecks();
    void verified(const std::vector<app::SentenceVerdict>& verdicts);
    void endVerification(const QString& note);
    void coverFrom(size_t turn, int answer, const app::StoredTrace& trace);
    void findMessage();
    /// A stored conversation is gone on with among the documents that it is about.
    void takeTogether();
    AnswerItem* runningAnswer();

    Services& m_services;
    DocumentReading* m_reading;
    std::unique_ptr<ConversationStore> m_store;
    Turns m_turns;
    int m_running = -1;     ///< turn that is being answered
    int m_runningItem = 0;  ///< its answer
    app::JobId m_askJob = 0;
    app::JobId m_traceJob = 0;
    size_t m_traceTurn = 0;
    /// The answers of this sitting; older ones come from the library.
    std::map<app::MessageId, app::StoredTrace> m_traces;
    app::StoredTrace m_unstored;
    /// The answer that is being verified, and the one whose trace is on its way for its coverage.
    struct Checked {
        size_t turn = 0;
        int answer = 0;
    };
    app::JobId m_verifyJob = 0;
    Checked m_verified;
    app::JobId m_coverageJob = 0;
    Checked m_covered;
    std::function<QString(int page)> m_labelOf;
    app::MessageId m_wantedMessage = 0;
    app::ConversationId m_wantedConversation = 0;
};

}  // namespace lectern::ui

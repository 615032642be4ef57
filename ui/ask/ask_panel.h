#pragma once
// The Ask dock: conversation, state of the model, question.

#include <QWidget>

#include "ui/ask/ask_status.h"
#include "ui/ask/conversation.h"

class QAction;
class QComboBox;
class QLabel;
class QPlainTextEdit;
class QProgressBar;
class QPushButton;
class QStackedWidget;
class QToolButton;

namespace lectern::ui {

class ScopeBar;
class TranscriptView;

/// Shows what AskController tells it and says what the user wants; decides nothing.
class AskPanel : public QWidget {
    Q_OBJECT

  public:
    explicit AskPanel(QWidget* parent = nullptr);

    void setStatus(const AskStatus& status);
    const AskStatus& status() const { return m_status; }
    /// Shown instead of an empty conversation.
    void setTurns(const Turns& turns);
    void updateTurn(size_t index, const Turn& turn);
    /// Titles of the stored conversations, newest first; `current` -1: a new one.
    void setConversations(const QStringList& titles, int current);
    /// Why the question cannot be asked; empty: it can.
    void setRefusal(const QString& sentence);

    QPlainTextEdit* questionField() const { return m_question; }
    QPushButton* askButton() const { return m_ask; }
    QPushButton* readButton() const { return m_read; }
    QPushButton* cancelButton() const { return m_cancel; }
    QPushButton* pauseButton() const { return m_pause; }
    ScopeBar* scopeBar() const { return m_scope; }
    TranscriptView* transcript() const { return m_transcript; }
    bool keepConversation() const;
    QAction* keepAction() const { return m_keepAction; }
    QComboBox* conversationBox() const { return m_conversations; }
    void focusQuestion();
    void clearQuestion();
    /// Puts a question into the field, all of it selected, to be changed and asked.
    void editQuestion(const QString& question);

  signals:
    void askRequested(const QString& question);
    void stopRequested();
    void readRequested();
    void cancelRequested();
    void pauseRequested();
    void newConversationRequested();
    void conversationChosen(int index);
    void questionEdited(const QString& question);
    /// Follow-up was switched: earlier questions and answers stay in the context, or not.
    void keepChanged(bool keep);
    void searchRequested();
    void exportRequested();

  protected:
    bool eventFilter(QObject* object, QEvent* event) override;

  private:
    QWidget* buildHeader();
    QWidget* buildStatusCard();
    QWidget* buildQuestion();
    void updateButtons();
    void fitQuestionHeight();
    void submit();

    AskStatus m_status;
    QString m_refusal;
    bool m_hasTurns = false;
    QComboBox* m_conversations;
    QAction* m_keepAction;
    QToolButton* m_new;
    QToolButton* m_export;
    QStackedWidget* m_stack;
    QLabel* m_empty;
    TranscriptView* m_transcript;
    QWidget* m_card;
    QLabel* m_headline;
    QLabel* m_detail;
    QProgressBar* m_progress;
    QPushButton* m_read;
    QPushButton* m_cancel;
    QPushButton* m_pause;
    ScopeBar* m_scope;
    QPlainTextEdit* m_question;
    QLabel* m_refusalLabel;
    QPushButton* m_ask;
};

}  // namespace lectern::ui

#pragma once
// Connects the document in front with the Ask panel and the token budget.

#include <QObject>
#include <QTimer>
#include <map>
#include <memory>

#include "ui/ask/document_ask.h"
#include "ui/documents/open_documents.h"

namespace lectern::ui {

class AskPanel;
class BudgetBar;
class ScopeController;

/// Owns one DocumentAsk per tab. GUI thread.
class AskController : public QObject {
    Q_OBJECT

  public:
    AskController(Services& services, OpenDocuments* documents, AskPanel* panel, BudgetBar* budget,
                  QObject* parent = nullptr);
    ~AskController() override;

    /// Null on the start page.
    DocumentAsk* current() const { return m_current; }
    DocumentAsk* of(const ReaderTab* tab) const;

  signals:
    /// Another document came to the front, or none.
    void currentChanged(lectern::ui::DocumentAsk* ask);
    /// Other questions and answers are shown: a stored conversation, or those of another document.
    void turnsShown();
    /// One line for the status bar about what runs.
    void activityChanged(const QString& text);

  private:
    void add(ReaderTab* tab);
    void setCurrent(DocumentAsk* ask);
    void connectPanel();
    void showStatus();
    void showTurns();
    void showConversations();
    void showBudget();
    void countQuestion();

    Services& m_services;
    OpenDocuments* m_documents;
    AskPanel* m_panel;
    BudgetBar* m_budget;
    ScopeController* m_scope;
    std::map<const ReaderTab*, std::unique_ptr<DocumentAsk>> m_asks;
    DocumentAsk* m_current = nullptr;
    QTimer m_typing;
    app::JobId m_countJob = 0;
    int64_t m_questionTokens = 0;
};

}  // namespace lectern::ui

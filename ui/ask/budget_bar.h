#pragma once
// The one token budget: document, conversation, reply, free.

#include <QWidget>

#include "app/ask/ask_session.h"

namespace lectern::ui {

class BudgetBar : public QWidget {
    Q_OBJECT

  public:
    explicit BudgetBar(QWidget* parent = nullptr);
    void setBudget(const app::TokenBudget& budget);
    /// Tokens of the question being typed; counted against what is free.
    void setQuestionTokens(int64_t tokens);
    void clear();

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    void updateText();

    app::TokenBudget m_budget;
    int64_t m_questionTokens = 0;
    QString m_text;
};

}  // namespace lectern::ui

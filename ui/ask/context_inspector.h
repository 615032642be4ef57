#pragma once
// What is in the model's context right now: documents page by page, the conversation, what is kept free.

#include <QDialog>
#include <functional>
#include <memory>

#include "app/ask/ask_session.h"

class QTreeWidget;

namespace lectern::ui {

class ContextInspector : public QDialog {
    Q_OBJECT

  public:
    /// `budget` has capacity 0 until the documents have been read; `labelOf` names a page.
    ContextInspector(const std::shared_ptr<const app::Context>& context, const app::TokenBudget& budget,
                     const QString& title, const std::function<QString(int page)>& labelOf, QWidget* parent = nullptr);

    QTreeWidget* tree() const { return m_tree; }

  signals:
    void pageActivated(int page);

  private:
    QTreeWidget* m_tree;
};

}  // namespace lectern::ui

#pragma once
// Looking through the questions and answers of all conversations.

#include <QDialog>
#include <QTimer>

#include "ui/services/library_worker.h"

class QLabel;
class QLineEdit;
class QListWidget;

namespace lectern::ui {

/// Results come as one types, best first. GUI thread; the library searches on its own.
class AnswerSearch : public QDialog {
    Q_OBJECT

  public:
    explicit AnswerSearch(LibraryWorker& library, QWidget* parent = nullptr);

    QLineEdit* field() const { return m_field; }
    QListWidget* list() const { return m_list; }

  signals:
    void chosen(lectern::app::ConversationId conversation, lectern::app::MessageId message);

  protected:
    bool eventFilter(QObject* object, QEvent* event) override;

  private:
    void search();
    void show(const std::vector<app::MessageHit>& hits);
    void activate(int row);

    LibraryWorker& m_library;
    QLineEdit* m_field;
    QListWidget* m_list;
    QLabel* m_status;
    QTimer m_typing;
    std::vector<app::MessageHit> m_hits;
    uint64_t m_search = 0;  ///< the last one asked for; replies to others are dropped
};

}  // namespace lectern::ui

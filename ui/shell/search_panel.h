#pragma once
// The Search dock: hits of the find bar as a list.

#include <QWidget>

#include "ui/documents/open_documents.h"

class QLabel;
class QLineEdit;
class QListView;

namespace lectern::ui {

class SearchPanel : public QWidget {
    Q_OBJECT

  public:
    explicit SearchPanel(OpenDocuments* documents, QWidget* parent = nullptr);
    QListView* list() const { return m_list; }
    QLineEdit* field() const { return m_field; }

  private:
    void setTab(ReaderTab* tab);
    void updateStatus();

    ReaderTab* m_tab = nullptr;
    QLineEdit* m_field;
    QLabel* m_status;
    QListView* m_list;
    std::vector<QMetaObject::Connection> m_links;
};

}  // namespace lectern::ui

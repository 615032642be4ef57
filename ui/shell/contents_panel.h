#pragma once
// The Contents dock: outline of the document in front, following the reader.

#include <QStackedWidget>

#include "ui/documents/navigator.h"

class QLabel;
class QLineEdit;
class QSortFilterProxyModel;
class QTreeView;

namespace lectern::ui {

class ContentsPanel : public QStackedWidget {
    Q_OBJECT

  public:
    ContentsPanel(OpenDocuments* documents, Navigator* navigator, QWidget* parent = nullptr);
    QTreeView* tree() const { return m_tree; }

  private:
    void setTab(ReaderTab* tab);
    void outlineChanged();
    void followPage(int page);
    void go(const QModelIndex& index);

    Navigator* m_navigator;
    ReaderTab* m_tab = nullptr;
    QLabel* m_empty;
    QLineEdit* m_filter;
    QSortFilterProxyModel* m_proxy;
    QTreeView* m_tree;
    std::vector<QMetaObject::Connection> m_links;
};

}  // namespace lectern::ui

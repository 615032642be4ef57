#pragma once
// The Contents dock: outline of the document in front, following the reader.

#include <QSet>
#include <QStackedWidget>
#include <QTimer>

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

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    void setTab(ReaderTab* tab);
    void outlineChanged();
    void followReader();
    void watchView(DocumentView* view);
    void rememberExpanded();
    void restoreExpanded();
    void showHint();
    QStringList pathOf(const QModelIndex& index) const;
    void go(const QModelIndex& index);

    Navigator* m_navigator;
    ReaderTab* m_tab = nullptr;
    QLabel* m_empty;
    QLineEdit* m_filter;
    QSortFilterProxyModel* m_proxy;
    QTreeView* m_tree;
    QLabel* m_hint;
    QTimer m_follow;
    QSet<QStringList> m_expanded;
    std::vector<QMetaObject::Connection> m_links;
    QMetaObject::Connection m_viewLink;
};

}  // namespace lectern::ui

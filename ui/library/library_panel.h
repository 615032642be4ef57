#pragma once
// The Library dock: every document with its state, a filter, and what can be done with each.

#include <QWidget>

#include "ui/library/library_shelf.h"

class QAction;
class QLabel;
class QLineEdit;
class QListView;
class QSortFilterProxyModel;
class QStackedWidget;

namespace lectern::ui {

/// Return or a double click opens; Delete removes after a question. The shelf outlives the panel.
class LibraryPanel : public QWidget {
    Q_OBJECT

  public:
    explicit LibraryPanel(LibraryShelf& shelf, QWidget* parent = nullptr);

    QLineEdit* filterField() const { return m_filter; }
    QListView* list() const { return m_list; }
    QAction* openAction() const { return m_open; }
    QAction* showFolderAction() const { return m_showFolder; }
    QAction* removeAction() const { return m_remove; }
    QAction* forgetAction() const { return m_forget; }

  signals:
    void openRequested(const QString& path);
    void openFilesRequested();
    /// The folder could not be shown by the desktop, and the like.
    void troubled(const QString& sentence);

  private:
    void makeActions();
    void updateActions();
    void updateEmptyState();
    QModelIndex current() const;
    void confirmRemove();
    void showFolder();

    LibraryShelf& m_shelf;
    QSortFilterProxyModel* m_proxy;
    QLineEdit* m_filter;
    QStackedWidget* m_stack;
    QListView* m_list;
    QLabel* m_empty;
    QAction* m_open;
    QAction* m_showFolder;
    QAction* m_forget;
    QAction* m_remove;
};

}  // namespace lectern::ui

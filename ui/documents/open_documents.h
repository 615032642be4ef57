#pragma once
// The tabs in the middle of the window: the start page and one reader per open document.

#include <QTabWidget>

#include "ui/reader/reader_tab.h"

namespace lectern::ui {

/// A path is open in at most one tab of a window. GUI thread.
class OpenDocuments : public QTabWidget {
    Q_OBJECT

  public:
    explicit OpenDocuments(Services& services, QWidget* parent = nullptr);

    /// Shows the file or folder, in the tab that has it already or in a new one.
    ReaderTab* open(const QString& path, const QString& password = {});
    /// Null on the start page.
    ReaderTab* current() const;
    QList<ReaderTab*> tabs() const;
    ReaderTab* tabOf(const QString& path) const;
    ReaderTab* tabOf(app::DocumentId document) const;
    void close(ReaderTab* tab);
    /// Always the first tab; it cannot be closed.
    void setStartPage(QWidget* page);
    void showStartPage();
    /// Paths of the open documents and which is in front, for reopen().
    QByteArray openPaths() const;
    /// Opens them again; files that are gone are left out.
    void reopen(const QByteArray& openPaths);

  signals:
    void opened(lectern::ui::ReaderTab* tab);
    /// Before the tab and its session go.
    void closing(lectern::ui::ReaderTab* tab);
    /// Null on the start page.
    void currentTabChanged(lectern::ui::ReaderTab* tab);
    void currentTitleChanged();
    /// Nothing of this document may be kept here; its tab has been closed.
    void mustNotBeKept(const QString& path, const QString& password);

  private:
    void updateTab(ReaderTab* tab);
    QString titleOf(const ReaderTab* tab) const;

    Services& m_services;
    QWidget* m_startPage = nullptr;
};

}  // namespace lectern::ui

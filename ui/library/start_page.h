#pragma once
// What the window shows when nothing is open: recent documents, a place to drop files, the sample document.

#include <QWidget>

#include "ui/library/library_shelf.h"

class QLabel;
class QListView;
class QPushButton;

namespace lectern::ui {

class DropArea;

/// Lives in the reader's place. Files and folders dropped anywhere on it are asked to be opened.
class StartPage : public QWidget {
    Q_OBJECT

  public:
    explicit StartPage(LibraryShelf& shelf, QWidget* parent = nullptr);

    QListView* recentList() const { return m_recent; }
    QPushButton* openFilesButton() const { return m_openFiles; }
    QPushButton* openFolderButton() const { return m_openFolder; }
    QPushButton* sampleButton() const { return m_sample; }

  signals:
    void openRequested(const QString& path);
    void openFilesRequested();
    void openFolderRequested();
    void pathsDropped(const QStringList& paths);

  protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;

  private:
    QWidget* buildOpenArea();
    QWidget* buildRecentArea();
    void updateRecent();
    void setDropping(bool dropping);

    LibraryShelf& m_shelf;
    DropArea* m_drop;
    QLabel* m_dropText;
    QPushButton* m_openFiles;
    QPushButton* m_openFolder;
    QPushButton* m_sample;
    QLabel* m_recentTitle;
    QListView* m_recent;
};

/// The document that comes with Lectern; empty where it is not installed.
QString sampleDocumentPath();

}  // namespace lectern::ui

#pragma once
// Choosing what to open: dialogs for files and folders, dropped URLs.

#include <QObject>
#include <QStringList>

class QFileDialog;
class QMimeData;
class QWidget;

namespace lectern::ui {

/// Dialogs are opened without waiting for them.
class FileChooser : public QObject {
    Q_OBJECT

  public:
    explicit FileChooser(QWidget* window);

    void chooseFiles();
    /// Files that are to be looked at before they are opened.
    void chooseToCheck();
    void chooseFolder();
    /// Local files and folders among dropped data.
    static QStringList localPaths(const QMimeData* data);

  signals:
    void chosen(const QStringList& paths);
    void chosenToCheck(const QStringList& paths);

  private:
    QFileDialog* filesDialog(const QString& title);

    QWidget* m_window;
    QString m_folder;
};

}  // namespace lectern::ui

#pragma once
// Choosing what to open: dialogs for files and folders, dropped URLs.

#include <QObject>
#include <QStringList>

class QMimeData;
class QWidget;

namespace lectern::ui {

/// Dialogs are opened without waiting for them.
class FileChooser : public QObject {
    Q_OBJECT

  public:
    explicit FileChooser(QWidget* window);

    void chooseFiles();
    void chooseFolder();
    /// Local files and folders among dropped data.
    static QStringList localPaths(const QMimeData* data);

  signals:
    void chosen(const QStringList& paths);

  private:
    QWidget* m_window;
    QString m_folder;
};

}  // namespace lectern::ui

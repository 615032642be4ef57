#include "ui/shell/file_chooser.h"

#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QMimeData>
#include <QStandardPaths>
#include <QUrl>

namespace lectern::ui {

FileChooser::FileChooser(QWidget* window)
    : QObject(window), m_window(window), m_folder(QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation)) {
    // The dialog takes a folder that is not there for the name of a file.
    if (!QFileInfo(m_folder).isDir()) {
        m_folder = QDir::homePath();
    }
}

QFileDialog* FileChooser::filesDialog(const QString& title) {
    auto* dialog = new QFileDialog(m_window, title, m_folder);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFiles);
    dialog->setOption(QFileDialog::HideNameFilterDetails);
    dialog->setNameFilters(
        {tr("Documents (*.pdf *.txt *.md *.markdown *.rst *.org *.tex *.html *.htm *.xhtml *.epub *.docx *.odt)"),
         tr("All files (*)")});
    return dialog;
}

void FileChooser::chooseFiles() {
    QFileDialog* dialog = filesDialog(tr("Open documents"));
    connect(dialog, &QFileDialog::filesSelected, this, [this](const QStringList& paths) {
        if (!paths.isEmpty()) {
            m_folder = QFileInfo(paths.front()).absolutePath();
            emit chosen(paths);
        }
    });
    dialog->open();
}

void FileChooser::chooseToCheck() {
    QFileDialog* dialog = filesDialog(tr("Look at documents before opening them"));
    connect(dialog, &QFileDialog::filesSelected, this, [this](const QStringList& paths) {
        if (!paths.isEmpty()) {
            m_folder = QFileInfo(paths.front()).absolutePath();
            emit chosenToCheck(paths);
        }
    });
    dialog->open();
}

void FileChooser::chooseFolder() {
    auto* dialog = new QFileDialog(m_window, tr("Open a folder as one document"), m_folder);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) {
        m_folder = QFileInfo(path).absolutePath();
        emit chosen({path});
    });
    dialog->open();
}

QStringList FileChooser::localPaths(const QMimeData* data) {
    QStringList paths;
    for (const QUrl& url : data->urls()) {
        if (url.isLocalFile()) {
            paths.push_back(url.toLocalFile());
        }
    }
    return paths;
}

}  // namespace lectern::ui

#pragma once
// Opens paths: small things at once, folders and very large files after a look at what they cost.

#include <QObject>

#include "ui/documents/open_documents.h"

namespace lectern::ui {

class LibraryModel;

/// GUI thread.
class DocumentOpener : public QObject {
    Q_OBJECT

  public:
    DocumentOpener(Services& services, OpenDocuments* documents, const LibraryModel& library, QWidget* window);

    /// PDF files open at once, however large: their first page is shown, and their cost stands in the Ask panel.
    void open(const QStringList& paths);
    /// The sheet for these paths, whatever they are.
    void check(const QStringList& paths);

  private:
    bool needsLook(const QString& path) const;

    Services& m_services;
    OpenDocuments* m_documents;
    const LibraryModel& m_library;
    QWidget* m_window;
};

}  // namespace lectern::ui

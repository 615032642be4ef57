#pragma once
// File > Print: the dialog, the progress, and what is printed of which kind of document.

#include <QObject>

#include "ui/documents/open_documents.h"

class QAction;
class QPrinter;

namespace lectern::ui {

class PrintJob;

/// GUI thread.
class Printing : public QObject {
    Q_OBJECT

  public:
    Printing(OpenDocuments* documents, QAction* action, QWidget* window);

    /// Asks for printer and pages; printing begins when that is accepted.
    void choose();
    /// Prints the document in front as `printer` says.
    void print(std::unique_ptr<QPrinter> printer);

  signals:
    /// One sentence for the status bar.
    void said(const QString& sentence);

  private:
    /// Null for what cannot be printed.
    PrintJob* makeJob(ReaderTab* tab, std::unique_ptr<QPrinter> printer) const;

    OpenDocuments* m_documents;
    QWidget* m_window;
};

}  // namespace lectern::ui

#include "ui/reader/printing.h"

#include <QAction>
#include <QPrintDialog>
#include <QPrinter>
#include <QProgressDialog>
#include <algorithm>
#include <memory>

#include "ui/reader/pdf_canvas.h"
#include "ui/reader/pdf_view.h"
#include "ui/reader/print_job.h"
#include "ui/reader/text_view.h"

namespace lectern::ui {

Printing::Printing(OpenDocuments* documents, QAction* action, QWidget* window)
    : QObject(window), m_documents(documents), m_window(window) {
    connect(action, &QAction::triggered, this, &Printing::choose);
    const auto update = [this, action](ReaderTab* tab) { action->setEnabled(tab != nullptr); };
    connect(documents, &OpenDocuments::currentTabChanged, this, update);
    update(documents->current());
}

void Printing::choose() {
    const ReaderTab* tab = m_documents->current();
    if (tab == nullptr || tab->view() == nullptr) {
        return;
    }
    // The dialog fills in this printer, which lives until the last of its users is gone.
    auto printer = std::make_shared<std::unique_ptr<QPrinter>>(std::make_unique<QPrinter>(QPrinter::HighResolution));
    (*printer)->setDocName(tab->session().title());
    auto* dialog = new QPrintDialog(printer->get(), m_window);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Print"));
    dialog->setOption(QAbstractPrintDialog::PrintPageRange);
    dialog->setMinMax(1, tab->view()->pageCount());
    connect(dialog, &QDialog::accepted, this, [this, printer] { print(std::move(*printer)); });
    dialog->open();
}

PrintJob* Printing::makeJob(ReaderTab* tab, std::unique_ptr<QPrinter> printer) const {
    if (const auto* text = qobject_cast<TextView*>(tab->view())) {
        const TextPages pages = text->pages();
        const int page = text->currentPage();
        if (page < 0) {
            return nullptr;
        }
        const QString label = text->pageLabel(page);
        TextPrintJob::Text what;
        what.title = label.isEmpty() ? tab->session().title() : label;
        what.text = {pages, &(*pages)[static_cast<size_t>(page)].text};
        what.language = text->language(page);
        what.font = text->editor()->font();
        return new TextPrintJob(std::move(what), std::move(printer), tab);
    }
    const auto* pdf = qobject_cast<PdfView*>(tab->view());
    if (pdf == nullptr) {
        return nullptr;
    }
    const int count = pdf->pageCount();
    const bool range = printer->printRange() == QPrinter::PageRange && printer->fromPage() > 0;
    const int first = range ? std::clamp(printer->fromPage() - 1, 0, count - 1) : 0;
    const int last = range ? std::clamp(printer->toPage() - 1, first, count - 1) : count - 1;
    return new PdfPrintJob(tab->session().client(), std::move(printer), first, last,
                           pdf->canvas()->layout().quarterTurns(), tab);
}

void Printing::print(std::unique_ptr<QPrinter> printer) {
    ReaderTab* tab = m_documents->current();
    PrintJob* job = tab == nullptr ? nullptr : makeJob(tab, std::move(printer));
    if (job == nullptr) {
        return;
    }
    auto* progress =
        new QProgressDialog(tr("Printing %1\xe2\x80\xa6").arg(tab->session().title()), tr("Cancel"), 0, 0, m_window);
    progress->setAttribute(Qt::WA_DeleteOnClose);
    progress->setAutoReset(false);
    progress->setMinimumDuration(500);
    connect(progress, &QProgressDialog::canceled, job, &PrintJob::cancel);
    // A closed tab takes its job with it, which then must not be cancelled any more.
    connect(job, &QObject::destroyed, progress, [progress] {
        progress->disconnect();
        progress->close();
    });
    connect(job, &PrintJob::progressed, progress, [progress](int done, int of) {
        progress->setMaximum(of);
        progress->setValue(done);
    });
    connect(job, &PrintJob::finished, this,
            [this, job, guard = QPointer<QProgressDialog>(progress)](const QString& problem) {
                if (guard != nullptr) {
                    guard->disconnect(job);
                    guard->close();
                }
                emit said(problem.isEmpty() ? tr("The pages were sent to the printer.") : problem);
                job->deleteLater();
            });
    job->start();
}

}  // namespace lectern::ui

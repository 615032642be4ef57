#include "tests/e2e/support/print_to_file.h"

#include <QPrinter>
#include <QSignalSpy>

#include "app/document_worker/document_client.h"
#include "tests/e2e/support/window_driver.h"
#include "ui/reader/printing.h"

namespace lectern::ui {

std::unique_ptr<QPrinter> filePrinter(const QString& path) {
    auto printer = std::make_unique<QPrinter>(QPrinter::HighResolution);
    printer->setOutputFormat(QPrinter::PdfFormat);
    printer->setOutputFileName(path);
    return printer;
}

QString printToFile(MainWindow& window, const QString& name, std::optional<std::pair<int, int>> pages) {
    const QString path = temporaryPath(name);
    std::unique_ptr<QPrinter> printer = filePrinter(path);
    if (pages) {
        printer->setPrintRange(QPrinter::PageRange);
        printer->setFromTo(pages->first, pages->second);
    }
    auto* printing = window.findChild<Printing*>();
    QSignalSpy said(printing, &Printing::said);
    printing->print(std::move(printer));
    return WindowDriver::waitFor([&] { return said.size() == 1; }) ? path : QString();
}

int pagesOfPdf(const QString& path) {
    app::DocumentClient client;
    QSignalSpy opened(&client, &app::DocumentClient::opened);
    client.open(path);
    return WindowDriver::waitFor([&] { return opened.size() == 1; }) ? client.info().pageCount : -1;
}

}  // namespace lectern::ui

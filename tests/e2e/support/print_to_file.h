#pragma once
// Printing into a PDF, as the print dialog would.

#include <QString>
#include <memory>
#include <optional>
#include <utility>

class QPrinter;

namespace lectern::ui {

class MainWindow;

/// A printer that writes a file of the test's own folder.
std::unique_ptr<QPrinter> filePrinter(const QString& path);
/// Prints the document in front, pages first to last from 1, and waits; the file's path, empty where nothing was said.
QString printToFile(MainWindow& window, const QString& name, std::optional<std::pair<int, int>> pages = std::nullopt);
/// -1: cannot be opened.
int pagesOfPdf(const QString& path);

}  // namespace lectern::ui

#include "ui/opening/document_opener.h"

#include <QFileInfo>

#include "ui/library/library_model.h"
#include "ui/opening/preflight_sheet.h"
#include "ui/opening/source_options.h"

namespace lectern::ui {
namespace {

/// Text of this size is about four million tokens: reading it is not a thing of seconds.
constexpr qint64 kLargeTextBytes = qint64{16} << 20;
/// So many at once are looked at together.
constexpr int kManyPaths = 5;

}  // namespace

DocumentOpener::DocumentOpener(Services& services, OpenDocuments* documents, const LibraryModel& library,
                               QWidget* window)
    : QObject(window), m_services(services), m_documents(documents), m_library(library), m_window(window) {}

bool DocumentOpener::needsLook(const QString& path) const {
    const QFileInfo file(path);
    const QString real = file.canonicalFilePath();
    if (real.isEmpty() || m_documents->tabOf(real) != nullptr || hasSourceOptions(m_services.settings, real)) {
        return false;
    }
    for (int row = 0; row < m_library.rowCount(); ++row) {
        if (m_library.index(row, LibraryModel::Title).data(LibraryModel::PathRole).toString() == real) {
            return false;
        }
    }
    const bool isPdf = file.suffix().compare(QLatin1String("pdf"), Qt::CaseInsensitive) == 0;
    return file.isDir() || (!isPdf && file.size() > kLargeTextBytes);
}

void DocumentOpener::open(const QStringList& paths) {
    QStringList looked;
    for (const QString& path : paths) {
        if (needsLook(path) || paths.size() >= kManyPaths) {
            looked.push_back(path);
        } else {
            m_documents->open(path);
        }
    }
    if (!looked.isEmpty()) {
        check(looked);
    }
}

void DocumentOpener::check(const QStringList& paths) {
    QStringList real;
    for (const QString& path : paths) {
        const QString canonical = QFileInfo(path).canonicalFilePath();
        real.push_back(canonical.isEmpty() ? path : canonical);
    }
    auto* sheet = new PreflightSheet(m_services, real, m_window);
    sheet->setAttribute(Qt::WA_DeleteOnClose);
    connect(sheet, &QDialog::accepted, this, [this, sheet] {
        for (const PreflightSheet::Choice& choice : sheet->chosen()) {
            storeSourceOptions(m_services.settings, choice.path, choice.options);
            m_documents->open(choice.path);
        }
    });
    sheet->open();
}

}  // namespace lectern::ui

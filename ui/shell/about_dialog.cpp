#include "ui/shell/about_dialog.h"

#include <QApplication>
#include <QDialogButtonBox>
#include <QFile>
#include <QFontDatabase>
#include <QHeaderView>
#include <QLabel>
#include <QPlainTextEdit>
#include <QTabWidget>
#include <QTableWidget>
#include <QVBoxLayout>
#include <array>

#include "ui/theme/theme.h"

namespace lectern::ui {
namespace {

struct Part {
    const char* name;
    const char* licence;
    const char* use;
};

/// What is linked or shipped, with the licence each is used under.
constexpr std::array<Part, 16> kParts{{
    {"Lectern", "GPL-3.0-or-later", QT_TRANSLATE_NOOP("AboutDialog", "this program")},
    {"lectern-45m", "CC BY-SA 4.0", QT_TRANSLATE_NOOP("AboutDialog", "the model that comes with it")},
    {"The Corrin Islands", "CC0-1.0", QT_TRANSLATE_NOOP("AboutDialog", "the sample document")},
    {"Qt 6", "LGPL-3.0", QT_TRANSLATE_NOOP("AboutDialog", "windows")},
    {"Poppler", "GPL-2.0-or-later", QT_TRANSLATE_NOOP("AboutDialog", "PDF files")},
    {"libxml2", "MIT", QT_TRANSLATE_NOOP("AboutDialog", "HTML, EPUB, DOCX and ODT files")},
    {"libarchive", "BSD-2-Clause", QT_TRANSLATE_NOOP("AboutDialog", "EPUB, DOCX and ODT files")},
    {"Tesseract", "Apache-2.0", QT_TRANSLATE_NOOP("AboutDialog", "text in scans")},
    {"uchardet", "MPL-1.1", QT_TRANSLATE_NOOP("AboutDialog", "encodings of text files")},
    {"libgit2", "GPL-2.0 with linking exception", QT_TRANSLATE_NOOP("AboutDialog", "rules of what to ignore")},
    {"SQLite", "Public domain", QT_TRANSLATE_NOOP("AboutDialog", "the library and its index")},
    {"Zstandard", "BSD-3-Clause", QT_TRANSLATE_NOOP("AboutDialog", "compression")},
    {"Highway", "Apache-2.0 or BSD-3-Clause", QT_TRANSLATE_NOOP("AboutDialog", "vector instructions")},
    {"oneDNN", "Apache-2.0", QT_TRANSLATE_NOOP("AboutDialog", "matrix products")},
    {"nlohmann/json", "MIT", QT_TRANSLATE_NOOP("AboutDialog", "JSON files")},
    {"CLI11", "BSD-3-Clause", QT_TRANSLATE_NOOP("AboutDialog", "command lines")},
}};

QTableWidget* partsTable() {
    auto* table = new QTableWidget(static_cast<int>(kParts.size()), 3);
    table->setAccessibleName(AboutDialog::tr("Parts and their licences"));
    table->setHorizontalHeaderLabels(
        {AboutDialog::tr("Part"), AboutDialog::tr("Licence"), AboutDialog::tr("Used for")});
    table->verticalHeader()->hide();
    table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setAlternatingRowColors(true);
    for (int row = 0; row < table->rowCount(); ++row) {
        const Part& part = kParts[static_cast<size_t>(row)];
        table->setItem(row, 0, new QTableWidgetItem(QString::fromLatin1(part.name)));
        table->setItem(row, 1, new QTableWidgetItem(QString::fromLatin1(part.licence)));
        table->setItem(row, 2, new QTableWidgetItem(AboutDialog::tr(part.use)));
    }
    table->setWordWrap(false);
    table->resizeColumnsToContents();
    table->horizontalHeader()->setStretchLastSection(true);
    return table;
}

QPlainTextEdit* licenceText() {
    auto* text = new QPlainTextEdit;
    text->setReadOnly(true);
    text->setAccessibleName(AboutDialog::tr("Text of the licence"));
    text->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    QFile file(QStringLiteral(":/LICENSE"));
    if (file.open(QIODevice::ReadOnly)) {
        text->setPlainText(QString::fromUtf8(file.readAll()));
    }
    return text;
}

}  // namespace

AboutDialog::AboutDialog(QWidget* parent) : QDialog(parent) {
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("About Lectern"));
    resize(640, 480);
    auto* about = new QLabel(tr("<h2>Lectern %1</h2><p>Read and question documents longer than any chat window. "
                                "The whole document is in the model's context; every answer can be checked.</p>"
                                "<p>Everything stays on this computer: Lectern uses no network.</p>"
                                "<p>Lectern is free software: you may pass it on and change it under the GNU General "
                                "Public License, version 3 or later. It comes without any warranty.</p>")
                                 .arg(QApplication::applicationVersion()));
    about->setWordWrap(true);
    about->setMargin(3 * kSpacing);
    about->setAlignment(Qt::AlignTop);
    about->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    auto* tabs = new QTabWidget;
    tabs->addTab(about, tr("About"));
    tabs->addTab(partsTable(), tr("Parts and licences"));
    tabs->addTab(licenceText(), tr("GNU GPL 3"));
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(tabs);
    layout->addWidget(buttons);
}

}  // namespace lectern::ui

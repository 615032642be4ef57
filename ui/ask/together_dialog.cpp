#include "ui/ask/together_dialog.h"

#include <QDialogButtonBox>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/theme/icons.h"
#include "ui/theme/theme.h"

namespace lectern::ui {

TogetherDialog::TogetherDialog(LibraryWorker& library, app::DocumentId document,
                               const std::vector<app::DocumentId>& chosen, QWidget* parent)
    : QDialog(parent), m_list(new QListWidget) {
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Ask together with"));
    resize(460, 420);
    auto* sentence = new QLabel(
        tr("The chosen documents stand in the context behind the one in front; an answer may come from any of them."));
    sentence->setWordWrap(true);
    m_list->setAccessibleName(tr("Documents of the library"));
    m_list->setAlternatingRowColors(true);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto* layout = new QVBoxLayout(this);
    layout->setSpacing(kSpacing);
    layout->addWidget(sentence);
    layout->addWidget(m_list, 1);
    layout->addWidget(buttons);
    library.run(
        this, [](app::Library& opened) { return opened.documents(); },
        [this, document, chosen](const Result<std::vector<app::DocumentRecord>>& records) {
            for (const app::DocumentRecord& record : records ? *records : std::vector<app::DocumentRecord>()) {
                if (record.id == document || record.state != app::IngestState::Ready) {
                    continue;
                }
                auto* item = new QListWidgetItem(icon(QStringLiteral("document")),
                                                 QString::fromStdString(record.header.title), m_list);
                item->setToolTip(QString::fromStdString(record.header.sourcePath));
                item->setData(Qt::UserRole, qlonglong{record.id});
                const bool on = std::find(chosen.begin(), chosen.end(), record.id) != chosen.end();
                item->setFlags(item->flags() | Qt::ItemIsUserCheckable);
                item->setCheckState(on ? Qt::Checked : Qt::Unchecked);
            }
            m_list->setCurrentRow(0);
        });
}

std::vector<app::DocumentId> TogetherDialog::chosen() const {
    std::vector<app::DocumentId> documents;
    for (int row = 0; row < m_list->count(); ++row) {
        if (m_list->item(row)->checkState() == Qt::Checked) {
            documents.push_back(m_list->item(row)->data(Qt::UserRole).toLongLong());
        }
    }
    return documents;
}

}  // namespace lectern::ui

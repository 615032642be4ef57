#include "ui/settings/storage_page.h"

#include <QGridLayout>
#include <QLabel>
#include <QLocale>
#include <QMessageBox>
#include <QPushButton>

#include "app/library/saved_contexts.h"
#include "ui/theme/quantities.h"
#include "ui/theme/theme.h"

namespace lectern::ui {
StoragePage::StoragePage(Services& services, QWidget* parent)
    : QWidget(parent), m_services(services), m_grid(new QGridLayout(this)), m_free(new QLabel) {
    m_grid->setContentsMargins(0, kSpacing, 0, kSpacing);
    m_grid->setHorizontalSpacing(3 * kSpacing);
    m_grid->setVerticalSpacing(2 * kSpacing);
    m_grid->setColumnStretch(0, 1);
    const Line library = addLine(tr("Library"), tr("Text of documents, conversations and their traces."), true);
    const Line contexts =
        addLine(tr("Saved contexts"), tr("What models computed for documents, so that they open at once."), true);
    const Line models = addLine(tr("Models cache"), tr("Checksums of models; computed again when needed."), true);
    const Line training =
        addLine(tr("Training runs"), tr("Checkpoints and adapters; runs are deleted in the list of runs."), false);
    m_librarySize = library.size;
    m_clearLibrary = library.clear;
    m_contextsSize = contexts.size;
    m_clearContexts = contexts.clear;
    m_modelsSize = models.size;
    m_clearModels = models.clear;
    m_trainingSize = training.size;
    m_free->setForegroundRole(QPalette::PlaceholderText);
    m_grid->addWidget(m_free, m_grid->rowCount(), 0, 1, 3);

    connect(m_clearLibrary, &QPushButton::clicked, this, [this] {
        confirm(tr("Remove every document from the library?"),
                tr("All conversations and saved contexts go with them. The files themselves stay where they are."),
                [this] {
                    const auto folder = app::contextsFolder(m_services.dataDirectory);
                    clear([folder](app::Library& opened) -> Result<void> {
                        LECTERN_ASSIGN(const std::vector<app::DocumentRecord> documents, opened.documents());
                        for (const app::DocumentRecord& document : documents) {
                            LECTERN_TRY(opened.removeDocument(document.id));
                        }
                        app::removeSavedContexts(folder);
                        return opened.compact();
                    });
                });
    });
    connect(m_clearContexts, &QPushButton::clicked, this, [this] {
        confirm(tr("Forget all saved contexts?"), tr("Documents are read by the model again before the next question."),
                [this] {
                    clear([folder = app::contextsFolder(m_services.dataDirectory)](app::Library&) -> Result<void> {
                        app::removeSavedContexts(folder);
                        return {};
                    });
                });
    });
    connect(m_clearModels, &QPushButton::clicked, this, [this] {
        clear([](app::Library&) -> Result<void> {
            app::clearModelCache();
            return {};
        });
    });
}

StoragePage::Line StoragePage::addLine(const QString& title, const QString& sentence, bool clearable) {
    const int row = m_grid->rowCount();
    auto* words = new QVBoxLayout;
    words->setSpacing(2);
    auto* heading = new QLabel(title);
    auto* detail = new QLabel(sentence);
    detail->setWordWrap(true);
    detail->setForegroundRole(QPalette::PlaceholderText);
    words->addWidget(heading);
    words->addWidget(detail);
    Line line{new QLabel(tr("measuring…")), clearable ? new QPushButton(tr("Clear…")) : nullptr};
    line.size->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    line.size->setAccessibleName(tr("Size of %1").arg(title));
    m_grid->addLayout(words, row, 0);
    m_grid->addWidget(line.size, row, 1);
    if (line.clear != nullptr) {
        line.clear->setAccessibleName(tr("Clear %1").arg(title));
        line.clear->setEnabled(false);
        m_grid->addWidget(line.clear, row, 2);
    }
    return line;
}

void StoragePage::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    measure();
}

void StoragePage::measure() {
    m_services.library.run(
        this,
        [folder = m_services.dataDirectory](app::Library&) -> Result<app::StorageUsage> {
            return app::measureStorage(folder);
        },
        [this](const Result<app::StorageUsage>& usage) {
            if (usage) {
                show(*usage);
            }
            emit measured();
        });
}

void StoragePage::show(const app::StorageUsage& usage) {
    m_usage = usage;
    m_librarySize->setText(sizeText(usage.libraryBytes));
    m_contextsSize->setText(
        usage.contexts == 0
            ? sizeText(0)
            : tr("%1 (contexts: %2)").arg(sizeText(usage.contextBytes), QLocale().toString(usage.contexts)));
    m_modelsSize->setText(sizeText(usage.modelCacheBytes));
    m_trainingSize->setText(sizeText(usage.trainingBytes));
    m_free->setText(tr("%1 are free on this disk. Everything lies in %2.")
                        .arg(sizeText(usage.freeBytes), QString::fromStdString(m_services.dataDirectory.string())));
    m_free->setWordWrap(true);
    m_clearLibrary->setEnabled(usage.libraryBytes > 0);
    m_clearContexts->setEnabled(usage.contexts > 0);
    m_clearModels->setEnabled(usage.modelCacheBytes > 0);
}

void StoragePage::confirm(const QString& question, const QString& consequence, std::function<void()> then) {
    auto* box = new QMessageBox(QMessageBox::Warning, tr("Clear"), question, QMessageBox::Cancel, this);
    box->setInformativeText(consequence);
    QPushButton* clearButton = box->addButton(tr("Clear"), QMessageBox::DestructiveRole);
    box->setAttribute(Qt::WA_DeleteOnClose);
    connect(box, &QMessageBox::buttonClicked, this, [clearButton, then = std::move(then)](QAbstractButton* button) {
        if (button == clearButton) {
            then();
        }
    });
    box->open();
}

void StoragePage::clear(std::function<Result<void>(app::Library&)> work) {
    m_services.library.run(this, std::move(work), [this](const Result<void>& done) {
        if (!done) {
            m_free->setText(QString::fromStdString(done.error().message));
        }
        emit cleared();
        measure();
    });
}

}  // namespace lectern::ui

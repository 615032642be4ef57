#include "ui/training/data_page.h"

#include <QComboBox>
#include <QDialog>
#include <QDialogButtonBox>
#include <QDoubleSpinBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QListWidget>
#include <QPushButton>
#include <QSplitter>
#include <QTextBrowser>
#include <QVBoxLayout>
#include <map>

#include "ui/theme/icons.h"
#include "ui/theme/quantities.h"
#include "ui/theme/tone_label.h"
#include "ui/training/length_chart.h"

namespace lectern::ui {
namespace {

/// Sums of all sources.
app::DataSummary sumOf(const std::vector<app::DataSummary>& data) {
    app::DataSummary sum;
    std::map<int64_t, int64_t> bins;
    for (const app::DataSummary& each : data) {
        if (each.kind != "text" && each.kind != "examples") {
            continue;  // made from the same texts, which are counted once
        }
        sum.documents += each.documents;
        sum.heldOut += each.heldOut;
        sum.tokens += each.tokens;
        sum.truncated += each.truncated;
        sum.dropped += each.dropped;
        sum.split += each.split;
        for (const app::LengthBin& bin : each.histogram) {
            bins[bin.from] += bin.count;
        }
    }
    for (const auto& [from, count] : bins) {
        sum.histogram.push_back({from, count});
    }
    return sum;
}

}  // namespace

QString renderedHtml(const std::vector<app::SequencePreview>& sequences, const QPalette& palette) {
    const QString accent = tone(palette, Tone::Accent).name();
    const QString quiet = tone(palette, Tone::Muted).name();
    QString html;
    for (const app::SequencePreview& sequence : sequences) {
        html += QStringLiteral("<p style=\"color:%1\">").arg(quiet) +
                QObject::tr("%1: %2 tokens, %3 of them trained")
                    .arg(QString::fromStdString(sequence.origin).toHtmlEscaped(), numberText(sequence.tokens),
                         numberText(sequence.trainedTokens)) +
                QStringLiteral("</p><p>");
        for (const app::PreviewPiece& piece : sequence.pieces) {
            QString text = QString::fromStdString(piece.text).toHtmlEscaped();
            text.replace(u'\n', QStringLiteral("↵<br/>"));
            html +=
                piece.trained ? QStringLiteral("<u><span style=\"color:%1\">%2</span></u>").arg(accent, text) : text;
        }
        html += QStringLiteral("</p>");
        if (sequence.omittedTokens > 0) {
            html += QStringLiteral("<p style=\"color:%1\">").arg(quiet) +
                    QObject::tr("(%1 tokens in the middle are not shown)").arg(numberText(sequence.omittedTokens)) +
                    QStringLiteral("</p>");
        }
        html += QStringLiteral("<hr/>");
    }
    return html;
}

DataPage::DataPage(TuneState& state, QWidget* parent)
    : TunePage(state, tr("Data"),
               tr("Texts, examples or documents of the library. Nothing is cut off without being told here."), parent),
      m_list(new QListWidget),
      m_documents(new QComboBox),
      m_addDocument(new QPushButton(icon(QStringLiteral("add")), tr("Add from Library"))),
      m_overlong(new QComboBox),
      m_heldOut(new QDoubleSpinBox),
      m_summary(new ToneLabel(Tone::Muted)),
      m_lengths(new LengthChart),
      m_rendered(new QTextBrowser),
      m_thread(std::make_unique<app::TaskThread>()) {
    auto* splitter = new QSplitter;
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(buildSources());
    splitter->addWidget(buildPreview());
    splitter->setSizes({320, 380});
    m_layout->addWidget(splitter, 1);
}

DataPage::~DataPage() = default;

QWidget* DataPage::buildSources() {
    auto* area = new QWidget;
    auto* layout = new QVBoxLayout(area);
    layout->setContentsMargins(0, 0, kSpacing, 0);
    m_list->setAccessibleName(tr("Training data"));
    layout->addWidget(m_list, 1);
    auto* files = new QPushButton(icon(QStringLiteral("import")), tr("Add Files…"));
    auto* remove = new QPushButton(icon(QStringLiteral("remove")), tr("Remove"));
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(files);
    buttons->addWidget(remove);
    buttons->addStretch();
    layout->addLayout(buttons);
    m_addDocument->setEnabled(false);  // until the library's documents are there
    m_documents->setAccessibleName(tr("Document of the library"));
    m_documents->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    auto* fromLibrary = new QHBoxLayout;
    fromLibrary->addWidget(m_documents, 1);
    fromLibrary->addWidget(m_addDocument);
    layout->addLayout(fromLibrary);
    m_overlong->addItem(tr("Split into several sequences"), QStringLiteral("split"));
    m_overlong->addItem(tr("Truncate"), QStringLiteral("truncate"));
    m_overlong->addItem(tr("Drop"), QStringLiteral("drop"));
    m_heldOut->setRange(0, 50);
    m_heldOut->setDecimals(0);
    m_heldOut->setSuffix(QStringLiteral(" %"));
    m_heldOut->setValue(100 * m_state.plan.heldOutShare);
    auto* form = new QFormLayout;
    form->addRow(tr("What is too long"), m_overlong);
    form->addRow(tr("Held out for evaluation"), m_heldOut);
    layout->addLayout(form);
    layout->addWidget(m_lengths);
    layout->addWidget(m_summary);
    connect(files, &QPushButton::clicked, this, [this] {
        addFiles(QFileDialog::getOpenFileNames(this, tr("Training Data"), {},
                                               tr("Texts and examples (*.txt *.md *.jsonl)")));
    });
    connect(remove, &QPushButton::clicked, this, &DataPage::removeCurrent);
    connect(m_addDocument, &QPushButton::clicked, this,
            [this] { addDocument(m_documents->currentData().toLongLong()); });
    connect(m_overlong, &QComboBox::currentIndexChanged, this, &DataPage::rebuildData);
    connect(m_heldOut, &QDoubleSpinBox::valueChanged, this, &DataPage::rebuildData);
    return area;
}

QWidget* DataPage::buildPreview() {
    auto* area = new QWidget;
    auto* layout = new QVBoxLayout(area);
    layout->setContentsMargins(kSpacing, 0, 0, 0);
    layout->addWidget(sectionLabel(tr("What the model sees")));
    layout->addWidget(new ToneLabel(Tone::Muted, tr("Underlined: the tokens that are trained.")));
    m_rendered->setAccessibleName(tr("Rendered training sequences"));
    m_rendered->setPlaceholderText(tr("Add texts to see the first sequences."));
    layout->addWidget(m_rendered, 1);
    return area;
}

void DataPage::enter() {
    loadDocuments();
    rebuildData();
}

bool DataPage::isComplete() const {
    return !m_state.plan.data.empty() && m_previewed;
}

QString DataPage::summary() const {
    return m_summary->text();
}

void DataPage::loadDocuments() {
    m_state.services.library.run(
        this, [](app::Library& library) { return library.documents(); },
        [this](const Result<std::vector<app::DocumentRecord>>& records) {
            const QVariant before = m_documents->currentData();
            m_documents->clear();
            for (const app::DocumentRecord& record : records ? *records : std::vector<app::DocumentRecord>()) {
                m_documents->addItem(QString::fromStdString(record.header.title), qlonglong{record.id});
            }
            m_documents->setCurrentIndex(std::max(0, m_documents->findData(before)));
            m_addDocument->setEnabled(m_documents->count() > 0);
        });
}

void DataPage::addFiles(const QStringList& paths) {
    for (const QString& path : paths) {
        path.endsWith(QLatin1String(".jsonl")) ? addExamples(path)
                                               : addSource(QStringLiteral("text"), path, QFileInfo(path).fileName());
    }
}

void DataPage::addExamples(const QString& path) {
    const Result<app::ExampleFields> fields = app::inspectExamples(path.toStdString());
    if (!fields) {
        m_summary->setTone(Tone::Error);
        m_summary->setText(QString::fromStdString(fields.error().message));
    } else if (fields->readable) {
        addSource(fields->isText ? QStringLiteral("text") : QStringLiteral("examples"), path,
                  QFileInfo(path).fileName());
    } else {
        askForMapping(path, *fields);
    }
}

void DataPage::askForMapping(const QString& path, const app::ExampleFields& fields) {
    auto* dialog = new QDialog(this);
    dialog->setObjectName(QStringLiteral("mapping"));
    dialog->setWindowTitle(tr("Fields of %1").arg(QFileInfo(path).fileName()));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    auto* prompt = new QComboBox;
    auto* completion = new QComboBox;
    for (size_t i = 0; i < fields.fields.size(); ++i) {
        const QString name = QString::fromStdString(fields.fields[i]);
        for (QComboBox* box : {prompt, completion}) {
            box->addItem(tr("%1: “%2”").arg(name, QString::fromStdString(fields.firstValues[i])), name);
        }
    }
    completion->setCurrentIndex(completion->count() - 1);
    auto* form = new QFormLayout(dialog);
    form->addRow(new ToneLabel(Tone::Muted, tr("Which field is asked, and which is the answer to be learnt?")));
    form->addRow(tr("Asked"), prompt);
    form->addRow(tr("Answer"), completion);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel);
    form->addRow(buttons);
    connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
    connect(buttons, &QDialogButtonBox::accepted, dialog, &QDialog::accept);
    connect(dialog, &QDialog::accepted, this, [this, path, prompt, completion] {
        const auto target =
            m_state.dataFolder() / (QFileInfo(path).completeBaseName() + QStringLiteral("-mapped.jsonl")).toStdString();
        m_state.services.library.run(
            this,
            [path, from = prompt->currentData().toString(), to = completion->currentData().toString(),
             target](app::Library&) {
                return app::mapExamples(path.toStdString(), from.toStdString(), to.toStdString(), target);
            },
            [this, path, target](const Result<app::MappedExamples>& mapped) {
                if (mapped) {
                    addSource(
                        QStringLiteral("examples"), QString::fromStdString(target.string()),
                        tr("%1 (%2 examples, %3 lines left out)")
                            .arg(QFileInfo(path).fileName(), numberText(mapped->lines), numberText(mapped->leftOut)));
                } else {
                    m_summary->setTone(Tone::Error);
                    m_summary->setText(QString::fromStdString(mapped.error().message));
                }
            });
    });
    dialog->open();
}

void DataPage::addDocument(app::DocumentId document) {
    if (document == 0) {
        return;
    }
    m_state.services.library.run(
        this,
        [document, folder = m_state.dataFolder()](app::Library& library) {
            return app::exportDocumentText(library, document, folder);
        },
        [this, document](const Result<app::ExportedDocument>& exported) {
            if (!exported) {
                m_summary->setTone(Tone::Error);
                m_summary->setText(QString::fromStdString(exported.error().message));
                return;
            }
            m_state.document = document;
            addSource(QStringLiteral("document"), QString::fromStdString(exported->parts.string()),
                      QString::fromStdString(exported->title));
        });
}

void DataPage::addSource(const QString& kind, const QString& path, const QString& label) {
    for (const Source& source : m_sources) {
        if (source.path == path) {
            return;
        }
    }
    m_sources.push_back({kind, path, label});
    m_list->addItem(new QListWidgetItem(
        icon(kind == QLatin1String("examples") ? QStringLiteral("ask") : QStringLiteral("document")), label));
    rebuildData();
}

void DataPage::removeCurrent() {
    const int row = m_list->currentRow();
    if (row >= 0) {
        m_sources.erase(m_sources.begin() + row);
        delete m_list->takeItem(row);
        rebuildData();
    }
}

void DataPage::rebuildData() {
    app::TrainingPlan& plan = m_state.plan;
    const std::string overlong = m_overlong->currentData().toString().toStdString();
    app::TrainingSource texts{"text", {}, 1, overlong}, examples{"examples", {}, 1, overlong};
    for (const Source& source : m_sources) {
        (source.kind == QLatin1String("examples") ? examples : texts).paths.push_back(source.path.toStdString());
    }
    plan.data.clear();
    plan.heldOutShare = m_heldOut->value() / 100;
    if (!texts.paths.empty()) {
        if (plan.goal == app::TuneGoal::DomainQuestions) {
            plan.data.push_back({"document_questions", texts.paths, 2, overlong});
        }
        plan.data.push_back(texts);
        if (plan.goal == app::TuneGoal::LongContext) {
            plan.data.push_back({"needle", texts.paths, 0.5, overlong});
        }
        // A document's parts lie beside its whole text.
        std::filesystem::path sample = texts.paths.front();
        if (sample.extension() == ".jsonl") {
            sample.replace_extension(".txt");
        }
        std::error_code ignored;
        plan.sampleDocument = std::filesystem::exists(sample, ignored) ? sample.string() : std::string();
    }
    if (!examples.paths.empty()) {
        plan.data.push_back(examples);
    }
    requestPreview();
}

void DataPage::requestPreview() {
    m_previewed = false;
    const uint64_t request = ++m_request;
    m_thread->cancelAll();
    if (m_state.plan.data.empty()) {
        showPreview({});
        emit completeChanged();
        return;
    }
    m_summary->setTone(Tone::Muted);
    m_summary->setText(tr("Counting tokens…"));
    emit completeChanged();
    m_thread->add(request,
                  [this, request, config = app::trainingConfig(m_state.plan, "preview")](const std::stop_token&) {
                      auto preview = app::previewTraining(config);
                      QMetaObject::invokeMethod(
                          this,
                          [this, request, preview = std::move(preview)] {
                              if (request != m_request) {
                                  return;
                              }
                              m_previewed = preview.ok();
                              if (preview) {
                                  showPreview(*preview);
                              } else {
                                  m_summary->setTone(Tone::Error);
                                  m_summary->setText(QString::fromStdString(preview.error().message));
                              }
                              emit completeChanged();
                              emit previewed();
                          },
                          Qt::QueuedConnection);
                  });
}

void DataPage::showPreview(const app::TrainingPreview& preview) {
    m_preview = preview;
    const app::DataSummary sum = sumOf(preview.data);
    m_lengths->setBins(sum.histogram, m_state.plan.sequenceTokens);
    m_summary->setTone(Tone::Muted);
    m_summary->setText(
        preview.data.empty()
            ? QString()
            : tr("%1 texts or examples with %2 tokens; %3 kept for evaluation. Longer than a sequence: %4 split, "
                 "%5 truncated, %6 dropped.")
                  .arg(numberText(sum.documents), numberText(sum.tokens), numberText(sum.heldOut),
                       numberText(sum.split), numberText(sum.truncated), numberText(sum.dropped)));
    showSequences();
}

void DataPage::changeEvent(QEvent* event) {
    TunePage::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        showSequences();
    }
}

void DataPage::showSequences() {
    std::vector<app::SequencePreview> shown = m_preview.sequences;
    for (app::SequencePreview& sequence : shown) {
        // By the name that it has in the list, not by the file that the library wrote for it.
        for (const Source& source : m_sources) {
            const std::string file = QFileInfo(source.path).fileName().toStdString();
            if (sequence.origin.starts_with(file)) {
                sequence.origin.replace(0, file.size(), source.label.toStdString());
                break;
            }
        }
    }
    m_rendered->setHtml(renderedHtml(shown, palette()));
}

}  // namespace lectern::ui

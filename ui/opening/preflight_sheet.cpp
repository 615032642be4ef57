#include "ui/opening/preflight_sheet.h"

#include <QCheckBox>
#include <QDialogButtonBox>
#include <QFileInfo>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QTreeView>
#include <QTreeWidget>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/opening/coverage_strip.h"
#include "ui/opening/source_options.h"
#include "ui/theme/icons.h"
#include "ui/theme/quantities.h"
#include "ui/theme/tone_label.h"

namespace lectern::ui {
namespace {

/// Of the list of documents where a token tree stands below it.
constexpr int kListHeight = 130;

enum Column { kName, kPages, kTokens, kCoverage, kState };

bool readable(const app::PreflightDocument& document) {
    return document.problem.empty();
}

QString stateText(const app::PreflightDocument& document) {
    if (!readable(document)) {
        return QString::fromStdString(document.problem);
    }
    switch (document.duplicate) {
        case app::DuplicateOf::Library:
            return PreflightSheet::tr("already in the library");
        case app::DuplicateOf::EarlierPath:
            return PreflightSheet::tr("the same as one above");
        case app::DuplicateOf::Nothing:
            break;
    }
    return document.header.encrypted ? PreflightSheet::tr("encrypted") : QString();
}

}  // namespace

PreflightSheet::PreflightSheet(Services& services, const QStringList& paths, QWidget* parent)
    : QDialog(parent), m_services(services), m_paths(paths), m_runner(services), m_treeModel(new TokenTreeModel(this)) {
    setWindowTitle(tr("Before opening"));
    resize(820, 620);
    m_documents = new QTreeWidget;
    m_documents->setAccessibleName(tr("Documents to open"));
    m_documents->setHeaderLabels({tr("Document"), tr("Pages"), tr("Tokens"), tr("Text of its pages"), tr("State")});
    m_documents->setRootIsDecorated(false);
    m_documents->setUniformRowHeights(true);
    m_documents->setItemDelegateForColumn(kCoverage, new CoverageDelegate(m_documents));
    m_documents->header()->setSectionResizeMode(kName, QHeaderView::Stretch);
    m_documents->header()->setStretchLastSection(false);
    m_recognise = new QCheckBox(tr("Recognise the text of scanned pages (OCR)"));
    m_language = new QLineEdit(m_services.settings.text(QStringLiteral("reading/ocr_language")));
    m_language->setAccessibleName(tr("Language of the scans"));
    m_language->setToolTip(tr("Languages as Tesseract names them: eng, deu, eng+deu"));
    m_language->setMaximumWidth(110);
    auto* scans = new QHBoxLayout;
    scans->addWidget(m_recognise);
    scans->addWidget(m_language);
    scans->addStretch(1);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    m_open = buttons->addButton(tr("Open"), QDialogButtonBox::AcceptRole);
    m_open->setIcon(icon(QStringLiteral("open")));
    m_open->setDefault(true);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto* layout = new QVBoxLayout(this);
    layout->setSpacing(2 * kSpacing);
    layout->addWidget(buildSummary());
    layout->addWidget(m_documents);
    layout->addLayout(scans);
    layout->addWidget(buildTree(), 1);
    layout->addStretch(0);
    layout->addWidget(buttons);
    m_recognise->hide();
    m_language->hide();
    connect(m_recognise, &QCheckBox::toggled, m_language, &QWidget::setVisible);
    connect(m_documents, &QTreeWidget::itemChanged, this, [this](QTreeWidgetItem*, int column) {
        if (column == kName) {
            addUp();
        }
    });
    connect(m_treeModel, &TokenTreeModel::checksChanged, this, &PreflightSheet::addUp);
    connect(&m_runner, &PreflightRunner::progressed, this, [this](const QString& path, qint64 done, qint64 count) {
        m_looking->setText(
            tr("Looking at %1: %2 of %3").arg(QFileInfo(path).fileName(), numberText(done), numberText(count)));
        m_progress->setRange(0, static_cast<int>(count));
        m_progress->setValue(static_cast<int>(done));
    });
    connect(&m_runner, &PreflightRunner::finished, this, &PreflightSheet::showOutcome);
    connect(&m_runner, &PreflightRunner::failed, this, [this](const QString& sentence) {
        m_looking->setText(sentence);
        m_progress->hide();
    });
    look();
}

PreflightSheet::~PreflightSheet() = default;

QWidget* PreflightSheet::buildSummary() {
    auto* area = new QWidget;
    m_verdict = new QLabel;
    m_verdict->setWordWrap(true);
    QFont bold = m_verdict->font();
    bold.setWeight(QFont::DemiBold);
    bold.setPointSizeF(bold.pointSizeF() * 1.15);
    m_verdict->setFont(bold);
    m_costs = new QLabel;
    m_costs->setWordWrap(true);
    m_looking = new ToneLabel(Tone::Muted);
    m_progress = new QProgressBar;
    m_progress->setTextVisible(false);
    m_progress->setFixedHeight(6);
    m_progress->setAccessibleName(tr("Progress"));
    auto* layout = new QVBoxLayout(area);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(kSpacing);
    for (QWidget* widget : std::initializer_list<QWidget*>{m_verdict, m_costs, m_looking, m_progress}) {
        layout->addWidget(widget);
    }
    return area;
}

QWidget* PreflightSheet::buildTree() {
    m_treeArea = new QWidget;
    m_tree = new QTreeView;
    m_tree->setAccessibleName(tr("Files of the folder"));
    m_tree->setModel(m_treeModel);
    m_tree->setUniformRowHeights(true);
    m_tree->setAlternatingRowColors(true);
    m_ignored = new QCheckBox(tr("Ignored files"));
    m_ignored->setToolTip(tr("Files that .gitignore names"));
    m_lockFiles = new QCheckBox(tr("Lock files"));
    m_vendored = new QCheckBox(tr("Vendored and built files"));
    auto* rules = new QHBoxLayout;
    rules->addWidget(new QLabel(tr("Also take:")));
    for (QCheckBox* box : {m_ignored, m_lockFiles, m_vendored}) {
        rules->addWidget(box);
        connect(box, &QCheckBox::clicked, this, &PreflightSheet::look);
    }
    rules->addStretch(1);
    auto* layout = new QVBoxLayout(m_treeArea);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(kSpacing);
    layout->addLayout(rules);
    layout->addWidget(m_tree, 1);
    m_treeArea->hide();
    return m_treeArea;
}

void PreflightSheet::look() {
    m_outcome = nullptr;
    m_open->setEnabled(false);
    m_verdict->setText(tr("Looking at what would be opened\xe2\x80\xa6"));
    m_costs->clear();
    m_looking->clear();
    m_looking->show();
    m_progress->setRange(0, 0);
    m_progress->show();
    app::IngestOptions options;
    options.sourceTree.listLeftOut = true;
    options.sourceTree.includeIgnored = m_ignored->isChecked();
    options.sourceTree.includeLockFiles = m_lockFiles->isChecked();
    options.sourceTree.includeVendored = m_vendored->isChecked();
    m_runner.start(m_paths, options);
}

void PreflightSheet::showOutcome(const std::shared_ptr<const PreflightOutcome>& outcome) {
    m_outcome = outcome;
    m_sheet = outcome->sheet;
    m_looking->hide();
    m_progress->hide();
    m_treeDocument = -1;
    {
        const QSignalBlocker quiet(m_documents);
        m_documents->clear();
        bool scans = false;
        for (size_t i = 0; i < m_sheet.documents.size(); ++i) {
            const app::PreflightDocument& document = m_sheet.documents[i];
            showDocument(static_cast<int>(i), new QTreeWidgetItem(m_documents));
            scans = scans || (document.header.kind == app::DocumentKind::Pdf && document.pagesWithoutText > 0);
            if (m_treeDocument < 0 && !document.files.empty()) {
                m_treeDocument = static_cast<int>(i);
            }
        }
        m_recognise->setVisible(scans);
        m_language->setVisible(scans && m_recognise->isChecked());
    }
    for (int column = kPages; column <= kState; ++column) {
        m_documents->resizeColumnToContents(column);
    }
    m_documents->setColumnWidth(kCoverage, 160);
    m_treeArea->setVisible(m_treeDocument >= 0);
    m_documents->setMaximumHeight(m_treeDocument >= 0 ? kListHeight : QWIDGETSIZE_MAX);
    static_cast<QVBoxLayout*>(layout())->setStretchFactor(m_documents, m_treeDocument >= 0 ? 0 : 1);
    if (m_treeDocument < 0) {
        m_treeModel->setFiles({});
    } else {
        // What was left out or taken in, in this sheet or the last time, is so again.
        app::SourceTreeOptions before = sourceOptions(m_services.settings, m_paths[m_treeDocument]).sourceTree;
        if (m_treeModel->rowCount() > 0) {
            before.leaveOut = m_treeModel->leftOut();
            before.takeIn = m_treeModel->takenIn();
        }
        m_treeModel->setFiles(m_sheet.documents[static_cast<size_t>(m_treeDocument)].files, before.leaveOut,
                              before.takeIn);
        m_tree->header()->setSectionResizeMode(TokenTreeModel::Name, QHeaderView::Stretch);
        m_tree->header()->setStretchLastSection(false);
        for (int column = TokenTreeModel::Tokens; column < TokenTreeModel::ColumnCount; ++column) {
            m_tree->resizeColumnToContents(column);
        }
        const int digit = m_tree->fontMetrics().horizontalAdvance(QLatin1Char('0'));
        m_tree->setColumnWidth(TokenTreeModel::Tokens, 16 * digit);
        m_tree->setColumnWidth(TokenTreeModel::Size, 11 * digit);
        m_tree->setColumnWidth(TokenTreeModel::State, 22 * digit);
    }
    addUp();
}

void PreflightSheet::showDocument(int index, QTreeWidgetItem* item) {
    const app::PreflightDocument& document = m_sheet.documents[static_cast<size_t>(index)];
    const QString title = QString::fromStdString(document.header.title);
    item->setText(kName, title.isEmpty() ? QFileInfo(m_paths[index]).fileName() : title);
    item->setToolTip(kName, m_paths[index]);
    item->setText(kState, stateText(document));
    item->setToolTip(kState, stateText(document));
    item->setIcon(kName, icon(readable(document)
                                  ? (document.files.empty() ? QStringLiteral("document") : QStringLiteral("folder"))
                                  : QStringLiteral("warning")));
    if (!readable(document)) {
        item->setDisabled(true);
        return;
    }
    item->setFlags(item->flags() | Qt::ItemIsUserCheckable);
    item->setCheckState(kName, document.duplicate == app::DuplicateOf::EarlierPath ? Qt::Unchecked : Qt::Checked);
    item->setText(kPages, numberText(document.header.pageCount));
    item->setText(kTokens,
                  (document.estimated ? tr("about %1") : QStringLiteral("%1")).arg(numberText(document.tokens)));
    for (const int column : {kPages, kTokens}) {
        item->setTextAlignment(column, Qt::AlignRight | Qt::AlignVCenter);
    }
    const QByteArray coverage = coverageBytes(document.coverage);
    item->setData(kCoverage, kCoverageRole, coverage);
    item->setData(kCoverage, Qt::AccessibleTextRole, coverageText(coverage));
    item->setToolTip(kCoverage, coverageText(coverage));
}

void PreflightSheet::addUp() {
    if (m_outcome == nullptr) {
        return;
    }
    m_sheet = m_outcome->sheet;
    std::vector<bool> wanted;
    int open = 0;
    for (size_t i = 0; i < m_sheet.documents.size(); ++i) {
        QTreeWidgetItem* item = m_documents->topLevelItem(static_cast<int>(i));
        bool takes = readable(m_sheet.documents[i]) && item->checkState(kName) == Qt::Checked;
        if (static_cast<int>(i) == m_treeDocument) {
            m_sheet.documents[i].tokens = m_treeModel->checkedTokens();
            takes = takes && m_treeModel->checkedFiles() > 0;
            item->setText(kTokens, m_treeModel->takenIn().empty()
                                       ? numberText(m_treeModel->checkedTokens())
                                       : tr("about %1").arg(numberText(m_treeModel->checkedTokens())));
            item->setText(kPages, numberText(m_treeModel->checkedFiles()));
            m_documents->resizeColumnToContents(kTokens);
        }
        wanted.push_back(takes);
        open += takes ? 1 : 0;
    }
    const app::PreflightModel& model = m_outcome->model.model;
    app::summarise(m_sheet, model, m_outcome->options, wanted);
    const bool fits = m_sheet.fit != app::ContextFit::TooBig;
    const QString sign = fits ? QString::fromUtf8("\xe2\x9c\x93 ") : QString::fromUtf8("\xe2\x9c\x97 ");
    const QString name = QString::fromStdString(model.name);
    m_verdict->setText(sign +
                       (m_sheet.fit == app::ContextFit::Fits
                            ? tr("%1 tokens: fits the context of %2").arg(numberText(m_sheet.tokens), name)
                        : fits ? tr("%1 tokens: needs the extended context of %2").arg(numberText(m_sheet.tokens), name)
                               : tr("%1 tokens: too big for %2, which takes %3")
                                     .arg(numberText(m_sheet.tokens), name, numberText(model.largestContext))));
    QStringList costs;
    costs << tr("memory %1%2")
                 .arg(sizeText(m_sheet.cacheBytes),
                      m_sheet.memorySuffices ? QString() : tr(" (more than is free now)"));
    costs << tr("disk %1 in the library").arg(sizeText(m_sheet.libraryBytes));
    if (m_sheet.contextBytes > 0) {
        costs << tr("%1 for what the model computes").arg(sizeText(m_sheet.contextBytes));
    }
    costs << tr("%1 to take the text in").arg(roughDuration(m_sheet.readSeconds));
    costs << (m_sheet.prefillSeconds ? tr("%1 for the model to read it").arg(roughDuration(*m_sheet.prefillSeconds))
                                     : tr("the model's time is known once it has read something on this computer"));
    const bool noText = m_sheet.tokens <= 1 && open > 0;
    if (noText) {
        m_verdict->setText(QString::fromUtf8("\xe2\x9c\x97 ") +
                           tr("There is no text to ask about: the pages are pictures, or empty"));
    }
    m_costs->setText(costs.join(QString::fromUtf8(" \xc2\xb7 ")));
    m_open->setEnabled(open > 0);
    m_open->setDefault(true);
    m_open->setText(open > 1 ? tr("Open %1 documents").arg(open) : tr("Open"));
}

QString PreflightSheet::verdict() const {
    return m_verdict->text() + QLatin1Char('\n') + m_costs->text();
}

app::IngestOptions PreflightSheet::optionsFor(int document) const {
    app::IngestOptions options;
    const app::PreflightDocument& looked = m_sheet.documents[static_cast<size_t>(document)];
    if (looked.header.kind == app::DocumentKind::Pdf && m_recognise->isChecked() && looked.pagesWithoutText > 0) {
        options.recognitionLanguage = m_language->text().trimmed().toStdString();
    }
    if (looked.header.kind == app::DocumentKind::SourceTree) {
        options.sourceTree.includeIgnored = m_ignored->isChecked();
        options.sourceTree.includeLockFiles = m_lockFiles->isChecked();
        options.sourceTree.includeVendored = m_vendored->isChecked();
        if (document == m_treeDocument) {
            options.sourceTree.leaveOut = m_treeModel->leftOut();
            options.sourceTree.takeIn = m_treeModel->takenIn();
        }
    }
    return options;
}

std::vector<PreflightSheet::Choice> PreflightSheet::chosen() const {
    std::vector<Choice> choices;
    for (int i = 0; m_outcome != nullptr && i < m_documents->topLevelItemCount(); ++i) {
        const QTreeWidgetItem* item = m_documents->topLevelItem(i);
        if (!item->isDisabled() && item->checkState(kName) == Qt::Checked) {
            choices.push_back({m_paths[i], optionsFor(i)});
        }
    }
    return choices;
}

}  // namespace lectern::ui

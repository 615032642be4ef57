#include "ui/attention/attention_panel.h"

#include <QAction>
#include <QComboBox>
#include <QFileDialog>
#include <QItemSelectionModel>
#include <QLabel>
#include <QLayout>
#include <QListView>
#include <QPainter>
#include <QStackedWidget>
#include <QTableView>
#include <QToolButton>

#include "ui/attention/answer_token_model.h"
#include "ui/attention/map_canvas.h"
#include "ui/attention/map_export.h"
#include "ui/attention/map_loader.h"
#include "ui/attention/region_table_model.h"
#include "ui/attention/token_texts.h"
#include "ui/theme/quantities.h"

namespace lectern::ui {

AttentionPanel::AttentionPanel(QWidget* parent)
    : QWidget(parent),
      m_loader(new MapLoader(this)),
      m_regions(new RegionTableModel(this)),
      m_nominations(new NominationTableModel(this)),
      m_tokens(new AnswerTokenModel(this)),
      m_texts(new TokenTexts(this)) {
    buildActions();
    buildViews();
    connect(m_loader, &MapLoader::loaded, this, [this](const RegionTableModel::Lines& lines) {
        m_regions->setLines(lines);
        showMap();
    });
    connect(m_texts, &TokenTexts::wanted, this, &AttentionPanel::tokenTextsWanted);
    m_regions->setTexts(m_texts);
    m_canvas->setTexts(m_texts);
    updateEmptyState();
}

AttentionPanel::~AttentionPanel() = default;

bool AttentionPanel::isLoading() const {
    return m_loader->busy();
}

void AttentionPanel::setSnapshot(const TraceSnapshot& snapshot) {
    const bool newAnswer = snapshot.answer != m_snapshot.answer;
    m_snapshot = snapshot;
    m_tokens->setSource(snapshot);
    m_texts->setAnswer(snapshot);
    if (newAnswer) {
        m_options.steps.clear();
    }
    if (!canShow(snapshot, m_options.layer)) {
        const MapLayer other = m_options.layer == MapLayer::Document ? MapLayer::Answer : MapLayer::Document;
        if (canShow(snapshot, other)) {
            m_options.layer = other;
        }
    }
    optionsChanged();
}

void AttentionPanel::setLayer(MapLayer layer) {
    m_options.layer = layer;
    optionsChanged();
}

void AttentionPanel::chooseAnswerTokens(TokenRange contextTokens) {
    QItemSelection chosen;
    for (int row = 0; row < m_tokens->rowCount(); ++row) {
        const int64_t token = m_snapshot.answer->steps[static_cast<size_t>(m_tokens->stepAt(row))].token;
        if (token >= contextTokens.begin && token < contextTokens.end) {
            chosen.select(m_tokens->index(row), m_tokens->index(row));
        }
    }
    m_tokenView->selectionModel()->select(chosen, QItemSelectionModel::ClearAndSelect);
}

void AttentionPanel::tokensChosen() {
    std::vector<int> steps;
    for (const QModelIndex& index : m_tokenView->selectionModel()->selectedIndexes()) {
        steps.push_back(m_tokens->stepAt(index.row()));
    }
    std::sort(steps.begin(), steps.end());
    if (steps != m_options.steps) {
        m_options.steps = std::move(steps);
        optionsChanged();
    }
}

void AttentionPanel::setReaderRange(TokenRange tokens) {
    m_canvas->setReaderRange(tokens);
}
void AttentionPanel::setMarks(std::vector<TokenRange> marks) {
    m_canvas->setMarks(std::move(marks));
}

void AttentionPanel::setTokenTexts(TokenRange tokens, const QVector<QString>& texts) {
    m_texts->put(tokens, texts);
}
void AttentionPanel::forgetTokenTexts() {
    m_texts->clear();
}

void AttentionPanel::optionsChanged() {
    const bool answer = m_options.layer == MapLayer::Answer;
    m_documentLayer->setChecked(!answer);
    m_answerLayer->setChecked(answer);
    m_documentLayer->setEnabled(canShow(m_snapshot, MapLayer::Document) || !answer);
    m_answerLayer->setEnabled(canShow(m_snapshot, MapLayer::Answer) || answer);
    m_measure->setEnabled(answer);
    m_compare->setEnabled(answer && m_compare->count() > 1);
    m_compareShown->setVisible(m_compare->isEnabled());
    m_tokenView->setVisible(answer && m_tokens->rowCount() > 0);
    m_options.rows = static_cast<MapRows>(m_rows->currentData().toInt());
    if (!answer && m_options.rows == MapRows::AnswerTokens) {
        m_options.rows = MapRows::HeadGroups;
    }
    m_options.measure = static_cast<MapMeasure>(m_measure->currentData().toInt());
    m_options.grain = static_cast<MapGrain>(m_grain->currentData().toInt());
    const bool needsText = m_options.grain == MapGrain::Line || m_options.grain == MapGrain::Sentence ||
                           m_options.grain == MapGrain::Paragraph;
    if (needsText && m_snapshot.marks.sentences.empty()) {
        emit textUnitsWanted();
    }
    m_options.hideSink = m_hideSink->isChecked();
    m_options.hideLocal = m_hideLocal->isChecked();
    updateChips();
    if (canShow(m_snapshot, m_options.layer)) {
        m_loader->request(m_snapshot, m_options);
    } else {
        m_regions->setLines({});
        m_canvas->setMap(nullptr);
    }
    updateEmptyState();
}

void AttentionPanel::updateChips() {
    qDeleteAll(m_chips->findChildren<QToolButton*>(QString(), Qt::FindDirectChildrenOnly));
    const auto chip = [this](const QString& text, auto remove) {
        auto* button = new QToolButton(m_chips);
        button->setText(text + QString::fromUtf8(" \xc3\x97"));
        button->setToolTip(tr("Take this filter away"));
        button->setAccessibleName(tr("%1: take this filter away").arg(text));
        connect(button, &QToolButton::clicked, this, remove, Qt::QueuedConnection);
        m_chips->layout()->addWidget(button);
    };
    if (m_options.hideSink) {
        chip(tr("sink hidden"), [this] { m_hideSink->setChecked(false); });
    }
    if (m_options.hideLocal) {
        chip(tr("local window hidden"), [this] { m_hideLocal->setChecked(false); });
    }
    if (!m_options.steps.empty() && m_options.layer == MapLayer::Answer) {
        chip(tr("words of the answer: %1").arg(m_options.steps.size()),
             [this] { m_tokenView->selectionModel()->clearSelection(); });
    }
    if (m_compare->currentIndex() > 0) {
        chip(tr("compared"), [this] { m_compare->setCurrentIndex(0); });
    }
    m_chips->setVisible(m_chips->layout()->count() > 0 && canShow(m_snapshot, m_options.layer));
}

void AttentionPanel::showMap() {
    m_canvas->setMap(m_regions->lines().map);
    const qint64 shown = m_regions->rowCount();
    const qint64 total = m_regions->lines().total;
    const bool tokens = m_options.grain == MapGrain::Token;
    const QString some = tokens ? tr("The %1 strongest of %2 tokens in selected regions")
                                : tr("The %1 strongest of %2 selected regions");
    const QString all = tokens ? tr("%1 tokens in selected regions") : tr("%1 selected regions");
    m_tableTitle->setText(shown < total ? some.arg(numberText(shown), numberText(total)) : all.arg(numberText(total)));
    showBlock();
    updateEmptyState();
    emit mapShown();
}

void AttentionPanel::showBlock() {
    const MapView& view = m_canvas->view();
    m_nominations->setBlock(m_regions->lines().map, view.cursorRow, view.selectedBlock);
    const bool any = view.selectedBlock >= 0;
    m_nominationView->setVisible(any);
    m_nominationTitle->setVisible(any);
    if (any) {
        m_nominationTitle->setText(
            tr("Block %1, %2: %n merged regions", nullptr, m_nominations->rowCount())
                .arg(numberText(view.selectedBlock + 1), m_regions->lines().map->rowLabel(view.cursorRow)));
    }
}

void AttentionPanel::updateEmptyState() {
    const bool nothing = !canShow(m_snapshot, m_options.layer);
    if (nothing) {
        m_empty->setText(m_options.layer == MapLayer::Answer
                             ? tr("Ask a question to see which regions of the document each word of the answer looked "
                                  "at.")
                             : tr("Once the model has read a document, this map shows which regions it kept, and which "
                                  "it merged into shared sets.\nShort documents are seen whole: nothing is selected."));
        m_detail->clear();
    }
    m_stack->setCurrentIndex(nothing ? 2 : m_showTable->isChecked() ? 1 : 0);
    for (QAction* action :
         {m_zoomIn, m_zoomOut, m_zoomFit, m_exportPng, m_exportSvg, m_exportCsv, m_normalise, m_showTable}) {
        action->setEnabled(!nothing);
    }
}

void AttentionPanel::write(const QString& filePath, const std::function<Result<void>()>& work) {
    m_writer.start([this, filePath, work] {
        QMetaObject::invokeMethod(
            this,
            [this, filePath, written = work()] {
                m_detail->setText(written ? tr("Saved %1").arg(filePath)
                                          : QString::fromStdString(written.error().message));
                emit exported(written.ok());
            },
            Qt::QueuedConnection);
    });
}

void AttentionPanel::exportPng(const QString& filePath) {
    constexpr double kScale = 2.0;
    write(filePath, [filePath, paint = m_canvas->painting(), size = m_canvas->viewport()->size()] {
        QImage image(size * kScale, QImage::Format_RGB32);
        image.setDevicePixelRatio(kScale);
        QPainter painter(&image);
        paint(painter, kScale);
        painter.end();
        return writePng(filePath, image);
    });
}

void AttentionPanel::exportSvg(const QString& filePath) {
    write(filePath,
          [filePath, paint = m_canvas->painting(), size = m_canvas->viewport()->size(), title = tr("Attention map")] {
              return writeSvg(filePath, size, title, [&paint](QPainter& painter) { paint(painter, 1.0); });
          });
}

void AttentionPanel::exportCsv(const QString& filePath) {
    if (const std::shared_ptr<const AttentionMap> map = m_regions->lines().map) {
        write(filePath, [filePath, map, visible = m_canvas->view().axis.visibleTokens()] {
            return writeMapCsv(filePath, *map, visible);
        });
    }
}

void AttentionPanel::chooseExport(ExportKind kind) {
    auto* dialog = new QFileDialog(this, kind == ExportKind::Csv ? tr("Export visible values") : tr("Export picture"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilter(kind == ExportKind::Png   ? tr("PNG picture (*.png)")
                          : kind == ExportKind::Svg ? tr("SVG drawing (*.svg)")
                                                    : tr("Comma-separated values (*.csv)"));
    dialog->setDefaultSuffix(kind == ExportKind::Png   ? QStringLiteral("png")
                             : kind == ExportKind::Svg ? QStringLiteral("svg")
                                                       : QStringLiteral("csv"));
    connect(dialog, &QFileDialog::fileSelected, this, [this, kind](const QString& path) {
        kind == ExportKind::Png ? exportPng(path) : kind == ExportKind::Svg ? exportSvg(path) : exportCsv(path);
    });
    dialog->open();
}

void AttentionPanel::setComparable(const QStringList& answers) {
    const QSignalBlocker quiet(m_compare);
    m_compare->clear();
    m_compare->addItem(tr("No comparison"));
    m_compare->addItems(answers);
    m_compare->setEnabled(!answers.isEmpty() && m_options.layer == MapLayer::Answer);
    m_compareShown->setVisible(m_compare->isEnabled());
}

QList<QAction*> AttentionPanel::menuActions() const {
    return {m_documentLayer, m_answerLayer, m_hideSink, m_hideLocal, m_normalise, m_showTable,
            m_zoomIn,        m_zoomOut,     m_zoomFit,  m_exportPng, m_exportSvg, m_exportCsv};
}

}  // namespace lectern::ui

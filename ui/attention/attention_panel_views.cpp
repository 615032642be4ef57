// Actions, tool bar and views of the attention panel.
#include <QAction>
#include <QActionGroup>
#include <QComboBox>
#include <QHeaderView>
#include <QLabel>
#include <QListView>
#include <QSortFilterProxyModel>
#include <QSplitter>
#include <QStackedWidget>
#include <QTableView>
#include <QToolBar>
#include <QVBoxLayout>

#include "ui/attention/answer_token_model.h"
#include "ui/attention/attention_panel.h"
#include "ui/attention/map_canvas.h"
#include "ui/attention/region_table_model.h"
#include "ui/theme/flow_layout.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"
#include "ui/theme/widgets.h"

namespace lectern::ui {
namespace {

QTableView* makeTable(QAbstractItemModel* model, int sortRole, int sortColumn, Qt::SortOrder order,
                      const QString& name) {
    auto* view = new QTableView;
    auto* proxy = new QSortFilterProxyModel(view);
    proxy->setSourceModel(model);
    proxy->setSortRole(sortRole);
    view->setModel(proxy);
    view->setSortingEnabled(true);
    view->sortByColumn(sortColumn, order);
    view->setSelectionBehavior(QAbstractItemView::SelectRows);
    view->setSelectionMode(QAbstractItemView::SingleSelection);
    view->setAlternatingRowColors(true);
    view->setShowGrid(false);
    view->setWordWrap(false);
    view->setTabKeyNavigation(false);
    view->verticalHeader()->hide();
    view->verticalHeader()->setDefaultSectionSize(view->fontMetrics().height() + kSpacing);
    view->horizontalHeader()->setHighlightSections(false);
    view->horizontalHeader()->setStretchLastSection(true);
    view->setAccessibleName(name);
    return view;
}

int sourceRow(const QModelIndex& index) {
    return static_cast<const QSortFilterProxyModel*>(index.model())->mapToSource(index).row();
}

QAction* checkable(const QString& text, const QString& iconName, bool checked, QObject* parent) {
    auto* action = new QAction(icon(iconName), text, parent);
    action->setCheckable(true);
    action->setChecked(checked);
    return action;
}

}  // namespace

void AttentionPanel::buildActions() {
    m_documentLayer = checkable(tr("Document layer"), QStringLiteral("document"), true, this);
    m_documentLayer->setToolTip(tr("What prefill kept and merged while it read the document"));
    m_answerLayer = checkable(tr("Answer layer"), QStringLiteral("ask"), false, this);
    m_answerLayer->setToolTip(tr("What each word of the answer looked at"));
    auto* layers = new QActionGroup(this);
    layers->addAction(m_documentLayer);
    layers->addAction(m_answerLayer);
    connect(m_documentLayer, &QAction::triggered, this, [this] { setLayer(MapLayer::Document); });
    connect(m_answerLayer, &QAction::triggered, this, [this] { setLayer(MapLayer::Answer); });

    m_hideSink = checkable(tr("Hide sink"), QStringLiteral("eye-off"), true, this);
    m_hideSink->setToolTip(tr("Leave out the first region, which is always kept"));
    m_hideLocal = checkable(tr("Hide local window"), QStringLiteral("filter"), true, this);
    m_hideLocal->setToolTip(tr("Leave out the regions just before each block or token, which are always kept"));
    connect(m_hideSink, &QAction::toggled, this, &AttentionPanel::optionsChanged);
    connect(m_hideLocal, &QAction::toggled, this, &AttentionPanel::optionsChanged);
    m_normalise = checkable(tr("Normalise rows"), QStringLiteral("compare"), true, this);
    m_normalise->setToolTip(tr("Colour each row by its own largest value"));
    m_showTable = checkable(tr("Show as table"), QStringLiteral("table"), false, this);
    connect(m_showTable, &QAction::toggled, this, &AttentionPanel::updateEmptyState);

    m_zoomIn = new QAction(icon(QStringLiteral("zoom-in")), tr("Zoom map in"), this);
    m_zoomOut = new QAction(icon(QStringLiteral("zoom-out")), tr("Zoom map out"), this);
    m_zoomFit = new QAction(icon(QStringLiteral("fit-width")), tr("Show whole document in map"), this);
    m_exportPng = new QAction(icon(QStringLiteral("image")), tr("Export map as PNG\xe2\x80\xa6"), this);
    m_exportSvg = new QAction(icon(QStringLiteral("export-drawing")), tr("Export map as SVG\xe2\x80\xa6"), this);
    m_exportCsv = new QAction(icon(QStringLiteral("export-table")), tr("Export map as CSV\xe2\x80\xa6"), this);
    for (const auto& [action, name] :
         std::initializer_list<std::pair<QAction*, const char*>>{{m_documentLayer, "attention.document"},
                                                                 {m_answerLayer, "attention.answer"},
                                                                 {m_hideSink, "attention.hide_sink"},
                                                                 {m_hideLocal, "attention.hide_local"},
                                                                 {m_normalise, "attention.normalise"},
                                                                 {m_showTable, "attention.table"},
                                                                 {m_zoomIn, "attention.zoom_in"},
                                                                 {m_zoomOut, "attention.zoom_out"},
                                                                 {m_zoomFit, "attention.zoom_fit"},
                                                                 {m_exportPng, "attention.export_png"},
                                                                 {m_exportSvg, "attention.export_svg"},
                                                                 {m_exportCsv, "attention.export_csv"}}) {
        action->setObjectName(QLatin1String(name));
    }
    connect(m_exportPng, &QAction::triggered, this, [this] { chooseExport(ExportKind::Png); });
    connect(m_exportSvg, &QAction::triggered, this, [this] { chooseExport(ExportKind::Svg); });
    connect(m_exportCsv, &QAction::triggered, this, [this] { chooseExport(ExportKind::Csv); });
}

QToolBar* AttentionPanel::buildToolBar() {
    auto* bar = new QToolBar(tr("Attention map"));
    bar->setToolButtonStyle(Qt::ToolButtonIconOnly);
    const auto combo = [&](const QString& name) {
        auto* box = new QComboBox;
        box->setAccessibleName(name);
        box->setToolTip(name);
        box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
        return box;
    };
    bar->addAction(m_documentLayer);
    bar->addAction(m_answerLayer);
    bar->addSeparator();
    m_rows = combo(tr("Rows of the map"));
    m_rows->addItem(tr("Head groups"), static_cast<int>(MapRows::HeadGroups));
    m_rows->addItem(tr("Layers"), static_cast<int>(MapRows::Layers));
    m_rows->addItem(tr("Answer tokens"), static_cast<int>(MapRows::AnswerTokens));
    m_measure = combo(tr("Measure of the answer layer"));
    m_measure->addItem(tr("Attention mass"), static_cast<int>(MapMeasure::Mass));
    m_measure->addItem(tr("Selection score"), static_cast<int>(MapMeasure::Score));
    m_columnValue = combo(tr("Value where several regions share a pixel"));
    m_columnValue->addItem(tr("Peak"), false);
    m_columnValue->addItem(tr("Mean"), true);
    m_grain = combo(tr("What one value stands for"));
    m_grain->addItem(tr("Single tokens"), static_cast<int>(MapGrain::Token));
    m_grain->addItem(tr("Regions of tokens"), static_cast<int>(MapGrain::Region));
    m_grain->addItem(tr("Lines"), static_cast<int>(MapGrain::Line));
    m_grain->addItem(tr("Sentences"), static_cast<int>(MapGrain::Sentence));
    m_grain->addItem(tr("Paragraphs"), static_cast<int>(MapGrain::Paragraph));
    m_grain->addItem(tr("Sections"), static_cast<int>(MapGrain::Section));
    m_grain->addItem(tr("Pages"), static_cast<int>(MapGrain::Page));
    m_grain->addItem(tr("Chapters"), static_cast<int>(MapGrain::Chapter));
    m_grain->setCurrentIndex(m_grain->findData(static_cast<int>(MapGrain::Region)));
    m_compare = combo(tr("Answer to compare with"));
    m_compare->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_compare->setMinimumContentsLength(12);
    m_compare->addItem(tr("No comparison"));
    m_compare->setEnabled(false);
    for (QComboBox* box : {m_rows, m_grain, m_measure, m_columnValue}) {
        bar->addWidget(box);
    }
    m_compareShown = bar->addWidget(m_compare);
    m_compareShown->setVisible(false);
    bar->addSeparator();
    for (QAction* action : {m_hideSink, m_hideLocal, m_normalise}) {
        bar->addAction(action);
    }
    bar->addSeparator();
    for (QAction* action : {m_zoomOut, m_zoomIn, m_zoomFit, m_showTable, m_exportPng, m_exportSvg, m_exportCsv}) {
        bar->addAction(action);
    }
    return bar;
}

void AttentionPanel::buildViews() {
    m_canvas = new MapCanvas;
    QToolBar* bar = buildToolBar();
    connect(m_rows, &QComboBox::currentIndexChanged, this, &AttentionPanel::optionsChanged);
    connect(m_measure, &QComboBox::currentIndexChanged, this, &AttentionPanel::optionsChanged);
    connect(m_grain, &QComboBox::currentIndexChanged, this, &AttentionPanel::optionsChanged);
    connect(m_compare, &QComboBox::currentIndexChanged, this, [this](int index) {
        updateChips();
        emit comparisonChosen(index - 1);
    });
    connect(m_columnValue, &QComboBox::currentIndexChanged, this,
            [this] { m_canvas->setShowMean(m_columnValue->currentData().toBool()); });
    connect(m_normalise, &QAction::toggled, m_canvas, &MapCanvas::setNormaliseRows);
    connect(m_zoomIn, &QAction::triggered, m_canvas, &MapCanvas::zoomIn);
    connect(m_zoomOut, &QAction::triggered, m_canvas, &MapCanvas::zoomOut);
    connect(m_zoomFit, &QAction::triggered, m_canvas, &MapCanvas::zoomToFit);

    m_tokenView = new QListView;
    m_tokenView->setModel(m_tokens);
    m_tokenView->setFlow(QListView::LeftToRight);
    m_tokenView->setWrapping(false);
    m_tokenView->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_tokenView->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_tokenView->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_tokenView->setAccessibleName(tr("Words of the answer; choose some to see what they looked at"));
    m_tokenView->setToolTip(tr("Choose words of the answer to see what they looked at"));
    m_tokenView->setFixedHeight(m_tokenView->fontMetrics().height() + 26);
    m_tokenView->setFrameShape(QFrame::NoFrame);
    connect(m_tokenView->selectionModel(), &QItemSelectionModel::selectionChanged, this, &AttentionPanel::tokensChosen);

    m_regionView = makeTable(m_regions, RegionTableModel::kSortRole, RegionTableModel::Mean, Qt::DescendingOrder,
                             tr("Selected regions"));
    m_regionView->setColumnWidth(RegionTableModel::Tokens, 150);
    m_regionView->setColumnWidth(RegionTableModel::Text, 260);
    m_regionView->setColumnWidth(RegionTableModel::Chapter, 220);
    m_regionView->setColumnWidth(RegionTableModel::PeakRow, 180);
    // Numbers at the far edge of a wide window would stand alone.
    m_regionView->horizontalHeader()->setStretchLastSection(false);
    m_nominationView = makeTable(m_nominations, NominationTableModel::kSortRole, NominationTableModel::Tokens,
                                 Qt::AscendingOrder, tr("Merged regions of the chosen block"));
    m_nominationView->setColumnWidth(NominationTableModel::Tokens, 140);
    m_nominationView->setColumnWidth(NominationTableModel::Nominator, 150);
    connect(m_regionView, &QTableView::activated, this,
            [this](const QModelIndex& index) { emit regionActivated(m_regions->tokensAt(sourceRow(index))); });
    connect(m_nominationView, &QTableView::activated, this,
            [this](const QModelIndex& index) { emit regionActivated(m_nominations->tokensAt(sourceRow(index))); });

    m_tableTitle = new QLabel;
    m_nominationTitle = new QLabel;
    auto* splitter = new QSplitter(Qt::Horizontal);
    const auto addTable = [splitter](QLabel* title, QTableView* view) {
        auto* holder = new QWidget;
        auto* layout = new QVBoxLayout(holder);
        layout->setContentsMargins(0, 0, 0, 0);
        layout->setSpacing(kSpacing / 2);
        layout->addWidget(title);
        layout->addWidget(view);
        splitter->addWidget(holder);
    };
    addTable(m_tableTitle, m_regionView);
    addTable(m_nominationTitle, m_nominationView);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    m_tables = splitter;

    m_empty = emptyLabel(4 * kSpacing);
    m_stack = new QStackedWidget;
    m_stack->addWidget(m_canvas);
    m_stack->addWidget(m_tables);
    m_stack->addWidget(m_empty);

    m_detail = new QLabel;
    m_detail->setAccessibleName(tr("What is under the pointer"));
    m_detail->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_detail->setForegroundRole(QPalette::PlaceholderText);
    m_detail->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    m_detail->setMinimumHeight(fontMetrics().height() + kSpacing / 2);
    connect(m_canvas, &MapCanvas::described, m_detail, &QLabel::setText);
    connect(m_canvas, &MapCanvas::regionActivated, this, &AttentionPanel::regionActivated);
    connect(m_canvas, &MapCanvas::regionHovered, this, &AttentionPanel::regionHovered);
    connect(m_canvas, &MapCanvas::blockSelected, this, &AttentionPanel::showBlock);

    m_chips = new QWidget;
    m_chips->setAccessibleName(tr("Filters of the map"));
    auto* chips = new FlowLayout(m_chips);
    chips->setContentsMargins(0, 0, 0, 0);
    chips->setSpacing(kSpacing / 2);

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kSpacing, 0, kSpacing, kSpacing);
    layout->setSpacing(kSpacing / 2);
    layout->addWidget(bar);
    layout->addWidget(m_chips);
    layout->addWidget(m_tokenView);
    layout->addWidget(m_stack, 1);
    layout->addWidget(m_detail);
    showBlock();
}

}  // namespace lectern::ui

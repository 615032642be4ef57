// The panel as a user meets it: map, table twins, keyboard, export.
#include <QAbstractItemModelTester>
#include <QAction>
#include <QComboBox>
#include <QFile>
#include <QImage>
#include <QSignalSpy>
#include <QSortFilterProxyModel>
#include <QTableView>
#include <QToolButton>

#include "tests/ui/support/synthetic_trace.h"
#include "tests/ui/support/ui_test.h"
#include "ui/attention/answer_token_model.h"
#include "ui/attention/attention_panel.h"
#include "ui/attention/map_canvas.h"
#include "ui/attention/region_table_model.h"

namespace lectern::ui {
namespace {

void show(AttentionPanel& panel, const TraceSnapshot& snapshot) {
    QSignalSpy shown(&panel, &AttentionPanel::mapShown);
    panel.setSnapshot(snapshot);
    QVERIFY(shown.wait(5000));
}

/// Exports, waits, and compares what is said of the file with `written`; no word is a failure either way.
template <typename Export>
bool isSaid(AttentionPanel& panel, bool written, Export work) {
    QSignalSpy exported(&panel, &AttentionPanel::exported);
    work();
    return (!exported.isEmpty() || exported.wait(5000)) && exported.front().front().toBool() == written;
}

}  // namespace

class AttentionPanelTest : public QObject {
    Q_OBJECT

  private slots:
    void modelsKeepTheContract();
    void clickOpensThePlaceInTheReader();
    void keyboardReachesEverything();
    void tableIsTheMapsTwin();
    void choosingAnswerTokensNarrowsTheMap();
    void exportsWhatIsSeen();
    void emptyStateSaysWhatToDo();
    void coarserGrainsShareOneValue();
    void singleTokensAreReadOneByOne();
    void twoAnswersStandSideBySide();
    void svgIsADrawing();
    void filtersAreChipsThatCanBeRemoved();
};

void AttentionPanelTest::modelsKeepTheContract() {
    RegionTableModel regions;
    NominationTableModel nominations;
    AnswerTokenModel tokens;
    const QAbstractItemModelTester first(&regions, QAbstractItemModelTester::FailureReportingMode::Fatal);
    const QAbstractItemModelTester second(&nominations, QAbstractItemModelTester::FailureReportingMode::Fatal);
    const QAbstractItemModelTester third(&tokens, QAbstractItemModelTester::FailureReportingMode::Fatal);
    const TraceSnapshot snapshot = syntheticSnapshot();
    const auto map = buildAttentionMap(snapshot, {}, {});
    regions.setLines(RegionTableModel::linesOf(map));
    nominations.setBlock(map, 0, map->blockCount() - 1);
    tokens.setSource(snapshot);
    QVERIFY(regions.rowCount() > 100);
    QCOMPARE(nominations.rowCount(), static_cast<int>(nominationsOf(*map, 0, map->blockCount() - 1).size()));
    QCOMPARE(tokens.rowCount(), 10);
    regions.setLines({});
    nominations.setBlock(nullptr, 0, -1);
    QCOMPARE(regions.rowCount(), 0);
}

void AttentionPanelTest::clickOpensThePlaceInTheReader() {
    AttentionPanel panel;
    panel.resize(900, 360);
    panel.show();
    show(panel, syntheticSnapshot());
    MapCanvas* canvas = panel.canvas();
    QSignalSpy activated(&panel, &AttentionPanel::regionActivated);
    QSignalSpy hovered(&panel, &AttentionPanel::regionHovered);
    const MapGeometry geometry = canvas->geometryNow();
    const QPoint cell(geometry.cells.left() + 200, geometry.rowTop(2) + 1);
    QTest::mouseMove(canvas->viewport(), cell);
    QTRY_VERIFY(!hovered.isEmpty());
    QTest::mouseClick(canvas->viewport(), Qt::LeftButton, {}, cell);
    QCOMPARE(canvas->view().cursorRow, 2);
    QTest::mouseDClick(canvas->viewport(), Qt::LeftButton, {}, cell);
    QTRY_COMPARE(activated.size(), 1);
    const auto tokens = activated[0][0].value<TokenRange>();
    const MapHit hit = canvas->hitAt(cell);
    QCOMPARE(tokens, canvas->map()->tokensOf(hit.cells));

    // A click on a bracket chooses the block, a second one lets go.
    canvas->zoomIn();
    canvas->zoomIn();
    canvas->zoomIn();
    const QPoint bracket(geometry.brackets.center());
    QTest::mouseClick(canvas->viewport(), Qt::LeftButton, {}, bracket);
    QCOMPARE(canvas->view().selectedBlock, canvas->hitAt(bracket).block);
    QVERIFY(canvas->view().selectedBlock >= 0);
    QTest::mouseClick(canvas->viewport(), Qt::LeftButton, {}, bracket);
    QCOMPARE(canvas->view().selectedBlock, -1);
}

void AttentionPanelTest::keyboardReachesEverything() {
    AttentionPanel panel;
    panel.resize(900, 360);
    panel.show();
    show(panel, syntheticSnapshot());
    MapCanvas* canvas = panel.canvas();
    canvas->setFocus();
    QSignalSpy described(canvas, &MapCanvas::described);
    QSignalSpy activated(&panel, &AttentionPanel::regionActivated);
    QTest::keyClick(canvas, Qt::Key_Right);
    QTest::keyClick(canvas, Qt::Key_Down);
    QCOMPARE(canvas->view().cursorRow, 1);
    const CellRange before = canvas->view().cursorCells;
    QTest::keyClick(canvas, Qt::Key_Right);
    QCOMPARE(canvas->view().cursorCells.begin, before.end);
    QVERIFY(!described.isEmpty());
    QVERIFY(canvas->accessibleDescription().contains(QStringLiteral("Layer 1, head group 2")));
    QTest::keyClick(canvas, Qt::Key_Plus);
    QVERIFY(!canvas->view().axis.isFitted());
    QTest::keyClick(canvas, Qt::Key_0);
    QVERIFY(canvas->view().axis.isFitted());
    QTest::keyClick(canvas, Qt::Key_B);
    QVERIFY(canvas->view().selectedBlock >= 0);
    QTest::keyClick(canvas, Qt::Key_Escape);
    QCOMPARE(canvas->view().selectedBlock, -1);
    QTest::keyClick(canvas, Qt::Key_Return);
    QCOMPARE(activated.size(), 1);
}

void AttentionPanelTest::tableIsTheMapsTwin() {
    AttentionPanel panel;
    panel.resize(900, 360);
    panel.show();
    show(panel, syntheticSnapshot());
    const auto* proxy = static_cast<QSortFilterProxyModel*>(panel.table()->model());
    // Region 100 (tokens 1600) is in the sets of every block of row 0: the strongest peak.
    panel.table()->sortByColumn(RegionTableModel::Peak, Qt::DescendingOrder);
    QVERIFY(proxy->index(0, RegionTableModel::Tokens).data().toString().contains(QStringLiteral("1,600")) ||
            proxy->index(0, RegionTableModel::Tokens).data().toString().contains(QStringLiteral("1600")));
    QCOMPARE(proxy->index(0, RegionTableModel::PeakRow).data().toString(), QStringLiteral("Layer 1, head group 1"));
    QCOMPARE(proxy->index(0, RegionTableModel::Page).data().toString(), QStringLiteral("3"));
    panel.table()->sortByColumn(RegionTableModel::Tokens, Qt::AscendingOrder);
    qlonglong last = -1;
    for (int row = 0; row < proxy->rowCount(); ++row) {
        const qlonglong token =
            proxy->index(row, RegionTableModel::Tokens).data(RegionTableModel::kSortRole).toLongLong();
        QVERIFY(token > last);
        last = token;
    }
    QSignalSpy activated(&panel, &AttentionPanel::regionActivated);
    emit panel.table()->activated(proxy->index(3, 0));
    QCOMPARE(activated.size(), 1);
}

void AttentionPanelTest::choosingAnswerTokensNarrowsTheMap() {
    AttentionPanel panel;
    panel.resize(900, 360);
    panel.show();
    const TraceSnapshot snapshot = syntheticSnapshot();
    show(panel, snapshot);
    QSignalSpy shown(&panel, &AttentionPanel::mapShown);
    panel.setLayer(MapLayer::Answer);
    QVERIFY(shown.wait(5000));
    const int64_t token = snapshot.answer->steps[5].token;
    panel.chooseAnswerTokens({token, token + 1});
    QVERIFY(shown.wait(5000));
    QCOMPARE(panel.options().steps, std::vector<int>{5});
    const HeatPyramid& heat = panel.canvas()->map()->heat;
    QVERIFY(std::abs(heat.value(0, heat.at(0, 50)) - 0.5f) < 0.001f);
    panel.chooseAnswerTokens({});
    QVERIFY(shown.wait(5000));
    QVERIFY(panel.options().steps.empty());
}

void AttentionPanelTest::exportsWhatIsSeen() {
    AttentionPanel panel;
    panel.resize(900, 360);
    panel.show();
    show(panel, syntheticSnapshot());
    const QString png = temporaryPath(QStringLiteral("map.png"));
    QVERIFY(isSaid(panel, true, [&] { panel.exportPng(png); }));
    const QImage image(png);
    QCOMPARE(image.size(), panel.canvas()->viewport()->size() * 2);
    const QString csv = temporaryPath(QStringLiteral("map.csv"));
    QVERIFY(isSaid(panel, true, [&] { panel.exportCsv(csv); }));
    QFile file(csv);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readLine(), QByteArray("layer,head_group,answer_token,region,token_begin,token_end,page,value\r\n"));
    bool found = false;
    int lines = 0;
    while (!file.atEnd()) {
        const QByteArray line = file.readLine();
        ++lines;
        found = found || line.startsWith("1,1,,100,1600,1616,3,");
    }
    QVERIFY(found);
    int64_t present = 0;
    const AttentionMap& map = *panel.canvas()->map();
    for (int row = 0; row < map.heat.rows(); ++row) {
        present += map.heat.countPresent(row, {0, map.regionCount});
    }
    QCOMPARE(int64_t{lines}, present);
    QVERIFY(isSaid(panel, false, [&] { panel.exportCsv(QStringLiteral("/nonexistent/map.csv")); }));
}

void AttentionPanelTest::emptyStateSaysWhatToDo() {
    AttentionPanel panel;
    panel.resize(700, 300);
    panel.show();
    QVERIFY(!panel.canvas()->isVisible());
    show(panel, syntheticSnapshot());
    QVERIFY(panel.canvas()->isVisible());
    panel.setSnapshot({});
    QVERIFY(!panel.canvas()->isVisible());
    for (const QAction* action : panel.menuActions()) {
        QVERIFY(!action->text().isEmpty());
    }
}

void AttentionPanelTest::coarserGrainsShareOneValue() {
    AttentionPanel panel;
    panel.resize(900, 360);
    panel.show();
    TraceSnapshot snapshot = syntheticSnapshot();
    snapshot.marks.pages.clear();
    for (int page = 0; page < 8; ++page) {
        snapshot.marks.pages.push_back({page * 2048, QString::number(page + 1), 0});
    }
    show(panel, snapshot);
    const int fine =
        static_cast<RegionTableModel*>(static_cast<QSortFilterProxyModel*>(panel.table()->model())->sourceModel())
            ->rowCount();
    QSignalSpy shown(&panel, &AttentionPanel::mapShown);
    panel.grainBox()->setCurrentIndex(panel.grainBox()->findData(static_cast<int>(MapGrain::Page)));
    QVERIFY(shown.wait(5000));
    const AttentionMap& map = *panel.canvas()->map();
    QCOMPARE(map.units.size(), size_t{8});
    for (int row = 0; row < map.heat.rows(); ++row) {
        for (int64_t region = 0; region < 8 * 128; ++region) {
            QCOMPARE(map.heat.at(row, region), map.heat.at(row, map.unitOf(region).begin));
        }
    }
    // The table has a line a page then, each as long as the page.
    const auto* table =
        static_cast<RegionTableModel*>(static_cast<QSortFilterProxyModel*>(panel.table()->model())->sourceModel());
    QVERIFY(table->rowCount() <= 8 && table->rowCount() < fine);
    QCOMPARE(table->tokensAt(0).size(), int64_t{2048});
    // Chapters: the highest level of the outline that divides the document, whatever stands below it.
    panel.grainBox()->setCurrentIndex(panel.grainBox()->findData(static_cast<int>(MapGrain::Chapter)));
    QVERIFY(shown.wait(5000));
    const auto chapters = std::count_if(snapshot.marks.chapters.begin(), snapshot.marks.chapters.end(),
                                        [](const AxisMark& mark) { return mark.depth == 0; });
    QCOMPARE(panel.canvas()->map()->units.size(), static_cast<size_t>(chapters));
    QVERIFY(chapters < snapshot.marks.chapters.size());
    snapshot.marks.chapters.push_front({0, QStringLiteral("The title alone"), -1});
    panel.setSnapshot(snapshot);
    QVERIFY(shown.wait(5000));
    QCOMPARE(panel.canvas()->map()->units.size(), static_cast<size_t>(chapters));
    snapshot.marks.lines = {0, 40, 400};
    panel.grainBox()->setCurrentIndex(panel.grainBox()->findData(static_cast<int>(MapGrain::Line)));
    panel.setSnapshot(snapshot);
    QTRY_COMPARE(panel.canvas()->map()->units, (std::vector<int64_t>{0, 3, 25}));
    // Sentences are asked for once they are wanted.
    QSignalSpy wanted(&panel, &AttentionPanel::textUnitsWanted);
    panel.grainBox()->setCurrentIndex(panel.grainBox()->findData(static_cast<int>(MapGrain::Sentence)));
    QCOMPARE(wanted.size(), 1);
}

void AttentionPanelTest::singleTokensAreReadOneByOne() {
    AttentionPanel panel;
    panel.resize(900, 360);
    panel.show();
    connect(&panel, &AttentionPanel::tokenTextsWanted, &panel, [&panel](TokenRange tokens) {
        QVector<QString> texts;
        for (int64_t token = tokens.begin; token < tokens.end; ++token) {
            texts.push_back(QStringLiteral(" word%1").arg(token));
        }
        panel.setTokenTexts(tokens, texts);
    });
    show(panel, syntheticSnapshot());
    QSignalSpy shown(&panel, &AttentionPanel::mapShown);
    panel.grainBox()->setCurrentIndex(panel.grainBox()->findData(static_cast<int>(MapGrain::Token)));
    QVERIFY(shown.wait(5000));
    MapCanvas& canvas = *panel.canvas();
    QVERIFY(!canvas.geometryNow().words.isEmpty());
    QVERIFY(canvas.view().words.isEmpty());
    canvas.setFocus();
    QTest::keyClick(&canvas, Qt::Key_Home);
    for (int i = 0; i < 60 && !showsTokens(*canvas.map(), canvas.view().axis); ++i) {
        QTest::keyClick(&canvas, Qt::Key_Plus);
    }
    QVERIFY(showsTokens(*canvas.map(), canvas.view().axis));
    QTRY_VERIFY(!canvas.view().words.isEmpty() && !canvas.view().words.front().isNull());
    QCOMPARE(canvas.view().words.front(), QStringLiteral(" word%1").arg(canvas.view().firstWord));
    // The cursor goes from token to token, and says which.
    QTest::keyClick(&canvas, Qt::Key_Right);
    const TokenRange first = canvas.view().cursorTokens;
    QCOMPARE(first.size(), int64_t{1});
    QTest::keyClick(&canvas, Qt::Key_Right);
    QCOMPARE(canvas.view().cursorTokens, (TokenRange{first.begin + 1, first.end + 1}));
    QVERIFY(canvas.accessibleDescription().contains(QStringLiteral("word%1").arg(first.end)));
    QSignalSpy activated(&panel, &AttentionPanel::regionActivated);
    QTest::keyClick(&canvas, Qt::Key_Return);
    QCOMPARE(activated.back()[0].value<TokenRange>(), canvas.view().cursorTokens);
    // So does the pointer, over the words and over the cells.
    const MapGeometry geometry = canvas.geometryNow();
    for (const int y : {geometry.words.center().y(), geometry.rowTop(1) + 1}) {
        const MapHit hit = canvas.hitAt({geometry.cells.left() + 200, y});
        QCOMPARE(hit.tokens, (TokenRange{hit.token, hit.token + 1}));
        QTest::mouseDClick(canvas.viewport(), Qt::LeftButton, {}, {geometry.cells.left() + 200, y});
        QCOMPARE(activated.back()[0].value<TokenRange>(), hit.tokens);
    }
    // The table has a line a token, with its text and its region's value.
    auto* proxy = static_cast<QSortFilterProxyModel*>(panel.table()->model());
    panel.table()->sortByColumn(RegionTableModel::Tokens, Qt::AscendingOrder);
    const auto tokenIn = [&](int row) {
        return proxy->index(row, RegionTableModel::Tokens).data(RegionTableModel::kSortRole).toLongLong();
    };
    QVERIFY(proxy->rowCount() > 1000);
    QCOMPARE(tokenIn(1), tokenIn(0) + 1);
    QTRY_COMPARE(proxy->index(0, RegionTableModel::Text).data().toString(), QStringLiteral("word%1").arg(tokenIn(0)));
    QCOMPARE(proxy->index(1, RegionTableModel::Mean).data(), proxy->index(0, RegionTableModel::Mean).data());
    emit panel.table()->activated(proxy->index(1, 0));
    QCOMPARE(activated.back()[0].value<TokenRange>(), (TokenRange{tokenIn(1), tokenIn(1) + 1}));
}

void AttentionPanelTest::twoAnswersStandSideBySide() {
    AttentionPanel panel;
    panel.resize(900, 360);
    panel.show();
    TraceSnapshot snapshot = syntheticSnapshot();
    show(panel, snapshot);
    QSignalSpy shown(&panel, &AttentionPanel::mapShown);
    panel.setLayer(MapLayer::Answer);
    QVERIFY(shown.wait(5000));
    const int rows = panel.canvas()->map()->heat.rows();
    panel.setComparable({QStringLiteral("another")});
    QVERIFY(panel.compareBox()->isEnabled());
    QSignalSpy chosen(&panel, &AttentionPanel::comparisonChosen);
    panel.compareBox()->setCurrentIndex(1);
    QCOMPARE(chosen.size(), 1);
    QCOMPARE(chosen[0][0].toInt(), 0);
    AnswerTrace changed = *snapshot.answer;
    changed.steps.resize(changed.steps.size() / 2);
    snapshot.other = std::make_shared<const AnswerTrace>(std::move(changed));
    panel.setSnapshot(snapshot);
    QVERIFY(shown.wait(5000));
    const AttentionMap& map = *panel.canvas()->map();
    QCOMPARE(map.heat.rows(), 2 * rows);
    QVERIFY(!map.rows[0].other && map.rows[1].other);
    QVERIFY(map.rowLabel(1).contains(QStringLiteral("other answer")));
}

void AttentionPanelTest::filtersAreChipsThatCanBeRemoved() {
    AttentionPanel panel;
    panel.resize(900, 360);
    panel.show();
    show(panel, syntheticSnapshot());
    const auto chips = [&] { return panel.filterChips()->findChildren<QToolButton*>(); };
    QCOMPARE(chips().size(), 2);
    QVERIFY(panel.options().hideSink);
    QSignalSpy shown(&panel, &AttentionPanel::mapShown);
    QTest::mouseClick(chips().front(), Qt::LeftButton);
    QVERIFY(shown.wait(5000));
    QVERIFY(!panel.options().hideSink);
    QCOMPARE(chips().size(), 1);
    QVERIFY(!panel.findChild<QAction*>(QStringLiteral("attention.hide_sink"))->isChecked());
}

void AttentionPanelTest::svgIsADrawing() {
    AttentionPanel panel;
    panel.resize(900, 360);
    panel.show();
    show(panel, syntheticSnapshot());
    const QString path = temporaryPath(QStringLiteral("map.svg"));
    QVERIFY(isSaid(panel, true, [&] { panel.exportSvg(path); }));
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray text = file.readAll();
    QVERIFY(text.contains("<svg") && text.contains("</svg>"));
    QVERIFY(isSaid(panel, false, [&] { panel.exportSvg(QStringLiteral("/nonexistent/map.svg")); }));
}

LECTERN_UI_TEST(AttentionPanelTest);

}  // namespace lectern::ui

#include "attention_panel_test.moc"

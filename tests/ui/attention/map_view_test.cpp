// Building, axis, level of detail and hit testing without a widget.
#include <algorithm>
#include <set>

#include "tests/ui/support/synthetic_trace.h"
#include "tests/ui/support/ui_test.h"
#include "ui/attention/lod_runs.h"
#include "ui/attention/map_view.h"

namespace lectern::ui {
namespace {

std::shared_ptr<const AttentionMap> build(MapOptions options, const SyntheticTraceOptions& trace = {}) {
    return buildAttentionMap(syntheticSnapshot(trace), options, {});
}

}  // namespace

class MapViewTest : public QObject {
    Q_OBJECT

  private slots:
    void documentLayerCountsMerges();
    void sinkAndLocalComeBackWhenShown();
    void answerLayerTakesTheChosenTokens();
    void nominationsNameTheirBlock();
    void axisStaysInsideTheContext();
    void hitTestFindsWhatWasDrawn_data();
    void hitTestFindsWhatWasDrawn();
    void bracketsMergeIntoCountedBlocks();
    void runsNeverOverfillAPixel();
    void stoppedBuildGivesNothing();
};

void MapViewTest::documentLayerCountsMerges() {
    const auto map = build({});
    QCOMPARE(map->rows.size(), size_t{8});
    const DocumentTrace& trace = *map->source.document;
    // Row 5 is layer 2, group 1: compare every region's count with a plain scan.
    std::vector<int> counts(static_cast<size_t>(map->regionCount));
    int sparseBlocks = 0;
    for (int64_t block = 0; block < trace.blockCount(); ++block) {
        for (const auto& entry : trace.entries(block, 2, 1)) {
            ++counts[static_cast<size_t>(entry.region)];
        }
        sparseBlocks += trace.entries(block, 2, 1).empty() ? 0 : 1;
    }
    for (int64_t region = 0; region < map->regionCount; ++region) {
        const float shown = map->heat.value(5, map->heat.at(5, region));
        QCOMPARE(std::lround(shown), long{counts[static_cast<size_t>(region)]});
    }
    QCOMPARE(map->denseBlocks, trace.blockCount() - sparseBlocks);
}

void MapViewTest::sinkAndLocalComeBackWhenShown() {
    const auto hidden = build({});
    MapOptions options;
    options.hideSink = false;
    options.hideLocal = false;
    const auto shown = build(options);
    const int64_t sparse = shown->blockCount() - shown->denseBlocks;
    QCOMPARE(std::lround(shown->heat.value(1, shown->heat.at(1, 0))), long(sparse));
    QCOMPARE(hidden->heat.at(1, 0), uint16_t{0});
    // The region before the last block is local to that block alone.
    const int64_t region = (shown->blockCount() - 1) * 16 - 1;
    QVERIFY(shown->heat.at(1, region) > hidden->heat.at(1, region));
}

void MapViewTest::answerLayerTakesTheChosenTokens() {
    MapOptions options;
    options.layer = MapLayer::Answer;
    options.rows = MapRows::AnswerTokens;
    const auto all = build(options);
    QCOMPARE(all->rows.size(), size_t{10});  // two of twelve steps belong to the question
    QCOMPARE(all->rows[0].step, 2);
    options.rows = MapRows::HeadGroups;
    options.steps = {5};
    const auto one = build(options);
    // Step 5 looks with half its mass at region 50 + layer.
    for (int row = 0; row < 8; ++row) {
        QVERIFY(std::abs(one->heat.value(row, one->heat.at(row, 50 + row / 2)) - 0.5f) < 0.001f);
    }
    options.measure = MapMeasure::Score;
    const auto score = build(options);
    QVERIFY(std::abs(score->heat.value(0, score->heat.at(0, 50)) - 4.0f) < 0.001f);
}

void MapViewTest::nominationsNameTheirBlock() {
    const auto map = build({});
    const int64_t block = map->blockCount() - 2;
    const auto nominations = nominationsOf(*map, 0, block);
    QVERIFY(std::is_sorted(nominations.begin(), nominations.end(),
                           [](const auto& a, const auto& b) { return a.region < b.region; }));
    const auto found =
        std::find_if(nominations.begin(), nominations.end(), [](const Nomination& each) { return each.region == 100; });
    QVERIFY(found != nominations.end());
    QCOMPARE(found->nominator, 3);
    const auto blocks = blocksMerging(*map, 0, {100, 101});
    QVERIFY(std::binary_search(blocks.begin(), blocks.end(), block));
    QVERIFY(describeNomination(*map, 0, block, {100, 101}).contains(QStringLiteral("nominated by")));
    QVERIFY(nominationsOf(*map, 0, 1'000'000).empty());
}

void MapViewTest::axisStaysInsideTheContext() {
    MapAxis axis;
    axis.setTotalTokens(1'000'000);
    axis.setWidth(1000);
    QVERIFY(axis.isFitted());
    const double token = axis.tokenAt(300);
    axis.zoomAbout(300, 50);
    QVERIFY(std::abs(axis.tokenAt(300) - token) < 1e-3);
    axis.panPixels(1e9);
    QVERIFY(axis.lastToken() <= 1'000'000.5);
    axis.panPixels(-1e9);
    QCOMPARE(axis.firstToken(), 0.0);
    axis.zoomAbout(0, 1e9);
    QVERIFY(axis.tokensPerPixel() >= 1.0 / 64);
    axis.zoomAbout(0, 1e-9);
    QVERIFY(axis.isFitted());
    axis.showRange({500'000, 500'016});
    QVERIFY(axis.firstToken() < 500'000 && axis.lastToken() > 500'016);
}

void MapViewTest::hitTestFindsWhatWasDrawn_data() {
    QTest::addColumn<double>("zoom");
    for (const double zoom : {1.0, 3.0, 11.5, 80.0, 600.0}) {
        QTest::addRow("zoom %.1f", zoom) << zoom;
    }
}

void MapViewTest::hitTestFindsWhatWasDrawn() {
    QFETCH(double, zoom);
    SyntheticTraceOptions trace;
    trace.documentTokens = 200'000;
    const auto map = build({}, trace);
    MapView view;
    view.axis.setTotalTokens(map->source.contextTokens);
    view.axis.setWidth(940);
    // Region 100 is in every set of row 0; the point that shows it must name it.
    view.axis.zoomAbout(view.axis.xOf(1600), zoom);
    view.axis.ensureVisible({1600, 1616});
    view.rowHeight = 10;
    const MapGeometry geometry = layoutMap(*map, view, {1000, 300}, 14, 60);
    QCOMPARE(geometry.cells.width(), 940);
    const CellColumns columns = columnsOf(*map, view.axis);
    const double middle = (view.axis.xOf(1600) + view.axis.xOf(1616)) / 2;
    int column = static_cast<int>(std::floor(middle));
    // Columns snap to whole regions and pyramid cells: the region may have moved to the next column, no further.
    column += columns.column(column).end <= 100 ? 1 : 0;
    const QPoint point(geometry.cells.left() + column, geometry.rowTop(0) + 4);
    const MapHit hit = hitTest(*map, view, geometry, point);
    QCOMPARE(hit.area, MapArea::Cells);
    QCOMPARE(hit.row, 0);
    QVERIFY2(hit.cells.begin <= 100 && hit.cells.end > 100,
             qPrintable(QStringLiteral("%1..%2").arg(hit.cells.begin).arg(hit.cells.end)));
    QVERIFY(map->heat.sample(0, hit.cells).max > 60000);
    // The same column is what the painter asks for.
    QCOMPARE(columns.column(column), hit.cells);
    // Rows follow the scroll position.
    view.scrollY = 30;
    const MapGeometry scrolled = layoutMap(*map, view, {1000, 300}, 14, 60);
    QCOMPARE(hitTest(*map, view, scrolled, point).row, 3);
    // The strip always spans the whole context.
    const QPoint end(geometry.strip.right(), geometry.strip.top() + 3);
    QVERIFY(hitTest(*map, view, geometry, end).token > map->source.contextTokens * 99 / 100);
    QCOMPARE(hitTest(*map, view, geometry, QPoint(5, geometry.cells.top() + 12)).area, MapArea::RowLabels);
}

void MapViewTest::bracketsMergeIntoCountedBlocks() {
    SyntheticTraceOptions trace;
    trace.documentTokens = 400'000;
    const auto map = build({}, trace);
    MapView view;
    view.axis.setTotalTokens(map->source.contextTokens);
    view.axis.setWidth(900);
    const auto far = mergeUniformRuns(map->blockTokens, map->source.documentTokens, view.axis);
    QVERIFY(far.size() <= 300u);
    int64_t blocks = 0;
    for (const LodBlock& block : far) {
        QVERIFY(block.count > 1 || &block == &far.back());
        blocks += block.count;
    }
    QCOMPARE(blocks, map->blockCount());
    view.axis.showRange(map->blockRange(700));
    const MapGeometry geometry = layoutMap(*map, view, {960, 300}, 14, 60);
    const QPoint point(geometry.brackets.left() + geometry.brackets.width() / 2, geometry.brackets.center().y());
    const MapHit hit = hitTest(*map, view, geometry, point);
    QCOMPARE(hit.block, 700);
    QCOMPARE(hit.blockCount, 1);
    QVERIFY(describeHit(*map, hit).contains(QStringLiteral("16 regions")));
}

void MapViewTest::runsNeverOverfillAPixel() {
    MapAxis axis;
    axis.setTotalTokens(1'000'000);
    axis.setWidth(1000);
    std::vector<LodItem> items;
    for (int64_t token = 0; token < 1'000'000; token += 48) {
        items.push_back({{token, token + 16}, 0});
    }
    for (const double zoom : {1.0, 7.0, 90.0, 4000.0}) {
        axis.fit();
        axis.zoomAbout(400, zoom);
        const auto blocks = mergeRuns(items, axis);
        QVERIFY(!blocks.empty());
        QVERIFY(blocks.size() <= 1000 / 3 + 2);
        for (size_t i = 1; i < blocks.size(); ++i) {
            QVERIFY(blocks[i].x0 >= blocks[i - 1].x0 + kMinBlockPixels - 1e-9);
            QCOMPARE(blocks[i].first, blocks[i - 1].first + blocks[i - 1].count);
        }
    }
}

void MapViewTest::stoppedBuildGivesNothing() {
    std::stop_source stop;
    stop.request_stop();
    QVERIFY(buildAttentionMap(syntheticSnapshot(), {}, stop.get_token()) == nullptr);
    QVERIFY(buildAttentionMap({}, {}, {}) != nullptr);
}

LECTERN_UI_TEST(MapViewTest);

}  // namespace lectern::ui

#include "map_view_test.moc"

// The map of a million tokens: 32 layers x 8 head groups. Prints what it measures; the limits are the product's.
#include <QElapsedTimer>
#include <QPainter>
#include <QSignalSpy>
#include <algorithm>

#include "tests/ui/support/synthetic_trace.h"
#include "tests/ui/support/ui_test.h"
#include "ui/attention/attention_panel.h"
#include "ui/attention/map_canvas.h"

namespace lectern::ui {

class MillionTokensTest : public QObject {
    Q_OBJECT

  private slots:
    void staysFluidAndBounded();
};

void MillionTokensTest::staysFluidAndBounded() {
    SyntheticTraceOptions options;
    options.documentTokens = 1 << 20;
    options.layers = 32;
    options.groups = 8;
    options.mergedRegions = 95;  // profile W 2048, p 16, m 16, local 16, sink 1
    options.answerTokens = 64;
    options.entriesPerGroup = 64;
    const TraceSnapshot snapshot = syntheticSnapshot(options);
    AttentionPanel panel;
    panel.resize(1920, 600);
    panel.show();
    QElapsedTimer clock;
    clock.start();
    QSignalSpy shown(&panel, &AttentionPanel::mapShown);
    panel.setSnapshot(snapshot);
    QVERIFY(clock.elapsed() < 50);  // the GUI thread hands the work on
    QVERIFY(shown.wait(60000));
    MapCanvas* canvas = panel.canvas();
    const AttentionMap& map = *canvas->map();
    const double mebibytes = double(map.heat.memoryBytes()) / (1 << 20);
    qInfo("built in %lld ms, %zu rows x %lld regions, %.1f MiB", static_cast<long long>(clock.elapsed()),
          map.rows.size(), static_cast<long long>(map.regionCount), mebibytes);
    QCOMPARE(map.rows.size(), size_t{256});
    QVERIFY(mebibytes < 96);

    std::vector<double> frames;
    QImage target(canvas->viewport()->size(), QImage::Format_ARGB32_Premultiplied);
    const auto frame = [&] {
        clock.restart();
        QPainter painter(&target);
        canvas->viewport()->render(&painter);
        painter.end();
        frames.push_back(double(clock.nsecsElapsed()) / 1e6);
    };
    for (int i = 0; i < 40; ++i) {
        canvas->zoomIn();
        frame();
    }
    canvas->zoomToFit();
    canvas->selectBlock(map.blockCount() - 2);
    for (int i = 0; i < 12; ++i) {
        canvas->zoomIn();
        QTest::keyClick(canvas, Qt::Key_PageDown);
        frame();
    }
    for (int i = 0; i < 40; ++i) {
        QTest::keyClick(canvas, Qt::Key_Right, Qt::ShiftModifier);
        frame();
    }
    std::sort(frames.begin(), frames.end());
    const double median = frames[frames.size() / 2];
    const double slow = frames[frames.size() * 95 / 100];
    qInfo("%zu frames of %dx%d: median %.1f ms, 95th percentile %.1f ms, slowest %.1f ms", frames.size(),
          target.width(), target.height(), median, slow, frames.back());
    QVERIFY2(frames.back() < 50, "no frame holds the window up");
    QVERIFY2(slow < 1000.0 / 30, "95 of 100 frames take less than 33 ms");
}

LECTERN_UI_TEST(MillionTokensTest);

}  // namespace lectern::ui

#include "million_tokens_test.moc"

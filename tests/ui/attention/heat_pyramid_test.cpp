// The pyramid against a plain scan of the values.
#include <cmath>
#include <random>

#include "tests/ui/support/ui_test.h"
#include "ui/attention/heat_pyramid.h"

namespace lectern::ui {

class HeatPyramidTest : public QObject {
    Q_OBJECT

  private slots:
    void columnsPartitionTheAxis();
    void samplesEqualAScan();
    void emptyAndSingleCell();
    void negativeScoresStayPresent();
};

void HeatPyramidTest::columnsPartitionTheAxis() {
    for (const double cellsPerColumn : {0.03, 0.7, 1.0, 3.9, 4.0, 17.3, 64.0, 700.5}) {
        const int64_t cells = 50000;
        const CellColumns columns(123.25, cellsPerColumn, cells);
        for (int x = 0; x < 60; ++x) {
            const CellRange here = columns.column(x);
            const CellRange next = columns.column(x + 1);
            QVERIFY(here.size() >= 1);
            // Zoomed far in, neighbouring pixels show the same cell; otherwise columns join without gap or overlap.
            QVERIFY(next.begin == here.end || next == here);
            if (cellsPerColumn >= 4) {
                QCOMPARE(here.begin % 4, 0);
            }
        }
    }
}

void HeatPyramidTest::samplesEqualAScan() {
    const int64_t cells = 5003;
    std::mt19937 random(3);
    std::vector<float> values(cells, HeatPyramid::kAbsent);
    for (int64_t i = 0; i < cells; i += 1 + static_cast<int64_t>(random() % 9)) {
        values[static_cast<size_t>(i)] = static_cast<float>(random() % 1000);
    }
    HeatPyramid pyramid(2, cells);
    pyramid.setRow(1, values);
    for (const double cellsPerColumn : {0.5, 1.0, 5.0, 16.0, 333.0}) {
        const CellColumns scale(7.0, cellsPerColumn, cells);
        std::vector<CellRange> columns;
        for (int x = 0; x < 14; ++x) {
            columns.push_back(scale.column(x));
        }
        std::vector<HeatPyramid::Sample> samples(columns.size());
        pyramid.sampleColumns(1, scale.level(), columns, samples);
        for (size_t x = 0; x < columns.size(); ++x) {
            float max = -1;
            double sum = 0;
            int64_t present = 0;
            for (int64_t cell = columns[x].begin; cell < columns[x].end; ++cell) {
                const float value = values[static_cast<size_t>(cell)];
                if (!std::isnan(value)) {
                    max = std::max(max, value);
                    sum += value;
                    ++present;
                }
            }
            QCOMPARE(samples[x].max > 0, present > 0);
            QCOMPARE(pyramid.countPresent(1, columns[x]), present);
            QCOMPARE(pyramid.sample(1, columns[x]).max, samples[x].max);
            if (present > 0) {
                QVERIFY(std::abs(pyramid.value(1, samples[x].max) - max) < 0.02f);
                const double mean = sum / static_cast<double>(columns[x].size());
                QVERIFY(std::abs(pyramid.value(1, samples[x].mean) - mean) < 1.0 + mean * 0.02);
            }
        }
    }
    QCOMPARE(pyramid.sample(0, {0, cells}).max, uint16_t{0});
}

void HeatPyramidTest::emptyAndSingleCell() {
    HeatPyramid one(1, 1);
    one.setRow(0, std::vector<float>{3.0f});
    QCOMPARE(one.value(0, one.at(0, 0)), 3.0f);
    HeatPyramid none(0, 10);
    QCOMPARE(none.rows(), 0);
    HeatPyramid constant(1, 3);
    constant.setRow(0, std::vector<float>{0.0f, HeatPyramid::kAbsent, 0.0f});
    QVERIFY(constant.at(0, 0) > 0);
    QCOMPARE(constant.at(0, 1), uint16_t{0});
}

void HeatPyramidTest::negativeScoresStayPresent() {
    HeatPyramid pyramid(1, 4);
    pyramid.setRow(0, std::vector<float>{-8.0f, HeatPyramid::kAbsent, -2.0f, 4.0f});
    QVERIFY(pyramid.at(0, 0) > 0);
    QCOMPARE(pyramid.value(0, pyramid.at(0, 0)), -8.0f);
    QVERIFY(std::abs(pyramid.value(0, pyramid.at(0, 2)) + 2.0f) < 0.001f);
    QCOMPARE(pyramid.value(0, pyramid.sample(0, {0, 4}).max), 4.0f);
}

LECTERN_UI_TEST(HeatPyramidTest);

}  // namespace lectern::ui

#include "heat_pyramid_test.moc"

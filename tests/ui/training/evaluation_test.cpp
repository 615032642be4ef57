// Results of lectern-engine eval as grid, table and curve.
#include <QAbstractItemModelTester>
#include <QComboBox>
#include <QFile>
#include <QLocale>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>

#include "tests/ui/support/perplexity_buckets.h"
#include "tests/ui/support/screenshot.h"
#include "tests/ui/support/ui_test.h"
#include "ui/training/evaluation_dialog.h"
#include "ui/training/plot_card.h"
#include "ui/training/retrieval_grid.h"

namespace lectern::ui {
namespace {

QString writeJson(const QString& name, const QByteArray& json) {
    QFile file(temporaryPath(name));
    return file.open(QIODevice::WriteOnly) && file.write(json) == json.size() ? file.fileName() : QString();
}

QByteArray passkey(int context, int correct) {
    QByteArray depths;
    for (int i = 0; i < 5; ++i) {
        depths += QStringLiteral("%1{\"depth\": %2, \"trials\": 10, \"correct\": %3}")
                      .arg(i == 0 ? QString() : QStringLiteral(","))
                      .arg(0.25 * i)
                      .arg(std::max(0, correct - i))
                      .toUtf8();
    }
    return R"({"task": "passkey", "context": )" + QByteArray::number(context) + R"(, "depths": [)" + depths + "]}";
}

}  // namespace

class EvaluationTest : public QObject {
    Q_OBJECT

  private slots:
    void gridAndTableShowTheSame();
    void perplexityCurve();
    void foreignFilesAreRefused();
    void runsTheEngine();
};

void EvaluationTest::gridAndTableShowTheSame() {
    Services services(temporaryPath(QStringLiteral("eval-data")).toStdString());
    EvaluationDialog dialog(services);
    const QAbstractItemModelTester tester(dialog.table(), QAbstractItemModelTester::FailureReportingMode::Fatal);
    QVERIFY(dialog.openFiles({writeJson(QStringLiteral("a.json"), passkey(65536, 7)),
                              writeJson(QStringLiteral("b.json"), passkey(4096, 10)),
                              writeJson(QStringLiteral("c.json"), passkey(16384, 10))}));
    QCOMPARE(dialog.table()->rowCount(), 5);
    QCOMPARE(dialog.table()->columnCount(), 3);
    QCOMPARE(dialog.table()->headerData(0, Qt::Horizontal, Qt::DisplayRole).toString(),
             QLocale().toString(4096) + QStringLiteral(" tokens"));
    QCOMPARE(dialog.table()->index(4, 2).data().toString(), QStringLiteral("3 of 10"));
    dialog.show();
    shoot(dialog, QStringLiteral("evaluation-grid"));
}

void EvaluationTest::perplexityCurve() {
    Services services(temporaryPath(QStringLiteral("eval-data")).toStdString());
    EvaluationDialog dialog(services);
    const QByteArray buckets = perplexityBuckets();
    const QByteArray json = R"({"task":"perplexity","context":131072,"blockwise":{"buckets":[)" + buckets +
                            R"(]},"decode_consistent":{"buckets":[)" + buckets + "]}}";
    QVERIFY(dialog.openFiles({writeJson(QStringLiteral("p.json"), json)}));
    QCOMPARE(dialog.curve()->plot()->series()[0].points.size(), size_t{8});
    QCOMPARE(dialog.curve()->plot()->table()->rowCount(), 8);
    dialog.show();
    shoot(dialog, QStringLiteral("evaluation-perplexity"));
}

void EvaluationTest::foreignFilesAreRefused() {
    Services services(temporaryPath(QStringLiteral("eval-data")).toStdString());
    EvaluationDialog dialog(services);
    for (const char* json :
         {"", "[]", R"({"task": 3})", R"({"task": "passkey"})", R"({"task": "passkey", "context": -1, "depths": []})",
          R"({"task": "perplexity", "blockwise": {"buckets": [1, {"begin": 5, "end": 2}]}})"}) {
        QVERIFY(!dialog.openFiles({writeJson(QStringLiteral("bad.json"), json)}));
    }
    QVERIFY(!dialog.openFiles({QStringLiteral("/no/such/file.json")}));
}

void EvaluationTest::runsTheEngine() {
    Services services(temporaryPath(QStringLiteral("eval-data")).toStdString());
    EvaluationDialog dialog(services);
    dialog.show();
    dialog.contextChoice()->setCurrentIndex(0);
    dialog.depthsField()->setValue(2);
    dialog.trialsField()->setValue(1);
    QSignalSpy measured(&dialog, &EvaluationDialog::measured);
    QTest::mouseClick(dialog.runButton(), Qt::LeftButton);
    QVERIFY(!dialog.runButton()->isEnabled());
    QTRY_COMPARE_WITH_TIMEOUT(measured.size(), 1, 120000);
    QCOMPARE(dialog.statusText(), QStringLiteral("Measured."));
    QCOMPARE(dialog.table()->rowCount(), 2);
    QCOMPARE(dialog.table()->columnCount(), 1);
}

LECTERN_UI_TEST(EvaluationTest);

}  // namespace lectern::ui

#include "evaluation_test.moc"

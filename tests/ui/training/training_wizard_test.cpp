// A fine-tune of the default model on the sample document, from the first page of the wizard to the exported GGUF, with
// the real worker. LECTERN_TUNE_TOKENS and LECTERN_TUNE_STEPS make it longer.
#include <QAbstractItemModelTester>
#include <QButtonGroup>
#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QLineEdit>
#include <QMessageBox>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTextBrowser>
#include <QTreeWidget>

#include "tests/ui/support/screenshot.h"
#include "tests/ui/support/ui_test.h"
#include "ui/library/start_page.h"
#include "ui/services/stall_watchdog.h"
#include "ui/training/base_model_page.h"
#include "ui/training/compare_page.h"
#include "ui/training/data_page.h"
#include "ui/training/dry_run_page.h"
#include "ui/training/export_page.h"
#include "ui/training/goal_page.h"
#include "ui/training/method_page.h"
#include "ui/training/plot_card.h"
#include "ui/training/run_page.h"
#include "ui/training/training_wizard.h"

namespace lectern::ui {
namespace {

constexpr int kMinutes = 60 * 1000;

int fromEnvironment(const char* name, int fallback) {
    const int value = qEnvironmentVariableIntValue(name);
    return value > 0 ? value : fallback;
}

}  // namespace

class TrainingWizardTest : public QObject {
    Q_OBJECT

  private slots:
    void fromGoalToExport();

  private:
    void setUp(TrainingWizard& wizard);
    void dryRun(TrainingWizard& wizard);
    void train(TrainingWizard& wizard);
    void reopen(Services& services, const QString& folder);
    void compare(TrainingWizard& wizard);
    void exportGguf(TrainingWizard& wizard);

    const int m_tokens = fromEnvironment("LECTERN_TUNE_TOKENS", 512);
    const int m_steps = fromEnvironment("LECTERN_TUNE_STEPS", 12);
};

void TrainingWizardTest::setUp(TrainingWizard& wizard) {
    QTest::mouseClick(wizard.goalPage()->goalButton(app::TuneGoal::DomainQuestions), Qt::LeftButton);
    wizard.goalPage()->nameField()->setText(QStringLiteral("Corrin handbook"));
    shoot(wizard, QStringLiteral("tune-1-goal"));
    QTest::mouseClick(wizard.nextButton(), Qt::LeftButton);
    QCOMPARE(wizard.page(), TrainingWizard::BaseModel);
    QTRY_VERIFY_WITH_TIMEOUT(wizard.nextButton()->isEnabled(), 20000);
    shoot(wizard, QStringLiteral("tune-2-model"));
    QTest::mouseClick(wizard.nextButton(), Qt::LeftButton);

    DataPage* data = wizard.dataPage();
    QTRY_VERIFY(data->addDocumentButton()->isEnabled());
    QVERIFY(!wizard.nextButton()->isEnabled());
    QTest::mouseClick(data->addDocumentButton(), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(data->isComplete(), 30000);
    QVERIFY(data->summary().contains(QStringLiteral("tokens")));
    QVERIFY(data->rendered()->toPlainText().contains(QStringLiteral("trained")));
    QCOMPARE(data->preview().data.size(), size_t{2});
    shoot(wizard, QStringLiteral("tune-3-data"));
    QTest::mouseClick(wizard.nextButton(), Qt::LeftButton);

    MethodPage* method = wizard.methodPage();
    const int64_t before = method->memory().total();
    method->sequenceChoice()->setCurrentIndex(method->sequenceChoice()->findData(m_tokens));
    QVERIFY(method->memory().total() != before || wizard.state().plan.sequenceTokens == 2048);
    method->stepsField()->setValue(m_steps);
    method->policyChoice()->setCurrentIndex(method->policyChoice()->findData(QStringLiteral("crd_ntk")));
    QTRY_COMPARE_WITH_TIMEOUT(method->positionsPlot()->plot()->series().size(), size_t{3}, 10000);
    const QAbstractItemModelTester tester(method->positionsPlot()->plot()->table(),
                                          QAbstractItemModelTester::FailureReportingMode::Fatal);
    shoot(wizard, QStringLiteral("tune-4-method"));
    QTest::mouseClick(wizard.nextButton(), Qt::LeftButton);
    QCOMPARE(wizard.page(), TrainingWizard::DryRun);
}

void TrainingWizardTest::dryRun(TrainingWizard& wizard) {
    DryRunPage* page = wizard.dryRunPage();
    QSignalSpy measured(page, &DryRunPage::measured);
    QTest::mouseClick(page->startButton(), Qt::LeftButton);
    QVERIFY(!wizard.nextButton()->isEnabled());
    QTRY_COMPARE_WITH_TIMEOUT(measured.size(), 1, 10 * kMinutes);
    QVERIFY2(page->log().dryRun.has_value(), page->log().problem.c_str());
    QVERIFY(page->log().dryRun->secondsPerStep > 0);
    QVERIFY(page->log().dryRun->processPeakBytes > 50 << 20);
    shoot(wizard, QStringLiteral("tune-5-dry-run"));
    QTest::mouseClick(wizard.nextButton(), Qt::LeftButton);
    QCOMPARE(wizard.page(), TrainingWizard::Run);
}

void TrainingWizardTest::train(TrainingWizard& wizard) {
    RunPage* page = wizard.runPage();
    QTest::mouseClick(page->startButton(), Qt::LeftButton);
    QVERIFY(wizard.isRunAtWork());
    app::TrainingRunProcess* run = wizard.state().run.get();
    const auto steps = [&] { return run->log().lastStep(); };
    QTRY_VERIFY_WITH_TIMEOUT(steps() >= 2 || run->log().state == app::RunState::Failed, 20 * kMinutes);
    QVERIFY2(run->log().state != app::RunState::Failed, run->log().problem.c_str());

    // Pause holds it, going on continues.
    QTest::mouseClick(page->pauseButton(), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(run->log().state == app::RunState::Paused, 10 * kMinutes);
    const int64_t held = steps();
    QTest::qWait(500);
    QCOMPARE(steps(), held);
    QTest::mouseClick(page->pauseButton(), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(steps() > held, 10 * kMinutes);

    // Stop and save, then go on from there: no step is lost.
    QTest::mouseClick(page->stopButton(), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(!wizard.isRunAtWork(), 10 * kMinutes);
    QCOMPARE(run->log().state, app::RunState::Stopped);
    const int64_t saved = steps();
    QVERIFY(!run->log().checkpoints.empty());
    QTest::mouseClick(page->startButton(), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(steps() > saved, 20 * kMinutes);
    QTRY_VERIFY_WITH_TIMEOUT(steps() >= m_steps / 2, 120 * kMinutes);
    shoot(wizard, QStringLiteral("tune-6-run"));
    reopen(wizard.state().services, QString::fromStdString(run->folder().string()));

    QTRY_VERIFY_WITH_TIMEOUT(!wizard.isRunAtWork(), 120 * kMinutes);
    QVERIFY2(run->log().state == app::RunState::Completed, run->log().problem.c_str());
    QCOMPARE(static_cast<int>(run->log().steps.size()), m_steps);
    for (int i = 0; i < m_steps; ++i) {
        QCOMPARE(run->log().steps[static_cast<size_t>(i)].step, int64_t{i + 1});
    }
    QVERIFY(run->log().evaluations.size() >= 2);
    QVERIFY(run->log().evaluations.back().loss < 1.02 * run->log().evaluations.front().loss);
    QVERIFY(!run->log().samples.empty());
    QVERIFY(QFile::exists(QString::fromStdString((run->folder() / "adapter" / "adapter_model.safetensors").string())));
    page->lossPlot()->showTable(true);
    shoot(wizard, QStringLiteral("tune-6-run-table"));
    page->lossPlot()->showTable(false);
    shoot(wizard, QStringLiteral("tune-6-run-done"));
}

void TrainingWizardTest::reopen(Services& services, const QString& folder) {
    // A second window finds the run at work in its list and shows the same curve.
    TrainingWizard second(services);
    second.show();
    QTRY_COMPARE(second.goalPage()->runList()->topLevelItemCount(), 1);
    second.goalPage()->runList()->setCurrentItem(second.goalPage()->runList()->topLevelItem(0));
    QTest::mouseClick(second.goalPage()->openRunButton(), Qt::LeftButton);
    QCOMPARE(second.page(), TrainingWizard::Run);
    QCOMPARE(QString::fromStdString(second.state().run->folder().string()), folder);
    QVERIFY(second.state().run->log().lastStep() >= m_steps / 2);
    if (second.isRunAtWork()) {
        second.close();
        auto* box = second.findChild<QMessageBox*>();
        QVERIFY(box != nullptr);
        for (QAbstractButton* button : box->buttons()) {
            if (box->buttonRole(button) == QMessageBox::AcceptRole) {
                QTest::mouseClick(button, Qt::LeftButton);
            }
        }
        QVERIFY(!second.isVisible());
    }
}

void TrainingWizardTest::compare(TrainingWizard& wizard) {
    QTest::mouseClick(wizard.nextButton(), Qt::LeftButton);
    QCOMPARE(wizard.page(), TrainingWizard::Compare);
    ComparePage* page = wizard.comparePage();
    QTRY_VERIFY(page->documentChoice()->count() == 1);
    page->questionField()->setText(QStringLiteral("Who collected the words of Corrish?"));
    QSignalSpy compared(page, &ComparePage::compared);
    QTest::mouseClick(page->askButton(), Qt::LeftButton);
    QTRY_COMPARE_WITH_TIMEOUT(compared.size(), 1, 10 * kMinutes);
    QVERIFY(!page->answerText(false).isEmpty());
    QVERIFY(!page->answerText(true).isEmpty());
    QVERIFY(!page->difference().isEmpty());
    shoot(wizard, QStringLiteral("tune-7-compare"));
}

void TrainingWizardTest::exportGguf(TrainingWizard& wizard) {
    QTest::mouseClick(wizard.nextButton(), Qt::LeftButton);
    QCOMPARE(wizard.page(), TrainingWizard::Export);
    ExportPage* page = wizard.exportPage();
    QCOMPARE(page->results()->topLevelItemCount(), 1);
    QVERIFY(!page->exportButton()->isEnabled());
    page->ggufBox()->setChecked(true);
    QTest::mouseClick(page->exportButton(), Qt::LeftButton);
    QTRY_COMPARE_WITH_TIMEOUT(page->results()->topLevelItemCount(), 2, 10 * kMinutes);
    QTRY_VERIFY_WITH_TIMEOUT(!wizard.isRunAtWork(), kMinutes);
    const app::TrainingLog& log = wizard.state().run->log();
    QVERIFY(log.exports[0].sameTopShare > 0.95);
    QVERIFY(log.exports[0].largestDifference < 0.05 * log.exports[0].largestLogit);
    QCOMPARE(log.lastStep(), int64_t{m_steps});
    QVERIFY(QFile::exists(QString::fromStdString(log.exports[1].path)));
    shoot(wizard, QStringLiteral("tune-8-export"));
    QTest::mouseClick(page->useButton(), Qt::LeftButton);
    QVERIFY(
        wizard.state().services.settings.text(QStringLiteral("model/adapter")).endsWith(QStringLiteral("/adapter")));
}

void TrainingWizardTest::fromGoalToExport() {
    const QString directory = temporaryPath(QStringLiteral("tune-data"));
    QDir().mkpath(directory);
    Services services(directory.toStdString());
    QSignalSpy finished(&services.ingest, &app::IngestQueue::finished);
    services.ingest.add(sampleDocumentPath().toStdString());
    QTRY_COMPARE_WITH_TIMEOUT(finished.size(), 1, kMinutes);
    TrainingWizard wizard(services);
    wizard.show();
    for (const auto part : {&TrainingWizardTest::setUp, &TrainingWizardTest::dryRun, &TrainingWizardTest::train,
                            &TrainingWizardTest::compare, &TrainingWizardTest::exportGguf}) {
        (this->*part)(wizard);
        if (QTest::currentTestFailed()) {
            if (wizard.state().run != nullptr) {
                wizard.state().run->stopAndSave();
            }
            return;
        }
    }
}

LECTERN_UI_TEST(TrainingWizardTest);

}  // namespace lectern::ui

#include "training_wizard_test.moc"

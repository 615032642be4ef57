// The program killed at its worst moments: while it takes a document in, reads it, answers and tunes. Another process
// is the victim, in the same folder; nothing that was accepted may be lost.
#include <signal.h>

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QToolButton>
#include <QTreeWidget>
#include <semaphore>

#include "app/jobs/training_plan.h"
#include "app/jobs/training_runs.h"
#include "tests/app/support/app_test.h"
#include "tests/e2e/support/window_driver.h"
#include "ui/ask/transcript_view.h"
#include "ui/ask/turn_card.h"
#include "ui/shell/main_actions.h"

namespace lectern::ui {
namespace {

constexpr const char* kStage = "LECTERN_VICTIM_STAGE";
constexpr const char* kData = "LECTERN_VICTIM_DATA";
constexpr const char* kFile = "LECTERN_VICTIM_FILE";
constexpr const char* kQuestion = "Which light is the oldest?";
constexpr int kMinute = 60 * 1000;

QString given(const char* name) {
    return qEnvironmentVariable(name);
}

/// What the victim says when it is where it is to be killed.
QString reachedFile(const QString& data) {
    return data + QStringLiteral(".reached");
}

}  // namespace

class KilledTest : public QObject {
    Q_OBJECT

  private slots:
    /// The other process: goes as far as it is told and stays there.
    void victim() {
        if (given(kStage).isEmpty()) {
            return;
        }
        if (given(kStage) == QLatin1String("tuning")) {
            tune();
            return;
        }
        WindowDriver driver(given(kData));
        std::binary_semaphore never(0);
        driver.window().open({given(kFile)});
        if (given(kStage) == QLatin1String("ingesting")) {
            QVERIFY(driver.waitFor([&] {
                return driver.tab() != nullptr && driver.tab()->session().phase() == IngestPhase::Reading &&
                       driver.tab()->session().progress().pagesDone > 500;
            }));
        } else {
            QVERIFY(driver.waitForStage(AskStatus::Stage::Unread));
            // The engine is held at the first words, which the window has been given by then.
            connect(
                &driver.services().engine, &app::AskEngine::textAdded, this, [&] { never.acquire(); },
                Qt::DirectConnection);
            driver.askByKeyboard(QString::fromUtf8(kQuestion));
            const bool prefilling = given(kStage) == QLatin1String("prefilling");
            QVERIFY(driver.waitFor(
                [&] {
                    return prefilling ? driver.askPanel().status().stage == AskStatus::Stage::Prefilling &&
                                            driver.askPanel().status().progress > 0.1
                                      : !driver.ask()->turns().back().answer()->text.isEmpty();
                },
                10 * kMinute));
        }
        sayAndWait();
    }

    void killedWhileTakingIn() {
        const QString path = temporaryPath(QStringLiteral("long.pdf"));
        app::test::writeFile(path.toStdString(), app::test::makeTextPdf(6000, 30));
        killAt(QStringLiteral("ingesting"), path);
        const auto record = [&] {
            const auto library = app::Library::open(data(QStringLiteral("ingesting")).toStdString());
            return **(*library)->findByPath(path.toStdString());
        };
        QCOMPARE(record().state, app::IngestState::Ingesting);
        const int kept = record().pagesStored;
        QVERIFY2(kept > 300, qPrintable(QString::number(kept)));
        WindowDriver driver(data(QStringLiteral("ingesting")));
        QSignalSpy finished(&driver.services().ingest, &app::IngestQueue::finished);
        driver.window().resumeUnfinished();
        QVERIFY(driver.waitFor([&] { return finished.size() == 1; }, 3 * kMinute));
        QCOMPARE(record().state, app::IngestState::Ready);
        QCOMPARE(record().pagesStored, 6000);
        QVERIFY(app::test::childProcesses("lectern-document-worker").size() <= 1);
    }

    void killedWhileReading() {
        const QString path = chapters();
        killAt(QStringLiteral("prefilling"), path);
        WindowDriver driver(data(QStringLiteral("prefilling")));
        driver.window().open({path});
        QVERIFY(driver.waitForStage(AskStatus::Stage::Unread));
        QVERIFY(driver.waitFor([&] { return driver.ask()->turns().size() == 1; }));
        QCOMPARE(driver.ask()->turns().front().question, QString::fromUtf8(kQuestion));
        answerTheQuestion(driver);
    }

    void killedWhileAnswering() {
        const QString path = temporaryPath(QStringLiteral("six-lights.md"));
        QVERIFY(QFile::copy(sampleFile(QStringLiteral("corrin-handbook/05-six-lights.md")), path));
        killAt(QStringLiteral("answering"), path);
        WindowDriver driver(data(QStringLiteral("answering")));
        driver.window().open({path});
        // What had been read before the question need not be read again.
        QVERIFY(driver.waitForStage(AskStatus::Stage::Ready));
        QVERIFY2(driver.askPanel().status().detail.startsWith(QStringLiteral("Restored")),
                 qPrintable(driver.askPanel().status().detail));
        QVERIFY(driver.waitFor([&] { return driver.ask()->turns().size() == 1; }));
        answerTheQuestion(driver);
    }

    void killedWhileTuning() {
        killAt(QStringLiteral("tuning"), sampleFile(QStringLiteral("corrin-handbook/05-six-lights.md")));
        // The worker is a process of its own and goes on.
        app::TrainingRunProcess run(runFolder());
        run.attach();
        QVERIFY(run.isAlive());
        const int64_t before = run.log().lastStep();
        QVERIFY(before >= 1);
        QVERIFY(WindowDriver::waitFor([&] { return !run.isAlive(); }, 20 * kMinute));
        QVERIFY2(run.log().state == app::RunState::Completed, run.log().problem.c_str());
        QCOMPARE(run.log().lastStep(), int64_t{kSteps});
        QCOMPARE(run.log().steps.size(), size_t{kSteps});
        QVERIFY(std::filesystem::exists(runFolder() / "adapter" / "adapter_model.safetensors"));
    }

  private:
    static constexpr int kSteps = 6;

    static QString data(const QString& stage) { return temporaryPath(stage + QStringLiteral("-library")); }
    static std::filesystem::path runFolder() {
        const QString folder = given(kData).isEmpty() ? data(QStringLiteral("tuning")) : given(kData);
        return std::filesystem::path(folder.toStdString()) / "run";
    }
    static void sayAndWait() {
        app::test::writeFile(reachedFile(given(kData)).toStdString(), "reached");
        WindowDriver::waitFor([] { return false; }, 2 * kMinute);
        QFAIL("nobody killed this process");
    }
    void tune() {
        app::TrainingPlan plan;
        plan.data = {{.kind = "text", .paths = {given(kFile).toStdString()}}};
        plan.sequenceTokens = 256;
        plan.steps = kSteps;
        plan.evaluateEvery = 0;
        QVERIFY(QDir().mkpath(QString::fromStdString(runFolder().string())));
        app::TrainingRunProcess run(runFolder());
        const Result<void> started = run.start(app::trainingConfig(plan, runFolder()), false);
        QVERIFY2(started.ok(), started ? "" : started.error().message.c_str());
        QVERIFY(WindowDriver::waitFor([&] { return run.log().lastStep() >= 1 || !run.isAlive(); }, 10 * kMinute));
        QVERIFY2(run.isAlive(), run.log().problem.c_str());
        sayAndWait();
    }
    /// Starts this program once more as the victim and kills it when it has reached `stage`.
    static void killAt(const QString& stage, const QString& file) {
        QProcess process;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QString::fromLatin1(kStage), stage);
        environment.insert(QString::fromLatin1(kData), data(stage));
        environment.insert(QString::fromLatin1(kFile), file);
        process.setProcessEnvironment(environment);
        process.setProcessChannelMode(QProcess::ForwardedChannels);
        process.start(QCoreApplication::applicationFilePath(), {QStringLiteral("victim")});
        QVERIFY(process.waitForStarted());
        const bool reached = WindowDriver::waitFor(
            [&] { return QFile::exists(reachedFile(data(stage))) || process.state() == QProcess::NotRunning; },
            12 * kMinute);
        QVERIFY2(reached && process.state() == QProcess::Running, "the victim did not come that far");
        ::kill(static_cast<pid_t>(process.processId()), SIGKILL);
        process.waitForFinished();
        QCOMPARE(process.exitStatus(), QProcess::CrashExit);
    }
    /// Long enough to be read for some seconds.
    static QString chapters() {
        QString path = temporaryPath(QStringLiteral("chapters.md"));
        QByteArray text;
        for (const char* chapter : {"05-six-lights.md", "08-birds.md", "07-wrecks-and-rescues.md", "15-kitchen.md"}) {
            QFile part(sampleFile(QStringLiteral("corrin-handbook/") + QLatin1String(chapter)));
            text += part.open(QIODevice::ReadOnly) ? part.readAll() : QByteArray();
        }
        app::test::writeFile(path.toStdString(), text.toStdString());
        return path;
    }
    /// The question stands there without an answer, says so, and is answered at a click.
    static void answerTheQuestion(WindowDriver& driver) {
        QVERIFY(driver.ask()->turns().front().answers.empty());
        TranscriptView* transcript = driver.askPanel().transcript();
        QTRY_COMPARE(transcript->cardCount(), size_t{1});
        QCOMPARE(transcript->card(0)->stateText(), QStringLiteral("Not answered yet."));
        driver.window().actions().regenerate->trigger();
        QVERIFY(driver.waitForAnswer(10 * kMinute));
        const Turn& turn = driver.ask()->turns().front();
        QCOMPARE(turn.answers.size(), size_t{1});
        QVERIFY(turn.id != 0 && turn.answers.front().id != 0 && !turn.answers.front().text.isEmpty());
    }
};

LECTERN_UI_TEST(KilledTest);

}  // namespace lectern::ui

#include "killed_test.moc"

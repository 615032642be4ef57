// Files that rules leave out, taken in one by one; taking in and reading paused, and gone on with another day.
#include <QDir>
#include <QFile>
#include <QPushButton>
#include <QTreeView>

#include "tests/app/support/app_test.h"
#include "tests/e2e/support/window_driver.h"
#include "tests/ui/support/screenshot.h"
#include "ui/opening/document_opener.h"
#include "ui/opening/preflight_sheet.h"
#include "ui/shell/main_actions.h"

namespace lectern::ui {

class PauseTest : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase() { start(); }
    void cleanupTestCase() { m_driver.reset(); }

    void whatRulesLeaveOutIsTakenInByItsBox() {
        const QDir folder(temporaryPath(QStringLiteral("project")));
        const auto write = [&](const char* name, const QByteArray& bytes) {
            app::test::writeFile(folder.filePath(QLatin1String(name)).toStdString(), bytes.toStdString());
        };
        write("src/parser.cpp", QByteArray("int parse(int value) { return value + 1; }\n").repeated(40));
        write("src/table.lock", "lock\n");
        write("node_modules/left/pad.js", QByteArray("module.exports = 1;\n").repeated(30));
        write("node_modules/left/logo.png", QByteArray("\x89PNG\0\0", 6));
        write("package-lock.json", QByteArray("{\"lockfileVersion\": 3}\n"));
        write(".gitignore", "*.log\n");
        write("build.log", "noise\n");
        write("huge.txt", QByteArray("many words here\n").repeated(200000));
        m_driver->window().open({folder.path()});
        auto* sheet = m_driver->window().findChild<PreflightSheet*>();
        QVERIFY(sheet != nullptr);
        QTRY_VERIFY_WITH_TIMEOUT(sheet->isDone(), 60000);
        TokenTreeModel& tree = *sheet->treeModel();
        // One by one, each with its reason, also inside folders that are left out.
        for (const auto& [path, reason] : {std::pair{"node_modules/left/pad.js", "vendored"},
                                           {"node_modules/left/logo.png", "no text"},
                                           {"package-lock.json", "lock file"},
                                           {"build.log", "gitignore"},
                                           {"huge.txt", "too large"},
                                           {"src/table.lock", "lock file"}}) {
            const QModelIndex index = tree.indexOf(QLatin1String(path));
            QVERIFY2(index.isValid(), path);
            QVERIFY2(textOf(index, TokenTreeModel::State).contains(QLatin1String(reason)), path);
            QCOMPARE(index.data(Qt::CheckStateRole).toInt(), static_cast<int>(Qt::Unchecked));
        }
        QVERIFY(textOf(tree.indexOf(QStringLiteral("huge.txt")), TokenTreeModel::Tokens)
                    .startsWith(QStringLiteral("about")));
        sheet->tokenTree()->expandAll();
        shoot(*sheet, QStringLiteral("preflight-left-out"));
        const int64_t before = tree.checkedTokens();
        press(*sheet, QStringLiteral("package-lock.json"));
        press(*sheet, QStringLiteral("node_modules"));
        QVERIFY(tree.checkedTokens() > before);
        QCOMPARE(tree.takenIn(), (std::vector<std::string>{"node_modules", "package-lock.json"}));
        // Off and on again: a folder brings its own files, not what rules leave out of it.
        press(*sheet, QStringLiteral("src"));
        QCOMPARE(tree.leftOut(), std::vector<std::string>{"src"});
        press(*sheet, QStringLiteral("src"));
        QVERIFY(tree.leftOut().empty());
        QCOMPARE(tree.takenIn().size(), size_t{2});
        shoot(*sheet, QStringLiteral("preflight-taken-in"));
        sheet->openButton()->click();
        QVERIFY(m_driver->waitFor(
            [&] { return m_driver->tab() != nullptr && m_driver->tab()->session().textPages() != nullptr; }));
        QStringList files;
        for (const app::DocumentPage& page : *m_driver->tab()->session().textPages()) {
            files.push_back(QString::fromStdString(page.label));
        }
        QCOMPARE(files, (QStringList{QStringLiteral(".gitignore"), QStringLiteral("node_modules/left/pad.js"),
                                     QStringLiteral("package-lock.json"), QStringLiteral("src/parser.cpp")}));
        m_driver->documents().close(m_driver->tab());
        // The next look knows what was chosen.
        m_driver->window().findChild<DocumentOpener*>()->check({folder.path()});
        sheet = m_driver->window().findChild<PreflightSheet*>();
        QTRY_VERIFY_WITH_TIMEOUT(sheet->isDone(), 60000);
        QCOMPARE(sheet->treeModel()->takenIn().size(), size_t{2});
        sheet->reject();
    }

    void takingInIsPausedAndGoesOnAnotherDay() {
        m_path = temporaryPath(QStringLiteral("long.pdf"));
        app::test::writeFile(m_path.toStdString(), app::test::makeTextPdf(4000, 30));
        m_driver->window().open({m_path});
        QVERIFY(m_driver->waitFor([&] {
            return m_driver->tab() != nullptr && m_driver->tab()->session().phase() == IngestPhase::Reading &&
                   m_driver->tab()->session().progress().pagesDone > 100;
        }));
        AskPanel& panel = m_driver->askPanel();
        QVERIFY(panel.pauseButton()->isVisible() && m_driver->window().actions().pause->isEnabled());
        shoot(m_driver->window(), QStringLiteral("pause-taking-in"));
        panel.pauseButton()->click();
        QVERIFY(m_driver->waitFor([&] { return m_driver->tab()->session().phase() == IngestPhase::Paused; }));
        const int done = m_driver->tab()->session().progress().pagesDone;
        QVERIFY(done > 100 && done < 4000);
        QVERIFY2(panel.status().headline.contains(QStringLiteral("paused")), qPrintable(panel.status().headline));
        QCOMPARE(panel.readButton()->text(), QStringLiteral("Go on"));
        QTRY_COMPARE(pausedJobs(), size_t{1});
        shoot(m_driver->window(), QStringLiteral("paused-taking-in"));

        start();
        m_driver->window().resumeUnfinished();
        m_driver->window().open({m_path});
        QVERIFY(m_driver->waitFor([&] { return m_driver->tab()->session().phase() == IngestPhase::Paused; }));
        QTest::qWait(300);
        QCOMPARE(m_driver->tab()->session().phase(), IngestPhase::Paused);
        QCOMPARE(m_driver->tab()->session().progress().pagesDone, done);
        const QSignalSpy progressed(&m_driver->services().ingest, &app::IngestQueue::progressed);
        m_driver->askPanel().readButton()->click();
        QVERIFY(m_driver->waitFor([&] { return m_driver->tab()->session().phase() == IngestPhase::Done; }, 180000));
        QCOMPARE(m_driver->tab()->session().record()->header.pageCount, 4000);
        QTRY_COMPARE(pausedJobs(), size_t{0});
        m_driver->documents().close(m_driver->tab());
    }

    void takingInIsCancelledAndGoesOn() {
        m_path = temporaryPath(QStringLiteral("cancelled.pdf"));
        app::test::writeFile(m_path.toStdString(), app::test::makeTextPdf(4000, 29));
        m_driver->window().open({m_path});
        QVERIFY(m_driver->waitFor([&] {
            return m_driver->tab() != nullptr && m_driver->tab()->session().phase() == IngestPhase::Reading &&
                   m_driver->tab()->session().progress().pagesDone > 200;
        }));
        const AskStatus reading = m_driver->askPanel().status();
        QVERIFY2(reading.progress > 0 && reading.progress < 1, "its progress is counted");
        m_driver->window().actions().stop->trigger();
        QVERIFY(m_driver->waitForStage(AskStatus::Stage::Stopped));
        QVERIFY(m_driver->tab()->session().phase() == IngestPhase::Stopped);
        QVERIFY2(m_driver->tab()->view()->pageCount() == 4000, "the reader does not need it");
        QTest::qWait(200);
        QVERIFY(m_driver->tab()->session().phase() == IngestPhase::Stopped);
        m_driver->askPanel().readButton()->click();
        QVERIFY(m_driver->waitFor([&] { return m_driver->tab()->session().phase() == IngestPhase::Done; }, 180000));
        QCOMPARE(m_driver->tab()->session().record()->pagesStored, 4000);
        m_driver->documents().close(m_driver->tab());
    }

    void readingIsPausedAndGoesOnAnotherDay() {
        m_path = temporaryPath(QStringLiteral("chapters.md"));
        QFile file(m_path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        for (const char* chapter : {"05-six-lights.md", "08-birds.md", "07-wrecks-and-rescues.md", "15-kitchen.md"}) {
            QFile part(sampleFile(QStringLiteral("corrin-handbook/") + QLatin1String(chapter)));
            QVERIFY(part.open(QIODevice::ReadOnly));
            file.write(part.readAll());
        }
        file.close();
        m_driver->window().open({m_path});
        QVERIFY(m_driver->waitForStage(AskStatus::Stage::Unread, 120000));
        AskPanel& panel = m_driver->askPanel();
        panel.readButton()->click();
        QVERIFY(m_driver->waitFor(
            [&] { return panel.status().stage == AskStatus::Stage::Prefilling && panel.status().progress > 0.1; }));
        QVERIFY(panel.pauseButton()->isVisible());
        m_driver->window().actions().pause->trigger();
        QVERIFY(m_driver->waitForStage(AskStatus::Stage::Unread));
        QVERIFY2(panel.status().headline.startsWith(QStringLiteral("Paused at")), qPrintable(panel.status().headline));
        QCOMPARE(panel.readButton()->text(), QStringLiteral("Go on"));
        shoot(m_driver->window(), QStringLiteral("paused-reading"));

        start();
        m_driver->window().open({m_path});
        QVERIFY(m_driver->waitForStage(AskStatus::Stage::Unread, 120000));
        QVERIFY2(m_driver->askPanel().status().detail.contains(QStringLiteral("goes on at token")),
                 qPrintable(m_driver->askPanel().status().detail));
        m_driver->askPanel().readButton()->click();
        QVERIFY(m_driver->waitForStage(AskStatus::Stage::Ready, 600000));
        QVERIFY(m_driver->askPanel().status().detail.contains(QStringLiteral("tokens")));
    }

  private:
    void start() {
        m_driver.reset();
        m_driver = std::make_unique<WindowDriver>(temporaryPath(QStringLiteral("library")));
    }
    static QString textOf(const QModelIndex& index, int column) {
        return index.siblingAtColumn(column).data().toString();
    }
    /// The space bar on a row of the tree.
    static void press(PreflightSheet& sheet, const QString& path) {
        sheet.tokenTree()->setCurrentIndex(sheet.treeModel()->indexOf(path));
        QTest::keyClick(sheet.tokenTree(), Qt::Key_Space);
    }
    static size_t pausedJobs() {
        const auto library = app::Library::open(temporaryPath(QStringLiteral("library")).toStdString());
        const auto jobs = *(*library)->jobs("ingest");
        return static_cast<size_t>(
            std::count_if(jobs.begin(), jobs.end(), [](const auto& job) { return job.state == "paused"; }));
    }

    QString m_path;
    std::unique_ptr<WindowDriver> m_driver;
};

LECTERN_UI_TEST(PauseTest);

}  // namespace lectern::ui

#include "pause_test.moc"

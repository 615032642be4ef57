// Before opening and after a crash: the sheet, its token tree, scans, what was interrupted, documents not to be kept.
#include <QAbstractItemModelTester>
#include <QCheckBox>
#include <QDir>
#include <QFile>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTabWidget>
#include <QTreeView>
#include <QTreeWidget>

#include "tests/e2e/support/window_driver.h"
#include "tests/ui/support/screenshot.h"
#include "ui/opening/document_opener.h"
#include "ui/opening/preflight_sheet.h"
#include "ui/opening/source_options.h"
#include "ui/reader/message_bar.h"
#include "ui/shell/about_dialog.h"
#include "ui/shell/main_actions.h"
#include "ui/shell/tour.h"

namespace lectern::ui {

class OpeningTest : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase() {
        m_folder = QDir(temporaryPath(QStringLiteral("project")));
        write(QStringLiteral("src/parser.cpp"),
              QByteArray("int parse(int value) { return value + 1; }\n").repeated(40));
        write(QStringLiteral("src/lexer.cpp"), QByteArray("int lex(int value) { return value - 1; }\n").repeated(20));
        write(QStringLiteral("docs/guide.md"), QByteArray("# Guide\n\nThe parser reads what the lexer gives.\n"));
        write(QStringLiteral("node_modules/left/pad.js"), QByteArray("module.exports = 1;\n").repeated(30));
        write(QStringLiteral("package-lock.json"), QByteArray("{\"lockfileVersion\": 3}\n"));
        write(QStringLiteral(".gitignore"), QByteArray("*.log\n"));
        write(QStringLiteral("build.log"), QByteArray("noise\n"));
        m_driver = std::make_unique<WindowDriver>(temporaryPath(QStringLiteral("library")));
    }
    void cleanupTestCase() { m_driver.reset(); }

    void aFolderIsLookedAtFirst() {
        m_driver->window().open({m_folder.path()});
        QVERIFY(m_driver->documents().tabs().isEmpty());
        auto* sheet = m_driver->window().findChild<PreflightSheet*>();
        QVERIFY(sheet != nullptr && sheet->isVisible());
        QTRY_VERIFY_WITH_TIMEOUT(sheet->isDone(), 60000);
        QVERIFY2(sheet->verdict().contains(QStringLiteral("fits")), qPrintable(sheet->verdict()));
        const TokenTreeModel& tree = *sheet->treeModel();
        const QAbstractItemModelTester tester(sheet->treeModel(),
                                              QAbstractItemModelTester::FailureReportingMode::Fatal);
        const int64_t all = tree.checkedTokens();
        QVERIFY(all > 300);
        QVERIFY(stateOf(tree, QStringLiteral("node_modules")).contains(QStringLiteral("vendored")));
        QVERIFY(stateOf(tree, QStringLiteral("package-lock.json")).contains(QStringLiteral("lock")));
        QVERIFY(stateOf(tree, QStringLiteral("build.log")).contains(QStringLiteral("gitignore")));

        // One file is left out with the keyboard: its folder shows that only a part of it is taken.
        const QModelIndex lexer = tree.indexOf(QStringLiteral("src/lexer.cpp"));
        sheet->tokenTree()->expandAll();
        sheet->tokenTree()->setCurrentIndex(lexer);
        QTest::keyClick(sheet->tokenTree(), Qt::Key_Space);
        QVERIFY(tree.checkedTokens() < all);
        QCOMPARE(tree.data(lexer.parent(), Qt::CheckStateRole).toInt(), static_cast<int>(Qt::PartiallyChecked));
        QCOMPARE(sheet->sheet().tokens, tree.checkedTokens() + 1);
        shoot(*sheet, QStringLiteral("preflight-folder"));
        sheet->openButton()->click();
        QVERIFY(m_driver->waitFor(
            [&] { return m_driver->tab() != nullptr && m_driver->tab()->session().phase() == IngestPhase::Done; }));
        QTRY_VERIFY(m_driver->tab()->session().textPages() != nullptr);
        QStringList files;
        for (const app::DocumentPage& page : *m_driver->tab()->session().textPages()) {
            files.push_back(QString::fromStdString(page.label));
        }
        QVERIFY(files.contains(QStringLiteral("src/parser.cpp")));
        QVERIFY(!files.contains(QStringLiteral("src/lexer.cpp")));
        QVERIFY(!files.contains(QStringLiteral("node_modules/left/pad.js")));
        m_document = m_driver->tab()->session().documentId();
    }

    void boxesSayWhatChanged() {
        const auto file = [](const char* path, bool isFolder, app::TreeEntryState state) {
            app::PreflightFile result;
            result.path = path;
            result.isFolder = isFolder;
            result.state = state;
            result.tokens = isFolder ? 0 : 10;
            return result;
        };
        const auto files = [&](app::TreeEntryState ofLog) {
            const auto taken = app::TreeEntryState::Included;
            return std::vector{
                file("a", true, taken),          file("a/b", true, taken),    file("a/b/one.cpp", false, taken),
                file("a/two.cpp", false, taken), file("c.log", false, ofLog), file("d.cpp", false, taken)};
        };
        TokenTreeModel tree;
        const QAbstractItemModelTester tester(&tree, QAbstractItemModelTester::FailureReportingMode::Fatal);
        QSignalSpy checks(&tree, &TokenTreeModel::checksChanged);
        QSignalSpy resets(&tree, &TokenTreeModel::modelReset);
        tree.setFiles(files(app::TreeEntryState::Ignored), {"a/b", "d.cpp", "gone.cpp"});
        QCOMPARE(resets.size(), 1);
        QVERIFY2(checks.isEmpty(), "what is restored is no choice of somebody");
        QCOMPARE(tree.leftOut(), (std::vector<std::string>{"a/b", "d.cpp"}));
        QCOMPARE(tree.checkedTokens(), int64_t{10});

        QSet<QString> told;
        connect(&tree, &TokenTreeModel::dataChanged, this, [&](const QModelIndex& first, const QModelIndex& last) {
            for (int row = first.row(); row <= last.row(); ++row) {
                told.insert(first.siblingAtRow(row).siblingAtColumn(0).data(Qt::ToolTipRole).toString());
            }
        });
        const QPersistentModelIndex one = tree.indexOf(QStringLiteral("a/b/one.cpp"));
        QVERIFY(tree.setData(one.parent(), Qt::Checked, Qt::CheckStateRole));
        QCOMPARE(checks.size(), 1);
        QCOMPARE(told, (QSet<QString>{QStringLiteral("a"), QStringLiteral("a/b"), QStringLiteral("a/b/one.cpp")}));
        QCOMPARE(tree.checkedTokens(), int64_t{20});

        // The same rows with another state: what is open and chosen in a view stays.
        tree.setFiles(files(app::TreeEntryState::Included), tree.leftOut());
        QCOMPARE(resets.size(), 1);
        QCOMPARE(checks.size(), 1);
        QVERIFY(one.isValid());
        QCOMPARE(told.size(), 6);
        QCOMPARE(tree.checkedTokens(), int64_t{30});
    }

    void theChoiceIsKept() {
        m_driver->documents().close(m_driver->tab());
        m_driver->window().open({m_folder.path()});
        QVERIFY2(!m_driver->documents().tabs().isEmpty(), "asked once only");
        QVERIFY(m_driver->waitFor([&] { return m_driver->tab()->session().phase() == IngestPhase::Done; }));
        QCOMPARE(m_driver->tab()->session().documentId(), m_document);
        m_driver->documents().close(m_driver->tab());
    }

    void rulesCanBeLifted() {
        auto* opener = m_driver->window().findChild<DocumentOpener*>();
        opener->check({m_folder.path()});
        auto* sheet = m_driver->window().findChild<PreflightSheet*>();
        QTRY_VERIFY_WITH_TIMEOUT(sheet->isDone(), 60000);
        QCOMPARE(sheet->treeModel()->leftOut(), std::vector<std::string>{"src/lexer.cpp"});
        const int64_t before = sheet->treeModel()->checkedTokens();
        sheet->vendoredBox()->click();
        QVERIFY(!sheet->isDone());
        QTRY_VERIFY_WITH_TIMEOUT(sheet->isDone(), 60000);
        QVERIFY(sheet->treeModel()->checkedTokens() > before);
        QVERIFY(sheet->chosen().front().options.sourceTree.includeVendored);
        sheet->reject();
    }

    void whatWasInterruptedGoesOn() {
        const QString path = temporaryPath(QStringLiteral("interrupted.md"));
        QVERIFY(QFile::copy(sampleFile(QStringLiteral("corrin-handbook/15-kitchen.md")), path));
        {
            // As a killed program leaves it.
            const auto library = app::Library::open(temporaryPath(QStringLiteral("library")).toStdString());
            const std::string payload = "{\"path\":\"" + path.toStdString() + "\",\"pid\":1999999,\"process_start\":5}";
            QVERIFY((*library)->addJob({0, "ingest", "running", payload, 0.5, "", 0}).ok());
        }
        QSignalSpy finished(&m_driver->services().ingest, &app::IngestQueue::finished);
        m_driver->window().resumeUnfinished();
        QTRY_COMPARE(finished.size(), 1);
        const auto library = app::Library::open(temporaryPath(QStringLiteral("library")).toStdString());
        QVERIFY((*library)->findByPath(path.toStdString())->has_value());
        QVERIFY((*library)->jobs("ingest")->empty());
    }

    void scansAreOffered() {
        const QString scan = sharedDirectory() + QStringLiteral("/data/pdf/scanned/ccitt.pdf");
        if (sharedDirectory().isEmpty() || !QFile::exists(scan)) {
            QSKIP("../shared/data is not there");
        }
        auto* opener = m_driver->window().findChild<DocumentOpener*>();
        opener->check({scan});
        QTRY_VERIFY(m_driver->window().findChildren<PreflightSheet*>().size() == 1);
        auto* sheet = m_driver->window().findChild<PreflightSheet*>();
        QTRY_VERIFY_WITH_TIMEOUT(sheet->isDone(), 60000);
        QVERIFY(sheet->recogniseBox()->isVisible());
        QVERIFY2(sheet->verdict().contains(QStringLiteral("no text")), qPrintable(sheet->verdict()));
        shoot(*sheet, QStringLiteral("preflight-scan"));
        sheet->openButton()->click();
        QVERIFY(m_driver->waitFor(
            [&] { return m_driver->tab() != nullptr && m_driver->tab()->session().phase() == IngestPhase::Done; }));
        QTRY_VERIFY(m_driver->tab()->messages()->sentence().contains(QStringLiteral("pictures without text")));
        m_driver->documents().close(m_driver->tab());
    }

    void nothingIsKeptOfWhatMustNotBe() {
        const QString locked = sharedDirectory() + QStringLiteral("/data/pdf/encrypted/aes-256.pdf");
        if (sharedDirectory().isEmpty() || !QFile::exists(locked)) {
            QSKIP("../shared/data is not there");
        }
        QVERIFY(m_driver->services().settings.setValue(QStringLiteral("storage/keep_encrypted"), false).ok());
        m_driver->documents().open(locked, QStringLiteral("foo"));
        MainWindow* privately = nullptr;
        QVERIFY(m_driver->waitFor([&] {
            for (QWidget* widget : QApplication::topLevelWidgets()) {
                auto* window = qobject_cast<MainWindow*>(widget);
                privately = window != nullptr && window != &m_driver->window() ? window : privately;
            }
            return privately != nullptr;
        }));
        QVERIFY(m_driver->documents().tabs().isEmpty());
        QVERIFY(m_driver->waitFor([&] {
            return privately->documents()->current() != nullptr &&
                   privately->documents()->current()->session().phase() == IngestPhase::Done;
        }));
        QVERIFY(privately->windowTitle().contains(QStringLiteral("nothing is kept")));
        const auto library = app::Library::open(temporaryPath(QStringLiteral("library")).toStdString());
        QVERIFY(!(*library)->findByPath(locked.toStdString())->has_value());
        const QPointer<MainWindow> gone(privately);
        privately->close();
        QTRY_VERIFY(gone == nullptr);
        QVERIFY(m_driver->services().settings.setValue(QStringLiteral("storage/keep_encrypted"), true).ok());
    }

    void theTourHasThreeSteps() {
        m_driver->window().actions().tour->trigger();
        auto* tour = m_driver->window().findChild<Tour*>();
        QVERIFY(tour != nullptr && tour->isVisible());
        QCOMPARE(tour->step(), Tour::Step::Open);
        const QString path = temporaryPath(QStringLiteral("six-lights.md"));
        QVERIFY(QFile::copy(sampleFile(QStringLiteral("corrin-handbook/05-six-lights.md")), path));
        m_driver->window().open({path});
        QTRY_COMPARE(tour->step(), Tour::Step::Ask);
        QTRY_VERIFY(tour->actionButton()->isEnabled());
        shoot(m_driver->window(), QStringLiteral("tour"));
        m_driver->askByKeyboard(QStringLiteral("Who was the architect of the Gull Point lighthouse?"));
        QVERIFY(m_driver->waitForAnswer());
        QTRY_COMPARE(tour->step(), Tour::Step::Check);
        tour->actionButton()->click();
        QTRY_COMPARE(tour->step(), Tour::Step::End);
        const QPointer<Tour> gone(tour);
        tour->actionButton()->click();
        QTRY_VERIFY(gone == nullptr);
        QVERIFY(m_driver->services().settings.boolean(QStringLiteral("general/tour_done")));
    }

    void licencesAreShown() {
        m_driver->window().actions().about->trigger();
        auto* about = m_driver->window().findChild<AboutDialog*>();
        QVERIFY(about != nullptr && about->isVisible());
        QVERIFY(
            about->findChild<QPlainTextEdit*>()->toPlainText().contains(QStringLiteral("GNU GENERAL PUBLIC LICENSE")));
        about->findChild<QTabWidget*>()->setCurrentIndex(1);
        shoot(*about, QStringLiteral("about-licences"));
        about->close();
    }

  private:
    void write(const QString& name, const QByteArray& text) {
        QVERIFY(m_folder.mkpath(QFileInfo(m_folder.filePath(name)).path()));
        QFile file(m_folder.filePath(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
    }
    static QString stateOf(const TokenTreeModel& tree, const QString& path) {
        const QModelIndex index = tree.indexOf(path);
        return index.isValid() ? index.siblingAtColumn(TokenTreeModel::State).data().toString() : QString();
    }

    QDir m_folder;
    app::DocumentId m_document = 0;
    std::unique_ptr<WindowDriver> m_driver;
};

LECTERN_UI_TEST(OpeningTest);

}  // namespace lectern::ui

#include "opening_test.moc"

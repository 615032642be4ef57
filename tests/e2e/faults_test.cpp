// What the window does when something under it breaks.
#include <sys/mount.h>

#include <QFile>
#include <QInputDialog>
#include <QLineEdit>
#include <QMessageBox>
#include <QPushButton>
#include <QStatusBar>
#include <algorithm>
#include <csignal>

#include "tests/app/support/app_test.h"
#include "tests/e2e/support/window_driver.h"
#include "ui/reader/message_bar.h"
#include "ui/reader/pdf_canvas.h"
#include "ui/reader/pdf_view.h"

namespace lectern::ui {

class FaultsTest : public QObject {
    Q_OBJECT

  private slots:
    void aPageThatKillsItsWorkerCostsThePage() {
        const QString path = makeDocument(QStringLiteral("deadly.pdf"), 6, 30);
        WindowDriver driver(temporaryPath(QStringLiteral("deadly")));
        driver.window().open({path});
        const auto view = [&] { return qobject_cast<PdfView*>(driver.tab()->view()); };
        QVERIFY(driver.waitFor([&] { return view() != nullptr && view()->isFullyDrawn(); }));
        // The process that takes the text in is another one, and is through before any is killed.
        QVERIFY(driver.waitFor([&] { return driver.tab()->session().phase() == IngestPhase::Done; }));
        // Every process that is given page 5 to draw dies of it.
        driver.tab()->goTo({.page = 4});
        QVERIFY(driver.waitFor([&] {
            if (view()->canvas()->failureOf(4).isEmpty() && !view()->isFullyDrawn()) {
                killWorkers();
            }
            return !view()->canvas()->failureOf(4).isEmpty() || view()->isFullyDrawn();
        }));
        driver.tab()->goTo({.page = 0});
        QVERIFY(driver.waitFor([&] { return view()->isFullyDrawn(); }));
        QVERIFY(view()->canvas()->failureOf(0).isEmpty());
    }

    void aDamagedLibraryIsSaidBackedUpAndRebuilt() {
        const QString data = temporaryPath(QStringLiteral("damaged"));
        const QString path = makeDocument(QStringLiteral("survivor.pdf"), 3, 10);
        {
            WindowDriver driver(data);
            driver.window().open({path});
            QVERIFY(driver.waitFor([&] { return driver.tab()->session().phase() == IngestPhase::Done; }));
        }
        QFile file(data + QStringLiteral("/library.sqlite"));
        QVERIFY(file.open(QIODevice::ReadWrite));
        file.write(QByteArray(static_cast<qsizetype>(std::min<qint64>(file.size(), 6000)), 'x'));
        file.close();
        QFile::remove(data + QStringLiteral("/library.sqlite-wal"));
        WindowDriver driver(data);
        QVERIFY(driver.waitFor([&] { return driver.window().findChild<QMessageBox*>() != nullptr; }));
        auto* box = driver.window().findChild<QMessageBox*>();
        QVERIFY2(box->text().contains(QStringLiteral("damaged")), qPrintable(box->text()));
        QVERIFY(!QDir(data).entryList({QStringLiteral("library*damaged*")}).isEmpty());
        box->close();
        driver.window().open({path});
        QVERIFY(driver.waitFor([&] { return driver.tab()->session().phase() == IngestPhase::Done; }));
    }

    void aFullDiskAndAReadOnlyOneAreSaid() {
        const QString data = temporaryPath(QStringLiteral("small-disk"));
        QVERIFY(QDir().mkpath(data));
        const SmallDisk disk(data);
        if (!disk.isMounted()) {
            QSKIP("no file system can be mounted here");
        }
        const QString small = makeDocument(QStringLiteral("fits.pdf"), 2, 10);
        const QString large = makeDocument(QStringLiteral("fits-not.pdf"), 4000, 30);
        {
            WindowDriver driver(data);
            driver.window().open({small});
            QVERIFY(driver.waitFor([&] { return driver.tab()->session().phase() == IngestPhase::Done; }));
            driver.window().open({large});
            QVERIFY(driver.waitFor([&] { return driver.tab()->session().phase() == IngestPhase::Failed; }));
            QVERIFY2(driver.tab()->session().problem().contains(QStringLiteral("disk is full")),
                     qPrintable(driver.tab()->session().problem()));
            QCOMPARE(driver.tab()->messages()->sentence(), driver.tab()->session().problem());
            readsAndRefusesQuestions(driver);
            // What was there before is still there.
            driver.documents().setCurrentWidget(driver.documents().tabOf(small));
            QVERIFY(driver.waitForStage(AskStatus::Stage::Unread));
        }
        QVERIFY(disk.makeReadOnly());
        WindowDriver driver(data);
        QVERIFY(driver.waitFor([&] { return !driver.window().statusBar()->currentMessage().isEmpty(); }));
        driver.window().open({large});
        QVERIFY(driver.waitFor([&] { return driver.tab()->session().phase() == IngestPhase::Failed; }));
        QVERIFY(!driver.tab()->session().problem().isEmpty());
        readsAndRefusesQuestions(driver);
    }

    void twoWindowsOnOneDocument() {
        const QString path = makeDocument(QStringLiteral("shared.pdf"), 2, 12);
        const QString data = temporaryPath(QStringLiteral("two"));
        WindowDriver first(data);
        // As another process would: its own library, queue and engine on the same folder.
        auto second = std::make_unique<WindowDriver>(data);
        first.window().open({path});
        second->window().open({path});
        QVERIFY(first.waitForStage(AskStatus::Stage::Unread));
        QVERIFY(second->waitForStage(AskStatus::Stage::Unread));
        QCOMPARE(first.tab()->session().documentId(), second->tab()->session().documentId());
        second->askByKeyboard(QStringLiteral("What is on line 3?"));
        first.askByKeyboard(QStringLiteral("What is on line 5?"));
        QVERIFY(first.waitForAnswer());
        QVERIFY(second->waitForAnswer());
        second.reset();
        first.askByKeyboard(QStringLiteral("And on line 7?"));
        QVERIFY(first.waitForAnswer());
        QCOMPARE(first.ask()->turns().back().answer()->id != 0, true);
    }

    void twoWindowsOfOneProgram() {
        const QString path = makeDocument(QStringLiteral("same.pdf"), 2, 12);
        WindowDriver driver(temporaryPath(QStringLiteral("windows")));
        MainWindow other(driver.services());
        other.show();
        driver.window().open({path});
        other.open({path});
        const auto reaches = [&](AskStatus::Stage stage) {
            return WindowDriver::waitFor([&] { return other.askPanel()->status().stage == stage; });
        };
        const auto said = [&] {
            const AskStatus& status = other.askPanel()->status();
            return QStringLiteral("stage %1: %2 %3").arg(int(status.stage)).arg(status.headline, status.detail);
        };
        QVERIFY(driver.waitForStage(AskStatus::Stage::Unread));
        QVERIFY2(reaches(AskStatus::Stage::Unread), qPrintable(said()));
        other.asks()->current()->reading().read();
        QVERIFY2(reaches(AskStatus::Stage::Ready), qPrintable(said()));
        driver.askByKeyboard(QStringLiteral("What is on line 3?"));
        QVERIFY(driver.waitForAnswer());
        QVERIFY(driver.ask()->turns().back().answer()->finish != QLatin1String("error"));
    }

    void aChangedFileIsNoticed() {
        const QString path = makeDocument(QStringLiteral("changing.pdf"), 2, 10);
        WindowDriver driver(temporaryPath(QStringLiteral("changing")));
        driver.window().open({path});
        QVERIFY(driver.waitFor([&] { return driver.tab()->session().phase() == IngestPhase::Done; }));
        makeDocument(QStringLiteral("changing.pdf"), 5, 10);
        QVERIFY(driver.waitFor(
            [&] { return driver.tab()->messages()->sentence().contains(QStringLiteral("changed on disk")); }));
        driver.tab()->session().reload();
        QVERIFY(driver.waitFor([&] { return driver.tab()->view()->pageCount() == 5; }));
        QVERIFY(driver.waitFor([&] { return driver.tab()->session().phase() == IngestPhase::Done; }));
        QVERIFY(QFile::remove(path));
        QVERIFY(
            driver.waitFor([&] { return driver.tab()->messages()->sentence().contains(QStringLiteral("no longer")); }));
        QCOMPARE(driver.tab()->view()->pageCount(), 5);
    }

    void aPasswordIsAskedForUntilItIsRight() {
        const QString path = sharedDirectory() + QStringLiteral("/data/pdf/encrypted/aes-256.pdf");
        if (!QFile::exists(path)) {
            QSKIP("the shared data folder is not here");
        }
        WindowDriver driver(temporaryPath(QStringLiteral("password")));
        driver.window().open({path});
        QVERIFY(type(driver, QStringLiteral("wrong")));
        QVERIFY(type(driver, QStringLiteral("foo"), QStringLiteral("not the password")));
        QVERIFY(driver.waitForStage(AskStatus::Stage::Unread));
        auto* view = qobject_cast<PdfView*>(driver.tab()->view());
        QVERIFY(view != nullptr);
        QVERIFY(driver.waitFor([&] { return view->isFullyDrawn(); }));
        QVERIFY(view->canvas()->failureOf(0).isEmpty());
    }

    void withoutItsPasswordADocumentIsASentence() {
        const QString path = sharedDirectory() + QStringLiteral("/data/pdf/encrypted/aes-256-r6.pdf");
        if (!QFile::exists(path)) {
            QSKIP("the shared data folder is not here");
        }
        WindowDriver driver(temporaryPath(QStringLiteral("no-password")));
        driver.window().open({path});
        QVERIFY(driver.waitFor([&] { return passwordDialog(driver) != nullptr; }));
        passwordDialog(driver)->reject();
        QVERIFY(driver.waitFor([&] { return driver.tab()->messages()->sentence().contains("needs its password"); }));
        QVERIFY(driver.waitForStage(AskStatus::Stage::Problem));
        QTest::mouseClick(driver.tab()->messages()->findChild<QPushButton*>(), Qt::LeftButton);
        QVERIFY(type(driver, QStringLiteral("usersecret")));
        QVERIFY(driver.waitFor([&] { return driver.tab()->view() != nullptr; }));
    }

    void aFileThatIsNoDocumentIsOneSentence() {
        const QString path = temporaryPath(QStringLiteral("broken.pdf"));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("%PDF-1.4\nthis is not a document");
        file.close();
        WindowDriver driver(temporaryPath(QStringLiteral("broken")));
        driver.window().open({path, QStringLiteral("/nonexistent/file.txt")});
        QVERIFY(driver.waitForStage(AskStatus::Stage::Problem));
        QCOMPARE(driver.documents().tabs().size(), 2);
        driver.documents().setCurrentWidget(driver.documents().tabs().front());
        QVERIFY(driver.waitForStage(AskStatus::Stage::Problem));
        QVERIFY(!driver.askPanel().status().detail.isEmpty());
    }

  private:
    /// A file system of 2 MiB in memory, at a folder.
    class SmallDisk {
      public:
        explicit SmallDisk(const QString& folder)
            : m_folder(folder.toUtf8()),
              m_mounted(::mount("tmpfs", m_folder.constData(), "tmpfs", 0, "size=2m") == 0) {}
        ~SmallDisk() {
            if (m_mounted) {
                ::umount2(m_folder.constData(), MNT_DETACH);
            }
        }
        Q_DISABLE_COPY_MOVE(SmallDisk)
        bool isMounted() const { return m_mounted; }
        bool makeReadOnly() const {
            return ::mount("tmpfs", m_folder.constData(), "tmpfs", MS_REMOUNT | MS_RDONLY, "size=2m") == 0;
        }

      private:
        QByteArray m_folder;
        bool m_mounted;
    };
    /// The document in front is shown all the same, and the Ask panel says why it cannot be asked about.
    static void readsAndRefusesQuestions(WindowDriver& driver) {
        auto* view = qobject_cast<PdfView*>(driver.tab()->view());
        QVERIFY(view != nullptr);
        driver.tab()->goTo({.page = view->pageCount() - 1});
        QVERIFY(driver.waitFor([&] { return view->isFullyDrawn(); }));
        QVERIFY(driver.waitForStage(AskStatus::Stage::Problem));
        QVERIFY(!driver.askPanel().status().detail.isEmpty());
    }
    static QString makeDocument(const QString& name, int pages, int lines) {
        const QString path = temporaryPath(name);
        app::test::writeFile(path.toStdString(), app::test::makeTextPdf(pages, lines));
        return path;
    }
    static QInputDialog* passwordDialog(WindowDriver& driver) {
        const auto dialogs = driver.tab()->findChildren<QInputDialog*>();
        const auto shown = std::find_if(dialogs.begin(), dialogs.end(), [](auto* each) { return each->isVisible(); });
        return shown == dialogs.end() ? nullptr : *shown;
    }
    /// Into the dialog whose text contains `label`.
    static bool type(WindowDriver& driver, const QString& password, const QString& label = {}) {
        if (!driver.waitFor([&] {
                return passwordDialog(driver) != nullptr && passwordDialog(driver)->labelText().contains(label);
            })) {
            return false;
        }
        auto* field = passwordDialog(driver)->findChild<QLineEdit*>();
        const bool hidden = field->echoMode() == QLineEdit::Password;
        QTest::keyClicks(field, password);
        QTest::keyClick(field, Qt::Key_Return);
        return hidden;
    }
    static void killWorkers() {
        for (const int pid : app::test::childProcesses("lectern-document-worker")) {
            kill(pid, SIGKILL);
        }
    }
};

LECTERN_UI_TEST(FaultsTest);

}  // namespace lectern::ui

#include "faults_test.moc"

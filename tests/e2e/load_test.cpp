// A library of 2,000 documents and a PDF of 15,000 pages: opened, scrolled, filtered and searched without a stall, in
// bounded memory. Prints its figures.
#include <QDir>
#include <QDockWidget>
#include <QLineEdit>
#include <QListView>
#include <QScrollBar>
#include <QWheelEvent>
#include <fstream>

#include "app/ingest/ingest.h"
#include "tests/app/support/app_test.h"
#include "tests/e2e/support/flow.h"
#include "tests/e2e/support/window_driver.h"
#include "tests/ui/support/screenshot.h"
#include "ui/library/library_panel.h"
#include "ui/reader/find_bar.h"
#include "ui/reader/pdf_canvas.h"
#include "ui/reader/pdf_view.h"
#include "ui/reader/search_hit_model.h"
#include "ui/shell/main_actions.h"

namespace lectern::ui {
namespace {

constexpr int kDocuments = 2000;
constexpr int kPages = 15'000;
constexpr long long kMiB = 1 << 20;
constexpr long long kMore = 200 * kMiB;  ///< than pictures of pages

/// Resident memory of a process; 0 where it is gone.
long long residentBytes(const std::string& process) {
    std::ifstream file("/proc/" + process + "/statm");
    long long pages = 0, resident = 0;
    file >> pages >> resident;
    return resident * 4096;
}

long long workerBytes() {
    long long largest = 0;
    for (const int process : app::test::childProcesses("lectern-documen")) {
        largest = std::max(largest, residentBytes(std::to_string(process)));
    }
    return largest;
}

}  // namespace

class LoadTest : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase() {
        m_library = temporaryPath(QStringLiteral("library"));
        QElapsedTimer clock;
        clock.start();
        const std::filesystem::path folder = temporaryPath(QStringLiteral("texts")).toStdString();
        QVERIFY(QDir().mkpath(m_library));
        const auto library = app::Library::open(m_library.toStdString());
        QVERIFY2(library.ok(), library ? "" : library.error().message.c_str());
        for (int i = 0; i < kDocuments; ++i) {
            const std::string number = std::to_string(i);
            const std::filesystem::path path = folder / ("letter-" + number + ".md");
            std::string text = "# Letter " + number + "\n\n";
            for (int line = 0; line < 40; ++line) {
                text += "The lamp of room " + std::to_string(100 * i + line) + " is lit, and the harbour closes.\n";
            }
            app::test::writeFile(path, text);
            QVERIFY(app::ingestPath(**library, path, {}).ok());
        }
        qInfo("%d documents made and taken in after %.1f s", kDocuments, double(clock.elapsed()) / 1000);
    }
    void cleanupTestCase() { m_driver.reset(); }

    void aLargeLibraryOpensScrollsAndFilters() {
        QElapsedTimer clock;
        clock.start();
        m_driver = std::make_unique<WindowDriver>(m_library);
        auto* panel = m_driver->window().findChild<LibraryPanel*>();
        QListView& list = *panel->list();
        QVERIFY(m_driver->waitFor([&] { return list.model()->rowCount() == kDocuments; }));
        qInfo("window with %d documents after %lld ms, %lld MiB resident", kDocuments, clock.elapsed(),
              residentBytes("self") / kMiB);
        checkStalls("opening the library");
        m_driver->window().dock(QStringLiteral("library"))->raise();
        QVERIFY(m_driver->waitFor([&] { return list.isVisible(); }));
        QScrollBar& bar = *list.verticalScrollBar();
        QVERIFY(bar.maximum() > 0);
        checkStalls("showing the list");
        for (int step = 0; step < 200; ++step) {
            wheel(list.viewport(), -120 * (1 + step % 20));
        }
        bar.setValue(bar.maximum());
        pause();
        bar.setValue(0);
        pause();
        checkStalls("scrolling the list");
        auto* filter = panel->findChild<QLineEdit*>();
        filter->setFocus();
        for (const char key : {'1', '9', '9', '9'}) {
            QTest::keyClick(filter, key);
            pause();
        }
        QCOMPARE(list.model()->rowCount(), 1);
        shoot(m_driver->window(), QStringLiteral("load-library"));
        m_driver->watchdog().start();
        for (int i = 0; i < 4; ++i) {
            QTest::keyClick(filter, Qt::Key_Backspace);
            pause();
        }
        QCOMPARE(list.model()->rowCount(), kDocuments);
        checkStalls("filtering the list");
    }

    void aVeryLongPdfOpensScrollsAndFinds() {
        const QString path = temporaryPath(QStringLiteral("long.pdf"));
        app::test::writeFile(path.toStdString(), app::test::makeTextPdf(kPages, 30));
        qInfo("%d pages, %lld MiB", kPages, QFileInfo(path).size() / kMiB);
        m_driver->watchdog().start();
        openAndTimeFirstPage(*m_driver, path);
        QCOMPARE(view().pageCount(), kPages);
        m_before = residentBytes("self");
        m_driver->watchdog().start();
        for (int step = 0; step < 300; ++step) {
            wheel(canvas().viewport(), -240);
        }
        QVERIFY(view().currentPage() > 20);
        checkStalls("scrolling");
        for (int page = 0; page < kPages; page += kPages / 60) {
            m_driver->tab()->goTo({.page = page});
            pause();
        }
        m_driver->tab()->goTo({.page = kPages - 1});
        QVERIFY(m_driver->waitFor([&] { return view().isFullyDrawn(); }));
        checkStalls("jumping through the document");
        findWord(QStringLiteral("room %1 ").arg(100 * kPages + 7), 1);
        QCOMPARE(view().currentPage(), kPages - 1);
        findWord(QStringLiteral("lamp"), SearchHitModel::kMaxHits);
        qInfo("resident: window %lld MiB before, %lld MiB after, document worker %lld MiB", m_before / kMiB,
              residentBytes("self") / kMiB, workerBytes() / kMiB);
        QVERIFY(canvas().cacheBytes() <= cacheLimit());
        QVERIFY2(residentBytes("self") - m_before < cacheLimit() + kMore, "memory stays bounded");
        QVERIFY(workerBytes() < 1024 * kMiB);
    }

    void itIsTakenInBesideThat() {
        QElapsedTimer clock;
        clock.start();
        QVERIFY(m_driver->waitFor(
            [&] {
                if (clock.elapsed() % 40 == 0 && view().currentPage() + 1 < kPages) {
                    m_driver->window().actions().nextPage->trigger();
                }
                return m_driver->tab()->session().phase() == IngestPhase::Done;
            },
            30 * 60 * 1000));
        qInfo("taken in %.1f s later; window %lld MiB, document workers at most %lld MiB",
              double(clock.elapsed()) / 1000, residentBytes("self") / kMiB, workerBytes() / kMiB);
        checkStalls("taking in");
    }

    void itsTokensAreCountedInBoundedMemory() {
        QElapsedTimer clock;
        clock.start();
        long long peak = 0;
        QVERIFY(m_driver->waitFor(
            [&] {
                peak = std::max(peak, residentBytes("self"));
                const AskStatus::Stage stage = m_driver->askPanel().status().stage;
                return stage == AskStatus::Stage::Problem || stage == AskStatus::Stage::Unread;
            },
            10 * 60 * 1000));
        qInfo("counted %.1f s later (%s); window %lld MiB, at most %lld MiB", double(clock.elapsed()) / 1000,
              qPrintable(m_driver->askPanel().status().detail), residentBytes("self") / kMiB, peak / kMiB);
        QVERIFY2(peak - m_before < cacheLimit() + kMore, "memory stays bounded");
        checkStalls("counting its tokens");
    }

  private:
    PdfView& view() { return *qobject_cast<PdfView*>(m_driver->tab()->view()); }
    PdfCanvas& canvas() { return *view().canvas(); }
    long long cacheLimit() {
        return m_driver->services().settings.integer(QStringLiteral("reading/cache_mebibytes")) * kMiB;
    }
    void pause() {
        m_driver->waitFor([] { return false; }, 40);
    }
    void wheel(QWidget* viewport, int delta) {
        const QPointF at(viewport->width() / 2.0, viewport->height() / 2.0);
        QWheelEvent event(at, viewport->mapToGlobal(at), {}, {0, delta}, Qt::NoButton, Qt::NoModifier,
                          Qt::NoScrollPhase, false);
        QCoreApplication::sendEvent(viewport, &event);
        m_driver->waitFor([] { return false; }, 8);
    }
    void findWord(const QString& needle, int hits) {
        FindBar& bar = *m_driver->tab()->findBar();
        m_driver->window().actions().find->trigger();
        m_driver->watchdog().start();
        QElapsedTimer clock;
        clock.start();
        bar.field()->setText(needle);
        QVERIFY(m_driver->waitFor([&] { return m_driver->tab()->hits()->rowCount() >= hits; }, 10 * 60 * 1000));
        qInfo("%d hits of \"%s\" after %.1f s", hits, qPrintable(needle), double(clock.elapsed()) / 1000);
        checkStalls("finding");
        bar.hide();
    }
    /// What the window itself held up; what the machine's other work took is reported beside it.
    void checkStalls(const char* during) {
        const int own = m_driver->watchdog().longestOwnMs();
        m_driver->reportStalls(during);
        QVERIFY2(own <= StallWatchdog::kLimitMs, during);
    }

    QString m_library;
    long long m_before = 0;  ///< resident once the long PDF shows its first page
    std::unique_ptr<WindowDriver> m_driver;
};

LECTERN_UI_TEST(LoadTest);

}  // namespace lectern::ui

#include "load_test.moc"

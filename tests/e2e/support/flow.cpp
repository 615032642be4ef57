#include "tests/e2e/support/flow.h"

#include <QPushButton>

#include "ui/documents/navigator.h"
#include "ui/reader/pdf_view.h"
#include "ui/shell/main_actions.h"

namespace lectern::ui {
namespace {

constexpr int kIngestMs = 10 * 60 * 1000;
constexpr int kPrefillMs = 50 * 60 * 1000;

void followCitations(WindowDriver& driver) {
    const std::vector<app::Citation>& citations = driver.ask()->turns().back().answer()->citations;
    QVERIFY2(driver.chipCount() > 0, "the answer cites nothing");
    driver.tab()->goTo({.page = driver.tab()->view()->pageCount() - 1});
    QVERIFY(driver.clickChip(0));
    const int page = citations.front().page;
    QTRY_VERIFY2(driver.tab()->view()->visiblePages().contains(page), "the first chip leads to its page");
    QVERIFY(!citations.front().rects.empty());
    QVERIFY(driver.window().navigator()->canGoBack());
    for (size_t i = 1; i < citations.size(); ++i) {
        driver.window().actions().nextCitation->trigger();
        QTRY_VERIFY(driver.tab()->view()->visiblePages().contains(citations[i].page));
    }
    driver.window().actions().nextCitation->trigger();
    QTRY_VERIFY2(driver.tab()->view()->visiblePages().contains(page), "N comes round");
}

void followMap(WindowDriver& driver) {
    AttentionPanel& panel = *driver.window().attentionPanel();
    QTRY_VERIFY(panel.snapshot().answer != nullptr && panel.snapshot().document != nullptr);
    QVERIFY(panel.snapshot().document->blockCount() > 0);
    QVERIFY(!panel.snapshot().marks.pages.isEmpty());
    QVERIFY(!panel.snapshot().marks.chapters.isEmpty());
    for (const MapLayer layer : {MapLayer::Document, MapLayer::Answer}) {
        panel.setLayer(layer);
        QTRY_VERIFY(!panel.isLoading());
    }
    // A place in the middle of the document, from the map to the reader.
    const app::Context& context = *driver.ask()->reading().context();
    const int64_t middle = static_cast<int64_t>(context.tokens().size()) / 2;
    const std::vector<app::PagePart> parts = context.project({middle, middle + 16});
    QVERIFY(!parts.empty());
    emit panel.regionActivated({middle, middle + 16});
    QTRY_VERIFY(driver.tab()->view()->visiblePages().contains(parts.front().page));
}

}  // namespace

void openAndTimeFirstPage(WindowDriver& driver, const QString& path) {
    QElapsedTimer clock;
    clock.start();
    driver.window().open({path});
    const auto shown = std::make_shared<qint64>(-1);
    QObject::connect(driver.tab(), &ReaderTab::viewReady, &driver.window(), [&driver, clock, shown] {
        QObject::connect(qobject_cast<PdfView*>(driver.tab()->view()), &PdfView::firstPageShown, &driver.window(),
                         [clock, shown] { *shown = *shown < 0 ? clock.elapsed() : *shown; });
    });
    QVERIFY(driver.waitFor([&] { return *shown >= 0; }));
    qInfo("first page of %d on the screen after %lld ms", driver.tab()->view()->pageCount(), *shown);
    driver.reportStalls("opening");
}

void readAskAndFollow(WindowDriver& driver, const QString& question) {
    QElapsedTimer clock;
    clock.start();
    QVERIFY(driver.waitForStage(AskStatus::Stage::Unread, kIngestMs));
    qInfo("taken in and counted after %.1f s: %s", static_cast<double>(clock.elapsed()) / 1000,
          qPrintable(driver.askPanel().status().detail));
    driver.reportStalls("ingest");

    driver.askPanel().readButton()->click();
    bool counted = false, rated = false;
    clock.restart();
    QVERIFY(driver.waitFor(
        [&] {
            const AskStatus& status = driver.askPanel().status();
            counted = counted || (status.stage == AskStatus::Stage::Prefilling && status.progress > 0);
            rated = rated || status.detail.contains(QStringLiteral("tokens/s"));
            // The reader stays usable meanwhile.
            if (driver.tab()->view() != nullptr && counted && clock.elapsed() % 50 == 0) {
                driver.window().actions().nextPage->trigger();
            }
            return status.stage == AskStatus::Stage::Ready;
        },
        kPrefillMs));
    QVERIFY2(counted && rated, "reading shows its progress and rate");
    qInfo("%s", qPrintable(driver.askPanel().status().detail));
    driver.reportStalls("prefill");

    driver.askByKeyboard(question);
    QVERIFY(driver.ask()->isAnswering());
    QVERIFY(driver.waitForAnswer());
    const AnswerItem* answer = driver.ask()->turns().back().answer();
    qInfo("answer (%s): %s", qPrintable(answer->note), qPrintable(answer->text.simplified().left(200)));
    driver.reportStalls("question and answer");
    followCitations(driver);
    followMap(driver);
    driver.reportStalls("citations and map");
}

}  // namespace lectern::ui

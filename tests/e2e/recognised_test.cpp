// Text that OCR read off a scan is selected, copied and marked like any other.
#include <QClipboard>
#include <QGuiApplication>
#include <QLineEdit>
#include <QPainter>
#include <QPushButton>
#include <QSignalSpy>
#include <QToolButton>

#include "tests/app/support/app_test.h"
#include "tests/app/support/scan_pdf.h"
#include "tests/e2e/support/window_driver.h"
#include "tests/ui/support/screenshot.h"
#include "ui/reader/find_bar.h"
#include "ui/reader/message_bar.h"
#include "ui/reader/pdf_canvas.h"
#include "ui/reader/pdf_view.h"
#include "ui/reader/search_hit_model.h"
#include "ui/shell/main_actions.h"

namespace lectern::ui {

class RecognisedTest : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase() {
        QImage page(1700, 2200, QImage::Format_Grayscale8);
        page.fill(Qt::white);
        QPainter painter(&page);
        QFont font(QStringLiteral("DejaVu Sans"));
        font.setPixelSize(44);
        painter.setFont(font);
        const QStringList lines{QStringLiteral("The harbour of Corrin closes at dusk."),
                                QStringLiteral("Boats that arrive later wait outside."),
                                QStringLiteral("The keeper lights the lamp at seven.")};
        for (int i = 0; i < lines.size(); ++i) {
            painter.drawText(200, 300 + 90 * i, lines[i]);
        }
        painter.end();
        m_path = temporaryPath(QStringLiteral("scan.pdf"));
        app::test::writeFile(m_path.toStdString(), app::test::makeScan({page, QImage()}));
        m_driver = std::make_unique<WindowDriver>(temporaryPath(QStringLiteral("library")));
    }
    void cleanupTestCase() { m_driver.reset(); }

    void aScanHasNothingToSelectUntilItIsRead() {
        open();
        drag();
        QTest::qWait(500);
        drag();
        QVERIFY(pdf()->selectedText().isEmpty());
    }

    void whatWasReadIsSelectedAndCopied() {
        QTRY_VERIFY(m_driver->tab()->messages()->sentence().contains(QStringLiteral("pictures without text")));
        for (QPushButton* button : m_driver->tab()->messages()->findChildren<QPushButton*>()) {
            if (button->text() == QStringLiteral("Recognise text (OCR)")) {
                button->click();
            }
        }
        QVERIFY(m_driver->waitFor(
            [&] {
                const auto& record = m_driver->tab()->session().record();
                return m_driver->tab()->session().phase() == IngestPhase::Done && record &&
                       record->pagesWithoutText == 0;
            },
            180000));
        checkSelection();
        shoot(m_driver->window(), QStringLiteral("recognised-selection"));
        // A highlight lies on the library's text, as on any other page.
        QVERIFY(m_driver->window().actions().highlight->isEnabled());
        m_driver->window().actions().highlight->trigger();
        const auto library = app::Library::open(temporaryPath(QStringLiteral("library")).toStdString());
        const app::DocumentId document = m_driver->tab()->session().documentId();
        QTRY_COMPARE((*library)->annotations(document)->size(), size_t{1});
        const app::AnnotationRecord mark = (*library)->annotations(document)->front();
        const app::DocumentPage page = *(*library)->page(document, 0);
        QCOMPARE(page.text.substr(static_cast<size_t>(mark.bytes.begin), static_cast<size_t>(mark.bytes.size())),
                 mark.quote);
    }

    void whatWasReadIsFoundAsItStands() {
        // In the picture on page 1 and in the printed text of page 2, in the order of the document.
        checkHits(QStringLiteral("e"), [](const QVector<ReaderHit>& hits) {
            const auto printed = std::find_if(hits.begin(), hits.end(), [](auto& hit) { return hit.place.page == 1; });
            return printed != hits.begin() && printed != hits.end() &&
                   std::all_of(printed, hits.end(), [](const ReaderHit& hit) { return hit.place.page == 1; });
        });
        checkHits(QStringLiteral("closes AT dusk"), [](const QVector<ReaderHit>& hits) {
            return hits.size() == 1 && hits.front().snippet.contains(QStringLiteral("The harbour of Corrin closes"));
        });
        // The rectangle lies on the words: the end of the first line, at 280 of 2200 pixels.
        const ReaderHit& hit = m_driver->tab()->hits()->hitAt(0);
        QCOMPARE(hit.place.page, 0);
        QVERIFY(!hit.place.rects.isEmpty());
        const app::PageRect rect = hit.place.rects.front();
        QVERIFY(rect.y0 > 0.11F && rect.y1 < 0.16F && rect.x0 > 0.3F && rect.x1 < 0.8F);
        shoot(m_driver->window(), QStringLiteral("recognised-find"));
        const auto none = [](const QVector<ReaderHit>& hits) { return hits.isEmpty(); };
        m_driver->tab()->findBar()->caseButton()->click();
        checkHits(QStringLiteral("closes AT dus"), none);
        m_driver->tab()->findBar()->caseButton()->click();
        m_driver->tab()->findBar()->wordsButton()->click();
        checkHits(QStringLiteral("closes at dus"), none);
        checkHits(QStringLiteral("closes at dusk"), [](const QVector<ReaderHit>& hits) { return hits.size() == 1; });
        m_driver->tab()->findBar()->wordsButton()->click();
        QTest::keyClick(m_driver->tab()->findBar()->field(), Qt::Key_Escape);
    }

    void itIsSoAnotherDayToo() {
        m_driver.reset();
        m_driver = std::make_unique<WindowDriver>(temporaryPath(QStringLiteral("library")));
        open();
        checkSelection();
        // Pages with a text of their own are the file's.
        m_driver->tab()->goTo({.page = 1});
        QVERIFY(m_driver->waitFor([&] {
            drag(1, 0.05F, 0.08F, 0.9F, 0.15F);
            return pdf()->selectedText().contains(QStringLiteral("Typed page"));
        }));
    }

  private:
    template <typename AsExpected>
    void checkHits(const QString& needle, AsExpected asExpected) {
        m_driver->window().actions().find->trigger();
        FindBar& bar = *m_driver->tab()->findBar();
        QSignalSpy requested(&bar, &FindBar::searchRequested);
        bar.field()->clear();
        QTest::keyClicks(bar.field(), needle);
        QTRY_VERIFY(!requested.isEmpty());
        QVERIFY2(m_driver->waitFor([&] {
            return !m_driver->tab()->findStatus().contains(QStringLiteral("searching")) &&
                   asExpected(m_driver->tab()->hits()->hits());
        }),
                 qPrintable(needle + QStringLiteral(": ") + m_driver->tab()->findStatus()));
    }
    void open() {
        m_driver->window().open({m_path});
        QVERIFY(m_driver->waitFor([&] {
            return m_driver->tab() != nullptr && m_driver->tab()->session().phase() == IngestPhase::Done && pdf() &&
                   pdf()->pageCount() == 2;
        }));
        m_driver->window().actions().fitPage->trigger();
        QVERIFY(m_driver->waitFor([&] { return pdf()->isFullyDrawn(); }));
    }
    void checkSelection() {
        QVERIFY(m_driver->waitFor([&] {
            drag();
            return !pdf()->selectedText().isEmpty();
        }));
        const QString text = pdf()->selectedText().simplified();
        QVERIFY2(text.contains(QStringLiteral("closes at dusk. Boats that arrive")), qPrintable(text));
        QVERIFY(!pdf()->selection().front().rects.isEmpty());
        // The rectangles lie on the words: the first line of the picture is at 280 of 2200 pixels.
        const app::PageRect rect = pdf()->selection().front().rects.front();
        QVERIFY(rect.y0 > 0.11F && rect.y1 < 0.16F);
        m_driver->window().actions().copy->trigger();
        QCOMPARE(QGuiApplication::clipboard()->text(), pdf()->selectedText());
    }
    PdfView* pdf() { return qobject_cast<PdfView*>(m_driver->tab()->view()); }
    void drag(int page = 0, float x0 = 0.1F, float y0 = 0.125F, float x1 = 0.9F, float y1 = 0.18F) {
        QWidget* viewport = pdf()->canvas()->viewport();
        const auto at = [&](float x, float y) {
            return pdf()->canvas()->viewportRect(page, {x, y, x, y}).topLeft().toPoint();
        };
        pdf()->canvas()->clearSelection();
        QTest::mousePress(viewport, Qt::LeftButton, {}, at(x0, y0));
        QMouseEvent move(QEvent::MouseMove, at(x1, y1), viewport->mapToGlobal(at(x1, y1)), Qt::NoButton, Qt::LeftButton,
                         {});
        QCoreApplication::sendEvent(viewport, &move);
        QTest::mouseRelease(viewport, Qt::LeftButton, {}, at(x1, y1));
    }

    QString m_path;
    std::unique_ptr<WindowDriver> m_driver;
};

LECTERN_UI_TEST(RecognisedTest);

}  // namespace lectern::ui

#include "recognised_test.moc"

// PDF files that hang or kill the process which draws them, in the window.
#include <QFile>

#include "tests/app/support/app_test.h"
#include "tests/e2e/support/window_driver.h"
#include "tests/ui/support/screenshot.h"
#include "ui/reader/pdf_canvas.h"
#include "ui/reader/pdf_view.h"

namespace lectern::ui {
namespace {

/// `operators` many times over, behind a line of text.
app::test::PdfContent repeated(const char* operators, qsizetype times) {
    const QByteArray content = QByteArray("BT /F1 12 Tf 72 720 Td (The lamp of the hostile page is lit.) Tj ET\n") +
                               QByteArray(operators).repeated(times);
    constexpr qsizetype kLengthBytes = 4;  // Qt's own, in front of the zlib stream
    return {qCompress(content).mid(kLengthBytes).toStdString(), true};
}

const app::test::PdfContent kHarmless{"BT /F1 12 Tf 72 720 Td (The lamp of the quiet page is lit.) Tj ET\n"};

}  // namespace

class HostileTest : public QObject {
    Q_OBJECT

  private slots:
    void costsOnePage_data() {
        QTest::addColumn<QByteArray>("operators");
        QTest::addColumn<qsizetype>("times");
        QTest::addColumn<QString>("said");
        // Minutes of strokes; saved graphics states until the memory is used up.
        QTest::newRow("hangs") << QByteArray("0 0 m 600 700 300 9 9 700 c 8 w S\n") << qsizetype{3'000'000}
                               << QStringLiteral("took longer than");
        QTest::newRow("kills") << QByteArray("q ") << qsizetype{12'000'000} << QStringLiteral("more memory");
    }

    void costsOnePage() {
        QFETCH(const QByteArray, operators);
        QFETCH(const qsizetype, times);
        QFETCH(const QString, said);
        const QString name = QString::fromLatin1(QTest::currentDataTag());
        const QString path = temporaryPath(name + QStringLiteral(".pdf"));
        app::test::writeFile(path.toStdString(), app::test::makePdfOfContents(
                                                     {kHarmless, kHarmless, repeated(operators, times), kHarmless}));
        WindowDriver driver(temporaryPath(name));
        driver.window().open({path});
        QVERIFY(driver.waitFor([&] { return driver.tab()->view() != nullptr; }));
        auto* view = qobject_cast<PdfView*>(driver.tab()->view());
        QVERIFY(driver.waitFor([&] { return view->isFullyDrawn(); }));
        driver.tab()->goTo({.page = 2});
        QElapsedTimer clock;
        clock.start();
        QVERIFY(driver.waitFor([&] { return !view->canvas()->failureOf(2).isEmpty(); }, 120000));
        qInfo("after %.1f s: %s", static_cast<double>(clock.elapsed()) / 1000,
              qPrintable(view->canvas()->failureOf(2)));
        QVERIFY(view->canvas()->failureOf(2).contains(said));
        QVERIFY(driver.waitFor([&] { return view->isFullyDrawn(); }));
        shoot(driver.window(), QStringLiteral("hostile-%1").arg(name));
        // The neighbours are drawn, and the text of the document can be asked about.
        for (const int page : {3, 1, 0}) {
            driver.tab()->goTo({.page = page});
            QVERIFY(driver.waitFor([&] { return view->isFullyDrawn(); }));
            QVERIFY(view->canvas()->failureOf(page).isEmpty());
        }
        QVERIFY(driver.waitForStage(AskStatus::Stage::Unread, 120000));
        driver.reportStalls(qPrintable(QStringLiteral("a page that %1").arg(name)));
    }
};

LECTERN_UI_TEST(HostileTest);

}  // namespace lectern::ui

#include "hostile_test.moc"

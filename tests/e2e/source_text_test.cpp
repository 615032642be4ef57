// Source text of 60,000 lines: opened, coloured, scrolled, searched and printed. Prints how long the window was held
// up.
#include <QFile>
#include <QPrinter>
#include <QProgressDialog>
#include <QPushButton>
#include <QScrollBar>
#include <QTextBlock>
#include <QTextLayout>

#include "tests/e2e/support/print_to_file.h"
#include "tests/e2e/support/window_driver.h"
#include "tests/ui/support/screenshot.h"
#include "ui/reader/find_bar.h"
#include "ui/reader/printing.h"
#include "ui/reader/search_hit_model.h"
#include "ui/reader/text_view.h"

namespace lectern::ui {

class SourceTextTest : public QObject {
    Q_OBJECT

  private slots:
    void linesAreScanned() {
        const CodeLine comment =
            scanLine(CodeLanguage::CFamily, QStringLiteral("int a = 1; /* open"), CodeState::Plain);
        QCOMPARE(comment.next, CodeState::Comment);
        QCOMPARE(comment.spans.front().kind, CodeKind::Keyword);
        QCOMPARE(comment.spans.back().kind, CodeKind::Comment);
        const CodeLine closed =
            scanLine(CodeLanguage::CFamily, QStringLiteral("still */ return \"x\\\"y\";"), CodeState::Comment);
        QCOMPARE(closed.next, CodeState::Plain);
        QCOMPARE(closed.spans.size(), size_t{3});
        QCOMPARE(closed.spans[2].length, 6);
    }

    void aLongFileIsOpenedSearchedAndPrinted() {
        WindowDriver driver(temporaryPath(QStringLiteral("library")));
        const QString path = temporaryPath(QStringLiteral("long.cpp"));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(QByteArray("// a comment\nint value = 42; /* here\nand here */ return value;\n").repeated(20000));
        file.close();
        driver.watchdog().start();
        driver.window().open({path});
        QVERIFY(driver.waitFor([&] { return driver.tab()->view() != nullptr; }));
        driver.reportStalls("opening 60,000 lines");
        CodeEdit& edit = *qobject_cast<TextView*>(driver.tab()->view())->editor();
        QVERIFY(driver.waitFor([&] { return !edit.document()->firstBlock().layout()->formats().isEmpty(); }));
        driver.reportStalls("first colours of 60,000 lines");
        edit.verticalScrollBar()->setValue(edit.verticalScrollBar()->maximum());
        const QTextBlock last = edit.document()->findBlockByNumber(edit.blockCount() - 2);
        // The end of the comment, and "return".
        QVERIFY(driver.waitFor([&] { return last.layout()->formats().size() == 2; }));
        driver.reportStalls("scrolling to the end of 60,000 lines");
        driver.tab()->findBar()->open(QStringLiteral("value"));
        QVERIFY(driver.waitFor([&] { return driver.tab()->hits()->rowCount() >= 1000; }));
        QVERIFY(driver.waitFor([&] { return !driver.tab()->findStatus().contains(QStringLiteral("searching")); }));
        driver.reportStalls("finding in 60,000 lines");
        driver.tab()->findBar()->hide();
        const QString printed = printToFile(driver.window(), QStringLiteral("printed-lines.pdf"));
        driver.reportStalls("printing 60,000 lines");
        QVERIFY(pagesOfPdf(printed) > 400);
        printingIsCancelled(driver.window());
        shoot(driver.window(), QStringLiteral("reader-code"));
    }

  private:
    static void printingIsCancelled(MainWindow& window) {
        auto* printing = window.findChild<Printing*>();
        QSignalSpy said(printing, &Printing::said);
        printing->print(filePrinter(temporaryPath(QStringLiteral("cancelled.pdf"))));
        const auto dialogs = window.findChildren<QProgressDialog*>();
        QVERIFY(!dialogs.isEmpty());
        dialogs.back()->findChild<QPushButton*>()->click();
        QVERIFY(WindowDriver::waitFor([&] { return said.size() == 1; }));
        QCOMPARE(said.front().front().toString(), QStringLiteral("Printing was cancelled."));
    }
};

LECTERN_UI_TEST(SourceTextTest);

}  // namespace lectern::ui

#include "source_text_test.moc"

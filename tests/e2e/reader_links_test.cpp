// Links in every kind of document: by mouse, by keyboard, back and forward, and out of the document.
#include <QAccessible>
#include <QClipboard>
#include <QDir>
#include <QFile>
#include <QGuiApplication>
#include <QPushButton>
#include <QScrollBar>

#include "tests/app/support/zip_file.h"
#include "tests/e2e/support/window_driver.h"
#include "tests/ui/support/screenshot.h"
#include "ui/opening/preflight_sheet.h"
#include "ui/reader/link_cursor.h"
#include "ui/reader/message_bar.h"
#include "ui/reader/pdf_canvas.h"
#include "ui/reader/pdf_view.h"
#include "ui/reader/text_view.h"
#include "ui/shell/main_actions.h"

namespace lectern::ui {

class ReaderLinksTest : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase() { m_driver = std::make_unique<WindowDriver>(temporaryPath(QStringLiteral("library"))); }
    void cleanupTestCase() { m_driver.reset(); }

    void markdownLinksLeadToHeadingsAndOut() {
        QByteArray text = "# Start\n\nTo [the end](#the-end), or [out](https://example.org/a).\n";
        text += QByteArray("\nA line of text.\n").repeated(200) + "\n## The End\n\nBack to [the start](#start).\n";
        open(write(QStringLiteral("links.md"), text), 3);
        followAndReturn(0, 405);
        QTest::mouseClick(text_()->editor()->viewport(), Qt::LeftButton, {}, middleOf(1));
        QTRY_VERIFY(m_driver->tab()->messages()->sentence().contains(QStringLiteral("https://example.org/a")));
        clickAction(QStringLiteral("Copy link"));
        QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("https://example.org/a"));
        shoot(m_driver->window(), QStringLiteral("reader-links-markdown"));
    }

    void keyboardGoesFromLinkToLink() {
        CodeEdit& edit = *text_()->editor();
        edit.setFocus();
        m_driver->tab()->goTo({.page = 0, .lines = app::LineRange{1, 1}});
        LinkCursor& cursor = *text_()->linkCursor();
        QTest::keyClick(&edit, Qt::Key_Tab);
        QCOMPARE(cursor.link(), std::optional(LinkId{0, 0}));
        QVERIFY(cursor.isVisible());
        QAccessibleInterface* accessible = QAccessible::queryAccessibleInterface(&cursor);
        QVERIFY(accessible != nullptr);
        QCOMPARE(accessible->role(), QAccessible::Link);
        QCOMPARE(accessible->text(QAccessible::Name), QStringLiteral("the end, link: line 405"));
        QVERIFY(accessible->state().focused);
        shoot(m_driver->window(), QStringLiteral("reader-link-keyboard"));
        QTest::keyClick(&edit, Qt::Key_Tab);
        QCOMPARE(cursor.link(), std::optional(LinkId{0, 1}));
        QTest::keyClick(&edit, Qt::Key_Tab);
        QCOMPARE(cursor.link(), std::optional(LinkId{0, 2}));
        QVERIFY2(!text_()->editor()->verticalScrollBar()->isHidden() && cursor.isVisible(), "it was scrolled to");
        QTest::keyClick(&edit, Qt::Key_Return);
        QTRY_COMPARE(edit.textCursor().blockNumber(), 0);
        QVERIFY(!cursor.link());
        m_driver->window().actions().previousLink->trigger();
        QVERIFY(cursor.link().has_value());
        QTest::keyClick(&edit, Qt::Key_Escape);
        QVERIFY(!cursor.link());
        // Beyond the last link the key goes on to the next widget.
        m_driver->tab()->goTo({.page = 0, .lines = app::LineRange{407, 407}});
        QTest::keyClick(&edit, Qt::Key_Tab);
        QCOMPARE(cursor.link(), std::optional(LinkId{0, 2}));
        QTest::keyClick(&edit, Qt::Key_Tab);
        QVERIFY(!cursor.link());
        QVERIFY(!edit.hasFocus());
    }

    void htmlLinksLeadToAnchors() {
        QByteArray html = "<html><body><p>To <a href='#far'>the far place</a> or <a href='https://a.b/'>away</a>.</p>";
        html += QByteArray("<p>A paragraph.</p>").repeated(150) + "<h2 id='far'>Far</h2><p>There.</p></body></html>";
        open(write(QStringLiteral("page.html"), html), 2);
        followAndReturn(0, 303);
    }

    void aChangedFileMarksNothingWrong() {
        // What was read of the file, and another file in its place since.
        const QString path =
            write(QStringLiteral("changed.html"), "<p>One <a href='#a'>two</a> three</p><p id='a'>x</p>");
        const auto pages = std::make_shared<std::vector<app::DocumentPage>>(1);
        pages->front().text = "Two one three, and x";
        TextLinkStore store(pages, app::DocumentKind::Html, path);
        QSignalSpy arrived(&store, &TextLinkStore::arrived);
        QVERIFY(store.page(0) == nullptr);
        QVERIFY(arrived.wait(20000));
        QVERIFY(store.page(0) != nullptr && store.page(0)->isEmpty());
    }

    void epubLinksLeadFromChapterToChapter() {
        const QString path = temporaryPath(QStringLiteral("book.epub"));
        app::test::writeZip(
            path.toStdString(),
            {{"mimetype", "application/epub+zip"},
             {"META-INF/container.xml", "<container><rootfiles><rootfile full-path='b.opf'/></rootfiles></container>"},
             {"b.opf",
              "<package><manifest><item id='a' href='a.xhtml'/><item id='b' href='b.xhtml'/></manifest>"
              "<spine><itemref idref='a'/><itemref idref='b'/></spine></package>"},
             {"a.xhtml", "<html><body><h1>First</h1><p>See <a href='b.xhtml#note'>the note</a>.</p></body></html>"},
             {"b.xhtml",
              "<html><body><h1>Second</h1><p>Text.</p><p id='note'>Note, <a "
              "href='a.xhtml'>back</a>.</p></body></html>"}});
        open(path, 1);
        text_()->editor()->setFocus();
        QTest::keyClick(text_()->editor(), Qt::Key_Tab);
        QCOMPARE(QAccessible::queryAccessibleInterface(text_()->linkCursor())->text(QAccessible::Name),
                 QStringLiteral("the note, link: Second, line 5"));
        QTest::keyClick(text_()->editor(), Qt::Key_Return);
        QTRY_COMPARE(text_()->currentPage(), 1);
        QCOMPARE(text_()->editor()->textCursor().blockNumber() + 1, 5);
        m_driver->window().actions().back->trigger();
        QTRY_COMPARE(text_()->currentPage(), 0);
        m_driver->window().actions().forward->trigger();
        QTRY_COMPARE(text_()->currentPage(), 1);
        shoot(m_driver->window(), QStringLiteral("reader-links-epub"));
    }

    void sourceTreesLinkBetweenTheirFiles() {
        const QString root = temporaryPath(QStringLiteral("tree"));
        QDir().mkpath(root + QStringLiteral("/docs"));
        write(QStringLiteral("tree/README.md"), "Read [the guide](docs/guide.md#two) and [code](main.c#L3).\n");
        write(QStringLiteral("tree/docs/guide.md"), "# One\n\n# Two\n\n[up](../README.md)\n");
        write(QStringLiteral("tree/main.c"), "// https://example.org/spec\nint a;\nint b;\n");
        m_driver->window().open({root});
        auto* sheet = m_driver->window().findChild<PreflightSheet*>();
        QVERIFY(sheet != nullptr);
        QVERIFY(m_driver->waitFor([&] { return sheet->isDone(); }));
        sheet->openButton()->click();
        QVERIFY(m_driver->waitFor([&] { return text_() != nullptr && text_()->pageCount() == 3; }));
        const int readme = text_()->pageOfLabel(QStringLiteral("README.md"));
        m_driver->tab()->goTo({.page = readme});
        QVERIFY(m_driver->waitFor([&] { return text_()->shownLinks().size() == 2; }));
        QCOMPARE(text_()->pageLabel(text_()->shownLinks()[0].page), QStringLiteral("docs/guide.md"));
        QCOMPARE(text_()->shownLinks()[0].line, 3);
        QCOMPARE(text_()->shownLinks()[1].line, 3);
        QTest::mouseClick(text_()->editor()->viewport(), Qt::LeftButton, {}, middleOf(1));
        QTRY_COMPARE(text_()->pageLabel(text_()->currentPage()), QStringLiteral("main.c"));
        QVERIFY(m_driver->waitFor([&] { return text_()->shownLinks().size() == 1; }));
        QCOMPARE(text_()->shownLinks()[0].address, QStringLiteral("https://example.org/spec"));
    }

    void pdfLinksAreReachedByKeyboard() {
        m_driver->window().open({sampleFile(QStringLiteral("corrin-islands-handbook.pdf"))});
        QVERIFY(m_driver->waitFor([&] { return pdf() != nullptr && pdf()->pageCount() > 0; }));
        m_driver->window().actions().fitPage->trigger();
        PdfCanvas& canvas = *pdf()->canvas();
        LinkCursor& cursor = *canvas.linkCursor();
        canvas.setFocus();
        bool found = false;
        for (int page = 0; page < 8 && !found; ++page) {
            m_driver->tab()->goTo({.page = page});
            canvas.setFocus();
            QTest::keyClick(&canvas, Qt::Key_Tab);
            found = m_driver->waitFor([&] { return cursor.link().has_value(); }, 1500);
        }
        QVERIFY2(found, "the table of contents has links");
        const int page = cursor.link()->page;
        // Named by the words on the page, as soon as they are read.
        QTRY_VERIFY(
            QRegularExpression(QStringLiteral("^\\S.*, link: Page \\d+$")).match(cursor.accessibleName()).hasMatch());
        QTest::keyClick(&canvas, Qt::Key_Tab);
        QCOMPARE(cursor.link(), std::optional(LinkId{page, 1}));
        QTest::keyClick(&canvas, Qt::Key_Backtab, Qt::ShiftModifier);
        QCOMPARE(cursor.link(), std::optional(LinkId{page, 0}));
        shoot(m_driver->window(), QStringLiteral("reader-link-pdf"));
        const int target =
            QRegularExpression(QStringLiteral("(\\d+)$")).match(cursor.accessibleName()).captured(1).toInt();
        QTest::keyClick(&canvas, Qt::Key_Return);
        QTRY_VERIFY(pdf()->visiblePages().contains(target - 1));
        m_driver->window().actions().back->trigger();
        QTRY_VERIFY(pdf()->visiblePages().contains(page));
    }

  private:
    QString write(const QString& name, const QByteArray& bytes) {
        const QString path = temporaryPath(name);
        QFile file(path);
        [&] { QVERIFY(file.open(QIODevice::WriteOnly)); }();
        file.write(bytes);
        return path;
    }
    void open(const QString& path, int links) {
        m_driver->window().open({path});
        QVERIFY(m_driver->waitFor([&] { return text_() != nullptr && text_()->shownLinks().size() == links; }));
    }
    TextView* text_() {
        return m_driver->tab() == nullptr ? nullptr : qobject_cast<TextView*>(m_driver->tab()->view());
    }
    PdfView* pdf() { return m_driver->tab() == nullptr ? nullptr : qobject_cast<PdfView*>(m_driver->tab()->view()); }
    /// In the middle of a link of the page shown.
    QPoint middleOf(int link) {
        const ShownTextLink& shown = text_()->shownLinks()[link];
        QTextCursor cursor(text_()->editor()->document());
        cursor.setPosition(shown.from + shown.length / 2);
        return text_()->editor()->cursorRect(cursor).center();
    }
    /// Clicks a link, looks at the line it leads to, and goes back and forward again.
    void followAndReturn(int link, int line) {
        CodeEdit& edit = *text_()->editor();
        QTest::mouseMove(edit.viewport(), middleOf(link));
        QTest::mouseClick(edit.viewport(), Qt::LeftButton, {}, middleOf(link));
        QTRY_COMPARE(edit.textCursor().blockNumber() + 1, line);
        QVERIFY(m_driver->window().actions().back->isEnabled());
        m_driver->window().actions().back->trigger();
        QTRY_COMPARE(text_()->currentPlace().top, 0.0F);
        m_driver->window().actions().forward->trigger();
        QTRY_VERIFY(text_()->currentPlace().top > 0.5F);
        m_driver->window().actions().back->trigger();
        QTRY_COMPARE(text_()->currentPlace().top, 0.0F);
    }
    void clickAction(const QString& text) {
        for (QPushButton* button : m_driver->tab()->messages()->findChildren<QPushButton*>()) {
            if (button->isVisible() && button->text() == text) {
                QTest::mouseClick(button, Qt::LeftButton);
                return;
            }
        }
        QFAIL("there is no such button");
    }

    std::unique_ptr<WindowDriver> m_driver;
};

LECTERN_UI_TEST(ReaderLinksTest);

}  // namespace lectern::ui

#include "reader_links_test.moc"

// What a reader does with pages: marks, notes, links, print, search by the index, dark pages, coming back.
#include <QClipboard>
#include <QDialog>
#include <QFile>
#include <QGuiApplication>
#include <QLineEdit>
#include <QMenu>
#include <QPainter>
#include <QPlainTextEdit>
#include <QScrollBar>
#include <QToolButton>
#include <QTreeView>
#include <QTreeWidget>

#include "tests/e2e/support/print_to_file.h"
#include "tests/e2e/support/window_driver.h"
#include "tests/ui/support/screenshot.h"
#include "ui/documents/navigator.h"
#include "ui/notes/notes_panel.h"
#include "ui/reader/dark_page.h"
#include "ui/reader/find_bar.h"
#include "ui/reader/outline_model.h"
#include "ui/reader/pdf_canvas.h"
#include "ui/reader/pdf_view.h"
#include "ui/reader/search_hit_model.h"
#include "ui/shell/contents_panel.h"
#include "ui/shell/main_actions.h"

namespace lectern::ui {

class ReaderToolsTest : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase() {
        m_path = temporaryPath(QStringLiteral("handbook.pdf"));
        QVERIFY(QFile::copy(sampleFile(QStringLiteral("corrin-islands-handbook.pdf")), m_path));
        start();
        QVERIFY(m_driver->waitFor([&] { return m_driver->tab()->session().phase() == IngestPhase::Done; }, 120000));
    }
    void cleanupTestCase() { m_driver.reset(); }
    void init() {
        if (m_driver != nullptr) {
            m_driver->watchdog().start();
        }
    }
    void cleanup() {
        if (m_driver != nullptr) {
            m_driver->reportStalls(QTest::currentTestFunction());
        }
    }

    void textIsSelectedAndCopied() {
        selectLines();
        QVERIFY(pdf()->selectedText().size() > 40);
        QCOMPARE(pdf()->selection().size(), 1);
        QVERIFY(!pdf()->selection().front().rects.isEmpty());
        m_driver->window().actions().copy->trigger();
        QCOMPARE(QGuiApplication::clipboard()->text(), pdf()->selectedText());
    }

    void selectionIsHighlightedAndUndone() {
        const MainActions& actions = m_driver->window().actions();
        QVERIFY(actions.highlight->isEnabled());
        QVERIFY(!actions.undo->isEnabled());
        actions.highlight->trigger();
        QCOMPARE(marks(), 1);
        QVERIFY(actions.undo->isEnabled());
        QVERIFY(actions.undo->text().contains(QStringLiteral("highlight")));
        actions.undo->trigger();
        QCOMPARE(marks(), 0);
        QVERIFY(!actions.undo->isEnabled());
        actions.redo->trigger();
        QCOMPARE(marks(), 1);
        QTRY_COMPARE(storedAnnotations().size(), size_t{1});
        const app::AnnotationRecord stored = storedAnnotations().front();
        QCOMPARE(stored.page, kPage);
        QCOMPARE(QString::fromStdString(stored.quote), pdf()->selectedText());
        // The bytes are those of the library's page.
        const auto page = pageOf(kPage);
        QCOMPARE(page.text.substr(static_cast<size_t>(stored.bytes.begin), static_cast<size_t>(stored.bytes.size())),
                 stored.quote);
    }

    void aNoteIsWrittenAndTakenBack() {
        selectLines(0.45, 0.5);
        m_driver->window().actions().note->trigger();
        NotesPanel& panel = *notesPanel();
        QVERIFY(panel.isVisible());
        QTRY_COMPARE(m_driver->window().focusWidget(), static_cast<QWidget*>(panel.noteField()));
        QTest::keyClicks(panel.noteField(), QStringLiteral("look this up"));
        QTRY_COMPARE(storedAnnotations().size(), size_t{2});
        QTRY_COMPARE(noteStored(), QStringLiteral("look this up"));
        shoot(m_driver->window(), QStringLiteral("reader-notes"));
        // What was typed in one go is one step; the note itself is the next.
        m_driver->window().actions().undo->trigger();
        QTRY_COMPARE(noteStored(), QString());
        m_driver->window().actions().redo->trigger();
        QTRY_COMPARE(noteStored(), QStringLiteral("look this up"));
        QCOMPARE(panel.noteField()->toPlainText(), QStringLiteral("look this up"));
        // A click on the mark chooses it in the panel.
        const app::AnnotationRecord first = storedAnnotations().front();
        panel.tree()->setCurrentItem(nullptr);
        pdf()->canvas()->clearSelection();
        const QRectF rect = pdf()->canvas()->viewportRect(first.page, first.rects.front());
        QTest::mouseClick(pdf()->canvas()->viewport(), Qt::LeftButton, {}, rect.center().toPoint());
        QVERIFY(panel.tree()->currentItem() != nullptr);
    }

    void bookmarksAreSetRenamedAndRemoved() {
        m_driver->tab()->goTo({.page = 40});
        const MainActions& actions = m_driver->window().actions();
        QVERIFY(!actions.bookmark->isChecked());
        actions.bookmark->trigger();
        QVERIFY(actions.bookmark->isChecked());
        QTRY_COMPARE(storedBookmarks().size(), size_t{1});
        QCOMPARE(storedBookmarks().front().page, 40);
        NotesPanel& panel = *notesPanel();
        QTreeWidgetItem* item = panel.tree()->topLevelItem(0)->child(0);
        QVERIFY(item != nullptr && !item->text(0).isEmpty());
        item->setText(0, QStringLiteral("the ferry"));
        QTRY_COMPARE(QString::fromStdString(storedBookmarks().front().label), QStringLiteral("the ferry"));
        m_driver->tab()->goTo({.page = 2});
        panel.tree()->setCurrentItem(panel.tree()->topLevelItem(0)->child(0));
        panel.tree()->setFocus();
        QTest::keyClick(panel.tree(), Qt::Key_Return);
        QTRY_VERIFY(pdf()->visiblePages().contains(40));
        QTest::keyClick(panel.tree(), Qt::Key_Delete);
        QTRY_COMPARE(storedBookmarks().size(), size_t{0});
        actions.undo->trigger();
        QTRY_COMPARE(storedBookmarks().size(), size_t{1});
    }

    void contentsFollowTheReader() {
        QTreeView& tree = *m_driver->window().findChild<ContentsPanel*>()->tree();
        const OutlineModel& outline = *m_driver->tab()->outline();
        const auto& entries = outline.entries();
        size_t second = 1;  // of two headings on one page
        while (entries[second].page != entries[second - 1].page ||
               entries[second].top - entries[second - 1].top < 0.3F || entries[second].page < 30) {
            QVERIFY(++second < entries.size());
        }
        m_driver->window().actions().fitWidth->trigger();
        const auto shown = [&] { return tree.currentIndex().siblingAtColumn(0).data().toString().toStdString(); };
        for (const size_t each : {second - 1, second}) {
            m_driver->tab()->goTo({.page = entries[each].page, .top = entries[each].top});
            QTRY_COMPARE(shown(), entries[each].title);
        }
        // What somebody looks for in the list is not scrolled away while the section stays the same.
        tree.verticalScrollBar()->setValue(0);
        QScrollBar& pages = *pdf()->canvas()->verticalScrollBar();
        pages.setValue(pages.value() + 3);
        QTest::qWait(300);
        QCOMPARE(tree.verticalScrollBar()->value(), 0);
        m_driver->tab()->goTo({.page = 2});
        QTRY_VERIFY(shown() != entries[second].title);
        m_driver->window().actions().fitPage->trigger();
    }

    void thePlaceStaysWhenTheWindowGrows() {
        m_driver->window().actions().fitWidth->trigger();
        m_driver->tab()->goTo({.page = 41});
        // Where on the page the upper third of the window ends.
        const auto eye = [&] {
            const QRectF page = pdf()->canvas()->viewportRect(41, {0, 0, 1, 1});
            return (pdf()->canvas()->viewport()->height() / 3.0 - page.top()) / page.height();
        };
        const QSize before = m_driver->window().size();
        const double read = eye();
        for (const QSize size : {QSize(1024, 700), QSize(2200, 1400), QSize(1500, 800), before}) {
            m_driver->window().resize(size);
            QTest::qWait(100);
            QVERIFY2(std::abs(eye() - read) < 0.02, qPrintable(QStringLiteral("%1, not %2").arg(eye()).arg(read)));
        }
        m_driver->window().actions().fitPage->trigger();
    }

    void linksLeadToTheirPages() {
        PdfCanvas& canvas = *pdf()->canvas();
        std::optional<QPoint> link;
        app::PageLink found;
        for (int page = 0; page < 8 && !link; ++page) {
            m_driver->tab()->goTo({.page = page});
            QVERIFY(m_driver->waitFor([&] { return pdf()->isFullyDrawn(); }));
            QTest::qWait(100);
            for (int y = 8; y < canvas.viewport()->height() && !link; y += 6) {
                for (int x = 8; x < canvas.viewport()->width() && !link; x += 10) {
                    const app::PageLink* at = canvas.linkAt({x, y});
                    if (at != nullptr && at->page > 20) {
                        link = QPoint(x, y);
                        found = *at;
                    }
                }
            }
        }
        QVERIFY2(link.has_value(), "the table of contents has links");
        const int from = pdf()->currentPage();
        QTest::mouseMove(canvas.viewport(), *link);
        QTest::mouseClick(canvas.viewport(), Qt::LeftButton, {}, *link);
        QTRY_VERIFY(pdf()->visiblePages().contains(found.page));
        QTRY_VERIFY(m_driver->window().actions().back->isEnabled());
        m_driver->window().actions().back->trigger();
        QTRY_VERIFY(pdf()->visiblePages().contains(from));
        m_driver->window().actions().forward->trigger();
        QTRY_VERIFY(pdf()->visiblePages().contains(found.page));
    }

    void wordsAreFoundByTheIndex() {
        FindBar& bar = *m_driver->tab()->findBar();
        m_driver->window().actions().find->trigger();
        bar.indexButton()->setChecked(true);
        QTest::keyClicks(bar.field(), QStringLiteral("rent strike"));
        QTRY_VERIFY2(m_driver->tab()->findStatus().contains(QStringLiteral(" of ")),
                     qPrintable(m_driver->tab()->findStatus()));
        const SearchHitModel& hits = *m_driver->tab()->hits();
        QVERIFY(hits.rowCount() > 0);
        for (const ReaderHit& hit : hits.hits()) {
            QVERIFY(!hit.place.rects.isEmpty());
            const QString text = QString::fromStdString(pageOf(hit.place.page).text);
            QVERIFY(text.contains(QStringLiteral("rent"), Qt::CaseInsensitive));
            QVERIFY(text.contains(QStringLiteral("strike"), Qt::CaseInsensitive));
        }
        bar.field()->setText(QStringLiteral("zzyzx"));
        QTRY_COMPARE(m_driver->tab()->findStatus(), QStringLiteral("Not found"));
        bar.indexButton()->setChecked(false);
        bar.hide();
    }

    void darkPagesKeepPictures() {
        // A page of black text on white with a colour gradient that stands for a photograph.
        QImage page(640, 480, QImage::Format_RGB32);
        page.fill(Qt::white);
        QPainter painter(&page);
        painter.drawText(QRect(20, 20, 600, 100), Qt::TextWordWrap,
                         QStringLiteral("Six lighthouses guard it. ").repeated(8));
        painter.end();
        for (int y = 200; y < 400; ++y) {
            for (int x = 200; x < 500; ++x) {
                page.setPixel(x, y, qRgb((x * 7 + y) % 200 + 30, (x + y * 3) % 180 + 30, (x ^ y) % 160 + 40));
            }
        }
        const QImage dark = darkPage(page);
        QCOMPARE(dark.pixelColor(5, 5), darkPaper());
        int kept = 0;
        for (int y = 224; y < 384; ++y) {
            for (int x = 224; x < 480; ++x) {
                kept += dark.pixel(x, y) == page.pixel(x, y) ? 1 : 0;
            }
        }
        QVERIFY2(kept > 160 * 256 * 98 / 100, qPrintable(QString::number(kept)));
        bool brightInk = false;
        for (int x = 20; x < 600; ++x) {
            brightInk = brightInk || qGray(dark.pixel(x, 28)) > 200;
        }
        QVERIFY(brightInk);
        m_driver->tab()->goTo({.page = kPage});
        m_driver->window().actions().darkPages->trigger();
        QVERIFY(m_driver->waitFor([&] { return pdf()->isFullyDrawn(); }));
        shoot(m_driver->window(), QStringLiteral("reader-dark-pages"));
        const QImage shown = pdf()->canvas()->viewport()->grab().toImage();
        QVERIFY(qGray(shown.pixel(shown.width() / 2, shown.height() / 2)) < 140);
        m_driver->window().actions().darkPages->trigger();
    }

    void pagesArePrinted() {
        const QString path = printToFile(m_driver->window(), QStringLiteral("printed.pdf"), std::pair{3, 5});
        QVERIFY(!path.isEmpty());
        QCOMPARE(pagesOfPdf(path), 3);
        m_driver->window().actions().print->trigger();
        auto* dialog = m_driver->window().findChild<QDialog*>(QString(), Qt::FindDirectChildrenOnly);
        QVERIFY(dialog != nullptr && dialog->isVisible());
        dialog->reject();
    }

    void aFileReadAgainHasOneMenu() {
        ReaderTab* tab = m_driver->tab();
        QSignalSpy shown(tab, &ReaderTab::viewReady);
        tab->session().reload();
        QVERIFY(m_driver->waitFor([&] { return shown.size() == 1; }));
        QVERIFY(m_driver->waitFor([&] { return tab->session().phase() == IngestPhase::Done; }));
        emit pdf()->customContextMenuRequested({20, 20});
        const auto menus = tab->findChildren<QMenu*>(QString(), Qt::FindDirectChildrenOnly);
        QCOMPARE(menus.size(), 1);
        menus.front()->close();
    }

    void placeViewAndMarksComeBack() {
        m_driver->window().actions().fitPage->trigger();
        m_driver->window().actions().facing->trigger();
        m_driver->window().actions().rotateRight->trigger();
        m_driver->tab()->goTo({.page = 61});
        const ReaderPlace before = pdf()->currentPlace();
        m_driver.reset();
        start();
        QVERIFY(m_driver->waitFor([&] { return m_driver->tab()->session().phase() == IngestPhase::Done; }));
        QTRY_COMPARE(pdf()->currentPlace().page, before.page);
        QCOMPARE(pdf()->flow(), PageFlow::Facing);
        QCOMPARE(pdf()->canvas()->layout().quarterTurns(), 1);
        QCOMPARE(pdf()->canvas()->layout().zoomMode(), ZoomMode::FitPage);
        QVERIFY(m_driver->window().actions().facing->isChecked());
        QTRY_COMPARE(marks(), 2);
        QTRY_COMPARE(notesPanel()->tree()->topLevelItem(0)->child(0)->text(0), QStringLiteral("the ferry"));
        QVERIFY2(!m_driver->window().actions().undo->isEnabled(), "what was done before is not undone by accident");
    }

  private:
    static constexpr int kPage = 25;

    void start() {
        m_driver = std::make_unique<WindowDriver>(temporaryPath(QStringLiteral("library")));
        m_driver->window().open({m_path});
        QVERIFY(m_driver->waitFor([&] { return m_driver->tab()->view() != nullptr; }));
        QVERIFY(m_driver->waitFor([&] { return pdf()->pageCount() > 0; }));
    }
    PdfView* pdf() { return qobject_cast<PdfView*>(m_driver->tab()->view()); }
    NotesPanel* notesPanel() { return m_driver->window().findChild<NotesPanel*>(); }
    /// Drags the mouse over some lines of the test's page.
    void selectLines(double from = 0.2, double to = 0.26) {
        m_driver->window().actions().fitPage->trigger();
        m_driver->tab()->goTo({.page = kPage});
        QVERIFY(m_driver->waitFor([&] { return pdf()->isFullyDrawn(); }));
        QWidget* viewport = pdf()->canvas()->viewport();
        const auto at = [&](float x, double y) {
            const auto height = static_cast<float>(y);
            return pdf()->canvas()->viewportRect(kPage, {x, height, x, height}).topLeft().toPoint();
        };
        pdf()->canvas()->clearSelection();
        QVERIFY(m_driver->waitFor([&] {
            QTest::mousePress(viewport, Qt::LeftButton, {}, at(0.2F, from));
            QMouseEvent move(QEvent::MouseMove, at(0.7F, to), viewport->mapToGlobal(at(0.7F, to)), Qt::NoButton,
                             Qt::LeftButton, {});
            QCoreApplication::sendEvent(viewport, &move);
            QTest::mouseRelease(viewport, Qt::LeftButton, {}, at(0.7F, to));
            return !pdf()->selectedText().isEmpty();
        }));
    }
    int marks() {
        int count = 0;
        for (int g = 0; g < notesPanel()->tree()->topLevelItemCount(); ++g) {
            if (notesPanel()->tree()->topLevelItem(g)->text(0) == QStringLiteral("Highlights and notes")) {
                count = notesPanel()->tree()->topLevelItem(g)->childCount();
            }
        }
        return count;
    }
    template <typename Work>
    auto ask(Work work) {
        const auto library = app::Library::open(temporaryPath(QStringLiteral("library")).toStdString());
        return *work(**library);
    }
    std::vector<app::AnnotationRecord> storedAnnotations() {
        return ask([&](app::Library& library) { return library.annotations(m_driver->tab()->session().documentId()); });
    }
    std::vector<app::BookmarkRecord> storedBookmarks() {
        return ask([&](app::Library& library) { return library.bookmarks(m_driver->tab()->session().documentId()); });
    }
    app::DocumentPage pageOf(int page) {
        return ask([&](app::Library& library) { return library.page(m_driver->tab()->session().documentId(), page); });
    }
    QString noteStored() {
        QString note;
        for (const app::AnnotationRecord& record : storedAnnotations()) {
            note += QString::fromStdString(record.note);
        }
        return note;
    }

    std::unique_ptr<WindowDriver> m_driver;
    QString m_path;
};

LECTERN_UI_TEST(ReaderToolsTest);

}  // namespace lectern::ui

#include "reader_tools_test.moc"

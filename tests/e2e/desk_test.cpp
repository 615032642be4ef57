// The window around the document: actions, menus, palette, pages by label, zoom and layouts, the docks that lead into
// the text, the status bar, what is remembered, and that everything has a name.
#include <QAccessible>
#include <QAction>
#include <QDockWidget>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenuBar>
#include <QMimeData>
#include <QPushButton>
#include <QSet>
#include <QTreeView>
#include <algorithm>

#include "tests/e2e/support/window_driver.h"
#include "tests/ui/support/screenshot.h"
#include "ui/ask/budget_bar.h"
#include "ui/documents/navigator.h"
#include "ui/reader/find_bar.h"
#include "ui/reader/outline_model.h"
#include "ui/reader/pdf_canvas.h"
#include "ui/reader/pdf_view.h"
#include "ui/reader/search_hit_model.h"
#include "ui/shell/command_palette.h"
#include "ui/shell/contents_panel.h"
#include "ui/shell/main_actions.h"
#include "ui/shell/search_panel.h"
#include "ui/shell/status_strip.h"
#include "ui/shell/thumbnails_panel.h"

namespace lectern::ui {
namespace {

void collect(const QMenu* menu, QSet<QAction*>& actions) {
    for (QAction* action : menu->actions()) {
        actions.insert(action);
        if (action->menu() != nullptr) {
            collect(action->menu(), actions);
        }
    }
}

}  // namespace

class DeskTest : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase() {
        m_path = temporaryPath(QStringLiteral("handbook.pdf"));
        QVERIFY(QFile::copy(sampleFile(QStringLiteral("corrin-islands-handbook.pdf")), m_path));
        start();
        QVERIFY(m_driver->waitFor([&] { return m_driver->tab()->session().phase() == IngestPhase::Done; }, 120000));
    }
    void cleanupTestCase() { m_driver.reset(); }

    void everyActionIsInAMenuAndOfTheKeyboard() {
        QSet<QAction*> inMenus;
        for (const QAction* menu : m_driver->window().menuBar()->actions()) {
            collect(menu->menu(), inMenus);
        }
        QSet<QString> names;
        QHash<QKeySequence, QString> keys;
        for (QAction* action : m_driver->window().allActions()) {
            if (action->isSeparator()) {
                continue;
            }
            QVERIFY2(inMenus.contains(action), qPrintable(action->objectName()));
            QVERIFY2(!action->text().isEmpty(), qPrintable(action->objectName()));
            QVERIFY2(!action->objectName().isEmpty() && !names.contains(action->objectName()),
                     qPrintable(action->text()));
            names.insert(action->objectName());
            for (const QKeySequence& key : action->shortcuts()) {
                QVERIFY2(!keys.contains(key),
                         qPrintable(action->objectName() + QStringLiteral(" has the keys of ") + keys.value(key)));
                keys.insert(key, action->objectName());
            }
        }
        QVERIFY(names.size() > 80);
    }

    void thePaletteRunsWhatIsTyped() {
        m_driver->tab()->goTo({.page = 30});
        const MainActions& actions = m_driver->window().actions();
        QCOMPARE(actions.palette->shortcut(), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_P));
        actions.palette->trigger();
        QTRY_VERIFY(m_driver->window().findChild<CommandPalette*>() != nullptr);
        auto* palette = m_driver->window().findChild<CommandPalette*>();
        QTest::keyClicks(palette->field(), QStringLiteral("last page"));
        shoot(*palette, QStringLiteral("desk-palette"));
        QTest::keyClick(palette->field(), Qt::Key_Return);
        QTRY_COMPARE(pdf()->currentPage(), pdf()->pageCount() - 1);
        QVERIFY2(m_driver->window().actions().back->isEnabled(), "a jump can be gone back from");
        m_driver->window().actions().back->trigger();
        QTRY_COMPARE(pdf()->currentPage(), 30);
    }

    void pagesAreReachedByTheirLabels() {
        auto* field = m_driver->window().findChild<QLineEdit*>(QStringLiteral("page"));
        QVERIFY(field != nullptr);
        QCOMPARE(m_driver->window().actions().goToPage->shortcut(), QKeySequence(Qt::CTRL | Qt::Key_G));
        const auto go = [&](const char* label) {
            m_driver->window().actions().goToPage->trigger();
            QTRY_COMPARE(m_driver->window().focusWidget(), static_cast<QWidget*>(field));
            QTest::keyClicks(field, QString::fromLatin1(label));
            QTest::keyClick(field, Qt::Key_Return);
        };
        go("iv");
        QTRY_COMPARE(pdf()->currentPage(), 3);
        QCOMPARE(field->text(), QStringLiteral("iv"));
        go("12");
        QTRY_COMPARE(pdf()->currentPage(), 8 + 11);
        QCOMPARE(pdf()->pageLabel(pdf()->currentPage()), QStringLiteral("12"));
        go("no such page");
        QTest::qWait(50);
        QCOMPARE(pdf()->currentPage(), 8 + 11);
    }

    void pagesAreZoomedFittedAndLaidOut() {
        const MainActions& actions = m_driver->window().actions();
        actions.actualSize->trigger();
        QVERIFY(std::abs(pdf()->zoomPercent() - 100) < 0.5);
        actions.zoomIn->trigger();
        QVERIFY(pdf()->zoomPercent() > 105);
        actions.zoomOut->trigger();
        QVERIFY(std::abs(pdf()->zoomPercent() - 100) < 0.5);
        m_driver->tab()->goTo({.page = 20});
        actions.fitPage->trigger();
        const ReaderLayout& layout = pdf()->canvas()->layout();
        QVERIFY(layout.pageRect(20).height() <= pdf()->canvas()->viewport()->height());
        actions.fitWidth->trigger();
        QVERIFY(layout.pageRect(20).width() > 0.9 * pdf()->canvas()->viewport()->width());

        actions.single->trigger();
        QCOMPARE(pdf()->flow(), PageFlow::Single);
        actions.fitPage->trigger();
        m_driver->tab()->goTo({.page = 20});
        QCOMPARE(pdf()->visiblePages(), (PageSpan{20, 20}));
        actions.nextPage->trigger();
        QCOMPARE(pdf()->visiblePages(), (PageSpan{21, 21}));
        actions.facing->trigger();
        const PageSpan row = layout.rowPages(21);
        QCOMPARE(row.last, row.first + 1);
        QCOMPARE(layout.pageRect(row.first).top(), layout.pageRect(row.last).top());
        QVERIFY(layout.pageRect(row.first).right() < layout.pageRect(row.last).left() + 0.5);
        QVERIFY(pdf()->visiblePages().contains(row.first) && pdf()->visiblePages().contains(row.last));
        QVERIFY(m_driver->waitFor([&] { return pdf()->isFullyDrawn(); }));
        shoot(m_driver->window(), QStringLiteral("desk-facing"));
        const double upright = layout.pageRect(20).width();
        actions.rotateRight->trigger();
        QVERIFY(layout.pageRect(20).width() != upright);
        actions.rotateLeft->trigger();
        actions.continuous->trigger();
        QCOMPARE(pdf()->flow(), PageFlow::Continuous);
        QVERIFY(m_driver->waitFor([&] { return pdf()->isFullyDrawn(); }));
        m_driver->reportStalls("zoom, fit and layouts");
    }

    void contentsLeadToTheirPages() {
        raise("contents");
        auto* panel = m_driver->window().findChild<ContentsPanel*>();
        QTreeView& tree = *panel->tree();
        QVERIFY(tree.model()->rowCount() > 0);
        auto* filter = panel->findChild<QLineEdit*>();
        filter->setFocus();
        QTest::keyClicks(filter, QStringLiteral("lights"));
        const auto matches = tree.model()->match(tree.model()->index(0, 0), Qt::DisplayRole, QStringLiteral("lights"),
                                                 1, Qt::MatchContains | Qt::MatchRecursive | Qt::MatchWrap);
        QVERIFY(!matches.isEmpty());
        const QModelIndex heading = matches.front();
        tree.scrollTo(heading);
        const QString label = heading.siblingAtColumn(1).data().toString();
        QTest::mouseClick(tree.viewport(), Qt::LeftButton, {}, tree.visualRect(heading).center());
        QTRY_COMPARE(pdf()->pageLabel(pdf()->currentPage()), label);
        filter->clear();
    }

    void thumbnailsLeadToTheirPages() {
        raise("thumbnails");
        auto* list = m_driver->window().findChild<ThumbnailsPanel*>()->findChild<QListView*>();
        QVERIFY(list->isVisible());
        QCOMPARE(list->model()->rowCount(), pdf()->pageCount());
        m_driver->tab()->goTo({.page = 50});
        QTRY_COMPARE(list->currentIndex().row(), 50);
        const QModelIndex page = list->model()->index(52, 0);
        list->scrollTo(page);
        QTRY_VERIFY(list->visualRect(page).isValid() &&
                    list->viewport()->rect().contains(list->visualRect(page).center()));
        QTest::mouseClick(list->viewport(), Qt::LeftButton, {}, list->visualRect(page).center());
        QTRY_COMPARE(pdf()->currentPage(), 52);
        QCOMPARE(page.data().toString(), pdf()->pageLabel(52));
    }

    void hitsStreamIntoTheSearchDock() {
        raise("search");
        auto* panel = m_driver->window().findChild<SearchPanel*>();
        m_driver->tab()->goTo({.page = 0});
        QCOMPARE(m_driver->window().actions().find->shortcut(), QKeySequence(QKeySequence::Find));
        m_driver->window().actions().find->trigger();
        FindBar& bar = *m_driver->tab()->findBar();
        QTRY_VERIFY(bar.isVisible());
        QTest::keyClicks(bar.field(), QStringLiteral("island"));
        const SearchHitModel& hits = *m_driver->tab()->hits();
        QVERIFY(m_driver->waitFor([&] { return hits.rowCount() > 0; }));
        // Steps go on while the search does.
        QTest::keyClick(bar.field(), Qt::Key_Return);
        QVERIFY(
            m_driver->waitFor([&] { return !m_driver->tab()->findStatus().contains(QStringLiteral("searching")); }));
        QVERIFY(hits.rowCount() > 20);
        auto* list = panel->findChild<QListView*>();
        QCOMPARE(list->model()->rowCount(), hits.rowCount());
        const int last = hits.rowCount() - 1;
        list->setCurrentIndex(list->model()->index(last, 0));
        list->setFocus();
        QTest::keyClick(list, Qt::Key_Return);
        QTRY_VERIFY(pdf()->visiblePages().contains(hits.hitAt(last).place.page));
        QVERIFY(hits.hitAt(last).snippet.contains(QStringLiteral("island"), Qt::CaseInsensitive));
        QCOMPARE(m_driver->tab()->findStatus(), QStringLiteral("%1 of %1").arg(hits.rowCount()));
        m_driver->window().actions().findNext->trigger();
        QVERIFY(m_driver->tab()->findStatus().startsWith(QStringLiteral("1 of")));
        shoot(m_driver->window(), QStringLiteral("desk-search"));
        QTest::keyClick(bar.field(), Qt::Key_Escape);
        QVERIFY(!bar.isVisible());
        m_driver->reportStalls("finding");
    }

    void filesAreDroppedOnTheWindow() {
        const QString path = temporaryPath(QStringLiteral("dropped.md"));
        QVERIFY(QFile::copy(sampleFile(QStringLiteral("corrin-handbook/05-six-lights.md")), path));
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(path)});
        QDragEnterEvent enter(QPoint(50, 50), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&m_driver->window(), &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent drop(QPointF(50, 50), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&m_driver->window(), &drop);
        QVERIFY(m_driver->waitFor([&] { return m_driver->tab()->session().path() == path; }));
        QVERIFY(m_driver->waitForStage(AskStatus::Stage::Unread));
    }

    void theStatusBarSaysWhatRunsAndHowMuchThereIs() {
        auto* status = m_driver->window().findChild<StatusStrip*>();
        const auto says = [&](const QString& text) {
            const auto labels = status->findChildren<QLabel*>();
            return std::any_of(labels.begin(), labels.end(),
                               [&](const QLabel* label) { return label->text().contains(text); });
        };
        QVERIFY(says(QStringLiteral("lectern-45m")));
        QVERIFY(says(QStringLiteral("MiB")));
        m_driver->askPanel().readButton()->click();
        QVERIFY(m_driver->waitFor([&] { return says(QStringLiteral("eading")); }));
        QVERIFY(m_driver->waitForStage(AskStatus::Stage::Ready));
        BudgetBar& budget = *status->budget();
        QVERIFY(budget.isVisible());
        for (const char* part : {"Document", "conversation", "reply", "free"}) {
            QVERIFY2(budget.toolTip().contains(QString::fromLatin1(part)), part);
        }
        const QString before = budget.accessibleDescription();
        m_driver->askPanel().questionField()->setPlainText(QStringLiteral("Which of the lights is the oldest one?"));
        QVERIFY(m_driver->waitFor([&] { return budget.accessibleDescription() != before; }));
        m_driver->askPanel().clearQuestion();
    }

    void everythingOfTheKeyboardHasAName() {
        QStringList nameless;
        for (const QWidget* widget : m_driver->window().findChildren<QWidget*>()) {
            const bool internal = widget->objectName().startsWith(QLatin1String("qt_")) ||
                                  widget->metaObject()->className() == QByteArray("QComboBoxListView") ||
                                  qobject_cast<const QMenu*>(widget) != nullptr;
            // What is hidden by itself, not with its panel, waits for a text of its own.
            if (internal || widget->isHidden() || widget->parentWidget()->isHidden() ||
                !(widget->focusPolicy() & Qt::TabFocus) || widget->focusProxy() != nullptr) {
                continue;
            }
            QAccessibleInterface* accessible = QAccessible::queryAccessibleInterface(const_cast<QWidget*>(widget));
            if (accessible == nullptr || accessible->text(QAccessible::Name).trimmed().isEmpty()) {
                nameless << QString::fromLatin1(widget->metaObject()->className()) + QLatin1Char(' ') +
                                widget->objectName() + QStringLiteral(" in ") +
                                QString::fromLatin1(widget->parentWidget()->metaObject()->className());
            }
        }
        QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(QStringLiteral("; "))));
    }

    void panelsAreReachedAndLeftByKeyboard() {
        m_driver->documents().setCurrentWidget(m_driver->documents().tabOf(m_path));
        for (const auto& [key, name] :
             {std::pair{Qt::Key_1, "library"}, std::pair{Qt::Key_2, "contents"}, std::pair{Qt::Key_3, "search"},
              std::pair{Qt::Key_4, "ask"}, std::pair{Qt::Key_5, "attention"}, std::pair{Qt::Key_6, "thumbnails"},
              std::pair{Qt::Key_7, "notes"}}) {
            const QDockWidget* dock = m_driver->window().dock(QString::fromLatin1(name));
            auto* go = m_driver->window().findChild<QAction*>(QStringLiteral("panel.") + QString::fromLatin1(name));
            QCOMPARE(go->shortcut(), QKeySequence(Qt::CTRL | Qt::SHIFT | key));
            go->trigger();
            QVERIFY2(dock->isVisible(), name);
            const QWidget* focus = m_driver->window().focusWidget();
            QVERIFY2(focus != nullptr && dock->isAncestorOf(focus), name);
        }
        QCOMPARE(m_driver->window().actions().reader->shortcut(), QKeySequence(Qt::Key_F6));
        m_driver->window().actions().reader->trigger();
        QVERIFY(m_driver->tab()->isAncestorOf(m_driver->window().focusWidget()));
    }

    void layoutAndDocumentsComeBack() {
        m_driver->documents().setCurrentWidget(m_driver->documents().tabOf(m_path));
        m_driver->tab()->goTo({.page = 33});
        QDockWidget* attention = m_driver->window().dock(QStringLiteral("attention"));
        attention->hide();
        m_driver->window().addDockWidget(Qt::RightDockWidgetArea, m_driver->window().dock(QStringLiteral("notes")));
        m_driver->window().close();
        m_driver.reset();
        m_driver = std::make_unique<WindowDriver>(temporaryPath(QStringLiteral("library")));
        m_driver->window().reopen();
        QVERIFY(m_driver->waitFor([&] { return m_driver->tab() != nullptr && pdf() != nullptr; }));
        QCOMPARE(m_driver->tab()->session().path(), m_path);
        QTRY_COMPARE(pdf()->currentPage(), 33);
        QVERIFY(!m_driver->window().dock(QStringLiteral("attention"))->isVisible());
        QCOMPARE(m_driver->window().dockWidgetArea(m_driver->window().dock(QStringLiteral("notes"))),
                 Qt::RightDockWidgetArea);
    }

  private:
    void start() {
        m_driver = std::make_unique<WindowDriver>(temporaryPath(QStringLiteral("library")));
        m_driver->window().activateWindow();
        m_driver->window().open({m_path});
        QVERIFY(m_driver->waitFor([&] { return m_driver->tab() != nullptr && m_driver->tab()->view() != nullptr; }));
        QVERIFY(m_driver->waitFor([&] { return pdf()->isFullyDrawn(); }));
    }
    void raise(const char* name) {
        QDockWidget* dock = m_driver->window().dock(QString::fromLatin1(name));
        dock->show();
        dock->raise();
        QTRY_VERIFY(dock->widget()->isVisible());
    }
    PdfView* pdf() { return qobject_cast<PdfView*>(m_driver->tab()->view()); }

    std::unique_ptr<WindowDriver> m_driver;
    QString m_path;
};

LECTERN_UI_TEST(DeskTest);

}  // namespace lectern::ui

#include "desk_test.moc"

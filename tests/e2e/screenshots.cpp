// Pictures of the window in every state that matters, light and dark, in three sizes. They are looked at, not compared.
#include <QAction>
#include <QComboBox>
#include <QDockWidget>
#include <QFile>
#include <QLineEdit>
#include <QMenuBar>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QToolButton>
#include <QTreeWidget>

#include "tests/e2e/support/picture_book.h"
#include "tests/ui/support/screenshot.h"
#include "ui/ask/coverage_note.h"
#include "ui/ask/scope_bar.h"
#include "ui/ask/transcript_view.h"
#include "ui/ask/turn_card.h"
#include "ui/attention/map_canvas.h"
#include "ui/documents/navigator.h"
#include "ui/notes/notes_panel.h"
#include "ui/reader/find_bar.h"
#include "ui/reader/message_bar.h"
#include "ui/reader/pdf_canvas.h"
#include "ui/reader/pdf_view.h"
#include "ui/reader/search_hit_model.h"
#include "ui/shell/main_actions.h"

namespace lectern::ui {

class Screenshots : public PictureBook {
    Q_OBJECT

  private slots:
    void initTestCase() {
        if (!begin()) {
            QSKIP("LECTERN_SCREENSHOTS names no folder");
        }
    }
    void cleanupTestCase() { end(); }

    void startPage() { shootAll("start"); }

    void texts() {
        openText(QStringLiteral(LECTERN_SOURCE_DIR "/ui/reader/reader_layout.cpp"),
                 QStringLiteral("reader_layout.cpp"));
        raise("contents");
        shootAll("code");
        openText(sampleFile(QStringLiteral("corrin-handbook/05-six-lights.md")), QStringLiteral("six-lights.md"));
        shootEnds("markdown");
        QFile broken(temporaryPath(QStringLiteral("broken.pdf")));
        QVERIFY(broken.open(QIODevice::WriteOnly));
        broken.write("%PDF-1.7 and then nothing");
        broken.close();
        window().open({broken.fileName()});
        QVERIFY(driver().waitForStage(AskStatus::Stage::Problem));
        shootEnds("broken");
        driver().documents().close(driver().tab());
        window().actions().startPage->trigger();
        QTest::qWait(300);
        raise("library");
        shootAll("start-recent");
        raise("contents");
    }

    void reading() {
        openHandbook();
        window().actions().fitPage->trigger();
        window().navigator()->goTo(driver().tab(), {.page = 25});
        shootAll("unread");
        window().actions().facing->trigger();
        window().actions().darkPages->trigger();
        shootAll("facing-dark-pages");
        window().actions().darkPages->trigger();
        window().actions().continuous->trigger();
        window().actions().fitWidth->trigger();
        raise("thumbnails");
        QTest::qWait(1500);
        shootAll("thumbnails");
        raise("search");
        driver().tab()->find();
        QTest::keyClicks(driver().tab()->findBar()->field(), QStringLiteral("lighthouse"));
        QVERIFY(driver().waitFor([&] { return driver().tab()->hits()->rowCount() > 0; }));
        QTest::qWait(1500);
        shootAll("search");
        driver().tab()->findBar()->field()->setText(QStringLiteral("zzyzx"));
        QTest::qWait(1500);
        shootEnds("search-nothing");
        driver().tab()->findBar()->hide();
        driver().tab()->showMessage(QStringLiteral("corrin-islands-handbook.pdf has changed on disk."));
        raise("library");
        shootAll("library");
        driver().tab()->messages()->hide();
    }

    void notes() {
        raise("notes");
        auto* panel = window().findChild<NotesPanel*>();
        if (panel->tree()->topLevelItemCount() == 0) {
            shootEnds("notes-empty");
            window().resize(1360, 900);
            window().actions().fitPage->trigger();
            window().navigator()->goTo(driver().tab(), {.page = 25});
            settle();
            PdfCanvas* canvas = qobject_cast<PdfView*>(driver().tab()->view())->canvas();
            const auto at = [&](float x, float y) {
                return canvas->viewportRect(25, {x, y, x, y}).topLeft().toPoint();
            };
            QVERIFY(driver().waitFor([&] {
                QTest::mousePress(canvas->viewport(), Qt::LeftButton, {}, at(0.2F, 0.2F));
                QMouseEvent move(QEvent::MouseMove, at(0.7F, 0.26F), canvas->viewport()->mapToGlobal(at(0.7F, 0.26F)),
                                 Qt::NoButton, Qt::LeftButton, {});
                QCoreApplication::sendEvent(canvas->viewport(), &move);
                QTest::mouseRelease(canvas->viewport(), Qt::LeftButton, {}, at(0.7F, 0.26F));
                return !driver().tab()->view()->selectedText().isEmpty();
            }));
            window().actions().note->trigger();
            QTest::keyClicks(panel->noteField(), QStringLiteral("Compare with the map in the town hall."));
            window().actions().bookmark->trigger();
            QTest::qWait(300);
        }
        window().actions().fitWidth->trigger();
        shootAll("notes");
    }

    void asking() {
        if (driver().askPanel().status().stage != AskStatus::Stage::Ready) {
            driver().askPanel().readButton()->click();
            QVERIFY(driver().waitFor([&] {
                const AskStatus& status = driver().askPanel().status();
                return status.stage == AskStatus::Stage::Prefilling && status.progress > 0.02;
            }));
            QTest::qWait(2000);
            shootAll("prefill");
            driver().askPanel().pauseButton()->click();
            QVERIFY(driver().waitForStage(AskStatus::Stage::Unread));
            shootEnds("prefill-paused");
        }
        readHandbook();
        raise("contents");
        if (driver().ask()->turns().empty()) {
            shootAll("ready");
            for (const char* question :
                 {"When was the high school in Port Ansel opened?", "How high is the tower at Gull Point?"}) {
                driver().askByKeyboard(QString::fromLatin1(question));
                QVERIFY(driver().waitForAnswer());
            }
            lastCard()->verifyButton()->click();
            QVERIFY(driver().waitFor([&] { return !driver().ask()->isVerifying(); }));
            driver().askByKeyboard(QStringLiteral("When was the wool mill at Skeld founded?"));
            QVERIFY(driver().waitForAnswer());
            window().actions().regenerate->trigger();
            QVERIFY(driver().waitForAnswer());
        }
        QVERIFY(driver().clickChip(0));
        settle();
        QTest::qWait(1200);
        shootAll("citation");
        lastCard()->coverageButton()->click();
        QVERIFY(driver().waitFor([&] { return lastCard()->coverageNote()->isVisible(); }));
        driver().askPanel().transcript()->ensureWidgetVisible(lastCard()->coverageNote());
        shootAll("coverage");
        lastCard()->coverageButton()->click();
        QComboBox* kind = driver().askPanel().scopeBar()->kindBox();
        for (const auto& [scope, name] :
             {std::pair{ScopeKind::Section, "scope-section"}, std::pair{ScopeKind::Pages, "scope-pages"}}) {
            kind->setCurrentIndex(static_cast<int>(scope));
            emit kind->activated(static_cast<int>(scope));
            shootEnds(name);
        }
        kind->setCurrentIndex(0);
        emit kind->activated(0);
        driver().askPanel().questionField()->setPlainText(QStringLiteral("lamp oil ").repeated(2500));
        QTest::qWait(800);
        shootAll("refused");
        driver().askPanel().clearQuestion();
    }

    void attention() {
        AttentionPanel& panel = *window().attentionPanel();
        window().resizeDocks({window().dock(QStringLiteral("attention"))}, {420}, Qt::Vertical);
        panel.setLayer(MapLayer::Document);
        QTRY_VERIFY(!panel.isLoading());
        panel.canvas()->selectBlock(panel.snapshot().document->blockCount() / 2);
        shootAll("map-document");
        panel.setLayer(MapLayer::Answer);
        QTRY_VERIFY(!panel.isLoading());
        shootAll("map-answer");
        QAction* table = window().findChild<QAction*>(QStringLiteral("attention.table"));
        table->trigger();
        shootAll("map-table");
        panel.setLayer(MapLayer::Document);
        QTRY_VERIFY(!panel.isLoading());
        shootAll("map-table-merged");
        table->trigger();
        panel.setLayer(MapLayer::Answer);
        if (panel.compareBox()->count() > 1) {
            panel.compareBox()->setCurrentIndex(1);
            emit panel.compareBox()->activated(1);
            QTest::qWait(500);
            QTRY_VERIFY(!panel.isLoading());
            shootAll("map-compared");
        }
    }

    void menus() {
        for (const QAction* action : window().menuBar()->actions()) {
            QMenu* menu = action->menu();
            menu->popup(window().mapToGlobal(QPoint(40, 40)));
            QTest::qWait(60);
            shoot(*menu, QStringLiteral("menu-%1").arg(window().menuBar()->actions().indexOf(action)));
            menu->close();
        }
    }

  private:
    void openText(const QString& source, const QString& name) {
        const QString path = temporaryPath(name);
        QFile::copy(source, path);
        window().open({path});
        QVERIFY(driver().waitForStage(AskStatus::Stage::Unread));
    }
    TurnCard* lastCard() {
        TranscriptView* transcript = driver().askPanel().transcript();
        return transcript->card(transcript->cardCount() - 1);
    }
};

LECTERN_UI_TEST(Screenshots);

}  // namespace lectern::ui

#include "screenshots.moc"

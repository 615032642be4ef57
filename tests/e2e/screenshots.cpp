// Pictures of the window in every state that matters, light and dark, in two sizes. They are looked at, not compared.
#include <QAction>
#include <QDockWidget>
#include <QFile>
#include <QLineEdit>
#include <QListView>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTableView>

#include "tests/e2e/support/window_driver.h"
#include "tests/ui/support/screenshot.h"
#include "ui/attention/map_canvas.h"
#include "ui/documents/navigator.h"
#include "ui/reader/find_bar.h"
#include "ui/reader/message_bar.h"
#include "ui/reader/pdf_view.h"
#include "ui/reader/search_hit_model.h"
#include "ui/services/language.h"
#include "ui/settings/settings_dialog.h"
#include "ui/shell/main_actions.h"

namespace lectern::ui {

/// Writes into $LECTERN_SCREENSHOTS; without it there is nothing to do. Run it with QT_SCALE_FACTOR=1.5 for the larger
/// scale, with LECTERN_SCREENSHOT_LANGUAGE=de for another language. $LECTERN_SCREENSHOT_LIBRARY keeps the library, so
/// that the second run need not read the document again.
class Screenshots : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase() {
        if (qEnvironmentVariableIsEmpty("LECTERN_SCREENSHOTS")) {
            QSKIP("LECTERN_SCREENSHOTS names no folder");
        }
        installLanguage(*qApp, qEnvironmentVariable("LECTERN_SCREENSHOT_LANGUAGE", QStringLiteral("en")));
        const QString kept = qEnvironmentVariable("LECTERN_SCREENSHOT_LIBRARY");
        m_driver = std::make_unique<WindowDriver>(kept.isEmpty() ? temporaryPath(QStringLiteral("library")) : kept);
    }
    void cleanupTestCase() { m_driver.reset(); }

    void startPage() { shootAll("start"); }

    void reading() {
        const QString code = temporaryPath(QStringLiteral("reader_layout.cpp"));
        QFile::copy(QStringLiteral(LECTERN_SOURCE_DIR "/ui/reader/reader_layout.cpp"), code);
        window().open({code});
        QVERIFY(m_driver->waitForStage(AskStatus::Stage::Unread));
        shootAll("code");
        window().openSample();
        QVERIFY(m_driver->waitFor([&] {
            const auto stage = m_driver->askPanel().status().stage;
            return stage == AskStatus::Stage::Unread || stage == AskStatus::Stage::Ready;
        }));
        window().actions().fitPage->trigger();
        window().navigator()->goTo(m_driver->tab(), {.page = 25});
        settle();
        shootAll("unread");
        window().actions().facing->trigger();
        window().actions().darkPages->trigger();
        settle();
        shootAll("facing-dark-pages");
        window().actions().darkPages->trigger();
        window().actions().continuous->trigger();
        window().actions().fitWidth->trigger();
        raise("search");
        m_driver->tab()->find();
        QTest::keyClicks(m_driver->tab()->findBar()->field(), QStringLiteral("lighthouse"));
        QVERIFY(m_driver->waitFor([&] { return m_driver->tab()->hits()->rowCount() > 0; }));
        QTest::qWait(1500);
        settle();
        shootAll("search");
        m_driver->tab()->findBar()->hide();
        m_driver->tab()->showMessage(QStringLiteral("corrin-islands-handbook.pdf has changed on disk."));
        raise("library");
        shootAll("library");
        m_driver->tab()->messages()->hide();
        raise("notes");
        shootAll("notes");
    }

    void asking() {
        if (m_driver->askPanel().status().stage != AskStatus::Stage::Ready) {
            m_driver->askPanel().readButton()->click();
            QVERIFY(m_driver->waitFor([&] {
                const AskStatus& status = m_driver->askPanel().status();
                return status.stage == AskStatus::Stage::Prefilling && status.progress > 0.02;
            }));
            QTest::qWait(2000);
            shootAll("prefill");
        }
        QVERIFY(m_driver->waitForStage(AskStatus::Stage::Ready, 30 * 60 * 1000));
        raise("contents");
        if (m_driver->ask()->turns().empty()) {
            shootAll("ready");
            for (const char* question :
                 {"Who was the leader of the rent strike?", "Who made the first geological map of the islands?"}) {
                m_driver->askByKeyboard(QString::fromLatin1(question));
                QVERIFY(m_driver->waitForAnswer());
            }
            window().actions().regenerate->trigger();
            QVERIFY(m_driver->waitForAnswer());
        }
        QVERIFY(m_driver->clickChip(0));
        settle();
        QTest::qWait(1200);
        shootAll("citation");
        m_driver->askPanel().questionField()->setPlainText(QStringLiteral("lamp oil ").repeated(2500));
        QTest::qWait(800);
        shootAll("refused");
        m_driver->askPanel().clearQuestion();
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
        table->trigger();
    }

    void dialogs() {
        window().actions().settings->trigger();
        auto* settings = window().findChild<SettingsDialog*>();
        for (int page = 0; page < SettingsDialog::PageCount; ++page) {
            settings->showPage(static_cast<SettingsDialog::Page>(page));
            QTest::qWait(50);
            shoot(*settings, QStringLiteral("settings-%1").arg(page));
        }
        settings->close();
    }

  private:
    MainWindow& window() { return m_driver->window(); }
    void raise(const char* dock) {
        window().dock(QLatin1String(dock))->show();
        window().dock(QLatin1String(dock))->raise();
    }
    void settle() {
        m_driver->waitFor([&] {
            auto* view = qobject_cast<PdfView*>(m_driver->tab()->view());
            return view == nullptr || view->isFullyDrawn();
        });
    }
    void shootAll(const char* scene) {
        for (const QSize size : {QSize(1024, 700), QSize(1920, 1080)}) {
            window().resize(size);
            QTest::qWait(150);
            QCOMPARE(window().size(), size);
            if (m_driver->tab() != nullptr) {
                settle();
            }
            shoot(window(), QStringLiteral("%1-%2x%3").arg(QLatin1String(scene)).arg(size.width()).arg(size.height()));
        }
    }

    std::unique_ptr<WindowDriver> m_driver;
};

LECTERN_UI_TEST(Screenshots);

}  // namespace lectern::ui

#include "screenshots.moc"

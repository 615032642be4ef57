// From an empty start page to the cited lines of a short document, and back again after a restart.
#include <QFile>
#include <QListView>
#include <QPlainTextEdit>
#include <QPushButton>
#include <semaphore>

#include "tests/e2e/support/window_driver.h"
#include "ui/ask/citation_navigator.h"
#include "ui/ask/transcript_view.h"
#include "ui/ask/turn_card.h"
#include "ui/documents/navigator.h"
#include "ui/library/start_page.h"
#include "ui/shell/main_actions.h"

namespace lectern::ui {

class ChapterTest : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase() {
        m_path = temporaryPath(QStringLiteral("six-lights.md"));
        QVERIFY(QFile::copy(sampleFile(QStringLiteral("corrin-handbook/05-six-lights.md")), m_path));
    }

    void askFollowAndLink() {
        WindowDriver driver(data());
        QCOMPARE(driver.askPanel().status().stage, AskStatus::Stage::NoDocument);
        QVERIFY(!driver.askPanel().askButton()->isEnabled());
        QVERIFY(driver.window().findChild<StartPage*>() != nullptr);

        driver.window().open({m_path});
        QVERIFY(driver.waitForStage(AskStatus::Stage::Unread));
        QVERIFY(driver.tab()->view() != nullptr);
        QVERIFY(driver.askPanel().status().detail.contains(QStringLiteral("tokens")));

        // A question may be asked before the model has read the document; it reads first.
        driver.askByKeyboard(QStringLiteral("Which light is the oldest?"));
        QVERIFY(driver.waitForAnswer());
        QCOMPARE(driver.askPanel().status().stage, AskStatus::Stage::Ready);
        QVERIFY(driver.askPanel().status().detail.startsWith(QStringLiteral("Read")));
        const Turn& turn = driver.ask()->turns().back();
        QCOMPARE(turn.answers.size(), size_t{1});
        QVERIFY(!turn.answer()->text.isEmpty());
        QVERIFY(turn.answer()->id != 0);
        QVERIFY(driver.ask()->reading().budget().document > 1000);
        driver.reportStalls("ingest, prefill and answer of a chapter");

        QVERIFY2(driver.chipCount() > 0, "the answer cites nothing");
        const app::Citation& cited = turn.answer()->citations.front();
        QVERIFY(cited.lines.has_value());
        QVERIFY(driver.clickChip(0));
        QTRY_COMPARE(driver.tab()->view()->currentPlace().page, 0);
        QTRY_VERIFY(driver.window().navigator()->canGoBack());
        QTRY_VERIFY(driver.window().attentionPanel()->snapshot().answer != nullptr);
        QVERIFY(driver.window().attentionPanel()->snapshot().stepTexts.size() > 0);

        // Answered again: both answers are kept.
        driver.window().actions().regenerate->trigger();
        QVERIFY(driver.ask()->isAnswering());
        QVERIFY(driver.waitForAnswer());
        QCOMPARE(driver.ask()->turns().back().answers.size(), size_t{2});

        stopWhileItStreams(driver);
        m_turns = driver.ask()->turns();
    }

    void reopenedItIsRestored() {
        WindowDriver driver(data());
        auto* start = driver.window().findChild<StartPage*>();
        QTRY_COMPARE(start->recentList()->model()->rowCount(), 1);
        driver.window().open({m_path});
        QVERIFY(driver.waitForStage(AskStatus::Stage::Ready));
        QVERIFY2(driver.askPanel().status().detail.startsWith(QStringLiteral("Restored")),
                 qPrintable(driver.askPanel().status().detail));
        QTRY_COMPARE(driver.ask()->turns().size(), m_turns.size());
        QCOMPARE(driver.ask()->turns()[0].answers.size(), size_t{2});
        QCOMPARE(driver.ask()->turns()[0].answers[0].text, m_turns[0].answers[0].text);
        QCOMPARE(driver.ask()->turns()[0].answers[0].citations.size(), m_turns[0].answers[0].citations.size());
        QCOMPARE(driver.ask()->turns().back().answer()->finish, QStringLiteral("cancelled"));
        QCOMPARE(driver.ask()->turns().back().answer()->text, m_turns.back().answer()->text);
        // A stored answer's map comes back from the library.
        emit driver.askPanel().transcript()->mapRequested(0);
        QTRY_VERIFY(driver.window().attentionPanel()->snapshot().answer != nullptr);
        QVERIFY(!driver.window().attentionPanel()->snapshot().stepTexts.isEmpty());
    }

    void tooLongQuestionIsRefusedBeforeItRuns() {
        WindowDriver driver(data());
        driver.window().open({m_path});
        QVERIFY(driver.waitForStage(AskStatus::Stage::Ready));
        driver.askPanel().questionField()->setPlainText(QStringLiteral("lighthouse ").repeated(3000));
        QTRY_VERIFY(!driver.askPanel().askButton()->isEnabled());
        driver.askPanel().questionField()->setPlainText(QStringLiteral("Who?"));
        QTRY_VERIFY(driver.askPanel().askButton()->isEnabled());
    }

    void closingWhileItReadsIsSafe() {
        const QString other = temporaryPath(QStringLiteral("walks.md"));
        QVERIFY(QFile::copy(sampleFile(QStringLiteral("corrin-handbook/14-eight-walks.md")), other));
        {
            WindowDriver driver(data());
            driver.window().open({other});
            QVERIFY(driver.waitForStage(AskStatus::Stage::Unread));
            driver.askPanel().readButton()->click();
            QVERIFY(driver.waitFor([&] {
                return driver.askPanel().status().stage == AskStatus::Stage::Prefilling ||
                       driver.askPanel().status().stage == AskStatus::Stage::Ready;
            }));
        }
        WindowDriver driver(data());
        driver.window().open({other});
        QVERIFY(driver.waitFor([&] {
            return driver.askPanel().status().stage == AskStatus::Stage::Unread ||
                   driver.askPanel().status().stage == AskStatus::Stage::Ready;
        }));
    }

    void twoDocumentsShareTheEngine() {
        WindowDriver driver(data());
        driver.window().open({m_path});
        QVERIFY(driver.waitForStage(AskStatus::Stage::Ready));
        const QString other = temporaryPath(QStringLiteral("kitchen.md"));
        QVERIFY(QFile::copy(sampleFile(QStringLiteral("corrin-handbook/15-kitchen.md")), other));
        driver.window().open({other});
        QVERIFY(driver.waitForStage(AskStatus::Stage::Unread));
        driver.askPanel().readButton()->click();
        QVERIFY(driver.waitForStage(AskStatus::Stage::Ready));
        // Back at the first: its saved context is restored without being asked.
        driver.documents().setCurrentWidget(driver.documents().tabOf(m_path));
        QVERIFY(driver.waitForStage(AskStatus::Stage::Ready));
        QVERIFY(driver.askPanel().status().detail.startsWith(QStringLiteral("Restored")));
    }

  private:
    /// Presses Stop when the first words of an answer stand in the panel: the engine is held at that place until then,
    /// so that the answer cannot end first. What there was stays, in the window and in the library.
    static void stopWhileItStreams(WindowDriver& driver) {
        std::binary_semaphore pressed(0);
        bool held = false;  // on the engine's thread
        QObject scope;
        connect(
            &driver.services().engine, &app::AskEngine::textAdded, &scope,
            [&] {
                if (!std::exchange(held, true)) {
                    pressed.acquire();
                }
            },
            Qt::DirectConnection);
        driver.askByKeyboard(QStringLiteral("Why did they do it?"));
        const auto answer = [&] { return driver.ask()->turns().back().answer(); };
        // A few words may be all that a model says and come as a whole: then it is asked for another answer.
        for (int attempt = 0; attempt < 8; ++attempt) {
            QVERIFY(driver.waitFor([&] { return !answer()->text.isEmpty(); }));
            QCOMPARE(driver.askPanel().status().stage, AskStatus::Stage::Answering);
            const QString shown = answer()->text;
            driver.window().actions().stop->trigger();
            pressed.release();
            QVERIFY(driver.waitForAnswer());
            QVERIFY2(answer()->text.startsWith(shown.trimmed()), qPrintable(answer()->text));
            QVERIFY(answer()->id != 0);
            if (answer()->finish == QLatin1String("cancelled")) {
                return;
            }
            held = false;
            driver.window().actions().regenerate->trigger();
        }
        QFAIL("no answer was long enough to be stopped");
    }

    static QString data() { return temporaryPath(QStringLiteral("library")); }
    QString m_path;
    Turns m_turns;
};

LECTERN_UI_TEST(ChapterTest);

}  // namespace lectern::ui

#include "chapter_test.moc"

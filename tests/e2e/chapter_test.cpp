// From an empty start page to the cited lines of a short document, and back again after a restart.
#include <QFile>
#include <QListView>
#include <QPlainTextEdit>
#include <QPushButton>

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

        // Stopped: what there was stays.
        driver.askByKeyboard(QStringLiteral("What is there to see on the islands?"));
        QVERIFY(driver.waitFor([&] { return !driver.ask()->turns().back().answer()->text.isEmpty(); }));
        driver.window().actions().stop->trigger();
        QVERIFY(driver.waitForAnswer());
        const QString finish = driver.ask()->turns().back().answer()->finish;
        // A short answer can have ended by itself before the click arrives.
        const QStringList ends = {QStringLiteral("cancelled"), QStringLiteral("length"), QStringLiteral("end_of_text")};
        QVERIFY2(ends.contains(finish), qPrintable(finish));
        QVERIFY(!driver.ask()->turns().back().answer()->text.isEmpty());
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
    static QString data() { return temporaryPath(QStringLiteral("library")); }
    QString m_path;
    Turns m_turns;
};

LECTERN_UI_TEST(ChapterTest);

}  // namespace lectern::ui

#include "chapter_test.moc"

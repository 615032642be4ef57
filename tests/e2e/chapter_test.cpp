// From an empty start page to the cited lines of a short document, and back again after a restart.
#include <QComboBox>
#include <QDockWidget>
#include <QFile>
#include <QHelpEvent>
#include <QListView>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QToolTip>
#include <semaphore>

#include "tests/e2e/support/window_driver.h"
#include "tests/ui/support/screenshot.h"
#include "ui/ask/answer_view.h"
#include "ui/ask/citation_navigator.h"
#include "ui/ask/transcript_view.h"
#include "ui/ask/turn_card.h"
#include "ui/attention/map_canvas.h"
#include "ui/attention/region_table_model.h"
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

        chipsShowTheirPassage(driver, cited);
        tokensAreReadInTheMap(driver);

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
    /// Over a chip the passage and its place are shown, and the reader marks it while the pointer is there.
    static void chipsShowTheirPassage(WindowDriver& driver, const app::Citation& cited) {
        TranscriptView* transcript = driver.askPanel().transcript();
        AnswerView* answer = transcript->card(transcript->cardCount() - 1)->answerView();
        QTextCursor cursor(answer->document());
        cursor.setPosition(answer->chipPosition(0));
        const QRect before = answer->cursorRect(cursor);
        cursor.movePosition(QTextCursor::NextCharacter);
        const QPoint middle = (before.center() + answer->cursorRect(cursor).center()) / 2;
        // Away from it, where it was clicked: what it had marked goes.
        QSignalSpy hovered(answer, &AnswerView::chipHovered);
        QTest::mouseMove(answer->viewport(), middle);
        QTest::qWait(50);
        QTest::mouseMove(transcript->viewport(), transcript->viewport()->rect().bottomLeft() + QPoint(2, -2));
        QTRY_VERIFY(!hovered.isEmpty() && hovered.back()[0].toInt() == -1);
        hovered.clear();
        QTest::mouseMove(answer->viewport(), middle);
        QTRY_VERIFY(!hovered.isEmpty());
        const QPoint inWidget = answer->viewport()->mapTo(answer, middle);
        QHelpEvent help(QEvent::ToolTip, inWidget, answer->mapToGlobal(inWidget));
        QCoreApplication::sendEvent(answer, &help);
        const QString tip = QToolTip::text();
        QVERIFY2(tip.contains(placeText(cited).toHtmlEscaped()), qPrintable(tip));
        const QString passage = QString::fromStdString(cited.text).simplified().left(40).toHtmlEscaped();
        QVERIFY2(tip.contains(passage), qPrintable(tip));
        QToolTip::hideText();
    }

    /// Single tokens in the map: their texts are those of the document, in the map and in its table.
    void tokensAreReadInTheMap(WindowDriver& driver) {
        AttentionPanel& panel = *driver.window().attentionPanel();
        driver.window().dock(QStringLiteral("attention"))->raise();
        QTRY_VERIFY(!panel.isLoading());
        panel.setLayer(MapLayer::Answer);
        panel.grainBox()->setCurrentIndex(panel.grainBox()->findData(static_cast<int>(MapGrain::Token)));
        QTRY_VERIFY(!panel.isLoading());
        MapCanvas& canvas = *panel.canvas();
        QTRY_VERIFY(canvas.map() != nullptr && canvas.map()->options.grain == MapGrain::Token);
        canvas.setFocus();
        for (int i = 0; i < 60 && !showsTokens(*canvas.map(), canvas.view().axis); ++i) {
            QTest::keyClick(&canvas, Qt::Key_Plus);
        }
        for (int i = 0; i < 6; ++i) {
            QTest::keyClick(&canvas, Qt::Key_Plus);  // until the words can be read
        }
        const auto& words = canvas.view().words;
        QTRY_VERIFY(!words.isEmpty() && std::none_of(words.begin(), words.end(), [](auto& w) { return w.isNull(); }));
        const QString text = QString::fromStdString((*driver.tab()->session().textPages())[0].text);
        QString shown;
        for (int i = 0; i < words.size() && canvas.view().firstWord + i < panel.snapshot().documentTokens; ++i) {
            shown += words[i];
        }
        QVERIFY2(shown.size() > 10 && text.contains(shown), qPrintable(shown));
        shoot(driver.window(), QStringLiteral("chapter-tokens"));
        // The token under the cursor is gone to.
        QTest::keyClick(&canvas, Qt::Key_Right);
        const TokenRange token = canvas.view().cursorTokens;
        QCOMPARE(token.size(), int64_t{1});
        QTest::keyClick(&canvas, Qt::Key_Return);
        QTRY_VERIFY(driver.window().navigator()->canGoBack());
        // The same in the table: the strongest token of the document that is more than white space.
        const QAbstractItemModel& table = *panel.table()->model();
        QString word;
        QTRY_VERIFY([&] {
            for (int row = 0; row < std::min(table.rowCount(), 100) && word.isEmpty(); ++row) {
                const auto at = table.index(row, RegionTableModel::Tokens).data(RegionTableModel::kSortRole);
                word = at.toLongLong() < panel.snapshot().documentTokens
                           ? table.index(row, RegionTableModel::Text).data().toString()
                           : QString();
            }
            return !word.isEmpty();
        }());
        QVERIFY2(text.contains(word), qPrintable(word));
        panel.grainBox()->setCurrentIndex(panel.grainBox()->findData(static_cast<int>(MapGrain::Region)));
        QTRY_VERIFY(!panel.isLoading());
    }

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

// What is done with answers: scope, verification, what was not looked at, editing, export, search over the past.
#include <QComboBox>
#include <QFile>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QToolButton>
#include <QTreeWidget>

#include "tests/e2e/support/window_driver.h"
#include "tests/ui/support/screenshot.h"
#include "ui/ask/answer_search.h"
#include "ui/ask/context_inspector.h"
#include "ui/ask/coverage_note.h"
#include "ui/ask/scope_bar.h"
#include "ui/ask/together_dialog.h"
#include "ui/ask/transcript_view.h"
#include "ui/ask/turn_card.h"
#include "ui/documents/navigator.h"
#include "ui/reader/text_view.h"
#include "ui/shell/main_actions.h"

namespace lectern::ui {

class AskToolsTest : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase() {
        m_path = temporaryPath(QStringLiteral("six-lights.md"));
        QVERIFY(QFile::copy(sampleFile(QStringLiteral("corrin-handbook/05-six-lights.md")), m_path));
        m_driver = std::make_unique<WindowDriver>(temporaryPath(QStringLiteral("library")));
        m_driver->window().open({m_path});
        QVERIFY(m_driver->waitForStage(AskStatus::Stage::Unread));
        m_driver->askPanel().readButton()->click();
        QVERIFY(m_driver->waitForStage(AskStatus::Stage::Ready));
    }
    void cleanupTestCase() { m_driver.reset(); }

    void answersAreVerifiedByAblation() {
        m_driver->askByKeyboard(QStringLiteral("Who was the architect of the Gull Point lighthouse?"));
        QVERIFY(m_driver->waitForAnswer());
        const AnswerItem* answer = m_driver->ask()->turns().back().answer();
        QVERIFY(!answer->citations.empty());
        for (const app::Citation& citation : answer->citations) {
            QCOMPARE(citation.state, app::CitationState::Selected);
        }
        QVERIFY(card()->verifyButton()->isVisible());
        QVERIFY(card()->verifyButton()->isEnabled());
        card()->verifyButton()->click();
        QVERIFY(card()->stateText().contains(QStringLiteral("Verifying")));
        QTRY_VERIFY_WITH_TIMEOUT(!m_driver->ask()->isVerifying(), 60000);
        answer = m_driver->ask()->turns().back().answer();
        const SentenceCounts counts = countSentences(answer->citations);
        QCOMPARE(counts.selected, 0);
        QVERIFY(counts.verified + counts.unsupported > 0);
        QVERIFY2(card()->stateText().contains(QStringLiteral("verified")) ||
                     card()->stateText().contains(QStringLiteral("unsupported")),
                 qPrintable(card()->stateText()));
        QVERIFY(!card()->verifyButton()->isVisible());
        m_driver->reportStalls("verification");
        shoot(m_driver->window(), QStringLiteral("ask-verified"));
    }

    void theContextIsShownPageByPage() {
        m_driver->window().actions().inspectContext->trigger();
        auto* inspector = m_driver->window().findChild<ContextInspector*>();
        QVERIFY(inspector != nullptr && inspector->isVisible());
        QTreeWidget& tree = *inspector->tree();
        QCOMPARE(tree.topLevelItemCount(), 4);
        const app::TokenBudget& budget = m_driver->ask()->reading().budget();
        QCOMPARE(QLocale().toLongLong(tree.topLevelItem(0)->text(1)), qlonglong{budget.document});
        QCOMPARE(QLocale().toLongLong(tree.topLevelItem(3)->text(1)), qlonglong{budget.free()});
        shoot(*inspector, QStringLiteral("ask-context"));
        inspector->close();
    }

    void whatWasNotLookedAtIsSaid() {
        QVERIFY(card()->coverageButton()->isVisible());
        card()->coverageButton()->click();
        QTRY_VERIFY(card()->coverageNote()->isVisible());
        const AnswerItem* answer = m_driver->ask()->turns().back().answer();
        QVERIFY(answer->coverage->lookedShare > 0 && answer->coverage->lookedShare <= 1);
        QVERIFY(card()->coverageNote()->text().contains(QStringLiteral("%")));
    }

    void aSectionIsAskedAlone() {
        ScopeBar& scope = *m_driver->askPanel().scopeBar();
        QVERIFY(scope.isVisible());
        const int hask = scope.sectionBox()->findText(QStringLiteral("Hask Head"), Qt::MatchContains);
        QVERIFY(hask > 0);
        choose(scope.kindBox(), static_cast<int>(ScopeKind::Section));
        choose(scope.sectionBox(), hask);
        QVERIFY(scope.problem().isEmpty());
        m_driver->askByKeyboard(QStringLiteral("What is said about the light?"));
        QVERIFY(m_driver->waitForAnswer());
        const AnswerItem* answer = m_driver->ask()->turns().back().answer();
        QVERIFY(answer->scope.has_value());
        QCOMPARE(QString::fromStdString(answer->scope->name), QStringLiteral("Hask Head"));
        QVERIFY(card()->stateText().contains(QStringLiteral("Hask Head")));
        for (const app::Citation& citation : answer->citations) {
            QVERIFY(citation.bytes.end > answer->scope->beginByte - 200);
            QVERIFY(citation.bytes.begin < *answer->scope->endByte + 200);
        }
        // The rest of the chapter was never looked at, and each such place can be gone to.
        card()->coverageButton()->click();
        QTRY_VERIFY(card()->coverageNote()->isVisible());
        answer = m_driver->ask()->turns().back().answer();
        QVERIFY2(answer->coverage->lookedShare < 0.5, qPrintable(QString::number(answer->coverage->lookedShare)));
        QVERIFY(!answer->coverage->unseen.empty());
        const UnseenPlace& last = answer->coverage->unseen.back();
        QVERIFY(last.place.lines.has_value());
        auto* links = card()->coverageNote()->findChildren<QLabel*>().back();
        emit links->linkActivated(QString::number(answer->coverage->unseen.size() - 1));
        QTRY_COMPARE(textView()->editor()->textCursor().blockNumber() + 1, last.place.lines->first);
        shoot(m_driver->window(), QStringLiteral("ask-scope"));
    }

    void aSelectionIsAskedAlone() {
        ScopeBar& scope = *m_driver->askPanel().scopeBar();
        choose(scope.kindBox(), static_cast<int>(ScopeKind::Selection));
        textView()->editor()->moveCursor(QTextCursor::Start);
        QVERIFY2(!scope.problem().isEmpty(), "nothing is selected yet");
        m_driver->askPanel().questionField()->setPlainText(QStringLiteral("Who?"));
        QVERIFY(!m_driver->askPanel().askButton()->isEnabled());
        QVERIFY(textView()->editor()->find(QStringLiteral("On the night of 3 November 1844")));
        QTextCursor cursor = textView()->editor()->textCursor();
        cursor.movePosition(QTextCursor::EndOfBlock, QTextCursor::KeepAnchor);
        textView()->editor()->setTextCursor(cursor);
        QVERIFY(scope.problem().isEmpty());
        QVERIFY(m_driver->askPanel().askButton()->isEnabled());
        m_driver->askPanel().clearQuestion();
        m_driver->askByKeyboard(QStringLiteral("How many people were drowned?"));
        QVERIFY(m_driver->waitForAnswer());
        const AnswerItem* answer = m_driver->ask()->turns().back().answer();
        QVERIFY(answer->scope.has_value());
        const std::string text = (*m_driver->tab()->session().textPages())[0].text;
        const auto length = static_cast<size_t>(*answer->scope->endByte - answer->scope->beginByte);
        QCOMPARE(text.substr(static_cast<size_t>(answer->scope->beginByte), 12), std::string("On the night"));
        QVERIFY(length > 200);
    }

    void pagesAreCheckedBeforeAsking() {
        ScopeBar& scope = *m_driver->askPanel().scopeBar();
        choose(scope.kindBox(), static_cast<int>(ScopeKind::Pages));
        QTest::keyClicks(scope.pagesField(), QStringLiteral("7-9"));
        QVERIFY(scope.problem().contains(QStringLiteral("no page")));
        m_driver->askPanel().questionField()->setPlainText(QStringLiteral("Who?"));
        QVERIFY(!m_driver->askPanel().askButton()->isEnabled());
        choose(scope.kindBox(), static_cast<int>(ScopeKind::Document));
        QVERIFY(m_driver->askPanel().askButton()->isEnabled());
        m_driver->askPanel().clearQuestion();
    }

    void aQuestionIsEditedAndAskedAgain() {
        const size_t turns = m_driver->ask()->turns().size();
        TurnCard* first = m_driver->askPanel().transcript()->card(0);
        first->editButton()->click();
        QPlainTextEdit* field = m_driver->askPanel().questionField();
        QCOMPARE(field->toPlainText(), m_driver->ask()->turns()[0].question);
        QTest::keyClicks(field, QStringLiteral("Who built the tower at Gull Point?"));
        QTest::keyClick(field, Qt::Key_Return);
        QVERIFY(m_driver->waitForAnswer());
        QCOMPARE(m_driver->ask()->turns().size(), turns + 1);
        QCOMPARE(m_driver->ask()->turns().back().question, QStringLiteral("Who built the tower at Gull Point?"));
        QVERIFY(!m_driver->ask()->turns()[0].answer()->text.isEmpty());
    }

    void conversationsAreExported() {
        for (const QString& name : {QStringLiteral("talk.md"), QStringLiteral("talk.html")}) {
            const QString path = temporaryPath(name);
            m_driver->window().actions().exportConversation->trigger();
            auto* dialog = m_driver->window().findChild<QFileDialog*>();
            QVERIFY(dialog != nullptr);
            dialog->selectFile(path);
            QMetaObject::invokeMethod(dialog, "accept");
            QTRY_VERIFY(QFile::exists(path));
            QFile file(path);
            QVERIFY(file.open(QIODevice::ReadOnly));
            const QString text = QString::fromUtf8(file.readAll());
            QVERIFY(text.contains(QStringLiteral("architect of the Gull Point")));
            QVERIFY(text.contains(QStringLiteral("line")));
            QVERIFY(text.contains(QStringLiteral("verified")) || text.contains(QStringLiteral("unsupported")));
            QCOMPARE(text.contains(QStringLiteral("<html")), name.endsWith(QStringLiteral("html")));
            QTRY_VERIFY(m_driver->window().findChild<QFileDialog*>() == nullptr);
        }
    }

    void severalDocumentsAreAskedTogether() {
        const QString other = temporaryPath(QStringLiteral("kitchen.md"));
        QVERIFY(QFile::copy(sampleFile(QStringLiteral("corrin-handbook/15-kitchen.md")), other));
        m_driver->window().open({other});
        QVERIFY(m_driver->waitForStage(AskStatus::Stage::Unread));
        const app::DocumentId kitchen = m_driver->tab()->session().documentId();
        m_driver->documents().setCurrentWidget(m_driver->documents().tabOf(m_path));
        const int64_t alone = static_cast<int64_t>(m_driver->ask()->reading().context()->tokens().size());
        m_driver->window().actions().askTogether->trigger();
        auto* dialog = m_driver->window().findChild<TogetherDialog*>();
        QVERIFY(dialog != nullptr);
        QTRY_COMPARE(dialog->list()->count(), 1);
        dialog->list()->setCurrentRow(0);
        QTest::keyClick(dialog->list(), Qt::Key_Space);
        QCOMPARE(dialog->chosen(), std::vector<app::DocumentId>{kitchen});
        dialog->accept();
        QVERIFY(m_driver->ask()->turns().empty());
        QTRY_VERIFY(m_driver->ask()->reading().context() != nullptr);
        QCOMPARE(m_driver->ask()->reading().context()->documents().size(), size_t{2});
        QVERIFY(static_cast<int64_t>(m_driver->ask()->reading().context()->tokens().size()) > alone + 500);
        m_driver->askByKeyboard(QStringLiteral("What is eaten on the islands?"));
        QVERIFY(m_driver->waitForAnswer());
        QVERIFY(!m_driver->ask()->turns().back().answer()->text.isEmpty());
        // The conversation remembers both; going back to the first one leaves the kitchen out again.
        const auto& records = m_driver->ask()->conversations()->records();
        QTRY_COMPARE(records.front().documents.size(), size_t{2});
        emit m_driver->askPanel().conversationChosen(static_cast<int>(records.size()) - 1);
        QTRY_VERIFY(m_driver->ask()->reading().together().empty());
        QTRY_VERIFY(m_driver->ask()->turns().size() > 1);
    }

    void statesAndScopesOutliveTheProgram() {
        const Turns before = m_driver->ask()->turns();
        m_driver.reset();
        m_driver = std::make_unique<WindowDriver>(temporaryPath(QStringLiteral("library")));
        // Found by its words, without the document being open.
        m_driver->window().actions().searchAnswers->trigger();
        auto* search = m_driver->window().findChild<AnswerSearch*>();
        QVERIFY(search != nullptr);
        QTest::keyClicks(search->field(), QStringLiteral("architect gull"));
        QTRY_VERIFY(search->list()->count() > 0);
        shoot(*search, QStringLiteral("ask-search"));
        QTest::keyClick(search->field(), Qt::Key_Return);
        QTRY_VERIFY(m_driver->ask() != nullptr && m_driver->ask()->turns().size() == before.size());
        const Turns& after = m_driver->ask()->turns();
        for (size_t i = 0; i < before.size(); ++i) {
            QCOMPARE(after[i].answer()->scope, before[i].answer()->scope);
            const SentenceCounts was = countSentences(before[i].answer()->citations);
            const SentenceCounts is = countSentences(after[i].answer()->citations);
            QCOMPARE(is.verified, was.verified);
            QCOMPARE(is.unsupported, was.unsupported);
        }
        // Coverage of a stored answer comes from its stored trace.
        QTRY_VERIFY(m_driver->ask()->reading().context() != nullptr);
        m_driver->askPanel().transcript()->card(0)->coverageButton()->click();
        QTRY_VERIFY(m_driver->askPanel().transcript()->card(0)->coverageNote()->isVisible());
    }

  private:
    TurnCard* card() {
        TranscriptView* transcript = m_driver->askPanel().transcript();
        return transcript->card(transcript->cardCount() - 1);
    }
    TextView* textView() { return qobject_cast<TextView*>(m_driver->tab()->view()); }
    /// As a person does who picks an entry with the keyboard.
    static void choose(QComboBox* box, int index) {
        box->setCurrentIndex(index);
        emit box->activated(index);
    }

    std::unique_ptr<WindowDriver> m_driver;
    QString m_path;
};

LECTERN_UI_TEST(AskToolsTest);

}  // namespace lectern::ui

#include "ask_tools_test.moc"

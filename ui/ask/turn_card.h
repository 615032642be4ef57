#pragma once
// One question with its answer in the transcript.

#include <QFrame>

#include "ui/ask/conversation.h"

class QLabel;
class QToolButton;

namespace lectern::ui {

class AnswerView;
class CoverageNote;

class TurnCard : public QFrame {
    Q_OBJECT

  public:
    explicit TurnCard(QWidget* parent = nullptr);

    void setTurn(const Turn& turn);
    void addText(const QString& text) const;
    AnswerView* answerView() const { return m_answer; }
    CoverageNote* coverageNote() const { return m_coverage; }
    QToolButton* verifyButton() const { return m_verify; }
    QToolButton* coverageButton() const { return m_unseen; }
    QToolButton* editButton() const { return m_edit; }
    QString stateText() const;
    /// Whether anything can be asked now: Regenerate and Verify follow.
    void setCanAsk(bool can);

  signals:
    void chipActivated(int citation);
    void chipHovered(int citation);
    void regenerateRequested();
    void answerChosen(int answer);
    void mapRequested();
    void verifyRequested();
    void coverageRequested();
    /// One of the places that were not looked at.
    void unseenActivated(int index);
    /// The question goes back into the field, to be asked in other words.
    void editRequested();

  private:
    void updateFooter(const Turn& turn);
    void updateButtons();

    QLabel* m_question;
    AnswerView* m_answer;
    QLabel* m_state;
    QLabel* m_position;
    QToolButton* m_previous;
    QToolButton* m_next;
    QToolButton* m_copy;
    QToolButton* m_regenerate;
    QToolButton* m_map;
    QToolButton* m_verify;
    QToolButton* m_unseen;
    QToolButton* m_edit;
    CoverageNote* m_coverage;
    bool m_canVerify = false;
    int m_current = 0;
    bool m_finished = false;
    bool m_canAsk = false;
};

}  // namespace lectern::ui

#pragma once
// One question with its answer in the transcript.

#include <QFrame>

#include "ui/ask/conversation.h"

class QLabel;
class QToolButton;

namespace lectern::ui {

class AnswerView;

class TurnCard : public QFrame {
    Q_OBJECT

  public:
    explicit TurnCard(QWidget* parent = nullptr);

    void setTurn(const Turn& turn);
    void addText(const QString& text) const;
    AnswerView* answerView() const { return m_answer; }
    /// Whether anything can be asked now: Regenerate follows.
    void setCanAsk(bool can);

  signals:
    void chipActivated(int citation);
    void chipHovered(int citation);
    void regenerateRequested();
    void answerChosen(int answer);
    void mapRequested();

  private:
    void updateFooter(const Turn& turn);

    QLabel* m_question;
    AnswerView* m_answer;
    QLabel* m_state;
    QLabel* m_position;
    QToolButton* m_previous;
    QToolButton* m_next;
    QToolButton* m_copy;
    QToolButton* m_regenerate;
    QToolButton* m_map;
    int m_current = 0;
    bool m_finished = false;
    bool m_canAsk = false;
};

}  // namespace lectern::ui

#pragma once
// The conversation: cards one below the other, the newest in sight.

#include <QScrollArea>

#include "ui/ask/conversation.h"

class QVBoxLayout;

namespace lectern::ui {

class TurnCard;

class TranscriptView : public QScrollArea {
    Q_OBJECT

  public:
    explicit TranscriptView(QWidget* parent = nullptr);

    void showTurns(const Turns& turns);
    void updateTurn(size_t index, const Turn& turn);
    void addText(size_t index, const QString& text);
    void setCanAsk(bool can);
    TurnCard* card(size_t index) const;
    size_t cardCount() const { return m_cards.size(); }
    void scrollToTurn(size_t index);

  signals:
    void chipActivated(int turn, int citation);
    void chipHovered(int turn, int citation);
    void regenerateRequested(int turn);
    void answerChosen(int turn, int answer);
    void mapRequested(int turn);
    void verifyRequested(int turn);
    void coverageRequested(int turn);
    void unseenActivated(int turn, int index);
    void editRequested(int turn);

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    TurnCard* addCard();

    QWidget* m_content;
    QVBoxLayout* m_layout;
    std::vector<TurnCard*> m_cards;
    bool m_canAsk = false;
    bool m_stickToEnd = true;
};

}  // namespace lectern::ui

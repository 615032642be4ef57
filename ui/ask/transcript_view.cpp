#include "ui/ask/transcript_view.h"

#include <QScrollBar>
#include <QVBoxLayout>

#include "ui/ask/turn_card.h"
#include "ui/theme/theme.h"

namespace lectern::ui {

TranscriptView::TranscriptView(QWidget* parent)
    : QScrollArea(parent), m_content(new QWidget), m_layout(new QVBoxLayout(m_content)) {
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setAccessibleName(tr("Conversation"));
    setBackgroundRole(QPalette::Base);
    m_content->setBackgroundRole(QPalette::Base);
    m_content->setAutoFillBackground(true);
    m_layout->setContentsMargins(0, kSpacing, 0, kSpacing);
    m_layout->setSpacing(2 * kSpacing);
    m_layout->addStretch(1);
    setWidget(m_content);
    // New text keeps the end in sight only for a reader who is there.
    connect(verticalScrollBar(), &QScrollBar::valueChanged, this,
            [this](int value) { m_stickToEnd = value >= verticalScrollBar()->maximum() - 8; });
    connect(verticalScrollBar(), &QScrollBar::rangeChanged, this, [this](int, int maximum) {
        if (m_stickToEnd) {
            verticalScrollBar()->setValue(maximum);
        }
    });
}

void TranscriptView::resizeEvent(QResizeEvent* event) {
    QScrollArea::resizeEvent(event);
    m_content->setMaximumWidth(viewport()->width());
}

TurnCard* TranscriptView::addCard() {
    auto* card = new TurnCard;
    const int index = static_cast<int>(m_cards.size());
    m_cards.push_back(card);
    m_layout->insertWidget(m_layout->count() - 1, card);
    card->setCanAsk(m_canAsk);
    connect(card, &TurnCard::chipActivated, this, [this, index](int citation) { emit chipActivated(index, citation); });
    connect(card, &TurnCard::chipHovered, this, [this, index](int citation) { emit chipHovered(index, citation); });
    connect(card, &TurnCard::regenerateRequested, this, [this, index] { emit regenerateRequested(index); });
    connect(card, &TurnCard::answerChosen, this, [this, index](int answer) { emit answerChosen(index, answer); });
    connect(card, &TurnCard::mapRequested, this, [this, index] { emit mapRequested(index); });
    connect(card, &TurnCard::verifyRequested, this, [this, index] { emit verifyRequested(index); });
    connect(card, &TurnCard::coverageRequested, this, [this, index] { emit coverageRequested(index); });
    connect(card, &TurnCard::unseenActivated, this, [this, index](int place) { emit unseenActivated(index, place); });
    connect(card, &TurnCard::editRequested, this, [this, index] { emit editRequested(index); });
    return card;
}

void TranscriptView::showTurns(const Turns& turns) {
    for (TurnCard* card : m_cards) {
        card->hide();
        card->deleteLater();
    }
    m_cards.clear();
    m_stickToEnd = true;
    for (const Turn& turn : turns) {
        addCard()->setTurn(turn);
    }
}

void TranscriptView::updateTurn(size_t index, const Turn& turn) {
    while (m_cards.size() <= index) {
        m_stickToEnd = true;
        addCard();
    }
    m_cards[index]->setTurn(turn);
}

void TranscriptView::addText(size_t index, const QString& text) {
    if (index < m_cards.size()) {
        m_cards[index]->addText(text);
    }
}

void TranscriptView::setCanAsk(bool can) {
    m_canAsk = can;
    for (TurnCard* card : m_cards) {
        card->setCanAsk(can);
    }
}

TurnCard* TranscriptView::card(size_t index) const {
    return index < m_cards.size() ? m_cards[index] : nullptr;
}

void TranscriptView::scrollToTurn(size_t index) {
    if (index < m_cards.size()) {
        ensureWidgetVisible(m_cards[index], 0, 2 * kSpacing);
    }
}

}  // namespace lectern::ui

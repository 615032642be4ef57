#include "ui/ask/turn_card.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/ask/answer_view.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"

namespace lectern::ui {

TurnCard::TurnCard(QWidget* parent) : QFrame(parent) {
    const auto button = [](const QString& iconName, const QString& tip) {
        auto* result = new QToolButton;
        result->setAutoRaise(true);
        result->setIcon(icon(iconName));
        result->setIconSize({16, 16});
        result->setToolTip(tip);
        result->setAccessibleName(tip);
        return result;
    };
    m_question = new QLabel;
    m_question->setWordWrap(true);
    m_question->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_question->setTextFormat(Qt::PlainText);
    QFont bold = m_question->font();
    bold.setWeight(QFont::DemiBold);
    m_question->setFont(bold);
    m_answer = new AnswerView;
    m_state = new QLabel;
    m_state->setForegroundRole(QPalette::PlaceholderText);
    m_state->setWordWrap(true);
    QFont small = m_state->font();
    small.setPointSizeF(small.pointSizeF() * 0.88);
    m_state->setFont(small);
    m_position = new QLabel;
    m_position->setFont(small);
    m_previous = button(QStringLiteral("chevron-left"), tr("Previous answer"));
    m_next = button(QStringLiteral("chevron-right"), tr("Next answer"));
    m_copy = button(QStringLiteral("copy"), tr("Copy answer"));
    m_regenerate = button(QStringLiteral("regenerate"), tr("Answer again; both answers are kept"));
    m_map = button(QStringLiteral("attention"), tr("Show in the attention map"));

    auto* footer = new QHBoxLayout;
    footer->setSpacing(2);
    footer->addWidget(m_state, 1);
    for (QWidget* widget :
         std::initializer_list<QWidget*>{m_previous, m_position, m_next, m_copy, m_regenerate, m_map}) {
        footer->addWidget(widget);
    }
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(2 * kSpacing, kSpacing, 2 * kSpacing, kSpacing);
    layout->setSpacing(kSpacing);
    layout->addWidget(m_question);
    layout->addWidget(m_answer);
    layout->addLayout(footer);

    connect(m_answer, &AnswerView::chipActivated, this, &TurnCard::chipActivated);
    connect(m_answer, &AnswerView::chipHovered, this, &TurnCard::chipHovered);
    connect(m_previous, &QToolButton::clicked, this, [this] { emit answerChosen(m_current - 1); });
    connect(m_next, &QToolButton::clicked, this, [this] { emit answerChosen(m_current + 1); });
    connect(m_copy, &QToolButton::clicked, this, [this] {
        QApplication::clipboard()->setText(m_answer->toPlainText().remove(QChar::ObjectReplacementCharacter));
    });
    connect(m_regenerate, &QToolButton::clicked, this, &TurnCard::regenerateRequested);
    connect(m_map, &QToolButton::clicked, this, &TurnCard::mapRequested);
}

void TurnCard::setTurn(const Turn& turn) {
    m_question->setText(turn.question);
    const AnswerItem* answer = turn.answer();
    m_answer->setVisible(answer != nullptr && !answer->text.isEmpty());
    if (answer != nullptr) {
        m_answer->showAnswer(*answer);
    }
    updateFooter(turn);
}

void TurnCard::addText(const QString& text) const {
    m_answer->show();
    m_answer->addText(text);
}

void TurnCard::updateFooter(const Turn& turn) {
    const AnswerItem* answer = turn.answer();
    m_current = turn.current;
    m_finished = answer != nullptr && !answer->finish.isEmpty();
    QString state;
    if (answer == nullptr) {
        state = tr("Waiting\xe2\x80\xa6");
    } else if (answer->finish == QLatin1String("cancelled")) {
        state = tr("Stopped; this is what there was. %1").arg(answer->note);
    } else if (answer->finish == QLatin1String("length")) {
        state = tr("Cut off at the longest answer. %1").arg(answer->note);
    } else if (answer->finish.isEmpty()) {
        state = answer->note.isEmpty() ? tr("Writing\xe2\x80\xa6") : answer->note;
    } else if (answer->finish != QLatin1String("error") && answer->citations.empty() && !answer->text.isEmpty()) {
        state = tr("No part of the document stood out for this answer. %1").arg(answer->note);
    } else {
        state = answer->note;
    }
    m_state->setText(state.trimmed());
    const int count = static_cast<int>(turn.answers.size());
    for (QWidget* widget : std::initializer_list<QWidget*>{m_previous, m_position, m_next}) {
        widget->setVisible(count > 1);
    }
    m_position->setText(tr("%1 of %2").arg(turn.current + 1).arg(count));
    m_previous->setEnabled(turn.current > 0);
    m_next->setEnabled(turn.current + 1 < count);
    m_copy->setVisible(m_finished && !answer->text.isEmpty());
    m_map->setVisible(m_finished && answer->id != 0);
    m_regenerate->setVisible(m_finished);
    m_regenerate->setEnabled(m_canAsk);
}

void TurnCard::setCanAsk(bool can) {
    m_canAsk = can;
    m_regenerate->setEnabled(can);
}

}  // namespace lectern::ui

#include "ui/ask/turn_card.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/ask/answer_view.h"
#include "ui/ask/coverage_note.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"
#include "ui/theme/widgets.h"

namespace lectern::ui {
namespace {

QString verdictText(const SentenceCounts& counts) {
    QStringList parts;
    if (counts.verified > 0) {
        parts.push_back(TurnCard::tr("%1 verified \xe2\x9c\x93").arg(counts.verified));
    }
    if (counts.unsupported > 0) {
        parts.push_back(TurnCard::tr("%1 unsupported (?)").arg(counts.unsupported));
    }
    if (counts.selected > 0) {
        parts.push_back(TurnCard::tr("%1 only selected").arg(counts.selected));
    }
    return TurnCard::tr("Sentences: %1").arg(parts.join(QStringLiteral(", ")));
}

/// The state of an answer in words.
QString describe(const AnswerItem& answer) {
    QStringList lines;
    if (answer.scope) {
        lines.push_back(TurnCard::tr("Asked of %1 only.").arg(QString::fromStdString(answer.scope->name)));
    }
    if (answer.finish == QLatin1String("cancelled")) {
        lines.push_back(TurnCard::tr("Stopped; this is what there was. %1").arg(answer.note));
    } else if (answer.finish == QLatin1String("length")) {
        lines.push_back(TurnCard::tr("Cut off at the longest answer. %1").arg(answer.note));
    } else if (answer.finish.isEmpty()) {
        lines.push_back(answer.note.isEmpty() ? TurnCard::tr("Writing\xe2\x80\xa6") : answer.note);
    } else if (answer.finish != QLatin1String("error") && answer.citations.empty() && !answer.text.isEmpty()) {
        lines.push_back(TurnCard::tr("No part of the document stood out for this answer. %1").arg(answer.note));
    } else {
        lines.push_back(answer.note);
    }
    const SentenceCounts counts = countSentences(answer.citations);
    if (answer.verifying) {
        lines.push_back(TurnCard::tr("Verifying: each sentence is scored with and without its passages\xe2\x80\xa6"));
    } else if (counts.verified + counts.unsupported > 0) {
        lines.push_back(verdictText(counts));
    }
    return lines.join(QLatin1Char('\n')).trimmed();
}

}  // namespace

TurnCard::TurnCard(QWidget* parent) : QFrame(parent) {
    const auto button = [](const QString& iconName, const QString& tip) {
        auto* result = toolButton(iconName, tip);
        result->setIconSize({16, 16});
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
    m_verify = button(QStringLiteral("verified"),
                      tr("Verify: score each sentence with and without the passages it was read from"));
    m_unseen = button(QStringLiteral("eye-off"), tr("What this answer never looked at"));
    m_edit = button(QStringLiteral("edit"), tr("Edit the question and ask again"));
    m_coverage = new CoverageNote;

    auto* heading = new QHBoxLayout;
    heading->setSpacing(2);
    heading->addWidget(m_question, 1);
    heading->addWidget(m_edit, 0, Qt::AlignTop);
    auto* footer = new QHBoxLayout;
    footer->setSpacing(2);
    footer->addStretch(1);
    for (QWidget* widget : std::initializer_list<QWidget*>{m_previous, m_position, m_next, m_verify, m_unseen, m_copy,
                                                           m_regenerate, m_map}) {
        footer->addWidget(widget);
    }
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(2 * kSpacing, kSpacing, 2 * kSpacing, kSpacing);
    layout->setSpacing(kSpacing);
    layout->addLayout(heading);
    layout->addWidget(m_answer);
    layout->addWidget(m_coverage);
    layout->addWidget(m_state);
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
    connect(m_verify, &QToolButton::clicked, this, &TurnCard::verifyRequested);
    connect(m_unseen, &QToolButton::clicked, this, &TurnCard::coverageRequested);
    connect(m_edit, &QToolButton::clicked, this, &TurnCard::editRequested);
    connect(m_coverage, &CoverageNote::placeActivated, this, &TurnCard::unseenActivated);
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
    // A question that was stored, and what was to answer it ended first.
    const bool unanswered = answer == nullptr;
    m_state->setText(unanswered ? tr("Not answered yet.") : describe(*answer));
    m_state->setVisible(!m_state->text().isEmpty());
    const bool covered = m_finished && answer->coverage != nullptr;
    m_coverage->setVisible(covered);
    if (covered) {
        m_coverage->showCoverage(*answer->coverage, answer->abstains);
    }
    const int count = static_cast<int>(turn.answers.size());
    for (QWidget* widget : std::initializer_list<QWidget*>{m_previous, m_position, m_next}) {
        widget->setVisible(count > 1);
    }
    m_position->setText(tr("%1 of %2").arg(turn.current + 1).arg(count));
    m_previous->setEnabled(turn.current > 0);
    m_next->setEnabled(turn.current + 1 < count);
    m_copy->setVisible(m_finished && !answer->text.isEmpty());
    m_map->setVisible(m_finished && answer->id != 0);
    m_regenerate->setVisible(m_finished || unanswered);
    m_edit->setVisible(m_finished || unanswered);
    m_unseen->setVisible(m_finished && !answer->text.isEmpty() && !covered);
    const SentenceCounts counts = m_finished ? countSentences(answer->citations) : SentenceCounts();
    m_canVerify = m_finished && !answer->verifying;
    m_verify->setVisible(counts.selected > 0);
    updateButtons();
}

QString TurnCard::stateText() const {
    return m_state->text();
}

void TurnCard::setCanAsk(bool can) {
    m_canAsk = can;
    updateButtons();
}

void TurnCard::updateButtons() {
    m_regenerate->setEnabled(m_canAsk);
    m_verify->setEnabled(m_canAsk && m_canVerify);
}

}  // namespace lectern::ui

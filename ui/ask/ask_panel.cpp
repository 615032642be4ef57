#include "ui/ask/ask_panel.h"

#include <QAction>
#include <QComboBox>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QStackedWidget>
#include <QTextBlock>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/ask/scope_bar.h"
#include "ui/ask/transcript_view.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"
#include "ui/theme/tone_label.h"
#include "ui/theme/widgets.h"

namespace lectern::ui {
namespace {
constexpr int kMaxQuestionLines = 6;
constexpr int kProgressSteps = 1000;
}  // namespace

AskPanel::AskPanel(QWidget* parent) : QWidget(parent) {
    m_transcript = new TranscriptView;
    m_empty = emptyLabel(4 * kSpacing);
    m_empty->setBackgroundRole(QPalette::Base);
    m_empty->setAutoFillBackground(true);
    m_stack = new QStackedWidget;
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_transcript);

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(buildHeader());
    layout->addWidget(m_stack, 1);
    layout->addWidget(buildStatusCard());
    layout->addWidget(buildQuestion());
    setMinimumWidth(280);
    setStatus({});
}

QWidget* AskPanel::buildHeader() {
    auto* header = new QWidget;
    m_conversations = new QComboBox;
    m_conversations->setAccessibleName(tr("Conversation"));
    m_conversations->setToolTip(tr("Conversations about this document"));
    m_conversations->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_conversations->setMinimumContentsLength(10);
    connect(m_conversations, &QComboBox::activated, this,
            [this](int index) { index == 0 ? emit newConversationRequested() : emit conversationChosen(index - 1); });
    m_keepAction = new QAction(icon(QStringLiteral("link")), tr("Follow-up"), this);
    m_keepAction->setObjectName(QStringLiteral("ask.follow_up"));
    m_keepAction->setCheckable(true);
    m_keepAction->setToolTip(tr("Follow-up: keep earlier questions and answers in the context"));
    connect(m_keepAction, &QAction::toggled, this, &AskPanel::keepChanged);
    auto* keep = new QToolButton;
    keep->setAutoRaise(true);
    keep->setDefaultAction(m_keepAction);
    keep->setToolButtonStyle(Qt::ToolButtonIconOnly);
    keep->setAccessibleName(m_keepAction->toolTip());
    m_new = toolButton(QStringLiteral("add"), tr("New conversation"));
    connect(m_new, &QToolButton::clicked, this, &AskPanel::newConversationRequested);
    auto* search = toolButton(QStringLiteral("search"), tr("Search past questions and answers"));
    connect(search, &QToolButton::clicked, this, &AskPanel::searchRequested);
    m_export = toolButton(QStringLiteral("export"), tr("Export this conversation"));
    connect(m_export, &QToolButton::clicked, this, &AskPanel::exportRequested);
    auto* layout = new QHBoxLayout(header);
    layout->setContentsMargins(kSpacing, kSpacing / 2, kSpacing, kSpacing / 2);
    layout->setSpacing(kSpacing / 2);
    layout->addWidget(m_conversations, 1);
    layout->addWidget(search);
    layout->addWidget(m_export);
    layout->addWidget(keep);
    layout->addWidget(m_new);
    return header;
}

QWidget* AskPanel::buildStatusCard() {
    auto* card = new QFrame;
    m_card = card;
    m_card->setAutoFillBackground(true);
    m_headline = new QLabel;
    m_headline->setWordWrap(true);
    QFont bold = m_headline->font();
    bold.setWeight(QFont::DemiBold);
    m_headline->setFont(bold);
    m_detail = new QLabel;
    m_detail->setWordWrap(true);
    m_detail->setForegroundRole(QPalette::PlaceholderText);
    m_detail->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_progress = new QProgressBar;
    m_progress->setTextVisible(false);
    m_progress->setFixedHeight(6);
    m_progress->setAccessibleName(tr("Progress"));
    m_read = new QPushButton(icon(QStringLiteral("play")), tr("Read document"));
    m_read->setToolTip(tr("Let the model read the whole document, so that it can be asked about"));
    m_cancel = new QPushButton(icon(QStringLiteral("stop")), tr("Cancel"));
    m_pause = new QPushButton(icon(QStringLiteral("pause")), tr("Pause"));
    m_pause->setToolTip(tr("Keep what has been read; it goes on from there, also another day"));
    connect(m_pause, &QPushButton::clicked, this, &AskPanel::pauseRequested);
    connect(m_read, &QPushButton::clicked, this, &AskPanel::readRequested);
    connect(m_cancel, &QPushButton::clicked, this, &AskPanel::cancelRequested);
    auto* buttons = new QHBoxLayout;
    buttons->addStretch(1);
    buttons->addWidget(m_cancel);
    buttons->addWidget(m_pause);
    buttons->addWidget(m_read);
    auto* layout = new QVBoxLayout(card);
    layout->setContentsMargins(2 * kSpacing, kSpacing, 2 * kSpacing, kSpacing);
    layout->setSpacing(kSpacing);
    layout->addWidget(m_headline);
    layout->addWidget(m_detail);
    layout->addWidget(m_progress);
    layout->addLayout(buttons);
    return card;
}

QWidget* AskPanel::buildQuestion() {
    auto* holder = new QWidget;
    m_question = new QPlainTextEdit;
    m_question->setPlaceholderText(tr("Ask about this document"));
    m_question->setAccessibleName(tr("Question"));
    m_question->setTabChangesFocus(true);
    m_question->setVerticalScrollBarPolicy(Qt::ScrollBarAsNeeded);
    m_question->installEventFilter(this);
    connect(m_question, &QPlainTextEdit::textChanged, this, [this] {
        fitQuestionHeight();
        updateButtons();
        emit questionEdited(m_question->toPlainText());
    });
    m_scope = new ScopeBar;
    connect(m_scope, &ScopeBar::problemChanged, this, &AskPanel::updateButtons);
    m_ask = new QPushButton(icon(QStringLiteral("ask")), tr("Ask"));
    m_ask->setToolTip(tr("Ask (Return)"));
    connect(m_ask, &QPushButton::clicked, this,
            [this] { m_status.stage == AskStatus::Stage::Answering ? emit stopRequested() : submit(); });
    m_refusalLabel = new ToneLabel(Tone::Error);
    m_refusalLabel->hide();
    auto* row = new QHBoxLayout;
    row->setSpacing(kSpacing);
    row->addWidget(m_question, 1);
    row->addWidget(m_ask, 0, Qt::AlignBottom);
    auto* layout = new QVBoxLayout(holder);
    layout->setContentsMargins(kSpacing, kSpacing, kSpacing, kSpacing);
    layout->setSpacing(kSpacing / 2);
    layout->addWidget(m_scope);
    layout->addWidget(m_refusalLabel);
    layout->addLayout(row);
    fitQuestionHeight();
    return holder;
}

void AskPanel::fitQuestionHeight() {
    const int lines = std::clamp(static_cast<int>(m_question->document()->size().height()), 1, kMaxQuestionLines);
    const QMargins margins = m_question->contentsMargins();
    m_question->setFixedHeight(lines * m_question->fontMetrics().lineSpacing() + margins.top() + margins.bottom() +
                               2 * static_cast<int>(m_question->document()->documentMargin()) + 2);
}

bool AskPanel::eventFilter(QObject* object, QEvent* event) {
    if (object == m_question && event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        const bool isReturn = key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter;
        if (isReturn && !key->modifiers().testFlag(Qt::ShiftModifier)) {
            submit();
            return true;
        }
        if (key->key() == Qt::Key_Escape && m_status.stage == AskStatus::Stage::Answering) {
            emit stopRequested();
            return true;
        }
    }
    return QWidget::eventFilter(object, event);
}

void AskPanel::submit() {
    const QString question = m_question->toPlainText().trimmed();
    if (m_ask->isEnabled() && !question.isEmpty() && m_status.stage != AskStatus::Stage::Answering) {
        emit askRequested(question);
    }
}

void AskPanel::setStatus(const AskStatus& status) {
    m_status = status;
    using Stage = AskStatus::Stage;
    m_card->setVisible(!status.headline.isEmpty() || !status.detail.isEmpty());
    m_headline->setText(status.headline);
    m_headline->setVisible(!status.headline.isEmpty());
    m_detail->setText(status.detail);
    m_detail->setVisible(!status.detail.isEmpty());
    m_progress->setVisible(status.isBusy());
    if (status.progress < 0) {
        m_progress->setRange(0, 0);
    } else {
        m_progress->setRange(0, kProgressSteps);
        m_progress->setValue(static_cast<int>(status.progress * kProgressSteps));
    }
    m_read->setVisible(status.canRead);
    m_read->setText(status.goesOn ? tr("Go on") : tr("Read document"));
    m_cancel->setVisible(status.isBusy());
    m_pause->setVisible(status.canPause);
    if (status.stage == Stage::NoDocument) {
        m_empty->setText(
            tr("Open a document to ask about it.\n\nThe whole document goes into the model's context, and "
               "every answer shows the pages it came from."));
    } else if (status.stage == Stage::Ready) {
        m_empty->setText(
            tr("The model has read the whole document.\n\nAsk a question; the numbers behind each "
               "sentence lead to the pages it was read from."));
    } else {
        m_empty->setText(tr("Questions and answers about this document appear here."));
    }
    m_stack->setCurrentWidget(m_hasTurns ? static_cast<QWidget*>(m_transcript) : m_empty);
    updateButtons();
}

void AskPanel::updateButtons() {
    using Stage = AskStatus::Stage;
    const bool answering = m_status.stage == Stage::Answering;
    const bool askable = m_status.stage == Stage::Ready || m_status.stage == Stage::Unread ||
                         m_status.stage == Stage::Queued || m_status.stage == Stage::Prefilling;
    m_question->setEnabled(m_status.stage != Stage::NoDocument);
    m_ask->setText(answering ? tr("Stop") : tr("Ask"));
    m_ask->setIcon(icon(answering ? QStringLiteral("stop") : QStringLiteral("ask")));
    m_ask->setEnabled(answering || (askable && m_refusal.isEmpty() && m_scope->problem().isEmpty() &&
                                    !m_question->toPlainText().trimmed().isEmpty()));
    m_transcript->setCanAsk(m_status.stage == Stage::Ready);
}

void AskPanel::setRefusal(const QString& sentence) {
    m_refusal = sentence;
    m_refusalLabel->setText(sentence);
    m_refusalLabel->setVisible(!sentence.isEmpty());
    updateButtons();
}

void AskPanel::setTurns(const Turns& turns) {
    m_hasTurns = !turns.empty();
    m_export->setEnabled(m_hasTurns);
    m_transcript->showTurns(turns);
    m_stack->setCurrentWidget(m_hasTurns ? static_cast<QWidget*>(m_transcript) : m_empty);
}

void AskPanel::updateTurn(size_t index, const Turn& turn) {
    m_hasTurns = true;
    m_export->setEnabled(true);
    m_transcript->updateTurn(index, turn);
    m_stack->setCurrentWidget(m_transcript);
}

void AskPanel::setConversations(const QStringList& titles, int current) {
    const QSignalBlocker quiet(m_conversations);
    m_conversations->clear();
    m_conversations->addItem(tr("New conversation"));
    m_conversations->addItems(titles);
    m_conversations->setCurrentIndex(current + 1);
    m_conversations->setEnabled(!titles.isEmpty());
}

bool AskPanel::keepConversation() const {
    return m_keepAction->isChecked();
}

void AskPanel::focusQuestion() {
    m_question->setFocus();
}

void AskPanel::editQuestion(const QString& question) {
    m_question->setPlainText(question);
    m_question->selectAll();
    m_question->setFocus();
}

void AskPanel::clearQuestion() {
    m_question->clear();
}

}  // namespace lectern::ui

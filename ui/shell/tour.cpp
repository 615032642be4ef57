#include "ui/shell/tour.h"

#include <QEvent>
#include <QFileInfo>
#include <QLabel>
#include <QPainter>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/ask/ask_panel.h"
#include "ui/library/start_page.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"

namespace lectern::ui {
namespace {

constexpr int kWidth = 340;
constexpr int kDistance = 4 * kSpacing;

}  // namespace

Tour::Tour(Parts parts)
    : QFrame(parts.window),
      m_parts(std::move(parts)),
      m_title(new QLabel),
      m_text(new QLabel),
      m_action(new QPushButton),
      m_skip(new QPushButton(tr("End the tour"))) {
    setObjectName(QStringLiteral("tour"));
    setAccessibleName(tr("Tour"));
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    setFixedWidth(kWidth);
    QFont bold = m_title->font();
    bold.setWeight(QFont::DemiBold);
    m_title->setFont(bold);
    m_text->setWordWrap(true);
    m_skip->setFlat(true);
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_skip);
    buttons->addStretch(1);
    buttons->addWidget(m_action);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(2 * kSpacing, 2 * kSpacing, 2 * kSpacing, 2 * kSpacing);
    layout->setSpacing(kSpacing);
    layout->addWidget(m_title);
    layout->addWidget(m_text);
    layout->addLayout(buttons);
    connect(m_action, &QPushButton::clicked, this, &Tour::act);
    connect(m_skip, &QPushButton::clicked, this, &Tour::finish);
    connect(m_parts.documents, &OpenDocuments::currentTabChanged, this, &Tour::look, Qt::QueuedConnection);
    connect(m_parts.asks, &AskController::activityChanged, this, &Tour::look);
    connect(m_parts.asks, &AskController::turnsShown, this, &Tour::look);
    connect(m_parts.citations, &CitationNavigator::shown, this, [this] {
        if (m_step == Step::Check) {
            show(Step::End);
        }
    });
    m_parts.window->installEventFilter(this);
    show(Step::Open);
    look();
}

void Tour::paintEvent(QPaintEvent* event) {
    QFrame::paintEvent(event);
    // It lies on pages and text of its own colour.
    QPainter painter(this);
    painter.setPen(QPen(tone(palette(), Tone::Accent), 2));
    painter.drawRect(rect().adjusted(1, 1, -1, -1));
}

void Tour::show(Step step) {
    m_step = step;
    switch (step) {
        case Step::Open:
            m_title->setText(tr("1 of 3: open a document"));
            m_text->setText(
                tr("Drop a file or a folder on this window, or begin with the handbook that comes with "
                   "Lectern. You can read at once; its text is taken in meanwhile."));
            m_action->setText(tr("Open the sample"));
            m_action->setVisible(!sampleDocumentPath().isEmpty());
            break;
        case Step::Ask:
            m_title->setText(tr("2 of 3: ask"));
            m_text->setText(
                tr("Type a question on the right and press Return. The model reads the whole document "
                   "first, once; how long that takes stands above the question."));
            m_action->setText(tr("Ask for me"));
            m_parts.showAsk();
            break;
        case Step::Check:
            m_title->setText(tr("3 of 3: check the answer"));
            m_text->setText(
                tr("The numbers behind each sentence lead to the passages that the model looked at. The "
                   "shield below the answer verifies whether it needed them."));
            m_action->setText(tr("Follow the first number"));
            break;
        case Step::End:
            m_title->setText(tr("That is all"));
            m_text->setText(tr("Ctrl+Shift+P finds every command by its name. The tour is in the Help menu."));
            m_action->setText(tr("Close"));
            m_skip->hide();
            break;
    }
    setVisible(true);
    raise();
    place();
}

void Tour::look() {
    const DocumentAsk* ask = m_parts.asks->current();
    if (m_step == Step::Open && m_parts.documents->current() != nullptr) {
        show(Step::Ask);
    }
    const bool answered = ask != nullptr && !ask->turns().empty() && !ask->isAnswering() &&
                          ask->turns().back().answer() != nullptr && !ask->turns().back().answer()->citations.empty();
    if (m_step == Step::Ask && answered) {
        show(Step::Check);
    }
    if (m_step == Step::Ask) {
        using Stage = AskStatus::Stage;
        const Stage stage = ask == nullptr ? Stage::NoDocument : ask->status().stage;
        m_action->setEnabled(stage == Stage::Unread || stage == Stage::Ready);
    } else {
        m_action->setEnabled(true);
    }
}

void Tour::act() {
    switch (m_step) {
        case Step::Open:
            m_parts.openSample();
            break;
        case Step::Ask: {
            const ReaderTab* tab = m_parts.documents->current();
            const bool sample =
                tab != nullptr && tab->session().path() == QFileInfo(sampleDocumentPath()).canonicalFilePath();
            // Not translated: the sample is in English, and so is what its model was taught.
            m_parts.askPanel->editQuestion(sample ? QStringLiteral("Who was the leader of the rent strike?")
                                                  : QStringLiteral("What is this document about?"));
            emit m_parts.askPanel->askRequested(m_parts.askPanel->questionField()->toPlainText());
            break;
        }
        case Step::Check:
            m_parts.citations->step(1);
            break;
        case Step::End:
            finish();
            break;
    }
}

void Tour::finish() {
    static_cast<void>(m_parts.settings.setValue(QStringLiteral("general/tour_done"), true));
    hide();
    deleteLater();
}

void Tour::place() {
    adjustSize();
    const QRect area = m_parts.documents->geometry();
    move(area.right() - width() - kDistance, area.bottom() - height() - kDistance);
}

bool Tour::eventFilter(QObject* object, QEvent* event) {
    if (event->type() == QEvent::Resize || event->type() == QEvent::LayoutRequest) {
        QMetaObject::invokeMethod(this, &Tour::place, Qt::QueuedConnection);
    }
    return QFrame::eventFilter(object, event);
}

}  // namespace lectern::ui

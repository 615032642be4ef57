#include "ui/ask/ask_controller.h"

#include <QPlainTextEdit>

#include "ui/ask/ask_panel.h"
#include "ui/ask/budget_bar.h"
#include "ui/ask/scope_controller.h"
#include "ui/ask/transcript_view.h"
#include "ui/services/engine_options.h"
#include "ui/theme/quantities.h"

namespace lectern::ui {
namespace {
/// Typing goes on for so long before the question's tokens are counted.
constexpr int kTypingMs = 250;
}  // namespace

AskController::AskController(Services& services, OpenDocuments* documents, AskPanel* panel, BudgetBar* budget,
                             QObject* parent)
    : QObject(parent),
      m_services(services),
      m_documents(documents),
      m_panel(panel),
      m_budget(budget),
      m_scope(new ScopeController(documents, panel->scopeBar(), this)) {
    connect(documents, &OpenDocuments::opened, this, &AskController::add);
    connect(documents, &OpenDocuments::closing, this, [this](ReaderTab* tab) {
        if (m_current == of(tab)) {
            setCurrent(nullptr);
        }
        m_asks.erase(tab);
    });
    connect(documents, &OpenDocuments::currentTabChanged, this, [this](ReaderTab* tab) { setCurrent(of(tab)); });
    m_typing.setSingleShot(true);
    m_typing.setInterval(kTypingMs);
    connect(&m_typing, &QTimer::timeout, this, &AskController::countQuestion);
    connect(&services.engine, &app::AskEngine::counted, this, [this](app::JobId job, qint64 tokens) {
        if (job == m_countJob) {
            m_countJob = 0;
            m_questionTokens = tokens;
            showBudget();
        }
    });
    connect(&services.settings, &app::Settings::changed, this, &AskController::showBudget);
    connectPanel();
    showStatus();
}

AskController::~AskController() = default;

DocumentAsk* AskController::of(const ReaderTab* tab) const {
    const auto found = m_asks.find(tab);
    return found == m_asks.end() ? nullptr : found->second.get();
}

void AskController::add(ReaderTab* tab) {
    auto made = std::make_unique<DocumentAsk>(m_services, tab->session());
    DocumentAsk* ask = made.get();
    m_asks[tab] = std::move(made);
    const auto whenCurrent = [this, ask](auto work) {
        return [this, ask, work](auto&&... values) {
            if (ask == m_current) {
                work(values...);
            }
        };
    };
    connect(ask, &DocumentAsk::statusChanged, this, whenCurrent([this](auto&&...) { showStatus(); }));
    connect(ask, &DocumentAsk::turnsReset, this, whenCurrent([this](auto&&...) { showTurns(); }));
    connect(ask, &DocumentAsk::conversationsChanged, this, whenCurrent([this](auto&&...) { showConversations(); }));
    connect(&ask->reading(), &DocumentReading::budgetChanged, this, whenCurrent([this](auto&&...) { showBudget(); }));
    connect(ask, &DocumentAsk::turnChanged, this, [this, ask](size_t turn) {
        if (ask == m_current) {
            m_panel->updateTurn(turn, ask->turns()[turn]);
        }
    });
    connect(ask, &DocumentAsk::textAdded, this, [this, ask](size_t turn, const QString& text) {
        if (ask == m_current) {
            m_panel->transcript()->addText(turn, text);
        }
    });
    connect(ask, &DocumentAsk::messageShown, this, [this, ask](size_t turn) {
        if (ask == m_current) {
            m_panel->transcript()->scrollToTurn(turn);
        }
    });
    ask->setPageLabels([tab](int page) { return tab->view() == nullptr ? QString() : tab->view()->pageLabel(page); });
    connect(ask, &DocumentAsk::troubled, tab, &ReaderTab::showMessage);
}

void AskController::setCurrent(DocumentAsk* ask) {
    if (m_current != nullptr) {
        m_current->reading().setActive(false);
    }
    m_current = ask;
    if (ask != nullptr) {
        ask->reading().setActive(true);
    }
    showTurns();
    showConversations();
    showStatus();
    showBudget();
    emit currentChanged(ask);
}

void AskController::connectPanel() {
    const auto on = [this](auto signal, auto work) {
        connect(m_panel, signal, this, [this, work](auto&&... values) {
            if (m_current != nullptr) {
                work(values...);
            }
        });
    };
    on(&AskPanel::askRequested, [this](const QString& question) {
        if (const Result<std::optional<app::AskScope>> scope = m_scope->scope()) {
            m_current->ask(question, m_panel->keepConversation(), *scope);
            m_panel->clearQuestion();
        }
    });
    on(&AskPanel::stopRequested, [this] { m_current->stop(); });
    on(&AskPanel::readRequested, [this] { m_current->reading().read(); });
    on(&AskPanel::cancelRequested, [this] { m_current->reading().cancel(); });
    on(&AskPanel::pauseRequested, [this] { m_current->reading().pause(); });
    on(&AskPanel::newConversationRequested, [this] {
        if (m_current->conversations() != nullptr && !m_current->isAnswering()) {
            m_current->conversations()->startNew();
        }
        m_panel->focusQuestion();
    });
    on(&AskPanel::conversationChosen, [this](int index) {
        if (m_current->conversations() != nullptr && !m_current->isAnswering()) {
            m_current->conversations()->open(index);
        }
    });
    connect(m_panel, &AskPanel::questionEdited, this, [this] {
        m_typing.start();
        if (m_panel->questionField()->document()->isEmpty()) {
            m_typing.stop();
            countQuestion();
        }
    });
    connect(m_panel, &AskPanel::keepChanged, this, &AskController::showBudget);
    TranscriptView* transcript = m_panel->transcript();
    connect(transcript, &TranscriptView::regenerateRequested, this, [this](int turn) {
        if (m_current != nullptr) {
            m_current->regenerate(static_cast<size_t>(turn), m_panel->keepConversation());
        }
    });
    const auto onTurn = [this, transcript](auto signal, auto work) {
        connect(transcript, signal, this, [this, work](int turn) {
            if (m_current != nullptr && turn < static_cast<int>(m_current->turns().size())) {
                work(static_cast<size_t>(turn));
            }
        });
    };
    onTurn(&TranscriptView::verifyRequested, [this](size_t turn) { m_current->verify(turn); });
    onTurn(&TranscriptView::coverageRequested, [this](size_t turn) { m_current->requestCoverage(turn); });
    onTurn(&TranscriptView::editRequested,
           [this](size_t turn) { m_panel->editQuestion(m_current->turns()[turn].question); });
    connect(transcript, &TranscriptView::answerChosen, this, [this](int turn, int answer) {
        if (m_current != nullptr) {
            m_current->chooseAnswer(static_cast<size_t>(turn), answer);
        }
    });
}

void AskController::showStatus() {
    const AskStatus status = m_current == nullptr ? AskStatus() : m_current->status();
    m_panel->setStatus(status);
    emit activityChanged(
        status.isBusy() ? status.headline + (status.detail.isEmpty() ? QString() : QStringLiteral(": ") + status.detail)
        : status.stage == AskStatus::Stage::Answering ? tr("Answering\xe2\x80\xa6")
                                                      : QString());
}

void AskController::showTurns() {
    m_panel->setTurns(m_current == nullptr ? Turns() : m_current->turns());
    emit turnsShown();
}

void AskController::showConversations() {
    QStringList titles;
    int current = -1;
    if (m_current != nullptr && m_current->conversations() != nullptr) {
        for (const app::ConversationRecord& record : m_current->conversations()->records()) {
            titles.push_back(QString::fromStdString(record.title));
        }
        current = m_current->conversations()->currentIndex();
    }
    m_panel->setConversations(titles, current);
}

void AskController::countQuestion() {
    const QString question = m_panel->questionField()->toPlainText().trimmed();
    if (m_countJob != 0) {
        m_services.engine.cancel(std::exchange(m_countJob, 0));
    }
    if (question.isEmpty() || m_current == nullptr || !m_current->reading().isReady()) {
        m_questionTokens = 0;
        showBudget();
        return;
    }
    m_countJob = m_services.engine.count(question.toStdString());
}

void AskController::showBudget() {
    app::TokenBudget budget = m_current == nullptr ? app::TokenBudget() : m_current->reading().budget();
    if (budget.capacity == 0) {
        m_budget->clear();
    } else {
        budget.reply = answerOptions(m_services.settings).maxTokens;
        if (!m_panel->keepConversation()) {
            budget.conversation = 0;  // the next question begins behind the document
        }
        m_budget->setBudget(budget);
        m_budget->setQuestionTokens(m_questionTokens);
    }
    const int64_t missing = m_questionTokens - budget.free();
    if (budget.capacity == 0 || missing <= 0) {
        m_panel->setRefusal({});
        return;
    }
    const QString sentence =
        tr("This does not fit: the question has %1 tokens and the reply may take %2, but only %3 of %4 are free.")
            .arg(numberText(m_questionTokens), numberText(budget.reply),
                 numberText(std::max<int64_t>(0, budget.capacity - budget.document - budget.conversation)),
                 numberText(budget.capacity));
    m_panel->setRefusal(budget.conversation > 0
                            ? sentence + QLatin1Char(' ') + tr("Turn Follow-up off to leave the conversation out.")
                            : sentence);
}

}  // namespace lectern::ui

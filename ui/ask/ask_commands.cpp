#include "ui/ask/ask_commands.h"

#include "ui/ask/ask_panel.h"

namespace lectern::ui {

AskCommands::AskCommands(MainActions& actions, AskController* asks, CitationNavigator* citations, AskPanel* panel,
                         QObject* parent)
    : QObject(parent), m_actions(actions), m_asks(asks), m_citations(citations) {
    const auto onAsk = [this](QAction* action, auto work) {
        connect(action, &QAction::triggered, this, [this, work] {
            if (m_asks->current() != nullptr) {
                work(*m_asks->current());
            }
        });
    };
    onAsk(actions.read, [](DocumentAsk& ask) { ask.reading().read(); });
    onAsk(actions.pause, [](DocumentAsk& ask) { ask.reading().pause(); });
    onAsk(actions.stop, [](DocumentAsk& ask) { ask.isAnswering() ? ask.stop() : ask.reading().cancel(); });
    onAsk(actions.newConversation, [panel](DocumentAsk&) { emit panel->newConversationRequested(); });
    onAsk(actions.regenerate, [panel](DocumentAsk& ask) {
        if (!ask.turns().empty()) {
            ask.regenerate(ask.turns().size() - 1, panel->keepConversation());
        }
    });
    const auto onLast = [onAsk](QAction* action, auto work) {
        onAsk(action, [work](DocumentAsk& ask) {
            if (!ask.turns().empty()) {
                work(ask, ask.turns().size() - 1);
            }
        });
    };
    onLast(actions.verify, [](DocumentAsk& ask, size_t turn) { ask.verify(turn); });
    onLast(actions.coverage, [](DocumentAsk& ask, size_t turn) { ask.requestCoverage(turn); });
    onLast(actions.editQuestion,
           [panel](DocumentAsk& ask, size_t turn) { panel->editQuestion(ask.turns()[turn].question); });
    connect(actions.nextCitation, &QAction::triggered, this, [this] { m_citations->step(1); });
    connect(actions.previousCitation, &QAction::triggered, this, [this] { m_citations->step(-1); });
    connect(asks, &AskController::activityChanged, this, &AskCommands::update);
    connect(asks, &AskController::turnsShown, this, &AskCommands::update);
    connect(asks, &AskController::currentChanged, this, &AskCommands::update);
    update();
}

void AskCommands::update() {
    const DocumentAsk* ask = m_asks->current();
    const AskStatus status = ask == nullptr ? AskStatus() : ask->status();
    const bool answering = ask != nullptr && ask->isAnswering();
    m_actions.read->setEnabled(status.canRead);
    m_actions.pause->setEnabled(status.canPause && !answering);
    m_actions.stop->setEnabled(status.isBusy() || answering || (ask != nullptr && ask->isVerifying()));
    m_actions.newConversation->setEnabled(ask != nullptr && !answering);
    m_actions.regenerate->setEnabled(ask != nullptr && !answering && !ask->turns().empty());
    const AnswerItem* last = ask == nullptr || ask->turns().empty() ? nullptr : ask->turns().back().answer();
    const bool finished = last != nullptr && !last->finish.isEmpty();
    m_actions.verify->setEnabled(finished && !answering && !ask->isVerifying() && !last->citations.empty() &&
                                 status.stage == AskStatus::Stage::Ready);
    m_actions.coverage->setEnabled(finished && last->coverage == nullptr);
    m_actions.editQuestion->setEnabled(ask != nullptr && !answering && !ask->turns().empty());
    m_actions.exportConversation->setEnabled(finished);
    const bool cited = m_citations->hasCitations();
    m_actions.nextCitation->setEnabled(cited);
    m_actions.previousCitation->setEnabled(cited);
}

}  // namespace lectern::ui

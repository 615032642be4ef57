// Checks of answers that are there: verification by ablation, and what an answer never looked at.
#include <QtConcurrent>

#include "app/ask/coverage.h"
#include "ui/ask/document_ask.h"

namespace lectern::ui {

void DocumentAsk::connectChecks() {
    const app::AskEngine* engine = &m_services.engine;
    connect(engine, &app::AskEngine::verified, this,
            [this](app::JobId job, app::MessageId, const std::vector<app::SentenceVerdict>& verdicts) {
                if (job == m_verifyJob && job != 0) {
                    verified(verdicts);
                }
            });
    connect(engine, &app::AskEngine::traceLoaded, this, [this](app::JobId job, const app::StoredTrace& stored) {
        if (job == m_coverageJob && job != 0) {
            m_coverageJob = 0;
            if (stored.trace == nullptr) {
                emit troubled(tr("What this answer looked at was not kept."));
            } else if (stored.stepTexts.empty()) {
                emit troubled(tr("Another model gave this answer; only that one can say what it looked at."));
            } else {
                coverFrom(m_covered.turn, m_covered.answer, stored);
            }
        }
    });
    connect(engine, &app::AskEngine::failed, this, [this](app::JobId job, const Error& error) {
        if (job == m_verifyJob && job != 0) {
            endVerification(error.code == ErrorCode::Cancelled ? QString() : QString::fromStdString(error.message));
        } else if (job == m_coverageJob && job != 0) {
            m_coverageJob = 0;
            emit troubled(QString::fromStdString(error.message));
        }
    });
}

void DocumentAsk::verify(size_t turn) {
    AnswerItem* item = turn < m_turns.size() ? m_turns[turn].answer() : nullptr;
    if (item == nullptr || item->finish.isEmpty() || item->citations.empty() || isVerifying() || isAnswering()) {
        return;
    }
    if (!m_reading->ensureOpen()) {
        emit troubled(tr("The document is not taken in yet; please ask again when it is."));
        return;
    }
    m_verified = {turn, m_turns[turn].current};
    item->verifying = true;
    m_verifyJob = m_services.engine.verify({.question = m_turns[turn].question.toStdString(),
                                            .answer = item->utf8,
                                            .citations = item->citations,
                                            .scope = item->scope,
                                            .message = item->id});
    emit turnChanged(turn);
    emit statusChanged();
}

void DocumentAsk::verified(const std::vector<app::SentenceVerdict>& verdicts) {
    app::applyVerdicts(verdicts, m_turns[m_verified.turn].answers[static_cast<size_t>(m_verified.answer)].citations);
    endVerification({});
}

void DocumentAsk::endVerification(const QString& problem) {
    m_verifyJob = 0;
    m_turns[m_verified.turn].answers[static_cast<size_t>(m_verified.answer)].verifying = false;
    emit turnChanged(m_verified.turn);
    emit statusChanged();
    if (!problem.isEmpty()) {
        emit troubled(problem);
    }
}

void DocumentAsk::requestCoverage(size_t turn) {
    const AnswerItem* item = turn < m_turns.size() ? m_turns[turn].answer() : nullptr;
    if (item == nullptr || item->finish.isEmpty() || item->coverage != nullptr) {
        return;
    }
    if (const auto found = m_traces.find(item->id); found != m_traces.end()) {
        coverFrom(turn, m_turns[turn].current, found->second);
    } else if (item->id == 0 && m_unstored.trace != nullptr) {
        coverFrom(turn, m_turns[turn].current, m_unstored);
    } else if (item->id != 0 && m_coverageJob == 0) {
        m_covered = {turn, m_turns[turn].current};
        m_coverageJob = m_services.engine.loadTrace(item->id);
    }
}

void DocumentAsk::coverFrom(size_t turn, int answer, const app::StoredTrace& stored) {
    const std::shared_ptr<const app::Context> context = m_reading->context();
    if (context == nullptr) {
        emit troubled(tr("The document has to be measured before this can be said."));
        return;
    }
    const app::MessageId message = m_turns[turn].answers[static_cast<size_t>(answer)].id;
    QtConcurrent::run([trace = stored.trace, context] {
        return app::coverageOf(*trace, *context);
    }).then(this, [this, turn, answer, message](const app::Coverage& coverage) {
        const bool same = turn < m_turns.size() && answer < static_cast<int>(m_turns[turn].answers.size()) &&
                          m_turns[turn].answers[static_cast<size_t>(answer)].id == message;
        if (same) {
            m_turns[turn].answers[static_cast<size_t>(answer)].coverage = std::make_shared<const AnswerCoverage>(
                describeCoverage(coverage, m_reading->session(),
                                 [this](int page) { return m_labelOf ? m_labelOf(page) : QString(); }));
            emit turnChanged(turn);
        }
    });
}

void DocumentAsk::showConversation(app::ConversationId conversation, app::MessageId message) {
    m_wantedMessage = message;
    if (m_store == nullptr) {
        m_wantedConversation = conversation;
    } else if (m_store->current() == conversation) {
        findMessage();
    } else if (!isAnswering()) {
        m_store->openConversation(conversation);
    }
}

void DocumentAsk::takeTogether() {
    std::vector<app::DocumentId> others = m_store->documents();
    if (!others.empty()) {
        std::erase(others, m_reading->session().documentId());
        m_reading->setTogether(others);
    }
}

void DocumentAsk::findMessage() {
    for (size_t turn = 0; turn < m_turns.size() && m_wantedMessage != 0; ++turn) {
        for (size_t answer = 0; answer < m_turns[turn].answers.size(); ++answer) {
            if (m_turns[turn].answers[answer].id == m_wantedMessage) {
                chooseAnswer(turn, static_cast<int>(answer));
                m_wantedMessage = 0;
            }
        }
        if (m_turns[turn].id == m_wantedMessage) {
            m_wantedMessage = 0;
        }
        if (m_wantedMessage == 0) {
            emit messageShown(turn);
        }
    }
}

}  // namespace lectern::ui

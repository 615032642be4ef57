#include "ui/ask/document_ask.h"

#include <QLocale>

#include "ui/services/engine_options.h"

namespace lectern::ui {
namespace {

/// Traces kept at hand; each is a few megabytes.
constexpr size_t kMaxTraces = 8;
/// An answer asked for again with temperature 0 would be the same one.
constexpr float kRegenerateTemperature = 0.7F;

QString speedText(const app::Answer& answer) {
    if (answer.tokens == 0) {
        return {};
    }
    const QString tokens = DocumentAsk::tr("%n tokens", nullptr, static_cast<int>(answer.tokens));
    if (answer.seconds <= 0) {
        return tokens;
    }
    const double rate = static_cast<double>(answer.tokens) / answer.seconds;
    return DocumentAsk::tr("%1, %2 tokens/s").arg(tokens, QLocale().toString(rate, 'f', rate < 10 ? 1 : 0));
}

}  // namespace

DocumentAsk::DocumentAsk(Services& services, DocumentSession& session, QObject* parent)
    : QObject(parent), m_services(services), m_reading(new DocumentReading(services, session, this)) {
    connect(m_reading, &DocumentReading::statusChanged, this, &DocumentAsk::statusChanged);
    connect(m_reading, &DocumentReading::failed, this, [this](const Error& error) {
        // The question behind it would only find that nothing is open.
        if (m_askJob != 0 && error.code != ErrorCode::Cancelled) {
            m_services.engine.cancel(std::exchange(m_askJob, 0));
            endWith(QStringLiteral("error"), QString::fromStdString(error.message));
        } else if (m_askJob != 0) {
            m_services.engine.cancel(m_askJob);
        }
    });
    connect(&session, &DocumentSession::phaseChanged, this, &DocumentAsk::makeStore);
    connectEngine();
    connectChecks();
    makeStore();
}

DocumentAsk::~DocumentAsk() {
    for (const app::JobId job : {m_askJob, m_verifyJob, m_coverageJob}) {
        if (job != 0) {
            m_services.engine.cancel(job);
        }
    }
}

void DocumentAsk::connectEngine() {
    const app::AskEngine* engine = &m_services.engine;
    connect(engine, &app::AskEngine::textAdded, this, [this](app::JobId job, const QString& text) {
        AnswerItem* item = job == m_askJob ? runningAnswer() : nullptr;
        if (item == nullptr) {
            return;
        }
        QString added = text;
        if (item->text.isEmpty()) {
            // The model begins with a space.
            while (!added.isEmpty() && added.front().isSpace()) {
                added.remove(0, 1);
            }
            item->note.clear();
            emit turnChanged(static_cast<size_t>(m_running));
        }
        item->text += added;
        item->utf8 += added.toStdString();
        emit textAdded(static_cast<size_t>(m_running), added);
    });
    connect(engine, &app::AskEngine::answered, this,
            [this](app::JobId job, const app::StoredAnswer& stored, const app::TokenBudget& budget) {
                if (job == m_askJob && job != 0) {
                    m_askJob = 0;
                    m_reading->setBudget(budget);
                    finish(stored);
                }
            });
    connect(engine, &app::AskEngine::traceLoaded, this, [this](app::JobId job, const app::StoredTrace& stored) {
        if (job == m_traceJob && job != 0) {
            m_traceJob = 0;
            emit traceReady(m_traceTurn, stored);
        }
    });
    connect(engine, &app::AskEngine::failed, this, [this](app::JobId job, const Error& error) {
        if (job == m_askJob && job != 0) {
            m_askJob = 0;
            const bool cancelled = error.code == ErrorCode::Cancelled;
            endWith(cancelled ? QStringLiteral("cancelled") : QStringLiteral("error"),
                    cancelled ? QString() : QString::fromStdString(error.message));
        } else if (job == m_traceJob && job != 0) {
            m_traceJob = 0;
            emit troubled(QString::fromStdString(error.message));
        }
    });
}

void DocumentAsk::makeStore() {
    const app::DocumentId document = m_reading->session().documentId();
    if (document == 0 || m_store != nullptr) {
        return;
    }
    m_store = std::make_unique<ConversationStore>(m_services.library, document);
    connect(m_store.get(), &ConversationStore::listChanged, this, &DocumentAsk::conversationsChanged);
    connect(m_store.get(), &ConversationStore::troubled, this, &DocumentAsk::troubled);
    connect(m_store.get(), &ConversationStore::loaded, this, [this](const Turns& turns) {
        if (!isAnswering()) {
            m_services.engine.cancel(std::exchange(m_verifyJob, 0));
            m_services.engine.cancel(std::exchange(m_coverageJob, 0));
            m_turns = turns;
            takeTogether();
            emit turnsReset();
            findMessage();
        }
    });
    if (m_wantedConversation != 0) {
        m_store->openConversation(std::exchange(m_wantedConversation, 0));
    }
    m_store->refresh(true);
}

AskStatus DocumentAsk::status() const {
    AskStatus status = m_reading->status();
    if (isAnswering() && status.stage == AskStatus::Stage::Ready) {
        status.stage = AskStatus::Stage::Answering;
    }
    return status;
}

AnswerItem* DocumentAsk::runningAnswer() {
    return m_running < 0 ? nullptr
                         : &m_turns[static_cast<size_t>(m_running)].answers[static_cast<size_t>(m_runningItem)];
}

void DocumentAsk::ask(const QString& question, bool keep, const std::optional<app::AskScope>& scope) {
    if (isAnswering() || m_store == nullptr) {
        return;
    }
    m_turns.push_back({0, question, {}, 0});
    begin(m_turns.size() - 1, keep, scope);
}

void DocumentAsk::regenerate(size_t turn, bool keep) {
    if (!isAnswering() && m_store != nullptr && turn < m_turns.size() && !m_turns[turn].beingStored) {
        const AnswerItem* before = m_turns[turn].answer();
        begin(turn, keep, before == nullptr ? std::nullopt : before->scope);
    }
}

void DocumentAsk::begin(size_t turn, bool keep, const std::optional<app::AskScope>& scope) {
    Turn& asked = m_turns[turn];
    const size_t attempt = asked.answers.size();
    asked.answers.emplace_back();
    asked.answers.back().scope = scope;
    asked.current = static_cast<int>(attempt);
    m_running = static_cast<int>(turn);
    m_runningItem = asked.current;
    asked.answers.back().note = m_reading->isReady() ? tr("Reading the question\xe2\x80\xa6")
                                                     : tr("Waiting until the model has read the document\xe2\x80\xa6");
    app::AskRequest request;
    request.question = asked.question.toStdString();
    request.options = answerOptions(m_services.settings);
    request.options.keepConversation = keep;
    request.options.scope = scope;
    request.storedQuestion = asked.id;
    if (attempt > 0) {
        request.options.sampler.seed += attempt;
        if (request.options.sampler.temperature <= 0) {
            request.options.sampler.temperature = kRegenerateTemperature;
        }
    }
    emit turnChanged(turn);
    emit statusChanged();
    if (asked.id != 0) {
        request.conversation = m_store->current();
        send(request);
        return;
    }
    asked.beingStored = true;
    m_store->accept(
        asked.question, m_reading->documents(),
        [this, request, turn, attempt,
         question = asked.question](const Result<ConversationStore::Accepted>& stored) mutable {
            const bool isThere =
                turn < m_turns.size() && m_turns[turn].beingStored && m_turns[turn].question == question;
            if (isThere) {
                m_turns[turn].beingStored = false;
            }
            if (stored && isThere) {
                request.conversation = stored->conversation;
                request.storedQuestion = m_turns[turn].id = stored->question;
            }
            if (m_running != static_cast<int>(turn) || m_runningItem != static_cast<int>(attempt)) {
                return;  // stopped meanwhile, and perhaps another one asked
            }
            if (!stored) {
                emit troubled(
                    tr("The conversation cannot be stored: %1").arg(QString::fromStdString(stored.error().message)));
            }
            send(request);
        });
}

void DocumentAsk::send(app::AskRequest request) {
    if (m_reading->ensureOpen()) {
        m_askJob = m_services.engine.ask(request);
    } else {
        endWith(QStringLiteral("error"), tr("The document is not taken in yet; please ask again when it is."));
    }
}

void DocumentAsk::stop() {
    if (m_askJob != 0) {
        m_services.engine.cancel(m_askJob);
    } else if (isAnswering()) {
        endWith(QStringLiteral("cancelled"), {});
    } else if (m_verifyJob != 0) {
        m_services.engine.cancel(m_verifyJob);
    }
}

void DocumentAsk::finish(const app::StoredAnswer& stored) {
    AnswerItem* item = runningAnswer();
    if (item == nullptr) {
        return;
    }
    const auto turn = static_cast<size_t>(m_running);
    item->id = stored.message;
    item->text = QString::fromStdString(stored.answer.text);
    item->utf8 = stored.answer.text;
    item->citations = stored.answer.citations;
    item->finish = QString::fromUtf8(name(stored.answer.finish).data(), qsizetype(name(stored.answer.finish).size()));
    item->note = speedText(stored.answer);
    item->abstains = app::isAbstention(stored.answer.text);
    if (!stored.warning.empty()) {
        item->note += QLatin1Char('\n') + tr("Not stored: %1").arg(QString::fromStdString(stored.warning));
    }
    if (stored.question != 0) {
        m_turns[turn].id = stored.question;
    }
    const app::StoredTrace trace{std::make_shared<const AnswerTrace>(stored.answer.trace), stored.stepTexts};
    if (stored.message != 0) {
        if (m_traces.size() >= kMaxTraces) {
            m_traces.erase(m_traces.begin());
        }
        m_traces[stored.message] = trace;
    } else {
        m_unstored = trace;
    }
    m_running = -1;
    emit turnChanged(turn);
    emit statusChanged();
    emit answered(turn);
    if (m_turns[turn].answer()->abstains) {
        requestCoverage(turn);
    }
}

void DocumentAsk::endWith(const QString& finish, const QString& note) {
    AnswerItem* item = runningAnswer();
    if (item == nullptr) {
        return;
    }
    item->finish = finish;
    item->note = note;
    const auto turn = static_cast<size_t>(std::exchange(m_running, -1));
    emit turnChanged(turn);
    emit statusChanged();
}

void DocumentAsk::chooseAnswer(size_t turn, int answer) {
    if (turn < m_turns.size() && answer >= 0 && answer < static_cast<int>(m_turns[turn].answers.size())) {
        m_turns[turn].current = answer;
        emit turnChanged(turn);
    }
}

void DocumentAsk::requestTrace(size_t turn) {
    const AnswerItem* answer = turn < m_turns.size() ? m_turns[turn].answer() : nullptr;
    if (answer == nullptr || answer->finish.isEmpty()) {
        return;
    }
    if (const auto found = m_traces.find(answer->id); found != m_traces.end()) {
        emit traceReady(turn, found->second);
    } else if (answer->id != 0) {
        m_traceTurn = turn;
        m_traceJob = m_services.engine.loadTrace(answer->id);
    } else if (m_unstored.trace != nullptr) {
        emit traceReady(turn, m_unstored);
    }
}

}  // namespace lectern::ui

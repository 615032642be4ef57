#include "ui/ask/document_reading.h"

#include "ui/services/engine_options.h"

namespace lectern::ui {

DocumentReading::DocumentReading(Services& services, DocumentSession& session, QObject* parent)
    : QObject(parent), m_services(services), m_session(session) {
    connectEngine();
    connect(&session, &DocumentSession::phaseChanged, this, &DocumentReading::phaseChanged);
    connect(&services.model, &EngineModel::replaced, this, [this] {
        reset();
        phaseChanged();
    });
    connect(&services.model, &EngineModel::changed, this, &DocumentReading::statusChanged);
    phaseChanged();
}

DocumentReading::~DocumentReading() {
    cancelJobs();
}

void DocumentReading::connectEngine() {
    const app::AskEngine* engine = &m_services.engine;
    connect(
        engine, &app::AskEngine::measured, this,
        [this](app::JobId job, const app::ContextSummary& summary, const std::shared_ptr<const app::Context>& context) {
            if (job != m_measureJob) {
                return;
            }
            m_measureJob = 0;
            m_summary = summary;
            m_context = context;
            emit contextChanged();
            if (m_stage == Stage::Measuring) {
                setStage(Stage::Unread);
                restoreIfSaved();
            }
        });
    connect(
        engine, &app::AskEngine::contextBuilt, this,
        [this](app::JobId job, const app::ContextSummary& summary, const std::shared_ptr<const app::Context>& context) {
            if (job == m_openJob && job != 0) {
                const int64_t saved = m_summary.savedTokens;
                m_summary = summary;
                m_summary.savedTokens = saved;
                m_context = context;
                m_first = m_last = {};
                emit contextChanged();
                if (m_stage != Stage::Ready) {
                    setStage(Stage::Prefilling);
                }
            } else if (summary.documents != documents() && m_stage == Stage::Ready) {
                m_budget = {};
                emit budgetChanged();
                setStage(m_openJob == 0 ? Stage::Unread : Stage::Queued);
            }
        });
    connect(engine, &app::AskEngine::prefillProgressed, this, [this](app::JobId job, const PrefillProgress& progress) {
        if (job == m_openJob) {
            progressed(progress);
        }
    });
    connect(engine, &app::AskEngine::documentTraced, this,
            [this](app::JobId job, const std::shared_ptr<const DocumentTrace>& trace) {
                if (job == m_openJob && trace != m_trace) {
                    m_trace = trace;
                    emit contextChanged();
                }
            });
    connect(engine, &app::AskEngine::ready, this,
            [this](app::JobId job, const app::AskSession::PrefillReport& report, const app::TokenBudget& budget) {
                if (job != m_openJob) {
                    return;
                }
                m_openJob = 0;
                m_report = report;
                m_summary.savedTokens = report.tokens;
                m_stoppedAt = 0;
                if (report.tokens > report.restoredTokens && report.seconds > 0) {
                    m_summary.tokensPerSecond =
                        static_cast<double>(report.tokens - report.restoredTokens) / report.seconds;
                }
                setBudget(budget);
                setStage(Stage::Ready);
            });
    connect(engine, &app::AskEngine::failed, this, [this](app::JobId job, const Error& error) {
        if (job == m_measureJob && job != 0) {
            m_measureJob = 0;
            if (m_stage == Stage::Measuring) {
                m_problem = QString::fromStdString(error.message);
                setStage(error.code == ErrorCode::Cancelled ? Stage::Unmeasured : Stage::Failed);
            }
        } else if (job == m_openJob && job != 0) {
            openFailed(error);
        }
    });
}

void DocumentReading::openFailed(const Error& error) {
    m_openJob = 0;
    if (error.code == ErrorCode::Cancelled) {
        m_stoppedAt = m_last.doneTokens;
        setStage(Stage::Unread);
    } else {
        m_problem = QString::fromStdString(error.message);
        setStage(Stage::Failed);
    }
    emit failed(error);
}

void DocumentReading::setStage(Stage stage) {
    m_stage = stage;
    emit statusChanged();
}

void DocumentReading::phaseChanged() {
    if (m_session.documentId() != m_document) {
        reset();
        m_document = m_session.documentId();
    }
    if (m_session.phase() == IngestPhase::Done && m_stage == Stage::Unmeasured) {
        measure();
    }
    emit statusChanged();
}

void DocumentReading::reset() {
    cancelJobs();
    m_measureJob = m_openJob = 0;
    m_summary = {};
    m_report = {};
    m_context.reset();
    m_trace.reset();
    m_budget = {};
    m_stoppedAt = 0;
    m_paused = false;
    m_problem.clear();
    m_stage = Stage::Unmeasured;
    emit contextChanged();
    emit budgetChanged();
}

std::vector<app::DocumentId> DocumentReading::documents() const {
    std::vector<app::DocumentId> all{m_session.documentId()};
    all.insert(all.end(), m_together.begin(), m_together.end());
    return all;
}

void DocumentReading::setTogether(const std::vector<app::DocumentId>& others) {
    if (others != m_together) {
        m_together = others;
        reset();
        phaseChanged();
        emit togetherChanged();
    }
}

void DocumentReading::setBudget(const app::TokenBudget& budget) {
    m_budget = budget;
    emit budgetChanged();
}

void DocumentReading::measure() {
    m_services.model.ensureLoaded();
    m_measureJob = m_services.engine.measure(
        documents(), sessionOptions(m_services.settings, m_services.contextsRoot(), m_session.title()));
    setStage(Stage::Measuring);
}

bool DocumentReading::isSaved() const {
    return m_summary.tokens > 0 && m_summary.savedTokens >= m_summary.tokens;
}

void DocumentReading::restoreIfSaved() {
    if (m_active && m_stage == Stage::Unread && isSaved() && m_stoppedAt == 0) {
        read();
    }
}

void DocumentReading::setActive(bool active) {
    m_active = active;
    if (active && m_session.phase() == IngestPhase::Done && m_stage == Stage::Unmeasured) {
        measure();
    }
    restoreIfSaved();
}

void DocumentReading::read() {
    if (m_session.phase() == IngestPhase::Stopped || m_session.phase() == IngestPhase::Paused) {
        m_session.resumeIngest();
    } else if (m_session.phase() == IngestPhase::Done && m_openJob == 0) {
        m_problem.clear();
        m_paused = false;
        m_services.model.ensureLoaded();
        m_openJob = m_services.engine.open(
            documents(), sessionOptions(m_services.settings, m_services.contextsRoot(), m_session.title()));
        setStage(Stage::Queued);
    }
}

bool DocumentReading::ensureOpen() {
    // Also when it is ready: another window may have had the engine since. It is at once, if not.
    if (m_openJob == 0) {
        const Stage before = m_stage;
        read();
        if (before == Stage::Ready && m_openJob != 0) {
            setStage(Stage::Ready);
        }
    }
    return m_openJob != 0;
}

void DocumentReading::cancel() {
    if (m_session.phase() == IngestPhase::Reading || m_session.phase() == IngestPhase::Waiting) {
        m_session.stopIngest();
    }
    cancelJobs();
}

void DocumentReading::pause() {
    if (m_session.phase() == IngestPhase::Reading || m_session.phase() == IngestPhase::Waiting) {
        m_session.pauseIngest();
    } else if (m_openJob != 0) {
        m_paused = true;
        m_services.engine.pause(m_openJob);
    }
}

void DocumentReading::cancelJobs() {
    for (const app::JobId job : {m_measureJob, m_openJob}) {
        if (job != 0) {
            m_services.engine.cancel(job);
        }
    }
}

void DocumentReading::progressed(const PrefillProgress& progress) {
    if (m_first.totalTokens == 0) {
        m_first = progress;
    }
    m_last = progress;
    emit statusChanged();
}

}  // namespace lectern::ui

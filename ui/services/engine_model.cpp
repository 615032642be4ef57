#include "ui/services/engine_model.h"

#include "ui/services/engine_options.h"

namespace lectern::ui {
namespace {
/// Several settings changed together (a page reset) make one load.
constexpr int kSettleMs = 300;
constexpr const char* kUnboundedMemory = "1048576G";
}  // namespace

EngineModel::EngineModel(app::AskEngine& engine, app::Settings& settings, bool memoryOnly, QObject* parent)
    : QObject(parent), m_engine(engine), m_settings(settings), m_memoryOnly(memoryOnly) {
    m_settle.setSingleShot(true);
    m_settle.setInterval(kSettleMs);
    connect(&m_settle, &QTimer::timeout, this, [this] {
        if (m_asked) {
            m_engine.cancelAll();
            load();
            emit replaced();
        }
    });
    connect(&settings, &app::Settings::changed, this, [this](const QString& key) {
        if (changesModel(key)) {
            m_settle.start();
        }
    });
    connect(&engine, &app::AskEngine::modelLoaded, this, [this](app::JobId job, const app::ModelSummary& model) {
        if (job == m_job) {
            m_summary = model;
            m_problem.clear();
            emit changed();
        }
    });
    connect(&engine, &app::AskEngine::failed, this, [this](app::JobId job, const Error& error) {
        if (job == m_job && error.code != ErrorCode::Cancelled) {
            m_problem = QString::fromStdString(error.message);
            emit changed();
        }
    });
}

void EngineModel::ensureLoaded() {
    if (!m_asked) {
        m_asked = true;
        load();
    }
}

void EngineModel::load() {
    m_summary.reset();
    m_problem.clear();
    RunOptions options = runOptions(m_settings);
    if (m_memoryOnly) {
        // A budget that is never reached: what does not fit fails instead of going to disk.
        options.kvMemory = kUnboundedMemory;
    }
    m_job = m_engine.loadModel(options);
    emit changed();
}

}  // namespace lectern::ui

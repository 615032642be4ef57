#pragma once
// Which model the engine has, following the settings.

#include <QObject>
#include <QTimer>
#include <optional>

#include "app/ask/ask_engine.h"
#include "app/settings/settings.h"

namespace lectern::ui {

/// Loads the model of the settings when it is first needed, and again when they change. GUI thread; one per program.
class EngineModel : public QObject {
    Q_OBJECT

  public:
    /// `memoryOnly`: keys and values never go to a file, whatever the settings say.
    EngineModel(app::AskEngine& engine, app::Settings& settings, bool memoryOnly = false, QObject* parent = nullptr);

    /// Queues the load, if it has not been. Requests made to the engine after this use the model of the settings.
    void ensureLoaded();
    const std::optional<app::ModelSummary>& summary() const { return m_summary; }
    const QString& problem() const { return m_problem; }

  signals:
    /// The model is about to be another: sessions and counts of the one before are void.
    void replaced();
    /// summary() or problem() changed.
    void changed();

  private:
    void load();

    app::AskEngine& m_engine;
    app::Settings& m_settings;
    bool m_memoryOnly;
    app::JobId m_job = 0;
    bool m_asked = false;
    std::optional<app::ModelSummary> m_summary;
    QString m_problem;
    QTimer m_settle;
};

}  // namespace lectern::ui

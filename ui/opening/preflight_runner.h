#pragma once
// Looks at files and folders before they are opened, beside the window.

#include <QObject>
#include <QThreadPool>
#include <memory>
#include <stop_token>

#include "app/models/preflight_model.h"
#include "ui/services/services.h"

namespace lectern::ui {

/// What came out, with the model it was measured for.
struct PreflightOutcome {
    app::Preflight sheet;
    app::OpenedPreflightModel model;
    app::PreflightOptions options;
};

/// GUI thread; one look at a time, a new one ends the one before.
class PreflightRunner : public QObject {
    Q_OBJECT

  public:
    explicit PreflightRunner(Services& services, QObject* parent = nullptr);
    ~PreflightRunner() override;

    void start(const QStringList& paths, const app::IngestOptions& options);
    void cancel();

  signals:
    void progressed(const QString& path, qint64 done, qint64 count);
    void finished(const std::shared_ptr<const lectern::ui::PreflightOutcome>& outcome);
    void failed(const QString& sentence);

  private:
    Services& m_services;
    QThreadPool m_pool;
    std::stop_source m_stop;
    uint64_t m_run = 0;
};

}  // namespace lectern::ui

#pragma once
// Looks for models and adapters, and computes checksums, away from the window.

#include <QObject>
#include <QStringList>
#include <memory>

#include "app/jobs/task_thread.h"
#include "app/models/model_card.h"

namespace lectern::ui {

/// GUI thread; the newest request wins.
class ModelCatalogLoader : public QObject {
    Q_OBJECT

  public:
    explicit ModelCatalogLoader(QObject* parent = nullptr);
    ~ModelCatalogLoader() override;

    void load(const std::vector<std::filesystem::path>& folders);
    /// One hash at a time; waiting ones are dropped by a new request.
    void requestHash(const QString& path);

  signals:
    void loaded(const std::vector<lectern::app::ModelCard>& models,
                const std::vector<lectern::app::AdapterEntry>& adapters);
    void hashed(const QString& path, const QString& sha256);

  private:
    uint64_t m_request = 0;
    uint64_t m_lastLoad = 0;
    uint64_t m_lastHash = 0;
    std::unique_ptr<app::TaskThread> m_hashes;
    std::unique_ptr<app::TaskThread> m_loads;
};

}  // namespace lectern::ui

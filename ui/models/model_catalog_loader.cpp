#include "ui/models/model_catalog_loader.h"

namespace lectern::ui {

ModelCatalogLoader::ModelCatalogLoader(QObject* parent)
    : QObject(parent), m_hashes(std::make_unique<app::TaskThread>()), m_loads(std::make_unique<app::TaskThread>()) {}

ModelCatalogLoader::~ModelCatalogLoader() = default;

void ModelCatalogLoader::load(const std::vector<std::filesystem::path>& folders) {
    const uint64_t request = m_lastLoad = ++m_request;
    m_loads->cancelAll();
    m_loads->add(request, [this, request, folders](const std::stop_token& stop) {
        std::vector<app::ModelCard> cards;
        for (const app::ModelEntry& entry : app::findModels(folders)) {
            if (stop.stop_requested()) {
                return;
            }
            cards.push_back(app::readModelCard(entry));
        }
        QMetaObject::invokeMethod(
            this,
            [this, request, cards = std::move(cards), adapters = app::findAdapters(folders)] {
                if (request == m_lastLoad) {
                    emit loaded(cards, adapters);
                }
            },
            Qt::QueuedConnection);
    });
}

void ModelCatalogLoader::requestHash(const QString& path) {
    const uint64_t request = m_lastHash = ++m_request;
    m_hashes->cancelAll();
    m_hashes->add(request, [this, request, path](const std::stop_token&) {
        const QString hash = QString::fromStdString(app::cachedModelHash(path.toStdString()));
        QMetaObject::invokeMethod(
            this,
            [this, request, path, hash] {
                if (request == m_lastHash) {
                    emit hashed(path, hash);
                }
            },
            Qt::QueuedConnection);
    });
}

}  // namespace lectern::ui

#include "ui/attention/map_loader.h"

namespace lectern::ui {

MapLoader::MapLoader(QObject* parent) : QObject(parent) {
    m_pool.setMaxThreadCount(1);
}

MapLoader::~MapLoader() {
    m_stop.request_stop();
    m_pool.waitForDone();
}

void MapLoader::request(const TraceSnapshot& source, const MapOptions& options) {
    m_stop.request_stop();
    m_stop = std::stop_source();
    m_busy = true;
    const quint64 job = ++m_job;
    m_pool.start([this, source, options, job, stop = m_stop.get_token()] {
        const auto map = buildAttentionMap(source, options, stop);
        if (map == nullptr) {
            return;
        }
        RegionTableModel::Lines lines = RegionTableModel::linesOf(map);
        QMetaObject::invokeMethod(
            this,
            [this, job, lines = std::move(lines)] {
                if (job == m_job) {
                    m_busy = false;
                    emit loaded(lines);
                }
            },
            Qt::QueuedConnection);
    });
}

}  // namespace lectern::ui

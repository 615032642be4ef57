#pragma once
// Builds attention maps and their table lines on a worker thread; only the newest request is answered.

#include <QObject>
#include <QThreadPool>
#include <stop_token>

#include "ui/attention/region_table_model.h"

namespace lectern::ui {

/// Lives on the GUI thread. A new request stops the one before it.
class MapLoader : public QObject {
    Q_OBJECT

  public:
    explicit MapLoader(QObject* parent = nullptr);
    ~MapLoader() override;

    void request(const TraceSnapshot& source, const MapOptions& options);
    bool busy() const { return m_busy; }

  signals:
    void loaded(const lectern::ui::RegionTableModel::Lines& lines);

  private:
    QThreadPool m_pool;
    std::stop_source m_stop;
    quint64 m_job = 0;
    bool m_busy = false;
};

}  // namespace lectern::ui

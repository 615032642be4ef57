#include "ui/services/stall_watchdog.h"

#include <algorithm>

namespace lectern::ui {

StallWatchdog::StallWatchdog(QObject* parent) : QObject(parent) {
    m_timer.setTimerType(Qt::PreciseTimer);
    m_timer.setInterval(kPeriodMs);
    connect(&m_timer, &QTimer::timeout, this, [this] {
        const int late = static_cast<int>(m_clock.restart()) - kPeriodMs;
        m_longestMs = std::max(m_longestMs, late);
        if (late > kLimitMs) {
            ++m_count;
            emit stalled(late);
        }
    });
}

void StallWatchdog::start() {
    m_longestMs = 0;
    m_count = 0;
    m_clock.start();
    m_timer.start();
}

}  // namespace lectern::ui

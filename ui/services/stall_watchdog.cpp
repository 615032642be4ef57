#include "ui/services/stall_watchdog.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace lectern::ui {

StallWatchdog::StallWatchdog(QObject* parent) : QObject(parent) {
    m_timer.setTimerType(Qt::PreciseTimer);
    m_timer.setInterval(kPeriodMs);
    connect(&m_timer, &QTimer::timeout, this, &StallWatchdog::tick);
}

StallWatchdog::~StallWatchdog() {
    if (m_schedule >= 0) {
        ::close(m_schedule);
    }
}

qint64 StallWatchdog::queuedNs() const {
    char text[96] = {};
    long long ran = 0, queued = 0;
    if (m_schedule < 0 || ::pread(m_schedule, text, sizeof text - 1, 0) <= 0 ||
        std::sscanf(text, "%lld %lld", &ran, &queued) != 2) {
        return 0;
    }
    return queued;
}

void StallWatchdog::tick() {
    const int late = static_cast<int>(m_clock.restart()) - kPeriodMs;
    const qint64 queued = queuedNs();
    const int own = late - static_cast<int>((queued - m_queuedNs) / 1'000'000);
    m_queuedNs = queued;
    m_longestMs = std::max(m_longestMs, late);
    m_longestOwnMs = std::max(m_longestOwnMs, own);
    m_ownCount += own > kLimitMs ? 1 : 0;
    if (late > kLimitMs) {
        ++m_count;
        emit stalled(late);
    }
}

void StallWatchdog::start() {
    m_longestMs = 0;
    m_count = 0;
    m_longestOwnMs = 0;
    m_ownCount = 0;
    if (m_schedule < 0) {
        m_schedule = ::open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
    }
    m_queuedNs = queuedNs();
    m_clock.start();
    m_timer.start();
}

}  // namespace lectern::ui

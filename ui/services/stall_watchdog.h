#pragma once
// Measures how long the GUI thread was kept from its events.

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

namespace lectern::ui {

/// A timer that should fire every kPeriodMs; what it is late by is a stall. Of that, the time in which the thread was
/// ready to run but other programs had the processors is told apart (Linux's schedstat): the rest is the program's own.
/// Costs a few microseconds a period. Used by the tests and by `lectern --report-stalls`.
class StallWatchdog : public QObject {
    Q_OBJECT

  public:
    static constexpr int kPeriodMs = 5;
    static constexpr int kLimitMs = 50;

    explicit StallWatchdog(QObject* parent = nullptr);
    ~StallWatchdog() override;
    /// Watches the calling thread, which must be the one it lives on.
    void start();
    void stop() { m_timer.stop(); }
    /// Longest stall since start().
    int longestMs() const { return m_longestMs; }
    int count() const { return m_count; }
    /// The same without the time in which the processors were taken.
    int longestOwnMs() const { return m_longestOwnMs; }
    int ownCount() const { return m_ownCount; }

  signals:
    void stalled(int milliseconds);

  private:
    void tick();
    qint64 queuedNs() const;

    QTimer m_timer;
    QElapsedTimer m_clock;
    int m_longestMs = 0;
    int m_count = 0;
    int m_longestOwnMs = 0;
    int m_ownCount = 0;
    int m_schedule = -1;  ///< descriptor of the thread's schedstat; -1: not told apart
    qint64 m_queuedNs = 0;
};

}  // namespace lectern::ui

#pragma once
// Measures how long the GUI thread was kept from its events.

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

namespace lectern::ui {

/// A timer that should fire every kPeriodMs; what it is late by is a stall. Costs nothing worth measuring. Used by the
/// tests and by `lectern --report-stalls`.
class StallWatchdog : public QObject {
    Q_OBJECT

  public:
    static constexpr int kPeriodMs = 5;
    static constexpr int kLimitMs = 50;

    explicit StallWatchdog(QObject* parent = nullptr);
    void start();
    void stop() { m_timer.stop(); }
    /// Longest stall since start().
    int longestMs() const { return m_longestMs; }
    int count() const { return m_count; }

  signals:
    void stalled(int milliseconds);

  private:
    QTimer m_timer;
    QElapsedTimer m_clock;
    int m_longestMs = 0;
    int m_count = 0;
};

}  // namespace lectern::ui

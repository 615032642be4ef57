#pragma once
// Keeps signals to a rate a window can draw.

#include <chrono>

namespace lectern::app {

inline constexpr int kSignalsPerSecond = 30;

class RateLimiter {
  public:
    explicit RateLimiter(int perSecond) : m_interval(std::chrono::microseconds(1'000'000 / perSecond)) {}

    /// True at most `perSecond` times a second; the first time always.
    bool allows() {
        const auto now = std::chrono::steady_clock::now();
        if (now < m_next) {
            return false;
        }
        m_next = now + m_interval;
        return true;
    }

  private:
    std::chrono::steady_clock::duration m_interval;
    std::chrono::steady_clock::time_point m_next;
};

}  // namespace lectern::app

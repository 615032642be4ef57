#pragma once
// One thread that runs tasks in order, each with an id and a stop token.

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

namespace lectern::app {

/// Tasks run one at a time, oldest first. Every member may be called from any thread. Destruction asks the running task
/// to stop, drops the others and joins.
class TaskThread {
  public:
    using Task = std::function<void(std::stop_token stop)>;

    /// Work that computes for long is Background: it, and the threads and processes that it starts, leave the processor
    /// to the window when both want it.
    enum class Priority { Normal, Background };

    explicit TaskThread(Priority priority = Priority::Normal);
    ~TaskThread();
    TaskThread(const TaskThread&) = delete;
    TaskThread& operator=(const TaskThread&) = delete;

    /// `id` must be new. `dropped` is called instead of the task when it is cancelled before it began.
    void add(uint64_t id, Task task, std::function<void()> dropped = {});
    /// Asks a running task to stop, or drops a waiting one.
    void cancel(uint64_t id);
    void cancelAll();
    /// While paused no further task begins.
    void setPaused(bool paused);
    bool isIdle() const;

  private:
    struct Entry {
        uint64_t id = 0;
        Task task;
        std::function<void()> dropped;
    };
    void run();

    mutable std::mutex m_mutex;
    std::condition_variable m_wake;
    std::deque<Entry> m_waiting;
    uint64_t m_runningId = 0;
    std::stop_source m_runningStop{std::nostopstate};
    bool m_paused = false;
    bool m_ending = false;
    std::thread m_thread;  ///< last: starts when the rest is there
};

}  // namespace lectern::app

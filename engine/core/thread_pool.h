#pragma once
// One pool per process side of the engine: a fixed set of pinned workers and the calling thread share numbered tasks.

#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

namespace lectern {

/// Runs `parallelFor` bodies on `threads` threads, the caller being one of them. Workers are pinned to distinct cores:
/// two of them on one core halve the speed of a matrix product. One caller at a time.
///
/// A call waits for its tasks, not for its workers: one that the system has put aside, on a busy machine or because
/// there are more threads than cores, delays nobody unless it holds a task. Between calls workers look for the next one
/// for some hundred microseconds, as the pause between two ops of a decode step is shorter than waking a thread, and
/// then sleep.
class ThreadPool {
  public:
    /// `threads` <= 0: one per core this process may use.
    explicit ThreadPool(int32_t threads);
    ~ThreadPool();
    ThreadPool(const ThreadPool&) = delete;
    ThreadPool& operator=(const ThreadPool&) = delete;

    int32_t threads() const { return static_cast<int32_t>(m_workers.size()) + 1; }

    /// Calls body(task) for every task in [0, tasks), each once, in any order, and returns when all have finished.
    /// `tasks` is below 2^32. The body must not call parallelFor of the same pool.
    void parallelFor(int64_t tasks, const std::function<void(int64_t task)>& body);

  private:
    void workerLoop();
    bool runTasks();

    std::vector<std::thread> m_workers;
    // The call's number in the upper half, its unclaimed tasks in the lower: a claim can only succeed while that call
    // is still waiting for the claimed task, so the fields below belong to it.
    std::atomic<uint64_t> m_ticket{0};
    std::atomic<int64_t> m_tasks{0};
    std::atomic<const std::function<void(int64_t)>*> m_body{nullptr};
    std::atomic<int64_t> m_unfinished{0};
    std::atomic<uint32_t> m_calls{0};  ///< what sleeping workers wait on
    bool m_spin = true;
    std::atomic<bool> m_quit{false};
};

/// Physical cores this process may run on: threads that share a core's arithmetic units count once.
int32_t usableCores();

}  // namespace lectern

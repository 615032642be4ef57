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
class ThreadPool {
  public:
    /// `threads` <= 0: one per core this process may use.
    explicit ThreadPool(int32_t threads);
    ~ThreadPool();
    ThreadPool(const ThreadPool&) = delete;
    ThreadPool& operator=(const ThreadPool&) = delete;

    int32_t threads() const { return static_cast<int32_t>(m_workers.size()) + 1; }

    /// Calls body(task) for every task in [0, tasks), each once, in any order, and returns when all have finished.
    void parallelFor(int64_t tasks, const std::function<void(int64_t task)>& body);

  private:
    void workerLoop(int32_t index);
    void runTasks();

    std::vector<std::thread> m_workers;
    std::atomic<uint64_t> m_generation{0};
    std::atomic<int32_t> m_active{0};
    std::atomic<int64_t> m_next{0};
    int64_t m_tasks = 0;
    const std::function<void(int64_t)>* m_body = nullptr;
    std::atomic<bool> m_quit{false};
};

/// Cores this process may run on.
int32_t usableCores();

}  // namespace lectern

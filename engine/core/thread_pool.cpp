#include "engine/core/thread_pool.h"

#include <pthread.h>
#include <sched.h>

#include <algorithm>

namespace lectern {
namespace {

// A waiting thread spins this long before it sleeps: the pause between two ops of a decode step is shorter than a futex
// wake-up.
constexpr int kSpinRounds = 4000;

void relax() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

std::vector<int> allowedCores() {
    cpu_set_t set;
    CPU_ZERO(&set);
    std::vector<int> cores;
    if (sched_getaffinity(0, sizeof set, &set) == 0) {
        for (int core = 0; core < CPU_SETSIZE; ++core) {
            if (CPU_ISSET(core, &set)) {
                cores.push_back(core);
            }
        }
    }
    return cores;
}

}  // namespace

int32_t usableCores() {
    return std::max<int32_t>(1, static_cast<int32_t>(allowedCores().size()));
}

ThreadPool::ThreadPool(int32_t threads) {
    const std::vector<int> cores = allowedCores();
    const int32_t count = threads > 0 ? threads : usableCores();
    for (int32_t index = 1; index < count; ++index) {
        m_workers.emplace_back([this, index] { workerLoop(index); });
        if (count <= static_cast<int32_t>(cores.size())) {
            cpu_set_t set;
            CPU_ZERO(&set);
            CPU_SET(cores[index], &set);
            pthread_setaffinity_np(m_workers.back().native_handle(), sizeof set, &set);
        }
    }
}

ThreadPool::~ThreadPool() {
    m_quit = true;
    m_generation.fetch_add(1);
    m_generation.notify_all();
    for (std::thread& worker : m_workers) {
        worker.join();
    }
}

void ThreadPool::runTasks() {
    for (int64_t task = m_next.fetch_add(1); task < m_tasks; task = m_next.fetch_add(1)) {
        (*m_body)(task);
    }
}

void ThreadPool::workerLoop(int32_t) {
    uint64_t seen = 0;
    while (true) {
        for (int round = 0; round < kSpinRounds && m_generation.load(std::memory_order_acquire) == seen; ++round) {
            relax();
        }
        m_generation.wait(seen, std::memory_order_acquire);
        seen = m_generation.load(std::memory_order_acquire);
        if (m_quit) {
            return;
        }
        runTasks();
        if (m_active.fetch_sub(1, std::memory_order_acq_rel) == 1) {
            m_active.notify_one();
        }
    }
}

void ThreadPool::parallelFor(int64_t tasks, const std::function<void(int64_t)>& body) {
    if (tasks <= 1 || m_workers.empty()) {
        for (int64_t task = 0; task < tasks; ++task) {
            body(task);
        }
        return;
    }
    m_tasks = tasks;
    m_body = &body;
    m_next.store(0, std::memory_order_relaxed);
    m_active.store(static_cast<int32_t>(m_workers.size()), std::memory_order_relaxed);
    m_generation.fetch_add(1, std::memory_order_release);
    m_generation.notify_all();
    runTasks();
    // Every worker checks in before the next call may reuse the task fields.
    for (int round = 0; round < kSpinRounds && m_active.load(std::memory_order_acquire) != 0; ++round) {
        relax();
    }
    for (int32_t active = m_active.load(std::memory_order_acquire); active != 0;
         active = m_active.load(std::memory_order_acquire)) {
        m_active.wait(active, std::memory_order_acquire);
    }
}

}  // namespace lectern

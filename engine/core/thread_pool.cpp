#include "engine/core/thread_pool.h"

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <set>
#include <string>
#include <system_error>

namespace lectern {
namespace {

constexpr std::chrono::microseconds kSpinTime{200};

void relax() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

/// Spins until `ready()`, for kSpinTime at most; the answer is the last ready().
template <class Ready>
bool spinUntil(const Ready& ready) {
    const auto end = std::chrono::steady_clock::now() + kSpinTime;
    do {
        for (int round = 0; round < 64; ++round) {
            if (ready()) {
                return true;
            }
            relax();
        }
    } while (std::chrono::steady_clock::now() < end);
    return ready();
}

/// One logical processor of every physical core this process may use, lowest first.
std::vector<int> allowedCores() {
    cpu_set_t set;
    CPU_ZERO(&set);
    std::vector<int> cores;
    std::set<std::string> seen;
    if (sched_getaffinity(0, sizeof set, &set) == 0) {
        for (int core = 0; core < CPU_SETSIZE; ++core) {
            if (!CPU_ISSET(core, &set)) {
                continue;
            }
            std::ifstream file("/sys/devices/system/cpu/cpu" + std::to_string(core) + "/topology/thread_siblings_list");
            std::string siblings;
            if (!std::getline(file, siblings) || seen.insert(siblings).second) {
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
    const int32_t count = threads > 0 ? threads : std::max<int32_t>(1, static_cast<int32_t>(cores.size()));
    // With more threads than cores a spinning thread keeps the one it waits for from running.
    m_spin = count <= static_cast<int32_t>(cores.size());
    for (int32_t index = 1; index < count; ++index) {
        try {
            m_workers.emplace_back([this] { workerLoop(); });
        } catch (const std::system_error&) {
            // The system's limit of threads is reached: those that exist do the work.
            break;
        }
        if (m_spin) {
            cpu_set_t set;
            CPU_ZERO(&set);
            CPU_SET(cores[static_cast<size_t>(index)], &set);
            pthread_setaffinity_np(m_workers.back().native_handle(), sizeof set, &set);
        }
    }
}

ThreadPool::~ThreadPool() {
    m_quit = true;
    m_calls.fetch_add(1);
    m_calls.notify_all();
    for (std::thread& worker : m_workers) {
        worker.join();
    }
}

/// Claims and runs tasks of the current call until none is left; false when there was none.
bool ThreadPool::runTasks() {
    int64_t finished = 0;
    uint64_t ticket = m_ticket.load(std::memory_order_acquire);
    while (static_cast<uint32_t>(ticket) != 0) {
        const std::function<void(int64_t)>* body = m_body.load(std::memory_order_relaxed);
        const int64_t task = m_tasks.load(std::memory_order_relaxed) - static_cast<uint32_t>(ticket);
        if (m_ticket.compare_exchange_weak(ticket, ticket - 1, std::memory_order_acq_rel, std::memory_order_acquire)) {
            (*body)(task);
            ++finished;
            if (m_unfinished.fetch_sub(1, std::memory_order_acq_rel) == 1) {
                m_unfinished.notify_all();
            }
            ticket = m_ticket.load(std::memory_order_acquire);
        }
    }
    return finished > 0;
}

void ThreadPool::workerLoop() {
    while (!m_quit) {
        const uint32_t calls = m_calls.load(std::memory_order_acquire);
        if (runTasks()) {
            continue;
        }
        const auto changed = [&] { return m_calls.load(std::memory_order_acquire) != calls; };
        if (!m_spin || !spinUntil(changed)) {
            m_calls.wait(calls, std::memory_order_acquire);
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
    m_tasks.store(tasks, std::memory_order_relaxed);
    m_body.store(&body, std::memory_order_relaxed);
    m_unfinished.store(tasks, std::memory_order_relaxed);
    const uint64_t call = (m_ticket.load(std::memory_order_relaxed) >> 32) + 1;
    m_ticket.store(call << 32 | static_cast<uint32_t>(tasks), std::memory_order_release);
    m_calls.fetch_add(1, std::memory_order_release);
    m_calls.notify_all();
    runTasks();
    const auto finished = [&] { return m_unfinished.load(std::memory_order_acquire) == 0; };
    if (m_spin && spinUntil(finished)) {
        return;
    }
    for (int64_t left = m_unfinished.load(std::memory_order_acquire); left != 0;
         left = m_unfinished.load(std::memory_order_acquire)) {
        m_unfinished.wait(left, std::memory_order_acquire);
    }
}

}  // namespace lectern

#include "app/jobs/task_thread.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace lectern::app {

namespace {

/// A third of the weight of a thread of standing 0, on Linux where each thread has its own.
constexpr int kBackgroundNice = 5;

}  // namespace

TaskThread::TaskThread(Priority priority)
    : m_thread([this, priority] {
          if (priority == Priority::Background) {
              setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kBackgroundNice);
          }
          run();
      }) {}

TaskThread::~TaskThread() {
    {
        const std::scoped_lock lock(m_mutex);
        m_ending = true;
        m_waiting.clear();
        m_runningStop.request_stop();
    }
    m_wake.notify_all();
    m_thread.join();
}

void TaskThread::add(uint64_t id, Task task, std::function<void()> dropped) {
    {
        const std::scoped_lock lock(m_mutex);
        m_waiting.push_back({id, std::move(task), std::move(dropped)});
    }
    m_wake.notify_all();
}

void TaskThread::cancel(uint64_t id) {
    std::function<void()> dropped;
    {
        const std::scoped_lock lock(m_mutex);
        if (m_runningId == id) {
            m_runningStop.request_stop();
            return;
        }
        const auto found = std::find_if(m_waiting.begin(), m_waiting.end(), [&](const Entry& e) { return e.id == id; });
        if (found == m_waiting.end()) {
            return;
        }
        dropped = std::move(found->dropped);
        m_waiting.erase(found);
    }
    if (dropped) {
        dropped();
    }
}

void TaskThread::cancelAll() {
    std::deque<Entry> waiting;
    {
        const std::scoped_lock lock(m_mutex);
        waiting = std::exchange(m_waiting, {});
        m_runningStop.request_stop();
    }
    for (const Entry& entry : waiting) {
        if (entry.dropped) {
            entry.dropped();
        }
    }
}

void TaskThread::setPaused(bool paused) {
    {
        const std::scoped_lock lock(m_mutex);
        m_paused = paused;
    }
    m_wake.notify_all();
}

bool TaskThread::isIdle() const {
    const std::scoped_lock lock(m_mutex);
    return m_runningId == 0 && m_waiting.empty();
}

void TaskThread::run() {
    while (true) {
        Task task;
        std::stop_token stop;
        {
            std::unique_lock lock(m_mutex);
            m_runningId = 0;
            m_wake.wait(lock, [this] { return m_ending || (!m_paused && !m_waiting.empty()); });
            if (m_ending) {
                return;
            }
            task = std::move(m_waiting.front().task);
            m_runningId = m_waiting.front().id;
            m_waiting.pop_front();
            m_runningStop = std::stop_source();
            stop = m_runningStop.get_token();
        }
        task(stop);
    }
}

}  // namespace lectern::app

#include "app/jobs/task_thread.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <vector>

namespace lectern::app {
namespace {

using namespace std::chrono_literals;

void waitUntil(const std::function<bool()>& done) {
    for (int i = 0; i < 2000 && !done(); ++i) {
        std::this_thread::sleep_for(5ms);
    }
    ASSERT_TRUE(done());
}

TEST(TaskThread, RunsInOrder) {
    TaskThread thread;
    std::vector<int> order;
    std::atomic<bool> done = false;
    for (int i = 1; i <= 5; ++i) {
        thread.add(static_cast<uint64_t>(i), [&, i](const std::stop_token&) {
            order.push_back(i);
            done = i == 5;
        });
    }
    waitUntil([&] { return done.load(); });
    EXPECT_EQ(order, (std::vector<int>{1, 2, 3, 4, 5}));
    waitUntil([&] { return thread.isIdle(); });
}

TEST(TaskThread, CancelStopsTheRunningAndDropsTheWaiting) {
    TaskThread thread;
    std::atomic<bool> started = false;
    std::atomic<bool> stopped = false;
    std::atomic<int> dropped = 0;
    thread.add(1, [&](const std::stop_token& stop) {
        started = true;
        while (!stop.stop_requested()) {
            std::this_thread::sleep_for(1ms);
        }
        stopped = true;
    });
    thread.add(
        2, [&](const std::stop_token&) { FAIL(); }, [&] { ++dropped; });
    thread.add(
        3, [&](const std::stop_token&) { FAIL(); }, [&] { ++dropped; });
    waitUntil([&] { return started.load(); });
    thread.cancel(2);
    thread.cancel(2);
    EXPECT_EQ(dropped, 1);
    thread.cancelAll();
    waitUntil([&] { return stopped.load(); });
    EXPECT_EQ(dropped, 2);
}

TEST(TaskThread, PausedNothingBegins) {
    TaskThread thread;
    thread.setPaused(true);
    std::atomic<bool> ran = false;
    thread.add(1, [&](const std::stop_token&) { ran = true; });
    std::this_thread::sleep_for(50ms);
    EXPECT_FALSE(ran);
    thread.setPaused(false);
    waitUntil([&] { return ran.load(); });
}

TEST(TaskThread, DestructionStopsWhatRuns) {
    std::atomic<bool> stopped = false;
    {
        TaskThread thread;
        std::atomic<bool> started = false;
        thread.add(1, [&](const std::stop_token& stop) {
            started = true;
            while (!stop.stop_requested()) {
                std::this_thread::sleep_for(1ms);
            }
            stopped = true;
        });
        waitUntil([&] { return started.load(); });
    }
    EXPECT_TRUE(stopped);
}

}  // namespace
}  // namespace lectern::app

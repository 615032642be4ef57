// Profiles, RoPE schedules and the thread pool.

#include "engine/attention/profile.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <ctime>
#include <nlohmann/json.hpp>
#include <numeric>
#include <thread>

#include "engine/attention/rope_schedule.h"
#include "engine/core/thread_pool.h"
#include "engine/session/run_options.h"

namespace lectern::test {
namespace {

TEST(Profile, JsonRoundTrip) {
    AttentionProfile profile;
    profile.mode = AttentionMode::MsTrain;
    profile.kvType = KvType::Int8;
    profile.capacity = {{4096, 1}, {16384, 8}, {1 << 20, 1024}};
    profile.citationHeads = {{7, 3, 0.5f}};
    const auto parsed = parseProfile(profileToJson(profile).dump());
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(*parsed, profile);
}

TEST(Profile, RefusesWhatItCannotMean) {
    const nlohmann::json good = profileToJson({});
    const auto refused = [&](auto change) {
        nlohmann::json json = good;
        change(json);
        const auto parsed = parseProfile(json.dump());
        EXPECT_FALSE(parsed) << json.dump();
        return parsed ? std::string() : parsed.error().message;
    };
    EXPECT_NE(refused([](auto& j) { j["bugdet"] = 3; }).find("bugdet"), std::string::npos);
    refused([](auto& j) { j["format"] = "lectern.profile/9"; });
    refused([](auto& j) { j["prefill"]["budget"] = 1u << 30; });
    refused([](auto& j) { j["prefill"]["budget"] = 2047; });
    refused([](auto& j) { j["prefill"]["budget"] = -16; });
    refused([](auto& j) { j["prefill"]["local"] = 120; });
    refused([](auto& j) { j["region"] = 0; });
    refused([](auto& j) { j["region"] = "16"; });
    refused([](auto& j) { j["mode"] = "sparse"; });
    refused([](auto& j) { j["capacity"] = {{{"context", 100}, {"rope_scale", 0.5}}}; });
    refused([](auto& j) {
        j["capacity"] = {{{"context", 100}, {"rope_scale", 1}}, {{"context", 50}, {"rope_scale", 1}}};
    });
    EXPECT_FALSE(parseProfile(""));
    EXPECT_FALSE(parseProfile("[1,2"));
    EXPECT_FALSE(parseProfile(std::string(100000, '[')));
}

TEST(Profile, FlagsRederiveGeometry) {
    RunOptions options;
    options.budget = 1024;
    const AttentionProfile profile = *applyFlags({}, options);
    EXPECT_EQ(profile.prefill.budget, 1024);
    EXPECT_EQ(profile.decode.budget, 1024);
    EXPECT_EQ(profile.merge, 8);
    EXPECT_EQ(profile.prefill.local, 8);
    options.merge = 4;
    EXPECT_EQ(applyFlags({}, options)->merge, 4);
    options.merge = 64;
    EXPECT_FALSE(applyFlags({}, options));
}

TEST(RopeSchedule, NtkMovesOnlyTheBase) {
    const RopeSchedule plain = RopeSchedule::ntk(10000, 1, 64), scaled = RopeSchedule::ntk(10000, 16, 64);
    EXPECT_DOUBLE_EQ(plain.inverseFrequencies()[0], 1.0);
    EXPECT_DOUBLE_EQ(scaled.inverseFrequencies()[0], 1.0);
    // The slowest dimension is slowed by exactly A: (A^(D/(D-2)))^((D-2)/D) = A.
    EXPECT_NEAR(plain.inverseFrequencies()[31] / scaled.inverseFrequencies()[31], 16.0, 1e-9);
}

TEST(RopeSchedule, AnglesStayExactAtFourMillion) {
    const RopeSchedule schedule = RopeSchedule::ntk(10000, 1, 64);
    std::vector<float> cos(32), sin(32);
    const int64_t position = 4'000'003;
    schedule.fill(position, 1, cos.data(), sin.data());
    for (int i = 0; i < 32; ++i) {
        const long double angle = static_cast<long double>(position) * powl(10000.0L, -2.0L * i / 64);
        EXPECT_NEAR(cos[static_cast<size_t>(i)], static_cast<double>(cosl(angle)), 2e-7);
        EXPECT_NEAR(sin[static_cast<size_t>(i)], static_cast<double>(sinl(angle)), 2e-7);
    }
}

TEST(ThreadPool, EveryTaskRunsOnceAndReturns) {
    for (const int32_t threads : {1, 2, 5}) {
        ThreadPool pool(threads);
        for (const int64_t tasks : {0, 1, 2, 3, 100, 1000}) {
            for (int repeat = 0; repeat < 20; ++repeat) {
                std::vector<std::atomic<int>> runs(static_cast<size_t>(tasks));
                pool.parallelFor(tasks, [&](int64_t task) { ++runs[static_cast<size_t>(task)]; });
                EXPECT_TRUE(std::all_of(runs.begin(), runs.end(), [](const auto& count) { return count == 1; }));
            }
        }
    }
}

TEST(ThreadPool, ManyShortCallsWithMoreThreadsThanCores) {
    ThreadPool pool(usableCores() * 3 + 1);
    int64_t sum = 0;
    for (int64_t call = 0; call < 3000; ++call) {
        // Plain values written by tasks: the return of parallelFor must make them visible.
        int64_t parts[7] = {};
        pool.parallelFor(7, [&](int64_t task) { parts[task] = call + task; });
        for (const int64_t part : parts) {
            sum += part;
        }
    }
    EXPECT_EQ(sum, 7 * (2999 * 3000 / 2) + 3000 * 21);
}

TEST(ThreadPool, IdleWorkersSleep) {
    ThreadPool pool(2);
    std::atomic<int> runs{0};
    pool.parallelFor(2, [&](int64_t) { ++runs; });
    const auto processSeconds = [] {
        timespec now{};
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
        return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
    };
    const double before = processSeconds();
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    EXPECT_LT(processSeconds() - before, 0.02);
    pool.parallelFor(2, [&](int64_t) { ++runs; });
    EXPECT_EQ(runs, 4);
}

}  // namespace
}  // namespace lectern::test

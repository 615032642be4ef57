#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tests/bench/machine_limits.cpp"
#include "hwy/foreach_target.h"
// foreach_target must come first.
#include <time.h>

#include <algorithm>
#include <vector>

#include "hwy/highway.h"
#include "tests/bench/machine_limits.h"

HWY_BEFORE_NAMESPACE();
namespace lectern::bench {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// Multiply-adds done, one per lane; twelve chains hide the latency, and differ so that none can stand for another.
double multiplyAdd(int64_t rounds, float* sink) {
    const hn::ScalableTag<float> d;
    const auto y = hn::Set(d, sink[0]), x = hn::Set(d, 0.999f);
    const auto start = [&](float value) HWY_ATTR { return hn::Set(d, value * sink[0]); };
    auto a0 = start(1), a1 = start(2), a2 = start(3), a3 = start(4), a4 = start(5), a5 = start(6);
    auto b0 = start(7), b1 = start(8), b2 = start(9), b3 = start(10), b4 = start(11), b5 = start(12);
    for (int64_t i = 0; i < rounds; ++i) {
        a0 = hn::MulAdd(a0, x, y), a1 = hn::MulAdd(a1, x, y), a2 = hn::MulAdd(a2, x, y);
        a3 = hn::MulAdd(a3, x, y), a4 = hn::MulAdd(a4, x, y), a5 = hn::MulAdd(a5, x, y);
        b0 = hn::MulAdd(b0, x, y), b1 = hn::MulAdd(b1, x, y), b2 = hn::MulAdd(b2, x, y);
        b3 = hn::MulAdd(b3, x, y), b4 = hn::MulAdd(b4, x, y), b5 = hn::MulAdd(b5, x, y);
    }
    const auto a = hn::Add(hn::Add(hn::Add(a0, a1), hn::Add(a2, a3)), hn::Add(a4, a5));
    const auto b = hn::Add(hn::Add(hn::Add(b0, b1), hn::Add(b2, b3)), hn::Add(b4, b5));
    sink[0] = hn::GetLane(hn::SumOfLanes(d, hn::Add(a, b)));
    return 12.0 * static_cast<double>(rounds) * static_cast<double>(hn::Lanes(d));
}

void readAll(const float* from, int64_t count, float* sink) {
    const hn::ScalableTag<float> d;
    const auto lanes = static_cast<int64_t>(hn::Lanes(d));
    auto a = hn::Zero(d), b = a, c = a, e = a;
    for (int64_t i = 0; i + 4 * lanes <= count; i += 4 * lanes) {
        a = hn::Add(a, hn::LoadU(d, from + i));
        b = hn::Add(b, hn::LoadU(d, from + i + lanes));
        c = hn::Add(c, hn::LoadU(d, from + i + 2 * lanes));
        e = hn::Add(e, hn::LoadU(d, from + i + 3 * lanes));
    }
    sink[0] += hn::GetLane(hn::SumOfLanes(d, hn::Add(hn::Add(a, b), hn::Add(c, e))));
}

}  // namespace HWY_NAMESPACE
}  // namespace lectern::bench
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace lectern::bench {

HWY_EXPORT(multiplyAdd);
HWY_EXPORT(readAll);

namespace {

double threadSeconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// The best rate of five rounds of `amount` units of `work`.
template <class Work>
double bestRate(double amount, const Work& work) {
    double best = 0;
    for (int round = 0; round < 5; ++round) {
        const double start = threadSeconds();
        work();
        best = std::max(best, amount / (threadSeconds() - start));
    }
    return best;
}

}  // namespace

MachineLimits measureMachineLimits() {
    MachineLimits limits;
    float sink = 0.5f;
    constexpr int64_t kRounds = 10'000'000;
    const double done = HWY_DYNAMIC_DISPATCH(multiplyAdd)(1000, &sink) / 1000;
    limits.fmaFlops = bestRate(2 * done * kRounds, [&] { HWY_DYNAMIC_DISPATCH(multiplyAdd)(kRounds, &sink); });
    const std::vector<float> memory(int64_t{64} << 20, 1.0f);
    const auto count = static_cast<int64_t>(memory.size());
    limits.readBytes = bestRate(4.0 * static_cast<double>(count), [&] {
        HWY_DYNAMIC_DISPATCH(readAll)
        (memory.data(), count, &sink);
    });
    limits.cacheReadBytes = bestRate(4.0 * 20 * (1 << 20), [&] {
        for (int i = 0; i < 20; ++i) HWY_DYNAMIC_DISPATCH(readAll)(memory.data(), 1 << 20, &sink);
    });
    return limits;
}

}  // namespace lectern::bench
#endif

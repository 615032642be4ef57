// kernels_bench [--benchmark_filter=...]: every CPU kernel at the sizes of the 110m shape and of a 7B model, on one
// thread, validated against the reference first, then timed beside the FMA peak and the read bandwidth of the same run.
// Prints rows for RESULTS.md; times are CPU time of the thread.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>
#include <string_view>

#include "kernels/common/kv_layout.h"
#include "kernels/cpu/cpu.h"
#include "kernels/reference/reference.h"
#include "tests/bench/machine_limits.h"
#include "tests/kernels/support/kernel_test.h"

namespace lectern::bench {
namespace {

using namespace kernels;
using kernels::test::Random;
namespace cpu = kernels::cpu;
namespace reference = kernels::reference;

const char* name(DType type) {
    constexpr const char* kNames[] = {"f32", "f16", "bf16", "q8_0", "q4_0", "q4_k", "q5_k", "q6_k"};
    return kNames[static_cast<size_t>(type)];
}

const char* name(KvType type) {
    constexpr const char* kNames[] = {"f32", "bf16", "int8", "int4", "fp8"};
    return kNames[static_cast<size_t>(type)];
}

/// Work of one iteration, for the report: operations, and bytes that must come from memory.
/// `perFma`: operations of the product used per operation of an FMA, on the same issue ports.
void setWork(benchmark::State& state, double operations, double bytes, double perFma = 1) {
    state.counters["operations"] = operations;
    state.counters["bytes"] = bytes;
    state.counters["per_fma"] = perFma;
}

bool validate(benchmark::State& state, Status status, std::span<const float> actual, std::span<const float> expected,
              double limit) {
    if (status == Status::Ok && kernels::test::nmse(actual, expected) <= limit) return true;
    state.SkipWithError("differs from the reference");
    return false;
}

void linear(benchmark::State& state, DType type, int64_t tokens, int64_t rows, int64_t columns) {
    Random random(1);
    // As many copies as make the weights stream from memory, as they do in a model.
    const int64_t matrixBytes = rows * rowBytes(type, columns);
    const int64_t copies = std::max<int64_t>(1, (int64_t{96} << 20) / matrixBytes);
    const std::vector<std::byte> one = kernels::test::randomWeights(random, type, rows, columns);
    std::vector<std::byte> weights;
    for (int64_t i = 0; i < copies; ++i) weights.insert(weights.end(), one.begin(), one.end());
    const std::vector<float> x = random.normal(tokens * columns);
    std::vector<float> out(static_cast<size_t>(tokens * rows)), expected(out);
    LinearArgs args{x.data(), {weights.data(), type, rows, columns}, out.data(), tokens, 0, rows, false};
    {
        LinearArgs few = args;
        few.rowEnd = std::min<int64_t>(rows, 64);
        std::vector<float> wanted(out.size(), 0.0f);
        few.out = wanted.data();
        reference::linear(few);
        few.out = out.data();
        if (!validate(state, cpu::linear(few), out, wanted, 1e-4)) return;
    }
    int64_t copy = 0;
    for (auto _ : state) {
        args.weight.data = weights.data() + copy * matrixBytes;
        copy = (copy + 1) % copies;
        benchmark::DoNotOptimize(cpu::linear(args));
        benchmark::ClobberMemory();
    }
    // VNNI adds four products of bytes per lane where an FMA adds one.
    const bool vnni = std::string_view(cpu::instructionSet()) == "AVX3_DL" && blockValues(type) > 1;
    setWork(state, 2.0 * static_cast<double>(tokens * rows * columns), static_cast<double>(matrixBytes), vnni ? 4 : 1);
}

void gemm(benchmark::State& state, int64_t m, int64_t n, int64_t k) {
    Random random(2);
    const auto a = random.normal(m * k), b = random.normal(n * k);
    std::vector<float> out(static_cast<size_t>(m * n));
    cpu::gemmTransposedB(a.data(), k, b.data(), k, out.data(), n, m, n, k, false);
    double sum = 0;
    for (int64_t i = 0; i < k; ++i) sum += static_cast<double>(a[static_cast<size_t>(i)]) * b[static_cast<size_t>(i)];
    if (!(std::fabs(sum - static_cast<double>(out[0])) < 1e-2)) return state.SkipWithError("wrong product");
    for (auto _ : state) {
        cpu::gemmTransposedB(a.data(), k, b.data(), k, out.data(), n, m, n, k, false);
        benchmark::ClobberMemory();
    }
    setWork(state, 2.0 * static_cast<double>(m * n * k), 4.0 * static_cast<double>(m * k + n * k + m * n));
}

struct AttentionShape {
    KvType type;
    int32_t headDim, groupHeads, kvHeads;
    int64_t queries, selected;  ///< selected regions of 16 tokens out of 64K tokens
    bool mass;
    bool bf16 = false;
};

void attention(benchmark::State& state, const AttentionShape& shape) {
    constexpr int64_t kTokens = 65536 + 256;
    Random random(3);
    // Values repeat with an odd period: drawing them all would take longer than the benchmark.
    const auto drawn = random.normal((1 << 16) + 7);
    std::vector<float> keys(static_cast<size_t>(kTokens * shape.kvHeads * shape.headDim));
    for (size_t i = 0; i < keys.size(); ++i) keys[i] = drawn[i % drawn.size()];
    const kernels::test::TestCache cache(shape.type, 256, 16, shape.kvHeads, shape.headDim, kTokens, keys, keys);
    std::vector<std::vector<RegionId>> selections;
    for (int i = 0; i < 16; ++i) {
        std::vector<RegionId> all(4096);
        std::iota(all.begin(), all.end(), 0);
        std::shuffle(all.begin(), all.end(), random.engine());
        all.resize(static_cast<size_t>(shape.selected));
        std::sort(all.begin(), all.end());
        selections.push_back(std::move(all));
    }
    const int64_t width = int64_t{shape.groupHeads} * shape.headDim;
    const auto q = random.normal(shape.queries * width);
    std::vector<float> out(q.size()), expected(q.size());
    std::vector<float> mass(static_cast<size_t>(shape.groupHeads * (shape.selected + 1)));
    GatheredAttentionArgs args;
    args.q = q.data();
    args.qStride = args.outStride = width;
    args.queryTokens = shape.queries;
    args.groupHeads = shape.groupHeads;
    args.kv = cache.view();
    args.ownBegin = 65536;
    args.firstQuery = 65536;
    args.scale = 1.0f / std::sqrt(static_cast<float>(shape.headDim));
    args.regions = selections[0].data();
    args.regionMass = shape.mass ? mass.data() : nullptr;
    args.bf16Products = shape.bf16;
    {
        GatheredAttentionArgs few = args;
        few.regionCount = std::min<int64_t>(shape.selected, 20);
        few.queryTokens = std::min<int64_t>(shape.queries, 6);
        const auto count = static_cast<size_t>(few.queryTokens * width);
        few.out = expected.data();
        reference::gatheredAttention(few);
        few.out = out.data();
        const Status status = cpu::gatheredAttention(few);
        if (!validate(state, status, {out.data(), count}, {expected.data(), count}, shape.bf16 ? 1e-4 : 1e-6)) return;
    }
    args.out = out.data();
    args.regionCount = shape.selected;
    size_t turn = 0;
    for (auto _ : state) {
        args.regions = selections[turn % 16].data();
        args.kvHead = static_cast<int32_t>(turn++ % static_cast<size_t>(shape.kvHeads));
        cpu::gatheredAttention(args);
        benchmark::ClobberMemory();
    }
    const auto pairs =
        static_cast<double>(shape.queries * (shape.selected * 16) + shape.queries * (shape.queries + 1) / 2);
    const KvPageLayout layout = kvPageLayout(shape.type, 256, 16, shape.kvHeads, shape.headDim);
    setWork(state, 4.0 * pairs * static_cast<double>(width),
            2.0 * static_cast<double>(shape.selected) * static_cast<double>(layout.pageBytes) / (16.0 * shape.kvHeads));
}

void select(benchmark::State& state, Scorer scorer, int64_t regions, int32_t queries, int32_t groupHeads,
            int32_t keep) {
    constexpr int32_t kDim = 64, kHeads = 4;
    Random random(4);
    const auto drawn = random.normal((1 << 16) + 7);
    std::vector<float> low(static_cast<size_t>(regions * kDim * kHeads)), high(low.size());
    for (size_t i = 0; i < low.size(); ++i) {
        low[i] = drawn[i % drawn.size()] - 1.0f;
        high[i] = low[i] + 2.0f;
    }
    const auto q = random.normal(int64_t{queries} * groupHeads * kDim);
    std::vector<RegionId> ids(static_cast<size_t>(queries * keep));
    std::vector<float> scores(ids.size()), expected(ids.size());
    std::vector<int32_t> found(static_cast<size_t>(queries));
    SelectArgs args;
    args.queries = q.data();
    args.queryCount = queries;
    args.groupHeads = groupHeads;
    args.scorer = scorer;
    args.keep = keep;
    args.ids = ids.data();
    args.found = found.data();
    args.summaries = {low.data(), low.data(), high.data(), kDim, regions};
    args.candidateEnd = std::min<int64_t>(regions, 1000);
    args.scores = expected.data();
    reference::select(args);
    args.scores = scores.data();
    if (!validate(state, cpu::select(args), scores, expected, 1e-10)) return;
    args.candidateEnd = regions;
    int64_t head = 0;
    for (auto _ : state) {
        const int64_t offset = head++ % kHeads * regions * kDim;
        args.summaries = {low.data() + offset, low.data() + offset, high.data() + offset, kDim, regions};
        cpu::select(args);
        benchmark::ClobberMemory();
    }
    const double products = (scorer == Scorer::Bound ? 2.0 : 1.0) * static_cast<double>(regions) * kDim;
    setWork(state, 2.0 * products * queries, 4.0 * products);
}

void elementwise(benchmark::State& state, const std::string& which) {
    constexpr int64_t kRows = 512, kDim = 2048;
    Random random(5);
    auto x = random.normal(kRows * kDim), y = random.normal(kRows * kDim);
    std::vector<float> out(x.size());
    for (float& value : y) value = std::clamp(value, -1.0f, 1.0f);
    for (auto _ : state) {
        if (which == "rms_norm") cpu::rmsNorm(x.data(), y.data(), 1e-5f, kRows, kDim, out.data());
        if (which == "swiglu") cpu::swiglu(x.data(), y.data(), kRows * kDim, out.data());
        if (which == "rope") cpu::rope(x.data(), y.data(), y.data() + kRows * 32, kRows, kDim / 64, 64);
        if (which == "region_summary") {
            for (int64_t r = 0; r < kRows * kDim / 1024; ++r) {
                cpu::regionSummary(x.data() + r * 1024, 16, 64, out.data(), out.data() + 64, out.data() + 128);
            }
        }
        benchmark::ClobberMemory();
    }
    const double values = kRows * kDim;
    const double moved = which == "swiglu" ? 12.0 : which == "region_summary" ? 4.0 : 8.0;
    setWork(state, 0, moved * values);
}

void storeRegions(benchmark::State& state, KvType type) {
    Random random(6);
    const auto values = random.normal(16 * 64);
    std::vector<std::byte> page(static_cast<size_t>(kvPageLayout(type, 256, 16, 4, 64).pageBytes));
    for (auto _ : state) {
        for (int32_t region = 0; region < 16; ++region) {
            cpu::storeRegion(values.data(), type, 256, 16, 4, 64, 1, region, page.data());
        }
        benchmark::ClobberMemory();
    }
    setWork(state, 0, 16.0 * 16 * 64 * 4);
}

/// Rows of a Markdown table: rates, and what share of the machine's limits they are.
class TableReporter final : public benchmark::BenchmarkReporter {
  public:
    explicit TableReporter(const MachineLimits& limits) : m_limits(limits) {}

    bool ReportContext(const Context&) override {
        std::printf(
            "%s, one thread: FMA peak %.1f GFLOP/s, read %.1f GB/s from memory, %.1f GB/s from the last-level "
            "cache\n\n",
            cpu::instructionSet(), m_limits.fmaFlops * 1e-9, m_limits.readBytes * 1e-9, m_limits.cacheReadBytes * 1e-9);
        std::printf(
            "| kernel | time | GFLOP/s | of arithmetic peak | GB/s | of memory read |\n|---|---|---|---|---|---|\n");
        return true;
    }

    void ReportRuns(const std::vector<Run>& runs) override {
        for (const Run& run : runs) {
            if (run.error_occurred) {
                std::printf("| %s | FAILED: %s |\n", run.benchmark_name().c_str(), run.error_message.c_str());
                failed = true;
                continue;
            }
            const double seconds = run.cpu_accumulated_time / static_cast<double>(run.iterations);
            const double operations = run.counters.at("operations").value / seconds;
            const double bytes = run.counters.at("bytes").value / seconds;
            std::printf("| %s | %.4g us | ", run.benchmark_name().c_str(), seconds * 1e6);
            if (operations > 0) {
                std::printf("%.1f | %.2f | ", operations * 1e-9,
                            operations / m_limits.fmaFlops / run.counters.at("per_fma").value);
            } else {
                std::printf("- | - | ");
            }
            std::printf("%.2f | %.2f |\n", bytes * 1e-9, bytes / m_limits.readBytes);
            std::fflush(stdout);
        }
    }

    bool failed = false;

  private:
    MachineLimits m_limits;
};

template <class F>
void add(const std::string& title, F run) {
    benchmark::RegisterBenchmark(title.c_str(), run);
}

void addAll() {
    for (const DType type : kernels::test::kAllTypes) {
        for (const int64_t tokens : {1, 4, 8, 16, 256}) {
            add(std::string("linear ") + name(type) + " 2048x768, " + std::to_string(tokens) + " tokens",
                [=](benchmark::State& state) { linear(state, type, tokens, 2048, 768); });
        }
    }
    for (const DType type : {DType::Q8_0, DType::Q4_K}) {
        add(std::string("linear ") + name(type) + " 768x2048, 512 tokens",
            [=](benchmark::State& state) { linear(state, type, 512, 768, 2048); });
    }
    add("gemm f32 768x768x768", [](benchmark::State& state) { gemm(state, 768, 768, 768); });
    add("gemm f32 256x2048x768", [](benchmark::State& state) { gemm(state, 256, 2048, 768); });
    for (const KvType type : kernels::test::kAllKvTypes) {
        for (const int32_t heads : {1, 3, 4}) {
            add(std::string("decode attention ") + name(type) + " Dh 64, " + std::to_string(heads) +
                    " heads, 2K tokens",
                [=](benchmark::State& state) {
                    attention(state, {type, 64, heads, 4, 1, 128, false});
                });
        }
        add(std::string("decode attention ") + name(type) + " Dh 64, 3 heads, 2K tokens, mass",
            [=](benchmark::State& state) {
                attention(state, {type, 64, 3, 4, 1, 128, true});
            });
        add(std::string("decode attention ") + name(type) + " Dh 128, 4 heads, 8K tokens",
            [=](benchmark::State& state) {
                attention(state, {type, 128, 4, 2, 1, 512, false});
            });
        add(std::string("block attention ") + name(type) + " Dh 64, 3 heads, 256 queries, 2K tokens",
            [=](benchmark::State& state) {
                attention(state, {type, 64, 3, 4, 256, 112, false});
            });
        add(std::string("block attention ") + name(type) + " Dh 64, 3 heads, 256 queries, 2K tokens, bf16 products",
            [=](benchmark::State& state) {
                attention(state, {type, 64, 3, 4, 256, 112, false, true});
            });
    }
    for (const int64_t regions : {4096, 65536}) {
        for (const Scorer scorer : {Scorer::Mean, Scorer::Bound}) {
            const std::string what = std::string("select ") + (scorer == Scorer::Mean ? "mean " : "bound ") +
                                     std::to_string(regions) + " regions, ";
            add(what + "1 query", [=](benchmark::State& state) { select(state, scorer, regions, 1, 3, 55); });
            add(what + "16 queries", [=](benchmark::State& state) { select(state, scorer, regions, 16, 3, 95); });
        }
    }
    for (const char* which : {"rms_norm", "swiglu", "rope", "region_summary"}) {
        add(std::string(which) + " 512x2048", [=](benchmark::State& state) { elementwise(state, which); });
    }
    for (const KvType type : kernels::test::kAllKvTypes) {
        add(std::string("store_region ") + name(type) + " 16x16x64",
            [=](benchmark::State& state) { storeRegions(state, type); });
    }
}

}  // namespace
}  // namespace lectern::bench

int main(int argc, char** argv) {
    benchmark::Initialize(&argc, argv);
    lectern::bench::addAll();
    lectern::bench::TableReporter reporter(lectern::bench::measureMachineLimits());
    benchmark::RunSpecifiedBenchmarks(&reporter);
    return reporter.failed ? 1 : 0;
}

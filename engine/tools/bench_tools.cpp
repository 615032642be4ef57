// bench prefill|decode: tokens per second beside the floors of the same machine, measured in the same run.

#include <algorithm>
#include <bit>
#include <chrono>
#include <cstring>
#include <ctime>
#include <limits>
#include <map>
#include <random>

#include "engine/backend/cpu_backend.h"
#include "engine/backend/timing_backend.h"
#include "engine/core/resources.h"
#include "engine/model/random_model.h"
#include "engine/tools/tools.h"
#include "kernels/cpu/cpu.h"

namespace lectern::tools {
namespace {

using Clock = std::chrono::steady_clock;

/// Time on a core of all threads of this process: with one thread it tells the work apart from a busy machine's waits.
double cpuSeconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

double secondsSince(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

struct BenchFlags {
    RunOptions options;
    std::string shape;
    std::string type = "q8_0";
    int64_t context = 512;
    int32_t tokens = 64;  ///< decoded tokens
    uint64_t seed = 1;
    bool json = false;
    int32_t repeat = 1;  ///< times to measure; the fastest is reported
    bool trace = false;
    bool stages = false;
    std::string text;  ///< file whose tokens are run over; empty: seeded random ones
};

/// The fastest of several runs, with its stages.
struct Fastest {
    double seconds = std::numeric_limits<double>::infinity();
    double cpuSeconds = 0;
    std::map<std::string, double> stageSeconds;
};

struct Floors {
    double gemmQ8Tops = 0;  ///< our product of Q8_0 weights with int8 activations, from cache, all threads
    double gemmTflops = 0;  ///< f32 product 1024 x 1024 x 1024 per thread, all threads
    double readGbps = 0;    ///< streaming read of 256 MiB, all threads
};

/// The ceilings that a figure is held against: our own f32 product from cache and a plain streaming read.
Floors measureFloors(ThreadPool& pool) {
    constexpr int64_t kSize = 768;
    constexpr int64_t kReadBytes = int64_t{256} << 20;
    const int32_t threads = pool.threads();
    std::vector<float> a(static_cast<size_t>(kSize * kSize), 0.5f), b(a);
    std::vector<std::vector<float>> outs(static_cast<size_t>(threads), std::vector<float>(a.size()));
    Floors floors;
    for (int repeat = 0; repeat < 4; ++repeat) {
        const auto start = Clock::now();
        pool.parallelFor(threads, [&](int64_t task) {
            kernels::cpu::gemmTransposedB(a.data(), kSize, b.data(), kSize, outs[static_cast<size_t>(task)].data(),
                                          kSize, kSize, kSize, kSize, false);
        });
        floors.gemmTflops = std::max(
            floors.gemmTflops, 2e-12 * static_cast<double>(kSize * kSize * kSize * threads) / secondsSince(start));
    }
    const std::vector<std::byte> weights(static_cast<size_t>(kSize * kernels::rowBytes(DType::Q8_0, kSize)),
                                         std::byte{0});
    for (int repeat = 0; repeat < 8; ++repeat) {
        const auto start = Clock::now();
        pool.parallelFor(threads, [&](int64_t task) {
            kernels::LinearArgs args;
            args.x = a.data();
            args.weight = {weights.data(), DType::Q8_0, kSize, kSize};
            args.out = outs[static_cast<size_t>(task)].data();
            args.tokens = args.rowEnd = kSize;
            kernels::cpu::linear(args);
        });
        floors.gemmQ8Tops = std::max(
            floors.gemmQ8Tops, 2e-12 * static_cast<double>(kSize * kSize * kSize * threads) / secondsSince(start));
    }
    std::vector<uint64_t> memory(static_cast<size_t>(kReadBytes / 8), 1);
    std::vector<uint64_t> sums(static_cast<size_t>(threads) * 8);
    for (int repeat = 0; repeat < 4; ++repeat) {
        const auto start = Clock::now();
        pool.parallelFor(threads, [&](int64_t task) {
            const size_t share = memory.size() / static_cast<size_t>(threads);
            const uint64_t* data = memory.data() + static_cast<size_t>(task) * share;
            uint64_t lanes[8] = {};
            for (size_t i = 0; i + 8 <= share; i += 8) {
                for (size_t lane = 0; lane < 8; ++lane) {
                    lanes[lane] += data[i + lane];
                }
            }
            std::memcpy(&sums[static_cast<size_t>(task) * 8], lanes, sizeof lanes);
        });
        floors.readGbps = std::max(floors.readGbps, 1e-9 * static_cast<double>(kReadBytes) / secondsSince(start));
    }
    return floors;
}

struct Bench {
    LoadedModel loaded;
    std::shared_ptr<TimingBackend> timing;  ///< null: stages are not timed
    std::unique_ptr<Session> session;
};

Result<Bench> openBench(const BenchFlags& flags, int64_t capacity) {
    Bench bench;
    RunOptions options = flags.options;
    if (flags.shape.empty()) {
        LECTERN_ASSIGN(bench.loaded, loadModel(options));
    } else {
        LECTERN_ASSIGN(const DType type, weightType(flags.type));
        LECTERN_ASSIGN(const ModelConfig config, shapeConfig(flags.shape));
        LECTERN_ASSIGN(ModelSource source, makeRandomModel(config, type, flags.seed));
        // Speed does not depend on A; random shapes have no capacity table to take one from.
        options.ropeScale =
            options.ropeScale.value_or(std::max(1.0, static_cast<double>(capacity) / config.trainedContext));
        LECTERN_ASSIGN(bench.loaded, loadModel(options, std::move(source)));
    }
    std::shared_ptr<Backend> backend = bench.loaded.backend;
    // Timing an op waits for it: nothing on the CPU, but a GPU then stands still between launches.
    if (flags.stages || backend->info().kind == DeviceKind::Cpu) {
        bench.timing = std::make_shared<TimingBackend>(backend);
        backend = bench.timing;
    }
    SessionOptions sessionOptions = bench.loaded.sessionOptions(capacity);
    sessionOptions.recordDocumentTrace = flags.trace;
    sessionOptions.recordAnswerTrace = flags.trace;
    LECTERN_ASSIGN(bench.session, Session::create(bench.loaded.model, backend, std::move(sessionOptions)));
    return bench;
}

/// Tokens to run over: those of a text (from its beginning again when it ends early), or seeded random ones.
Result<std::vector<TokenId>> benchTokens(const Bench& bench, const BenchFlags& flags, int64_t count) {
    const Model& model = *bench.loaded.model;
    std::vector<TokenId> tokens;
    if (!flags.text.empty()) {
        if (!model.hasTokenizer()) {
            return Error{ErrorCode::InvalidInput, "--text needs a model with a tokenizer; --shape makes one without."};
        }
        constexpr int64_t kMaxBytes = int64_t{1} << 30;
        LECTERN_ASSIGN(const std::string text, readFile(flags.text, kMaxBytes));
        tokens = model.tokenizer().encode(text, {});
        if (tokens.empty()) {
            return Error{ErrorCode::InvalidInput, flags.text + " holds no text."};
        }
        for (size_t i = 0; tokens.size() < static_cast<size_t>(count); ++i) {
            tokens.push_back(tokens[i]);
        }
        tokens.resize(static_cast<size_t>(count));
        return tokens;
    }
    std::mt19937_64 random(flags.seed);
    tokens.resize(static_cast<size_t>(count));
    for (TokenId& token : tokens) {
        token = static_cast<TokenId>(3 + random() % static_cast<uint64_t>(model.config().vocabSize - 3));
    }
    return tokens;
}

/// The share of candidate regions that had to be scored between two readings.
nlohmann::json visitedShare(const SelectionCounts& before, const SelectionCounts& after) {
    const int64_t candidates = after.candidates - before.candidates;
    return candidates == 0
               ? nlohmann::json()
               : nlohmann::json(static_cast<double>(after.visited - before.visited) / static_cast<double>(candidates));
}

void report(const BenchFlags& flags, const Bench& bench, const Fastest& fastest, nlohmann::json result) {
    result["shape"] = flags.shape.empty() ? bench.loaded.model->config().name : flags.shape;
    result["context"] = flags.context;
    result["weights"] = flags.shape.empty() ? "file" : flags.type;
    result["trace"] = flags.trace;
    result["seconds"] = fastest.seconds;
    result["cpu_seconds"] = fastest.cpuSeconds;
    if (bench.timing) {
        result["stage_seconds"] = fastest.stageSeconds;
    }
    const DeviceInfo device = bench.loaded.backend->info();
    if (device.kind == DeviceKind::Cuda) {
        result["device_memory_used_bytes"] = device.memoryBytes - device.freeBytes;
    }
    result["peak_memory_bytes"] = peakMemoryBytes();
    result["weight_bytes"] = bench.loaded.model->weightBytes();
    result["kv_bytes"] = bench.session->cacheBytes();
    if (const auto cpu = std::dynamic_pointer_cast<CpuBackend>(bench.loaded.backend)) {
        const Floors floors = measureFloors(cpu->pool());
        result["floors"] = {{"gemm_q8_0_tops", floors.gemmQ8Tops},
                            {"gemm_f32_tflops", floors.gemmTflops},
                            {"memory_read_gbps", floors.readGbps}};
    }
    result["profile"] = profileEcho(bench.loaded, *bench.session);
    if (flags.json) {
        printJson(result);
    } else {
        std::printf("%s\n", result.dump(2).c_str());
    }
}

template <class Run>
Result<void> measure(Bench& bench, Fastest& fastest, const Run& run) {
    if (bench.timing) {
        bench.timing->reset();
    }
    const double cpuStart = cpuSeconds();
    const auto start = Clock::now();
    LECTERN_TRY(run());
    LECTERN_TRY(bench.loaded.backend->synchronize());
    const double seconds = secondsSince(start);
    if (seconds < fastest.seconds) {
        fastest.seconds = seconds;
        fastest.cpuSeconds = cpuSeconds() - cpuStart;
        fastest.stageSeconds = bench.timing ? bench.timing->stageSeconds() : std::map<std::string, double>();
    }
    return {};
}

Result<void> benchPrefill(const BenchFlags& flags, std::stop_token stop) {
    LECTERN_ASSIGN(Bench bench, openBench(flags, flags.context));
    LECTERN_ASSIGN(const std::vector<TokenId> tokens, benchTokens(bench, flags, flags.context));
    // One untimed chunk: first touches of memory and lazily made kernels belong to start-up.
    const auto warmUp = std::min<size_t>(tokens.size(), 256);
    LECTERN_TRY(bench.session->prefill(std::span(tokens).first(warmUp), nullptr, stop));
    nlohmann::json marks;
    SelectionCounts before;
    Fastest fastest;
    for (int32_t run = 0; run < flags.repeat; ++run) {
        LECTERN_TRY(bench.session->truncate(0));
        before = bench.session->selectionCounts();
        marks = nlohmann::json::array();
        const auto note = [&](const PrefillProgress& progress) {
            // Powers of two and the end: how the rate develops with length.
            if (progress.doneTokens == progress.totalTokens ||
                std::has_single_bit(static_cast<uint64_t>(progress.doneTokens))) {
                marks.push_back({{"tokens", progress.doneTokens}, {"seconds", progress.seconds}});
            }
        };
        LECTERN_TRY(measure(bench, fastest, [&] { return bench.session->prefill(tokens, note, stop); }));
    }
    report(flags, bench, fastest,
           {{"bench", "prefill"},
            {"marks", marks},
            {"visited_share", visitedShare(before, bench.session->selectionCounts())},
            {"tokens_per_second", static_cast<double>(flags.context) / fastest.seconds}});
    return {};
}

Result<void> benchDecode(const BenchFlags& flags, std::stop_token stop) {
    LECTERN_ASSIGN(Bench bench, openBench(flags, flags.context + flags.tokens + 8));
    LECTERN_ASSIGN(const std::vector<TokenId> tokens, benchTokens(bench, flags, flags.context + flags.tokens + 4));
    const std::span<const TokenId> all(tokens);
    const auto depth = static_cast<size_t>(flags.context);
    const auto fill = Clock::now();
    if (depth > 0) {
        LECTERN_TRY(bench.session->prefill(all.first(depth), nullptr, stop));
    }
    LECTERN_TRY(bench.loaded.backend->synchronize());
    const double prefillSeconds = secondsSince(fill);
    const auto prefillStages = bench.timing ? bench.timing->stageSeconds() : std::map<std::string, double>();
    for (size_t i = 0; i < 4; ++i) {
        LECTERN_TRY(bench.session->decode(all.subspan(depth + i, 1), stop));
    }
    const auto decode = [&]() -> Result<void> {
        for (int32_t i = 0; i < flags.tokens; ++i) {
            LECTERN_TRY(bench.session->decode(all.subspan(depth + 4 + static_cast<size_t>(i), 1), stop));
        }
        return {};
    };
    const SelectionCounts before = bench.session->selectionCounts();
    Fastest fastest;
    for (int32_t run = 0; run < flags.repeat; ++run) {
        LECTERN_TRY(bench.session->truncate(flags.context + 4));
        LECTERN_TRY(measure(bench, fastest, decode));
    }
    const double weights = static_cast<double>(bench.loaded.model->weightBytes());
    report(flags, bench, fastest,
           {{"bench", "decode"},
            {"tokens_per_second", flags.tokens / fastest.seconds},
            {"tokens", flags.tokens},
            {"prefill_seconds", prefillSeconds},
            {"prefill_stage_seconds", prefillStages},
            {"visited_share", visitedShare(before, bench.session->selectionCounts())},
            {"weight_read_gbps", 1e-9 * weights * flags.tokens / fastest.seconds}});
    return {};
}

CLI::App* addBench(CLI::App& parent, const char* name, const char* description, BenchFlags& flags) {
    CLI::App* app = parent.add_subcommand(name, description);
    addCommonFlags(*app, flags.options);
    app->add_option("--shape", flags.shape,
                    "110m, tinyllama, llama2-7b, mistral-7b: seeded random weights made in memory");
    app->add_option("--type", flags.type, "Weights of a shape: q8_0, q4_0, q4_k, q5_k, q6_k, bf16, f32")
        ->capture_default_str();
    app->add_option("--context", flags.context, "Tokens")
        ->capture_default_str()
        ->check(CLI::Range(int64_t{0}, int64_t{1} << 24));
    app->add_option("--text", flags.text, "Text file to run over (default: random tokens)");
    app->add_option("--seed", flags.seed, "Of weights and tokens");
    app->add_option("--repeat", flags.repeat, "Times to measure; the fastest is reported")
        ->capture_default_str()
        ->check(CLI::Range(1, 1000));
    app->add_flag("--trace", flags.trace, "Record the trace while measuring");
    app->add_flag("--stages", flags.stages, "Time every stage on a GPU too, which slows it a little");
    app->add_flag("--json", flags.json, "One line of JSON");
    return app;
}

}  // namespace

Command addBenchPrefill(CLI::App& parent) {
    auto flags = std::make_shared<BenchFlags>();
    addBench(parent, "prefill", "Prefill --context tokens", *flags);
    return [flags](std::stop_token stop) -> Result<void> {
        if (flags->context < 1) {
            return Error{ErrorCode::InvalidInput, "--context must be at least 1."};
        }
        return benchPrefill(*flags, stop);
    };
}

Command addBenchDecode(CLI::App& parent) {
    auto flags = std::make_shared<BenchFlags>();
    CLI::App* app = addBench(parent, "decode", "Decode behind --context tokens", *flags);
    app->add_option("--tokens", flags->tokens, "Tokens to decode")->capture_default_str()->check(CLI::Range(1, 4096));
    return [flags](std::stop_token stop) { return benchDecode(*flags, stop); };
}

}  // namespace lectern::tools

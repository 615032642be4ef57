// bench train: seconds and memory of a training step of a model shape, its weights made in memory; and of its attention
// alone, forward and backward.

#include <algorithm>
#include <chrono>
#include <random>

#include "engine/model/random_model.h"
#include "engine/tools/tools.h"
#include "engine/train/llama_trainer.h"
#include "engine/train/optimizer.h"
#include "engine/train/training_run.h"

namespace lectern::tools {
namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

struct TrainBenchFlags {
    std::string shape = "110m", type = "bf16", device = "auto", attention = "ms_train", kept = "attention";
    int64_t context = 16384;
    int32_t lora = 16, merge = 64, budget = 8192, region = 16, steps = 2, threads = 0;
    bool perQueryHead = false;
    bool keptOnHost = false;
    bool attentionAlone = false;
    bool json = false;
    uint64_t seed = 1;
};

Result<TrainerOptions> trainerOptions(const TrainBenchFlags& flags) {
    TrainerOptions options;
    LECTERN_ASSIGN(options.mode, parseAttentionMode(flags.attention));
    if (flags.kept == "layer_inputs") {
        options.kept = KeptActivations::LayerInputs;
    } else if (flags.kept == "all") {
        options.kept = KeptActivations::All;
    } else if (flags.kept != "attention") {
        return Error{ErrorCode::InvalidInput, "--kept is layer_inputs, attention or all."};
    }
    options.profile.region = flags.region;
    options.profile.merge = flags.merge;
    options.profile.mode = options.mode;
    options.profile.prefill.budget = options.profile.decode.budget = flags.budget;
    options.profile.prefill.local = options.profile.decode.local = std::max(1, flags.budget / flags.region / 8);
    options.profile.prefill.heads = flags.perQueryHead ? HeadGrouping::PerQueryHead : HeadGrouping::PerKvHead;
    LECTERN_TRY(options.profile.check());
    options.keptOnHost = flags.keptOnHost;
    options.maxTokens = flags.context;
    return options;
}

std::vector<PositionDraw> draws(const ModelConfig& config, int64_t tokens, uint64_t seed, int64_t step) {
    PositionSchedule schedule;
    schedule.policy = PositionPolicy::CrdNtk;
    std::vector<PositionDraw> made;
    for (int32_t layer = 0; layer < config.layerCount; ++layer) {
        made.push_back(drawPositions(schedule, config, tokens, {seed, step, 1000, 0, layer}));
    }
    return made;
}

/// The fastest of a few passes through one layer's attention with random queries, keys and values.
Result<nlohmann::json> attentionSeconds(TrainBackend& backend, const ModelConfig& config, const TrainerOptions& options,
                                        uint64_t seed) {
    const int64_t n = options.maxTokens, qWidth = int64_t{config.headCount} * config.headDim;
    const int64_t kvWidth = int64_t{config.kvHeadCount} * config.headDim;
    std::mt19937_64 random(seed);
    std::vector<float> noise((1 << 20) + 7);
    std::normal_distribution<float> normal;
    for (float& x : noise) {
        x = normal(random);
    }
    const auto filled = [&](int64_t columns) -> Result<TrainTensor> {
        LECTERN_ASSIGN(TrainTensor tensor, backend.allocate(TensorUse::Activation, n, columns));
        std::vector<float> values(static_cast<size_t>(n * columns));
        const size_t shift = random() % noise.size();
        for (size_t i = 0; i < values.size(); ++i) {
            values[i] = noise[(i + shift) % noise.size()];
        }
        LECTERN_TRY(backend.upload(values, tensor));
        return tensor;
    };
    LECTERN_ASSIGN(const TrainTensor q, filled(qWidth));
    LECTERN_ASSIGN(const TrainTensor k, filled(kvWidth));
    LECTERN_ASSIGN(const TrainTensor v, filled(kvWidth));
    LECTERN_ASSIGN(const TrainTensor dOut, filled(qWidth));
    LECTERN_ASSIGN(TrainTensor out, backend.allocate(TensorUse::Activation, n, qWidth));
    LECTERN_ASSIGN(TrainTensor dQ, backend.allocate(TensorUse::Activation, n, qWidth));
    LECTERN_ASSIGN(TrainTensor dK, backend.allocate(TensorUse::Activation, n, kvWidth));
    LECTERN_ASSIGN(TrainTensor dV, backend.allocate(TensorUse::Activation, n, kvWidth));
    LECTERN_ASSIGN(TrainTensor logSumExp, backend.allocate(TensorUse::Master, n, config.headCount));
    TrainAttentionSpec spec;
    spec.mode = options.mode;
    spec.profile = &options.profile;
    spec.heads = config.headCount;
    spec.kvHeads = config.kvHeadCount;
    spec.headDim = config.headDim;
    spec.tokens = n;
    double plan = 1e30, forward = 1e30, backward = 1e30;
    for (int round = 0; round < 3; ++round) {
        LECTERN_TRY(backend.synchronize());
        auto start = Clock::now();
        LECTERN_ASSIGN(const std::unique_ptr<TrainAttentionPlan> chosen, backend.planAttention(spec, q, k));
        LECTERN_TRY(backend.synchronize());
        plan = std::min(plan, secondsSince(start));
        start = Clock::now();
        LECTERN_TRY(backend.attention(spec, *chosen, q, k, v, out, logSumExp));
        LECTERN_TRY(backend.synchronize());
        forward = std::min(forward, secondsSince(start));
        start = Clock::now();
        LECTERN_TRY(backend.attentionBackward(spec, *chosen, q, k, v, out, logSumExp, dOut, dQ, dK, dV));
        LECTERN_TRY(backend.synchronize());
        backward = std::min(backward, secondsSince(start));
    }
    return nlohmann::json{{"plan_seconds", plan},
                          {"forward_seconds", forward},
                          {"backward_seconds", backward},
                          {"seconds", plan + forward + backward}};
}

Result<nlohmann::json> stepSeconds(TrainBackend& backend, const TrainBenchFlags& flags, ModelSource source,
                                   TrainerOptions options, std::stop_token stop) {
    TrainableSpec spec;
    spec.method = flags.lora > 0 ? TrainMethod::Lora : TrainMethod::Full;
    spec.lora.rank = std::max(1, flags.lora);
    spec.seed = flags.seed;
    const ModelConfig config = source.config;
    LECTERN_ASSIGN(const std::unique_ptr<TrainModel> model, TrainModel::create(std::move(source), spec, backend));
    options.mlpTokens = backend.chunks().mlp;
    options.lossRows = backend.chunks().loss;
    LECTERN_ASSIGN(const std::unique_ptr<LlamaTrainer> trainer, LlamaTrainer::create(*model, options));
    LECTERN_ASSIGN(const std::unique_ptr<Optimizer> optimizer, Optimizer::create(*model, OptimizerSpec{}));
    TrainSequence sequence;
    std::mt19937_64 random(flags.seed);
    for (int64_t i = 0; i < flags.context; ++i) {
        sequence.tokens.push_back(static_cast<TokenId>(3 + random() % static_cast<uint64_t>(config.vocabSize - 3)));
        sequence.trained.push_back(i > 0);
    }
    nlohmann::json seconds = nlohmann::json::array(), losses = nlohmann::json::array();
    double fastest = 1e30;
    for (int32_t step = 0; step < flags.steps; ++step) {
        const auto positions = draws(config, flags.context, flags.seed, step);
        const auto start = Clock::now();
        LECTERN_TRY(model->zeroGradients());
        LECTERN_ASSIGN(const double loss,
                       trainer->accumulate(sequence, positions, flags.seed + static_cast<uint64_t>(step),
                                           1.0 / static_cast<double>(flags.context - 1), stop));
        LECTERN_ASSIGN(const OptimizerReport report, optimizer->step(step, flags.steps));
        LECTERN_TRY(backend.synchronize());
        seconds.push_back(secondsSince(start));
        losses.push_back(loss / static_cast<double>(flags.context - 1));
        fastest = std::min(fastest, seconds.back().get<double>());
        if (!report.finite) {
            return Error{ErrorCode::Internal, "A gradient is not finite."};
        }
    }
    const DeviceInfo device = backend.info();
    nlohmann::json made{{"seconds_per_step", fastest},
                        {"step_seconds", seconds},
                        {"losses", losses},
                        {"tokens_per_second", static_cast<double>(flags.context) / fastest},
                        {"trained_values", model->trainedValues()},
                        {"tensor_peak_bytes", backend.peakBytes()}};
    if (device.kind == DeviceKind::Cuda) {
        // Everything on the card: working space, the libraries' own, the attention plans' pool.
        made["device_memory_used_bytes"] = device.memoryBytes - device.freeBytes;
    }
    return made;
}

Result<void> benchTrain(const TrainBenchFlags& flags, std::stop_token stop) {
    LECTERN_ASSIGN(const TrainerOptions options, trainerOptions(flags));
    LECTERN_ASSIGN(const ModelConfig config, shapeConfig(flags.shape));
    LECTERN_ASSIGN(const std::shared_ptr<TrainBackend> backend, createTrainBackend(flags.device, flags.threads));
    nlohmann::json result;
    if (flags.attentionAlone) {
        LECTERN_ASSIGN(result, attentionSeconds(*backend, config, options, flags.seed));
    } else {
        LECTERN_ASSIGN(const DType type, weightType(flags.type));
        LECTERN_ASSIGN(ModelSource source, makeRandomModel(config, type, flags.seed));
        LECTERN_ASSIGN(result, stepSeconds(*backend, flags, std::move(source), options, stop));
        result["weights"] = flags.type;
        result["lora_rank"] = flags.lora;
        result["kept"] = flags.kept;
        result["kept_on_host"] = flags.keptOnHost;
    }
    result["bench"] = flags.attentionAlone ? "train_attention" : "train";
    result["shape"] = flags.shape;
    result["context"] = flags.context;
    result["attention"] = flags.attention;
    result["merge"] = flags.merge;
    result["budget"] = flags.budget;
    result["device"] = backend->info().name;
    result["peak_memory_bytes"] = peakMemoryBytes();
    if (flags.json) {
        printJson(result);
    } else {
        std::printf("%s\n", result.dump(2).c_str());
    }
    return {};
}

}  // namespace

Command addBenchTrain(CLI::App& parent) {
    auto flags = std::make_shared<TrainBenchFlags>();
    CLI::App* app = parent.add_subcommand("train", "Time training steps of a shape with seeded random weights");
    app->add_option("--shape", flags->shape, "110m, tinyllama, llama2-7b, mistral-7b")->capture_default_str();
    app->add_option("--type", flags->type, "Frozen weights: bf16, q8_0, q4_0, q4_k, f32")->capture_default_str();
    app->add_option("--device", flags->device, "cpu, cuda or auto")->capture_default_str();
    app->add_option("--threads", flags->threads, "On the CPU; 0: all")->capture_default_str();
    app->add_option("--context", flags->context, "Tokens of the sequence")
        ->capture_default_str()
        ->check(CLI::Range(int64_t{16}, int64_t{1} << 22));
    app->add_option("--lora", flags->lora, "Rank of the LoRA on q, k, v, o (embedding and norms learn too); 0: all")
        ->capture_default_str()
        ->check(CLI::Range(0, 1024));
    app->add_option("--attention", flags->attention, "dense, ms_train or ms_prefill")->capture_default_str();
    app->add_option("--merge", flags->merge, "m: regions of a block")->capture_default_str();
    app->add_option("--budget", flags->budget, "W: tokens attended")->capture_default_str();
    app->add_option("--region", flags->region, "p: tokens of a region")->capture_default_str();
    app->add_flag("--per-query-head", flags->perQueryHead, "Every query head chooses for itself");
    app->add_option("--kept", flags->kept, "Activations kept: layer_inputs, attention or all")->capture_default_str();
    app->add_flag("--kept-on-host", flags->keptOnHost, "They lie in host memory");
    app->add_option("--steps", flags->steps, "Steps; the fastest counts")
        ->capture_default_str()
        ->check(CLI::Range(1, 1000));
    app->add_option("--seed", flags->seed, "Of weights and tokens");
    app->add_flag("--attention-alone", flags->attentionAlone, "One layer's attention, forward and backward");
    app->add_flag("--json", flags->json, "One line of JSON");
    return [flags](std::stop_token stop) { return benchTrain(*flags, stop); };
}

}  // namespace lectern::tools

#pragma once
// One training run as its configuration file describes it ("lectern.train/1").

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine/train/data_spec.h"
#include "engine/train/llama_trainer.h"
#include "engine/train/optimizer.h"
#include "engine/train/position_schedule.h"

namespace lectern {

/// A prompt to be answered during the run, greedily: a document (its text or a file) and a question about it.
struct SamplePrompt {
    std::string document;
    std::string documentFile;
    std::string question;
};

struct RunConfig {
    // What is trained.
    std::string model;          ///< folder or GGUF file; empty: the embedded model, unless from scratch
    std::string scratchConfig;  ///< config.json of a model to be made; then `tokenizer` is needed
    std::string tokenizer;      ///< of a model from scratch: tokenizer.model, model folder or GGUF file
    double scratchDeviation = 0.02;
    std::string adapter;  ///< adapter to go on from; empty: none
    TrainableSpec trainable;

    // How.
    std::string device = "cpu";
    int32_t threads = 0;
    uint64_t seed = 0;
    int64_t steps = 100;
    int64_t sequenceTokens = 4096;
    int64_t accumulation = 1;  ///< sequences per step
    /// Each of a step's sequences weighs the same, however many tokens it trains; else each trained token does, and
    /// a question's few answer tokens are lost beside a page of running text.
    bool equalSequences = false;
    AttentionMode attention = AttentionMode::MsTrain;
    AttentionProfile profile;
    bool profileGiven = false;  ///< else the model's own
    KeptActivations kept = KeptActivations::Attention;
    bool keptOnHost = false;
    PositionSchedule positions;
    OptimizerSpec optimizer;

    // On what.
    std::vector<DataSpec> data;
    PromptTemplate prompt;
    double heldOutShare = 0.02;
    int64_t heldOutSequences = 8;

    // What is reported and kept.
    std::string output;
    int64_t evaluateEvery = 50;      ///< steps; 0: never
    double evaluationRopeScale = 0;  ///< A; 0: the schedule's own for the sequence length
    int64_t checkpointEvery = 50;    ///< steps; 0: only at the end and when stopped
    double checkpointMinutes = 0;    ///< as well as by steps; 0: not by time
    int32_t keepCheckpoints = 3;
    int64_t sampleEvery = 0;
    int32_t sampleTokens = 48;
    std::vector<SamplePrompt> samples;
    bool exportAdapter = true;  ///< LoRA only; under full training a model folder is written instead
    bool exportFolder = false;
    bool exportGguf = false;
    DType exportType = DType::BF16;  ///< matrices of folder and GGUF; Q8_0 for GGUF only
};

/// Errors: InvalidInput, naming the setting. Unknown settings are refused.
Result<RunConfig> parseRunConfig(std::string_view text);
/// With every default written out.
nlohmann::json runConfigToJson(const RunConfig& config);

}  // namespace lectern

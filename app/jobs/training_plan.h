#pragma once
// What a person decides about a fine-tune, and the worker's configuration that follows from it.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "app/models/model_card.h"
#include "engine/core/result.h"

namespace lectern::app {

enum class TuneGoal {
    Style,            ///< write like these texts
    DomainQuestions,  ///< answer questions about them
    LongContext       ///< read further than the model was trained for
};

/// One source of training data; names as in engine/train/README.md.
struct TrainingSource {
    std::string kind = "text";  ///< "text", "examples", "questions", "document_questions", "passkey", "needle"
    std::vector<std::string> paths;
    double weight = 1;
    std::string overlong = "split";  ///< "split", "truncate", "drop"
};

/// Positions during training: "none", "linear_pi", "fixed_ntk", "crd_ntk".
struct PositionChoice {
    std::string policy = "crd_ntk";
    double factor = 4;
    int64_t periodCap = 1 << 20;
    bool cyclic = true;
    bool randomPeriod = true;
    bool growing = true;
};

struct TrainingPlan {
    TuneGoal goal = TuneGoal::DomainQuestions;
    std::string model;    ///< path; empty: the embedded default
    std::string adapter;  ///< to go on from; empty: none
    std::vector<TrainingSource> data;
    double heldOutShare = 0.05;

    std::string method = "lora";  ///< "lora", "full"
    int32_t rank = 16;
    int64_t sequenceTokens = 4096;
    int64_t steps = 100;
    int64_t accumulation = 1;
    double learningRate = 2e-4;
    int64_t warmupSteps = 10;
    std::string decay = "cosine";
    std::string attention = "ms_train";
    PositionChoice positions;
    std::string keptActivations = "attention";
    std::string device = "cpu";
    int32_t threads = 0;
    uint64_t seed = 0;

    int64_t evaluateEvery = 10;
    int64_t checkpointEvery = 25;
    std::string sampleDocument;  ///< file; empty: no samples
    std::vector<std::string> sampleQuestions;
    bool exportFolder = false;
    bool exportGguf = false;
    std::string exportType = "q8_0";  ///< of the GGUF
};

/// What suits a goal; data and model are left as they are.
void applyGoal(TrainingPlan& plan, TuneGoal goal);

/// The worker's configuration (JSON, "lectern.train/1") for a run in `output`.
std::string trainingConfig(const TrainingPlan& plan, const std::filesystem::path& output);

/// Where a fine-tune's memory goes, before it is measured. Of the CPU backend: activations in f32.
struct TrainingMemory {
    int64_t weights = 0;      ///< frozen, in the file's own format
    int64_t trained = 0;      ///< trained values, gradients, optimizer state
    int64_t activations = 0;  ///< kept per layer
    int64_t working = 0;      ///< one layer at work, logits by chunks
    int64_t total() const { return weights + trained + activations + working; }
};
TrainingMemory estimateTrainingMemory(const TrainingPlan& plan, const ModelCard& card);

}  // namespace lectern::app

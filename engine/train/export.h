#pragma once
// What a run leaves behind: an adapter, a merged model as a Hugging Face folder or GGUF, each read back and compared
// with the model in training.

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>

#include "engine/train/adapter.h"
#include "engine/train/llama_trainer.h"
#include "engine/train/position_schedule.h"

namespace lectern {

/// Attention and positions that the tuned model is to run with, as an attention profile: the training's regions,
/// budgets and scorers; under CRD NTK a capacity table by the schedule's own formula (a sweep may replace it).
/// `base` is the model's profile before. JSON text.
std::string tunedProfile(const AttentionProfile& training, AttentionMode mode, const PositionSchedule& positions,
                         const ModelConfig& config, int64_t sequenceTokens);

/// The RoPE settings that positions fixed for good: linear interpolation or a fixed NTK factor. Under CRD NTK they
/// depend on the context and lie in the profile's capacity table.
std::optional<TunedRope> tunedRope(const PositionSchedule& positions, const ModelConfig& config,
                                   int64_t sequenceTokens);

/// The model in training as a source with every change merged; the base's mapping stays alive inside.
Result<ModelSource> mergedSource(const TrainModel& model);

/// Writes `source` as config.json, model.safetensors (matrices in `type`: F32, F16 or BF16), tokenizer.model and
/// lectern_profile.json. Errors: DiskFull, Io, InvalidInput.
Result<void> writeHfFolder(const ModelSource& source, DType type, const std::filesystem::path& folder);

/// config.json of transformers for this model.
nlohmann::json hfConfigJson(const ModelConfig& config, DType type);

/// What reading an export back found.
struct ExportCheck {
    double largestDifference = 0;  ///< of the logits, against the model in training
    double largestLogit = 0;       ///< for scale
    double sameTopToken = 0;       ///< share of positions whose most likely token is the same
};

/// Logits of `tokens` by the model in training and by `source` through the inference engine on the CPU, both at
/// positions 0, 1, ... under `positions`.
Result<ExportCheck> compareLogits(LlamaTrainer& trainer, const TrainModel& model, const PositionSchedule& positions,
                                  ModelSource source, std::span<const TokenId> tokens, int32_t threads);

}  // namespace lectern

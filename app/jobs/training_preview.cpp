// What a configuration's data look like, before a worker is started.

#include <nlohmann/json.hpp>

#include "app/jobs/training_runs.h"
#include "engine/core/resources.h"
#include "engine/formats/model_source.h"
#include "engine/train/data_mix.h"
#include "engine/train/position_schedule.h"
#include "engine/train/run_config.h"

namespace lectern::app {
namespace {

constexpr int64_t kPreviewTokens = 160;
constexpr int64_t kPreviewSequences = 3;
constexpr int32_t kPreviewPoints = 60;

}  // namespace

Result<TrainingPreview> previewTraining(const std::string& text) {
    LECTERN_ASSIGN(const RunConfig config, parseRunConfig(text));
    std::filesystem::path path = config.model;
    if (path.empty()) {
        LECTERN_ASSIGN(path, defaultModelPath());
    }
    LECTERN_ASSIGN(const ModelSource source, openModelSource(path));
    if (source.tokenizerModel.empty()) {
        return Error{ErrorCode::Unsupported, "This model has no tokenizer to train with."};
    }
    LECTERN_ASSIGN(const Tokenizer tokenizer, Tokenizer::create(source.tokenizerModel));
    DataContext context;
    context.tokenizer = &tokenizer;
    context.prompt = config.prompt;
    context.sequenceTokens = config.sequenceTokens;
    context.seed = config.seed;
    context.heldOutShare = config.heldOutSequences > 0 ? config.heldOutShare : 0;
    context.threads = config.threads;
    LECTERN_ASSIGN(const std::unique_ptr<DataMix> data, DataMix::open(config.data, context));
    nlohmann::json previews = nlohmann::json::array();
    for (int64_t i = 0; i < kPreviewSequences; ++i) {
        LECTERN_ASSIGN(const DataSequence sequence, data->sequence(i));
        previews.push_back(previewSequence(sequence, tokenizer, kPreviewTokens));
    }
    return trainingPreviewFrom(
        {{"data", reportsToJson(data->reports())},
         {"previews", previews},
         {"positions", positionSamplesToJson(previewPositions(config.positions, source.config, config.sequenceTokens,
                                                              config.steps, config.seed, kPreviewPoints))}});
}

Result<TrainingPreview> previewPositions(const TrainingPlan& plan) {
    TrainingPlan withData = plan;
    withData.data = {TrainingSource{"passkey", {}, 1, "split"}};  // a configuration needs some
    LECTERN_ASSIGN(const RunConfig config, parseRunConfig(trainingConfig(withData, "preview")));
    std::filesystem::path path = config.model;
    if (path.empty()) {
        LECTERN_ASSIGN(path, defaultModelPath());
    }
    LECTERN_ASSIGN(const ModelConfig model, readModelConfig(path));
    const auto points = lectern::previewPositions(config.positions, model, config.sequenceTokens, config.steps,
                                                  config.seed, kPreviewPoints);
    return trainingPreviewFrom({{"positions", positionSamplesToJson(points)}});
}

}  // namespace lectern::app

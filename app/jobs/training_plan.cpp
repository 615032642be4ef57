#include "app/jobs/training_plan.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace lectern::app {
namespace {

using nlohmann::json;

constexpr int64_t kFloat = sizeof(float);
/// Value, gradient and AdamW's two moments.
constexpr int64_t kBytesPerTrainedValue = 4 * kFloat;
/// Rows of the head's logits that are there at once.
constexpr int64_t kLogitRows = 512;

json dataJson(const TrainingPlan& plan) {
    json data = json::array();
    for (const TrainingSource& source : plan.data) {
        json entry{{"kind", source.kind}, {"weight", source.weight}};
        if (!source.paths.empty()) {
            entry["paths"] = source.paths;
        }
        if (source.kind == "text" || source.kind == "examples") {
            entry["overlong"] = source.overlong;
        }
        data.push_back(std::move(entry));
    }
    return data;
}

json samplesJson(const TrainingPlan& plan) {
    json prompts = json::array();
    for (const std::string& question : plan.sampleQuestions) {
        prompts.push_back({{"document_file", plan.sampleDocument}, {"question", question}});
    }
    const bool any = !plan.sampleDocument.empty() && !prompts.empty();
    return {{"every", any ? plan.checkpointEvery : 0}, {"tokens", 40}, {"prompts", any ? prompts : json::array()}};
}

}  // namespace

void applyGoal(TrainingPlan& plan, TuneGoal goal) {
    plan.goal = goal;
    switch (goal) {
        case TuneGoal::Style:
            plan.positions.policy = "none";
            plan.learningRate = 2e-4;
            plan.sequenceTokens = 2048;
            break;
        case TuneGoal::DomainQuestions:
            plan.positions.policy = "none";
            plan.learningRate = 1e-4;
            plan.sequenceTokens = 2048;
            break;
        case TuneGoal::LongContext:
            plan.positions.policy = "crd_ntk";
            plan.learningRate = 1e-4;
            plan.sequenceTokens = 4096;
            break;
    }
}

std::string trainingConfig(const TrainingPlan& plan, const std::filesystem::path& output) {
    const bool lora = plan.method == "lora";
    json train{{"method", plan.method}};
    if (lora) {
        train["rank"] = plan.rank;
        train["alpha"] = plan.rank;
    }
    const json config{
        {"format", "lectern.train/1"},
        {"output", output.string()},
        {"model", plan.model},
        {"adapter", plan.adapter},
        {"device", plan.device},
        {"threads", plan.threads},
        {"seed", plan.seed},
        {"steps", plan.steps},
        {"sequence_tokens", plan.sequenceTokens},
        {"accumulation", plan.accumulation},
        {"kept_activations", plan.keptActivations},
        {"train", train},
        {"attention", {{"mode", plan.attention}}},
        {"positions",
         {{"policy", plan.positions.policy},
          {"factor", plan.positions.factor},
          {"period_cap", plan.positions.periodCap},
          {"cyclic", plan.positions.cyclic},
          {"random_period", plan.positions.randomPeriod},
          {"growing", plan.positions.growing}}},
        {"optimizer",
         {{"learning_rate", plan.learningRate},
          {"warmup_steps", std::min(plan.warmupSteps, plan.steps)},
          {"decay", plan.decay}}},
        {"data", dataJson(plan)},
        {"evaluation", {{"held_out_share", plan.heldOutShare}, {"sequences", 4}, {"every", plan.evaluateEvery}}},
        {"checkpoints", {{"every", plan.checkpointEvery}, {"minutes", 5}, {"keep", 2}}},
        {"samples", samplesJson(plan)},
        {"export",
         {{"adapter", true}, {"folder", plan.exportFolder}, {"gguf", plan.exportGguf}, {"type", plan.exportType}}}};
    return config.dump(2) + "\n";
}

TrainingMemory estimateTrainingMemory(const TrainingPlan& plan, const ModelCard& card) {
    const ModelConfig& c = card.entry.config;
    const int64_t width = c.hiddenSize, inner = c.intermediateSize, tokens = plan.sequenceTokens;
    const int64_t queries = int64_t{c.headCount} * c.headDim, keys = int64_t{c.kvHeadCount} * c.headDim;
    TrainingMemory memory;
    memory.weights = card.entry.sizeBytes;
    const int64_t embedding = int64_t{c.vocabSize} * width;
    const int64_t norms = (2 * int64_t{c.layerCount} + 1) * width;
    const int64_t factors = plan.rank * ((width + queries) + 2 * (width + keys) + (queries + width)) * c.layerCount;
    const int64_t trained = plan.method == "lora" ? factors + embedding + norms : card.parameters;
    memory.trained = trained * kBytesPerTrainedValue;
    int64_t perToken = width;
    if (plan.keptActivations != "layer_inputs") {
        perToken += queries + c.headCount;
    }
    if (plan.keptActivations == "all") {
        perToken += queries + 2 * keys + width + 2 * inner;
    }
    memory.activations = perToken * tokens * c.layerCount * kFloat;
    const int64_t layer = (6 * width + 4 * queries + 8 * keys + 4 * inner) * tokens;
    memory.working = (layer + std::min(tokens, kLogitRows) * c.vocabSize) * kFloat;
    return memory;
}

}  // namespace lectern::app

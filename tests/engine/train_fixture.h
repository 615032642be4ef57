#pragma once
// Small models, sequences and runs for the tests of training.

#include <gtest/gtest.h>

#include "engine/model/random_model.h"
#include "engine/train/llama_trainer.h"
#include "tests/kernels/gradient_check.h"

namespace lectern::test {

inline ModelConfig tinyConfig() {
    ModelConfig config;
    config.name = "tiny";
    config.vocabSize = 40;
    config.hiddenSize = 32;
    config.intermediateSize = 64;
    config.layerCount = 2;
    config.headCount = 4;
    config.kvHeadCount = 2;
    config.headDim = 8;
    config.trainedContext = 32;
    config.tiedEmbeddings = true;
    return config;
}

/// p 4, W 24, m 2 (blocks of 8): selects from the fourth block on.
inline AttentionProfile tinyProfile() {
    AttentionProfile profile;
    profile.region = 4;
    profile.merge = 2;
    profile.prefill.budget = profile.decode.budget = 24;
    profile.prefill.local = profile.decode.local = 1;
    profile.prefill.heads = HeadGrouping::PerQueryHead;
    return profile;
}

/// Every third token is not trained.
inline TrainSequence tinySequence(int64_t tokens, uint32_t seed, int32_t vocab = 40) {
    TrainSequence sequence;
    for (int64_t i = 0; i < tokens; ++i) {
        seed = 1664525u * seed + 1013904223u;
        sequence.tokens.push_back(static_cast<TokenId>((seed >> 8) % static_cast<uint32_t>(vocab)));
        sequence.trained.push_back(i % 3 != 1);
    }
    return sequence;
}

inline std::vector<PositionDraw> crdPositions(const ModelConfig& config, int64_t tokens, int64_t step = 3) {
    PositionSchedule schedule;
    schedule.policy = PositionPolicy::CrdNtk;
    schedule.periodCap = 1024;
    std::vector<PositionDraw> draws;
    for (int32_t layer = 0; layer < config.layerCount; ++layer) {
        draws.push_back(drawPositions(schedule, config, tokens, {5, step, 12, 0, layer}));
    }
    return draws;
}

/// The weights of make_train_golden.py: tensor i in order of names from the generator seeded with 1000 + i.
inline ModelSource goldenModel(const ModelConfig& config) {
    ModelSource source = *makeRandomModel(config, DType::F32, 1);
    auto storage = std::make_shared<std::vector<std::vector<float>>>();
    uint32_t seed = 1000;
    for (auto& [name, tensor] : source.tensors) {
        std::vector<float>& values =
            storage->emplace_back(toFloat(generatedDoubles(seed++, static_cast<int64_t>(tensor.bytes.size()) / 4)));
        const bool matrix = tensor.shape.size() == 2;
        for (float& value : values) {
            value = matrix ? value * std::sqrt(3.0f / static_cast<float>(tensor.shape[1])) : 1.0f + 0.1f * value;
        }
    }
    size_t index = 0;
    for (auto& [name, tensor] : source.tensors) {
        tensor.bytes = std::as_bytes(std::span((*storage)[index++]));
    }
    source.storage = storage;
    return source;
}

}  // namespace lectern::test

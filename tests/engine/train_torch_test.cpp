// Twenty steps of the same tiny model on the same data as PyTorch (tests/tools/make_train_golden.py).

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "engine/train/optimizer.h"
#include "tests/engine/train_fixture.h"

namespace lectern::test {
namespace {

constexpr int64_t kTokens = 64, kSteps = 20;

struct GoldenCase {
    TrainMethod method = TrainMethod::Full;
    TrainerOptions options;
    OptimizerSpec optimizer;
    bool crd = false;
};

std::map<std::string, GoldenCase> goldenCases() {
    GoldenCase base;
    base.options.profile = tinyProfile();
    base.options.maxTokens = kTokens;
    base.optimizer.learningRate = 3e-3;
    base.optimizer.weightDecay = 0.1;
    base.optimizer.warmupSteps = 4;
    base.optimizer.finalRatio = 0.1;
    GoldenCase dense = base, lora = base, muon = base;
    dense.optimizer.decay = LearningRateDecay::Cosine;
    lora.method = TrainMethod::Lora;
    lora.crd = true;
    lora.options.mode = AttentionMode::MsTrain;
    lora.optimizer.learningRate = 1e-2;
    lora.optimizer.weightDecay = 0;
    muon.options.mode = AttentionMode::MsPretrain;
    muon.options.profile.prefill.scorer = Scorer::Bound;
    muon.options.profile.prefill.heads = HeadGrouping::PerKvHead;
    muon.optimizer.kind = OptimizerKind::Muon;
    muon.optimizer.decay = LearningRateDecay::Linear;
    return {{"full dense", dense}, {"lora ms_train crd", lora}, {"muon ms_pretrain bound kv", muon}};
}

TEST(TrainTorch, TwentySteps) {
    std::ifstream file(std::string(LECTERN_SOURCE_DIR) + "/tests/data/train_golden.json");
    const nlohmann::json golden = nlohmann::json::parse(file);
    const auto cases = goldenCases();
    ASSERT_EQ(golden.size(), cases.size());
    for (const auto& expected : golden) {
        const std::string label = expected["label"];
        const GoldenCase& c = cases.at(label);
        const auto backend = createCpuTrainBackend(2);
        ModelConfig config = tinyConfig();
        config.keysStoredUnrotated = c.options.mode == AttentionMode::MsPretrain;
        TrainableSpec spec;
        spec.method = c.method;
        spec.lora.rank = 4;
        spec.lora.alpha = 8;
        auto model = TrainModel::create(goldenModel(config), spec, *backend);
        ASSERT_TRUE(model) << model.error().message;
        std::vector<Parameter*> factors;
        for (const auto& parameter : (*model)->parameters()) {
            if (parameter->kind == ParameterKind::LoraA) {
                factors.push_back(parameter.get());
            }
        }
        std::sort(factors.begin(), factors.end(), [](auto* a, auto* b) { return a->name < b->name; });
        for (size_t i = 0; i < factors.size(); ++i) {
            std::vector<float> a = toFloat(generatedDoubles(5000 + static_cast<uint32_t>(i), factors[i]->value.size()));
            std::transform(a.begin(), a.end(), a.begin(), [](float value) { return value * 0.2f; });
            ASSERT_TRUE(backend->upload(a, factors[i]->value));
        }
        auto trainer = LlamaTrainer::create(**model, c.options);
        ASSERT_TRUE(trainer) << trainer.error().message;
        auto optimizer = Optimizer::create(**model, c.optimizer);
        ASSERT_TRUE(optimizer);
        PositionSchedule schedule;
        schedule.policy = c.crd ? PositionPolicy::CrdNtk : PositionPolicy::None;
        schedule.periodCap = 1024;
        for (int64_t step = 0; step < kSteps; ++step) {
            ASSERT_TRUE((*model)->zeroGradients());
            int64_t count = 0;
            std::vector<TrainSequence> batch;
            for (int64_t i = 0; i < 2; ++i) {
                batch.push_back(tinySequence(kTokens, static_cast<uint32_t>(10000 + (2 * step + i) % 4)));
                count += batch.back().trainedTokens();
            }
            double loss = 0;
            for (size_t i = 0; i < batch.size(); ++i) {
                std::vector<PositionDraw> draws;
                for (int32_t layer = 0; layer < config.layerCount; ++layer) {
                    draws.push_back(
                        drawPositions(schedule, config, kTokens, {5, step, kSteps, static_cast<int64_t>(i), layer}));
                }
                const auto part = (*trainer)->accumulate(batch[i], draws, 0, 1.0 / static_cast<double>(count), {});
                ASSERT_TRUE(part) << part.error().message;
                loss += *part / static_cast<double>(count);
            }
            const auto report = (*optimizer)->step(step, kSteps);
            ASSERT_TRUE(report);
            const double wantLoss = expected["losses"][static_cast<size_t>(step)];
            const double wantNorm = expected["gradient_norms"][static_cast<size_t>(step)];
            // Measured, relative: losses within 2e-7, norms within 7e-7. The limits leave room for other float orders.
            EXPECT_NEAR(loss, wantLoss, 1e-5 * wantLoss) << label << ", step " << step;
            EXPECT_NEAR(report->gradientNorm, wantNorm, 3e-5 * wantNorm) << label << ", step " << step;
        }
    }
}

}  // namespace
}  // namespace lectern::test

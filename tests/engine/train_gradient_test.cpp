// LlamaTrainer's gradients: against finite differences through the reference backend in double, and the CPU backend
// against the reference backend.

#include <gtest/gtest.h>

#include <numeric>

#include "tests/engine/train_fixture.h"
#include "tests/engine/train_reference_backend.h"

namespace lectern::test {
namespace {

struct Case {
    const char* label;
    AttentionMode mode;
    TrainMethod method = TrainMethod::Full;
    Scorer scorer = Scorer::Mean;
    double dropout = 0;
    KeptActivations kept = KeptActivations::LayerInputs;
    HeadGrouping heads = HeadGrouping::PerQueryHead;
    bool tied = true;
    DType type = DType::F32;
    int32_t slidingWindow = 0;
};

const Case kCases[] = {
    {"dense", AttentionMode::Dense},
    {"dense untied", AttentionMode::Dense, TrainMethod::Full, Scorer::Mean, 0, KeptActivations::Attention,
     HeadGrouping::PerQueryHead, false},
    {"dense window", AttentionMode::Dense, TrainMethod::Full, Scorer::Mean, 0, KeptActivations::LayerInputs,
     HeadGrouping::PerQueryHead, true, DType::F32, 11},
    {"ms_train", AttentionMode::MsTrain},
    {"ms_train bound kv", AttentionMode::MsTrain, TrainMethod::Full, Scorer::Bound, 0, KeptActivations::All,
     HeadGrouping::PerKvHead},
    {"ms_pretrain", AttentionMode::MsPretrain},
    {"lora", AttentionMode::MsTrain, TrainMethod::Lora},
    {"lora dropout", AttentionMode::MsTrain, TrainMethod::Lora, Scorer::Bound, 0.3, KeptActivations::Attention},
    {"lora over q8_0", AttentionMode::Dense, TrainMethod::Lora, Scorer::Mean, 0.2, KeptActivations::All,
     HeadGrouping::PerQueryHead, false, DType::Q8_0},
};

/// One model and trainer on one backend.
struct TrainRun {
    std::unique_ptr<TrainModel> model;
    std::unique_ptr<LlamaTrainer> trainer;
    std::vector<PositionDraw> positions;
    TrainSequence sequence;

    TrainRun(const Case& c, TrainBackend& backend, int64_t tokens = 45) {
        ModelConfig config = tinyConfig();
        config.tiedEmbeddings = c.tied;
        config.slidingWindow = c.slidingWindow;
        config.keysStoredUnrotated = c.mode == AttentionMode::MsPretrain;
        TrainableSpec spec;
        spec.method = c.method;
        spec.lora.rank = 3;
        spec.lora.alpha = 6;
        spec.lora.dropout = c.dropout;
        spec.lora.targets = {"q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"};
        spec.head = true;
        auto created = TrainModel::create(*makeRandomModel(config, c.type, 9), spec, backend);
        EXPECT_TRUE(created) << created.error().message;
        model = std::move(*created);
        // LoRA's second factor starts at zero, where the first one has no gradient.
        uint32_t seed = 100;
        for (const auto& parameter : model->parameters()) {
            if (parameter->kind == ParameterKind::LoraB) {
                std::vector<float> values = toFloat(generatedDoubles(++seed, parameter->value.size()));
                EXPECT_TRUE(backend.upload(values, parameter->value));
            }
        }
        TrainerOptions options;
        options.mode = c.mode;
        options.profile = tinyProfile();
        options.profile.prefill.scorer = c.scorer;
        options.profile.prefill.heads = c.heads;
        options.kept = c.kept;
        options.maxTokens = tokens + 3;
        options.lossRows = 7;
        options.mlpTokens = 16;
        auto made = LlamaTrainer::create(*model, options);
        EXPECT_TRUE(made) << made.error().message;
        trainer = std::move(*made);
        positions = crdPositions(model->config(), tokens);
        sequence = tinySequence(tokens, 77);
    }

    double accumulate(double scale = 1) {
        const auto loss = trainer->accumulate(sequence, positions, 1234, scale, {});
        EXPECT_TRUE(loss) << loss.error().message;
        return *loss;
    }
};

TEST(TrainGradient, TwoLayerModelAgainstFiniteDifferences) {
    for (const Case& c : kCases) {
        ReferenceTrainBackend backend;
        TrainRun run(c, backend);
        const double loss = run.accumulate();
        ASSERT_TRUE(std::isfinite(loss)) << c.label;
        std::vector<std::vector<double>> gradients;
        for (const auto& parameter : run.model->parameters()) {
            const double* g = parameter->gradient.as<double>();
            gradients.emplace_back(g, g + parameter->gradient.size());
        }
        for (size_t i = 0; i < gradients.size(); ++i) {
            const Parameter& parameter = *run.model->parameters()[i];
            expectGradient(
                std::string(c.label) + ": " + parameter.name, parameter.value.as<double>(), gradients[i],
                [&] {
                    backend.replayPlans();
                    return run.accumulate();
                },
                2e-6, 3);
        }
    }
}

TEST(TrainGradient, CpuAgreesWithTheReference) {
    for (const Case& c : kCases) {
        ReferenceTrainBackend reference;
        CpuTrainBackend cpu(2);
        TrainRun expected(c, reference, 60), actual(c, cpu, 60);
        const double loss = expected.accumulate(0.01);
        EXPECT_NEAR(actual.accumulate(0.01), loss, 1e-5 * loss) << c.label;
        for (size_t i = 0; i < expected.model->parameters().size(); ++i) {
            const Parameter& want = *expected.model->parameters()[i];
            const Parameter& got = *actual.model->parameters()[i];
            std::vector<float> a(static_cast<size_t>(want.value.size())), b(a.size());
            ASSERT_TRUE(cpu.download(got.gradient, a));
            ASSERT_TRUE(reference.download(want.gradient, b));
            EXPECT_LT(relativeDifference(a, b), 2e-4) << c.label << ": " << want.name;
        }
    }
}

TEST(TrainGradient, RepeatsItsBitsOnAnyNumberOfThreads) {
    std::vector<std::vector<float>> gradients[2];
    for (int which = 0; which < 2; ++which) {
        CpuTrainBackend cpu(which == 0 ? 1 : 2);
        TrainRun run(kCases[3], cpu, 150);
        run.accumulate();
        for (const auto& parameter : run.model->parameters()) {
            std::vector<float> values(static_cast<size_t>(parameter->value.size()));
            ASSERT_TRUE(cpu.download(parameter->gradient, values));
            gradients[which].push_back(std::move(values));
        }
    }
    EXPECT_EQ(gradients[0], gradients[1]);
}

TEST(TrainGradient, KeepingActivationsChangesNothing) {
    std::vector<float> gradients[3];
    for (const KeptActivations kept :
         {KeptActivations::LayerInputs, KeptActivations::Attention, KeptActivations::All}) {
        CpuTrainBackend cpu(2);
        Case c = kCases[7];
        c.kept = kept;
        TrainRun run(c, cpu);
        run.accumulate();
        const Parameter& first = *run.model->find("model.embed_tokens.weight");
        std::vector<float>& values = gradients[static_cast<int>(kept)];
        values.resize(static_cast<size_t>(first.value.size()));
        ASSERT_TRUE(cpu.download(first.gradient, values));
    }
    EXPECT_EQ(gradients[0], gradients[1]);
    EXPECT_EQ(gradients[0], gradients[2]);
}

TEST(TrainGradient, AnOffsetThatDoesNotWrapChangesNothing) {
    // Rotary positions count by their differences. That holds for the choice of regions too where the scorer is the
    // mean (a sum of products of rotated vectors); the bound takes minima and maxima of rotated values, so it is left
    // out.
    for (const size_t index : {size_t{0}, size_t{3}, size_t{5}}) {
        ReferenceTrainBackend backend;
        TrainRun run(kCases[index], backend);
        std::vector<double> losses;
        for (const int64_t offset : {0, 1, 777, 1 << 20}) {
            for (PositionDraw& draw : run.positions) {
                std::iota(draw.positions.begin(), draw.positions.end(), offset);
            }
            losses.push_back(run.accumulate());
        }
        for (const double loss : losses) {
            EXPECT_NEAR(loss, losses[0], 1e-9 * losses[0]) << kCases[index].label;
        }
        for (PositionDraw& draw : run.positions) {
            for (size_t i = 0; i < draw.positions.size(); ++i) {
                draw.positions[i] = static_cast<int64_t>(2 * i);
            }
        }
        EXPECT_GT(std::abs(run.accumulate() - losses[0]), 1e-4 * losses[0]) << kCases[index].label;
    }
}

TEST(TrainGradient, RefusesWhatItCannotTrain) {
    CpuTrainBackend cpu(1);
    TrainRun run(kCases[0], cpu);
    TrainerOptions options = run.trainer->options();
    options.mode = AttentionMode::MsPretrain;
    EXPECT_EQ(LlamaTrainer::create(*run.model, options).error().code, ErrorCode::Unsupported);
    options.mode = AttentionMode::MsDecode;
    EXPECT_EQ(LlamaTrainer::create(*run.model, options).error().code, ErrorCode::Unsupported);
    TrainSequence wrong = run.sequence;
    wrong.tokens[3] = 40;
    EXPECT_EQ(run.trainer->accumulate(wrong, run.positions, 0, 1, {}).error().code, ErrorCode::InvalidInput);
    std::stop_source stopped;
    stopped.request_stop();
    EXPECT_EQ(run.trainer->accumulate(run.sequence, run.positions, 0, 1, stopped.get_token()).error().code,
              ErrorCode::Cancelled);
}

}  // namespace
}  // namespace lectern::test

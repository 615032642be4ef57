// Attention of the CUDA training backend, forward and backward, and whole models, beside the CPU's.

#include "engine/train/optimizer.h"
#include "tests/engine/cuda/train_cuda_fixture.h"

namespace lectern::test {
namespace {

struct AttentionCase {
    const char* label;
    AttentionMode mode;
    HeadGrouping heads = HeadGrouping::PerKvHead;
    Scorer scorer = Scorer::Mean;
    int32_t headDim = 64, region = 16, merge = 4, budget = 256, window = 0;
    int64_t tokens = 1500;
    int32_t queryHeads = 8, kvHeads = 2;
};

const AttentionCase kAttentionCases[] = {
    {"dense", AttentionMode::Dense},
    {"dense window", AttentionMode::Dense, HeadGrouping::PerKvHead, Scorer::Mean, 64, 16, 4, 256, 200},
    {"ms_train kv", AttentionMode::MsTrain},
    {"ms_train query bound", AttentionMode::MsTrain, HeadGrouping::PerQueryHead, Scorer::Bound},
    {"ms_prefill", AttentionMode::MsPrefill, HeadGrouping::PerKvHead, Scorer::Bound},
    {"ms_train 128", AttentionMode::MsTrain, HeadGrouping::PerQueryHead, Scorer::Mean, 128},
    {"ms_train p 8", AttentionMode::MsTrain, HeadGrouping::PerKvHead, Scorer::Mean, 64, 8, 8},
    {"ms_train p 32", AttentionMode::MsTrain, HeadGrouping::PerKvHead, Scorer::Mean, 64, 32, 2},
    {"ms_train 128 kv", AttentionMode::MsTrain, HeadGrouping::PerKvHead, Scorer::Mean, 128},
    {"one head a group", AttentionMode::MsTrain, HeadGrouping::PerKvHead, Scorer::Mean, 128, 16, 8, 512, 0, 2100, 3, 3},
    {"three heads a group", AttentionMode::MsTrain, HeadGrouping::PerKvHead, Scorer::Mean, 64, 16, 4, 256, 0, 1500, 6,
     2},
    {"short", AttentionMode::MsTrain, HeadGrouping::PerKvHead, Scorer::Mean, 64, 16, 4, 256, 0, 45},
};

TEST_F(TrainCuda, AttentionForwardAndBackward) {
    for (const AttentionCase& c : kAttentionCases) {
        SCOPED_TRACE(c.label);
        AttentionProfile profile = tinyProfile();
        profile.region = c.region;
        profile.merge = c.merge;
        profile.prefill.budget = c.budget;
        profile.prefill.local = 2;
        profile.prefill.heads = c.heads;
        profile.prefill.scorer = c.scorer;
        TrainAttentionSpec spec;
        spec.mode = c.mode;
        spec.profile = &profile;
        spec.heads = c.queryHeads;
        spec.kvHeads = c.kvHeads;
        spec.headDim = c.headDim;
        spec.slidingWindow = c.window;
        spec.tokens = c.tokens;
        const int64_t n = c.tokens, qWidth = c.queryHeads * c.headDim, kvWidth = c.kvHeads * c.headDim;
        const Twin q = activation(n, qWidth, 1, 2.0f), k = activation(n, kvWidth, 2, 2.0f),
                   v = activation(n, kvWidth, 3);
        const Twin dOut = activation(n, qWidth, 4);
        Twin out = activation(n, qWidth), dQ = activation(n, qWidth), dK = activation(n, kvWidth),
             dV = activation(n, kvWidth);
        Twin logSums = master(n, c.queryHeads);
        std::unique_ptr<TrainAttentionPlan> plans[2];
        both([&](TrainBackend& b, int i) -> Result<void> {
            LECTERN_ASSIGN(plans[i], b.planAttention(spec, q.on[i], k.on[i]));
            return {};
        });
        // The GPU ranks bf16 summaries, the CPU f32 ones: near ties may fall differently. Then both go by the GPU's.
        auto same = asCpuPlan(*plans[1], spec);
        if (c.mode != AttentionMode::Dense) {
            const auto& own = static_cast<const CpuTrainPlan&>(*plans[0]);
            ASSERT_EQ(own.regions.size(), same->regions.size());
            size_t shared = 0, total = 0;
            for (size_t i = 0; i < own.regions.size(); ++i) {
                ASSERT_EQ(own.regions[i].size(), same->regions[i].size()) << "list " << i;
                std::vector<RegionId> common;
                std::set_intersection(own.regions[i].begin(), own.regions[i].end(), same->regions[i].begin(),
                                      same->regions[i].end(), std::back_inserter(common));
                shared += common.size();
                total += own.regions[i].size();
            }
            EXPECT_GE(static_cast<double>(shared), 0.98 * static_cast<double>(total));
        }
        plans[0] = std::move(same);
        both([&](TrainBackend& b, int i) {
            return b.attention(spec, *plans[i], q.on[i], k.on[i], v.on[i], out.on[i], logSums.on[i]);
        });
        both([&](TrainBackend& b, int i) {
            return b.attentionBackward(spec, *plans[i], q.on[i], k.on[i], v.on[i], out.on[i], logSums.on[i], dOut.on[i],
                                       dQ.on[i], dK.on[i], dV.on[i]);
        });
        expectClose(logSums, kExactLimit, "log-sum-exp");
        expectClose(out, kAttentionLimit, "attention");
        expectClose(dQ, kAttentionLimit, "dQ");
        expectClose(dK, kAttentionLimit, "dK");
        expectClose(dV, kAttentionLimit, "dV");
        const std::vector<float> first = valuesOf(*backends[1], dK.on[1]);
        both([&](TrainBackend& b, int i) {
            return b.attentionBackward(spec, *plans[i], q.on[i], k.on[i], v.on[i], out.on[i], logSums.on[i], dOut.on[i],
                                       dQ.on[i], dK.on[i], dV.on[i]);
        });
        EXPECT_EQ(first, valuesOf(*backends[1], dK.on[1])) << "the same backward pass gave other bits";
    }
}

ModelConfig smallConfig() {
    ModelConfig config = tinyConfig();
    config.vocabSize = 512;
    config.hiddenSize = 256;
    config.intermediateSize = 512;
    config.headDim = 64;
    return config;
}

struct SmallRun {
    std::unique_ptr<TrainModel> model;
    std::unique_ptr<LlamaTrainer> trainer;
    std::unique_ptr<Optimizer> optimizer;

    SmallRun(TrainBackend& backend, AttentionMode mode, TrainMethod method, KeptActivations kept) {
        TrainableSpec spec;
        spec.method = method;
        spec.lora.targets = {"q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"};
        spec.lora.dropout = 0.1;
        auto made = TrainModel::create(*makeRandomModel(smallConfig(), DType::BF16, 9), spec, backend);
        EXPECT_TRUE(made) << made.error().message;
        model = std::move(*made);
        uint32_t seed = 100;
        for (const auto& parameter : model->parameters()) {
            if (parameter->kind == ParameterKind::LoraB) {
                EXPECT_TRUE(backend.upload(roundedValues(++seed, parameter->value.size(), 0.05f), parameter->value));
            }
        }
        TrainerOptions options;
        options.mode = mode;
        options.profile.region = 16;
        options.profile.merge = 4;
        options.profile.prefill.budget = 256;
        options.profile.prefill.local = 2;
        options.kept = kept;
        options.maxTokens = 700;
        options.mlpTokens = 256;
        options.lossRows = 100;
        auto created = LlamaTrainer::create(*model, options);
        EXPECT_TRUE(created) << created.error().message;
        trainer = std::move(*created);
        OptimizerSpec adam;
        adam.learningRate = 1e-3;
        adam.warmupSteps = 0;
        optimizer = std::move(*Optimizer::create(*model, adam));
    }
    double accumulate(int64_t step) {
        EXPECT_TRUE(model->zeroGradients());
        const TrainSequence sequence = tinySequence(700, static_cast<uint32_t>(50 + step), 512);
        const auto count = static_cast<double>(sequence.trainedTokens());
        const auto loss = trainer->accumulate(sequence, crdPositions(model->config(), 700, step), 5, 1.0 / count, {});
        EXPECT_TRUE(loss) << loss.error().message;
        return loss ? *loss / count : NAN;
    }
};

// Activations, their gradients and the residual stream are bf16, so an error of a few roundings reaches every gradient:
// measured 0.4 to 1.2%.
constexpr double kGradientLimit = 3e-2;
// A random model's scores are nearly equal, so the backends' choices of regions differ a little; the gradients that
// hang on the choice are then only alike.
constexpr double kSparseGradientLimit = 0.2;
// One rounding of the logits to bf16, 2^-9, moves a loss by no more than its share of it.
constexpr double kLossLimit = 2e-3;

TEST_F(TrainCuda, GradientsOfTwoLayers) {
    for (const auto mode : {AttentionMode::Dense, AttentionMode::MsTrain}) {
        for (const auto method : {TrainMethod::Full, TrainMethod::Lora}) {
            const KeptActivations kept =
                method == TrainMethod::Full ? KeptActivations::All : KeptActivations::LayerInputs;
            SmallRun cpu(*backends[0], mode, method, kept), gpu(*backends[1], mode, method, kept);
            const double want = cpu.accumulate(3), got = gpu.accumulate(3);
            EXPECT_NEAR(got, want, kLossLimit * want);
            const double limit = mode == AttentionMode::Dense ? kGradientLimit : kSparseGradientLimit;
            for (const auto& parameter : cpu.model->parameters()) {
                const Parameter* other = gpu.model->find(parameter->name);
                ASSERT_NE(other, nullptr);
                const double error =
                    relativeError(valuesOf(*backends[1], other->gradient), valuesOf(*backends[0], parameter->gradient));
                EXPECT_LT(error, limit) << parameter->name;
                RecordProperty(parameter->name, std::to_string(error));
            }
        }
    }
}

TEST_F(TrainCuda, FiveStepsAsOnTheCpuAndTheSameBitsAgain) {
    for (const auto mode : {AttentionMode::Dense, AttentionMode::MsTrain}) {
        std::vector<double> losses[3];
        std::vector<float> last[3];
        for (int run = 0; run < 3; ++run) {
            TrainBackend& backend = *backends[run == 0 ? 0 : 1];
            SmallRun small(backend, mode, TrainMethod::Full, KeptActivations::Attention);
            for (int64_t step = 0; step < 5; ++step) {
                losses[run].push_back(small.accumulate(step % 2));
                const auto report = small.optimizer->step(step, 5);
                ASSERT_TRUE(report && report->finite);
            }
            last[run] = valuesOf(backend, small.model->parameters().front()->value);
        }
        // What the steps took off the loss, they took by gradients that agree to their limit.
        const double share = mode == AttentionMode::Dense ? kGradientLimit : kSparseGradientLimit;
        const double start = *std::max_element(losses[0].begin(), losses[0].begin() + 2);
        for (size_t step = 0; step < 5; ++step) {
            const double taken = std::max(0.0, start - losses[0][step]);
            std::printf("step %zu: losses %.5f %.5f, allowed %.5f\n", step, losses[0][step], losses[1][step],
                        kLossLimit * losses[0][step] + share * taken);
            EXPECT_NEAR(losses[1][step], losses[0][step], kLossLimit * losses[0][step] + share * taken)
                << "step " << step;
        }
        EXPECT_LT(losses[0].back(), losses[0].front());
        EXPECT_EQ(losses[1], losses[2]) << "the same run gave other losses";
        EXPECT_EQ(last[1], last[2]);
    }
}

}  // namespace
}  // namespace lectern::test

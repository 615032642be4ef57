#pragma once
// Two sessions over one small random model, one on the CPU and one on the GPU, and the measure between their logits.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <random>

#include "engine/backend/cpu_backend.h"
#include "engine/model/random_model.h"
#include "engine/session/session.h"

namespace lectern::test {

/// Limits of the normalised mean square error of logits, GPU over CPU, on random weights.
///
/// Dense: the GPU rounds every activation between ops to bf16, 2^-18 / 3 = 1.3e-6 each on average and 4e-6 at most,
/// some twenty a layer in three layers: 2.4e-4 at most. int8 values differ by a step where a rounding puts an input
/// beside a boundary: at an input error of d and a step of s that happens to a share d / s of them and adds d s to the
/// mean square; s is a 250th of the range, of some six deviations. With d the root of 2.4e-4 that is 4e-4 a layer,
/// hence the limit for both; a step of e4m3 is a fourteenth of the average value, three times as large, which doubles
/// the sum to 2e-3. int4 has 15 steps over the range of 16 values, some 3.5 deviations: d s = 3.6e-3 for keys and
/// values of a layer, and the attention's output is half of what the residual stream gains there.
///
/// Where regions are chosen, random scores lie close together: two in a hundred choices fall the other way. A token
/// attends 16 regions, so that one exchanged in every head of every layer replaces a sixteenth of the values in a mean
/// of independent ones: 2 / 16 of its power, and a fifth more since weights are unequal. Most tokens stay below that; a
/// single one whose exchanged regions weigh four times the average stays below four times 2 / 16. The default model's
/// limits, where scores are apart, are in default_model_test.cpp.
constexpr double kDenseLimit = 2e-3;
constexpr double kInt4DenseLimit = 3 * 3.6e-3 / 2;
constexpr double kSparseLimit = 1.2 * 2 / 16;
constexpr double kSparseTokenLimit = 4 * 2.0 / 16;

inline double nmse(std::span<const float> got, std::span<const float> want) {
    double error = 0, power = 0;
    for (size_t i = 0; i < std::min(got.size(), want.size()); ++i) {
        error += (static_cast<double>(got[i]) - want[i]) * (static_cast<double>(got[i]) - want[i]);
        power += static_cast<double>(want[i]) * want[i];
    }
    return got.size() == want.size() && std::isfinite(error) && power > 0 ? error / power : INFINITY;
}

class CudaSession : public ::testing::Test {
  protected:
    static constexpr int32_t kVocab = 512;

    void SetUp() override {
        auto made = createBackend({"cuda", 0});
        if (!made) {
            GTEST_SKIP() << made.error().message;
        }
        cuda = *made;
        cpu = std::make_shared<CpuBackend>(0);
    }

    static ModelConfig smallConfig(int32_t headDim = 64) {
        ModelConfig config;
        config.name = "small";
        config.layerCount = 3;
        config.hiddenSize = 256;
        config.headCount = 4;
        config.kvHeadCount = 2;
        config.headDim = headDim;
        config.intermediateSize = 512;
        config.vocabSize = kVocab;
        config.trainedContext = 8192;
        config.tiedEmbeddings = false;
        return config;
    }
    void loadModels(DType type = DType::BF16, int32_t headDim = 64) {
        cpuModel = *Model::create(*makeRandomModel(smallConfig(headDim), type, 5), *cpu);
        cudaModel = *Model::create(*makeRandomModel(smallConfig(headDim), type, 5), *cuda);
    }
    static AttentionProfile profile(AttentionMode mode, KvType type = KvType::BF16) {
        AttentionProfile made;
        made.region = 16;
        made.merge = 4;
        made.mode = mode;
        made.prefill = {512, 4, 1, Scorer::Mean, HeadGrouping::PerKvHead};
        made.decode = {256, 4, 1, Scorer::Bound, HeadGrouping::PerKvHead};
        made.kvType = type;
        made.capacity = {{8192, 1.0}};
        return made;
    }
    struct Pair {
        std::unique_ptr<Session> cpu, cuda;
        template <typename Act>
        void both(Act act) const {
            act(*cpu);
            act(*cuda);
        }
        double difference() const { return nmse(cuda->lastLogits(), cpu->lastLogits()); }
    };
    Pair open(const AttentionProfile& with, bool trace = false, int32_t chunkBlocks = 0) const {
        SessionOptions options;
        options.profile = with;
        options.capacityTokens = 4096;
        options.chunkBlocks = chunkBlocks;
        options.recordDocumentTrace = options.recordAnswerTrace = trace;
        auto onCpu = Session::create(cpuModel, cpu, options), onCuda = Session::create(cudaModel, cuda, options);
        EXPECT_TRUE(onCpu) << onCpu.error().message;
        EXPECT_TRUE(onCuda) << (onCuda ? "" : onCuda.error().message);
        return {std::move(*onCpu), std::move(*onCuda)};
    }
    static std::vector<TokenId> tokens(int64_t count, uint64_t seed = 3) {
        std::mt19937_64 random(seed);
        std::vector<TokenId> ids(static_cast<size_t>(count));
        std::generate(ids.begin(), ids.end(), [&] { return static_cast<TokenId>(random() % kVocab); });
        return ids;
    }
    static void prefill(const Pair& pair, std::span<const TokenId> ids) {
        pair.both([&](Session& session) {
            const auto result = session.prefill(ids, nullptr, {});
            ASSERT_TRUE(result) << result.error().message;
        });
    }
    static void decode(const Pair& pair, std::span<const TokenId> ids) {
        pair.both([&](Session& session) {
            const auto result = session.decode(ids, {});
            ASSERT_TRUE(result) << result.error().message;
        });
    }

    std::shared_ptr<Backend> cpu, cuda;
    std::shared_ptr<const Model> cpuModel, cudaModel;
};

}  // namespace lectern::test

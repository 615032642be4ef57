// Every op of the CUDA training backend beside the CPU's.

#include "tests/engine/cuda/train_cuda_fixture.h"

namespace lectern::test {
namespace {

TEST_F(TrainCuda, ProductsForwardAndBackward) {
    for (const auto& [tokens, inputs, outputs] :
         {std::array<int64_t, 3>{300, 512, 128}, {1024, 1536, 512}, {37, 64, 16}}) {
        const Twin x = activation(tokens + 5, inputs, 1), w = master(outputs, inputs, 2, 0.1f);
        const Twin dY = activation(tokens + 5, outputs, 3);
        Twin y = activation(tokens + 5, outputs, 4), dX = activation(tokens + 5, inputs, 5);
        Twin dW = master(outputs, inputs, 6);
        both([&](TrainBackend& b, int i) {
            return b.linear(x.on[i], {nullptr, &w.on[i]}, tokens, 0.5, true, y.on[i]);
        });
        both([&](TrainBackend& b, int i) {
            return b.linearBackwardInput(dY.on[i], {nullptr, &w.on[i]}, tokens, 2.0, true, dX.on[i]);
        });
        both([&](TrainBackend& b, int i) { return b.linearBackwardWeight(dY.on[i], x.on[i], tokens, 0.25, dW.on[i]); });
        expectClose(y, kRoundedLimit, "linear");
        expectClose(dX, kRoundedLimit, "linearBackwardInput");
        expectClose(dW, kExactLimit, "linearBackwardWeight");
    }
}

TEST_F(TrainCuda, FrozenWeightsOfEveryFormat) {
    ModelConfig config = tinyConfig();
    config.hiddenSize = 256;
    config.intermediateSize = 256;
    for (const DType type : {DType::F32, DType::BF16, DType::Q8_0}) {
        const ModelSource source = *makeRandomModel(config, type, 5);
        const TensorData& stored = source.tensors.at("model.layers.0.mlp.gate_proj.weight");
        const Twin x = activation(40, 256, 1);
        Twin y = activation(40, 256), dX = activation(40, 256);
        std::unique_ptr<Weight> weights[2];
        both([&](TrainBackend& b, int i) -> Result<void> {
            LECTERN_ASSIGN(weights[i], b.prepareWeight(stored.type, 256, 256, stored.bytes));
            LECTERN_TRY(b.linear(x.on[i], {weights[i].get(), nullptr}, 40, 1.0, false, y.on[i]));
            return b.linearBackwardInput(x.on[i], {weights[i].get(), nullptr}, 40, 1.0, false, dX.on[i]);
        });
        // Decoded values are rounded to bf16 for the product.
        expectClose(y, 2 * kRoundedLimit, "linear, frozen");
        expectClose(dX, 2 * kRoundedLimit, "linearBackwardInput, frozen");
    }
}

TEST_F(TrainCuda, EmbeddingAndRows) {
    const Twin table = master(100, 128, 1), dOut = activation(300, 128, 2);
    Twin out = activation(300, 128), dTable = master(100, 128, 3), rows = activation(3, 128),
         back = activation(300, 128);
    std::vector<TokenId> tokens;
    for (int i = 0; i < 300; ++i) {
        tokens.push_back(i * i % 97 % 41);
    }
    const std::vector<int64_t> chosen{299, 0, 17};
    both([&](TrainBackend& b, int i) { return b.embed({nullptr, &table.on[i]}, tokens, out.on[i]); });
    both([&](TrainBackend& b, int i) { return b.embedBackward(dOut.on[i], tokens, dTable.on[i]); });
    both([&](TrainBackend& b, int i) { return b.gatherRows(dOut.on[i], chosen, rows.on[i]); });
    both([&](TrainBackend& b, int i) { return b.scatterRows(rows.on[i], chosen, back.on[i]); });
    expectClose(out, 1e-9, "embed");
    expectClose(dTable, kExactLimit, "embedBackward");
    expectClose(rows, 1e-9, "gatherRows");
    expectClose(back, 1e-9, "scatterRows");
    tokens.push_back(100);
    Twin more = activation(301, 128);
    EXPECT_FALSE(backends[1]->embed({nullptr, &table.on[1]}, tokens, more.on[1]));
}

TEST_F(TrainCuda, NormsGatesAndDropout) {
    for (const int64_t dim : {512, 4096}) {
        const int64_t tokens = 1500;
        const Twin x = activation(tokens, dim, 1), weight = master(1, dim, 2), dOut = activation(tokens, dim, 3);
        Twin out = activation(tokens, dim), dX = activation(tokens, dim, 4), dWeight = master(1, dim, 5);
        Twin gate = activation(tokens, dim), up = activation(tokens, dim), mask = activation(tokens, dim, 6);
        both([&](TrainBackend& b, int i) { return b.rmsNorm(x.on[i], weight.on[i], 1e-5f, tokens, out.on[i]); });
        both([&](TrainBackend& b, int i) {
            return b.rmsNormBackward(x.on[i], weight.on[i], 1e-5f, dOut.on[i], tokens, dX.on[i], &dWeight.on[i]);
        });
        expectClose(out, kRoundedLimit, "rmsNorm");
        expectClose(dX, kRoundedLimit, "rmsNormBackward dX");
        expectClose(dWeight, kExactLimit, "rmsNormBackward dWeight");
        both([&](TrainBackend& b, int i) { return b.swiglu(x.on[i], dOut.on[i], tokens, out.on[i]); });
        both([&](TrainBackend& b, int i) {
            return b.swigluBackward(x.on[i], dOut.on[i], dX.on[i], tokens, gate.on[i], up.on[i]);
        });
        expectClose(out, kRoundedLimit, "swiglu");
        expectClose(gate, 2 * kRoundedLimit, "swigluBackward gate");
        expectClose(up, 2 * kRoundedLimit, "swigluBackward up");
        both([&](TrainBackend& b, int i) { return b.dropout(x.on[i], tokens, 77, 0.3, true, mask.on[i]); });
        expectClose(mask, kRoundedLimit, "dropout");
    }
}

TEST_F(TrainCuda, RotationAtFourMillion) {
    const int64_t tokens = 200;
    std::vector<int64_t> positions;
    for (int64_t i = 0; i < tokens; ++i) {
        positions.push_back((i * 7919 + 4'100'000) % 4'200'000);
    }
    const RopeSchedule schedule = RopeSchedule::ntk(10000, 512, 64);
    Twin cos = master(tokens, 32), sin = master(tokens, 32), x = activation(tokens, 8 * 64, 1);
    both([&](TrainBackend& b, int i) { return b.ropeTables(schedule, positions, cos.on[i], sin.on[i]); });
    expectClose(cos, 1e-6, "cos");
    expectClose(sin, 1e-6, "sin");
    const std::vector<float> before = valuesOf(*backends[1], x.on[1]);
    both([&](TrainBackend& b, int i) { return b.rope(x.on[i], 8, cos.on[i], sin.on[i], tokens, false); });
    expectClose(x, kRoundedLimit, "rope");
    both([&](TrainBackend& b, int i) { return b.rope(x.on[i], 8, cos.on[i], sin.on[i], tokens, true); });
    EXPECT_LT(relativeError(valuesOf(*backends[1], x.on[1]), before), 2 * kRoundedLimit);
}

TEST_F(TrainCuda, StashesInHostMemory) {
    TrainBackend& backend = *backends[1];
    ASSERT_TRUE(backend.keepStashesOnHost());
    constexpr int64_t kColumns = 512;
    // Several passes, as a trainer makes them: written in order, each layer's read twice from the last to the first;
    // the second pass is fetched ahead, the third has shorter sequences, the fourth longer ones again.
    std::vector<TrainTensor> stashes;
    for (int layer = 0; layer < 6; ++layer) {
        stashes.push_back(*backend.allocate(TensorUse::Stash, 300, kColumns));
    }
    TrainTensor live = *backend.allocate(TensorUse::Activation, 300, kColumns);
    uint32_t seed = 1;
    for (const int64_t rows : {300, 300, 120, 260}) {
        std::vector<std::vector<float>> written;
        for (TrainTensor& stash : stashes) {
            written.push_back(roundedValues(seed++, rows * kColumns));
            TrainTensor from = rowsOf(live, 0, rows), to = rowsOf(stash, 0, rows);
            ASSERT_TRUE(backend.upload(written.back(), from));
            ASSERT_TRUE(backend.copy(from, to));
        }
        for (size_t layer = stashes.size(); layer-- > 0;) {
            for (int repeat = 0; repeat < 2; ++repeat) {
                TrainTensor to = rowsOf(live, 0, rows);
                ASSERT_TRUE(backend.zero(to));
                ASSERT_TRUE(backend.copy(rowsOf(stashes[layer], 0, rows), to));
                ASSERT_EQ(valuesOf(backend, to), written[layer]) << rows << " rows, layer " << layer;
            }
        }
    }
}

TEST_F(TrainCuda, LossNormAndOptimizers) {
    const int64_t rows = 50, vocab = 1000;
    Twin logits = activation(rows, vocab, 1, 6.0f);
    std::vector<TokenId> targets;
    for (int i = 0; i < rows; ++i) {
        targets.push_back(i * 37 % vocab);
    }
    double losses[2] = {};
    both([&](TrainBackend& b, int i) -> Result<void> {
        LECTERN_ASSIGN(losses[i], b.crossEntropyInPlace(logits.on[i], targets, 0.125));
        return {};
    });
    EXPECT_NEAR(losses[1], losses[0], 1e-5 * losses[0]);
    expectClose(logits, kRoundedLimit, "crossEntropy");
    for (const auto& [height, width] : {std::pair<int64_t, int64_t>{96, 256}, {256, 64}}) {
        Twin value = master(height, width, 2), m = master(height, width, 4, 0.01f), v = master(height, width);
        const Twin gradient = master(height, width, 3, 0.1f);
        double squares[2] = {};
        both([&](TrainBackend& b, int i) -> Result<void> {
            const TrainTensor* const tensors[] = {&value.on[i], &gradient.on[i]};
            LECTERN_ASSIGN(squares[i], b.sumOfSquares(tensors));
            return {};
        });
        EXPECT_NEAR(squares[1], squares[0], 1e-6 * squares[0]);
        for (int64_t step = 1; step <= 3; ++step) {
            both([&](TrainBackend& b, int i) {
                return b.adamW(value.on[i], gradient.on[i], m.on[i], v.on[i], {1e-2, 0.9, 0.99, 1e-8, 0.1, 0.5, step});
            });
        }
        expectClose(value, kExactLimit, "adamW value");
        expectClose(v, kExactLimit, "adamW v");
        // Five rounds of Newton-Schulz in bf16.
        Twin before = master(height, width), momentum = master(height, width, 7, 0.1f);
        both([&](TrainBackend& b, int i) { return b.copy(value.on[i], before.on[i]); });
        both([&](TrainBackend& b, int i) {
            return b.muon(before.on[i], gradient.on[i], momentum.on[i], {1.0, 0.95, 0.0, 1.0});
        });
        expectClose(momentum, kExactLimit, "muon momentum");
        expectClose(before, 3e-2, "muon value");
    }
}

}  // namespace
}  // namespace lectern::test

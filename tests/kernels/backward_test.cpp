// Training kernels: reference gradients against finite differences in double, CPU kernels against the reference.

#include <gtest/gtest.h>

#include <numeric>

#include "kernels/cpu/backward.h"
#include "kernels/reference/backward.h"
#include "tests/kernels/gradient_check.h"
#include "tests/kernels/support/kernel_test.h"

namespace lectern::test {
namespace {

namespace ref = kernels::reference;
namespace cpu = kernels::cpu;

TEST(BackwardReference, RmsNorm) {
    const int64_t rows = 3, dim = 10;
    std::vector<double> x = generatedDoubles(1, rows * dim), w = generatedDoubles(2, dim);
    const std::vector<double> g = generatedDoubles(3, rows * dim);
    const auto loss = [&] {
        std::vector<double> out(x.size());
        ref::trainRmsNorm(x.data(), w.data(), 1e-5, rows, dim, out.data());
        return dot(out, g);
    };
    std::vector<double> dX(x.size(), 0.0), dW(w.size(), 0.0);
    ref::rmsNormBackward(x.data(), w.data(), 1e-5, g.data(), rows, dim, dX.data(), dW.data());
    expectGradient("x", x.data(), dX, loss);
    expectGradient("weight", w.data(), dW, loss);
}

TEST(BackwardReference, Rope) {
    const int64_t tokens = 4;
    const int32_t heads = 2, dim = 8;
    const std::vector<double> angles = generatedDoubles(4, tokens * dim / 2),
                              g = generatedDoubles(5, tokens * heads * dim);
    std::vector<double> cos, sin, x = generatedDoubles(6, tokens * heads * dim);
    for (const double angle : angles) {
        cos.push_back(std::cos(9 * angle));
        sin.push_back(std::sin(9 * angle));
    }
    const auto loss = [&] {
        std::vector<double> out = x;
        ref::trainRope(out.data(), cos.data(), sin.data(), tokens, heads, dim, false);
        return dot(out, g);
    };
    std::vector<double> dX = g;
    ref::trainRope(dX.data(), cos.data(), sin.data(), tokens, heads, dim, true);
    expectGradient("x", x.data(), dX, loss);
}

TEST(BackwardReference, Swiglu) {
    const int64_t count = 33;
    std::vector<double> gate = generatedDoubles(7, count), up = generatedDoubles(8, count);
    for (double& value : gate) {
        value *= 4;
    }
    const std::vector<double> g = generatedDoubles(9, count);
    const auto loss = [&] {
        std::vector<double> out(gate.size());
        ref::trainSwiglu(gate.data(), up.data(), count, out.data());
        return dot(out, g);
    };
    std::vector<double> dGate(gate.size()), dUp = g;
    ref::swigluBackward(gate.data(), up.data(), dUp.data(), count, dGate.data(), dUp.data());
    expectGradient("gate", gate.data(), dGate, loss);
    expectGradient("up", up.data(), dUp, loss);
}

TEST(BackwardReference, Linear) {
    const int64_t tokens = 5, outputs = 7, inputs = 6;
    std::vector<double> x = generatedDoubles(10, tokens * inputs), w = generatedDoubles(11, outputs * inputs);
    const std::vector<double> g = generatedDoubles(12, tokens * outputs);
    const auto loss = [&] {
        std::vector<double> y(g.size());
        ref::trainLinear(x.data(), w.data(), tokens, outputs, inputs, 0.7, false, y.data());
        return dot(y, g);
    };
    std::vector<double> dX(x.size()), dW(w.size(), 0.0);
    ref::linearBackwardInput(g.data(), w.data(), tokens, outputs, inputs, 0.7, false, dX.data());
    ref::linearBackwardWeight(g.data(), x.data(), tokens, outputs, inputs, 0.7, dW.data());
    expectGradient("x", x.data(), dX, loss);
    expectGradient("w", w.data(), dW, loss);
}

TEST(BackwardReference, Embedding) {
    const int64_t tokens = 5, dim = 4, vocab = 6;
    const std::vector<int32_t> ids{2, 0, 2, 5, 2};
    std::vector<double> table = generatedDoubles(13, vocab * dim), dTable(table.size(), 0.0);
    const std::vector<double> g = generatedDoubles(14, tokens * dim);
    const auto loss = [&] {
        double sum = 0;
        for (size_t t = 0; t < ids.size(); ++t) {
            for (size_t d = 0; d < 4; ++d) {
                sum += table[static_cast<size_t>(ids[t]) * 4 + d] * g[t * 4 + d];
            }
        }
        return sum;
    };
    ref::embeddingBackward(g.data(), ids.data(), tokens, dim, dTable.data());
    expectGradient("table", table.data(), dTable, loss);
}

TEST(BackwardReference, CrossEntropy) {
    const int64_t rows = 3, vocab = 11;
    const std::vector<int32_t> targets{4, 0, 10};
    std::vector<double> logits = generatedDoubles(15, rows * vocab);
    for (double& value : logits) {
        value *= 5;
    }
    const auto loss = [&] {
        std::vector<double> scratch = logits;
        return 0.3 * ref::crossEntropyInPlace(scratch.data(), targets.data(), rows, vocab, 0.3);
    };
    std::vector<double> gradient = logits;
    ref::crossEntropyInPlace(gradient.data(), targets.data(), rows, vocab, 0.3);
    expectGradient("logits", logits.data(), gradient, loss);
}

TEST(BackwardReference, Dropout) {
    const int64_t count = 4000;
    const std::vector<double> x(static_cast<size_t>(count), 1.0);
    std::vector<double> out(x.size());
    ref::dropout(x.data(), count, 77, 0.25, false, out.data());
    const double mean = std::accumulate(out.begin(), out.end(), 0.0) / static_cast<double>(count);
    EXPECT_NEAR(mean, 1.0, 0.05);
    for (const double value : out) {
        EXPECT_TRUE(value == 0.0 || std::abs(value - 1 / 0.75) < 1e-12);
    }
}

/// A block of queries that sees three regions and its own tokens.
struct AttentionCase {
    int64_t tokens = 40, rows = 7, firstQuery = 29, ownBegin = 28, window = 0;
    int32_t dim = 8, regionTokens = 4;
    std::vector<int32_t> regions{0, 2, 5};

    template <typename T>
    kernels::TrainAttentionArgs<T> args(std::vector<T>& q, std::vector<T>& k, std::vector<T>& v, std::vector<T>& out,
                                        std::vector<T>& lse) const {
        kernels::TrainAttentionArgs<T> a;
        a.q = q.data();
        a.qStride = a.outStride = a.kvStride = a.dKvStride = dim;
        a.rows = rows;
        a.k = k.data();
        a.v = v.data();
        a.headDim = dim;
        a.regions = regions.data();
        a.regionCount = static_cast<int64_t>(regions.size());
        a.regionTokens = regionTokens;
        a.ownBegin = ownBegin;
        a.firstQuery = firstQuery;
        a.slidingWindow = window;
        a.scale = 1 / std::sqrt(static_cast<double>(dim));
        a.out = out.data();
        a.logSumExp = lse.data();
        return a;
    }
};

void checkAttentionGradient(const AttentionCase& shape) {
    std::vector<double> q = generatedDoubles(20, shape.rows * shape.dim),
                        k = generatedDoubles(21, shape.tokens * shape.dim);
    std::vector<double> v = generatedDoubles(22, shape.tokens * shape.dim), out(q.size()),
                        lse(static_cast<size_t>(shape.rows));
    for (double& value : q) {
        value *= 3;
    }
    const std::vector<double> g = generatedDoubles(23, shape.rows * shape.dim);
    const auto loss = [&] {
        EXPECT_EQ(ref::trainAttention(shape.args(q, k, v, out, lse)), kernels::Status::Ok);
        return dot(out, g);
    };
    loss();
    std::vector<double> dQ(q.size(), 0.0), dK(k.size(), 0.0), dV(v.size(), 0.0);
    auto args = shape.args(q, k, v, out, lse);
    args.dOut = g.data();
    args.dQ = dQ.data();
    args.dK = dK.data();
    args.dV = dV.data();
    ASSERT_EQ(ref::trainAttentionBackward(args), kernels::Status::Ok);
    expectGradient("q", q.data(), dQ, loss);
    expectGradient("k", k.data(), dK, loss, 1e-7, 400);
    expectGradient("v", v.data(), dV, loss, 1e-7, 400);
    // Tokens outside the plan, and those after the last row, must get nothing.
    EXPECT_EQ(dK[static_cast<size_t>(5 * shape.dim)], 0.0);
    EXPECT_EQ(dV[static_cast<size_t>(36 * shape.dim)], 0.0);
}

TEST(BackwardReference, GatheredAttention) {
    checkAttentionGradient({});
}

TEST(BackwardReference, SlidingWindowAttention) {
    AttentionCase shape;
    shape.window = 12;
    checkAttentionGradient(shape);
}

TEST(BackwardReference, AttentionRefusesRegionsInsideTheOwnBlock) {
    AttentionCase shape;
    shape.regions = {0, 7};
    std::vector<float> buffer(1000), lse(10);
    EXPECT_EQ(ref::trainAttention(shape.args(buffer, buffer, buffer, buffer, lse)), kernels::Status::InvalidArgument);
    EXPECT_EQ(cpu::trainAttention(shape.args(buffer, buffer, buffer, buffer, lse)), kernels::Status::InvalidArgument);
}

void checkElementwise() {
    for (const int64_t dim : {1, 7, 8, 33, 1500}) {
        const int64_t rows = 5;
        const std::vector<float> x = toFloat(generatedDoubles(1, rows * dim)), w = toFloat(generatedDoubles(2, dim));
        const std::vector<float> g = toFloat(generatedDoubles(3, rows * dim));
        std::vector<float> dX(x.size(), 0.5f), dW(w.size(), 0.25f), expectX = dX, expectW = dW;
        ref::rmsNormBackward(x.data(), w.data(), 1e-5, g.data(), rows, dim, expectX.data(), expectW.data());
        ASSERT_EQ(cpu::rmsNormBackward(x.data(), w.data(), 1e-5f, g.data(), rows, dim, dX.data(), dW.data()),
                  kernels::Status::Ok);
        EXPECT_LT(relativeDifference(dX, expectX), 2e-6) << dim;
        EXPECT_LT(relativeDifference(dW, expectW), 2e-6) << dim;

        std::vector<float> gate(x.size()), up(x.size()), expectGate(x.size()), expectUp(x.size());
        ref::swigluBackward(x.data(), g.data(), x.data(), rows * dim, expectGate.data(), expectUp.data());
        cpu::swigluBackward(x.data(), g.data(), x.data(), rows * dim, gate.data(), up.data());
        EXPECT_LT(relativeDifference(gate, expectGate), 2e-6) << dim;
        EXPECT_LT(relativeDifference(up, expectUp), 2e-6) << dim;

        std::vector<float> transposed(x.size());
        cpu::transpose(x.data(), dim, rows, dim, transposed.data(), rows);
        EXPECT_EQ(transposed[static_cast<size_t>((dim - 1) * rows + 3)], x[static_cast<size_t>(3 * dim + dim - 1)]);
        EXPECT_NEAR(cpu::sumOfSquares(x.data(), rows * dim), std::inner_product(x.begin(), x.end(), x.begin(), 0.0),
                    1e-4);

        std::vector<float> dropped(x.size(), 1.0f), expectDropped = dropped;
        ref::dropout(x.data(), rows * dim, 99, 0.4, true, expectDropped.data());
        for (int64_t r = 0; r < rows; ++r) {
            cpu::dropout(x.data() + r * dim, r * dim, dim, 99, 0.4, true, dropped.data() + r * dim);
        }
        EXPECT_LT(relativeDifference(dropped, expectDropped), 1e-6) << dim;
    }
}

TEST(BackwardCpu, Elementwise) {
    kernels::test::forEachInstructionSet(checkElementwise);
}

void checkCrossEntropy() {
    for (const int64_t vocab : {2, 31, 5003}) {
        const int64_t rows = 3;
        std::vector<double> wide = generatedDoubles(31, rows * vocab);
        for (double& value : wide) {
            value *= 30;
        }
        std::vector<float> logits = toFloat(wide), expect = logits;
        const std::vector<int32_t> targets{0, 1, static_cast<int32_t>(vocab - 1)};
        std::vector<double> losses(3);
        const double sum = ref::crossEntropyInPlace(expect.data(), targets.data(), rows, vocab, 0.01);
        ASSERT_EQ(cpu::crossEntropyInPlace(logits.data(), targets.data(), rows, vocab, 0.01, losses.data()),
                  kernels::Status::Ok);
        EXPECT_NEAR(losses[0] + losses[1] + losses[2], sum, 1e-5 * std::abs(sum));
        // Against the scale, not the largest entry: at the target of a sure prediction 1 - p cancels.
        for (size_t i = 0; i < logits.size(); ++i) {
            ASSERT_NEAR(logits[i], expect[i], 1e-6 * 0.01) << vocab;
        }
    }
    float one = 0;
    const int32_t outside = 5;
    double loss = 0;
    EXPECT_EQ(cpu::crossEntropyInPlace(&one, &outside, 1, 1, 1, &loss), kernels::Status::InvalidArgument);
}

TEST(BackwardCpu, CrossEntropy) {
    kernels::test::forEachInstructionSet(checkCrossEntropy);
}

void checkAdamW() {
    const int64_t count = 1003;
    std::vector<float> value = toFloat(generatedDoubles(41, count)), m(value.size(), 0.0f), v(value.size(), 0.0f);
    std::vector<float> expectValue = value, expectM = m, expectV = v;
    for (int64_t step = 1; step <= 3; ++step) {
        const std::vector<float> g = toFloat(generatedDoubles(static_cast<uint32_t>(42 + step), count));
        kernels::AdamWArgs args;
        args.learningRate = 0.01;
        args.weightDecay = 0.1;
        args.gradientScale = 0.5;
        args.step = step;
        ref::adamW(expectValue.data(), g.data(), expectM.data(), expectV.data(), count, args);
        ASSERT_EQ(cpu::adamW(value.data(), g.data(), m.data(), v.data(), count, args), kernels::Status::Ok);
    }
    EXPECT_LT(relativeDifference(value, expectValue), 1e-6);
    EXPECT_LT(relativeDifference(v, expectV), 1e-6);
}

TEST(BackwardCpu, AdamW) {
    kernels::test::forEachInstructionSet(checkAdamW);
}

/// CPU attention, forward and backward, against the reference at sizes that cross its tiles.
void compareAttention(const AttentionCase& shape) {
    std::vector<float> q = toFloat(generatedDoubles(50, shape.rows * shape.dim)),
                       k = toFloat(generatedDoubles(51, shape.tokens * shape.dim));
    std::vector<float> v = toFloat(generatedDoubles(52, shape.tokens * shape.dim)),
                       g = toFloat(generatedDoubles(53, shape.rows * shape.dim));
    for (float& value : q) {
        value *= 4;
    }
    std::vector<float> out(q.size()), lse(static_cast<size_t>(shape.rows)), expectOut(q.size()), expectLse(lse.size());
    ASSERT_EQ(ref::trainAttention(shape.args(q, k, v, expectOut, expectLse)), kernels::Status::Ok);
    ASSERT_EQ(cpu::trainAttention(shape.args(q, k, v, out, lse)), kernels::Status::Ok);
    EXPECT_LT(relativeDifference(out, expectOut), 5e-6);
    EXPECT_LT(relativeDifference(lse, expectLse), 5e-6);
    std::vector<float> gradients[2][3];
    for (int which = 0; which < 2; ++which) {
        auto& [dQ, dK, dV] = gradients[which];
        dQ.assign(q.size(), 7.0f);
        dK.assign(k.size(), 0.0f);
        dV.assign(v.size(), 0.0f);
        auto args = shape.args(q, k, v, expectOut, expectLse);
        args.dOut = g.data();
        args.dQ = dQ.data();
        args.dK = dK.data();
        args.dV = dV.data();
        ASSERT_EQ(which == 0 ? ref::trainAttentionBackward(args) : cpu::trainAttentionBackward(args),
                  kernels::Status::Ok);
    }
    for (int i = 0; i < 3; ++i) {
        EXPECT_LT(relativeDifference(gradients[1][i], gradients[0][i]), 1e-5) << "gradient " << i;
    }
}

void checkGatheredAttention() {
    AttentionCase tiny;
    compareAttention(tiny);
    AttentionCase large;
    large.tokens = 900;
    large.regionTokens = 16;
    large.regions = {};
    for (int32_t r = 0; r < 36; r += 2) {
        large.regions.push_back(r);
    }
    large.ownBegin = large.firstQuery = 600;
    large.rows = 257;
    large.dim = 32;
    compareAttention(large);
    large.window = 333;
    compareAttention(large);
}

TEST(BackwardCpu, GatheredAttention) {
    kernels::test::forEachInstructionSet(checkGatheredAttention);
}

}  // namespace
}  // namespace lectern::test

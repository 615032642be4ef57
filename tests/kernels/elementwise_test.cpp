// Elementwise kernels against the reference. All are a handful of f32 roundings per value: limit NMSE 1e-12, and for
// the exponential in SwiGLU a relative error of 1e-6 per value.

#include <cmath>

#include "kernels/cpu/cpu.h"
#include "kernels/reference/reference.h"
#include "tests/kernels/support/kernel_test.h"

namespace lectern::kernels::test {
namespace {

TEST(Elementwise, RmsNorm) {
    forEachInstructionSet([] {
        for (const int64_t dim : {1, 7, 8, 9, 64, 769, 4096}) {
            Random random(1);
            const int64_t rows = 3;
            const auto x = random.normal(rows * dim, 3.0f), weight = random.normal(dim);
            GuardedOutput expected(rows * dim), actual(rows * dim);
            ASSERT_EQ(reference::rmsNorm(x.data(), weight.data(), 1e-5f, rows, dim, expected.data()), Status::Ok);
            ASSERT_EQ(cpu::rmsNorm(x.data(), weight.data(), 1e-5f, rows, dim, actual.data()), Status::Ok);
            EXPECT_TRUE(actual.guardsIntact());
            EXPECT_LE(nmse(actual.values(), expected.values()), 1e-12) << dim;
        }
    });
}

TEST(Elementwise, RmsNormInPlaceAndZeroRow) {
    forEachInstructionSet([] {
        Random random(2);
        auto x = random.normal(100);
        const auto weight = random.normal(100);
        std::vector<float> expected(100), zeros(100, 0.0f);
        reference::rmsNorm(x.data(), weight.data(), 1e-6f, 1, 100, expected.data());
        cpu::rmsNorm(x.data(), weight.data(), 1e-6f, 1, 100, x.data());
        EXPECT_LE(nmse(x, expected), 1e-12);
        cpu::rmsNorm(zeros.data(), weight.data(), 1e-6f, 1, 100, zeros.data());
        for (const float value : zeros) EXPECT_EQ(value, 0.0f);
    });
}

TEST(Elementwise, Rope) {
    forEachInstructionSet([] {
        for (const int32_t headDim : {2, 8, 24, 64, 128, 256}) {
            Random random(3);
            const int64_t tokens = 5;
            const int32_t heads = 3;
            const auto x = random.normal(tokens * heads * headDim);
            const auto angles = random.normal(tokens * headDim / 2, 10.0f);
            std::vector<float> cos, sin;
            for (const float angle : angles) {
                cos.push_back(std::cos(angle));
                sin.push_back(std::sin(angle));
            }
            auto expected = x;
            reference::rope(expected.data(), cos.data(), sin.data(), tokens, heads, headDim);
            GuardedOutput actual(static_cast<int64_t>(x.size()));
            std::copy(x.begin(), x.end(), actual.data());
            ASSERT_EQ(cpu::rope(actual.data(), cos.data(), sin.data(), tokens, heads, headDim), Status::Ok);
            EXPECT_TRUE(actual.guardsIntact());
            EXPECT_LE(nmse(actual.values(), expected), 1e-12) << headDim;
        }
    });
}

TEST(Elementwise, SwigluIsAccurateOverTheWholeRange) {
    forEachInstructionSet([] {
        std::vector<float> gate;
        for (float g = -80.0f; g <= 80.0f; g += 0.037f) gate.push_back(g);
        gate.push_back(0.0f);
        gate.push_back(-0.0f);
        const auto count = static_cast<int64_t>(gate.size());
        Random random(4);
        const auto up = random.normal(count);
        GuardedOutput expected(count), actual(count);
        reference::swiglu(gate.data(), up.data(), count, expected.data());
        ASSERT_EQ(cpu::swiglu(gate.data(), up.data(), count, actual.data()), Status::Ok);
        EXPECT_TRUE(actual.guardsIntact());
        for (size_t i = 0; i < gate.size(); ++i) {
            EXPECT_NEAR(actual.values()[i], expected.values()[i], 1e-6 * std::fabs(expected.values()[i])) << gate[i];
        }
    });
}

TEST(Elementwise, SwigluOfExtremesIsFinite) {
    forEachInstructionSet([] {
        for (const int64_t count : {1, 3, 8, 17}) {
            std::vector<float> gate(static_cast<size_t>(count), -1e30f), up(gate.size(), 1.0f), out(gate.size());
            cpu::swiglu(gate.data(), up.data(), count, out.data());
            for (const float value : out) EXPECT_LE(std::fabs(value), 1e-7f);
            std::fill(gate.begin(), gate.end(), 1e30f);
            cpu::swiglu(gate.data(), up.data(), count, out.data());
            for (const float value : out) EXPECT_FLOAT_EQ(value, 1e30f);
        }
    });
}

TEST(Elementwise, AddInPlace) {
    forEachInstructionSet([] {
        for (const int64_t count : {0, 1, 7, 8, 9, 100}) {
            Random random(5);
            const auto x = random.normal(count), y = random.normal(count);
            GuardedOutput actual(count);
            std::copy(x.begin(), x.end(), actual.data());
            ASSERT_EQ(cpu::addInPlace(actual.data(), y.data(), count), Status::Ok);
            EXPECT_TRUE(actual.guardsIntact());
            for (size_t i = 0; i < x.size(); ++i) EXPECT_EQ(actual.values()[i], x[i] + y[i]);
        }
    });
}

TEST(Elementwise, RegionSummary) {
    forEachInstructionSet([] {
        for (const int32_t p : {1, 2, 16, 33}) {
            for (const int32_t dim : {8, 24, 64, 128}) {
                Random random(6);
                const auto keys = random.normal(static_cast<int64_t>(p) * dim);
                GuardedOutput mean(dim), low(dim), high(dim);
                std::vector<float> expectedMean(static_cast<size_t>(dim)), expectedLow = expectedMean,
                                                                           expectedHigh = expectedMean;
                reference::regionSummary(keys.data(), p, dim, expectedMean.data(), expectedLow.data(),
                                         expectedHigh.data());
                ASSERT_EQ(cpu::regionSummary(keys.data(), p, dim, mean.data(), low.data(), high.data()), Status::Ok);
                EXPECT_TRUE(mean.guardsIntact() && low.guardsIntact() && high.guardsIntact());
                EXPECT_LE(nmse(mean.values(), expectedMean), 1e-12);
                EXPECT_EQ(maxError(low.values(), expectedLow), 0.0);
                EXPECT_EQ(maxError(high.values(), expectedHigh), 0.0);
            }
        }
    });
}

TEST(Elementwise, RefusesImpossibleShapes) {
    float x[8] = {};
    EXPECT_EQ(cpu::rmsNorm(x, x, 1e-5f, 1, 0, x), Status::InvalidArgument);
    EXPECT_EQ(cpu::rope(x, x, x, 1, 1, 7), Status::InvalidArgument);
    EXPECT_EQ(cpu::swiglu(x, x, -1, x), Status::InvalidArgument);
    EXPECT_EQ(cpu::regionSummary(x, 0, 8, x, x, x), Status::InvalidArgument);
}

}  // namespace
}  // namespace lectern::kernels::test

#include "kernels/cuda/elementwise.h"

#include "kernels/reference/reference.h"
#include "tests/kernels/cuda/cuda_test.h"

namespace lectern::kernels::cuda::testing {
namespace {

class Elementwise : public CudaTest {};

TEST_F(Elementwise, RmsNormWithResidualEqualsReference) {
    for (const int64_t dim : {1, 33, 511, 512, 4096, 5000, 11008}) {
        for (const int64_t rows : {0, 1, 3, 130}) {
            const auto count = static_cast<size_t>(rows * dim);
            const auto x = randomBf16(count, 1, 3.0f), delta = randomBf16(count, 2),
                       weight = randomBf16(static_cast<size_t>(dim), 3);
            std::vector<float> sum(count), want(count);
            for (size_t i = 0; i < count; ++i) sum[i] = x[i] + delta[i];
            ASSERT_EQ(reference::rmsNorm(sum.data(), weight.data(), 1e-5f, rows, dim, want.data()), Status::Ok);
            Device<float> dx(x), dw(weight), df(count);
            Device<Bf16> dd(toBits(delta)), out(count);
            ASSERT_CUDA((rmsNorm<float, Bf16>(dx, dd, dw, 1e-5f, rows, dim, out, stream.get())));
            EXPECT_LT(nmse(dx.download(), sum), kF32Limit) << dim;
            EXPECT_LT(nmse(out.download(), want), kBf16Limit) << dim;
            ASSERT_CUDA((rmsNorm<float, float>(dx, nullptr, dw, 1e-5f, rows, dim, df, stream.get())));
            EXPECT_LT(nmse(df.download(), want), kF32Limit) << dim;
        }
    }
}

TEST_F(Elementwise, SwigluEqualsReferenceOnStridedHalves) {
    for (const int64_t dim : {1, 7, 64, 1376}) {
        const int64_t tokens = 37, stride = 2 * dim;
        const auto both = randomBf16(static_cast<size_t>(tokens * stride), 4, 2.0f);
        std::vector<float> want(static_cast<size_t>(tokens * dim));
        for (int64_t t = 0; t < tokens; ++t) {
            ASSERT_EQ(
                reference::swiglu(&both[static_cast<size_t>(t * stride)], &both[static_cast<size_t>(t * stride + dim)],
                                  dim, &want[static_cast<size_t>(t * dim)]),
                Status::Ok);
        }
        Device<Bf16> in(toBits(both)), out(want.size());
        Device<float> in32(both), out32(want.size());
        ASSERT_CUDA(swiglu<Bf16>(in, stride, in + dim, stride, out, dim, tokens, dim, stream.get()));
        ASSERT_CUDA(swiglu<float>(in32, stride, in32 + dim, stride, out32, dim, tokens, dim, stream.get()));
        EXPECT_LT(nmse(out.download(), want), kBf16Limit) << dim;
        EXPECT_LT(nmse(out32.download(), want), kF32Limit) << dim;
    }
}

TEST_F(Elementwise, RopeTableIsExactAtFourMillion) {
    const int32_t headDim = 128, half = headDim / 2;
    const int64_t first = (int64_t{1} << 22) - 5, count = 11;
    std::vector<double> frequencies;
    for (int i = 0; i < half; ++i) frequencies.push_back(std::pow(10000.0, -2.0 * i / headDim));
    Device<double> df(frequencies);
    Device<float> cos(static_cast<size_t>(count * half)), sin(cos.size());
    Device<int64_t> onDevice(std::vector<int64_t>{first});
    for (const bool fromDevice : {false, true}) {
        const TokenCount start = fromDevice ? TokenCount{0, onDevice} : TokenCount{first};
        ASSERT_CUDA(ropeTable(df, headDim, 1.25, start, count, cos, sin, stream.get()));
        const auto c = cos.download(), s = sin.download();
        for (int64_t t = 0; t < count; ++t) {
            for (int i = 0; i < half; ++i) {
                const double angle = static_cast<double>(first + t) * frequencies[static_cast<size_t>(i)];
                const auto at = static_cast<size_t>(t * half + i);
                ASSERT_NEAR(c[at], 1.25 * std::cos(angle), 2e-7);
                ASSERT_NEAR(s[at], 1.25 * std::sin(angle), 2e-7);
            }
        }
    }
}

TEST_F(Elementwise, RopeEqualsReference) {
    for (const int32_t headDim : {2, 6, 64, 80, 96, 128}) {
        const int64_t tokens = 19;
        const int32_t heads = 3, half = headDim / 2;
        const int64_t stride = int64_t{heads + 1} * headDim;
        auto x = randomBf16(static_cast<size_t>(tokens * stride), 5);
        std::vector<float> cos, sin;
        for (int64_t i = 0; i < tokens * half; ++i) {
            cos.push_back(std::cos(static_cast<float>(i)));
            sin.push_back(std::sin(static_cast<float>(i)));
        }
        Device<Bf16> dx(toBits(x));
        Device<float> dx32(x), dc(cos), ds(sin);
        for (int64_t t = 0; t < tokens; ++t) {
            ASSERT_EQ(reference::rope(&x[static_cast<size_t>(t * stride)], &cos[static_cast<size_t>(t * half)],
                                      &sin[static_cast<size_t>(t * half)], 1, heads, headDim),
                      Status::Ok);
        }
        ASSERT_CUDA(rope<Bf16>(dx, stride, dc, ds, tokens, heads, headDim, stream.get()));
        ASSERT_CUDA(rope<float>(dx32, stride, dc, ds, tokens, heads, headDim, stream.get()));
        EXPECT_LT(nmse(dx.download(), x), kBf16Limit) << headDim;
        EXPECT_LT(nmse(dx32.download(), x), kF32Limit) << headDim;
    }
}

TEST_F(Elementwise, ConversionAndSum) {
    const auto x = randomBf16(1003, 6), y = randomBf16(1003, 7);
    Device<float> dx(x);
    Device<Bf16> out(x.size()), dy(toBits(y));
    ASSERT_CUDA(toBf16(dx, static_cast<int64_t>(x.size()), out, stream.get()));
    EXPECT_EQ(nmse(out.download(), x), 0.0);
    ASSERT_CUDA(addInPlace(dx, dy, static_cast<int64_t>(x.size()), stream.get()));
    std::vector<float> want(x.size());
    for (size_t i = 0; i < x.size(); ++i) want[i] = x[i] + y[i];
    EXPECT_EQ(nmse(dx.download(), want), 0.0);
}

}  // namespace
}  // namespace lectern::kernels::cuda::testing

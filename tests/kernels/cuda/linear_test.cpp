#include "kernels/cuda/linear.h"

#include "kernels/cuda/elementwise.h"
#include "kernels/cuda/sample.h"
#include "kernels/reference/reference.h"
#include "tests/kernels/cuda/cuda_test.h"

namespace lectern::kernels::cuda::testing {
namespace {

class Linear : public CudaTest {};

/// Random stored rows: any bytes, with the half-precision scales replaced by small finite ones.
std::vector<std::byte> randomWeight(DType type, int64_t rows, int64_t columns, unsigned seed) {
    std::mt19937 generator(seed);
    std::vector<std::byte> bytes(static_cast<size_t>(rows * rowBytes(type, columns)));
    for (std::byte& b : bytes) b = static_cast<std::byte>(generator() & 255U);
    const auto setHalf = [&](size_t at) {
        const uint16_t half = floatToHalf(0.001f * static_cast<float>(1 + generator() % 100));
        std::memcpy(&bytes[at], &half, 2);
    };
    const auto size = static_cast<size_t>(blockBytes(type));
    for (size_t at = 0; at < bytes.size(); at += size) {
        switch (type) {
            case DType::F32: {
                const float x = static_cast<float>(static_cast<int>(generator() % 2001) - 1000) * 1e-3f;
                std::memcpy(&bytes[at], &x, 4);
                break;
            }
            case DType::F16:
                setHalf(at);
                break;
            case DType::BF16: {
                const uint16_t x =
                    floatToBfloat16(static_cast<float>(static_cast<int>(generator() % 2001) - 1000) * 1e-3f);
                std::memcpy(&bytes[at], &x, 2);
                break;
            }
            case DType::Q8_0:
            case DType::Q4_0:
                setHalf(at);
                break;
            case DType::Q4_K:
            case DType::Q5_K:
                setHalf(at);
                setHalf(at + 2);
                break;
            case DType::Q6_K:
                setHalf(at + 208);
                break;
        }
    }
    return bytes;
}

constexpr DType kAllTypes[] = {DType::F32,  DType::F16,  DType::BF16, DType::Q8_0,
                               DType::Q4_0, DType::Q4_K, DType::Q5_K, DType::Q6_K};

std::vector<float> decoded(DType type, const std::vector<std::byte>& weight, int64_t rows, int64_t columns) {
    std::vector<float> out(static_cast<size_t>(rows * columns));
    for (int64_t r = 0; r < rows; ++r) {
        reference::dequantizeRow(type, &weight[static_cast<size_t>(r * rowBytes(type, columns))], columns,
                                 &out[static_cast<size_t>(r * columns)]);
    }
    return out;
}

TEST_F(Linear, EveryFormatDecodesAsTheReference) {
    const int64_t rows = 5, columns = 768;
    for (const DType type : kAllTypes) {
        const auto weight = randomWeight(type, rows, columns, 11);
        const auto want = decoded(type, weight, rows, columns);
        Device<std::byte> dw(weight);
        Device<float> out(want.size());
        Device<Bf16> rounded(want.size());
        ASSERT_CUDA(dequantizeToF32(dw, type, rows, columns, out, stream.get()));
        ASSERT_CUDA(dequantizeToBf16(dw, type, rows, columns, rounded, stream.get()));
        EXPECT_LT(nmse(out.download(), want), kF32Limit) << static_cast<int>(type);
        EXPECT_LT(nmse(rounded.download(), want), kBf16Limit) << static_cast<int>(type);

        const std::vector<int32_t> ids = {4, 0, -1, 3, 5};
        Device<int32_t> di(ids);
        Device<float> embedded(ids.size() * static_cast<size_t>(columns));
        ASSERT_CUDA(
            embed<float>(dw, type, rows, columns, di, static_cast<int64_t>(ids.size()), embedded, stream.get()));
        const auto got = embedded.download();
        for (size_t t = 0; t < ids.size(); ++t) {
            const bool known = ids[t] >= 0 && ids[t] < rows;
            for (int64_t c = 0; c < columns; ++c) {
                const auto at = static_cast<size_t>(c);
                const float expected =
                    known ? want[static_cast<size_t>(ids[t]) * static_cast<size_t>(columns) + at] : 0.0f;
                ASSERT_NEAR(got[t * static_cast<size_t>(columns) + at], expected, 1e-5f * (1 + std::fabs(expected)));
            }
        }
    }
}

TEST_F(Linear, SplitQ8DecodesAsTheReference) {
    const int64_t rows = 3, columns = 96;
    const auto weight = randomWeight(DType::Q8_0, rows, columns, 12);
    Device<std::byte> dw(weight), split(static_cast<size_t>(splitQ8Bytes(rows, columns)));
    Device<Bf16> out(static_cast<size_t>(rows * columns));
    ASSERT_CUDA(splitQ8_0(dw, rows, columns, split, stream.get()));
    ASSERT_CUDA(dequantizeSplitQ8(split, rows, columns, out, stream.get()));
    EXPECT_LT(nmse(out.download(), decoded(DType::Q8_0, weight, rows, columns)), kBf16Limit);
}

TEST_F(Linear, GemvEqualsReferenceWithEveryFormatAndEpilogue) {
    for (const int64_t columns : {256, 768, 4096, 14336}) {
        for (const int64_t rows : {2, 10, 514}) {
            for (const DType type : kAllTypes) {
                const auto weight = randomWeight(type, rows, columns, 13);
                const auto matrix = decoded(type, weight, rows, columns);
                const auto x = randomBf16(static_cast<size_t>(columns), 14),
                           norm = randomBf16(static_cast<size_t>(columns), 15);
                std::vector<float> normed(x.size());
                ASSERT_EQ(reference::rmsNorm(x.data(), norm.data(), 1e-5f, 1, columns, normed.data()), Status::Ok);
                Device<std::byte> dw(weight), split(static_cast<size_t>(splitQ8Bytes(rows, columns)));
                if (type == DType::Q8_0) ASSERT_CUDA(splitQ8_0(dw, rows, columns, split, stream.get()));
                Device<float> dx(x), dn(norm);
                for (const auto epilogue : {GemvEpilogue::Store, GemvEpilogue::Accumulate, GemvEpilogue::SwiGlu}) {
                    std::vector<float> y(static_cast<size_t>(rows));
                    for (int64_t r = 0; r < rows; ++r) {
                        double sum = 0;
                        for (int64_t c = 0; c < columns; ++c) {
                            sum += static_cast<double>(normed[static_cast<size_t>(c)]) *
                                   matrix[static_cast<size_t>(r * columns + c)];
                        }
                        y[static_cast<size_t>(r)] = static_cast<float>(sum);
                    }
                    std::vector<float> want = y, before(y.size(), 0.5f);
                    if (epilogue == GemvEpilogue::Accumulate) {
                        for (size_t i = 0; i < want.size(); ++i) want[i] += before[i];
                    } else if (epilogue == GemvEpilogue::SwiGlu) {
                        want.resize(static_cast<size_t>(rows / 2));
                        ASSERT_EQ(reference::swiglu(y.data(), y.data() + rows / 2, rows / 2, want.data()), Status::Ok);
                        before.resize(want.size());
                    }
                    Device<float> out(before);
                    GemvArgs args;
                    args.weight = type == DType::Q8_0 ? split : dw;
                    args.type = type;
                    args.rows = rows;
                    args.columns = columns;
                    args.x = dx;
                    args.normWeight = dn;
                    args.eps = 1e-5f;
                    args.epilogue = epilogue;
                    args.out = out;
                    ASSERT_CUDA(gemv(args, facts.multiprocessors, stream.get()));
                    EXPECT_LT(nmse(out.download(), want), 1e-8)
                        << static_cast<int>(type) << " " << rows << "x" << columns << " " << static_cast<int>(epilogue);
                }
            }
        }
    }
}

TEST_F(Linear, GemvOfThreeMatricesEqualsThreeLaunches) {
    const int64_t columns = 512;
    const int64_t rows[3] = {66, 10, 34};
    for (const DType type : {DType::BF16, DType::Q8_0, DType::Q4_K, DType::Q6_K}) {
        std::vector<std::unique_ptr<Device<std::byte>>> weights;
        for (unsigned i = 0; i < 3; ++i) {
            const Device<std::byte> stored(randomWeight(type, rows[i], columns, 20 + i));
            auto kept = std::make_unique<Device<std::byte>>(
                static_cast<size_t>(std::max(splitQ8Bytes(rows[i], columns), rows[i] * rowBytes(type, columns))));
            if (type == DType::Q8_0) {
                ASSERT_CUDA(splitQ8_0(stored, rows[i], columns, *kept, stream.get()));
            } else {
                ASSERT_EQ(
                    cudaMemcpyAsync(kept->data(), stored.data(), stored.size(), cudaMemcpyDeviceToDevice, stream.get()),
                    cudaSuccess);
            }
            wait();
            weights.push_back(std::move(kept));
        }
        const Device<float> x(randomBf16(static_cast<size_t>(columns), 24));
        const Device<float> apart(110), joined(110);
        int64_t at = 0;
        GemvArgs all;
        for (int i = 0; i < 3; ++i) {
            GemvArgs one;
            one.weight = *weights[static_cast<size_t>(i)];
            one.type = type;
            one.rows = rows[i];
            one.columns = columns;
            one.x = x;
            one.out = apart + at;
            ASSERT_CUDA(gemv(one, facts.multiprocessors, stream.get()));
            one.out = joined + at;
            if (i == 0) {
                all = one;
            } else {
                all.more[i - 1] = {one.weight, one.rows, one.out};
            }
            at += rows[i];
        }
        ASSERT_CUDA(gemv(all, facts.multiprocessors, stream.get()));
        EXPECT_EQ(joined.download(), apart.download()) << static_cast<int>(type);
    }
}

TEST_F(Linear, ProductsEqualReference) {
    MatrixProducts products;
    ASSERT_CUDA(products.open(32 << 20));
    for (const auto& [m, n, k] : {std::array<int64_t, 3>{1, 64, 64}, {7, 96, 128}, {129, 520, 264}}) {
        const auto x = randomBf16(static_cast<size_t>(m * k), 16), w = randomBf16(static_cast<size_t>(n * k), 17);
        LinearArgs args;
        args.x = x.data();
        args.weight = {reinterpret_cast<const std::byte*>(w.data()), DType::F32, n, k};
        std::vector<float> want(static_cast<size_t>(m * n));
        args.out = want.data();
        args.tokens = m;
        args.rowEnd = n;
        ASSERT_EQ(reference::linear(args), Status::Ok);
        Device<Bf16> dx(toBits(x)), dw(toBits(w)), out(want.size());
        Device<float> out32(want.size());
        ASSERT_CUDA(products.multiply(dx, k, dw, k, out, n, false, m, n, k, false, stream.get()));
        ASSERT_CUDA(products.multiply(dx, k, dw, k, out32, n, true, m, n, k, false, stream.get()));
        EXPECT_LT(nmse(out.download(), want), kBf16Limit);
        EXPECT_LT(nmse(out32.download(), want), kF32Limit);
        ASSERT_CUDA(products.multiply(dx, k, dw, k, out32, n, true, m, n, k, true, stream.get()));
        for (float& v : want) v *= 2;
        EXPECT_LT(nmse(out32.download(), want), kF32Limit);
    }
}

TEST_F(Linear, SampleIsGreedyOrDrawsFromTheSoftmax) {
    std::vector<float> logits(4099, -1.0f);
    logits[4000] = logits[77] = 3.0f;
    logits[5] = NAN;
    Device<float> dl(logits);
    Device<int32_t> token(1);
    ASSERT_CUDA(sampleToken(dl, static_cast<int64_t>(logits.size()), 0.0f, 0, {0}, token, stream.get()));
    EXPECT_EQ(token.download()[0], 77);
    const std::vector<float> three = {std::log(0.5f), std::log(0.3f), std::log(0.2f)};
    Device<float> d3(three);
    std::vector<int> counts(3);
    for (int64_t step = 0; step < 2000; ++step) {
        ASSERT_CUDA(sampleToken(d3, 3, 1.0f, 42, {step}, token, stream.get()));
        ++counts[static_cast<size_t>(token.download()[0])];
    }
    EXPECT_NEAR(counts[0], 1000, 90);
    EXPECT_NEAR(counts[1], 600, 85);
    EXPECT_NEAR(counts[2], 400, 75);
}

}  // namespace
}  // namespace lectern::kernels::cuda::testing

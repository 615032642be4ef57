// Linear products and row decoding. Limits, derived once:
// - plain formats: f32 sums of up to 4096 products in 8 or more lanes; worst observed NMSE 2e-13, limit 1e-11.
// - block formats in int8 activations: step max/127 of 32 values, error step^2/12; E[max^2] of 32 normal values is
//   4.7 of their variance, hence an NMSE of 2.4e-5, observed up to 4e-5 in sums of few products, limit 8e-5.
// - block formats in int16 activations (up to 8 tokens without VNNI): step 1/65534 of the block's maximum gives about
//   3e-10, limit 1e-8. In f32 (more tokens, portable): as the plain formats.
// - tiles, block formats: activations and weights in bfloat16, each off, evenly, by up to half of 2^-7 of its power of
//   two: 2^-16 / 3 of the power's square, whose mean over the numbers between it and the next is 7/3: 2^-16 / 7 each,
//   hence 4.4e-6, limit 1.5e-5 for sums of few products.
// - tiles, BF16 and F16 weights: the rest of an activation (and of an F16 weight) is rounded instead, and the products
//   of two rests are left out: 2^-34 / 12 and 2^-32 / 49, hence 1e-11, limit 4e-11.

#include <string>

#include "kernels/cpu/cpu.h"
#include "kernels/cpu/tiles.h"
#include "kernels/reference/reference.h"
#include "tests/kernels/support/kernel_test.h"

namespace lectern::kernels::test {
namespace {

struct Shape {
    int64_t tokens, rows, columns, rowBegin, rowEnd;
    bool accumulate;
};

/// The limit on the NMSE of a product, by the arithmetic that this instruction set uses for it.
double limitFor(DType type, int64_t tokens, int64_t columns) {
    const std::string set = cpu::instructionSet();
    if (cpu::tileUse() != cpu::TileUse::None && tokens >= 32 && columns % 32 == 0 && type != DType::F32) {
        return blockValues(type) == 1 ? 4e-11 : 1.5e-5;
    }
    const bool vnni = set == "AVX3_DL";
    const bool int8 = vnni || set == "AVX3" || set == "AVX2";
    if (blockValues(type) == 1) return 1e-11;
    if (tokens <= 8 && !vnni) return 1e-8;
    return int8 ? 8e-5 : 1e-11;
}

void compareLinear(DType type, const Shape& shape, uint32_t seed) {
    SCOPED_TRACE(testing::Message() << "type " << static_cast<int>(type) << " tokens " << shape.tokens << " rows "
                                    << shape.rows << " columns " << shape.columns << " [" << shape.rowBegin << ", "
                                    << shape.rowEnd << ")");
    Random random(seed);
    const std::vector<float> x = random.normal(shape.tokens * shape.columns);
    const std::vector<std::byte> weights = randomWeights(random, type, shape.rows, shape.columns);
    const std::vector<float> before = random.normal(shape.tokens * shape.rows);
    GuardedOutput expected(shape.tokens * shape.rows), actual(shape.tokens * shape.rows);
    std::copy(before.begin(), before.end(), expected.data());
    std::copy(before.begin(), before.end(), actual.data());
    LinearArgs args{x.data(),        {weights.data(), type, shape.rows, shape.columns},
                    expected.data(), shape.tokens,
                    shape.rowBegin,  shape.rowEnd,
                    shape.accumulate};
    ASSERT_EQ(reference::linear(args), Status::Ok);
    args.out = actual.data();
    ASSERT_EQ(cpu::linear(args), Status::Ok);
    EXPECT_TRUE(actual.guardsIntact());
    std::vector<float> a, b;
    for (int64_t t = 0; t < shape.tokens; ++t) {
        for (int64_t n = 0; n < shape.rows; ++n) {
            const auto i = static_cast<size_t>(t * shape.rows + n);
            if (n < shape.rowBegin || n >= shape.rowEnd) {
                EXPECT_EQ(actual.values()[i], before[i]) << "a row outside the range was written";
            } else {
                a.push_back(actual.values()[i]);
                b.push_back(expected.values()[i]);
            }
        }
    }
    EXPECT_LE(nmse(a, b), limitFor(type, shape.tokens, shape.columns));
}

TEST(Linear, MatchesReferenceForEveryFormat) {
    forEachInstructionSet([] {
        for (const DType type : kAllTypes) {
            for (const int64_t tokens : {1, 2, 3, 4, 5, 7, 8, 9, 33}) {
                compareLinear(type, {tokens, 23, 512, 0, 23, false}, 11);
            }
            compareLinear(type, {1, 70, 256, 3, 70, true}, 12);
            compareLinear(type, {6, 70, 256, 5, 66, true}, 13);
            compareLinear(type, {200, 35, 768, 2, 34, true}, 14);
            compareLinear(type, {64, 96, 1280, 0, 96, true}, 15);
            // So wide that tiles take one panel and 32 tokens at a time.
            compareLinear(type, {70, 40, 8192, 0, 40, true}, 16);
        }
    });
}

TEST(Linear, RowsOfAnyNumberOfBlocks) {
    forEachInstructionSet([] {
        for (const DType type : {DType::Q8_0, DType::Q4_0}) {
            for (const int64_t columns : {32, 96, 256, 288, 544, 800}) {
                compareLinear(type, {1, 40, columns, 0, 40, false}, 15);
                compareLinear(type, {3, 40, columns, 0, 40, true}, 16);
                compareLinear(type, {19, 40, columns, 1, 40, false}, 17);
                compareLinear(type, {32, 40, columns, 1, 33, true}, 18);
            }
        }
        for (const DType type : {DType::Q4_K, DType::Q5_K, DType::Q6_K}) {
            compareLinear(type, {3, 40, 1280, 0, 40, false}, 18);
            compareLinear(type, {19, 40, 1280, 0, 40, false}, 19);
        }
    });
}

TEST(Linear, PreparedActivationsServeSeveralFormats) {
    forEachInstructionSet([] {
        for (const int64_t tokens : {2, 8, 21, 40}) {
            constexpr int64_t kRows = 24, kColumns = 512;
            Random random(71);
            const auto x = random.normal(tokens * kColumns);
            const int64_t bytes = cpu::preparedBytes(DType::Q8_0, tokens, kColumns);
            std::vector<std::byte> memory(static_cast<size_t>(bytes) + 64, std::byte{0x7f});
            std::byte* prepared = memory.data() + (64 - reinterpret_cast<uintptr_t>(memory.data()) % 64) % 64;
            // In two parts, as threads share it.
            ASSERT_EQ(cpu::prepareActivations(DType::Q8_0, x.data(), tokens, kColumns, 1, tokens, prepared),
                      Status::Ok);
            ASSERT_EQ(cpu::prepareActivations(DType::Q8_0, x.data(), tokens, kColumns, 0, 1, prepared), Status::Ok);
            for (const DType type : kAllTypes) {
                if (blockValues(type) == 1) continue;
                EXPECT_EQ(cpu::preparedBytes(type, tokens, kColumns), bytes);
                const auto weights = randomWeights(random, type, kRows, kColumns);
                std::vector<float> shared(static_cast<size_t>(tokens * kRows)), own(shared);
                LinearArgs args{x.data(), {weights.data(), type, kRows, kColumns}, own.data(), tokens, 0, kRows, false};
                ASSERT_EQ(cpu::linear(args), Status::Ok);
                args.prepared = bytes > 0 ? prepared : nullptr;
                args.out = shared.data();
                ASSERT_EQ(cpu::linear(args), Status::Ok);
                EXPECT_EQ(shared, own) << static_cast<int>(type);
            }
        }
    });
}

TEST(Linear, ExtremeWeightBytesDoNotOverflow) {
    // Every product at its largest: a sum of two must not saturate where an instruction set adds pairs in int16.
    forEachInstructionSet([] {
        for (const int q : {-128, 127}) {
            std::vector<std::byte> weights(34 * 32);
            for (size_t i = 0; i < weights.size(); ++i) {
                const uint16_t one = 0x3c00;
                weights[i] = i % 34 < 2 ? static_cast<std::byte>(one >> (8 * (i % 34))) : static_cast<std::byte>(q);
            }
            const std::vector<float> x(20 * 32, -3.0f);
            std::vector<float> out(20 * 32);
            for (const int64_t tokens : {1, 20}) {
                const LinearArgs args{x.data(), {weights.data(), DType::Q8_0, 32, 32}, out.data(), tokens, 0, 32,
                                      false};
                ASSERT_EQ(cpu::linear(args), Status::Ok);
                for (int64_t i = 0; i < tokens * 32; ++i) {
                    const float expected = -3.0f * 32.0f * static_cast<float>(q);
                    EXPECT_NEAR(out[static_cast<size_t>(i)], expected, std::abs(expected) * 1e-4f);
                }
            }
        }
    });
}

TEST(Linear, OddWidthsOfPlainFormats) {
    forEachInstructionSet([] {
        for (const DType type : {DType::F32, DType::F16, DType::BF16}) {
            for (const int64_t columns : {1, 3, 7, 15, 31, 33, 257}) {
                compareLinear(type, {1, 5, columns, 0, 5, false}, 21);
                compareLinear(type, {13, 17, columns, 0, 17, false}, 22);
            }
        }
    });
}

TEST(Linear, NothingToDoWritesNothing) {
    forEachInstructionSet([] {
        compareLinear(DType::Q8_0, {0, 8, 64, 0, 8, false}, 31);
        compareLinear(DType::Q8_0, {4, 8, 64, 3, 3, false}, 32);
    });
}

TEST(Linear, RefusesImpossibleArguments) {
    const float x[32] = {};
    float out[4] = {};
    const std::byte weights[34 * 4] = {};
    LinearArgs args{x, {weights, DType::Q8_0, 4, 33}, out, 1, 0, 4, false};
    EXPECT_EQ(cpu::linear(args), Status::InvalidArgument);
    EXPECT_EQ(reference::linear(args), Status::InvalidArgument);
    args.weight.columns = 32;
    args.rowEnd = 5;
    EXPECT_EQ(cpu::linear(args), Status::InvalidArgument);
    EXPECT_EQ(reference::linear(args), Status::InvalidArgument);
}

TEST(Linear, ZeroAndHugeActivationsStayFinite) {
    forEachInstructionSet([] {
        Random random(41);
        const auto weights = randomWeights(random, DType::Q8_0, 4, 64);
        for (const float value : {0.0f, 1e-42f, 1e30f}) {
            std::vector<float> x(64, value);
            float expected[4], actual[4];
            LinearArgs args{x.data(), {weights.data(), DType::Q8_0, 4, 64}, expected, 1, 0, 4, false};
            reference::linear(args);
            args.out = actual;
            cpu::linear(args);
            for (int i = 0; i < 4; ++i)
                EXPECT_NEAR(actual[i], expected[i], std::abs(expected[i]) * 1e-4 + 1e-38) << value;
        }
    });
}

TEST(Linear, DecodesRowsLikeTheReference) {
    forEachInstructionSet([] {
        for (const DType type : kAllTypes) {
            const int64_t columns = blockValues(type) == 1 ? 261 : 512;
            Random random(51);
            const auto row = randomWeights(random, type, 1, columns);
            GuardedOutput expected(columns), actual(columns);
            reference::dequantizeRow(type, row.data(), columns, expected.data());
            cpu::dequantizeRow(type, row.data(), columns, actual.data());
            EXPECT_TRUE(actual.guardsIntact());
            // One rounding of the fused multiply-subtract; the largest value is near 1.
            EXPECT_LE(maxError(actual.values(), expected.values()), 2e-7) << static_cast<int>(type);
        }
    });
}

TEST(Gemm, MatchesDoubleSums) {
    forEachInstructionSet([] {
        struct Case {
            int64_t m, n, k;
            bool accumulate;
        };
        for (const Case& c : {Case{0, 4, 4, false}, Case{1, 1, 1, false}, Case{5, 17, 9, true}, Case{6, 16, 256, false},
                              Case{7, 33, 257, true}, Case{13, 31, 511, false}, Case{193, 65, 300, false},
                              Case{4, 4, 0, false}, Case{4, 4, 0, true}}) {
            SCOPED_TRACE(testing::Message() << c.m << "x" << c.n << "x" << c.k);
            Random random(61);
            const int64_t lda = c.k + 3, ldb = c.k + 5, ldo = c.n + 2;
            const auto a = random.normal(c.m * lda + 1), b = random.normal(c.n * ldb + 1);
            GuardedOutput out(c.m * ldo);
            const auto before = random.normal(c.m * ldo);
            std::copy(before.begin(), before.end(), out.data());
            std::vector<float> expected = before;
            for (int64_t i = 0; i < c.m; ++i) {
                for (int64_t j = 0; j < c.n; ++j) {
                    double sum = c.accumulate ? static_cast<double>(before[static_cast<size_t>(i * ldo + j)]) : 0.0;
                    for (int64_t l = 0; l < c.k; ++l) {
                        sum += static_cast<double>(a[static_cast<size_t>(i * lda + l)]) *
                               b[static_cast<size_t>(j * ldb + l)];
                    }
                    expected[static_cast<size_t>(i * ldo + j)] = static_cast<float>(sum);
                }
            }
            ASSERT_EQ(cpu::gemmTransposedB(a.data(), lda, b.data(), ldb, out.data(), ldo, c.m, c.n, c.k, c.accumulate),
                      Status::Ok);
            EXPECT_TRUE(out.guardsIntact());
            EXPECT_LE(nmse(out.values(), expected), 1e-11);
        }
    });
}

TEST(Gemm, PlainAndTransposedOperandsMatchDoubleSums) {
    forEachInstructionSet([] {
        struct Case {
            int64_t m, n, k;
            bool transposedA, accumulate;
        };
        for (const Case& c : {Case{1, 1, 1, false, false}, Case{5, 17, 9, true, true}, Case{13, 33, 257, false, true},
                              Case{194, 65, 300, true, false}, Case{7, 600, 20, false, false},
                              Case{4, 4, 0, true, false}, Case{0, 4, 4, false, false}}) {
            SCOPED_TRACE(testing::Message() << c.m << "x" << c.n << "x" << c.k << (c.transposedA ? " a^T" : ""));
            Random random(62);
            const int64_t lda = (c.transposedA ? c.m : c.k) + 3, ldb = c.n + 5, ldo = c.n + 2;
            const auto a = random.normal((c.transposedA ? c.k : c.m) * lda + 1), b = random.normal(c.k * ldb + 1);
            GuardedOutput out(c.m * ldo);
            const auto before = random.normal(c.m * ldo);
            std::copy(before.begin(), before.end(), out.data());
            std::vector<float> expected = before;
            const cpu::GemmPlainArgs args{a.data(),
                                          c.transposedA ? 1 : lda,
                                          c.transposedA ? lda : 1,
                                          b.data(),
                                          ldb,
                                          out.data(),
                                          ldo,
                                          c.m,
                                          c.n,
                                          c.k,
                                          0.5f,
                                          c.accumulate};
            for (int64_t i = 0; i < c.m; ++i) {
                for (int64_t j = 0; j < c.n; ++j) {
                    double sum = 0.0;
                    for (int64_t l = 0; l < c.k; ++l) {
                        sum += static_cast<double>(a[static_cast<size_t>(i * args.aRowStride + l * args.aStepStride)]) *
                               b[static_cast<size_t>(l * ldb + j)];
                    }
                    float& to = expected[static_cast<size_t>(i * ldo + j)];
                    to = static_cast<float>(0.5 * sum + (c.accumulate ? static_cast<double>(to) : 0.0));
                }
            }
            ASSERT_EQ(cpu::gemmPlainB(args), Status::Ok);
            EXPECT_TRUE(out.guardsIntact());
            if (c.m > 0) {
                EXPECT_LE(nmse(out.values(), expected), 1e-11);
            }
        }
    });
}

}  // namespace
}  // namespace lectern::kernels::test

// The emulated tile operations against their definition, and the instructions against the emulation: bytes exactly,
// bfloat16 to the rounding of its sums. What the definition leaves open (sums of even and odd steps apart, subnormal
// numbers as zero) is the manual's.

#include "kernels/cpu/tiles.h"

#include <cmath>
#include <cstring>
#include <limits>

#include "kernels/common/half.h"
#include "tests/kernels/support/kernel_test.h"

namespace lectern::kernels::test {
namespace {

constexpr int64_t kSide = 16;

struct Operands {
    alignas(64) uint16_t a[kSide][32];
    alignas(64) uint16_t b[kSide][32];
    alignas(64) float c[kSide][kSide];
};

Operands randomOperands(uint32_t seed, float deviation) {
    Random random(seed);
    Operands all;
    const auto a = random.normal(512, deviation), b = random.normal(512, deviation),
               c = random.normal(256, deviation * deviation);
    for (size_t i = 0; i < 512; ++i) {
        all.a[i / 32][i % 32] = floatToBfloat16(a[i]);
        all.b[i / 32][i % 32] = floatToBfloat16(b[i]);
    }
    std::memcpy(all.c, c.data(), sizeof all.c);
    return all;
}

/// c += a * b with tiles 3, 5 and 6, all of them loaded and stored with a stride wider than a row.
template <class Tiles, bool Bytes>
void multiply(const Operands& from, void* out) {
    constexpr int64_t kStride = 192;
    std::vector<std::byte> memory(3 * kSide * kStride, std::byte{0x7f});
    const auto spread = [&](const void* rows, int64_t place) {
        std::byte* to = memory.data() + place * kSide * kStride;
        for (int64_t i = 0; i < kSide; ++i) std::memcpy(to + i * kStride, static_cast<const char*>(rows) + i * 64, 64);
        return to;
    };
    std::byte* c = spread(from.c, 0);
    const typename Tiles::Scope scope;
    Tiles::template load<3>(c, kStride);
    Tiles::template load<5>(spread(from.a, 1), kStride);
    Tiles::template load<6>(spread(from.b, 2), kStride);
    if constexpr (Bytes) {
        Tiles::template addBytes<3, 5, 6>();
    } else {
        Tiles::template addBf16<3, 5, 6>();
    }
    Tiles::template store<3>(c, kStride);
    for (int64_t i = 0; i < kSide; ++i) {
        std::memcpy(static_cast<char*>(out) + i * 64, c + i * kStride, 64);
        for (int64_t j = 64; j < kStride; ++j) EXPECT_EQ(c[i * kStride + j], std::byte{0x7f});
    }
}

TEST(Tiles, EmulatedProductsMatchDoubleSums) {
    const Operands all = randomOperands(1, 1.0f);
    float actual[kSide][kSide];
    multiply<cpu::EmulatedTiles, false>(all, actual);
    for (int64_t i = 0; i < kSide; ++i) {
        for (int64_t j = 0; j < kSide; ++j) {
            double sum = static_cast<double>(all.c[i][j]);
            for (int64_t step = 0; step < 32; ++step) {
                sum += static_cast<double>(bfloat16ToFloat(all.a[i][step])) *
                       static_cast<double>(bfloat16ToFloat(all.b[step / 2][2 * j + step % 2]));
            }
            EXPECT_NEAR(actual[i][j], sum, 1e-5);
        }
    }
}

TEST(Tiles, EmulatedByteProductsAreExact) {
    const Operands all = randomOperands(2, 1.0f);
    const auto *a = reinterpret_cast<const uint8_t*>(all.a), *b = reinterpret_cast<const uint8_t*>(all.b);
    int32_t before[kSide][kSide], actual[kSide][kSide];
    std::memcpy(before, all.c, sizeof before);
    multiply<cpu::EmulatedTiles, true>(all, actual);
    for (int64_t i = 0; i < kSide; ++i) {
        for (int64_t j = 0; j < kSide; ++j) {
            int64_t sum = before[i][j];
            for (int64_t step = 0; step < 64; ++step) {
                sum += int64_t{a[i * 64 + step]} * static_cast<int8_t>(b[step / 4 * 64 + j * 4 + step % 4]);
            }
            EXPECT_EQ(actual[i][j], sum);
        }
    }
}

TEST(Tiles, SubnormalNumbersCountAsZero) {
    Operands all{};
    for (int64_t i = 0; i < kSide; ++i) {
        all.a[i][0] = 1;  // subnormal
        all.a[i][1] = floatToBfloat16(0x1p-100f);
        all.b[0][2 * i] = floatToBfloat16(0x1p100f);
        all.b[0][2 * i + 1] = floatToBfloat16(0x1p-40f);  // a product below the least normal number
        for (int64_t j = 0; j < kSide; ++j) all.c[i][j] = 0x1p-130f;
    }
    float actual[kSide][kSide];
    multiply<cpu::EmulatedTiles, false>(all, actual);
    for (const auto& row : actual) {
        for (const float value : row) EXPECT_EQ(value, 0.0f);
    }
}

#if defined(__x86_64__)
TEST(Tiles, InstructionsAgreeWithTheEmulation) {
    if (!cpu::hasTileInstructions()) GTEST_SKIP() << "This machine has no AMX.";
    // Up to 34 sums on either side, each rounded to 24 bits of what has been added up; numbers below the least normal
    // one may count as zero.
    constexpr double kRounding = 2 * 34 * 0x1p-24, kLeast = 2 * 34 * 0x1p-126;
    for (const float deviation : {1.0f, 1e-17f, 1e18f}) {
        for (uint32_t seed = 1; seed < 20; ++seed) {
            const Operands all = randomOperands(seed, deviation);
            float emulated[kSide][kSide], actual[kSide][kSide];
            multiply<cpu::EmulatedTiles, false>(all, emulated);
            multiply<cpu::AmxTiles, false>(all, actual);
            for (int64_t i = 0; i < kSide; ++i) {
                for (int64_t j = 0; j < kSide; ++j) {
                    double magnitude = std::fabs(static_cast<double>(all.c[i][j]));
                    for (int64_t step = 0; step < 32; ++step) {
                        magnitude += std::fabs(static_cast<double>(bfloat16ToFloat(all.a[i][step])) *
                                               static_cast<double>(bfloat16ToFloat(all.b[step / 2][2 * j + step % 2])));
                    }
                    EXPECT_NEAR(actual[i][j], emulated[i][j], kRounding * magnitude + kLeast)
                        << "seed " << seed << " deviation " << deviation;
                }
            }
            multiply<cpu::EmulatedTiles, true>(all, emulated);
            multiply<cpu::AmxTiles, true>(all, actual);
            EXPECT_EQ(std::memcmp(emulated, actual, sizeof actual), 0) << "bytes, seed " << seed;
        }
    }
}
#endif

}  // namespace
}  // namespace lectern::kernels::test

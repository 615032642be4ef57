// Stored regions: every backend writes the bytes of the reference, so that a snapshot does not depend on the machine
// that made it; reading back is within half a step of the format.

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/common/half.h"
#include "kernels/common/kv_layout.h"
#include "kernels/cpu/cpu.h"
#include "kernels/reference/reference.h"
#include "tests/kernels/support/kernel_test.h"

namespace lectern::kernels::test {
namespace {

struct Geometry {
    int32_t regionTokens, regionsPerPage, kvHeads, headDim;
};

constexpr Geometry kGeometries[] = {{16, 16, 4, 64}, {16, 1, 1, 80},  {1, 4, 2, 8},
                                    {5, 3, 3, 96},   {64, 2, 2, 128}, {33, 2, 1, 24}};

std::vector<std::byte> filledPage(const KvPageLayout& layout) {
    return std::vector<std::byte>(static_cast<size_t>(layout.pageBytes) + 64, std::byte{0xA5});
}

/// Stores `values` [regions * heads, p, Dh] into every place of a page by `store`.
template <class Store>
std::vector<std::byte> storeAll(Store store, KvType type, const Geometry& g, const std::vector<float>& values) {
    const int32_t pageTokens = g.regionTokens * g.regionsPerPage;
    std::vector<std::byte> page = filledPage(kvPageLayout(type, pageTokens, g.regionTokens, g.kvHeads, g.headDim));
    const int64_t count = int64_t{g.regionTokens} * g.headDim;
    for (int32_t h = 0; h < g.kvHeads; ++h) {
        for (int32_t r = 0; r < g.regionsPerPage; ++r) {
            EXPECT_EQ(store(values.data() + (h * g.regionsPerPage + r) * count, type, pageTokens, g.regionTokens,
                            g.kvHeads, g.headDim, h, r, page.data()),
                      Status::Ok);
        }
    }
    return page;
}

std::vector<float> drawn(const Geometry& g, uint32_t seed) {
    Random random(seed);
    std::vector<float> values = random.normal(int64_t{g.regionsPerPage} * g.kvHeads * g.regionTokens * g.headDim, 2.0f);
    // A constant region, a zero one, one of tiny values, and steps that land halfway between two codes.
    const auto region = static_cast<size_t>(g.regionTokens) * static_cast<size_t>(g.headDim);
    const auto fill = [&](size_t index, const auto& value) {
        for (size_t i = index * region; i < std::min(values.size(), (index + 1) * region); ++i) values[i] = value(i);
    };
    fill(1, [](size_t) { return 0.75f; });
    fill(2, [](size_t) { return 0.0f; });
    fill(3, [](size_t i) { return i % 2 == 0 ? 1e-41f : -3e-42f; });
    fill(4, [](size_t i) { return i % 5 == 0 ? 127.0f : static_cast<float>(i % 9) + 0.5f; });
    return values;
}

TEST(KvStore, WritesTheBytesOfTheReference) {
    for (const Geometry& g : kGeometries) {
        const std::vector<float> values = drawn(g, 1);
        for (const KvType type : kAllKvTypes) {
            SCOPED_TRACE(testing::Message()
                         << "type " << static_cast<int>(type) << " p " << g.regionTokens << " dim " << g.headDim);
            const auto expected = storeAll(reference::storeRegion, type, g, values);
            forEachInstructionSet([&] { EXPECT_EQ(storeAll(cpu::storeRegion, type, g, values), expected); });
        }
    }
}

TEST(KvStore, ReadsBackWithinHalfAStep) {
    for (const Geometry& g : kGeometries) {
        const std::vector<float> values = drawn(g, 2);
        const int32_t pageTokens = g.regionTokens * g.regionsPerPage;
        const int64_t count = int64_t{g.regionTokens} * g.headDim;
        for (const KvType type : kAllKvTypes) {
            const auto page = storeAll(reference::storeRegion, type, g, values);
            forEachInstructionSet([&] {
                for (int32_t h = 0; h < g.kvHeads; ++h) {
                    for (int32_t r = 0; r < g.regionsPerPage; ++r) {
                        GuardedOutput expected(count), actual(count);
                        reference::loadRegion(page.data(), type, pageTokens, g.regionTokens, g.kvHeads, g.headDim, h, r,
                                              expected.data());
                        ASSERT_EQ(cpu::loadRegion(page.data(), type, pageTokens, g.regionTokens, g.kvHeads, g.headDim,
                                                  h, r, actual.data()),
                                  Status::Ok);
                        EXPECT_TRUE(actual.guardsIntact());
                        EXPECT_EQ(maxError(actual.values(), expected.values()), 0.0);
                        const float* source = values.data() + (h * g.regionsPerPage + r) * count;
                        const std::span<const float> stored(source, static_cast<size_t>(count));
                        float largest = 0.0f;
                        for (const float value : stored) largest = std::max(largest, std::fabs(value));
                        // Steps: none; 2^-8 of the value; maxabs / 127; 32 of 448 where the largest lie; (max -
                        // min) / 15 of a dimension, at most 2 maxabs.
                        const float half = type == KvType::F32    ? 0.0f
                                           : type == KvType::BF16 ? largest / 256
                                           : type == KvType::Int8 ? largest / 254
                                           : type == KvType::Fp8  ? largest / 28
                                                                  : largest / 15;
                        EXPECT_LE(maxError(actual.values(), stored), static_cast<double>(half) * 1.001 + 1e-40);
                    }
                }
            });
        }
    }
}

TEST(KvStore, E4m3RoundsToTheNearestOfAllItsValues) {
    std::vector<float> values;
    for (int code = 0; code < 0x7f; ++code) {
        values.push_back(e4m3ToFloat(static_cast<uint8_t>(code)));
        EXPECT_EQ(floatToE4m3(values.back()), code);
        EXPECT_EQ(floatToE4m3(-values.back()), code | 0x80);
        EXPECT_EQ(e4m3ToFloat(static_cast<uint8_t>(code | 0x80)), -values.back());
    }
    EXPECT_EQ(values.back(), 448.0f);
    EXPECT_EQ(values[1], 0x1p-9f);
    EXPECT_EQ(floatToE4m3(1e30f), 0x7e);
    EXPECT_EQ(floatToE4m3(-std::numeric_limits<float>::infinity()), 0xfe);
    EXPECT_TRUE(std::isnan(e4m3ToFloat(floatToE4m3(std::numeric_limits<float>::quiet_NaN()))));
    for (size_t i = 0; i + 1 < values.size(); ++i) {
        ASSERT_LT(values[i], values[i + 1]);
        const float middle = (values[i] + values[i + 1]) / 2;
        // A tie goes to the even code.
        EXPECT_EQ(floatToE4m3(middle), (i + 1) / 2 * 2) << middle;
        EXPECT_EQ(floatToE4m3(std::nextafter(middle, 0.0f)), i) << middle;
        EXPECT_EQ(floatToE4m3(std::nextafter(middle, 1000.0f)), i + 1) << middle;
    }
}

TEST(KvStore, TouchesOnlyItsPlace) {
    const Geometry g{16, 4, 3, 64};
    const int32_t pageTokens = 64;
    Random random(3);
    const auto values = random.normal(16 * 64);
    for (const KvType type : kAllKvTypes) {
        const KvPageLayout layout = kvPageLayout(type, pageTokens, g.regionTokens, g.kvHeads, g.headDim);
        forEachInstructionSet([&] {
            auto page = filledPage(layout);
            ASSERT_EQ(cpu::storeRegion(values.data(), type, pageTokens, 16, 3, 64, 1, 2, page.data()), Status::Ok);
            const int64_t data = layout.headBytes + layout.headBytes / 4 * 2;
            const int64_t scales = layout.scalesOffset + (1 * 4 + 2) * layout.scaleBytes;
            for (int64_t i = 0; i < static_cast<int64_t>(page.size()); ++i) {
                const bool inData = i >= data && i < data + layout.headBytes / 4;
                const bool inScales = layout.scaleBytes > 0 && i >= scales && i < scales + layout.scaleBytes;
                if (!inData && !inScales) {
                    ASSERT_EQ(page[static_cast<size_t>(i)], std::byte{0xA5}) << "byte " << i;
                }
            }
        });
    }
}

TEST(KvStore, RefusesImpossiblePlaces) {
    const std::vector<float> values(16 * 64, 1.0f);
    auto page = filledPage(kvPageLayout(KvType::Int8, 64, 16, 2, 64));
    for (const auto store : {cpu::storeRegion, reference::storeRegion}) {
        const auto at = [&](int32_t pageTokens, int32_t p, int32_t heads, int32_t dim, int32_t head, int32_t region) {
            return store(values.data(), KvType::Int8, pageTokens, p, heads, dim, head, region, page.data());
        };
        EXPECT_EQ(at(64, 16, 2, 64, 1, 3), Status::Ok);
        EXPECT_EQ(at(64, 16, 2, 64, 2, 0), Status::InvalidArgument);
        EXPECT_EQ(at(64, 16, 2, 64, -1, 0), Status::InvalidArgument);
        EXPECT_EQ(at(64, 16, 2, 64, 0, 4), Status::InvalidArgument);
        EXPECT_EQ(at(64, 0, 2, 64, 0, 0), Status::InvalidArgument);
        EXPECT_EQ(at(60, 16, 2, 64, 0, 0), Status::InvalidArgument);
        EXPECT_EQ(at(64, 16, 2, 63, 0, 0), Status::InvalidArgument);
    }
}

}  // namespace
}  // namespace lectern::kernels::test

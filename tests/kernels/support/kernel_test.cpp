#include "tests/kernels/support/kernel_test.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "hwy/targets.h"
#include "kernels/common/half.h"
#include "kernels/common/kv_layout.h"
#include "kernels/cpu/cpu.h"
#include "kernels/cpu/tiles.h"
#include "kernels/reference/reference.h"

namespace lectern::kernels::test {

void forEachInstructionSet(const std::function<void()>& body) {
    const int64_t all = hwy::SupportedTargets();
    for (int64_t rest = all; rest != 0; rest &= rest - 1) {
        const int64_t target = rest & -rest;
        if (target == HWY_SSSE3) continue;  // not compiled: SSE4 and the portable one stand in for it
        hwy::SetSupportedTargetsForTest(target);
        hwy::GetChosenTarget().Update(hwy::SupportedTargets());
        // Tiles belong to the largest set; the others ignore them.
        for (const cpu::TileUse tiles : {cpu::TileUse::Instructions, cpu::TileUse::Emulated, cpu::TileUse::None}) {
            if (tiles != cpu::TileUse::None && target != HWY_AVX3_DL) continue;
            if (tiles == cpu::TileUse::Instructions && !cpu::hasTileInstructions()) continue;
            cpu::setTileUse(tiles);
            SCOPED_TRACE(testing::Message() << cpu::instructionSet() << ", tiles " << static_cast<int>(tiles));
            body();
            cpu::resetTileUse();
        }
        hwy::SetSupportedTargetsForTest(0);
        hwy::GetChosenTarget().Update(hwy::SupportedTargets());
        if (testing::Test::HasFatalFailure()) return;
    }
}

std::vector<float> Random::normal(int64_t count, float deviation) {
    std::normal_distribution<float> distribution(0.0f, deviation);
    std::vector<float> values(static_cast<size_t>(count));
    for (float& value : values) value = distribution(m_engine);
    return values;
}

std::vector<float> Random::integers(int64_t count, int limit) {
    std::vector<float> values(static_cast<size_t>(count));
    for (float& value : values) value = static_cast<float>(below(2 * limit + 1) - limit);
    return values;
}

std::vector<std::byte> randomWeights(Random& random, DType type, int64_t rows, int64_t columns) {
    const int64_t bytes = rows * rowBytes(type, columns);
    std::vector<std::byte> data(static_cast<size_t>(bytes));
    const auto putHalf = [&](int64_t offset, uint16_t bits) {
        std::memcpy(&data[static_cast<size_t>(offset)], &bits, 2);
    };
    if (blockValues(type) == 1) {
        const std::vector<float> values = random.normal(rows * columns, 0.05f);
        for (int64_t i = 0; i < rows * columns; ++i) {
            const float value = values[static_cast<size_t>(i)];
            if (type == DType::F32) std::memcpy(&data[static_cast<size_t>(4 * i)], &value, 4);
            if (type == DType::F16) putHalf(2 * i, floatToHalf(value));
            if (type == DType::BF16) putHalf(2 * i, floatToBfloat16(value));
        }
        return data;
    }
    for (std::byte& value : data) value = static_cast<std::byte>(random.below(256));
    const int64_t block = blockBytes(type);
    for (int64_t offset = 0; offset < bytes; offset += block) {
        const float spread = 0.5f + static_cast<float>(random.below(1000)) / 1000.0f;
        switch (type) {
            case DType::Q8_0:
                putHalf(offset, floatToHalf(0.0007f * spread));
                break;
            case DType::Q4_0:
                putHalf(offset, floatToHalf(-0.01f * spread));
                break;
            case DType::Q4_K:
            case DType::Q5_K:
                putHalf(offset, floatToHalf(0.0003f * spread));
                putHalf(offset + 2, floatToHalf(0.002f * spread));
                break;
            case DType::Q6_K:
                putHalf(offset + 208, floatToHalf(0.00003f * spread));
                break;
            default:
                break;
        }
    }
    return data;
}

double nmse(std::span<const float> actual, std::span<const float> expected) {
    if (actual.size() != expected.size()) return std::numeric_limits<double>::infinity();
    double error = 0.0, power = 0.0;
    for (size_t i = 0; i < actual.size(); ++i) {
        if (!std::isfinite(actual[i]) || !std::isfinite(expected[i])) return std::numeric_limits<double>::infinity();
        const double difference = static_cast<double>(actual[i]) - expected[i];
        error += difference * difference;
        power += static_cast<double>(expected[i]) * expected[i];
    }
    if (error == 0.0) return 0.0;
    return power > 0.0 ? error / power : std::numeric_limits<double>::infinity();
}

double maxError(std::span<const float> actual, std::span<const float> expected) {
    if (actual.size() != expected.size()) return std::numeric_limits<double>::infinity();
    double largest = 0.0;
    for (size_t i = 0; i < actual.size(); ++i) {
        const double difference = std::fabs(static_cast<double>(actual[i]) - expected[i]);
        if (!(difference <= largest)) largest = difference;
    }
    return largest;
}

GuardedOutput::GuardedOutput(int64_t count)
    : m_values(static_cast<size_t>(count) + 2 * kGuard, std::numeric_limits<float>::quiet_NaN()) {
    std::fill_n(m_values.begin(), kGuard, kSentinel);
    std::fill_n(m_values.end() - kGuard, kGuard, kSentinel);
}

bool GuardedOutput::guardsIntact() const {
    const auto isSentinel = [](float value) { return value == kSentinel; };
    return std::all_of(m_values.begin(), m_values.begin() + kGuard, isSentinel) &&
           std::all_of(m_values.end() - kGuard, m_values.end(), isSentinel);
}

TestCache::TestCache(KvType type, int32_t pageTokens, int32_t regionTokens, int32_t kvHeads, int32_t headDim,
                     int64_t tokens, const std::vector<float>& keys, const std::vector<float>& values) {
    const KvPageLayout layout = kvPageLayout(type, pageTokens, regionTokens, kvHeads, headDim);
    const int64_t complete = tokens / regionTokens;
    const int64_t pages = (tokens + pageTokens - 1) / pageTokens;
    const int64_t regionsPerPage = pageTokens / regionTokens;
    const int64_t regionValues = static_cast<int64_t>(regionTokens) * headDim;
    // 0xff bytes are NaN as f32 and as bfloat16.
    m_pages.assign(static_cast<size_t>(2 * pages),
                   std::vector<std::byte>(static_cast<size_t>(layout.pageBytes), std::byte{0xff}));
    m_tailKeys.assign(static_cast<size_t>(kvHeads * regionValues), std::numeric_limits<float>::quiet_NaN());
    m_tailValues = m_tailKeys;
    for (int64_t kv = 0; kv < 2; ++kv) {
        const std::vector<float>& from = kv == 0 ? keys : values;
        std::vector<float>& tail = kv == 0 ? m_tailKeys : m_tailValues;
        for (int32_t h = 0; h < kvHeads; ++h) {
            const float* head = from.data() + h * tokens * headDim;
            for (int64_t r = 0; r < complete; ++r) {
                auto& page = m_pages[static_cast<size_t>(kv * pages + r / regionsPerPage)];
                reference::storeRegion(head + r * regionValues, type, pageTokens, regionTokens, kvHeads, headDim, h,
                                       static_cast<int32_t>(r % regionsPerPage), page.data());
            }
            std::copy(head + complete * regionValues, head + tokens * headDim, tail.begin() + h * regionValues);
        }
    }
    for (int64_t i = 0; i < pages; ++i) {
        m_keyPages.push_back(m_pages[static_cast<size_t>(i)].data());
        m_valuePages.push_back(m_pages[static_cast<size_t>(pages + i)].data());
    }
    m_view = {m_keyPages.data(),
              m_valuePages.data(),
              m_tailKeys.data(),
              m_tailValues.data(),
              type,
              pageTokens,
              regionTokens,
              kvHeads,
              headDim,
              tokens};
}

}  // namespace lectern::kernels::test

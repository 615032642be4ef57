#pragma once
// A random K/V cache held twice: as host pages read by the reference kernels, and as a device pool whose pages lie in
// shuffled slots between slots full of NaN.

#include <algorithm>
#include <memory>
#include <numeric>

#include "kernels/cuda/kv_store.h"
#include "kernels/reference/reference.h"
#include "tests/kernels/cuda/cuda_test.h"

namespace lectern::kernels::cuda::testing {

struct KvShape {
    KvType type = KvType::BF16;
    int32_t kvHeads = 2;
    int32_t headDim = 64;
    int32_t regionTokens = 16;
    int32_t regionsPerPage = 4;
    int64_t tokens = 0;
};

class KvFixture {
  public:
    KvFixture(const KvShape& shape, unsigned seed) : m_shape(shape) {
        const auto width = static_cast<size_t>(shape.kvHeads) * static_cast<size_t>(shape.headDim);
        keys = randomBf16(static_cast<size_t>(shape.tokens) * width, seed);
        values = randomBf16(static_cast<size_t>(shape.tokens) * width, seed + 1);
        const int64_t pageTokens = int64_t{shape.regionsPerPage} * shape.regionTokens;
        pages = (shape.tokens + pageTokens - 1) / pageTokens;
        layout = kvPageLayout(shape.type, static_cast<int32_t>(pageTokens), shape.regionTokens, shape.kvHeads,
                              shape.headDim);
        slots.resize(static_cast<size_t>(pages));
        std::iota(slots.begin(), slots.end(), 1);
        std::shuffle(slots.begin(), slots.end(), std::mt19937(seed + 2));
        const auto pool = static_cast<size_t>((pages + 2) * layout.pageBytes);
        m_hostKeys.assign(pool, std::byte{0xFF});
        m_hostValues.assign(pool, std::byte{0xFF});
        const auto tail = static_cast<size_t>(shape.regionTokens) * width;
        m_tailKeys.assign(tail, 0.0f);
        m_tailValues.assign(tail, 0.0f);
    }

    /// Fills both sides with the stored form of keys and values. Without this the device side is empty, for appends.
    void store() {
        for (int64_t region = 0; region * m_shape.regionTokens < m_shape.tokens; ++region) {
            for (int32_t head = 0; head < m_shape.kvHeads; ++head) {
                storeOne(keys, m_hostKeys, m_tailKeys, region, head);
                storeOne(values, m_hostValues, m_tailValues, region, head);
            }
        }
    }

    KvView view() {
        m_keyPages.clear();
        m_valuePages.clear();
        for (const int32_t slot : slots) {
            m_keyPages.push_back(&m_hostKeys[static_cast<size_t>(slot * layout.pageBytes)]);
            m_valuePages.push_back(&m_hostValues[static_cast<size_t>(slot * layout.pageBytes)]);
        }
        KvView kv;
        kv.keyPages = m_keyPages.data();
        kv.valuePages = m_valuePages.data();
        kv.tailKeys = m_tailKeys.data();
        kv.tailValues = m_tailValues.data();
        kv.type = m_shape.type;
        kv.pageTokens = m_shape.regionsPerPage * m_shape.regionTokens;
        kv.regionTokens = m_shape.regionTokens;
        kv.kvHeads = m_shape.kvHeads;
        kv.headDim = m_shape.headDim;
        kv.tokens = m_shape.tokens;
        return kv;
    }

    DeviceKv device() {
        if (!deviceKeys) {
            deviceKeys = std::make_unique<Device<std::byte>>(m_hostKeys);
            deviceValues = std::make_unique<Device<std::byte>>(m_hostValues);
            deviceSlots = std::make_unique<Device<int32_t>>(slots);
            deviceTailKeys = std::make_unique<Device<Bf16>>(toBits(m_tailKeys));
            deviceTailValues = std::make_unique<Device<Bf16>>(toBits(m_tailValues));
        }
        DeviceKv kv;
        kv.keys = *deviceKeys;
        kv.values = *deviceValues;
        kv.pageSlots = *deviceSlots;
        kv.tailKeys = *deviceTailKeys;
        kv.tailValues = *deviceTailValues;
        kv.type = m_shape.type;
        kv.pageTokens = m_shape.regionsPerPage * m_shape.regionTokens;
        kv.regionTokens = m_shape.regionTokens;
        kv.kvHeads = m_shape.kvHeads;
        kv.headDim = m_shape.headDim;
        kv.slots = pages + 2;
        return kv;
    }

    /// One stored region of a downloaded pool, decoded.
    std::vector<float> load(const std::vector<std::byte>& pool, int64_t region, int32_t head) const {
        std::vector<float> out(static_cast<size_t>(m_shape.regionTokens) * static_cast<size_t>(m_shape.headDim));
        const int64_t page = region / m_shape.regionsPerPage;
        EXPECT_EQ(reference::loadRegion(&pool[static_cast<size_t>(slots[static_cast<size_t>(page)] * layout.pageBytes)],
                                        m_shape.type, m_shape.regionsPerPage * m_shape.regionTokens,
                                        m_shape.regionTokens, m_shape.kvHeads, m_shape.headDim, head,
                                        static_cast<int32_t>(region % m_shape.regionsPerPage), out.data()),
                  Status::Ok);
        return out;
    }

    /// f32 [p, Dh] of one region, zeros past the last token.
    std::vector<float> plain(const std::vector<float>& from, int64_t region, int32_t head) const {
        const auto dim = static_cast<size_t>(m_shape.headDim);
        std::vector<float> out(static_cast<size_t>(m_shape.regionTokens) * dim, 0.0f);
        for (int64_t t = 0; t < m_shape.regionTokens; ++t) {
            const int64_t token = region * m_shape.regionTokens + t;
            if (token >= m_shape.tokens) break;
            std::copy_n(
                &from[(static_cast<size_t>(token) * static_cast<size_t>(m_shape.kvHeads) + static_cast<size_t>(head)) *
                      dim],
                dim, &out[static_cast<size_t>(t) * dim]);
        }
        return out;
    }

    const KvShape& shape() const { return m_shape; }
    int64_t completeRegions() const { return m_shape.tokens / m_shape.regionTokens; }

    std::vector<float> keys, values;  ///< [tokens, Hkv, Dh]
    std::vector<int32_t> slots;
    int64_t pages = 0;
    KvPageLayout layout;
    std::unique_ptr<Device<std::byte>> deviceKeys, deviceValues;
    std::unique_ptr<Device<int32_t>> deviceSlots;
    std::unique_ptr<Device<Bf16>> deviceTailKeys, deviceTailValues;

  private:
    void storeOne(const std::vector<float>& from, std::vector<std::byte>& pool, std::vector<float>& tail,
                  int64_t region, int32_t head) {
        const std::vector<float> values32 = plain(from, region, head);
        const bool complete = region < completeRegions();
        if (!complete) {
            std::copy(values32.begin(), values32.end(), tail.begin() + static_cast<int64_t>(values32.size()) * head);
            if (m_shape.type != KvType::BF16) return;
        }
        const int64_t page = region / m_shape.regionsPerPage;
        EXPECT_EQ(
            reference::storeRegion(values32.data(), m_shape.type, m_shape.regionsPerPage * m_shape.regionTokens,
                                   m_shape.regionTokens, m_shape.kvHeads, m_shape.headDim, head,
                                   static_cast<int32_t>(region % m_shape.regionsPerPage),
                                   &pool[static_cast<size_t>(slots[static_cast<size_t>(page)] * layout.pageBytes)]),
            Status::Ok);
    }

    KvShape m_shape;
    std::vector<std::byte> m_hostKeys, m_hostValues;
    std::vector<float> m_tailKeys, m_tailValues;
    std::vector<const std::byte*> m_keyPages, m_valuePages;
};

}  // namespace lectern::kernels::cuda::testing

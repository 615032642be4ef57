// Reading cached keys and values as f32 rows: shared by the attention kernels, compiled once per instruction set.

#if defined(LECTERN_KERNELS_CPU_KV_ROWS_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef LECTERN_KERNELS_CPU_KV_ROWS_INL_H
#undef LECTERN_KERNELS_CPU_KV_ROWS_INL_H
#else
#define LECTERN_KERNELS_CPU_KV_ROWS_INL_H
#endif

#include <cstring>

#include "hwy/cache_control.h"
#include "kernels/common/kv_layout.h"
#include "kernels/common/views.h"
#include "kernels/cpu/simd-inl.h"

HWY_BEFORE_NAMESPACE();
namespace lectern::kernels::cpu {
namespace HWY_NAMESPACE {

/// Decodes one KV head's cached vectors.
class KvRows {
  public:
    KvRows(const KvView& kv, int64_t head)
        : m_kv(kv),
          m_layout(kvPageLayout(kv.type, kv.pageTokens, kv.regionTokens, kv.kvHeads, kv.headDim)),
          m_head(head),
          m_complete(kv.completeRegions() * kv.regionTokens),
          m_rowBytes(m_layout.headBytes / kv.pageTokens),
          m_scaleRow(head * (kv.pageTokens / kv.regionTokens)) {}

    /// Tokens [token, token + count), all of one region, to f32 rows [count, Dh].
    void decode(bool keys, int64_t token, int64_t count, float* HWY_RESTRICT out) const {
        const int64_t dim = m_kv.headDim, values = count * dim;
        if (token >= m_complete) {
            const float* tail =
                (keys ? m_kv.tailKeys : m_kv.tailValues) + (m_head * m_kv.regionTokens + token - m_complete) * dim;
            std::memcpy(out, tail, static_cast<size_t>(values) * 4);
            return;
        }
        const std::byte* page = m_kv.page(keys, token);
        const int64_t inPage = token % m_kv.pageTokens;
        const std::byte* data = page + m_head * m_layout.headBytes + inPage * m_rowBytes;
        const std::byte* scales =
            page + m_layout.scalesOffset + (m_scaleRow + inPage / m_kv.regionTokens) * m_layout.scalesPerRegion * 4;
        switch (m_kv.type) {
            case KvType::F32:
                std::memcpy(out, data, static_cast<size_t>(values) * 4);
                return;
            case KvType::BF16:
                return decodeBfloat16(reinterpret_cast<const uint16_t*>(data), values, out);
            case KvType::Int8:
                return decodeInt8(reinterpret_cast<const int8_t*>(data), scales, values, out);
            case KvType::Int4:
                return decodeInt4(reinterpret_cast<const uint8_t*>(data), reinterpret_cast<const float*>(scales), count,
                                  out);
        }
    }

    /// Asks for the bytes that decode() of these tokens will read.
    void prefetch(bool keys, int64_t token, int64_t count) const {
        if (token >= m_complete) return;
        const std::byte* page = m_kv.page(keys, token);
        const std::byte* data = page + m_head * m_layout.headBytes + token % m_kv.pageTokens * m_rowBytes;
        for (int64_t i = 0; i < count * m_rowBytes; i += 64) hwy::Prefetch(data + i);
    }

  private:
    static void decodeInt8(const int8_t* HWY_RESTRICT from, const std::byte* scales, int64_t values,
                           float* HWY_RESTRICT out) {
        float scale;
        std::memcpy(&scale, scales, 4);
        const hn::Rebind<int8_t, FloatTag> d8;
        const FloatVec factor = hn::Set(kFloat, scale);
        const int64_t lanes = floatLanes();
        int64_t i = 0;
        for (; i + lanes <= values; i += lanes) {
            const auto wide = hn::PromoteTo(kInt, hn::LoadU(d8, from + i));
            hn::StoreU(hn::Mul(hn::ConvertTo(kFloat, wide), factor), kFloat, out + i);
        }
        for (; i < values; ++i) out[i] = scale * static_cast<float>(from[i]);
    }

    void decodeInt4(const uint8_t* HWY_RESTRICT from, const float* HWY_RESTRICT scale, int64_t rows,
                    float* HWY_RESTRICT out) const {
        const int64_t dim = m_kv.headDim, lanes = floatLanes();
        const float* low = scale + dim;
        const hn::Rebind<uint16_t, hn::Half<FloatTag>> d16;
        const hn::Rebind<uint8_t, decltype(d16)> packed;
        const hn::Rebind<uint8_t, FloatTag> d8;
        for (int64_t r = 0; r < rows; ++r, from += dim / 2, out += dim) {
            int64_t d = 0;
            for (; d + lanes <= dim; d += lanes) {
                // A byte's two nibbles become the two bytes of a 16-bit lane, in order.
                const auto pair = hn::PromoteTo(d16, hn::LoadU(packed, from + d / 2));
                const auto split = hn::And(hn::Or(pair, hn::ShiftLeft<4>(pair)), hn::Set(d16, uint16_t{0x0f0f}));
                const auto quants = hn::ConvertTo(kFloat, hn::PromoteTo(kInt, hn::BitCast(d8, split)));
                hn::StoreU(hn::MulAdd(quants, hn::LoadU(kFloat, scale + d), hn::LoadU(kFloat, low + d)), kFloat,
                           out + d);
            }
            for (; d < dim; d += 2) {
                const uint8_t pair = from[d / 2];
                out[d] = static_cast<float>(pair & 15) * scale[d] + low[d];
                out[d + 1] = static_cast<float>(pair >> 4) * scale[d + 1] + low[d + 1];
            }
        }
    }

    const KvView& m_kv;
    const KvPageLayout m_layout;
    const int64_t m_head, m_complete, m_rowBytes, m_scaleRow;
};

/// Half-split rotation of decoded keys, for caches that hold them un-rotated.
inline void rotateRows(float* rows, int64_t count, int64_t dim, const float* cos, const float* sin) {
    const int64_t half = dim / 2;
    for (int64_t r = 0; r < count; ++r) {
        float* x = rows + r * dim;
        for (int64_t i = 0; i < half; ++i) {
            const float c = cos[r * half + i], s = sin[r * half + i], a = x[i], b = x[i + half];
            x[i] = a * c - b * s;
            x[i + half] = b * c + a * s;
        }
    }
}

}  // namespace HWY_NAMESPACE
}  // namespace lectern::kernels::cpu
HWY_AFTER_NAMESPACE();

#endif

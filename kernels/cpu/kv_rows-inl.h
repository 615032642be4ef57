// Reading cached keys and values as f32 rows: shared by the attention kernels, compiled once per instruction set.

#if defined(LECTERN_KERNELS_CPU_KV_ROWS_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef LECTERN_KERNELS_CPU_KV_ROWS_INL_H
#undef LECTERN_KERNELS_CPU_KV_ROWS_INL_H
#else
#define LECTERN_KERNELS_CPU_KV_ROWS_INL_H
#endif

#include <cstring>

#include "hwy/cache_control.h"
#include "kernels/common/half.h"
#include "kernels/common/kv_layout.h"
#include "kernels/common/views.h"
#include "kernels/cpu/simd-inl.h"

HWY_BEFORE_NAMESPACE();
namespace lectern::kernels::cpu {
namespace HWY_NAMESPACE {

// Rows of one region as they are stored: load(row, d) gives the floatLanes() cached values from dimension d on, before
// `scale` where there is one.
struct FloatRows {
    const float* data;
    int64_t stride;
    static constexpr bool kScaled = false;
    HWY_INLINE FloatVec load(int64_t row, int64_t d) const { return hn::LoadU(kFloat, data + row * stride + d); }
};
struct Bfloat16Rows {
    const uint16_t* data;
    int64_t stride;
    static constexpr bool kScaled = false;
    HWY_INLINE FloatVec load(int64_t row, int64_t d) const { return loadBfloat16(data + row * stride + d); }
};
struct Int8Rows {
    const int8_t* data;
    int64_t stride;
    float scale;
    static constexpr bool kScaled = true;
    HWY_INLINE FloatVec load(int64_t row, int64_t d) const {
        const hn::Rebind<int8_t, FloatTag> d8;
        return hn::ConvertTo(kFloat, hn::PromoteTo(kInt, hn::LoadU(d8, data + row * stride + d)));
    }
};
struct Fp8Rows {
    const uint8_t* data;
    int64_t stride;
    float scale;
    static constexpr bool kScaled = true;
    HWY_INLINE FloatVec load(int64_t row, int64_t d) const {
        const hn::Rebind<uint8_t, FloatTag> d8;
        const hn::RebindToUnsigned<FloatTag> bits;
        const auto wide = hn::PromoteTo(bits, hn::LoadU(d8, data + row * stride + d));
        const auto sign = hn::ShiftLeft<24>(hn::And(wide, hn::Set(bits, 0x80U)));
        const auto rest = hn::ShiftLeft<20>(hn::And(wide, hn::Set(bits, 0x7fU)));
        // As e4m3ToFloat(); NaN is never stored.
        return hn::Mul(hn::BitCast(kFloat, hn::Or(sign, rest)), hn::Set(kFloat, 0x1p120f));
    }
};
struct Int4Rows {
    const uint8_t* data;
    int64_t stride;                ///< in values
    const uint16_t *factor, *low;  ///< halves
    static constexpr bool kScaled = false;
    HWY_INLINE FloatVec load(int64_t row, int64_t d) const {
        const hn::Rebind<uint16_t, hn::Half<FloatTag>> d16;
        const hn::Rebind<uint8_t, decltype(d16)> packed;
        const hn::Rebind<uint8_t, FloatTag> d8;
        // A byte's two nibbles become the two bytes of a 16-bit lane, in order.
        const auto pair = hn::PromoteTo(d16, hn::LoadU(packed, data + (row * stride + d) / 2));
        const auto split = hn::And(hn::Or(pair, hn::ShiftLeft<4>(pair)), hn::Set(d16, uint16_t{0x0f0f}));
        const auto quants = hn::ConvertTo(kFloat, hn::PromoteTo(kInt, hn::BitCast(d8, split)));
        return hn::MulAdd(quants, loadHalf(factor + d), loadHalf(low + d));
    }
};

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

    /// Calls f with the rows from `token` on, up to the end of its region, as one of the structs above.
    template <class F>
    HWY_INLINE void withRows(bool keys, int64_t token, const F& f) const {
        const int64_t dim = m_kv.headDim;
        if (token >= m_complete) {
            const float* tail =
                (keys ? m_kv.tailKeys : m_kv.tailValues) + (m_head * m_kv.regionTokens + token - m_complete) * dim;
            return f(FloatRows{tail, dim});
        }
        const std::byte* page = m_kv.page(keys, token);
        const int64_t inPage = token % m_kv.pageTokens;
        const std::byte* data = page + m_head * m_layout.headBytes + inPage * m_rowBytes;
        const std::byte* scales =
            page + m_layout.scalesOffset + (m_scaleRow + inPage / m_kv.regionTokens) * m_layout.scaleBytes;
        switch (m_kv.type) {
            case KvType::F32:
                return f(FloatRows{reinterpret_cast<const float*>(data), dim});
            case KvType::BF16:
                return f(Bfloat16Rows{reinterpret_cast<const uint16_t*>(data), dim});
            case KvType::Int8: {
                float scale;
                std::memcpy(&scale, scales, 4);
                return f(Int8Rows{reinterpret_cast<const int8_t*>(data), dim, scale});
            }
            case KvType::Fp8: {
                float scale;
                std::memcpy(&scale, scales, 4);
                return f(Fp8Rows{reinterpret_cast<const uint8_t*>(data), dim, scale});
            }
            case KvType::Int4: {
                const auto* halves = reinterpret_cast<const uint16_t*>(scales);
                return f(Int4Rows{reinterpret_cast<const uint8_t*>(data), dim, halves, halves + dim});
            }
        }
    }

    /// Tokens [token, token + count), all of one region, to f32 rows [count, Dh].
    void decode(bool keys, int64_t token, int64_t count, float* HWY_RESTRICT out) const {
        withRows(keys, token, [&](const auto& rows) { decodeRows(rows, count, out); });
    }

    /// Asks for the bytes that decode() of these tokens will read.
    void prefetch(bool keys, int64_t token, int64_t count) const {
        if (token >= m_complete) return;
        const std::byte* page = m_kv.page(keys, token);
        const std::byte* data = page + m_head * m_layout.headBytes + token % m_kv.pageTokens * m_rowBytes;
        for (int64_t i = 0; i < count * m_rowBytes; i += 64) hwy::Prefetch(data + i);
    }

  private:
    void decodeRows(const FloatRows& rows, int64_t count, float* HWY_RESTRICT out) const {
        std::memcpy(out, rows.data, static_cast<size_t>(count * m_kv.headDim) * 4);
    }

    void decodeRows(const Bfloat16Rows& rows, int64_t count, float* HWY_RESTRICT out) const {
        decodeBfloat16(rows.data, count * m_kv.headDim, out);
    }

    void decodeRows(const Int8Rows& rows, int64_t count, float* HWY_RESTRICT out) const {
        const int64_t values = count * m_kv.headDim, lanes = floatLanes();
        const FloatVec factor = hn::Set(kFloat, rows.scale);
        int64_t i = 0;
        for (; i + lanes <= values; i += lanes) hn::StoreU(hn::Mul(rows.load(0, i), factor), kFloat, out + i);
        for (; i < values; ++i) out[i] = rows.scale * static_cast<float>(rows.data[i]);
    }

    void decodeRows(const Fp8Rows& rows, int64_t count, float* HWY_RESTRICT out) const {
        const int64_t values = count * m_kv.headDim, lanes = floatLanes();
        const FloatVec factor = hn::Set(kFloat, rows.scale);
        int64_t i = 0;
        for (; i + lanes <= values; i += lanes) hn::StoreU(hn::Mul(rows.load(0, i), factor), kFloat, out + i);
        for (; i < values; ++i) out[i] = rows.scale * e4m3ToFloat(rows.data[i]);
    }

    void decodeRows(const Int4Rows& rows, int64_t count, float* HWY_RESTRICT out) const {
        const int64_t dim = m_kv.headDim, lanes = floatLanes();
        int64_t d = 0;
        for (; d + lanes <= dim; d += lanes) {
            for (int64_t r = 0; r < count; ++r) hn::StoreU(rows.load(r, d), kFloat, out + r * dim + d);
        }
        for (; d < dim; d += 2) {
            for (int64_t r = 0; r < count; ++r) {
                const uint8_t pair = rows.data[(r * dim + d) / 2];
                float* to = out + r * dim + d;
                to[0] = static_cast<float>(pair & 15) * halfToFloat(rows.factor[d]) + halfToFloat(rows.low[d]);
                to[1] = static_cast<float>(pair >> 4) * halfToFloat(rows.factor[d + 1]) + halfToFloat(rows.low[d + 1]);
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

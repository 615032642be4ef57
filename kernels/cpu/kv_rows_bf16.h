#pragma once
// Reading cached keys and values as bfloat16 or 8-bit rows, for attention_bf16.cpp alone: included inside its target
// pragma.

#include <immintrin.h>

#include <algorithm>
#include <cstring>

#include "kernels/common/kv_layout.h"
#include "kernels/common/views.h"

namespace lectern::kernels::cpu {
namespace {

constexpr int64_t kMostDim = 256;

inline void stageFloats(const float* from, int64_t values, uint16_t* out) {
    for (int64_t i = 0; i < values; i += 8) {
        const __m256 v = _mm256_loadu_ps(from + i);
        _mm_storeu_si128(reinterpret_cast<__m128i*>(out + i), reinterpret_cast<__m128i>(_mm256_cvtneps_pbh(v)));
    }
}

inline __m256 loadHalves(const uint16_t* from) {
    return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
}

/// `scales`: halves, scale then minimum [2, Dh].
inline void stageInt4(const uint8_t* from, const uint16_t* scales, int64_t rows, int64_t dim, uint16_t* out) {
    const __m256i nibble = _mm256_set1_epi32(15), shifts = _mm256_setr_epi32(0, 4, 8, 12, 16, 20, 24, 28);
    for (int64_t d = 0; d < dim; d += 8) {
        const __m256 scale = loadHalves(scales + d), low = loadHalves(scales + dim + d);
        for (int64_t r = 0; r < rows; ++r) {
            uint32_t eight;
            std::memcpy(&eight, from + (r * dim + d) / 2, 4);
            const __m256i quants =
                _mm256_and_si256(_mm256_srlv_epi32(_mm256_set1_epi32(static_cast<int>(eight)), shifts), nibble);
            const __m256 v = _mm256_fmadd_ps(_mm256_cvtepi32_ps(quants), scale, low);
            _mm_storeu_si128(reinterpret_cast<__m128i*>(out + r * dim + d),
                             reinterpret_cast<__m128i>(_mm256_cvtneps_pbh(v)));
        }
    }
}

inline void stageFp8(const uint8_t* from, float scale, int64_t values, uint16_t* out) {
    // As e4m3ToFloat(); NaN is never stored.
    const __m256 rebias = _mm256_set1_ps(0x1p120f), factor = _mm256_set1_ps(scale);
    for (int64_t i = 0; i < values; i += 8) {
        const __m256i wide = _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from + i)));
        const __m256i sign = _mm256_slli_epi32(_mm256_and_si256(wide, _mm256_set1_epi32(0x80)), 24);
        const __m256i rest = _mm256_slli_epi32(_mm256_and_si256(wide, _mm256_set1_epi32(0x7f)), 20);
        const __m256 v = _mm256_mul_ps(_mm256_castsi256_ps(_mm256_or_si256(sign, rest)), rebias);
        _mm_storeu_si128(reinterpret_cast<__m128i*>(out + i),
                         reinterpret_cast<__m128i>(_mm256_cvtneps_pbh(_mm256_mul_ps(v, factor))));
    }
}

/// Signed bytes to unsigned ones that are 128 more, and back.
inline void stageBiased(const void* bytes, int64_t values, uint8_t* out) {
    const auto* from = static_cast<const uint8_t*>(bytes);
    const __m128i flip = _mm_set1_epi8(-128);
    for (int64_t i = 0; i < values; i += 8) {
        const __m128i eight = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(from + i));
        _mm_storel_epi64(reinterpret_cast<__m128i*>(out + i), _mm_xor_si128(eight, flip));
    }
}

inline __m512 loadBf16(const uint16_t* from, __mmask16 lanes) {
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(lanes, from)), 16));
}

/// The first 16 of `left` values.
inline __mmask16 firstLanes(int64_t left) {
    return left >= 16 ? __mmask16(0xffff) : __mmask16((1U << left) - 1);
}

/// Eight bits for each of `dim` values: round(value / scale) + 128, where the scale takes the largest to 127. Rows of
/// zeros (and of values beyond the square root of f32's least) get a scale that is small but no zero.
inline float quantiseBiased(const uint16_t* bf16, int64_t dim, uint8_t* out) {
    __m512 most = _mm512_set1_ps(0x1p-60f);
    for (int64_t d = 0; d < dim; d += 16) {
        most = _mm512_max_ps(most, _mm512_abs_ps(loadBf16(bf16 + d, firstLanes(dim - d))));
    }
    const float scale = _mm512_reduce_max_ps(most) / 127.0f;
    const __m512 inverse = _mm512_set1_ps(1.0f / scale);
    for (int64_t d = 0; d < dim; d += 16) {
        const __mmask16 lanes = firstLanes(dim - d);
        const __m512i whole = _mm512_cvtps_epi32(_mm512_mul_ps(loadBf16(bf16 + d, lanes), inverse));
        _mm512_mask_cvtepi32_storeu_epi8(out + d, lanes, _mm512_add_epi32(whole, _mm512_set1_epi32(128)));
    }
    return scale;
}

/// Stages one KV head's cached vectors.
class KvRowsBf16 {
  public:
    KvRowsBf16(const KvView& kv, int64_t head)
        : m_kv(kv),
          m_layout(kvPageLayout(kv.type, kv.pageTokens, kv.regionTokens, kv.kvHeads, kv.headDim)),
          m_head(head) {}

    /// Keys [token, token + count), all of one region, as biased bytes [count, Dh] with a scale for each, and as rows
    /// [count, Dh] in bfloat16 unless the cache holds bytes.
    void stageKeys(int64_t token, int64_t count, uint16_t* rows, uint8_t* bytes, float* scales) const {
        const int64_t dim = m_kv.headDim;
        if (m_kv.type == KvType::Int8 && token < m_kv.completeRegions() * m_kv.regionTokens) {
            const Region region = regionOf(true, token);
            std::fill_n(scales, count, byteScale(region));
            return stageBiased(region.data, count * dim, bytes);
        }
        stage(true, token, count, rows);
        for (int64_t i = 0; i < count; ++i) scales[i] = quantiseBiased(rows + i * dim, dim, bytes + i * dim);
    }

    /// Values [token, token + count), all of one region of an int8 cache, as bytes [count, Dh] with a scale for each.
    void stageByteValues(int64_t token, int64_t count, int8_t* bytes, float* scales) const {
        const int64_t dim = m_kv.headDim;
        if (token < m_kv.completeRegions() * m_kv.regionTokens) {
            const Region region = regionOf(false, token);
            std::fill_n(scales, count, byteScale(region));
            std::memcpy(bytes, region.data, static_cast<size_t>(count * dim));
            return;
        }
        uint16_t row[kMostDim];
        auto* biased = reinterpret_cast<uint8_t*>(bytes);
        for (int64_t i = 0; i < count; ++i, biased += dim) {
            stage(false, token + i, 1, row);
            scales[i] = quantiseBiased(row, dim, biased);
            stageBiased(biased, dim, biased);
        }
    }

    /// Tokens [token, token + count), all of one region, as rows [count, Dh] in bfloat16; of int8 caches only those of
    /// the unfinished region.
    void stage(bool keys, int64_t token, int64_t count, uint16_t* out) const {
        const int64_t p = m_kv.regionTokens, complete = m_kv.completeRegions() * p, dim = m_kv.headDim;
        if (token >= complete) {
            const float* tail = (keys ? m_kv.tailKeys : m_kv.tailValues) + (m_head * p + token - complete) * dim;
            return stageFloats(tail, count * dim, out);
        }
        const Region region = regionOf(keys, token);
        const std::byte* data = region.data;
        switch (m_kv.type) {
            case KvType::F32:
                return stageFloats(reinterpret_cast<const float*>(data), count * dim, out);
            case KvType::BF16:
                std::memcpy(out, data, static_cast<size_t>(count * dim) * 2);
                return;
            case KvType::Int8:
                return;
            case KvType::Fp8:
                return stageFp8(reinterpret_cast<const uint8_t*>(data), byteScale(region), count * dim, out);
            case KvType::Int4:
                return stageInt4(reinterpret_cast<const uint8_t*>(data),
                                 reinterpret_cast<const uint16_t*>(region.scales), count, dim, out);
        }
    }

  private:
    struct Region {
        const std::byte* data;    ///< of the token asked for
        const std::byte* scales;  ///< of its region
    };
    static float byteScale(const Region& region) {
        float scale;
        std::memcpy(&scale, region.scales, 4);
        return scale;
    }
    Region regionOf(bool keys, int64_t token) const {
        const std::byte* page = m_kv.page(keys, token);
        const int64_t inPage = token % m_kv.pageTokens;
        const int64_t scaleRow = m_head * (m_kv.pageTokens / m_kv.regionTokens) + inPage / m_kv.regionTokens;
        return {page + m_head * m_layout.headBytes + inPage * (m_layout.headBytes / m_kv.pageTokens),
                page + m_layout.scalesOffset + scaleRow * m_layout.scaleBytes};
    }

    const KvView& m_kv;
    const KvPageLayout m_layout;
    const int64_t m_head;
};

}  // namespace
}  // namespace lectern::kernels::cpu

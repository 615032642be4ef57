#pragma once
// Reading cached keys and values as bfloat16 rows, for attention_bf16.cpp alone: included inside its target pragma.

#include <immintrin.h>

#include <algorithm>
#include <cstring>

#include "kernels/common/kv_layout.h"
#include "kernels/common/views.h"

namespace lectern::kernels::cpu {
namespace {

inline void stageFloats(const float* from, int64_t values, uint16_t* out) {
    for (int64_t i = 0; i < values; i += 8) {
        const __m256 v = _mm256_loadu_ps(from + i);
        _mm_storeu_si128(reinterpret_cast<__m128i*>(out + i), reinterpret_cast<__m128i>(_mm256_cvtneps_pbh(v)));
    }
}

inline void stageInt8(const int8_t* from, int64_t values, uint16_t* out) {
    for (int64_t i = 0; i < values; i += 8) {
        const __m128i bytes = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(from + i));
        // Whole numbers up to 128 have at most eight significant bits: cutting the lower half loses nothing.
        const __m256i bits = _mm256_castps_si256(_mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(bytes)));
        _mm_storeu_si128(reinterpret_cast<__m128i*>(out + i), _mm256_cvtepi32_epi16(_mm256_srli_epi32(bits, 16)));
    }
}

inline void stageInt4(const uint8_t* from, const float* scales, int64_t rows, int64_t dim, uint16_t* out) {
    const __m256i nibble = _mm256_set1_epi32(15), shifts = _mm256_setr_epi32(0, 4, 8, 12, 16, 20, 24, 28);
    for (int64_t r = 0; r < rows; ++r) {
        for (int64_t d = 0; d < dim; d += 8) {
            uint32_t eight;
            std::memcpy(&eight, from + (r * dim + d) / 2, 4);
            const __m256i quants =
                _mm256_and_si256(_mm256_srlv_epi32(_mm256_set1_epi32(static_cast<int>(eight)), shifts), nibble);
            const __m256 v = _mm256_fmadd_ps(_mm256_cvtepi32_ps(quants), _mm256_loadu_ps(scales + d),
                                             _mm256_loadu_ps(scales + dim + d));
            _mm_storeu_si128(reinterpret_cast<__m128i*>(out + r * dim + d),
                             reinterpret_cast<__m128i>(_mm256_cvtneps_pbh(v)));
        }
    }
}

/// Stages one KV head's cached vectors.
class KvRowsBf16 {
  public:
    KvRowsBf16(const KvView& kv, int64_t head)
        : m_kv(kv),
          m_layout(kvPageLayout(kv.type, kv.pageTokens, kv.regionTokens, kv.kvHeads, kv.headDim)),
          m_head(head) {}

    /// Tokens [token, token + count), all of one region, as rows [count, Dh] and a scale for each.
    void stage(bool keys, int64_t token, int64_t count, uint16_t* out, float* scales) const {
        const int64_t p = m_kv.regionTokens, complete = m_kv.completeRegions() * p, dim = m_kv.headDim;
        std::fill_n(scales, count, 1.0f);
        if (token >= complete) {
            const float* tail = (keys ? m_kv.tailKeys : m_kv.tailValues) + (m_head * p + token - complete) * dim;
            return stageFloats(tail, count * dim, out);
        }
        const std::byte* page = (keys ? m_kv.keyPages : m_kv.valuePages)[token / m_kv.pageTokens];
        const int64_t inPage = token % m_kv.pageTokens;
        const std::byte* data = page + m_head * m_layout.headBytes + inPage * (m_layout.headBytes / m_kv.pageTokens);
        const int64_t scaleRow = m_head * (m_kv.pageTokens / p) + inPage / p;
        const auto* stored =
            reinterpret_cast<const float*>(page + m_layout.scalesOffset) + scaleRow * m_layout.scalesPerRegion;
        switch (m_kv.type) {
            case KvType::F32:
                return stageFloats(reinterpret_cast<const float*>(data), count * dim, out);
            case KvType::BF16:
                std::memcpy(out, data, static_cast<size_t>(count * dim) * 2);
                return;
            case KvType::Int8:
                std::fill_n(scales, count, stored[0]);
                return stageInt8(reinterpret_cast<const int8_t*>(data), count * dim, out);
            case KvType::Int4:
                return stageInt4(reinterpret_cast<const uint8_t*>(data), stored, count, dim, out);
        }
    }

  private:
    const KvView& m_kv;
    const KvPageLayout m_layout;
    const int64_t m_head;
};

}  // namespace
}  // namespace lectern::kernels::cpu

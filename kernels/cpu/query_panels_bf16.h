#pragma once
// Queries of a block, packed for the products of attention_bf16.cpp, and the scores of a tile of keys: included inside
// its target pragma.

#include <immintrin.h>

#include <algorithm>
#include <cstring>
#include <numbers>

#include "kernels/common/views.h"
#include "kernels/cpu/kv_rows_bf16.h"

namespace lectern::kernels::cpu {
namespace {

constexpr int64_t kTileKeys = 128;
// Finite, and far apart: a row that has seen only masked keys keeps weight 0 for them.
constexpr float kNoMaximum = -1e30f;
constexpr float kMasked = -2e30f;
constexpr int64_t kLanes = 16;
constexpr int64_t kPanelRows = 2 * kLanes;
// Accumulators: 8 x 2 of 32 registers hide the latency; head sizes and padded tiles are multiples of 8.
constexpr int kTileRows = 8;
constexpr float kLog2e = std::numbers::log2e_v<float>;

using Pair = uint32_t;

inline __m512bh asBf16(__m512i v) {
    return reinterpret_cast<__m512bh>(v);
}

// Said in assembly because GCC 12 copies the intrinsics' accumulators in every round of a loop, and spills some of
// them.
/// sum + the products of four unsigned bytes and four signed ones in each lane.
inline __m512i addDot4(__m512i sum, __m512i unsignedBytes, __m512i signedBytes) {
    asm("vpdpbusd %2, %1, %0" : "+v"(sum) : "v"(unsignedBytes), "v"(signedBytes));
    return sum;
}
/// sum + the products of two bfloat16 numbers each in each lane.
inline __m512 addDot2(__m512 sum, __m512bh a, __m512bh b) {
    asm("vdpbf16ps %2, %1, %0" : "+v"(sum) : "v"(a), "v"(b));
    return sum;
}

/// A tile of staged keys: bytes [keys, Dh] with a scale each, and rows in bfloat16 [keys, Dh] where they are needed.
struct KeyTile {
    const uint16_t* rows;
    const uint8_t* bytes;
    const float* scales;
};

/// Query rows in panels of 32, scaled so that scores are base-2 logarithms; rows beyond the last are zero.
class QueryPanels {
  public:
    /// `pairsOnly`: what rounding leaves of a query is kept in bfloat16 too, not in bytes.
    QueryPanels(const GatheredAttentionArgs& args, bool bytesOnly, bool pairsOnly)
        : m_args(args),
          m_dim(args.kv.headDim),
          m_rows(args.queryTokens * args.groupHeads),
          m_panels((m_rows + kPanelRows - 1) / kPanelRows),
          m_bytesOnly(bytesOnly),
          m_pairsOnly(pairsOnly && !bytesOnly) {}

    int64_t bytesNeeded() const { return m_panels * kPanelRows * (m_dim * (m_pairsOnly ? 5 : 3) + 3 * 4); }

    /// Packs into `at`, aligned to 64 bytes.
    void pack(std::byte* at) {
        std::memset(at, 0, static_cast<size_t>(bytesNeeded()));
        const int64_t rows = m_panels * kPanelRows;
        m_pairs = reinterpret_cast<Pair*>(at);
        m_quads = m_pairs + rows * m_dim / 2;
        m_bias = reinterpret_cast<int32_t*>(m_quads + rows * m_dim / 4);
        m_byteScales = reinterpret_cast<float*>(m_bias + rows);
        m_units = m_byteScales + rows;
        m_restPairs = reinterpret_cast<Pair*>(m_units + rows);
        std::fill_n(m_byteScales, 2 * rows, 1.0f);
        for (int64_t row = 0; row < m_rows; ++row) packRow(row);
    }

    /// What scores of rows [panel * 32 + half * 16, + 16) are to be multiplied by.
    __m512 units(int64_t panel, int64_t half) const {
        return _mm512_load_ps(m_units + panel * kPanelRows + half * kLanes);
    }

    int64_t dim() const { return m_dim; }
    bool bytesOnly() const { return m_bytesOnly; }
    /// A panel's bytes [Dh/4, 32], bfloat16 pairs and the pairs of what rounding left [Dh/2, 32].
    const Pair* quads(int64_t panel) const { return m_quads + panel * (m_dim / 4) * kPanelRows; }
    const Pair* pairs(int64_t panel) const { return m_pairs + panel * (m_dim / 2) * kPanelRows; }
    const Pair* restPairs(int64_t panel) const { return m_restPairs + panel * (m_dim / 2) * kPanelRows; }
    /// What makes up for keys that are 128 too large.
    __m512i bias(int64_t panel, int64_t half) const { return _mm512_load_si512(m_bias + panel * kPanelRows + half); }

    /// scores [keys, 32] of one panel, and their maxima [keys / kTileRows, 32].
    void score(int64_t panel, const KeyTile& tile, int64_t keys, float* scores, float* maxima) const {
        if (m_bytesOnly) {
            scorePanel<true>(panel, tile, keys, scores, maxima);
        } else {
            scorePanel<false>(panel, tile, keys, scores, maxima);
        }
    }

  private:
    /// A row's bytes are what bfloat16 leaves of it, or all of it over quantised caches.
    void packRow(int64_t row) {
        const float* q = m_args.q + row / m_args.groupHeads * m_args.qStride + row % m_args.groupHeads * m_dim;
        alignas(64) Pair pairs[kMostDim / 2];
        alignas(64) Pair quads[kMostDim / 4];
        alignas(64) float rest[kMostDim];
        const __m512 factor = _mm512_set1_ps(m_args.scale * kLog2e);
        // Scales below this would not tell masked scores apart.
        __m512 most = _mm512_set1_ps(0x1p-60f);
        for (int64_t d = 0; d < m_dim; d += kLanes) {
            const __m512 value = _mm512_mul_ps(_mm512_maskz_loadu_ps(firstLanes(m_dim - d), q + d), factor);
            const auto high = reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(value));
            const __m512 rounded = _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(high), 16));
            const __m512 left = m_bytesOnly ? value : _mm512_sub_ps(value, rounded);
            _mm256_store_si256(reinterpret_cast<__m256i*>(pairs + d / 2), high);
            _mm512_store_ps(rest + d, left);
            most = _mm512_max_ps(most, _mm512_abs_ps(left));
        }
        const int64_t panel = row / kPanelRows, lane = row % kPanelRows;
        Pair* to = m_pairs + panel * (m_dim / 2) * kPanelRows + lane;
        for (int64_t i = 0; i < m_dim / 2; ++i) to[i * kPanelRows] = pairs[i];
        if (m_pairsOnly) {
            for (int64_t d = 0; d < m_dim; d += kLanes) {
                _mm256_store_si256(reinterpret_cast<__m256i*>(pairs + d / 2),
                                   reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(_mm512_load_ps(rest + d))));
            }
            to = m_restPairs + panel * (m_dim / 2) * kPanelRows + lane;
            for (int64_t i = 0; i < m_dim / 2; ++i) to[i * kPanelRows] = pairs[i];
            return;
        }
        const float scale = _mm512_reduce_max_ps(most) / 127.0f;
        const __m512 inverse = _mm512_set1_ps(1.0f / scale);
        __m512i sum = _mm512_setzero_si512();
        for (int64_t d = 0; d < m_dim; d += kLanes) {
            const __m512i whole = _mm512_cvtps_epi32(_mm512_mul_ps(_mm512_load_ps(rest + d), inverse));
            sum = _mm512_add_epi32(sum, whole);
            _mm_store_si128(reinterpret_cast<__m128i*>(quads + d / 4), _mm512_cvtepi32_epi8(whole));
        }
        // Keys are 128 too large, as one operand of vpdpbusd has no sign.
        m_bias[row] = -128 * _mm512_reduce_add_epi32(sum);
        (m_bytesOnly ? m_units : m_byteScales)[row] = scale;
        to = m_quads + panel * (m_dim / 4) * kPanelRows + lane;
        for (int64_t i = 0; i < m_dim / 4; ++i) to[i * kPanelRows] = quads[i];
    }

    template <bool BytesOnly>
    void scorePanel(int64_t panel, const KeyTile& tile, int64_t keys, float* scores, float* maxima) const {
        const Pair* queries = m_pairs + panel * (m_dim / 2) * kPanelRows;
        const Pair* bytes = m_quads + panel * (m_dim / 4) * kPanelRows;
        const __m512i bias0 = _mm512_load_si512(m_bias + panel * kPanelRows);
        const __m512i bias1 = _mm512_load_si512(m_bias + panel * kPanelRows + kLanes);
        const __m512 unit0 = _mm512_load_ps(m_byteScales + panel * kPanelRows);
        const __m512 unit1 = _mm512_load_ps(m_byteScales + panel * kPanelRows + kLanes);
        for (int64_t key = 0; key < keys; key += kTileRows) {
            __m512 acc[kTileRows][2];
            {
                __m512i whole[kTileRows][2];
#pragma GCC unroll 8
                for (int i = 0; i < kTileRows; ++i) {
                    whole[i][0] = bias0;
                    whole[i][1] = bias1;
                }
                const auto* rows = reinterpret_cast<const int*>(tile.bytes + key * m_dim);
                const Pair* q = bytes;
                for (int64_t s = 0; s < m_dim / 4; ++s, q += kPanelRows) {
                    const __m512i b0 = _mm512_load_si512(q), b1 = _mm512_load_si512(q + kLanes);
#pragma GCC unroll 8
                    for (int i = 0; i < kTileRows; ++i) {
                        const __m512i a = _mm512_set1_epi32(rows[i * (m_dim / 4) + s]);
                        whole[i][0] = addDot4(whole[i][0], a, b0);
                        whole[i][1] = addDot4(whole[i][1], a, b1);
                    }
                }
#pragma GCC unroll 8
                for (int i = 0; i < kTileRows; ++i) {
                    const __m512 scale = _mm512_set1_ps(tile.scales[key + i]);
                    acc[i][0] = _mm512_mul_ps(_mm512_cvtepi32_ps(whole[i][0]), scale);
                    acc[i][1] = _mm512_mul_ps(_mm512_cvtepi32_ps(whole[i][1]), scale);
                    if constexpr (!BytesOnly) {
                        acc[i][0] = _mm512_mul_ps(acc[i][0], unit0);
                        acc[i][1] = _mm512_mul_ps(acc[i][1], unit1);
                    }
                }
            }
            if constexpr (!BytesOnly) {
                const auto* rows = reinterpret_cast<const int*>(tile.rows + key * m_dim);
                const Pair* q = queries;
                for (int64_t s = 0; s < m_dim / 2; ++s, q += kPanelRows) {
                    const __m512bh b0 = asBf16(_mm512_load_si512(q)), b1 = asBf16(_mm512_load_si512(q + kLanes));
#pragma GCC unroll 8
                    for (int i = 0; i < kTileRows; ++i) {
                        const __m512bh a = asBf16(_mm512_set1_epi32(rows[i * (m_dim / 2) + s]));
                        acc[i][0] = addDot2(acc[i][0], a, b0);
                        acc[i][1] = addDot2(acc[i][1], a, b1);
                    }
                }
            }
            float* to = scores + key * kPanelRows;
            __m512 most[2] = {acc[0][0], acc[0][1]};
#pragma GCC unroll 8
            for (int i = 0; i < kTileRows; ++i) {
                most[0] = _mm512_max_ps(most[0], acc[i][0]);
                most[1] = _mm512_max_ps(most[1], acc[i][1]);
                _mm512_store_ps(to + i * kPanelRows, acc[i][0]);
                _mm512_store_ps(to + i * kPanelRows + kLanes, acc[i][1]);
            }
            _mm512_store_ps(maxima + key / kTileRows * kPanelRows, most[0]);
            _mm512_store_ps(maxima + key / kTileRows * kPanelRows + kLanes, most[1]);
        }
    }

    const GatheredAttentionArgs& m_args;
    const int64_t m_dim, m_rows, m_panels;
    const bool m_bytesOnly, m_pairsOnly;
    Pair *m_pairs = nullptr, *m_quads = nullptr, *m_restPairs = nullptr;
    int32_t* m_bias = nullptr;
    float *m_byteScales = nullptr, *m_units = nullptr;
};

}  // namespace
}  // namespace lectern::kernels::cpu

#pragma once
// Weighted sums of values over int8 caches, in products of bytes: included inside the target pragma of
// attention_bf16.cpp.
//
// Softmax weights become bytes of the largest among kGroupKeys neighbours of the same row, so that what a key that
// attracts most of a row takes away from others is confined to the few keys beside it. Sums of a group are exact in
// int32; the group's share and its values' scale turn them into f32.

#include <immintrin.h>

#include <algorithm>
#include <cstring>

#include "kernels/cpu/panel_softmax_bf16.h"
#include "kernels/cpu/query_panels_bf16.h"

namespace lectern::kernels::cpu {
namespace {

/// Keys whose weights share a scale: as many as a region usually has, whose values share one.
constexpr int64_t kGroupKeys = 16;

/// 2^x, 7.5e-5 relative (a third-degree polynomial between two whole numbers); at least 2^-126.
inline __m512 exp2Coarse(__m512 x) {
    const __m512 magic = _mm512_set1_ps(0x1.8p23f);  // added, it leaves the nearest whole number in the low bits
    x = _mm512_max_ps(x, _mm512_set1_ps(-126.0f));
    const __m512 shifted = _mm512_add_ps(x, magic);
    const __m512 f = _mm512_sub_ps(x, _mm512_sub_ps(shifted, magic));
    __m512 y = _mm512_fmadd_ps(_mm512_set1_ps(0x1.c3f760p-5f), f, _mm512_set1_ps(0x1.f0de1ap-3f));
    y = _mm512_fmadd_ps(y, f, _mm512_set1_ps(0x1.62f31ap-1f));
    y = _mm512_fmadd_ps(y, f, _mm512_set1_ps(0x1.fff692p-1f));
    const __m512i exponent = _mm512_slli_epi32(_mm512_castps_si512(shifted), 23);
    return _mm512_castsi512_ps(_mm512_add_epi32(_mm512_castps_si512(y), exponent));
}

class ByteValues {
  public:
    using Tiles = void;
    static constexpr int64_t kPadding = kGroupKeys;  ///< keys come in multiples of this

    explicit ByteValues(int64_t dim) : m_dim(dim) {}

    static int64_t bytesNeeded(int64_t dim, int64_t tileKeys) {
        return tileKeys * (2 * dim + 4 + kPanelRows) + tileKeys / kGroupKeys * kPanelRows * 4;
    }

    /// Working memory, aligned to 64 bytes.
    void place(std::byte* at, int64_t tileKeys) {
        const auto take = [&](int64_t size) {
            std::byte* taken = at;
            at += size;
            return taken;
        };
        m_quads = reinterpret_cast<Pair*>(take(tileKeys * m_dim));
        m_weights = reinterpret_cast<Pair*>(take(tileKeys * kPanelRows));
        m_shares = reinterpret_cast<float*>(take(tileKeys / kGroupKeys * kPanelRows * 4));
        m_scales = reinterpret_cast<float*>(take(tileKeys * 4));
        m_rows = reinterpret_cast<int8_t*>(take(tileKeys * m_dim));
    }

    /// Takes tokens of one region as the tile's keys from `key` on.
    void stage(const KvRowsBf16& cached, int64_t token, int64_t count, int64_t key) {
        cached.stageByteValues(token, count, row(key), m_scales + key);
    }

    /// Makes the tile's first `count` keys, followed by empty ones up to `padded`, ready for accumulate().
    void pack(int64_t count, int64_t padded) {
        std::memset(row(count), 0, static_cast<size_t>((padded - count) * m_dim));
        std::fill(m_scales + count, m_scales + padded, m_scales[count - 1]);
        for (int64_t key = 0; key < padded; key += 4) packQuads(row(key), m_quads + key / 4 * m_dim);
        for (int64_t group = 0; group < padded / kGroupKeys; ++group) {
            float* scales = m_scales + group * kGroupKeys;
            const auto [least, most] = std::minmax_element(scales, scales + kGroupKeys);
            m_groups[group] = {*most / 255.0f, *least == *most};
            if (m_groups[group].even) continue;
            const float inverse = 1.0f / *most;
            for (int64_t i = 0; i < kGroupKeys; ++i) scales[i] *= inverse;
        }
    }

    /// Weights of a panel from its scores [keys, 32] and their maxima over each kTileRows keys; adds to the row sums.
    void weigh(const float* scores, const float* maxima, int64_t keys, const PanelSoftmax& softmax, float* sums) {
        for (int64_t half = 0; half < 2; ++half) {
            const __m512 unit = softmax.unit[half], most = softmax.most[half];
            float* rowSums = sums + half * kLanes;
            __m512 total = _mm512_mul_ps(_mm512_load_ps(rowSums), softmax.factor[half]);
            for (int64_t group = 0; group < keys / kGroupKeys; ++group) {
                static_assert(kGroupKeys == 2 * kTileRows);
                const float* pair = maxima + 2 * group * kPanelRows + half * kLanes;
                // Not below a row's first maximum: a group of masked keys has no share.
                const __m512 peak = _mm512_max_ps(
                    _mm512_set1_ps(kNoMaximum), _mm512_max_ps(_mm512_load_ps(pair), _mm512_load_ps(pair + kPanelRows)));
                const __m512 share = exp2Coarse(_mm512_mul_ps(_mm512_sub_ps(peak, most), unit));
                const __m512 offset = _mm512_fnmadd_ps(peak, unit, _mm512_set1_ps(kLog2Of255));
                const int64_t first = group * kGroupKeys;
                const float* from = scores + first * kPanelRows + half * kLanes;
                Pair* to = m_weights + first / 4 * kPanelRows + half * kLanes;
                const __m512 sum = m_groups[group].even ? weighGroup<true>(from, unit, offset, m_scales + first, to)
                                                        : weighGroup<false>(from, unit, offset, m_scales + first, to);
                total = _mm512_fmadd_ps(sum, _mm512_mul_ps(share, _mm512_set1_ps(1.0f / 255.0f)), total);
                _mm512_store_ps(m_shares + group * kPanelRows + half * kLanes,
                                _mm512_mul_ps(share, _mm512_set1_ps(m_groups[group].scale)));
            }
            _mm512_store_ps(rowSums, total);
        }
    }

    /// out [Dh, 32] = out * factor + values^T * weights.
    void accumulate(float* out, int64_t keys, const __m512 (&factor)[2]) const {
        // Few accumulators: each has an exact sum beside it.
        constexpr int kDims = 4;
        const int64_t groups = keys / kGroupKeys;
        for (int64_t d = 0; d < m_dim; d += kDims) {
            float* to = out + d * kPanelRows;
            __m512 acc[kDims][2];
#pragma GCC unroll 4
            for (int i = 0; i < kDims; ++i) {
                acc[i][0] = _mm512_mul_ps(_mm512_load_ps(to + i * kPanelRows), factor[0]);
                acc[i][1] = _mm512_mul_ps(_mm512_load_ps(to + i * kPanelRows + kLanes), factor[1]);
            }
            const Pair* weights = m_weights;
            const Pair* values = m_quads + d;
            for (int64_t group = 0; group < groups; ++group) {
                __m512i whole[kDims][2];
#pragma GCC unroll 4
                for (int i = 0; i < kDims; ++i) whole[i][0] = whole[i][1] = _mm512_setzero_si512();
#pragma GCC unroll 4
                for (int64_t quad = 0; quad < kGroupKeys / 4; ++quad, weights += kPanelRows, values += m_dim) {
                    const __m512i w0 = _mm512_load_si512(weights), w1 = _mm512_load_si512(weights + kLanes);
#pragma GCC unroll 4
                    for (int i = 0; i < kDims; ++i) {
                        const __m512i v = _mm512_set1_epi32(static_cast<int>(values[i]));
                        whole[i][0] = addDot4(whole[i][0], w0, v);
                        whole[i][1] = addDot4(whole[i][1], w1, v);
                    }
                }
                const __m512 share0 = _mm512_load_ps(m_shares + group * kPanelRows);
                const __m512 share1 = _mm512_load_ps(m_shares + group * kPanelRows + kLanes);
#pragma GCC unroll 4
                for (int i = 0; i < kDims; ++i) {
                    acc[i][0] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(whole[i][0]), share0, acc[i][0]);
                    acc[i][1] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(whole[i][1]), share1, acc[i][1]);
                }
            }
#pragma GCC unroll 4
            for (int i = 0; i < kDims; ++i) {
                _mm512_store_ps(to + i * kPanelRows, acc[i][0]);
                _mm512_store_ps(to + i * kPanelRows + kLanes, acc[i][1]);
            }
        }
    }

  private:
    static constexpr float kLog2Of255 = 7.99435343685885793770f;

    struct Group {
        float scale = 0.0f;  ///< of its values, over the largest byte
        bool even = true;    ///< one scale for all of its values
    };

    int8_t* row(int64_t key) {
        return m_rows + key * m_dim;
    }

    /// Four rows of Dh bytes to [Dh][4].
    void packQuads(const int8_t* rows, Pair* to) const {
        for (int64_t d = 0; d < m_dim; d += 8) {
            const auto load = [&](int64_t r) {
                return _mm_loadl_epi64(reinterpret_cast<const __m128i*>(rows + r * m_dim + d));
            };
            const __m128i low = _mm_unpacklo_epi8(load(0), load(1)), high = _mm_unpacklo_epi8(load(2), load(3));
            _mm_storeu_si128(reinterpret_cast<__m128i*>(to + d), _mm_unpacklo_epi16(low, high));
            _mm_storeu_si128(reinterpret_cast<__m128i*>(to + d + 4), _mm_unpackhi_epi16(low, high));
        }
    }

    /// Bytes of kGroupKeys keys, four to a word, from offset + unit * score; their sum before rounding.
    template <bool Even>
    static __m512 weighGroup(const float* scores, __m512 unit, __m512 offset, const float* ratios, Pair* to) {
        __m512 sums[2] = {_mm512_setzero_ps(), _mm512_setzero_ps()};
#pragma GCC unroll 4
        for (int64_t quad = 0; quad < kGroupKeys / 4; ++quad) {
            __m512i bytes[4];
#pragma GCC unroll 4
            for (int i = 0; i < 4; ++i) {
                const int64_t key = quad * 4 + i;
                __m512 weight = exp2Coarse(_mm512_fmadd_ps(_mm512_load_ps(scores + key * kPanelRows), unit, offset));
                sums[i % 2] = _mm512_add_ps(sums[i % 2], weight);
                if constexpr (!Even) weight = _mm512_mul_ps(weight, _mm512_set1_ps(ratios[key]));
                bytes[i] = _mm512_cvtps_epi32(weight);
            }
            const __m512i low = _mm512_or_si512(bytes[0], _mm512_slli_epi32(bytes[1], 8));
            const __m512i high = _mm512_or_si512(_mm512_slli_epi32(bytes[2], 16), _mm512_slli_epi32(bytes[3], 24));
            _mm512_store_si512(to + quad * kPanelRows, _mm512_or_si512(low, high));
        }
        return _mm512_add_ps(sums[0], sums[1]);
    }

    const int64_t m_dim;
    Pair *m_quads = nullptr, *m_weights = nullptr;
    float *m_shares = nullptr, *m_scales = nullptr;
    int8_t* m_rows = nullptr;
    Group m_groups[kTileKeys / kGroupKeys];
};

}  // namespace
}  // namespace lectern::kernels::cpu

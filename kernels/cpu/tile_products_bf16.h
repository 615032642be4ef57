#pragma once
// Scores and weighted sums of attention_bf16.cpp in matrix tiles (tiles.h): included inside its target pragma. Keys and
// values, transposed, are the left sides, so that scores [keys, 32] and outputs [Dh, 32] lie as vector products leave
// them.

#include <cstring>

#include "kernels/cpu/panel_softmax_bf16.h"
#include "kernels/cpu/tiles.h"
#include "kernels/cpu/transpose_words.h"

namespace lectern::kernels::cpu {
namespace {

/// Head sizes that fill whole tiles of bytes, as of bfloat16.
constexpr int64_t kTileDims = 64;
/// Keys that a round of products takes: two tiles of scores, or one of weights.
constexpr int64_t kTileRoundKeys = 32;

/// scores [keys, 32] of one panel, and their maxima [keys / kTileRows, 32], as QueryPanels::score.
template <class Tiles>
inline void scoreTiles(const QueryPanels& queries, int64_t panel, const KeyTile& tile, int64_t keys, float* scores,
                       float* maxima) {
    const int64_t dim = queries.dim();
    for (int64_t key = 0; key < keys; key += kTileRoundKeys) {
        zeroQuad<Tiles>();
        if (queries.bytesOnly()) {
            const Pair* q = queries.quads(panel);
            const uint8_t* rows = tile.bytes + key * dim;
            for (int64_t d = 0; d < dim; d += kTileDims, q += kTileLines * kPanelRows) {
                Tiles::template load<4>(rows + d, dim);
                Tiles::template load<5>(rows + d + kTileLines * dim, dim);
                Tiles::template load<6>(q, kPanelRows * 4);
                Tiles::template load<7>(q + kLanes, kPanelRows * 4);
                Tiles::template addBytes<0, 4, 6>();
                Tiles::template addBytes<1, 4, 7>();
                Tiles::template addBytes<2, 5, 6>();
                Tiles::template addBytes<3, 5, 7>();
            }
        } else {
            const Pair *q = queries.pairs(panel), *rest = queries.restPairs(panel);
            const uint16_t* rows = tile.rows + key * dim;
            for (int64_t d = 0; d < dim; d += kTileDims / 2) {
                Tiles::template load<4>(rows + d, dim * 2);
                Tiles::template load<5>(rows + d + kTileLines * dim, dim * 2);
                for (const Pair* from : {q, rest}) {
                    Tiles::template load<6>(from, kPanelRows * 4);
                    Tiles::template load<7>(from + kLanes, kPanelRows * 4);
                    addQuadBf16<Tiles>();
                }
                q += kTileLines * kPanelRows;
                rest += kTileLines * kPanelRows;
            }
        }
        storeQuad<Tiles>(scores + key * kPanelRows, kPanelRows * 4);
    }
    for (int64_t half = 0; half < kPanelRows; half += kLanes) {
        const __m512i bias = queries.bias(panel, half);
        for (int64_t key = 0; key < keys; key += kTileRows) {
            __m512 most = _mm512_set1_ps(kMasked);
#pragma GCC unroll 8
            for (int64_t i = key; i < key + kTileRows; ++i) {
                float* at = scores + i * kPanelRows + half;
                __m512 score = _mm512_load_ps(at);
                if (queries.bytesOnly()) {
                    const __m512i whole = _mm512_add_epi32(_mm512_castps_si512(score), bias);
                    score = _mm512_mul_ps(_mm512_cvtepi32_ps(whole), _mm512_set1_ps(tile.scales[i]));
                    _mm512_store_ps(at, score);
                }
                most = _mm512_max_ps(most, score);
            }
            _mm512_store_ps(maxima + key / kTileRows * kPanelRows + half, most);
        }
    }
}

/// Values in bfloat16. Those of int8 caches are whole numbers, which it holds exactly; their scales go to the weights.
template <class TilesUsed>
class TileValues {
  public:
    using Tiles = TilesUsed;
    static constexpr int64_t kPadding = kTileRoundKeys;  ///< keys come in multiples of this

    TileValues(int64_t dim, bool bytes) : m_dim(dim), m_bytes(bytes) {}

    static int64_t bytesNeeded(int64_t dim, int64_t tileKeys) {
        return tileKeys * (6 * dim + 4 + 2 * kPanelRows) + kTileRoundKeys * dim;
    }

    /// Working memory, aligned to 64 bytes.
    void place(std::byte* at, int64_t tileKeys) {
        m_rows = reinterpret_cast<uint16_t*>(at);
        m_pairs = reinterpret_cast<Pair*>(m_rows + tileKeys * m_dim);
        m_columns = m_pairs + tileKeys / 2 * m_dim;
        m_weights = m_columns + tileKeys / 2 * m_dim;
        m_scales = reinterpret_cast<float*>(m_weights + tileKeys / 2 * kPanelRows);
        m_staged = reinterpret_cast<int8_t*>(m_scales + tileKeys);
    }

    /// Takes tokens of one region as the tile's keys from `key` on.
    void stage(const KvRowsBf16& cached, int64_t token, int64_t count, int64_t key) {
        uint16_t* to = m_rows + key * m_dim;
        if (!m_bytes) return cached.stage(false, token, count, to);
        for (int64_t done = 0; done < count; done += kTileRoundKeys) {
            const int64_t part = std::min(kTileRoundKeys, count - done);
            cached.stageByteValues(token + done, part, m_staged, m_scales + key + done);
            for (int64_t i = 0; i < part * m_dim; i += kLanes) {
                const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(m_staged + i));
                const __m512 whole = _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(bytes));
                _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + done * m_dim + i),
                                    reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(whole)));
            }
        }
    }

    /// Makes the tile's first `count` keys, followed by empty ones up to `padded`, ready for accumulate().
    void pack(int64_t count, int64_t padded) {
        std::memset(m_rows + count * m_dim, 0, static_cast<size_t>((padded - count) * m_dim) * 2);
        std::fill(m_scales + count, m_scales + padded, 0.0f);
        pairRows(m_rows, padded, m_dim, m_pairs);
        // [rounds of keys, Dh, 16 pairs]
        Pair* to = m_columns;
        for (int64_t round = 0; round < padded / kTileRoundKeys; ++round) {
            const Pair* from = m_pairs + round * kTileLines * m_dim;
            for (int64_t d = 0; d < m_dim; d += kLanes, to += kLanes * kLanes) {
                __m512i words[16];
#pragma GCC unroll 16
                for (int i = 0; i < 16; ++i) words[i] = _mm512_loadu_si512(from + i * m_dim + d);
                transposeWords(words);
#pragma GCC unroll 16
                for (int i = 0; i < 16; ++i) _mm512_store_si512(to + i * kLanes, words[i]);
            }
        }
    }

    void weigh(const float* scores, const float*, int64_t keys, const PanelSoftmax& softmax, float* sums) {
        if (m_bytes) {
            weighPairs<true>(scores, m_scales, keys, softmax, sums, m_weights);
        } else {
            weighPairs<false>(scores, nullptr, keys, softmax, sums, m_weights);
        }
    }

    /// out [Dh, 32] = out * factor + values^T * weights.
    void accumulate(float* out, int64_t keys, const __m512 (&factor)[2]) const {
        const __m512 one = _mm512_set1_ps(1.0f);
        if ((_mm512_cmpneq_ps_mask(factor[0], one) | _mm512_cmpneq_ps_mask(factor[1], one)) != 0) {
            for (float* at = out; at < out + m_dim * kPanelRows; at += kPanelRows) {
                _mm512_store_ps(at, _mm512_mul_ps(_mm512_load_ps(at), factor[0]));
                _mm512_store_ps(at + kLanes, _mm512_mul_ps(_mm512_load_ps(at + kLanes), factor[1]));
            }
        }
        constexpr int64_t kTileWords = kTileBytes / 4;
        for (int64_t d = 0; d < m_dim; d += 2 * kTileLines) {
            float* to = out + d * kPanelRows;
            loadQuad<Tiles>(to, kPanelRows * 4);
            for (int64_t round = 0; round < keys / kTileRoundKeys; ++round) {
                const Pair* values = m_columns + round * kTileLines * m_dim + d * kLanes;
                const Pair* weights = m_weights + round * kTileLines * kPanelRows;
                Tiles::template load<4>(values, kTileLineBytes);
                Tiles::template load<5>(values + kTileWords, kTileLineBytes);
                Tiles::template load<6>(weights, kPanelRows * 4);
                Tiles::template load<7>(weights + kLanes, kPanelRows * 4);
                addQuadBf16<Tiles>();
            }
            storeQuad<Tiles>(to, kPanelRows * 4);
        }
    }

  private:
    const int64_t m_dim;
    const bool m_bytes;  ///< of an int8 cache
    uint16_t* m_rows = nullptr;
    Pair *m_pairs = nullptr, *m_columns = nullptr, *m_weights = nullptr;
    float* m_scales = nullptr;
    int8_t* m_staged = nullptr;
};

}  // namespace
}  // namespace lectern::kernels::cpu

#include "kernels/cpu/attention_bf16.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <type_traits>

#include "hwy/targets.h"
#include "kernels/common/half.h"
#include "kernels/cpu/scratch.h"

// clang knows no pragma that chooses instructions for what follows.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)

#pragma GCC push_options
// GCC 12's own headers start from undefined vectors (gcc.gnu.org/PR105593).
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC target("avx2,fma,f16c,avx512f,avx512bw,avx512vl,avx512dq,avx512bf16,avx512vnni")
#include <immintrin.h>

#include "kernels/cpu/byte_values_bf16.h"
#include "kernels/cpu/kv_rows_bf16.h"
#include "kernels/cpu/pair_values_bf16.h"
#include "kernels/cpu/query_panels_bf16.h"
#include "kernels/cpu/tile_products_bf16.h"

// The scheme of attention.cpp: query rows across the lanes, keys in staged tiles. One vdpbf16ps multiplies two
// consecutive values of 16 rows by a broadcast pair, one vpdpbusd four bytes, so queries lie as [Dh/2][32 rows][2] or
// [Dh/4][32 rows][4], keys as they are stored, values and softmax weights as pairs of consecutive keys, or over int8
// caches as fours of bytes.
//
// Scores of quantised caches are products of bytes. Those of other caches add to a bfloat16 product what rounding cut
// off the queries, as a product of bytes: two thirds of the time of f32 for a score as good as f32's.
//
// In matrix tiles what rounding cut off is another bfloat16 product, and values of int8 caches are bfloat16 numbers
// too: 16 keys share a scale, a quarter of what a tile of bytes sums up.

namespace lectern::kernels::cpu {
namespace {

/// Values says how values are staged and summed up, and with what products.
template <class Values>
class BlockAttention {
  public:
    BlockAttention(const GatheredAttentionArgs& args, Values values)
        : m_args(args),
          m_cached(args.kv, args.kvHead),
          m_dim(args.kv.headDim),
          m_rows(args.queryTokens * args.groupHeads),
          m_panels((m_rows + kPanelRows - 1) / kPanelRows),
          m_queries(args, args.kv.type != KvType::F32 && args.kv.type != KvType::BF16, kTiles),
          m_values(values) {}

    bool run() {
        if (!reserve()) return false;
        const int64_t p = m_args.kv.regionTokens;
        for (int64_t r = 0; r < m_args.regionCount; ++r) {
            // A region that does not fit the tile's rest is split: nothing here depends on whole regions.
            addTokens(static_cast<int64_t>(m_args.regions[r]) * p, p);
        }
        flush();
        m_own = true;
        addTokens(m_args.ownBegin, m_args.firstQuery + m_args.queryTokens - m_args.ownBegin);
        flush();
        finish();
        return true;
    }

  private:
    static constexpr bool kTiles = !std::is_void_v<typename Values::Tiles>;

    bool reserve() {
        thread_local Scratch<std::byte> scratch;
        const auto bytes = [](int64_t count) { return (count * 4 + 63) / 64 * 64; };
        const int64_t panel = bytes(m_dim * kPanelRows), row = bytes(m_panels * kPanelRows);
        const int64_t tile = bytes(kTileKeys * m_dim / 2);
        const int64_t queries = (m_queries.bytesNeeded() + 63) / 64 * 64;
        const int64_t scores = kTileKeys * kPanelRows * 4;
        const int64_t values = (Values::bytesNeeded(m_dim, kTileKeys) + 63) / 64 * 64;
        std::byte* at = scratch.reserve(static_cast<size_t>(queries + m_panels * panel + 2 * row + tile + tile / 2 +
                                                            2 * kTileKeys * 4 + scores + scores / kTileRows + values));
        if (at == nullptr) return false;
        const auto take = [&](auto*& pointer, int64_t size) {
            pointer = reinterpret_cast<std::remove_reference_t<decltype(pointer)>>(at);
            at += size;
        };
        take(m_out, m_panels * panel);
        take(m_max, row);
        take(m_sum, row);
        take(m_keys, tile);
        take(m_keyBytes, tile / 2);
        take(m_keyScales, kTileKeys * 4);
        take(m_tokens, kTileKeys * 4);
        take(m_scores, scores);
        take(m_maxima, scores / kTileRows);
        m_values.place(at, kTileKeys);
        at += values;
        m_queries.pack(at);
        std::memset(m_out, 0, static_cast<size_t>(m_panels * panel));
        std::fill_n(m_max, m_panels * kPanelRows, kNoMaximum);
        std::fill_n(m_sum, m_panels * kPanelRows, 0.0f);
        return true;
    }

    void addTokens(int64_t token, int64_t count) {
        const int64_t p = m_args.kv.regionTokens;
        while (count > 0) {
            const int64_t inRegion = p - token % p;
            const int64_t part = std::min({count, inRegion, kTileKeys - m_count});
            if (kTiles && !m_queries.bytesOnly()) {
                m_cached.stage(true, token, part, m_keys + m_count * m_dim);
            } else {
                m_cached.stageKeys(token, part, m_keys + m_count * m_dim, m_keyBytes + m_count * m_dim,
                                   m_keyScales + m_count);
            }
            m_values.stage(m_cached, token, part, m_count);
            for (int64_t i = 0; i < part; ++i) m_tokens[m_count + i] = static_cast<int32_t>(token + i);
            m_count += part;
            token += part;
            count -= part;
            if (m_count == kTileKeys) flush();
        }
    }

    int64_t position(int64_t row) const { return m_args.firstQuery + row / m_args.groupHeads; }

    /// Attends the staged tile with every panel that may see some of it, and empties it.
    void flush() {
        if (m_count == 0) return;
        const int64_t padded = (m_count + Values::kPadding - 1) / Values::kPadding * Values::kPadding;
        std::memset(m_keys + m_count * m_dim, 0, static_cast<size_t>((padded - m_count) * m_dim) * 2);
        std::memset(m_keyBytes + m_count * m_dim, 0, static_cast<size_t>((padded - m_count) * m_dim));
        for (int64_t i = m_count; i < padded; ++i) {
            m_keyScales[i] = 1.0f;
            m_tokens[i] = INT32_MAX;
        }
        m_values.pack(m_count, padded);
        for (int64_t panel = 0; panel < m_panels; ++panel) {
            const int64_t last = position(std::min(m_rows, (panel + 1) * kPanelRows) - 1);
            int64_t keys = padded;
            bool masked = padded != m_count || m_args.slidingWindow > 0;
            if (m_own) {
                // Tokens of the own part ascend: keys behind the panel's last row are left out altogether.
                if (m_tokens[0] > last) continue;
                keys = std::min(padded, (last - m_tokens[0] + Values::kPadding) / Values::kPadding * Values::kPadding);
                masked = masked || m_tokens[keys - 1] > position(panel * kPanelRows);
            }
            visit(panel, keys, masked);
        }
        m_count = 0;
    }

    void visit(int64_t panel, int64_t keys, bool masked) {
        const KeyTile tile{m_keys, m_keyBytes, m_keyScales};
        if constexpr (kTiles) {
            scoreTiles<typename Values::Tiles>(m_queries, panel, tile, keys, m_scores, m_maxima);
        } else {
            m_queries.score(panel, tile, keys, m_scores, m_maxima);
        }
        if (masked) maskPanel(panel, keys);
        PanelSoftmax softmax;
        for (int half = 0; half < 2; ++half) {
            float* rowMost = m_max + panel * kPanelRows + half * kLanes;
            const __m512 before = _mm512_load_ps(rowMost);
            __m512 most = before;
            for (int64_t block = 0; block < keys / kTileRows; ++block) {
                most = _mm512_max_ps(most, _mm512_load_ps(m_maxima + block * kPanelRows + half * kLanes));
            }
            _mm512_store_ps(rowMost, most);
            softmax.unit[half] = m_queries.units(panel, half);
            softmax.most[half] = most;
            softmax.factor[half] = exp2Fast(_mm512_mul_ps(_mm512_sub_ps(before, most), softmax.unit[half]));
        }
        float* out = m_out + panel * m_dim * kPanelRows;
        m_values.weigh(m_scores, m_maxima, keys, softmax, m_sum + panel * kPanelRows);
        m_values.accumulate(out, keys, softmax.factor);
    }

    /// Hides what the rows of the panel may not see.
    void maskPanel(int64_t panel, int64_t keys) {
        const int64_t window = m_args.slidingWindow > 0 ? m_args.slidingWindow : int64_t{1} << 40;
        alignas(64) int32_t last[kPanelRows], first[kPanelRows];
        for (int64_t lane = 0; lane < kPanelRows; ++lane) {
            const int64_t at = position(std::min(m_rows - 1, panel * kPanelRows + lane));
            last[lane] = static_cast<int32_t>(at);
            first[lane] = static_cast<int32_t>(std::max<int64_t>(0, at - window + 1));
        }
        for (int half = 0; half < 2; ++half) {
            const __m512i to = _mm512_load_si512(last + half * kLanes), from = _mm512_load_si512(first + half * kLanes);
            for (int64_t block = 0; block < keys; block += kTileRows) {
                __m512 most = _mm512_set1_ps(kMasked);
                for (int64_t j = block; j < block + kTileRows; ++j) {
                    float* score = m_scores + j * kPanelRows + half * kLanes;
                    const __m512i token = _mm512_set1_epi32(m_tokens[j]);
                    const __mmask16 seen = _mm512_cmple_epi32_mask(token, to) & _mm512_cmpge_epi32_mask(token, from);
                    const __m512 kept = _mm512_mask_blend_ps(seen, _mm512_set1_ps(kMasked), _mm512_load_ps(score));
                    _mm512_store_ps(score, kept);
                    most = _mm512_max_ps(most, kept);
                }
                _mm512_store_ps(m_maxima + block / kTileRows * kPanelRows + half * kLanes, most);
            }
        }
    }

    void finish() {
        for (int64_t row = 0; row < m_rows; ++row) {
            const float total = m_sum[row], inverse = total > 0.0f ? 1.0f / total : 0.0f;
            float* out = m_args.out + row / m_args.groupHeads * m_args.outStride + row % m_args.groupHeads * m_dim;
            const float* from = m_out + row / kPanelRows * m_dim * kPanelRows + row % kPanelRows;
            for (int64_t d = 0; d < m_dim; ++d) out[d] = from[d * kPanelRows] * inverse;
        }
    }

    const GatheredAttentionArgs& m_args;
    const KvRowsBf16 m_cached;
    const int64_t m_dim, m_rows, m_panels;
    QueryPanels m_queries;
    Values m_values;
    bool m_own = false;
    int64_t m_count = 0;  ///< keys in the tile
    uint8_t* m_keyBytes = nullptr;
    uint16_t* m_keys = nullptr;
    float *m_out = nullptr, *m_max = nullptr, *m_sum = nullptr, *m_scores = nullptr;
    float* m_maxima = nullptr;  ///< of the scores of each kTileRows keys
    float* m_keyScales = nullptr;
    int32_t* m_tokens = nullptr;
};

}  // namespace

bool attentionBf16(const GatheredAttentionArgs& args) {
    const int64_t dim = args.kv.headDim;
    const bool bytes = args.kv.type == KvType::Int8;
    // Tiles are Highway's business no more than bfloat16 is, but a test that asks it for less gets less.
    const bool tiles = dim % kTileDims == 0 && (hwy::SupportedTargets() & HWY_AVX3_DL) != 0;
    if (tiles && tileUse() == TileUse::Instructions) {
        const AmxTiles::Scope scope;
        return BlockAttention(args, TileValues<AmxTiles>(dim, bytes)).run();
    }
    if (tiles && tileUse() == TileUse::Emulated) {
        return BlockAttention(args, TileValues<EmulatedTiles>(dim, bytes)).run();
    }
    return bytes ? BlockAttention(args, ByteValues(dim)).run() : BlockAttention(args, PairValues(dim)).run();
}

}  // namespace lectern::kernels::cpu

#pragma GCC pop_options

namespace lectern::kernels::cpu {

bool supportsAttentionBf16(const GatheredAttentionArgs& args) {
    static const bool hasInstructions =
        __builtin_cpu_supports("avx512bf16") != 0 && __builtin_cpu_supports("avx512vnni") != 0;
    return hasInstructions && (hwy::SupportedTargets() & HWY_AVX3) != 0 && args.gatherCos == nullptr &&
           args.regionMass == nullptr && args.queryTokens * args.groupHeads >= kBlockRows;
}

}  // namespace lectern::kernels::cpu

#else

namespace lectern::kernels::cpu {

bool supportsAttentionBf16(const GatheredAttentionArgs&) {
    return false;
}
bool attentionBf16(const GatheredAttentionArgs&) {
    return false;
}

}  // namespace lectern::kernels::cpu

#endif

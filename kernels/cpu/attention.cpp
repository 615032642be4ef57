#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/attention.cpp"
#include "hwy/foreach_target.h"
// foreach_target must come first.
#include <algorithm>
#include <cmath>
#include <numbers>

#include "kernels/common/validate.h"
#include "kernels/cpu/attention_bf16.h"
#include "kernels/cpu/attention_single.h"
#include "kernels/cpu/cpu.h"
#include "kernels/cpu/kv_rows-inl.h"
#include "kernels/cpu/scratch.h"
#include "kernels/cpu/tile-inl.h"

// Gathered attention by exact online softmax. Query rows (token, head) lie across the vector lanes, kPanel at a time;
// keys are visited in tiles that are decoded once for all rows. Scores of a tile are K * Q^T and the output is V^T * P,
// both products of multiplyTile with the decoded rows as they lie, so nothing but the queries is ever transposed, and
// maxima and sums over keys run down the lanes without a horizontal step.

HWY_BEFORE_NAMESPACE();
namespace lectern::kernels::cpu {
namespace HWY_NAMESPACE {

// Keys per tile: decoded K and V of a tile (64 KiB at Dh 64) stay in the second-level cache while all rows pass by.
constexpr int64_t kTileKeys = 128;
// Finite, so that the difference to a masked score is minus infinity and never NaN.
constexpr float kNoMaximum = -1e30f;
constexpr float kLog2e = std::numbers::log2e_v<float>;

/// One tile of decoded keys and values: tokens [first, first + count) when `own`, whole regions [region, ...)
/// otherwise.
struct Tile {
    int64_t count = 0;
    int64_t slot = 0;  ///< index of the tile's first region in args.regions; args.regionCount for own tokens
    bool own = false;
    HWY_ALIGN int32_t tokens[kTileKeys];
};

class Attention {
  public:
    explicit Attention(const GatheredAttentionArgs& args)
        : m_args(args),
          m_cached(args.kv, args.kvHead),
          m_dim(args.kv.headDim),
          m_rows(args.queryTokens * args.groupHeads),
          m_panels((m_rows + kPanel - 1) / kPanel),
          m_mass(args.regionMass != nullptr && args.queryTokens == 1) {}

    bool run() {
        if (!reserve()) return false;
        packQueries();
        const KvView& kv = m_args.kv;
        const int64_t perTile = HWY_MAX(int64_t{1}, kTileKeys / kv.regionTokens);
        // A region larger than a tile is visited in parts; its mass is summed over them.
        for (int64_t r = 0; r < m_args.regionCount; r += perTile) {
            const int64_t end = HWY_MIN(m_args.regionCount, r + perTile);
            for (int64_t part = 0; part < kv.regionTokens; part += kTileKeys) {
                Tile tile;
                tile.slot = r;
                const int64_t partTokens = HWY_MIN(kTileKeys, kv.regionTokens - part);
                for (int64_t i = r; i < end; ++i) {
                    addTokens(tile, static_cast<int64_t>(m_args.regions[i]) * kv.regionTokens + part, partTokens);
                }
                visit(tile);
            }
        }
        const int64_t ownEnd = m_args.firstQuery + m_args.queryTokens;
        for (int64_t token = m_args.ownBegin; token < ownEnd;) {
            Tile tile;
            tile.own = true;
            tile.slot = m_args.regionCount;
            while (token < ownEnd && tile.count < kTileKeys) {
                const int64_t regionEnd = (token / kv.regionTokens + 1) * kv.regionTokens;
                const int64_t count = HWY_MIN(HWY_MIN(regionEnd, ownEnd) - token, kTileKeys - tile.count);
                addTokens(tile, token, count);
                token += count;
            }
            visit(tile);
        }
        finish();
        return true;
    }

  private:
    bool reserve() {
        thread_local Scratch<float> scratch;
        const int64_t panelValues = m_dim * kPanel;
        const int64_t massValues = m_mass ? m_panels * (m_args.regionCount + 1) * kPanel : 0;
        const int64_t total = 2 * m_panels * panelValues + 2 * m_panels * kPanel + 2 * kTileKeys * m_dim +
                              kTileKeys * kPanel + 2 * massValues;
        float* at = scratch.reserve(static_cast<size_t>(total));
        if (at == nullptr) return false;
        const auto take = [&](int64_t count) {
            float* taken = at;
            at += count;
            return taken;
        };
        m_q = take(m_panels * panelValues);
        m_out = take(m_panels * panelValues);
        m_max = take(m_panels * kPanel);
        m_sum = take(m_panels * kPanel);
        m_keys = take(kTileKeys * m_dim);
        m_values = take(kTileKeys * m_dim);
        m_scores = take(kTileKeys * kPanel);
        m_regionSum = take(massValues);
        m_regionMax = take(massValues);
        std::fill_n(m_out, m_panels * panelValues, 0.0f);
        std::fill_n(m_max, m_panels * kPanel, kNoMaximum);
        std::fill_n(m_sum, m_panels * kPanel, 0.0f);
        std::fill_n(m_regionSum, massValues, 0.0f);
        std::fill_n(m_regionMax, massValues, kNoMaximum);
        return true;
    }

    /// Query panels [Dh, kPanel], scaled so that scores are base-2 logarithms; rows beyond the last are zero.
    void packQueries() {
        std::fill_n(m_q, m_panels * m_dim * kPanel, 0.0f);
        const float factor = m_args.scale * kLog2e;
        for (int64_t row = 0; row < m_rows; ++row) {
            const float* q = m_args.q + row / m_args.groupHeads * m_args.qStride + row % m_args.groupHeads * m_dim;
            float* panel = m_q + row / kPanel * m_dim * kPanel + row % kPanel;
            for (int64_t d = 0; d < m_dim; ++d) panel[d * kPanel] = q[d] * factor;
        }
    }

    void addTokens(Tile& tile, int64_t token, int64_t count) {
        float* keys = m_keys + tile.count * m_dim;
        m_cached.decode(true, token, count, keys);
        m_cached.decode(false, token, count, m_values + tile.count * m_dim);
        if (m_args.gatherCos != nullptr) {
            const int64_t row = token * (m_dim / 2);
            rotateRows(keys, count, m_dim, m_args.gatherCos + row, m_args.gatherSin + row);
        }
        for (int64_t i = 0; i < count; ++i) tile.tokens[tile.count + i] = static_cast<int32_t>(token + i);
        tile.count += count;
    }

    int64_t position(int64_t row) const { return m_args.firstQuery + row / m_args.groupHeads; }

    void visit(const Tile& tile) {
        for (int64_t panel = 0; panel < m_panels; ++panel) {
            const int64_t lastRow = HWY_MIN(m_rows, (panel + 1) * kPanel) - 1;
            if (tile.own && tile.tokens[0] > position(lastRow)) continue;
            scorePanel(tile, panel);
            const bool causal = tile.own && tile.tokens[tile.count - 1] > position(panel * kPanel);
            if (causal || m_args.slidingWindow > 0) maskPanel(tile, panel);
            softmaxPanel(tile, panel);
        }
    }

    /// m_scores [keys, kPanel] = keys * query panel.
    void scorePanel(const Tile& tile, int64_t panel) {
        const float* q = m_q + panel * m_dim * kPanel;
        forRowGroups(tile.count, [&]<int Rows>(int64_t r) HWY_ATTR {
            FloatVec acc[Rows][2];
            LECTERN_UNROLL
            for (int i = 0; i < Rows; ++i) acc[i][0] = acc[i][1] = hn::Zero(kFloat);
            multiplyTile<Rows>(m_dim, m_keys + r * m_dim, m_dim, 1, q, acc);
            LECTERN_UNROLL
            for (int i = 0; i < Rows; ++i) {
                hn::Store(acc[i][0], kFloat, m_scores + (r + i) * kPanel);
                hn::Store(acc[i][1], kFloat, m_scores + (r + i) * kPanel + kPanel / 2);
            }
        });
    }

    void maskPanel(const Tile& tile, int64_t panel) {
        HWY_ALIGN int32_t positions[kPanel];
        for (int64_t lane = 0; lane < kPanel; ++lane) {
            positions[lane] = static_cast<int32_t>(position(HWY_MIN(m_rows - 1, panel * kPanel + lane)));
        }
        const FloatVec hidden = hn::Set(kFloat, -std::numeric_limits<float>::infinity());
        const auto window = hn::Set(kInt, static_cast<int32_t>(HWY_MIN(m_args.slidingWindow, int64_t{1} << 30)));
        for (int64_t half = 0; half < 2; ++half) {
            const auto at = hn::Load(kInt, positions + half * (kPanel / 2));
            for (int64_t j = 0; j < tile.count; ++j) {
                float* score = m_scores + j * kPanel + half * (kPanel / 2);
                const auto token = hn::Set(kInt, tile.tokens[j]);
                auto masked = hn::Gt(token, at);
                if (m_args.slidingWindow > 0) masked = hn::Or(masked, hn::Not(hn::Gt(token, hn::Sub(at, window))));
                hn::Store(hn::IfThenElse(hn::RebindMask(kFloat, masked), hidden, hn::Load(kFloat, score)), kFloat,
                          score);
            }
        }
    }

    /// Turns the tile's scores into weights under the new maximum and folds them into sums and outputs.
    void softmaxPanel(const Tile& tile, int64_t panel) {
        float* maxima = m_max + panel * kPanel;
        float* sums = m_sum + panel * kPanel;
        HWY_ALIGN float correction[kPanel];
        for (int64_t half = 0; half < kPanel; half += kPanel / 2) {
            const FloatVec before = hn::Load(kFloat, maxima + half);
            FloatVec most = before;
            for (int64_t j = 0; j < tile.count; ++j)
                most = hn::Max(most, hn::Load(kFloat, m_scores + j * kPanel + half));
            const FloatVec factor = exp2Clamped(hn::Sub(before, most));
            FloatVec total = hn::Mul(hn::Load(kFloat, sums + half), factor);
            for (int64_t j = 0; j < tile.count; ++j) {
                float* score = m_scores + j * kPanel + half;
                const FloatVec weight = exp2Clamped(hn::Sub(hn::Load(kFloat, score), most));
                hn::Store(weight, kFloat, score);
                total = hn::Add(total, weight);
            }
            hn::Store(most, kFloat, maxima + half);
            hn::Store(total, kFloat, sums + half);
            hn::Store(factor, kFloat, correction + half);
        }
        if (m_mass) addMass(tile, panel);
        accumulate(tile, panel, correction);
    }

    /// out [Dh, kPanel] = out * correction + values^T * weights.
    void accumulate(const Tile& tile, int64_t panel, const float* correction) {
        float* out = m_out + panel * m_dim * kPanel;
        const FloatVec c0 = hn::Load(kFloat, correction), c1 = hn::Load(kFloat, correction + kPanel / 2);
        forRowGroups(m_dim, [&]<int Rows>(int64_t d) HWY_ATTR {
            FloatVec acc[Rows][2];
            LECTERN_UNROLL
            for (int i = 0; i < Rows; ++i) {
                acc[i][0] = hn::Mul(hn::Load(kFloat, out + (d + i) * kPanel), c0);
                acc[i][1] = hn::Mul(hn::Load(kFloat, out + (d + i) * kPanel + kPanel / 2), c1);
            }
            multiplyTile<Rows>(tile.count, m_values + d, 1, m_dim, m_scores, acc);
            LECTERN_UNROLL
            for (int i = 0; i < Rows; ++i) {
                hn::Store(acc[i][0], kFloat, out + (d + i) * kPanel);
                hn::Store(acc[i][1], kFloat, out + (d + i) * kPanel + kPanel / 2);
            }
        });
    }

    /// Adds the tile's weights to its regions' sums, each kept under the maximum of its time.
    void addMass(const Tile& tile, int64_t panel) {
        const int64_t slots = m_args.regionCount + 1;
        const int64_t perSlot =
            tile.own ? tile.count : HWY_MIN(kTileKeys, static_cast<int64_t>(m_args.kv.regionTokens));
        for (int64_t j = 0; j < tile.count; ++j) {
            const int64_t slot = tile.own ? tile.slot : tile.slot + j / perSlot;
            float* sum = m_regionSum + (panel * slots + slot) * kPanel;
            float* max = m_regionMax + (panel * slots + slot) * kPanel;
            for (int64_t half = 0; half < kPanel; half += kPanel / 2) {
                const FloatVec now = hn::Load(kFloat, m_max + panel * kPanel + half);
                const FloatVec weight = hn::Load(kFloat, m_scores + j * kPanel + half);
                FloatVec held = hn::Load(kFloat, sum + half);
                // The first key of a tile brings an older sum under the new maximum.
                if (j % perSlot == 0) held = hn::Mul(held, exp2Clamped(hn::Sub(hn::Load(kFloat, max + half), now)));
                hn::Store(hn::Add(held, weight), kFloat, sum + half);
                hn::Store(now, kFloat, max + half);
            }
        }
    }

    void finish() {
        const int64_t slots = m_args.regionCount + 1;
        for (int64_t row = 0; row < m_rows; ++row) {
            const int64_t panel = row / kPanel, lane = row % kPanel;
            const float total = m_sum[row];
            const float inverse = total > 0.0f ? 1.0f / total : 0.0f;
            float* out = m_args.out + row / m_args.groupHeads * m_args.outStride + row % m_args.groupHeads * m_dim;
            const float* from = m_out + panel * m_dim * kPanel + lane;
            for (int64_t d = 0; d < m_dim; ++d) out[d] = from[d * kPanel] * inverse;
            for (int64_t slot = 0; m_mass && slot < slots; ++slot) {
                const int64_t at = (panel * slots + slot) * kPanel + lane;
                m_args.regionMass[row * slots + slot] =
                    m_regionSum[at] * std::exp2(m_regionMax[at] - m_max[row]) * inverse;
            }
        }
    }

    const GatheredAttentionArgs& m_args;
    const KvRows m_cached;
    const int64_t m_dim, m_rows, m_panels;
    const bool m_mass;
    float *m_q = nullptr, *m_out = nullptr, *m_max = nullptr, *m_sum = nullptr;
    float *m_keys = nullptr, *m_values = nullptr, *m_scores = nullptr;
    float *m_regionSum = nullptr, *m_regionMax = nullptr;
};

bool runAttention(const GatheredAttentionArgs& args) {
    return Attention(args).run();
}

}  // namespace HWY_NAMESPACE
}  // namespace lectern::kernels::cpu
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace lectern::kernels::cpu {

HWY_EXPORT(runAttention);

Status gatheredAttention(const GatheredAttentionArgs& args) {
    if (!validGatheredAttention(args)) return Status::InvalidArgument;
    const bool done = args.queryTokens == 1 && args.groupHeads < kBlockRows ? attentionSingle(args)
                      : args.bf16Products && supportsAttentionBf16(args)    ? attentionBf16(args)
                                                                            : HWY_DYNAMIC_DISPATCH(runAttention)(args);
    return done ? Status::Ok : Status::OutOfMemory;
}

}  // namespace lectern::kernels::cpu
#endif

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/attention_single.cpp"
#include "hwy/foreach_target.h"
// foreach_target must come first.
#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "kernels/cpu/attention_single.h"
#include "kernels/cpu/kv_rows-inl.h"
#include "kernels/cpu/scratch.h"
#include "kernels/cpu/tile-inl.h"

// One query token has too few rows to fill the lanes, so head dimensions lie across them. Two passes over the attended
// tokens: all scores first, then softmax, then the values, each decoded in registers where whole vectors fit its rows.
// The first pass asks for the keys of the next regions and for the values of those that it has come to: within a
// usual budget a group's values fit into the second-level cache.

HWY_BEFORE_NAMESPACE();
namespace lectern::kernels::cpu {
namespace HWY_NAMESPACE {

// Rows of a segment (8 KiB at Dh 64 when decoded) stay in the first-level cache for all heads.
constexpr int64_t kSegmentTokens = 32;
// Segments asked for ahead of their turn: memory latency is about one segment's work.
constexpr size_t kPrefetchSegments = 3;
constexpr int kHeadsAtOnce = 3;
constexpr float kScoreLog2e = std::numbers::log2e_v<float>;

struct Segment {
    int64_t token = 0;
    int64_t count = 0;
    int64_t at = 0;  ///< index of its first score
};

class SingleAttention {
  public:
    explicit SingleAttention(const GatheredAttentionArgs& args)
        : m_args(args),
          m_rows(args.kv, args.kvHead),
          m_dim(args.kv.headDim),
          m_padded((m_dim + floatLanes() - 1) / floatLanes() * floatLanes()),
          m_heads(args.groupHeads) {}

    bool run() {
        listSegments();
        if (!reserve()) return false;
        for (size_t i = 0; i < m_segments.size(); ++i) {
            prefetch(i);
            const Segment& segment = m_segments[i];
            withRows(true, segment, [&](const auto& rows) HWY_ATTR {
                forHeads([&]<int Heads>(int64_t head) HWY_ATTR { score<Heads>(rows, segment, head); });
            });
        }
        for (int64_t head = 0; head < m_heads; ++head) softmax(head);
        for (const Segment& segment : m_segments) {
            withRows(false, segment, [&](const auto& rows) HWY_ATTR {
                forHeads([&]<int Heads>(int64_t head) HWY_ATTR { accumulate<Heads>(rows, segment, head); });
            });
        }
        for (int64_t head = 0; head < m_heads; ++head) {
            const float inverse = m_sums[head] > 0.0f ? 1.0f / m_sums[head] : 0.0f;
            for (int64_t d = 0; d < m_dim; ++d) m_args.out[head * m_dim + d] = m_out[head * m_padded + d] * inverse;
        }
        return true;
    }

  private:
    void listSegments() {
        const int64_t p = m_args.kv.regionTokens;
        const auto add = [&](int64_t token, int64_t end) {
            while (token < end) {
                const int64_t count = HWY_MIN(HWY_MIN(end, (token / p + 1) * p) - token, kSegmentTokens);
                m_segments.push_back({token, count, m_total});
                // Scores are stored four at a time.
                m_total += (count + 3) / 4 * 4;
                token += count;
            }
        };
        m_segments.clear();
        for (int64_t r = 0; r < m_args.regionCount; ++r) {
            add(static_cast<int64_t>(m_args.regions[r]) * p, (static_cast<int64_t>(m_args.regions[r]) + 1) * p);
        }
        m_ownScores = m_total;
        add(m_args.ownBegin, m_args.firstQuery + 1);
        m_stride = (m_total + 15) / 16 * 16;
    }

    bool reserve() {
        thread_local Scratch<float> scratch;
        float* at = scratch.reserve(static_cast<size_t>(m_heads * (2 * m_padded + m_stride + 1) + 15 +
                                                        kSegmentTokens * m_padded + kSegmentTokens * m_dim));
        if (at == nullptr) return false;
        const auto take = [&](int64_t count) {
            float* taken = at;
            at += count;
            return taken;
        };
        m_scores = take(m_heads * m_stride);
        m_q = take(m_heads * m_padded);
        m_out = take(m_heads * m_padded);
        m_tile = take(kSegmentTokens * m_padded);
        m_sums = take((m_heads + 15) / 16 * 16);
        m_packed = take(kSegmentTokens * m_dim);
        std::fill_n(m_q, m_heads * m_padded, 0.0f);
        std::fill_n(m_out, m_heads * m_padded, 0.0f);
        std::fill_n(m_tile, kSegmentTokens * m_padded, 0.0f);
        const float factor = m_args.scale * kScoreLog2e;
        for (int64_t head = 0; head < m_heads; ++head) {
            for (int64_t d = 0; d < m_dim; ++d) m_q[head * m_padded + d] = m_args.q[head * m_dim + d] * factor;
            // Padding that no segment fills.
            std::fill_n(m_scores + head * m_stride + m_total, m_stride - m_total, hidden());
        }
        return true;
    }

    static constexpr float hidden() { return -std::numeric_limits<float>::infinity(); }

    void prefetch(size_t segment) const {
        if (segment == 0) {
            for (size_t i = 0; i < HWY_MIN(kPrefetchSegments, m_segments.size()); ++i) {
                m_rows.prefetch(true, m_segments[i].token, m_segments[i].count);
            }
        }
        if (segment + kPrefetchSegments < m_segments.size()) {
            const Segment& next = m_segments[segment + kPrefetchSegments];
            m_rows.prefetch(true, next.token, next.count);
        }
        m_rows.prefetch(false, m_segments[segment].token, m_segments[segment].count);
    }

    /// Calls f with the segment's rows, whose length is a multiple of the lanes.
    template <class F>
    HWY_INLINE void withRows(bool keys, const Segment& segment, const F& f) {
        if (m_padded == m_dim && !(keys && m_args.gatherCos != nullptr)) {
            m_rows.withRows(keys, segment.token, f);
        } else {
            decodeTile(keys, segment);
            f(FloatRows{m_tile, m_padded});
        }
    }

    /// The segment's rows at m_tile, [tokens, padded].
    void decodeTile(bool keys, const Segment& segment) {
        float* target = m_padded == m_dim ? m_tile : m_packed;
        m_rows.decode(keys, segment.token, segment.count, target);
        if (keys && m_args.gatherCos != nullptr) {
            const int64_t row = segment.token * (m_dim / 2);
            rotateRows(target, segment.count, m_dim, m_args.gatherCos + row, m_args.gatherSin + row);
        }
        if (m_padded != m_dim) {
            for (int64_t r = 0; r < segment.count; ++r) {
                std::memcpy(m_tile + r * m_padded, m_packed + r * m_dim, static_cast<size_t>(m_dim) * 4);
            }
        }
    }

    template <class F>
    void forHeads(const F& f) {
        int64_t head = 0;
        for (; head + kHeadsAtOnce <= m_heads; head += kHeadsAtOnce) f.template operator()<kHeadsAtOnce>(head);
        if (m_heads - head == 2) f.template operator()<2>(head);
        if (m_heads - head == 1) f.template operator()<1>(head);
    }

    template <int Heads, class Rows>
    void score(const Rows rows, const Segment& segment, int64_t head) {
        const int64_t lanes = floatLanes();
        const hn::CappedTag<float, 4> four;
        for (int64_t key = 0; key < segment.count; key += 4) {
            // The last row stands in for those behind it, which need not exist.
            int64_t row[4];
            LECTERN_UNROLL
            for (int i = 0; i < 4; ++i) row[i] = HWY_MIN(key + i, segment.count - 1);
            FloatVec acc[Heads][4];
            LECTERN_UNROLL
            for (int h = 0; h < Heads; ++h) acc[h][0] = acc[h][1] = acc[h][2] = acc[h][3] = hn::Zero(kFloat);
            for (int64_t d = 0; d < m_padded; d += lanes) {
                FloatVec k[4];
                LECTERN_UNROLL
                for (int i = 0; i < 4; ++i) k[i] = rows.load(row[i], d);
                LECTERN_UNROLL
                for (int h = 0; h < Heads; ++h) {
                    const FloatVec q = hn::LoadU(kFloat, m_q + (head + h) * m_padded + d);
                    LECTERN_UNROLL
                    for (int i = 0; i < 4; ++i) acc[h][i] = hn::MulAdd(q, k[i], acc[h][i]);
                }
            }
            LECTERN_UNROLL
            for (int h = 0; h < Heads; ++h) {
                float* to = m_scores + (head + h) * m_stride + segment.at + key;
                sumsOfFour(acc[h][0], acc[h][1], acc[h][2], acc[h][3], to);
                if constexpr (Rows::kScaled) {
                    hn::StoreU(hn::Mul(hn::LoadU(four, to), hn::Set(four, rows.scale)), four, to);
                }
            }
        }
        const int64_t first = m_args.slidingWindow > 0 ? m_args.firstQuery - m_args.slidingWindow + 1 : 0;
        for (int h = 0; h < Heads; ++h) {
            float* scores = m_scores + (head + h) * m_stride + segment.at;
            for (int64_t i = segment.count; i < (segment.count + 3) / 4 * 4; ++i) scores[i] = hidden();
            for (int64_t i = 0; i < segment.count && segment.token + i < first; ++i) scores[i] = hidden();
        }
    }

    /// Scores to weights 2^(score - maximum), their sum, and each region's share.
    void softmax(int64_t head) {
        const int64_t lanes = floatLanes();
        float* scores = m_scores + head * m_stride;
        FloatVec most = hn::Set(kFloat, -1e30f);
        for (int64_t i = 0; i < m_stride; i += lanes) most = hn::Max(most, hn::LoadU(kFloat, scores + i));
        most = hn::Set(kFloat, maxOfLanes(most));
        FloatVec total = hn::Zero(kFloat);
        for (int64_t i = 0; i < m_stride; i += lanes) {
            const FloatVec weight = exp2Clamped(hn::Sub(hn::LoadU(kFloat, scores + i), most));
            hn::StoreU(weight, kFloat, scores + i);
            total = hn::Add(total, weight);
        }
        m_sums[head] = sumOfLanes(total);
        if (m_args.regionMass == nullptr) return;
        float* mass = m_args.regionMass + head * (m_args.regionCount + 1);
        const float inverse = m_sums[head] > 0.0f ? 1.0f / m_sums[head] : 0.0f;
        // Scores of complete regions lie one after another, each padded in the same way.
        const int64_t perRegion = m_args.regionCount > 0 ? m_ownScores / m_args.regionCount : 0;
        for (int64_t r = 0; r <= m_args.regionCount; ++r) {
            const int64_t begin = r * perRegion, end = r < m_args.regionCount ? begin + perRegion : m_total;
            float sum = 0.0f;
            for (int64_t i = begin; i < end; ++i) sum += scores[i];
            mass[r] = sum * inverse;
        }
    }

    template <int Heads, class Rows>
    void accumulate(const Rows& rows, const Segment& segment, int64_t head) {
        const int64_t lanes = floatLanes();
        int64_t d = 0;
        for (; d + 4 * lanes <= m_padded; d += 4 * lanes) accumulateColumns<Heads, 4>(rows, segment, head, d);
        for (; d < m_padded; d += lanes) accumulateColumns<Heads, 1>(rows, segment, head, d);
    }

    template <int Heads, int Vectors, class Rows>
    HWY_INLINE void accumulateColumns(const Rows rows, const Segment& segment, int64_t head, int64_t d) {
        const int64_t lanes = floatLanes();
        FloatVec acc[Heads][Vectors];
        LECTERN_UNROLL
        for (int h = 0; h < Heads; ++h) {
            LECTERN_UNROLL
            for (int v = 0; v < Vectors; ++v) {
                acc[h][v] = hn::LoadU(kFloat, m_out + (head + h) * m_padded + d + v * lanes);
            }
        }
        const float* weights = m_scores + head * m_stride + segment.at;
        for (int64_t key = 0; key < segment.count; ++key) {
            FloatVec x[Vectors];
            LECTERN_UNROLL
            for (int v = 0; v < Vectors; ++v) x[v] = rows.load(key, d + v * lanes);
            LECTERN_UNROLL
            for (int h = 0; h < Heads; ++h) {
                float weightOfKey = weights[h * m_stride + key];
                if constexpr (Rows::kScaled) weightOfKey *= rows.scale;
                const FloatVec weight = hn::Set(kFloat, weightOfKey);
                LECTERN_UNROLL
                for (int v = 0; v < Vectors; ++v) acc[h][v] = hn::MulAdd(weight, x[v], acc[h][v]);
            }
        }
        LECTERN_UNROLL
        for (int h = 0; h < Heads; ++h) {
            LECTERN_UNROLL
            for (int v = 0; v < Vectors; ++v) {
                hn::StoreU(acc[h][v], kFloat, m_out + (head + h) * m_padded + d + v * lanes);
            }
        }
    }

    const GatheredAttentionArgs& m_args;
    const KvRows m_rows;
    const int64_t m_dim, m_padded, m_heads;
    std::vector<Segment> m_segments;
    int64_t m_total = 0, m_stride = 0, m_ownScores = 0;
    float *m_q = nullptr, *m_out = nullptr, *m_tile = nullptr, *m_packed = nullptr;
    float *m_scores = nullptr, *m_sums = nullptr;
};

bool runSingle(const GatheredAttentionArgs& args) {
    return SingleAttention(args).run();
}

}  // namespace HWY_NAMESPACE
}  // namespace lectern::kernels::cpu
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace lectern::kernels::cpu {

HWY_EXPORT(runSingle);

bool attentionSingle(const GatheredAttentionArgs& args) {
    return HWY_DYNAMIC_DISPATCH(runSingle)(args);
}

}  // namespace lectern::kernels::cpu
#endif

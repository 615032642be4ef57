#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/region_index_block.cpp"
#include "hwy/foreach_target.h"
// foreach_target must come first.
#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/cpu/region_search.h"
#include "kernels/cpu/scratch.h"
#include "kernels/cpu/tile-inl.h"

// Selection for the regions of blocks of queries: queries lie across the lanes, kPanel at a time, and a super-region is
// decoded and scored for a panel when any of its queries may still need it. Scores are compared with the queries'
// thresholds as they come out of the product; the score matrix is never stored.

HWY_BEFORE_NAMESPACE();
namespace lectern::kernels::cpu {
namespace HWY_NAMESPACE {

class BlockSearch {
  public:
    BlockSearch(const RegionSearch& search, std::vector<TopRegions>& tops)
        : m_search(search), m_args(search.args), m_tops(tops), m_dim(search.args.index.headDim) {}

    bool run() {
        thread_local Scratch<float> scratch;
        m_scored =
            scratch.reserve(static_cast<size_t>((3 * kPanel + 2 * kSuperRegions) * m_dim + kSuperRegions * kPanel));
        if (m_scored == nullptr) return false;
        m_plus = m_scored + kPanel * m_dim;
        m_minus = m_plus + kPanel * m_dim;
        m_scores = m_minus + kPanel * m_dim;
        m_decoded = m_scores + kSuperRegions * kPanel;
        for (m_first = 0; m_first < m_args.queryCount; m_first = m_end) {
            m_end = HWY_MIN(m_args.queryCount, m_first + static_cast<int32_t>(kPanel));
            searchPanel();
        }
        return true;
    }

    int64_t visited() const { return m_visited; }

  private:
    void pack(const std::vector<float>& from, float* panel) const {
        std::fill_n(panel, kPanel * m_dim, 0.0f);
        for (int32_t i = m_first; i < m_end; ++i) {
            const float* query = from.data() + i * m_dim;
            for (int64_t d = 0; d < m_dim; ++d) panel[d * kPanel + i - m_first] = query[d];
        }
    }

    void searchPanel() {
        pack(m_search.scored(), m_scored);
        pack(m_search.plus, m_plus);
        pack(m_search.minus, m_minus);
        for (int64_t lane = 0; lane < kPanel; ++lane) {
            m_magnitudes[lane] = 0.0f;
            for (int64_t d = 0; d < m_dim; ++d)
                m_magnitudes[lane] += m_plus[d * kPanel + lane] - m_minus[d * kPanel + lane];
        }
        const auto [least, most] = std::minmax_element(m_args.candidateEnds + m_first, m_args.candidateEnds + m_end);
        const int64_t begin = m_args.candidateBegin, last = *most;
        m_shortest = *least;
        if (last <= begin) return;
        readThresholds();
        const bool twoLevels = m_args.level != SearchLevel::Flat && last - begin >= kTwoLevelCandidates;
        const int64_t firstSuper = begin / kSuperRegions;
        // The newest regions usually score highest: from the end on, thresholds are soon high.
        for (int64_t super = (last - 1) / kSuperRegions; super >= firstSuper; super -= kSuperRegions) {
            const int64_t lowest = HWY_MAX(firstSuper, super - kSuperRegions + 1), count = super - lowest + 1;
            const uint32_t wanted = twoLevels ? wantedSupers(lowest, count) : (1U << count) - 1;
            for (int64_t s = count - 1; s >= 0; --s) {
                if ((wanted >> s & 1U) == 0) continue;
                const int64_t from = HWY_MAX(begin, (lowest + s) * kSuperRegions);
                const int64_t to = HWY_MIN(last, (lowest + s + 1) * kSuperRegions);
                multiply(m_search.rows, from, to - from, m_scored);
                collect(from, to);
                for (int32_t i = m_first; i < m_end; ++i)
                    m_visited += HWY_MAX(int64_t{0}, HWY_MIN(to, m_args.candidateEnds[i]) - from);
            }
        }
    }

    void readThresholds() {
        for (int32_t lane = 0; lane < kPanel; ++lane) {
            m_thresholds[lane] = m_first + lane < m_end ? m_tops[static_cast<size_t>(m_first + lane)].threshold()
                                                        : std::numeric_limits<float>::infinity();
        }
    }

    /// m_scores [count, kPanel] = stored rows * query panels.
    void multiply(const RegionRows& rows, int64_t begin, int64_t count, const float* highPanel) {
        float* low = m_decoded + kSuperRegions * m_dim;
        decodeBfloat16(rows.high + begin * m_dim, count * m_dim, m_decoded);
        if (rows.low) decodeBfloat16(rows.low + begin * m_dim, count * m_dim, low);
        forRowGroups(count, [&]<int Rows>(int64_t r) HWY_ATTR {
            FloatVec acc[Rows][2];
            LECTERN_UNROLL
            for (int i = 0; i < Rows; ++i) acc[i][0] = acc[i][1] = hn::Zero(kFloat);
            multiplyTile<Rows>(m_dim, m_decoded + r * m_dim, m_dim, 1, highPanel, acc);
            if (rows.low) multiplyTile<Rows>(m_dim, low + r * m_dim, m_dim, 1, m_minus, acc);
            LECTERN_UNROLL
            for (int i = 0; i < Rows; ++i) {
                hn::Store(acc[i][0], kFloat, m_scores + (r + i) * kPanel);
                hn::Store(acc[i][1], kFloat, m_scores + (r + i) * kPanel + kPanel / 2);
            }
        });
    }

    /// Largest magnitude among the decoded values of super-region row `s`.
    float largest(int64_t s) const {
        float most = 0.0f;
        for (const float* row : {m_decoded + s * m_dim, m_decoded + (kSuperRegions + s) * m_dim}) {
            FloatVec lanes = hn::Zero(kFloat);
            int64_t d = 0;
            for (; d + floatLanes() <= m_dim; d += floatLanes()) {
                lanes = hn::Max(lanes, hn::Abs(hn::LoadU(kFloat, row + d)));
            }
            for (; d < m_dim; ++d) most = HWY_MAX(most, std::fabs(row[d]));
            most = HWY_MAX(most, maxOfLanes(lanes));
        }
        return most;
    }

    /// Bit s: for some query the bound of upper-level row lowest + s is not below its threshold.
    uint32_t wantedSupers(int64_t lowest, int64_t count) {
        multiply(m_search.supers, lowest, count, m_plus);
        uint32_t wanted = 0;
        for (int64_t s = 0; s < count; ++s) {
            const FloatVec share = hn::Set(kFloat, largest(s) * kRoundingShare);
            for (int64_t half = 0; half < kPanel; half += kPanel / 2) {
                const FloatVec bound = hn::MulAdd(share, hn::Load(kFloat, m_magnitudes + half),
                                                  hn::Load(kFloat, m_scores + s * kPanel + half));
                const auto below = hn::Lt(bound, hn::Load(kFloat, m_thresholds + half));
                if (!hn::AllTrue(kFloat, below)) wanted |= 1U << s;
            }
        }
        return wanted;
    }

    /// Hands the scores of regions [from, to) to the queries they may interest.
    void collect(int64_t from, int64_t to) {
        for (int64_t r = to - 1; r >= from; --r) {
            const float* scores = m_scores + (r - from) * kPanel;
            const auto below = [&](int64_t half) HWY_ATTR {
                return hn::AllTrue(kFloat,
                                   hn::Lt(hn::Load(kFloat, scores + half), hn::Load(kFloat, m_thresholds + half)));
            };
            if (below(0) && below(kPanel / 2)) continue;
            for (int32_t i = m_first; i < m_end; ++i) {
                const int32_t lane = i - m_first;
                if (scores[lane] < m_thresholds[lane] || (r >= m_shortest && r >= m_args.candidateEnds[i])) continue;
                TopRegions& top = m_tops[static_cast<size_t>(i)];
                top.add(scores[lane], static_cast<RegionId>(r));
                m_thresholds[lane] = top.threshold();
            }
        }
    }

    const RegionSearch& m_search;
    const IndexedSelectArgs& m_args;
    std::vector<TopRegions>& m_tops;
    const int64_t m_dim;
    int32_t m_first = 0, m_end = 0;  ///< queries of the panel
    int64_t m_shortest = 0, m_visited = 0;
    float *m_scored = nullptr, *m_plus = nullptr, *m_minus = nullptr, *m_scores = nullptr, *m_decoded = nullptr;
    HWY_ALIGN float m_thresholds[kPanel] = {}, m_magnitudes[kPanel] = {};
};

bool runBlockSearch(const RegionSearch& search, std::vector<TopRegions>& tops, int64_t* visited) {
    BlockSearch block(search, tops);
    const bool done = block.run();
    *visited += block.visited();
    return done;
}

}  // namespace HWY_NAMESPACE
}  // namespace lectern::kernels::cpu
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace lectern::kernels::cpu {

HWY_EXPORT(runBlockSearch);

bool searchBlock(const RegionSearch& search, std::vector<TopRegions>& tops, int64_t* visited) {
    return HWY_DYNAMIC_DISPATCH(runBlockSearch)(search, tops, visited);
}

}  // namespace lectern::kernels::cpu
#endif

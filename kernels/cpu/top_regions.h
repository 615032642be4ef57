#pragma once
// The best `keep` of a stream of scored regions.

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "kernels/common/types.h"

namespace lectern::kernels::cpu {

/// Higher scores first, ties to the lower index, NaN last. Regions may come in any order, each once.
class TopRegions {
  public:
    void reset(int32_t keep) {
        m_keep = static_cast<size_t>(keep);
        m_held.clear();
        m_held.reserve(2 * m_keep + kSlack);
        m_threshold = -std::numeric_limits<float>::infinity();
    }

    /// A score below this cannot be among the best any more.
    float threshold() const { return m_threshold; }
    /// Tells that `keep` regions score at least `score`.
    void raiseThreshold(float score) { m_threshold = std::max(m_threshold, score); }

    void add(float score, RegionId id) {
        m_held.push_back({std::isnan(score) ? -std::numeric_limits<float>::infinity() : score, id});
        if (m_held.size() >= 2 * m_keep + kSlack) cut();
    }

    /// Writes what was kept, best first; returns how many.
    int32_t finish(RegionId* ids, float* scores) {
        const size_t count = std::min(m_keep, m_held.size());
        std::partial_sort(m_held.begin(), m_held.begin() + static_cast<std::ptrdiff_t>(count), m_held.end());
        for (size_t i = 0; i < count; ++i) {
            ids[i] = m_held[i].id;
            if (scores) scores[i] = m_held[i].score;
        }
        return static_cast<int32_t>(count);
    }

    /// Cuts to the best `keep` and raises the threshold, when that many are held.
    void cut() {
        if (m_held.size() < m_keep) return;
        const auto last = m_held.begin() + static_cast<std::ptrdiff_t>(m_keep) - 1;
        std::nth_element(m_held.begin(), last, m_held.end());
        raiseThreshold(last->score);
        m_held.resize(m_keep);
    }

  private:
    static constexpr size_t kSlack = 128;

    struct Scored {
        float score;
        RegionId id;
        bool operator<(const Scored& other) const { return score != other.score ? score > other.score : id < other.id; }
    };

    size_t m_keep = 0;
    std::vector<Scored> m_held;
    float m_threshold = 0;
};

}  // namespace lectern::kernels::cpu

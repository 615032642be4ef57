#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/select.cpp"
#include "hwy/foreach_target.h"
// foreach_target must come first.
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "hwy/highway.h"
#include "kernels/cpu/cpu.h"

// Candidates per tile: the tile's scores of a block of queries stay in the first-level cache.
#ifndef LECTERN_SELECT_TILE
#define LECTERN_SELECT_TILE 256
#endif

HWY_BEFORE_NAMESPACE();
namespace lectern::kernels::cpu {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// Appends to `kept` the positions of scores[0, count) above `threshold`; returns how many.
int32_t filterAbove(const float* scores, int32_t count, float threshold, int32_t* kept) {
    const hn::ScalableTag<float> d;
    const auto lanes = static_cast<int32_t>(hn::Lanes(d));
    const auto limit = hn::Set(d, threshold);
    int32_t found = 0, i = 0;
    for (; i + lanes <= count; i += lanes) {
        // Beyond the first few tiles hardly any score passes: one comparison settles a whole vector.
        if (hn::AllFalse(d, hn::Gt(hn::LoadU(d, scores + i), limit))) continue;
        for (int32_t lane = i; lane < i + lanes; ++lane) {
            if (scores[lane] > threshold) kept[found++] = lane;
        }
    }
    for (; i < count; ++i) {
        if (scores[i] > threshold) kept[found++] = i;
    }
    return found;
}

/// scores[r] = <a, x[r]> (+ <b, y[r]> when y is given) for rows of `dim` floats: one query's pass over the summaries,
/// bound by memory.
void dotRows(const float* a, const float* x, const float* b, const float* y, int64_t rows, int64_t dim, float* scores) {
    const hn::ScalableTag<float> d;
    const auto lanes = static_cast<int64_t>(hn::Lanes(d));
    for (int64_t r = 0; r < rows; ++r) {
        auto first = hn::Zero(d), second = hn::Zero(d);
        const float* u = x + r * dim;
        const float* v = y ? y + r * dim : nullptr;
        int64_t i = 0;
        for (; i + lanes <= dim; i += lanes) {
            first = hn::MulAdd(hn::LoadU(d, a + i), hn::LoadU(d, u + i), first);
            if (v) second = hn::MulAdd(hn::LoadU(d, b + i), hn::LoadU(d, v + i), second);
        }
        float sum = hn::GetLane(hn::SumOfLanes(d, hn::Add(first, second)));
        for (; i < dim; ++i) sum += a[i] * u[i] + (v ? b[i] * v[i] : 0.0f);
        scores[r] = sum;
    }
}

}  // namespace HWY_NAMESPACE
}  // namespace lectern::kernels::cpu
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace lectern::kernels::cpu {
namespace {

HWY_EXPORT(filterAbove);
HWY_EXPORT(dotRows);

constexpr int64_t kTile = LECTERN_SELECT_TILE;
// From this many queries on a packed product beats one pass over the summaries per query.
constexpr int32_t kProductQueries = 4;

struct Scored {
    float score;
    RegionId id;
    bool operator<(const Scored& other) const { return score != other.score ? score > other.score : id < other.id; }
};

/// The best `keep` of a stream of scores: a buffer of twice that, cut back to `keep` whenever it is full.
class TopKept {
  public:
    explicit TopKept(int32_t keep) : m_keep(static_cast<size_t>(keep)) {}

    void add(const float* scores, int32_t count, RegionId firstId, int32_t* scratch) {
        // Later ids lose ties, so once `keep` are held only strictly better scores matter.
        const int32_t passed = m_full ? HWY_DYNAMIC_DISPATCH(filterAbove)(scores, count, m_threshold, scratch) : count;
        for (int32_t i = 0; i < passed; ++i) {
            const int32_t at = m_full ? scratch[i] : i;
            const float score = scores[at];
            m_held.push_back({std::isnan(score) ? -std::numeric_limits<float>::infinity() : score, firstId + at});
        }
        if (m_held.size() >= 2 * m_keep + static_cast<size_t>(kTile)) cut();
    }

    int32_t finish(RegionId* ids, float* scores) {
        const size_t count = std::min(m_keep, m_held.size());
        std::partial_sort(m_held.begin(), m_held.begin() + static_cast<std::ptrdiff_t>(count), m_held.end());
        for (size_t i = 0; i < count; ++i) {
            ids[i] = m_held[i].id;
            if (scores) scores[i] = m_held[i].score;
        }
        return static_cast<int32_t>(count);
    }

  private:
    void cut() {
        const auto last = m_held.begin() + static_cast<std::ptrdiff_t>(m_keep) - 1;
        std::nth_element(m_held.begin(), last, m_held.end());
        m_threshold = last->score;
        m_held.resize(m_keep);
        m_full = true;
    }

    size_t m_keep;
    std::vector<Scored> m_held;
    float m_threshold = 0;
    bool m_full = false;
};

/// Sums each query's group: Mean gives one vector of Dh, Bound the summed positive and the summed negative parts.
void reduceGroups(const SelectArgs& args, std::vector<float>& first, std::vector<float>& second) {
    const int64_t dim = args.summaries.headDim;
    const bool bound = args.scorer == Scorer::Bound;
    first.assign(static_cast<size_t>(args.queryCount * dim), 0.0f);
    second.assign(bound ? first.size() : 0, 0.0f);
    for (int64_t i = 0; i < args.queryCount; ++i) {
        for (int64_t g = 0; g < args.groupHeads; ++g) {
            const float* q = args.queries + (i * args.groupHeads + g) * dim;
            for (int64_t d = 0; d < dim; ++d) {
                const auto at = static_cast<size_t>(i * dim + d);
                if (bound) {
                    first[at] += std::max(q[d], 0.0f);
                    second[at] += std::min(q[d], 0.0f);
                } else {
                    first[at] += q[d];
                }
            }
        }
    }
}

}  // namespace

Status select(const SelectArgs& args) {
    if (args.queryCount < 0 || args.groupHeads < 1 || args.keep < 0 || args.candidateBegin < 0 ||
        args.candidateEnd > args.summaries.regions || args.candidateBegin > args.candidateEnd) {
        return Status::InvalidArgument;
    }
    if (args.keep == 0) {
        std::fill_n(args.found, args.queryCount, 0);
        return Status::Ok;
    }
    const RegionSummaryView& summaries = args.summaries;
    const int64_t dim = summaries.headDim;
    const bool bound = args.scorer == Scorer::Bound;
    const float* x = bound ? summaries.max : summaries.mean;
    const float* y = bound ? summaries.min : nullptr;
    thread_local std::vector<float> first, second, scores;
    thread_local std::vector<int32_t> passed;
    reduceGroups(args, first, second);
    scores.resize(static_cast<size_t>(args.queryCount * kTile));
    passed.resize(static_cast<size_t>(kTile));
    std::vector<TopKept> kept(static_cast<size_t>(args.queryCount), TopKept(args.keep));

    for (int64_t begin = args.candidateBegin; begin < args.candidateEnd; begin += kTile) {
        const int64_t count = std::min(kTile, args.candidateEnd - begin);
        const float* tileX = x + begin * dim;
        const float* tileY = y ? y + begin * dim : nullptr;
        if (args.queryCount >= kProductQueries) {
            gemmTransposedB(first.data(), dim, tileX, dim, scores.data(), kTile, args.queryCount, count, dim, false);
            if (tileY)
                gemmTransposedB(second.data(), dim, tileY, dim, scores.data(), kTile, args.queryCount, count, dim,
                                true);
        } else {
            for (int64_t i = 0; i < args.queryCount; ++i) {
                HWY_DYNAMIC_DISPATCH(dotRows)
                (first.data() + i * dim, tileX, bound ? second.data() + i * dim : nullptr, tileY, count, dim,
                 scores.data() + i * kTile);
            }
        }
        for (int64_t i = 0; i < args.queryCount; ++i) {
            int64_t end = begin + count;
            if (args.causalMerge > 0) end = std::min(end, args.firstRegion + i - args.causalMerge + 1);
            if (end > begin) {
                kept[static_cast<size_t>(i)].add(scores.data() + i * kTile, static_cast<int32_t>(end - begin),
                                                 static_cast<RegionId>(begin), passed.data());
            }
        }
    }
    for (int64_t i = 0; i < args.queryCount; ++i) {
        args.found[i] = kept[static_cast<size_t>(i)].finish(args.ids + i * args.keep,
                                                            args.scores ? args.scores + i * args.keep : nullptr);
    }
    return Status::Ok;
}

Status mergeRankMajor(const MergeArgs& args, int32_t* mergedCount) {
    if (args.listCount < 0 || args.listCount > 65536 || args.stride < 0 || args.limit < 0)
        return Status::InvalidArgument;
    RegionId largest = -1;
    for (int64_t i = 0; i < args.listCount; ++i) {
        if (args.listLengths[i] < 0 || args.listLengths[i] > args.stride) return Status::InvalidArgument;
        for (int64_t rank = 0; rank < args.listLengths[i]; ++rank) {
            const RegionId id = args.lists[i * args.stride + rank];
            if (id < 0) return Status::InvalidArgument;
            largest = std::max(largest, id);
        }
    }
    // Stamps instead of a set: the marks of an earlier call are never cleared, only outdated.
    thread_local std::vector<uint32_t> stamps;
    thread_local uint32_t stamp = 0;
    if (stamps.size() <= static_cast<size_t>(largest + 1)) stamps.resize(static_cast<size_t>(largest) + 1025, 0);
    if (++stamp == 0) {
        std::fill(stamps.begin(), stamps.end(), 0);
        stamp = 1;
    }
    int32_t count = 0;
    for (int64_t rank = 0; rank < args.stride && count < args.limit; ++rank) {
        for (int64_t i = 0; i < args.listCount && count < args.limit; ++i) {
            if (rank >= args.listLengths[i]) continue;
            const RegionId id = args.lists[i * args.stride + rank];
            if (stamps[static_cast<size_t>(id)] == stamp) continue;
            stamps[static_cast<size_t>(id)] = stamp;
            args.merged[count] = id;
            if (args.nominators) args.nominators[count] = static_cast<uint16_t>(i);
            ++count;
        }
    }
    *mergedCount = count;
    return Status::Ok;
}

}  // namespace lectern::kernels::cpu
#endif

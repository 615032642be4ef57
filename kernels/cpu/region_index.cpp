#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/region_index.cpp"
#include "hwy/foreach_target.h"
// foreach_target must come first.
#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <vector>

#include "kernels/common/half.h"
#include "kernels/cpu/cpu.h"
#include "kernels/cpu/region_search.h"
#include "kernels/cpu/tile-inl.h"

HWY_BEFORE_NAMESPACE();
namespace lectern::kernels::cpu {
namespace HWY_NAMESPACE {

// Regions scored between two looks at the threshold.
constexpr int64_t kScoreRows = 64;

/// One query's values beside the rows they multiply.
struct Product {
    const float* first;
    const float* second;
    RegionRows rows;
    int64_t dim;

    HWY_INLINE void step(int64_t at, int64_t d, FloatVec& acc) const {
        acc = hn::MulAdd(hn::LoadU(kFloat, first + d), loadBfloat16(rows.high + at + d), acc);
        if (rows.low) acc = hn::MulAdd(hn::LoadU(kFloat, second + d), loadBfloat16(rows.low + at + d), acc);
    }

    /// The values behind the last whole vector.
    float rest(int64_t row) const {
        float sum = 0.0f;
        for (int64_t d = dim / floatLanes() * floatLanes(); d < dim; ++d) {
            sum += first[d] * bfloat16ToFloat(rows.high[row * dim + d]);
            if (rows.low) sum += second[d] * bfloat16ToFloat(rows.low[row * dim + d]);
        }
        return sum;
    }
};

/// scores[r] of rows [begin, begin + count). A row has one score, however many are asked for at once.
void scoreRows(const Product& product, int64_t begin, int64_t count, float* scores) {
    const int64_t dim = product.dim, lanes = floatLanes(), whole = dim / lanes * lanes;
    for (int64_t r = 0; r < count; r += 4) {
        // The last rows are scored more than once rather than in another order of additions.
        const int64_t at = (begin + r) * dim;
        const int64_t second = at + HWY_MIN(int64_t{1}, count - r - 1) * dim;
        const int64_t third = at + HWY_MIN(int64_t{2}, count - r - 1) * dim;
        const int64_t fourth = at + HWY_MIN(int64_t{3}, count - r - 1) * dim;
        FloatVec a = hn::Zero(kFloat), b = a, c = a, e = a;
        for (int64_t d = 0; d < whole; d += lanes) {
            product.step(at, d, a);
            product.step(second, d, b);
            product.step(third, d, c);
            product.step(fourth, d, e);
        }
        float four[4];
        sumsOfFour(a, b, c, e, four);
        for (int64_t i = 0; i < HWY_MIN(int64_t{4}, count - r); ++i) {
            scores[r + i] = whole < dim ? four[i] + product.rest(begin + r + i) : four[i];
        }
    }
}

/// bounds[s] of upper-level rows [begin, begin + count): no region below scores higher.
void boundRows(const Product& product, int64_t begin, int64_t count, float* bounds) {
    const int64_t dim = product.dim, lanes = floatLanes();
    for (int64_t s = 0; s < count; ++s) {
        const uint16_t* high = product.rows.high + (begin + s) * dim;
        const uint16_t* low = product.rows.low + (begin + s) * dim;
        FloatVec sum = hn::Zero(kFloat), magnitude = hn::Zero(kFloat);
        int64_t d = 0;
        for (; d + lanes <= dim; d += lanes) {
            const FloatVec h = loadBfloat16(high + d), l = loadBfloat16(low + d);
            const FloatVec plus = hn::LoadU(kFloat, product.first + d), minus = hn::LoadU(kFloat, product.second + d);
            sum = hn::MulAdd(plus, h, hn::MulAdd(minus, l, sum));
            magnitude = hn::MulAdd(hn::Sub(plus, minus), hn::Max(hn::Abs(h), hn::Abs(l)), magnitude);
        }
        float bound = sumOfLanes(hn::MulAdd(magnitude, hn::Set(kFloat, kRoundingShare), sum));
        for (; d < dim; ++d) {
            const float h = bfloat16ToFloat(high[d]), l = bfloat16ToFloat(low[d]);
            bound += product.first[d] * h + product.second[d] * l +
                     (product.first[d] - product.second[d]) * HWY_MAX(std::fabs(h), std::fabs(l)) * kRoundingShare;
        }
        bounds[s] = bound;
    }
}

/// Calls add(i) for every value that is not below `top`'s threshold, which may rise meanwhile.
template <class Add>
HWY_INLINE void forNotBelow(const float* values, int64_t count, const TopRegions& top, const Add& add) {
    const int64_t lanes = floatLanes();
    int64_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        if (hn::AllTrue(kFloat, hn::Lt(hn::LoadU(kFloat, values + i), hn::Set(kFloat, top.threshold())))) continue;
        for (int64_t lane = i; lane < i + lanes; ++lane) {
            if (!(values[lane] < top.threshold())) add(lane);
        }
    }
    for (; i < count; ++i) {
        if (!(values[i] < top.threshold())) add(i);
    }
}

/// One query's search.
class Search {
  public:
    Search(const RegionSearch& search, TopRegions& top)
        : m_args(search.args),
          m_score{search.scored().data(), search.minus.data(), search.rows, search.args.index.headDim},
          m_bound{search.plus.data(), search.minus.data(), search.supers, search.args.index.headDim},
          m_top(top) {}

    void run() {
        const int64_t begin = m_args.candidateBegin, end = m_args.candidateEnds[0];
        if (end <= begin) return;
        seed();
        if (m_args.level == SearchLevel::Flat || end - begin < kTwoLevelCandidates) {
            m_visited = 0;
            return scan(begin, end);
        }
        m_firstSuper = begin / kSuperRegions;
        m_bounds.resize(static_cast<size_t>((end - 1) / kSuperRegions - m_firstSuper + 1));
        boundRows(m_bound, m_firstSuper, std::ssize(m_bounds), m_bounds.data());
        const bool approximate = m_args.level == SearchLevel::Approximate;
        // Without seeds the best bounds are looked into first, so that most others never need be.
        const bool seeded = m_top.threshold() > kNone;
        const int64_t probes = approximate ? static_cast<int64_t>(m_args.probe * static_cast<float>(m_args.keep)) + 1
                               : seeded    ? 0
                                           : m_args.keep / kSuperRegions * 2 + 8;
        if (probes > 0 && probes < std::ssize(m_bounds)) {
            probe(probes);
            if (approximate) return;
            m_top.cut();
        }
        for (size_t s = 0; s < m_bounds.size(); s += kSuperRegions) {
            const auto count = static_cast<int64_t>(std::min<size_t>(kSuperRegions, m_bounds.size() - s));
            forNotBelow(m_bounds.data() + s, count, m_top,
                        [&](int64_t i) { visit(m_firstSuper + static_cast<int64_t>(s) + i); });
        }
    }

    int64_t visited() const { return m_visited; }

  private:
    static constexpr float kNone = -std::numeric_limits<float>::infinity();
    // A bound that has been used: below every threshold but "none yet".
    static constexpr float kVisited = -std::numeric_limits<float>::max();

    /// The keep-th best score of the seeds is a threshold that so many regions reach.
    void seed() {
        if (m_args.seedCount < m_args.keep) return;
        std::vector<float> scores;
        for (int64_t i = 0; i < m_args.seedCount; ++i) {
            const int64_t region = m_args.seeds[i];
            if (region < m_args.candidateBegin || region >= m_args.candidateEnds[0]) continue;
            scoreRows(m_score, region, 1, &scores.emplace_back());
        }
        m_visited += std::ssize(scores);
        if (std::ssize(scores) < m_args.keep) return;
        const float least = nthLargest(scores, m_args.keep);
        if (!std::isnan(least)) m_top.raiseThreshold(least);
    }

    static float nthLargest(std::vector<float>& values, int64_t n) {
        // NaN has no place in an order; as the lowest it changes no threshold.
        for (float& value : values) value = std::isnan(value) ? kNone : value;
        std::nth_element(values.begin(), values.begin() + (n - 1), values.end(), std::greater<float>());
        return values[static_cast<size_t>(n - 1)];
    }

    /// Looks into the `count` super-regions of the best bounds (and those equal to the last of them).
    void probe(int64_t count) {
        std::vector<float> sorted = m_bounds;
        const float least = nthLargest(sorted, count);
        for (size_t s = 0; s < m_bounds.size(); ++s) {
            if (m_bounds[s] < least) continue;
            if (!(m_bounds[s] < m_top.threshold())) visit(m_firstSuper + static_cast<int64_t>(s));
            m_bounds[s] = kVisited;
        }
    }

    void visit(int64_t super) {
        if (m_bounds[static_cast<size_t>(super - m_firstSuper)] == kVisited) return;
        scan(std::max(m_args.candidateBegin, super * kSuperRegions),
             std::min(m_args.candidateEnds[0], (super + 1) * kSuperRegions));
    }

    void scan(int64_t begin, int64_t end) {
        float scores[kScoreRows];
        m_visited += end - begin;
        for (int64_t r = begin; r < end; r += kScoreRows) {
            const int64_t count = HWY_MIN(kScoreRows, end - r);
            scoreRows(m_score, r, count, scores);
            forNotBelow(scores, count, m_top, [&](int64_t i) { m_top.add(scores[i], static_cast<RegionId>(r + i)); });
        }
    }

    const IndexedSelectArgs& m_args;
    const Product m_score, m_bound;
    TopRegions& m_top;
    std::vector<float> m_bounds;
    int64_t m_firstSuper = 0, m_visited = 0;
};

void runSearch(const RegionSearch& search, TopRegions& top, int64_t* visited) {
    Search one(search, top);
    one.run();
    *visited += one.visited();
}

}  // namespace HWY_NAMESPACE
}  // namespace lectern::kernels::cpu
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace lectern::kernels::cpu {
namespace {

HWY_EXPORT(runSearch);

/// The largest bfloat16 at or below `value`.
uint16_t roundedDown(float value) {
    const auto bits = std::bit_cast<uint32_t>(value);
    const bool cut = (bits & 0xffffU) != 0 && !std::isnan(value);
    return static_cast<uint16_t>((bits >> 16) + (cut && (bits >> 31) != 0 ? 1U : 0U));
}

uint16_t roundedUp(float value) {
    return static_cast<uint16_t>(roundedDown(-value) ^ 0x8000U);
}

bool valid(const IndexedSelectArgs& args) {
    if (args.queryCount < 0 || args.groupHeads < 1 || args.keep < 0 || args.candidateBegin < 0 ||
        args.index.headDim < 1 || args.seedCount < 0 || !(args.probe >= 0.0f)) {
        return false;
    }
    return std::all_of(args.candidateEnds, args.candidateEnds + args.queryCount,
                       [&](int64_t end) { return end <= args.index.regions; });
}

}  // namespace

RegionSearch::RegionSearch(const IndexedSelectArgs& given) : args(given) {
    const int64_t dim = args.index.headDim;
    const auto values = static_cast<size_t>(args.queryCount * dim);
    plain.assign(values, 0.0f);
    plus.assign(values, 0.0f);
    minus.assign(values, 0.0f);
    for (int64_t i = 0; i < args.queryCount; ++i) {
        for (int64_t g = 0; g < args.groupHeads; ++g) {
            const float* q = args.queries + (i * args.groupHeads + g) * dim;
            for (int64_t d = 0; d < dim; ++d) {
                const auto at = static_cast<size_t>(i * dim + d);
                plain[at] += q[d];
                plus[at] += std::max(q[d], 0.0f);
                minus[at] += std::min(q[d], 0.0f);
            }
        }
    }
    if (args.scorer == Scorer::Bound) {
        rows = {args.index.max, args.index.min};
        supers = {args.index.superMax, args.index.superMin};
        return;
    }
    rows = {args.index.mean, nullptr};
    supers = {args.index.superMeanMax, args.index.superMeanMin};
    // A mean's score takes the group's sum, whose parts are smaller than the summed parts of its members.
    for (size_t i = 0; i < values; ++i) {
        plus[i] = std::max(plain[i], 0.0f);
        minus[i] = std::min(plain[i], 0.0f);
    }
}

void searchSingle(const RegionSearch& search, TopRegions& top, int64_t* visited) {
    HWY_DYNAMIC_DISPATCH(runSearch)(search, top, visited);
}

Status selectIndexed(const IndexedSelectArgs& args) {
    if (!valid(args)) return Status::InvalidArgument;
    if (args.keep == 0) {
        std::fill_n(args.found, args.queryCount, 0);
        return Status::Ok;
    }
    const RegionSearch search(args);
    thread_local std::vector<TopRegions> tops;
    tops.resize(static_cast<size_t>(args.queryCount));
    for (TopRegions& top : tops) top.reset(args.keep);
    int64_t visited = 0;
    if (args.queryCount == 1) {
        searchSingle(search, tops[0], &visited);
    } else if (!searchBlock(search, tops, &visited)) {
        return Status::OutOfMemory;
    }
    for (int64_t i = 0; i < args.queryCount; ++i) {
        args.found[i] = tops[static_cast<size_t>(i)].finish(args.ids + i * args.keep,
                                                            args.scores ? args.scores + i * args.keep : nullptr);
    }
    if (args.visited) *args.visited += visited;
    return Status::Ok;
}

Status storeSummary(const float* keys, int32_t regionTokens, int32_t headDim, int64_t region, uint16_t* mean,
                    uint16_t* min, uint16_t* max) {
    thread_local std::vector<float> values;
    values.resize(3 * static_cast<size_t>(std::max(headDim, 1)));
    float* low = values.data() + headDim;
    float* high = low + headDim;
    const Status status = regionSummary(keys, regionTokens, headDim, values.data(), low, high);
    for (int64_t d = 0; status == Status::Ok && d < headDim; ++d) {
        mean[region * headDim + d] = floatToBfloat16(values[static_cast<size_t>(d)]);
        min[region * headDim + d] = roundedDown(low[d]);
        max[region * headDim + d] = roundedUp(high[d]);
    }
    return status;
}

void updateSuper(const RegionIndexView& index, int64_t super, uint16_t* superMeanMin, uint16_t* superMeanMax,
                 uint16_t* superMin, uint16_t* superMax) {
    const int64_t dim = index.headDim, begin = super * kSuperRegions;
    const int64_t end = std::min(index.regions, begin + kSuperRegions);
    for (int64_t d = 0; d < dim; ++d) {
        float meanLow = bfloat16ToFloat(index.mean[begin * dim + d]), meanHigh = meanLow;
        float low = bfloat16ToFloat(index.min[begin * dim + d]), high = bfloat16ToFloat(index.max[begin * dim + d]);
        for (int64_t r = begin + 1; r < end; ++r) {
            const float mean = bfloat16ToFloat(index.mean[r * dim + d]);
            meanLow = std::min(meanLow, mean);
            meanHigh = std::max(meanHigh, mean);
            low = std::min(low, bfloat16ToFloat(index.min[r * dim + d]));
            high = std::max(high, bfloat16ToFloat(index.max[r * dim + d]));
        }
        // Values that are bfloat16 already: nothing is rounded.
        superMeanMin[super * dim + d] = floatToBfloat16(meanLow);
        superMeanMax[super * dim + d] = floatToBfloat16(meanHigh);
        superMin[super * dim + d] = floatToBfloat16(low);
        superMax[super * dim + d] = floatToBfloat16(high);
    }
}

}  // namespace lectern::kernels::cpu
#endif

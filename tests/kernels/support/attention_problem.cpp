#include "tests/kernels/support/attention_problem.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace lectern::kernels::test {
namespace {

std::vector<RegionId> spreadRegions(Random& random, int64_t available, int64_t wanted) {
    std::vector<RegionId> all(static_cast<size_t>(available));
    std::iota(all.begin(), all.end(), 0);
    if (wanted < 0 || wanted >= available) return all;
    std::shuffle(all.begin(), all.end(), random.engine());
    all.resize(static_cast<size_t>(wanted));
    std::sort(all.begin(), all.end());
    return all;
}

}  // namespace

double blockLimit(const AttentionCase& c) {
    const double bfloat16 = std::ldexp(1.0, -16) / 3.0;
    const double eightBits = 2.0 * std::log(2.0 * c.headDim) / (12.0 * 127.0 * 127.0);
    const double square = static_cast<double>(c.spread) * static_cast<double>(c.spread);
    switch (c.type) {
        case KvType::F32:
            return 2 * bfloat16 + square * (3 * bfloat16 + 2e-9);
        case KvType::BF16:
            return bfloat16 + square * 2e-9;
        case KvType::Int8:
        case KvType::Int4:
        case KvType::Fp8:
            return 2 * bfloat16 + square * 2 * eightBits;
    }
    return 0.0;
}

AttentionProblem::AttentionProblem(const AttentionCase& c, uint32_t seed) : m_case(c), m_random(seed) {
    m_regions = spreadRegions(m_random, c.ownBegin / c.regionTokens, c.selected);
    const int64_t tokens = c.ownBegin + c.ownTokens;
    std::vector<float> keys = m_random.normal(c.kvHeads * tokens * c.headDim);
    std::vector<float> values = m_random.normal(c.kvHeads * tokens * c.headDim);
    if (c.bf16) setLengths(keys, 1.0f);
    if (c.type == KvType::F32 || c.type == KvType::BF16) hideUnselected(keys, values, tokens);
    m_cache = std::make_unique<TestCache>(c.type, c.regionTokens * c.regionsPerPage, c.regionTokens, c.kvHeads,
                                          c.headDim, tokens, keys, values);
    m_q.assign(static_cast<size_t>(c.queryTokens * stride()), std::numeric_limits<float>::quiet_NaN());
    for (int64_t t = 0; t < c.queryTokens; ++t) {
        std::vector<float> row = m_random.normal(width(), c.spread);
        if (c.bf16) setLengths(row, c.spread);
        std::copy(row.begin(), row.end(), m_q.begin() + t * stride());
    }
    for (const float angle : m_random.normal(c.gather ? tokens * c.headDim / 2 : 0, 3.0f)) {
        m_cos.push_back(std::cos(angle));
        m_sin.push_back(std::sin(angle));
    }
    args.q = m_q.data();
    args.qStride = stride();
    args.queryTokens = c.queryTokens;
    args.groupHeads = c.groupHeads;
    args.kvHead = c.kvHead;
    args.kv = m_cache->view();
    args.regions = m_regions.data();
    args.regionCount = static_cast<int64_t>(m_regions.size());
    args.ownBegin = c.ownBegin;
    args.firstQuery = tokens - c.queryTokens;
    args.slidingWindow = c.slidingWindow;
    args.scale = 1.0f / std::sqrt(static_cast<float>(c.headDim));
    args.outStride = stride();
    args.bf16Products = c.bf16;
    if (c.gather) {
        args.gatherCos = m_cos.data();
        args.gatherSin = m_sin.data();
    }
}

void AttentionProblem::setLengths(std::vector<float>& rows, float deviation) const {
    const auto dim = static_cast<std::ptrdiff_t>(m_case.headDim);
    for (auto at = rows.begin(); at != rows.end(); at += dim) {
        const float square = std::inner_product(at, at + dim, at, 0.0f);
        const float factor = deviation * std::sqrt(static_cast<float>(dim) / square);
        std::for_each(at, at + dim, [&](float& value) { value *= factor; });
    }
}

void AttentionProblem::hideUnselected(std::vector<float>& keys, std::vector<float>& values, int64_t tokens) const {
    for (int64_t r = 0; r < m_case.ownBegin / m_case.regionTokens; ++r) {
        if (std::binary_search(m_regions.begin(), m_regions.end(), static_cast<RegionId>(r))) continue;
        for (int64_t h = 0; h < m_case.kvHeads; ++h) {
            const int64_t from = (h * tokens + r * m_case.regionTokens) * m_case.headDim;
            const int64_t count = int64_t{m_case.regionTokens} * m_case.headDim;
            std::fill_n(keys.begin() + from, count, std::numeric_limits<float>::quiet_NaN());
            std::fill_n(values.begin() + from, count, std::numeric_limits<float>::quiet_NaN());
        }
    }
}

std::vector<float> rowsOf(const AttentionProblem& problem, const GuardedOutput& out) {
    std::vector<float> rows;
    for (int64_t t = 0; t < problem.args.queryTokens; ++t) {
        const auto row =
            out.values().subspan(static_cast<size_t>(t * problem.stride()), static_cast<size_t>(problem.stride()));
        rows.insert(rows.end(), row.begin(), row.begin() + problem.width());
        const bool untouched =
            std::all_of(row.begin() + problem.width(), row.end(), [](float value) { return std::isnan(value); });
        EXPECT_TRUE(untouched) << "a gap between rows was written";
    }
    return rows;
}

}  // namespace lectern::kernels::test

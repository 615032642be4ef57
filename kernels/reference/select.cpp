#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <vector>

#include "kernels/reference/reference.h"

namespace lectern::kernels::reference {
namespace {

/// Score of query `i` (summed over its group) against region `r`. A NaN ranks last.
double score(const SelectArgs& args, int64_t i, int64_t r) {
    const RegionSummaryView& s = args.summaries;
    double sum = 0.0;
    for (int64_t g = 0; g < args.groupHeads; ++g) {
        const float* q = args.queries + (i * args.groupHeads + g) * s.headDim;
        for (int64_t d = 0; d < s.headDim; ++d) {
            const double value = q[d];
            if (args.scorer == Scorer::Mean) {
                sum += value * s.mean[r * s.headDim + d];
            } else {
                sum +=
                    std::max(value, 0.0) * s.max[r * s.headDim + d] + std::min(value, 0.0) * s.min[r * s.headDim + d];
            }
        }
    }
    return std::isnan(sum) ? -std::numeric_limits<double>::infinity() : sum;
}

}  // namespace

Status select(const SelectArgs& args) {
    if (args.queryCount < 0 || args.groupHeads < 1 || args.keep < 0 || args.candidateBegin < 0 ||
        args.candidateEnd > args.summaries.regions || args.candidateBegin > args.candidateEnd) {
        return Status::InvalidArgument;
    }
    for (int64_t i = 0; i < args.queryCount; ++i) {
        int64_t end = args.candidateEnd;
        if (args.causalMerge > 0) end = std::min(end, args.firstRegion + i - args.causalMerge + 1);
        std::vector<std::pair<double, int64_t>> ranked;
        for (int64_t r = args.candidateBegin; r < end; ++r) ranked.emplace_back(score(args, i, r), r);
        std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
        const int64_t found = std::min<int64_t>(args.keep, static_cast<int64_t>(ranked.size()));
        for (int64_t j = 0; j < found; ++j) {
            args.ids[i * args.keep + j] = static_cast<RegionId>(ranked[static_cast<size_t>(j)].second);
            if (args.scores != nullptr) {
                args.scores[i * args.keep + j] = static_cast<float>(ranked[static_cast<size_t>(j)].first);
            }
        }
        args.found[i] = static_cast<int32_t>(found);
    }
    return Status::Ok;
}

Status mergeRankMajor(const MergeArgs& args, int32_t* mergedCount) {
    if (args.listCount < 0 || args.listCount > 65536 || args.stride < 0 || args.limit < 0)
        return Status::InvalidArgument;
    *mergedCount = 0;
    for (int64_t i = 0; i < args.listCount; ++i) {
        if (args.listLengths[i] < 0 || args.listLengths[i] > args.stride) return Status::InvalidArgument;
        for (int64_t rank = 0; rank < args.listLengths[i]; ++rank) {
            if (args.lists[i * args.stride + rank] < 0) return Status::InvalidArgument;
        }
    }
    std::set<RegionId> seen;
    for (int64_t rank = 0; rank < args.stride; ++rank) {
        for (int64_t i = 0; i < args.listCount; ++i) {
            if (*mergedCount == args.limit) return Status::Ok;
            if (rank >= args.listLengths[i]) continue;
            const RegionId id = args.lists[i * args.stride + rank];
            if (!seen.insert(id).second) continue;
            args.merged[*mergedCount] = id;
            if (args.nominators != nullptr) args.nominators[*mergedCount] = static_cast<uint16_t>(i);
            ++*mergedCount;
        }
    }
    return Status::Ok;
}

}  // namespace lectern::kernels::reference

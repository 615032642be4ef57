#include "engine/attention/planner.h"

#include <algorithm>

namespace lectern {
namespace {

// sink + keep + local = everything there is, or keep < candidates and a choice must be made.
SelectionFrame frameWith(int64_t regions, int64_t sink, int64_t local, int64_t keep) {
    SelectionFrame frame;
    frame.regions = regions;
    frame.sinkEnd = std::min(sink, regions);
    frame.localBegin = std::max(frame.sinkEnd, regions - local);
    frame.candidateBegin = frame.sinkEnd;
    frame.candidateEnd = frame.localBegin;
    frame.keep = static_cast<int32_t>(keep);
    frame.dense = frame.candidateEnd - frame.candidateBegin <= keep;
    return frame;
}

SelectionFrame denseFrame(int64_t regions) {
    SelectionFrame frame;
    frame.regions = regions;
    frame.sinkEnd = frame.localBegin = regions;
    return frame;
}

}  // namespace

SelectionFrame blockFrame(AttentionMode mode, const AttentionProfile& profile, int64_t blockBegin) {
    const int64_t regions = blockBegin / profile.region;
    const SelectionRule& rule = profile.prefill;
    const int64_t budget = profile.budgetRegions(rule);
    switch (mode) {
        case AttentionMode::MsPrefill:
            return frameWith(regions, rule.sink, rule.local, budget - profile.merge - rule.local - rule.sink);
        case AttentionMode::MsTrain:
        case AttentionMode::MsPretrain: {
            // The paper: the first W tokens are dense, the own block is the only set always kept.
            if (blockBegin < rule.budget) {
                return denseFrame(regions);
            }
            SelectionFrame frame = frameWith(regions, 0, 0, budget - profile.merge);
            frame.causalMerge = profile.merge;
            return frame;
        }
        case AttentionMode::Dense:
        case AttentionMode::MsDecode:
            return denseFrame(regions);
    }
    return denseFrame(regions);
}

SelectionFrame decodeFrame(AttentionMode mode, const AttentionProfile& profile, int64_t token) {
    const int64_t regions = token / profile.region;
    if (mode == AttentionMode::Dense) {
        return denseFrame(regions);
    }
    const SelectionRule& rule = profile.decode;
    return frameWith(regions, rule.sink, rule.local, profile.budgetRegions(rule) - rule.local - rule.sink);
}

void narrowCandidates(SelectionFrame& frame, std::span<const RegionId> excluded) {
    if (excluded.empty()) {
        return;
    }
    // Ascending and without repeats: excluded[i] - i never falls, so that the run from a place on ends where it rises.
    const auto runEnds = [](const auto& begin, const auto& end, int64_t from, int64_t step) {
        const auto first = std::lower_bound(
            begin, end, from, [step](RegionId a, int64_t b) { return step > 0 ? int64_t{a} < b : int64_t{a} > b; });
        int64_t low = 0;
        for (int64_t high = end - first; low < high;) {
            const int64_t middle = low + (high - low) / 2;
            const bool inRun = int64_t{first[middle]} == from + step * middle;
            (inRun ? low : high) = inRun ? middle + 1 : middle;
        }
        return from + step * low;
    };
    frame.candidateBegin =
        std::min(frame.candidateEnd, runEnds(excluded.begin(), excluded.end(), frame.candidateBegin, 1));
    frame.candidateEnd =
        std::max(frame.candidateBegin, runEnds(excluded.rbegin(), excluded.rend(), frame.candidateEnd - 1, -1) + 1);
}

std::vector<RegionId> attendedRegions(const SelectionFrame& frame, std::vector<RegionId> chosen,
                                      std::span<const RegionId> excluded) {
    std::vector<RegionId> regions;
    const auto addRange = [&](int64_t begin, int64_t end) {
        for (int64_t region = begin; region < end; ++region) {
            regions.push_back(static_cast<RegionId>(region));
        }
    };
    if (frame.dense) {
        addRange(0, frame.regions);
    } else {
        std::sort(chosen.begin(), chosen.end());
        regions.reserve(static_cast<size_t>(frame.sinkEnd + frame.regions - frame.localBegin) + chosen.size());
        addRange(0, frame.sinkEnd);
        regions.insert(regions.end(), chosen.begin(), chosen.end());
        addRange(frame.localBegin, frame.regions);
    }
    if (!excluded.empty()) {
        std::erase_if(regions,
                      [&](RegionId region) { return std::binary_search(excluded.begin(), excluded.end(), region); });
    }
    return regions;
}

}  // namespace lectern

#pragma once
// What one query token lists and how its lists lie in memory: shared by the op-by-op path and the captured step.

#include <algorithm>

#include "engine/attention/answer_recorder.h"
#include "engine/backend/backend.h"
#include "kernels/cuda/select.h"
#include "kernels/cuda/token_attention.h"

namespace lectern {

struct TokenRule {
    int32_t heads = 0, kvHeads = 0;
    int32_t selectors = 0, headsPerSelector = 1;
    bool listed = false;  ///< regions are listed by a selection; else every earlier region is attended
    int32_t sink = 0, local = 0, keep = 0;
    Scorer scorer = Scorer::Bound;
    SearchLevel search = SearchLevel::Flat;
    int64_t probes = 0;      ///< approximate search: super-regions looked into
    int32_t stride = 0;      ///< entries per selector
    int32_t massStride = 0;  ///< floats per head
};

/// `regionBound`: complete regions that the context may have while the rule is used.
inline TokenRule tokenRule(AttentionMode mode, const AttentionProfile& profile, int32_t heads, int32_t kvHeads,
                           bool excluded, int64_t regionBound) {
    TokenRule rule;
    rule.heads = heads;
    rule.kvHeads = kvHeads;
    const bool perKvHead = profile.decode.heads == HeadGrouping::PerKvHead;
    rule.selectors = perKvHead ? kvHeads : heads;
    rule.headsPerSelector = perKvHead ? heads / kvHeads : 1;
    rule.scorer = profile.decode.scorer;
    rule.search = profile.search;
    if (mode == AttentionMode::MsDecode) {
        rule.listed = true;
        rule.sink = profile.decode.sink;
        rule.local = profile.decode.local;
        rule.keep = profile.budgetRegions(profile.decode) - rule.sink - rule.local;
    } else {
        // Dense: with excluded regions, a list of all others.
        rule.listed = excluded;
        rule.keep = static_cast<int32_t>(regionBound);
    }
    if (rule.search == SearchLevel::Approximate) {
        rule.probes = static_cast<int64_t>(profile.searchProbe * rule.keep) + 1;
    }
    rule.stride = std::max(1, rule.sink + rule.keep + rule.local);
    rule.massStride = rule.stride + 1;
    return rule;
}

/// The selection of the token at `position`; buffers are left to the caller.
inline kernels::cuda::TokenSelectArgs tokenSelectArgs(const TokenRule& rule, const kernels::cuda::DeviceKv& kv,
                                                      const kernels::cuda::DeviceSummaries& summaries,
                                                      kernels::cuda::TokenCount position, int64_t regionBound) {
    // Below this many regions one flat pass over the summaries is quicker than the descent's launches.
    constexpr int64_t kFlatRegions = 16384;
    kernels::cuda::TokenSelectArgs args;
    args.selectors = rule.selectors;
    args.headsPerSelector = rule.headsPerSelector;
    args.groupHeads = rule.heads / rule.kvHeads;
    args.headDim = kv.headDim;
    args.regionTokens = kv.regionTokens;
    args.summaries = summaries;
    args.scorer = rule.scorer;
    args.keep = rule.keep;
    args.sink = rule.sink;
    args.local = rule.local;
    args.tokens = position;
    args.regionBound = regionBound;
    args.twoLevel = rule.search != SearchLevel::Flat && regionBound > kFlatRegions && rule.keep < regionBound / 4;
    args.probes = rule.probes;
    args.regionStride = rule.stride;
    return args;
}

inline kernels::cuda::TokenAttentionArgs tokenAttentionArgs(const TokenRule& rule, const kernels::cuda::DeviceKv& kv,
                                                            kernels::cuda::TokenCount position, float scale,
                                                            int multiprocessors) {
    kernels::cuda::TokenAttentionArgs args;
    args.kv = kv;
    args.regionStride = rule.stride;
    args.selectors = rule.selectors;
    args.headsPerSelector = rule.headsPerSelector;
    args.groupHeads = rule.heads / rule.kvHeads;
    args.scale = scale;
    args.tokens = position;
    args.splits = kernels::cuda::chooseTokenSplits(rule.selectors, multiprocessors);
    args.massStride = rule.massStride;
    return args;
}

/// One layer's lists of one token, on the host.
struct TokenLists {
    const RegionId* regions = nullptr;  ///< [selectors, stride]
    const float* scores = nullptr;      ///< the same, null: nothing was scored
    const int32_t* counts = nullptr;    ///< [selectors]
    const float* mass = nullptr;        ///< [heads, massStride]
};

inline void recordToken(const TokenRule& rule, const TokenLists& lists, int32_t layer, const AttentionProfile& profile,
                        int32_t groupCount, const AnswerTraceLimits& limits, AnswerTrace::Step& step) {
    for (int32_t s = 0; s < rule.selectors; ++s) {
        const auto count = static_cast<size_t>(lists.counts[s]);
        GroupAttention group;
        group.layer = layer;
        group.group = s;
        group.firstHead = s * rule.headsPerSelector;
        group.headCount = rule.headsPerSelector;
        const int64_t at = int64_t{s} * rule.stride;
        group.regions = {lists.regions + at, count};
        if (lists.scores) {
            group.scores = {lists.scores + at, count};
        }
        group.mass = lists.mass + int64_t{group.firstHead} * rule.massStride;
        group.massStride = rule.massStride;
        recordGroup(group, groupCount, limits, step);
        recordCitation(group, profile, step);
    }
}

/// One bit per region.
inline std::vector<uint32_t> regionBits(std::span<const RegionId> regions, int64_t capacity) {
    std::vector<uint32_t> bits(static_cast<size_t>(capacity / 32 + 1));
    for (const RegionId region : regions) {
        if (region >= 0 && region < capacity) {
            bits[static_cast<size_t>(region / 32)] |= 1U << (region % 32);
        }
    }
    return bits;
}

}  // namespace lectern

#pragma once
// Checks of attention arguments that every backend shares, so that all refuse the same ones.

#include "kernels/common/views.h"

namespace lectern::kernels {

/// Whether the arguments name only cached tokens and keep the promises of GatheredAttentionArgs.
inline bool validGatheredAttention(const GatheredAttentionArgs& args) {
    const KvView& kv = args.kv;
    if (kv.regionTokens <= 0 || kv.pageTokens <= 0 || kv.pageTokens % kv.regionTokens != 0 || kv.headDim <= 0 ||
        kv.headDim % 8 != 0 || kv.headDim > 256 || kv.tokens < 0) {
        return false;
    }
    if (args.queryTokens < 0 || args.groupHeads < 1 || args.kvHead < 0 || args.kvHead >= kv.kvHeads ||
        args.regionCount < 0 || args.ownBegin < 0 || args.firstQuery < 0 || args.slidingWindow < 0) {
        return false;
    }
    const int64_t ownEnd = args.firstQuery + args.queryTokens;
    if (ownEnd > args.ownBegin && ownEnd > kv.tokens) return false;
    if ((args.gatherCos == nullptr) != (args.gatherSin == nullptr)) return false;
    RegionId previous = -1;
    for (int64_t i = 0; i < args.regionCount; ++i) {
        const RegionId id = args.regions[i];
        if (id <= previous) return false;
        previous = id;
    }
    const int64_t end = (static_cast<int64_t>(previous) + 1) * kv.regionTokens;
    return end <= args.ownBegin && end <= kv.tokens;
}

}  // namespace lectern::kernels

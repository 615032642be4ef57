#pragma once
// The answer trace of one decoded token, reduced on the device: a token of a 7B model attends half a million (layer,
// head, region) triples, of which the trace keeps a few thousand.

#include "kernels/cuda/args.h"

namespace lectern::kernels::cuda {

struct RecordedRegion {
    RegionId region;
    float score;
    float mass;
};

/// Lists of all layers as tokenSelect() and tokenAttention() left them: layer l's at lists + l * layerBytes, with the
/// byte offsets below: regions and scores [selectors, stride], counts [selectors], mass [heads, massStride] with
/// massLog [heads]. Dense attention (`listed` false) has masses only; its regions are those that tokenAttention() walks
/// for `tokens`.
struct AnswerRecordArgs {
    const std::byte* lists = nullptr;
    int64_t layerBytes = 0;
    int64_t regionsAt = 0, countsAt = 0, scoresAt = 0, massAt = 0, massLogAt = 0;
    int32_t layers = 0;
    int32_t selectors = 0;
    int32_t headsPerSelector = 1;
    int32_t stride = 0;  ///< at most kMaxRecordedList
    int32_t massStride = 0;
    bool listed = true;
    TokenCount tokens;          ///< dense: the query's index
    int32_t regionTokens = 0;   ///< dense
    int32_t slidingWindow = 0;  ///< dense; 0: none

    int32_t keep = 0;  ///< entries per (layer, selector), best mean mass first, ties to the lower region
    RecordedRegion* entries = nullptr;  ///< [layers, selectors, keep]
    int32_t* entryCounts = nullptr;     ///< [layers, selectors]

    /// Citations: per region the sum over layers and heads of headWeights [layers, heads] times mass, for regions from
    /// `sink` on and masses above half the mean of their list. Summed as integers, so that the order does not matter.
    const float* headWeights = nullptr;
    float weightSum = 1.0f;  ///< of all headWeights
    int32_t sink = 0;
    uint32_t* sums = nullptr;  ///< [regionBound], working space
    int64_t regionBound = 0;
    int32_t citationKeep = 0;         ///< heaviest regions kept, in no order
    RecordedRegion* cited = nullptr;  ///< [citationKeep], mass = weight
    int32_t* citedCount = nullptr;
};

constexpr int32_t kMaxRecordedList = 8192;
CudaStatus recordAnswer(const AnswerRecordArgs& args, cudaStream_t stream);

}  // namespace lectern::kernels::cuda

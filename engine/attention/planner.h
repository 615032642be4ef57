#pragma once
// Which regions a block of queries, or one query, attends besides its own tokens. One planner for every mode: it states
// counts and candidate ranges; scoring, ranking and merging are kernels. Rules: engine/attention/README.md.

#include <span>
#include <vector>

#include "engine/attention/profile.h"
#include "kernels/common/types.h"

namespace lectern {

using kernels::RegionId;

/// The frame of one selection: regions [0, sinkEnd) and [localBegin, regions) are kept anyway, `keep` more are chosen
/// from [candidateBegin, candidateEnd). `dense` means that everything before is kept and nothing need be scored.
struct SelectionFrame {
    bool dense = true;
    int64_t regions = 0;  ///< complete regions before the own block (or before the query's region)
    int64_t sinkEnd = 0;
    int64_t localBegin = 0;
    int64_t candidateBegin = 0;
    int64_t candidateEnd = 0;
    int32_t keep = 0;
    int32_t causalMerge = 0;  ///< ms_train: region i of the block may list only regions <= first + i - m
};

/// Frame of the block whose first token is `blockBegin` (a multiple of B). mode: Dense, MsTrain, MsPrefill or
/// MsPretrain.
SelectionFrame blockFrame(AttentionMode mode, const AttentionProfile& profile, int64_t blockBegin);

/// Frame of the single query at context index `token` under ms_decode, or Dense.
SelectionFrame decodeFrame(AttentionMode mode, const AttentionProfile& profile, int64_t token);

/// Takes excluded regions (ascending) off both ends of the candidates, so that what remains is selected from in full.
void narrowCandidates(SelectionFrame& frame, std::span<const RegionId> excluded);

/// All attended regions ascending: sink, `chosen` (any order) and local, without `excluded` (ascending).
std::vector<RegionId> attendedRegions(const SelectionFrame& frame, std::vector<RegionId> chosen,
                                      std::span<const RegionId> excluded = {});

}  // namespace lectern

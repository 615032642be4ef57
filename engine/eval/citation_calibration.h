#pragma once
// Which attention heads retrieve: measured on facts hidden in prose, turned into the citation weights of a profile.

#include <functional>
#include <stop_token>
#include <vector>

#include "engine/attention/profile.h"
#include "engine/eval/retrieval_eval.h"

namespace lectern {

/// What one query head did over all rightly answered trials.
struct HeadRetrieval {
    int32_t layer = 0;
    int32_t head = 0;
    double hitRate = 0;   ///< share of trials whose heaviest document region, summed over the answer, overlaps the fact
    double factMass = 0;  ///< mean softmax mass on the fact's regions per answer token
};

/// Runs retrieval tasks with every query head selecting for itself and counts, per head, how often its heaviest region
/// of the document held the fact. Only trials with the right answer count. Errors: those of the tasks; NotFound when no
/// answer was right.
Result<std::vector<HeadRetrieval>> measureRetrievalHeads(const LoadedModel& loaded, const RetrievalSpec& spec,
                                                         const MakeTask& makeTask,
                                                         const std::function<void(const RetrievalTrial&)>& onTrial,
                                                         std::stop_token stop);

/// Heads that hit in at least `minimumRate` of the trials, weighted by rate times mass, heaviest first, the first
/// weighing 1.
std::vector<CitationHead> chooseCitationHeads(const std::vector<HeadRetrieval>& heads, double minimumRate,
                                              int32_t atMost);

}  // namespace lectern

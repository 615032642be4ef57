#pragma once
// Perplexity of text by position in the window, so that "stable at a million tokens" can be seen.

#include <functional>
#include <span>
#include <stop_token>
#include <vector>

#include "engine/session/run_options.h"

namespace lectern {

struct PerplexitySpec {
    int64_t windowTokens = 4096;  ///< BOS included; windows do not overlap
    int64_t firstBucket =
        1024;  ///< positions up to here are the first bucket; each further one is as long as all before it
    int64_t maxWindows = 0;        ///< 0: as many whole windows as the text has
    bool blockwise = true;         ///< rows as prefill sees them: a block's choice of regions knows its later queries
    bool decodeConsistent = true;  ///< rows selected causally, as decoding sees them
};

/// Predicted tokens at positions [begin, end) of their window.
struct PerplexityBucket {
    int64_t begin = 0, end = 0;
    int64_t tokens = 0;
    double negativeLogLikelihood = 0;  ///< natural logarithm, summed
    double perplexity() const;
};

struct PerplexityReport {
    int64_t windows = 0;
    std::vector<PerplexityBucket> blockwise, decodeConsistent;  ///< empty where not asked for
};

/// The sum of all buckets.
PerplexityBucket totalOf(std::span<const PerplexityBucket> buckets);

/// Errors: InvalidInput (text shorter than a window), those of Session.
Result<PerplexityReport> measurePerplexity(const LoadedModel& loaded, std::span<const TokenId> text,
                                           const PerplexitySpec& spec, const ProgressCallback& progress,
                                           std::stop_token stop);

}  // namespace lectern

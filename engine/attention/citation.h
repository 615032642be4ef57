#pragma once
// From the answer trace to the token ranges a sentence points to.

#include <vector>

#include "engine/attention/trace.h"

namespace lectern {

/// A run of neighbouring regions the answer's tokens looked at.
struct CitedRange {
    TokenRange tokens;  ///< in the context
    float weight = 0;   ///< share of the sentence's citation mass inside the document, 0..1
    std::vector<RegionId> regions;
};

struct CitationOptions {
    int32_t maxRanges = 3;
    /// A neighbour of a range's heaviest region joins it from this share of the heaviest region's weight on.
    float joinShare = 0.25f;
    /// Further ranges are cited only from this share of the first range's weight on.
    float keepShare = 0.3f;
};

/// Ranks the regions of `document` (token range in the context) by citation mass summed over the steps that produced
/// the answer tokens [answer.begin, answer.end) (context indices). Best first; empty when nothing in the document was
/// looked at.
std::vector<CitedRange> rankCitations(const AnswerTrace& trace, TokenRange answer, TokenRange document,
                                      const CitationOptions& options = {});

}  // namespace lectern

#pragma once
// Whether the cited regions carry a sentence of an answer: it is scored with and without them.

#include <span>
#include <vector>

#include "app/library/records.h"

namespace lectern::app {

/// What ablation says about one sentence that has citations.
struct SentenceVerdict {
    int32_t sentence = 0;
    CitationState state = CitationState::Selected;
    double drop = 0;  ///< nats of log-likelihood that the sentence loses without its cited regions
};

/// A sentence that loses at least this much without its regions is verified. Chosen on facts hidden in a book, where
/// right citations cost 24 nats and wrong ones less than 0.1 (tests/bench/RESULTS.md, "Verification by ablation").
inline constexpr double kVerifiedDropNats = 1.0;

/// Sets the state of every citation by the verdict on its sentence.
void applyVerdicts(std::span<const SentenceVerdict> verdicts, std::span<Citation> citations);

}  // namespace lectern::app

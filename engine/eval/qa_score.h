#pragma once
// SQuAD's scores: exact match and token F1 of normalised answers, and a bootstrap interval of a mean.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lectern {

/// Lower case, without ASCII punctuation and the articles a, an, the; single spaces (SQuAD's evaluation script).
std::string normalizedForScore(std::string_view text);

struct QaScore {
    double exact = 0;  ///< 0 or 1
    double f1 = 0;     ///< 0..1, of word multisets
};
/// The best score over the accepted answers; each score is the best on its own, as in SQuAD's script. No accepted
/// answer: the question has none, and only an empty prediction or `refusal` is right.
QaScore scoreAnswer(std::string_view predicted, std::span<const std::string> accepted, std::string_view refusal);

struct MeanInterval {
    double mean = 0, low = 0, high = 0;
};
/// Mean and its 95% percentile bootstrap interval from 2,000 seeded resamples; zeros for no values.
MeanInterval bootstrapMean(std::span<const double> values, uint64_t seed);

}  // namespace lectern

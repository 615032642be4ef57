#pragma once
// Retrieval tasks with known answers: a passkey in filler, facts among the pages of a book. Seeded, so that a trial can
// be repeated.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/ids.h"
#include "engine/core/result.h"
#include "engine/text/tokenizer.h"

namespace lectern {

/// One question about a document, and where its answer lies.
struct RetrievalQuestion {
    std::vector<TokenId> tokens;  ///< to be decoded behind the document, "Answer:" included
    std::string question;         ///< as text
    std::string expected;         ///< exact answer, white space trimmed
    std::string fact;             ///< the sentence that states it
    TokenRange factTokens;        ///< where that sentence lies in the document
    double depth = 0;             ///< 0 start, 1 end of the document
};

/// One trial: a document that is read once, and what is asked about it.
struct RetrievalTask {
    std::vector<TokenId> document;  ///< with BOS
    std::vector<RetrievalQuestion> questions;
};

/// Which kinds of fact are hidden. Citation heads are calibrated on Standard; Unseen shares no sentence pattern, place
/// or thing with it or with training, so that what is measured on it was not fitted to it.
enum class FactSet { Standard, Unseen };

/// The passkey protocol of attention.md: a task sentence, filler, a line stating a five-digit key twice, filler, a
/// question. `contextTokens` counts document, question and the reply. Errors: InvalidInput when that is too short.
Result<RetrievalTask> makePasskeyTask(const Tokenizer& tokenizer, int64_t contextTokens, double depth, uint64_t seed);

struct NeedleSpec {
    int64_t contextTokens = 4096;
    int32_t needles = 1;  ///< facts hidden at once
    int32_t asked = 1;    ///< of them, questions asked, each afresh behind the same document
    FactSet facts = FactSet::Standard;
};

/// Facts of several kinds hidden behind sentences of `haystack` (real prose, read from a random place on and repeated
/// when too short): the first asked one at `depth`, the others anywhere. Errors: InvalidInput (context or prose too
/// short, more questions than needles).
Result<RetrievalTask> makeNeedleTask(const Tokenizer& tokenizer, std::string_view haystack, const NeedleSpec& spec,
                                     double depth, uint64_t seed);

}  // namespace lectern

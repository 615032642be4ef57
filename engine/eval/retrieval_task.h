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

/// One trial: document, question, expected answer, and where the fact lies.
struct RetrievalTask {
    std::vector<TokenId> document;  ///< with BOS
    std::vector<TokenId> question;  ///< to be decoded behind the document, "Answer:" included
    std::string expected;           ///< exact answer, white space trimmed
    std::string fact;               ///< the sentence that states it
    TokenRange factTokens;          ///< where that sentence lies in the document
    double depth = 0;               ///< 0 start, 1 end of the document
};

/// The passkey protocol of attention.md: a task sentence, filler, a line stating a five-digit key twice, filler, a
/// question. `contextTokens` counts document, question and the reply. Errors: InvalidInput when that is too short.
Result<RetrievalTask> makePasskeyTask(const Tokenizer& tokenizer, int64_t contextTokens, double depth, uint64_t seed);

/// `needles` facts of several kinds hidden in `haystack` (real prose, repeated when too short), the asked one at
/// `depth`, the others anywhere. `haystackOffset` varies the text between trials.
Result<RetrievalTask> makeNeedleTask(const Tokenizer& tokenizer, std::string_view haystack, int64_t contextTokens,
                                     double depth, int32_t needles, uint64_t seed);

}  // namespace lectern

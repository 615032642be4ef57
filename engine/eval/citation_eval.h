#pragma once
// Whether citations are right: facts hidden in prose, asked for, and the answer's first citation compared with where
// the fact lies, beside two controls.

#include <string>
#include <string_view>
#include <vector>

#include "engine/eval/retrieval_eval.h"

namespace lectern {

/// One question's citation. A passage is right when it contains the whole sentence that states the fact; all three are
/// widened to whole sentences as the application widens citations.
struct CitationTrial {
    RetrievalTrial retrieval;
    std::string passage;        ///< the first citation's text; empty when nothing was cited
    bool cited = false;         ///< the first citation is right
    bool anyCited = false;      ///< one of the citations is
    bool randomRight = false;   ///< control: as many regions of the document at a random place
    bool lexicalRight = false;  ///< control: the sentence that shares the question's rarest words (BM25)
};

/// Runs retrieval tasks and judges each answer's citations. Errors: those of the tasks.
Result<std::vector<CitationTrial>> runCitations(const LoadedModel& loaded, const RetrievalSpec& spec,
                                                const MakeTask& makeTask,
                                                const std::function<void(const CitationTrial&)>& onTrial,
                                                std::stop_token stop);

/// The sentence of `text` that a word search for `question` ranks first (BM25, k1 1.2, b 0.75, words folded to lower
/// case, ties to the earlier sentence); empty when none shares a word.
std::string_view lexicalPassage(std::string_view text, std::string_view question);

}  // namespace lectern

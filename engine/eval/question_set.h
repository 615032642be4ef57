#pragma once
// Question sets: paragraphs with questions and answers, in SQuAD's layout.

#include <filesystem>
#include <string>
#include <vector>

#include "engine/core/result.h"

namespace lectern {

struct SetQuestion {
    std::string question;
    std::vector<std::string> answers;  ///< each is accepted; empty: the paragraph does not say
};

struct SetParagraph {
    std::string title;  ///< of the article; may be empty
    std::string text;
    std::vector<SetQuestion> questions;  ///< those with an empty text are left out
};

/// Reads {"data": [{"title", "paragraphs": [{"context", "qas": [{"question", "answers": [{"text"}],
/// "is_impossible"}]}]}]} or nested lists [title, [[text, [[question, answer]...]]...]]. Paragraphs without text are
/// left out. Errors: NotFound, Io, LimitExceeded, InvalidInput (neither layout).
Result<std::vector<SetParagraph>> readQuestionSet(const std::filesystem::path& path);

}  // namespace lectern

#pragma once
// Where lines, sentences and paragraphs of a context begin, in tokens.

#include <cstdint>
#include <vector>

#include "app/ask/context.h"

namespace lectern::ui {

struct TextUnits {
    std::vector<int64_t> lines;  ///< first tokens, ascending
    std::vector<int64_t> sentences;
    std::vector<int64_t> paragraphs;
};

/// Reads the text of every page of the context; takes a second for some million tokens. Errors: those of the library.
Result<TextUnits> textUnits(app::Library& library, const app::Context& context);

}  // namespace lectern::ui

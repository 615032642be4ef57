#pragma once
// Where lines, sentences and paragraphs of a context begin, in tokens; what single tokens stand for, as text.

#include <QString>
#include <QVector>
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

/// The text of each of `tokens`. Empty for tokens that stand for nothing of the text by themselves: begin of context,
/// headings, all but the first of several that make up one character. Errors: those of the library.
Result<QVector<QString>> tokenTexts(app::Library& library, const app::Context& context, TokenRange tokens);

}  // namespace lectern::ui

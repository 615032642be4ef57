#pragma once
// Sentences of answers and of source text.

#include <string_view>
#include <vector>

#include "engine/core/ids.h"

namespace lectern {

/// Splits running text into sentences, without the white space between them. A sentence ends at . ! ? … (with closing
/// quotes and brackets) before something that can begin a sentence, or at an empty line; abbreviations, initials and
/// numbers do not end it. List items and lines that stand alone are sentences of their own.
std::vector<ByteRange> splitSentences(std::string_view text);

/// `range` widened to whole sentences, each side by at most `maximumWidening` bytes (then to a line or word boundary).
/// White space at the ends is left out.
ByteRange expandToSentences(std::string_view text, ByteRange range, int64_t maximumWidening = 400);

/// `range` widened to whole lines, for source code.
ByteRange expandToLines(std::string_view text, ByteRange range);

}  // namespace lectern

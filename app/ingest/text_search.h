#pragma once
// Literal search in one UTF-8 text, and small helpers on UTF-8.

#include <string>
#include <string_view>
#include <vector>

#include "engine/core/ids.h"

namespace lectern::app {

struct TextSearchOptions {
    bool caseSensitive = false;
    bool wholeWords = false;
    int64_t maximumHits = 1000;
};

/// Byte ranges of `needle` in `text`, ascending and disjoint. White space runs of both match each other, letters are
/// compared by their simple case folding. An empty or blank needle finds nothing.
std::vector<ByteRange> findInText(std::string_view text, std::string_view needle, const TextSearchOptions& options);

/// Up to `around` code points before and after `hit`, white space collapsed: what a result list shows. A word that
/// would be cut is left out where a space tells where it ends; an ellipsis stands where the text goes on.
std::string snippetAround(std::string_view text, ByteRange hit, int around);

/// Moves `position` down to the first byte of the UTF-8 character it lies in.
int64_t characterBegin(std::string_view text, int64_t position);

}  // namespace lectern::app

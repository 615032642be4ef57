#pragma once
// From what an answer's sentence looked at to citations a person can follow.

#include <functional>
#include <vector>

#include "app/ask/context.h"
#include "app/library/records.h"
#include "engine/attention/citation.h"

namespace lectern::app {

/// Where the page's text, label and boxes come from (the library).
using PageSource = std::function<Result<DocumentPage>(DocumentId document, int32_t page)>;

/// Citations of one sentence, heaviest first. Each cited token range becomes the bytes of the pages it lies on, widened
/// to whole sentences (source code: lines); ranges that overlap after that are joined. Rectangles or lines are those of
/// the widened text.
Result<std::vector<Citation>> citeRanges(const Context& context, std::span<const CitedRange> ranges,
                                         const PageSource& pages);

}  // namespace lectern::app

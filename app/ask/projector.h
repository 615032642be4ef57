#pragma once
// Projection of byte ranges of a page onto the page. Pure functions: no file, no model, no window.

#include <optional>
#include <string_view>
#include <vector>

#include "app/ingest/document.h"
#include "app/library/records.h"

namespace lectern::app {

/// Rectangles that cover `range` of a page's text: one per printed line and column, cut at the characters where the
/// range begins and ends. All lie inside 0..1; empty where nothing of the range is printed.
std::vector<PageRect> projectToPage(const PageBoxes& boxes, std::string_view text, ByteRange range);

/// Lines of `text` that `range` touches, counted from 1. Trailing white space of the range does not reach into the next
/// line.
LineRange projectToLines(std::string_view text, ByteRange range);

/// The byte range of the words whose boxes the rectangle from `a` to `b` selects, in reading order: text selection with
/// the mouse. Empty when no word is near.
std::optional<ByteRange> bytesBetween(const PageBoxes& boxes, std::string_view text, float ax, float ay, float bx,
                                      float by);

}  // namespace lectern::app

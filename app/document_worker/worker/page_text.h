#pragma once
// Text and word boxes of a PDF page, from one source so that they always agree.

#include <poppler-qt6.h>

#include "app/ingest/document.h"

namespace lectern::app::worker {

/// Fills text, boxes and size. The text is Poppler's reading order (columns one after the other): words joined by a
/// space, lines by '\n', paragraphs and columns by an empty line; a word broken by a hyphen at the end of a line is
/// joined again. Control characters are left out. Stops at the protocol's bounds and says so in `note`.
void extractPageText(const Poppler::Page& page, DocumentPage& out);

}  // namespace lectern::app::worker

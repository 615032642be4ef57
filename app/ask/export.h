#pragma once
// A conversation as a file to keep or to send: questions, answers, and where each sentence was read.

#include <string>

#include "app/library/library.h"

namespace lectern::app {

enum class ExportFormat : uint8_t { Markdown, Html };

/// Every question with all its answers; sentences carry numbers of the references that follow the answer: document,
/// page (by number and label) or lines, state and the passage itself. HTML is one file without scripts or outside
/// references. Errors: NotFound, those of the library.
Result<std::string> exportConversation(Library& library, ConversationId id, ExportFormat format);

/// "page 12 (iv)", "src/main.c, lines 3–9", "chapter “One”, lines 4–4": where a citation points, without the document.
std::string placeOf(const Citation& citation, DocumentKind kind);

}  // namespace lectern::app

#pragma once
// What an answer never looked at: said where the model finds no answer.

#include <string_view>
#include <vector>

#include "app/ask/context.h"
#include "app/library/records.h"
#include "engine/attention/trace.h"

namespace lectern::app {

/// Neighbouring pages (files, parts), or lines of the one page that a text document has.
struct UnseenPart {
    DocumentId document = 0;
    int32_t firstPage = 0;
    int32_t lastPage = 0;
    ByteRange bytes;  ///< of the page's text, where firstPage == lastPage and only a part of it was not looked at
    int64_t tokens = 0;
};

struct Coverage {
    double lookedShare = 1;          ///< of the documents' tokens, 0..1
    std::vector<UnseenPart> unseen;  ///< in document order, the largest kMaximumUnseenParts of them
};
inline constexpr size_t kMaximumUnseenParts = 50;

/// A token counts as looked at when its region is among those that any step of question or answer recorded for any
/// layer and head; always-kept regions are recorded too, where a scope does not leave them out. A page counts when any
/// of its tokens does.
Coverage coverageOf(const AnswerTrace& trace, const Context& context);

/// Whether an answer says that the documents do not hold one ("The text does not say."), or says nothing.
bool isAbstention(std::string_view answer);

}  // namespace lectern::app

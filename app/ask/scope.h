#pragma once
// Which part of the documents a question is about: a document, a section of it, a selection.

#include <functional>
#include <optional>
#include <string>

#include "app/ask/context.h"
#include "app/library/records.h"
#include "engine/attention/trace.h"

namespace lectern::app {

/// From a byte of one page to a byte of the same or a later page. The model still has the whole document in its
/// context; question and answer attend to nothing outside the scope.
struct AskScope {
    DocumentId document = 0;
    int32_t firstPage = 0;
    int64_t beginByte = 0;
    int32_t lastPage = 0;
    std::optional<int64_t> endByte;  ///< nothing: the end of the last page
    std::string name = {};           ///< as the user chose it ("pages 12–20"); only shown
    bool operator==(const AskScope&) const = default;
};

/// `profileJson` of an answer with the scope it was asked with, and the scope out of that; nothing where there is none.
std::string profileWithScope(const std::string& profileJson, const std::optional<AskScope>& scope);
std::optional<AskScope> scopeOfProfile(const std::string& profileJson);

/// The tokens of the scope. Errors: InvalidInput (nothing of it is in the context).
Result<TokenRange> scopeTokens(const Context& context, const AskScope& scope);

/// The whole of a document.
AskScope documentScope(const DocumentRecord& record);

/// Entry `index` of the outline up to the next entry that is not below it. PDF sections begin and end with whole pages;
/// others with lines. Errors: InvalidInput (no such entry, or one that names no page), those of `pages`.
Result<AskScope> sectionScope(const DocumentRecord& record, size_t index,
                              const std::function<Result<DocumentPage>(int32_t page)>& pages);

/// Regions of the context that a question with this scope must not see: all of the document's but those the scope
/// touches and the first `sink`.
std::vector<RegionId> regionsOutside(TokenRange scope, int64_t documentTokens, int32_t regionTokens, int32_t sink);

}  // namespace lectern::app

#include "app/ask/scope.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace lectern::app {
namespace {

/// Byte at which line `line` (from 1) of `text` begins; the end where there are fewer.
int64_t lineBegin(const std::string& text, int32_t line) {
    size_t position = 0;
    for (int32_t i = 1; i < line; ++i) {
        const size_t end = text.find('\n', position);
        if (end == std::string::npos) {
            return static_cast<int64_t>(text.size());
        }
        position = end + 1;
    }
    return static_cast<int64_t>(position);
}

}  // namespace

Result<TokenRange> scopeTokens(const Context& context, const AskScope& scope) {
    TokenRange tokens{-1, -1};
    for (const ContextSpan& span : context.spans()) {
        if (span.document != scope.document || span.page < scope.firstPage || span.page > scope.lastPage) {
            continue;
        }
        const int64_t begin = span.page == scope.firstPage ? scope.beginByte : 0;
        const int64_t end =
            span.page == scope.lastPage && scope.endByte ? std::min(*scope.endByte, span.textBytes) : span.textBytes;
        const TokenRange part =
            begin < end ? context.tokensOf(span.document, span.page, {begin, end}) : TokenRange{0, 0};
        if (part.size() > 0) {
            tokens.begin = tokens.begin < 0 ? part.begin : tokens.begin;
            tokens.end = part.end;
        }
    }
    if (tokens.begin < 0) {
        return Error{ErrorCode::InvalidInput, "The part of the document that was chosen has no text to ask about."};
    }
    return tokens;
}

std::string profileWithScope(const std::string& profileJson, const std::optional<AskScope>& scope) {
    nlohmann::json profile = nlohmann::json::parse(profileJson, nullptr, false);
    if (!scope || !profile.is_object()) {
        return profileJson;
    }
    nlohmann::json& out = profile["scope"];
    out = {{"document", scope->document},
           {"first_page", scope->firstPage},
           {"begin_byte", scope->beginByte},
           {"last_page", scope->lastPage},
           {"name", scope->name}};
    if (scope->endByte) {
        out["end_byte"] = *scope->endByte;
    }
    return profile.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::optional<AskScope> scopeOfProfile(const std::string& profileJson) {
    const nlohmann::json profile = nlohmann::json::parse(profileJson, nullptr, false);
    if (!profile.is_object() || !profile.contains("scope") || !profile["scope"].is_object()) {
        return std::nullopt;
    }
    const nlohmann::json& in = profile["scope"];
    const auto number = [&in](const char* key) -> std::optional<int64_t> {
        const auto found = in.find(key);
        return found != in.end() && found->is_number_integer() ? std::optional(found->get<int64_t>()) : std::nullopt;
    };
    const auto isPage = [](const std::optional<int64_t>& page) { return page && *page >= 0 && *page <= INT32_MAX; };
    if (!number("document") || !isPage(number("first_page")) || !isPage(number("last_page"))) {
        return std::nullopt;
    }
    AskScope scope;
    scope.document = *number("document");
    scope.firstPage = static_cast<int32_t>(*number("first_page"));
    scope.lastPage = static_cast<int32_t>(*number("last_page"));
    scope.beginByte = number("begin_byte").value_or(0);
    scope.endByte = number("end_byte");
    scope.name = in.contains("name") && in["name"].is_string() ? in["name"].get<std::string>() : std::string();
    return scope;
}

AskScope documentScope(const DocumentRecord& record) {
    return {record.id, 0, 0, std::max(0, record.header.pageCount - 1), std::nullopt};
}

Result<AskScope> sectionScope(const DocumentRecord& record, size_t index,
                              const std::function<Result<DocumentPage>(int32_t page)>& pages) {
    const std::vector<OutlineEntry>& outline = record.header.outline;
    if (index >= outline.size()) {
        return Error{ErrorCode::InvalidInput, "The document has no such section."};
    }
    const OutlineEntry& entry = outline[index];
    const bool isFolder = record.header.kind == DocumentKind::SourceTree && entry.page < 0;
    // A folder begins with the first file below it.
    size_t first = index;
    while (isFolder && first < outline.size() && outline[first].page < 0) {
        ++first;
    }
    if (first >= outline.size() || outline[first].page < 0) {
        return Error{ErrorCode::InvalidInput, "The section “" + entry.title + "” does not say where it begins."};
    }
    AskScope scope = documentScope(record);
    scope.firstPage = outline[first].page;
    const bool byLines = record.header.kind != DocumentKind::Pdf && record.header.kind != DocumentKind::SourceTree;
    if (byLines && entry.line > 1) {
        LECTERN_ASSIGN(const DocumentPage page, pages(entry.page));
        scope.beginByte = lineBegin(page.text, entry.line);
    }
    for (size_t next = index + 1; next < outline.size(); ++next) {
        const OutlineEntry& end = outline[next];
        if (end.depth > entry.depth || end.page < scope.firstPage) {
            continue;
        }
        if (byLines && end.line > 1) {
            LECTERN_ASSIGN(const DocumentPage page, pages(end.page));
            scope.lastPage = end.page;
            scope.endByte = lineBegin(page.text, end.line);
        } else {
            // A PDF's next section may begin in the middle of the page that this one ends on.
            const bool shared = record.header.kind == DocumentKind::Pdf && end.top > 0;
            scope.lastPage = std::max(scope.firstPage, shared ? end.page : end.page - 1);
        }
        break;
    }
    return scope;
}

std::vector<RegionId> regionsOutside(TokenRange scope, int64_t documentTokens, int32_t regionTokens, int32_t sink) {
    const int64_t count = (documentTokens + regionTokens - 1) / regionTokens;
    const int64_t first = scope.begin / regionTokens;
    const int64_t last = (scope.end + regionTokens - 1) / regionTokens;
    std::vector<RegionId> outside;
    for (int64_t region = sink; region < count; ++region) {
        if (region < first || region >= last) {
            outside.push_back(static_cast<RegionId>(region));
        }
    }
    return outside;
}

}  // namespace lectern::app

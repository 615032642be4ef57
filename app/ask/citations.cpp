#include "app/ask/citations.h"

#include <algorithm>

#include "app/ask/projector.h"
#include "engine/text/sentences.h"

namespace lectern::app {
namespace {

bool touch(const Citation& a, const Citation& b) {
    return a.document == b.document && a.page == b.page && a.bytes.begin <= b.bytes.end && b.bytes.begin <= a.bytes.end;
}

void join(Citation& into, const Citation& other) {
    into.bytes = {std::min(into.bytes.begin, other.bytes.begin), std::max(into.bytes.end, other.bytes.end)};
    into.weight += other.weight;
    into.tokenRanges.insert(into.tokenRanges.end(), other.tokenRanges.begin(), other.tokenRanges.end());
}

/// The page parts of one cited range, with its weight shared by tokens, whole sentences each.
Result<std::vector<Citation>> widenedParts(const Context& context, const CitedRange& range, const PageSource& pages) {
    std::vector<Citation> parts;
    for (const PagePart& part : context.project(range.tokens)) {
        LECTERN_ASSIGN(const DocumentPage page, pages(part.document, part.page));
        Citation citation;
        citation.document = part.document;
        citation.page = part.page;
        citation.bytes = context.kindOf(part.document) == DocumentKind::SourceTree
                             ? expandToLines(page.text, part.bytes)
                             : expandToSentences(page.text, part.bytes);
        citation.tokenRanges = {part.tokens};
        citation.weight = range.weight * static_cast<double>(part.tokens.size()) /
                          static_cast<double>(std::max<int64_t>(1, range.tokens.size()));
        if (citation.bytes.size() > 0) {
            parts.push_back(std::move(citation));
        }
    }
    return parts;
}

void fill(Citation& citation, const DocumentPage& page, DocumentKind kind) {
    citation.pageLabel = page.label;
    citation.text =
        page.text.substr(static_cast<size_t>(citation.bytes.begin), static_cast<size_t>(citation.bytes.size()));
    if (kind == DocumentKind::Pdf) {
        citation.rects = projectToPage(page.boxes, page.text, citation.bytes);
    } else {
        citation.lines = projectToLines(page.text, citation.bytes);
    }
    std::sort(citation.tokenRanges.begin(), citation.tokenRanges.end(),
              [](const TokenRange& a, const TokenRange& b) { return a.begin < b.begin; });
}

}  // namespace

Result<std::vector<Citation>> citeRanges(const Context& context, std::span<const CitedRange> ranges,
                                         const PageSource& pages) {
    std::vector<Citation> citations;
    for (const CitedRange& range : ranges) {
        LECTERN_ASSIGN(std::vector<Citation> parts, widenedParts(context, range, pages));
        for (Citation& part : parts) {
            const auto same = std::find_if(citations.begin(), citations.end(),
                                           [&](const Citation& each) { return touch(each, part); });
            if (same == citations.end()) {
                citations.push_back(std::move(part));
            } else {
                join(*same, part);
            }
        }
    }
    std::stable_sort(citations.begin(), citations.end(),
                     [](const Citation& a, const Citation& b) { return a.weight > b.weight; });
    for (Citation& citation : citations) {
        LECTERN_ASSIGN(const DocumentPage page, pages(citation.document, citation.page));
        fill(citation, page, context.kindOf(citation.document));
    }
    return citations;
}

}  // namespace lectern::app

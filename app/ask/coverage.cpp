#include "app/ask/coverage.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <functional>
#include <map>
#include <string>

namespace lectern::app {
namespace {

std::vector<bool> lookedRegions(const AnswerTrace& trace, int64_t documentTokens) {
    const int64_t region = std::max(1, trace.regionTokens);
    const int64_t count = (documentTokens + region - 1) / region;
    std::vector<bool> looked(static_cast<size_t>(count));
    const auto mark = [&](int64_t each) {
        if (each >= 0 && each < count) {
            looked[static_cast<size_t>(each)] = true;
        }
    };
    for (const AnswerTrace::Step& step : trace.steps) {
        for (const auto& group : step.groups) {
            for (const AnswerTrace::Entry& entry : group) {
                mark(entry.region);
            }
        }
    }
    return looked;
}

/// The longest runs of a page that was partly looked at, where it is all that its document has.
void addRuns(const Context& context, const ContextSpan& span, const std::vector<bool>& looked, int64_t region,
             std::vector<UnseenPart>& unseen) {
    for (int64_t begin = span.tokens.begin; begin < span.tokens.end;) {
        const bool seen = looked[static_cast<size_t>(begin / region)];
        int64_t end = begin;
        while (end < span.tokens.end && looked[static_cast<size_t>(end / region)] == seen) {
            end = std::min(span.tokens.end, (end / region + 1) * region);
        }
        const std::vector<PagePart> parts = seen ? std::vector<PagePart>() : context.project({begin, end});
        if (!parts.empty()) {
            unseen.push_back({span.document, span.page, span.page, parts.front().bytes, end - begin});
        }
        begin = end;
    }
}

}  // namespace

Coverage coverageOf(const AnswerTrace& trace, const Context& context) {
    const auto documentTokens = static_cast<int64_t>(context.tokens().size());
    const int64_t region = std::max(1, trace.regionTokens);
    const std::vector<bool> looked = lookedRegions(trace, documentTokens);
    Coverage coverage;
    int64_t seenTokens = 0;
    for (int64_t token = 0; token < documentTokens; token += region) {
        seenTokens += looked[static_cast<size_t>(token / region)] ? std::min(region, documentTokens - token) : 0;
    }
    coverage.lookedShare =
        documentTokens > 0 ? static_cast<double>(seenTokens) / static_cast<double>(documentTokens) : 1.0;
    std::map<DocumentId, int64_t> pages;
    for (const ContextSpan& span : context.spans()) {
        pages[span.document] += span.page >= 0 ? 1 : 0;
    }
    bool adjacent = false;
    for (const ContextSpan& span : context.spans()) {
        if (span.page < 0 || span.tokens.size() <= 0) {
            continue;
        }
        if (pages[span.document] == 1) {
            addRuns(context, span, looked, region, coverage.unseen);
            adjacent = false;
            continue;
        }
        const auto first = looked.begin() + span.tokens.begin / region;
        const auto last = looked.begin() + (span.tokens.end - 1) / region + 1;
        if (std::find(first, last, true) != last) {
            adjacent = false;
        } else if (adjacent && coverage.unseen.back().document == span.document) {
            coverage.unseen.back().lastPage = span.page;
            coverage.unseen.back().tokens += span.tokens.size();
        } else {
            coverage.unseen.push_back({span.document, span.page, span.page, {}, span.tokens.size()});
            adjacent = true;
        }
    }
    if (coverage.unseen.size() > kMaximumUnseenParts) {
        std::vector<int64_t> sizes;
        for (const UnseenPart& part : coverage.unseen) {
            sizes.push_back(part.tokens);
        }
        std::nth_element(sizes.begin(), sizes.begin() + kMaximumUnseenParts, sizes.end(), std::greater<>());
        const int64_t smallest = sizes[kMaximumUnseenParts];
        std::erase_if(coverage.unseen, [&](const UnseenPart& part) { return part.tokens <= smallest; });
    }
    return coverage;
}

bool isAbstention(std::string_view answer) {
    static constexpr std::array<std::string_view, 9> kPhrases = {
        "does not say", "does not state", "not in the document", "not in the text", "not mentioned",
        "not stated",   "no information", "cannot be answered",  "is not specified"};
    std::string lower(answer);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return lower.find_first_not_of(" \n\t.") == std::string::npos ||
           std::any_of(kPhrases.begin(), kPhrases.end(),
                       [&](std::string_view phrase) { return lower.find(phrase) != std::string::npos; });
}

}  // namespace lectern::app

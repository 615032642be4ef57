#include "ui/attention/text_units.h"

#include <map>

#include "engine/text/sentences.h"

namespace lectern::ui {
namespace {

void add(std::vector<int64_t>& starts, int64_t token) {
    if (starts.empty() || token > starts.back()) {
        starts.push_back(token);
    }
}

/// Bytes at which lines begin that are not empty.
std::vector<int64_t> lineStarts(std::string_view text) {
    std::vector<int64_t> starts;
    for (size_t at = text.find_first_not_of(" \t\r\n"); at != std::string_view::npos;) {
        starts.push_back(static_cast<int64_t>(at));
        const size_t end = text.find('\n', at);
        at = end == std::string_view::npos ? end : text.find_first_not_of(" \t\r\n", end);
    }
    return starts;
}

/// Bytes at which paragraphs begin: the start, and behind every empty line.
std::vector<int64_t> paragraphStarts(std::string_view text) {
    std::vector<int64_t> starts{0};
    for (size_t at = text.find("\n\n"); at != std::string_view::npos; at = text.find("\n\n", at)) {
        at = text.find_first_not_of(" \t\r\n", at);
        if (at == std::string_view::npos) {
            break;
        }
        starts.push_back(static_cast<int64_t>(at));
    }
    return starts;
}

}  // namespace

Result<TextUnits> textUnits(app::Library& library, const app::Context& context) {
    TextUnits units;
    std::map<app::DocumentId, std::vector<app::DocumentPage>> pages;
    for (const app::ContextSpan& span : context.spans()) {
        if (span.page < 0) {
            continue;
        }
        if (!pages.contains(span.document)) {
            LECTERN_ASSIGN(pages[span.document], library.pages(span.document));
        }
        const std::vector<app::DocumentPage>& all = pages[span.document];
        if (span.page >= static_cast<int32_t>(all.size())) {
            continue;
        }
        const std::string& text = all[static_cast<size_t>(span.page)].text;
        const auto tokenAt = [&](int64_t byte) {
            return context.tokensOf(span.document, span.page, {byte, byte + 1}).begin;
        };
        for (const int64_t start : lineStarts(text)) {
            add(units.lines, tokenAt(start));
        }
        for (const ByteRange& sentence : splitSentences(text)) {
            add(units.sentences, tokenAt(sentence.begin));
        }
        for (const int64_t start : paragraphStarts(text)) {
            add(units.paragraphs, tokenAt(start));
        }
    }
    return units;
}

}  // namespace lectern::ui

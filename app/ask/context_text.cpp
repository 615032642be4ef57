#include <algorithm>

#include "app/ask/context.h"

namespace lectern::app {
namespace {

constexpr int kLeaderMarks = 5;

/// End of a run of at least kLeaderMarks dots or underscores with at most one space between them, else `begin`. A table
/// of contents of 1,300 pages spends 75,000 tokens on such runs.
size_t leaderEnd(std::string_view text, size_t begin) {
    const char mark = text[begin];
    if (mark != '.' && mark != '_') {
        return begin;
    }
    int marks = 0;
    size_t end = begin;
    for (size_t i = begin; i < text.size() && text[i] == mark;) {
        ++marks;
        end = i + 1;
        i = end < text.size() && text[end] == ' ' ? end + 1 : end;
    }
    return marks >= kLeaderMarks ? end : begin;
}

}  // namespace

int64_t ContextText::toPage(int64_t offset) const {
    const auto after = std::upper_bound(pieces.begin(), pieces.end(), offset,
                                        [](int64_t value, const Piece& piece) { return value < piece.begin; });
    if (after == pieces.begin()) {
        return 0;
    }
    const Piece& piece = *std::prev(after);
    return piece.pageBegin + (offset - piece.begin);
}

ContextText contextText(std::string_view pageText, DocumentKind kind) {
    ContextText out;
    out.pieces.push_back({0, 0});
    if (kind == DocumentKind::SourceTree) {
        out.text = pageText;
        return out;
    }
    const auto skipTo = [&](size_t position) {
        out.pieces.push_back({static_cast<int64_t>(out.text.size()), static_cast<int64_t>(position)});
    };
    int newlines = 0;
    for (size_t i = 0; i < pageText.size();) {
        if (const size_t end = leaderEnd(pageText, i); end > i) {
            i = end;
            skipTo(i);
            continue;
        }
        newlines = pageText[i] == '\n' ? newlines + 1 : 0;
        if (newlines > 2) {
            ++i;
            skipTo(i);
            continue;
        }
        out.text.push_back(pageText[i++]);
    }
    return out;
}

}  // namespace lectern::app

#include "app/ask/projector.h"

#include <algorithm>
#include <cmath>

namespace lectern::app {
namespace {

/// A gap wider than this many line heights starts a new rectangle: another column or table cell.
constexpr float kMaximumGapHeights = 3.0f;

int64_t countCharacters(std::string_view text, int64_t begin, int64_t end) {
    int64_t count = 0;
    for (int64_t i = begin; i < end; ++i) {
        count += (static_cast<uint8_t>(text[static_cast<size_t>(i)]) & 0xc0) != 0x80 ? 1 : 0;
    }
    return count;
}

/// Where, 0..1 along the word, the character at byte `position` begins.
float edgeAt(const PageBoxes& boxes, const WordBox& word, std::string_view text, int64_t position) {
    if (position <= word.byteBegin) {
        return 0.0f;
    }
    if (position >= word.byteEnd || word.characterCount == 0) {
        return 1.0f;
    }
    const int64_t characters = std::min<int64_t>(countCharacters(text, word.byteBegin, position), word.characterCount);
    const size_t index = word.edgeBegin + static_cast<size_t>(characters);
    return index < boxes.edges.size() ? static_cast<float>(boxes.edges[index]) / 65535.0f : 1.0f;
}

PageRect partOfWord(const PageBoxes& boxes, const WordBox& word, std::string_view text, ByteRange range) {
    if (word.characterCount == 0) {
        return word.box;
    }
    const float from = edgeAt(boxes, word, text, range.begin);
    const float to = std::max(from, edgeAt(boxes, word, text, range.end));
    PageRect rect = word.box;
    if (word.vertical) {
        const float height = rect.y1 - rect.y0;
        rect.y1 = rect.y0 + height * to;
        rect.y0 += height * from;
    } else {
        const float width = rect.x1 - rect.x0;
        rect.x1 = rect.x0 + width * to;
        rect.x0 += width * from;
    }
    return rect;
}

bool continuesLine(const PageRect& line, const PageRect& next, bool vertical) {
    const float lineBegin = vertical ? line.x0 : line.y0;
    const float lineEnd = vertical ? line.x1 : line.y1;
    const float nextBegin = vertical ? next.x0 : next.y0;
    const float nextEnd = vertical ? next.x1 : next.y1;
    const float overlap = std::min(lineEnd, nextEnd) - std::max(lineBegin, nextBegin);
    const float thinner = std::min(lineEnd - lineBegin, nextEnd - nextBegin);
    if (overlap < 0.5f * thinner) {
        return false;
    }
    const float height = std::max(lineEnd - lineBegin, nextEnd - nextBegin);
    const float gap = vertical ? next.y0 - line.y1 : next.x0 - line.x1;
    return gap > -2.0f * height && gap < kMaximumGapHeights * height;
}

PageRect united(const PageRect& a, const PageRect& b) {
    return {std::min(a.x0, b.x0), std::min(a.y0, b.y0), std::max(a.x1, b.x1), std::max(a.y1, b.y1)};
}

bool isBlank(char c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f';
}

/// Word nearest to a point: words on the point's line win over nearer words above or below.
const WordBox* nearestWord(const PageBoxes& boxes, float x, float y) {
    const WordBox* best = nullptr;
    float bestDistance = 0;
    for (const WordBox& word : boxes.words) {
        const float dx = std::max({word.box.x0 - x, 0.0f, x - word.box.x1});
        const float dy = std::max({word.box.y0 - y, 0.0f, y - word.box.y1});
        const float distance = dx + 4.0f * dy;
        if (best == nullptr || distance < bestDistance) {
            best = &word;
            bestDistance = distance;
        }
    }
    return best;
}

/// Byte offset of the character boundary of `word` that is nearest to the point.
int64_t byteNear(const PageBoxes& boxes, const WordBox& word, std::string_view text, float x, float y) {
    const float extent = word.vertical ? word.box.y1 - word.box.y0 : word.box.x1 - word.box.x0;
    const float along = extent <= 0 ? 0.0f : ((word.vertical ? y - word.box.y0 : x - word.box.x0) / extent);
    int64_t best = word.byteBegin;
    float bestDistance = 2.0f;
    for (int64_t position = word.byteBegin; position <= word.byteEnd; ++position) {
        const bool inside = position < word.byteEnd && position < static_cast<int64_t>(text.size()) &&
                            (static_cast<uint8_t>(text[static_cast<size_t>(position)]) & 0xc0) == 0x80;
        if (inside) {
            continue;
        }
        const float distance = std::abs(edgeAt(boxes, word, text, position) - std::clamp(along, 0.0f, 1.0f));
        if (distance < bestDistance) {
            bestDistance = distance;
            best = position;
        }
    }
    return best;
}

}  // namespace

std::vector<PageRect> projectToPage(const PageBoxes& boxes, std::string_view text, ByteRange range) {
    std::vector<PageRect> rects;
    const auto byEnd = [](const WordBox& word, int64_t position) { return word.byteEnd <= position; };
    auto word = std::lower_bound(boxes.words.begin(), boxes.words.end(), range.begin, byEnd);
    bool lineIsVertical = false;
    for (; word != boxes.words.end() && word->byteBegin < range.end; ++word) {
        if (word->byteEnd > static_cast<int64_t>(text.size())) {
            break;
        }
        const PageRect part = partOfWord(boxes, *word, text, range);
        if (part.x1 <= part.x0 || part.y1 <= part.y0) {
            continue;
        }
        if (!rects.empty() && lineIsVertical == word->vertical && continuesLine(rects.back(), part, word->vertical)) {
            rects.back() = united(rects.back(), part);
        } else {
            rects.push_back(part);
            lineIsVertical = word->vertical;
        }
    }
    return rects;
}

LineRange projectToLines(std::string_view text, ByteRange range) {
    const auto size = static_cast<int64_t>(text.size());
    const int64_t begin = std::clamp<int64_t>(range.begin, 0, size);
    int64_t end = std::clamp<int64_t>(range.end, begin, size);
    while (end > begin && isBlank(text[static_cast<size_t>(end - 1)])) {
        --end;
    }
    const auto at = [&](int64_t position) { return text.begin() + position; };
    LineRange lines;
    lines.first = 1 + static_cast<int32_t>(std::count(text.begin(), at(begin), '\n'));
    lines.last = lines.first + static_cast<int32_t>(std::count(at(begin), at(end), '\n'));
    return lines;
}

std::optional<ByteRange> bytesBetween(const PageBoxes& boxes, std::string_view text, float ax, float ay, float bx,
                                      float by) {
    const WordBox* first = nearestWord(boxes, ax, ay);
    const WordBox* second = nearestWord(boxes, bx, by);
    if (first == nullptr || second == nullptr) {
        return std::nullopt;
    }
    const int64_t a = byteNear(boxes, *first, text, ax, ay);
    const int64_t b = byteNear(boxes, *second, text, bx, by);
    if (a == b) {
        return std::nullopt;
    }
    return ByteRange{std::min(a, b), std::max(a, b)};
}

}  // namespace lectern::app

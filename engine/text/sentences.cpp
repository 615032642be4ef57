#include "engine/text/sentences.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

namespace lectern {
namespace {

bool isSpace(char c) {
    return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
}
bool isDigit(char c) {
    return c >= '0' && c <= '9';
}
bool isLower(char c) {
    return c >= 'a' && c <= 'z';
}
bool isUpper(char c) {
    return c >= 'A' && c <= 'Z';
}

bool startsWithAny(std::string_view text, std::initializer_list<std::string_view> options, size_t& length) {
    for (const std::string_view option : options) {
        if (text.starts_with(option)) {
            length = option.size();
            return true;
        }
    }
    return false;
}

bool isEndMark(std::string_view rest, size_t& length) {
    return startsWithAny(rest, {".", "!", "?", "…", "。", "！", "？"}, length);
}

bool isCloser(std::string_view rest, size_t& length) {
    return startsWithAny(rest, {"\"", "'", ")", "]", "”", "’", "»", "」", "』"}, length);
}

bool isBullet(std::string_view line) {
    size_t length = 0;
    if (startsWithAny(line, {"• ", "- ", "* ", "– ", "o ", "‣ ", "▪ "}, length)) {
        return true;
    }
    const size_t digits = std::min(line.find_first_not_of("0123456789"), line.size());
    return digits > 0 && digits <= 3 && digits + 1 < line.size() && (line[digits] == '.' || line[digits] == ')') &&
           line[digits + 1] == ' ';
}

/// Words whose full stop ends nothing.
bool isAbbreviation(std::string_view word) {
    static constexpr std::array<std::string_view, 38> kWords = {
        "mr",   "mrs", "ms",  "dr",  "prof", "st",   "sr",  "jr",  "vs",   "etc", "e.g",  "i.e",    "fig",
        "figs", "no",  "nos", "vol", "pp",   "p",    "ch",  "sec", "eq",   "ref", "refs", "approx", "cf",
        "ca",   "al",  "inc", "ltd", "co",   "corp", "gen", "col", "capt", "lt",  "hon",  "rev"};
    std::string lower;
    for (const char c : word) {
        lower.push_back(static_cast<char>(std::tolower(static_cast<unsigned char>(c))));
    }
    return std::find(kWords.begin(), kWords.end(), lower) != kWords.end();
}

/// The word that ends right before `end`, with inner full stops ("e.g").
std::string_view wordBefore(std::string_view text, size_t end) {
    size_t begin = end;
    while (begin > 0 && !isSpace(text[begin - 1]) && text[begin - 1] != '(' && text[begin - 1] != '"') {
        --begin;
    }
    return text.substr(begin, end - begin);
}

class Splitter {
  public:
    explicit Splitter(std::string_view text) : m_text(text) {}

    std::vector<ByteRange> split() {
        size_t position = 0;
        while (position < m_text.size()) {
            size_t length = 0;
            if (m_text[position] == '\n' && breaksAtNewline(position)) {
                close(position);
                ++position;
            } else if (isEndMark(m_text.substr(position), length)) {
                position = afterMarks(position, length);
            } else {
                ++position;
            }
        }
        close(m_text.size());
        return std::move(m_sentences);
    }

  private:
    /// Passes a run of end marks and closers; closes the sentence where it ends there.
    size_t afterMarks(size_t mark, size_t length) {
        size_t end = mark + length;
        bool fullStopOnly = m_text[mark] == '.';
        const bool wide = static_cast<uint8_t>(m_text[mark]) == 0xe3 || static_cast<uint8_t>(m_text[mark]) == 0xef;
        for (size_t next = 0; end < m_text.size(); end += next) {
            const bool another = isEndMark(m_text.substr(end), next);
            fullStopOnly = fullStopOnly && !another;
            if (!another && !isCloser(m_text.substr(end), next)) {
                break;
            }
        }
        if (wide || endsSentence(mark, end, fullStopOnly)) {
            close(end);
        }
        return end;
    }

    bool endsSentence(size_t mark, size_t end, bool fullStopOnly) const {
        if (end >= m_text.size()) {
            return true;
        }
        if (!isSpace(m_text[end])) {
            return false;
        }
        size_t next = end;
        while (next < m_text.size() && isSpace(m_text[next])) {
            ++next;
        }
        if (next >= m_text.size()) {
            return true;
        }
        if (isLower(m_text[next])) {
            return false;
        }
        if (!fullStopOnly) {
            return true;
        }
        const std::string_view word = wordBefore(m_text, mark);
        const bool initial = word.size() == 1 && isUpper(word[0]);
        const bool listNumber = !word.empty() && mark == m_begin + word.size() &&
                                std::all_of(word.begin(), word.end(), [](char c) { return isDigit(c); });
        return !initial && !listNumber && !isAbbreviation(word);
    }

    /// An empty line, or a next line that is a list item.
    bool breaksAtNewline(size_t newline) const {
        size_t next = newline + 1;
        while (next < m_text.size() && (m_text[next] == ' ' || m_text[next] == '\t')) {
            ++next;
        }
        return next < m_text.size() && (m_text[next] == '\n' || isBullet(m_text.substr(next, 8)));
    }

    void close(size_t end) {
        size_t begin = m_begin;
        while (begin < end && isSpace(m_text[begin])) {
            ++begin;
        }
        size_t last = end;
        while (last > begin && isSpace(m_text[last - 1])) {
            --last;
        }
        if (last > begin) {
            m_sentences.push_back({static_cast<int64_t>(begin), static_cast<int64_t>(last)});
        }
        m_begin = end;
        while (m_begin < m_text.size() && isSpace(m_text[m_begin])) {
            ++m_begin;
        }
    }

    std::string_view m_text;
    size_t m_begin = 0;
    std::vector<ByteRange> m_sentences;
};

bool isContinuation(char c) {
    return (static_cast<uint8_t>(c) & 0xc0) == 0x80;
}

/// From `position` towards `limit` (below it) to just behind a line break, or a space, or the limit itself.
int64_t boundaryBefore(std::string_view text, int64_t position, int64_t limit) {
    for (const char wanted : {'\n', ' '}) {
        for (int64_t i = limit; i < position; ++i) {
            if (text[static_cast<size_t>(i)] == wanted) {
                return i + 1;
            }
        }
    }
    while (limit < position && isContinuation(text[static_cast<size_t>(limit)])) {
        ++limit;
    }
    return limit;
}

int64_t boundaryAfter(std::string_view text, int64_t position, int64_t limit) {
    for (const char wanted : {'\n', ' '}) {
        for (int64_t i = limit - 1; i > position; --i) {
            if (text[static_cast<size_t>(i)] == wanted) {
                return i;
            }
        }
    }
    while (limit > position && limit < static_cast<int64_t>(text.size()) &&
           isContinuation(text[static_cast<size_t>(limit)])) {
        --limit;
    }
    return limit;
}

ByteRange clamped(std::string_view text, ByteRange range) {
    const auto size = static_cast<int64_t>(text.size());
    const int64_t begin = std::clamp<int64_t>(range.begin, 0, size);
    return {begin, std::clamp<int64_t>(range.end, begin, size)};
}

ByteRange trimmed(std::string_view text, ByteRange range) {
    while (range.begin < range.end && isSpace(text[static_cast<size_t>(range.begin)])) {
        ++range.begin;
    }
    while (range.end > range.begin && isSpace(text[static_cast<size_t>(range.end - 1)])) {
        --range.end;
    }
    return range;
}

}  // namespace

std::vector<ByteRange> splitSentences(std::string_view text) {
    return Splitter(text).split();
}

ByteRange expandToSentences(std::string_view text, ByteRange given, int64_t maximumWidening) {
    const ByteRange range = trimmed(text, clamped(text, given));
    if (range.size() == 0) {
        return range;
    }
    // A window is enough: sentences longer than the widening are cut anyway.
    const auto size = static_cast<int64_t>(text.size());
    const int64_t from = std::max<int64_t>(0, range.begin - 4 * maximumWidening);
    const int64_t to = std::min(size, range.end + 4 * maximumWidening);
    ByteRange wide = range;
    for (const ByteRange& each :
         splitSentences(text.substr(static_cast<size_t>(from), static_cast<size_t>(to - from)))) {
        const ByteRange sentence{each.begin + from, each.end + from};
        if (sentence.begin < range.end && sentence.end > range.begin) {
            wide = {std::min(wide.begin, sentence.begin), std::max(wide.end, sentence.end)};
        }
    }
    if (range.begin - wide.begin > maximumWidening) {
        wide.begin = boundaryBefore(text, range.begin, range.begin - maximumWidening);
    }
    if (wide.end - range.end > maximumWidening) {
        wide.end = boundaryAfter(text, range.end, range.end + maximumWidening);
    }
    return trimmed(text, wide);
}

ByteRange expandToLines(std::string_view text, ByteRange given) {
    ByteRange range = clamped(text, given);
    while (range.begin > 0 && text[static_cast<size_t>(range.begin - 1)] != '\n') {
        --range.begin;
    }
    const bool endsAtLine = range.end > range.begin && text[static_cast<size_t>(range.end - 1)] == '\n';
    while (!endsAtLine && range.end < static_cast<int64_t>(text.size()) &&
           text[static_cast<size_t>(range.end)] != '\n') {
        ++range.end;
    }
    return endsAtLine ? ByteRange{range.begin, range.end - 1} : range;
}

}  // namespace lectern

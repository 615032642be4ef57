#include "app/ingest/text_search.h"

#include <QChar>
#include <algorithm>

namespace lectern::app {
namespace {

struct Character {
    char32_t folded = 0;  ///< white space is ' '
    int64_t begin = 0;
    int64_t end = 0;
};

/// Decodes one character at `position`; an invalid byte stands for itself outside Unicode.
char32_t decodeAt(std::string_view text, size_t position, size_t& length) {
    const auto byteAt = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
    const uint8_t lead = byteAt(position);
    length = 1;
    if (lead < 0x80) {
        return lead;
    }
    const size_t wanted = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 1;
    if (wanted == 1 || position + wanted > text.size()) {
        return 0x110000u + lead;
    }
    char32_t value = lead & (0xff >> (wanted + 1));
    for (size_t i = 1; i < wanted; ++i) {
        if ((byteAt(position + i) & 0xc0) != 0x80) {
            return 0x110000u + lead;
        }
        value = (value << 6) | (byteAt(position + i) & 0x3f);
    }
    length = wanted;
    return value;
}

bool isWordCharacter(char32_t c) {
    return c < 0x110000 && (QChar::isLetterOrNumber(c) || c == U'_');
}

std::vector<Character> foldText(std::string_view text, bool caseSensitive) {
    std::vector<Character> out;
    out.reserve(text.size());
    for (size_t i = 0; i < text.size();) {
        size_t length = 1;
        char32_t c = decodeAt(text, i, length);
        const auto begin = static_cast<int64_t>(i);
        const auto end = static_cast<int64_t>(i + length);
        i += length;
        if (c < 0x110000 && QChar::isSpace(c)) {
            if (!out.empty() && out.back().folded == U' ') {
                out.back().end = end;
                continue;
            }
            c = U' ';
        } else if (!caseSensitive && c < 0x110000) {
            c = QChar::toCaseFolded(c);
        }
        out.push_back({c, begin, end});
    }
    return out;
}

}  // namespace

std::vector<ByteRange> findInText(std::string_view text, std::string_view needle, const TextSearchOptions& options) {
    std::vector<ByteRange> hits;
    std::vector<Character> wanted = foldText(needle, options.caseSensitive);
    while (!wanted.empty() && wanted.back().folded == U' ') {
        wanted.pop_back();
    }
    if (!wanted.empty() && wanted.front().folded == U' ') {
        wanted.erase(wanted.begin());
    }
    if (wanted.empty()) {
        return hits;
    }
    const std::vector<Character> characters = foldText(text, options.caseSensitive);
    const auto same = [](const Character& a, const Character& b) { return a.folded == b.folded; };
    auto from = characters.begin();
    while (static_cast<int64_t>(hits.size()) < options.maximumHits) {
        const auto hit = std::search(from, characters.end(), wanted.begin(), wanted.end(), same);
        if (hit == characters.end()) {
            break;
        }
        const auto last = hit + (static_cast<int64_t>(wanted.size()) - 1);
        const bool joinedBefore =
            hit != characters.begin() && isWordCharacter((hit - 1)->folded) && isWordCharacter(hit->folded);
        const bool joinedAfter =
            last + 1 != characters.end() && isWordCharacter((last + 1)->folded) && isWordCharacter(last->folded);
        if (options.wholeWords && (joinedBefore || joinedAfter)) {
            from = hit + 1;
            continue;
        }
        hits.push_back({hit->begin, last->end});
        from = last + 1;
    }
    return hits;
}

std::string snippetAround(std::string_view text, ByteRange hit, int around) {
    const auto size = static_cast<int64_t>(text.size());
    hit.begin = std::clamp<int64_t>(hit.begin, 0, size);
    hit.end = std::clamp<int64_t>(hit.end, hit.begin, size);
    const auto spaceAt = [text](int64_t at) {
        return std::string_view(" \n\t\r\f").find(text[static_cast<size_t>(at)]) != std::string_view::npos;
    };
    int64_t begin = hit.begin;
    int64_t end = hit.end;
    for (int i = 0; i < around && begin > 0; ++i) {
        begin = characterBegin(text, begin - 1);
    }
    for (int i = 0; i < around && end < size; ++i) {
        size_t length = 1;
        decodeAt(text, static_cast<size_t>(end), length);
        end += static_cast<int64_t>(length);
    }
    if (begin > 0 && !spaceAt(begin - 1)) {
        int64_t word = begin;
        while (word < hit.begin && !spaceAt(word)) {
            ++word;
        }
        begin = word < hit.begin ? word : begin;
    }
    if (end < size && !spaceAt(end)) {
        int64_t word = end;
        while (word > hit.end && !spaceAt(word - 1)) {
            --word;
        }
        end = word > hit.end ? word : end;
    }
    while (begin < hit.begin && spaceAt(begin)) {
        ++begin;
    }
    while (end > hit.end && spaceAt(end - 1)) {
        --end;
    }
    const auto blank = [text](int64_t from, int64_t to) {
        return text.substr(static_cast<size_t>(from), static_cast<size_t>(to - from)).find_first_not_of(" \n\t\r\f") ==
               std::string_view::npos;
    };
    std::string out = blank(0, begin) ? std::string() : std::string("…");
    for (int64_t at = begin; at < end; ++at) {
        if (!spaceAt(at)) {
            out.push_back(text[static_cast<size_t>(at)]);
        } else if (!out.empty() && out.back() != ' ') {
            out.push_back(' ');
        }
    }
    return blank(end, size) ? out : out + "…";
}

int64_t characterBegin(std::string_view text, int64_t position) {
    position = std::clamp<int64_t>(position, 0, static_cast<int64_t>(text.size()));
    for (int back = 0; back < 3 && position > 0 && position < static_cast<int64_t>(text.size()); ++back) {
        if ((static_cast<uint8_t>(text[static_cast<size_t>(position)]) & 0xc0) != 0x80) {
            break;
        }
        --position;
    }
    return position;
}

}  // namespace lectern::app

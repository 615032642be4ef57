#include "engine/text/utf8.h"

namespace lectern {

namespace {

struct Lead {
    int64_t length;                      ///< 0: not a lead byte
    unsigned char secondMin, secondMax;  ///< the range that excludes overlong forms, surrogates and > U+10FFFF
};

Lead classify(unsigned char byte) {
    if (byte < 0x80) return {1, 0, 0};
    if (byte < 0xc2) return {0, 0, 0};
    if (byte < 0xe0) return {2, 0x80, 0xbf};
    if (byte == 0xe0) return {3, 0xa0, 0xbf};
    if (byte == 0xed) return {3, 0x80, 0x9f};
    if (byte < 0xf0) return {3, 0x80, 0xbf};
    if (byte == 0xf0) return {4, 0x90, 0xbf};
    if (byte < 0xf4) return {4, 0x80, 0xbf};
    if (byte == 0xf4) return {4, 0x80, 0x8f};
    return {0, 0, 0};
}

/// How many bytes of `text` agree with the character that its first byte announces.
int64_t matchingBytes(std::string_view text, const Lead& lead) {
    int64_t count = 1;
    while (count < lead.length && count < static_cast<int64_t>(text.size())) {
        const auto byte = static_cast<unsigned char>(text[static_cast<size_t>(count)]);
        const unsigned char low = count == 1 ? lead.secondMin : 0x80;
        const unsigned char high = count == 1 ? lead.secondMax : 0xbf;
        if (byte < low || byte > high) {
            break;
        }
        ++count;
    }
    return count;
}

}  // namespace

int64_t utf8Length(std::string_view text) {
    if (text.empty()) {
        return 0;
    }
    const Lead lead = classify(static_cast<unsigned char>(text[0]));
    if (lead.length <= 1) {
        return lead.length;
    }
    return matchingBytes(text, lead) == lead.length ? lead.length : 0;
}

bool utf8Incomplete(std::string_view text) {
    if (text.empty()) {
        return false;
    }
    const Lead lead = classify(static_cast<unsigned char>(text[0]));
    const auto size = static_cast<int64_t>(text.size());
    return lead.length > size && matchingBytes(text, lead) == size;
}

char32_t utf8CodePoint(std::string_view text, int64_t length) {
    const auto first = static_cast<unsigned char>(text[0]);
    if (length == 1) {
        return first;
    }
    char32_t value = first & (0x7fu >> length);
    for (int64_t i = 1; i < length; ++i) {
        value = (value << 6) | (static_cast<unsigned char>(text[static_cast<size_t>(i)]) & 0x3fu);
    }
    return value;
}

}  // namespace lectern

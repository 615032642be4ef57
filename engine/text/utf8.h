#pragma once
// UTF-8 by RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.

#include <cstdint>
#include <string_view>

namespace lectern {

/// Bytes of the valid character at the start of `text` (1 to 4), or 0 where there is none.
int64_t utf8Length(std::string_view text);

/// True when `text` is the beginning of a valid character that more bytes could complete.
bool utf8Incomplete(std::string_view text);

/// The code point of a valid character of `length` bytes at the start of `text`.
char32_t utf8CodePoint(std::string_view text, int64_t length);

}  // namespace lectern

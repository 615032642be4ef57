#pragma once
// Bytes of a text file as UTF-8.

#include <string>
#include <string_view>

#include "engine/core/result.h"

namespace lectern::app {

struct DecodedText {
    std::string text;      ///< valid UTF-8, '\n' between lines, no byte order mark
    std::string encoding;  ///< "UTF-8", "UTF-16LE", "ISO-8859-1", ...
};

/// Tells text from binary data by a first look at its bytes: NUL bytes (outside UTF-16/32 with a byte order mark) and
/// too many control characters are not text.
bool looksBinary(std::string_view bytes);

/// Byte order marks first, then UTF-8 where it is valid, then what the text itself declares, else what uchardet says.
/// Bytes that the encoding does not know become U+FFFD. Errors: Unsupported (no encoding found, or binary data).
Result<DecodedText> decodeText(std::string_view bytes, const std::string& declaredEncoding = {});

}  // namespace lectern::app

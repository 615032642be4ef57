#pragma once
// Distinct small types that must not be mixed up.

#include <cstdint>

namespace lectern {

using TokenId = int32_t;

/// Half-open range of token indices in one context.
struct TokenRange {
    int64_t begin = 0;
    int64_t end = 0;
    int64_t size() const { return end - begin; }
    bool operator==(const TokenRange&) const = default;
};

/// Half-open range of bytes in one UTF-8 text.
struct ByteRange {
    int64_t begin = 0;
    int64_t end = 0;
    int64_t size() const { return end - begin; }
    bool operator==(const ByteRange&) const = default;
};

}  // namespace lectern

#pragma once
// Where a text may be cut before BPE without changing the result.

#include <array>
#include <bitset>
#include <cstdint>
#include <string_view>
#include <unordered_set>

#include "engine/text/sentencepiece_proto.h"

namespace lectern {

/// Knows every pair of neighbouring characters that occurs inside some piece of a vocabulary. BPE only ever joins
/// symbols whose concatenation is a piece, so where a pair occurs in none, no symbol can cross the gap, the merges left
/// and right of it cannot see each other, and cutting there is exact. Immutable.
class PieceBoundaries {
  public:
    explicit PieceBoundaries(const SentencePieceModel& model);

    /// True when no token of any text can hold `left` directly followed by `right`. Characters are those of the
    /// text: a space, not U+2581.
    bool isSafeCut(char32_t left, char32_t right) const {
        if (left < kAscii && right < kAscii) {
            return !m_ascii[left * kAscii + right];
        }
        return m_pairs.find(pairKey(left, right)) == m_pairs.end();
    }

    /// Length in bytes of the longest prefix of `text` (valid UTF-8, not empty) that ends at the first safe cut, or
    /// at a character boundary after `maxBytes`.
    size_t segmentLength(std::string_view text, size_t maxBytes) const;

  private:
    static constexpr char32_t kAscii = 128;
    static uint64_t pairKey(char32_t left, char32_t right) { return uint64_t{left} << 32 | right; }

    std::bitset<kAscii * kAscii> m_ascii;
    std::unordered_set<uint64_t> m_pairs;
};

}  // namespace lectern

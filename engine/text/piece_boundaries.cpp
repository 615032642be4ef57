#include "engine/text/piece_boundaries.h"

#include "engine/text/utf8.h"

namespace lectern {

namespace {

constexpr char32_t kSpaceSymbol = 0x2581;

}  // namespace

PieceBoundaries::PieceBoundaries(const SentencePieceModel& model) {
    for (const auto& piece : model.pieces) {
        // Unused pieces are joined as well and split again afterwards; byte, control and unknown pieces never are.
        if (piece.type != PieceType::Normal && piece.type != PieceType::UserDefined &&
            piece.type != PieceType::Unused) {
            continue;
        }
        std::string_view rest = piece.text;
        char32_t previous = 0;
        bool hasPrevious = false;
        while (!rest.empty()) {
            const int64_t length = utf8Length(rest);
            if (length == 0) {
                break;  // no valid text can match the piece beyond this byte
            }
            char32_t current = utf8CodePoint(rest, length);
            current = current == kSpaceSymbol ? U' ' : current;
            if (hasPrevious && previous < kAscii && current < kAscii) {
                m_ascii.set(previous * kAscii + current);
            } else if (hasPrevious) {
                m_pairs.insert(pairKey(previous, current));
            }
            previous = current;
            hasPrevious = true;
            rest.remove_prefix(static_cast<size_t>(length));
        }
    }
}

size_t PieceBoundaries::segmentLength(std::string_view text, size_t maxBytes) const {
    int64_t length = utf8Length(text);
    char32_t previous = utf8CodePoint(text, length);
    auto position = static_cast<size_t>(length);
    while (position < text.size() && position < maxBytes) {
        const std::string_view rest = text.substr(position);
        length = utf8Length(rest);
        const char32_t current = utf8CodePoint(rest, length);
        if (isSafeCut(previous, current)) {
            break;
        }
        previous = current;
        position += static_cast<size_t>(length);
    }
    return position;
}

}  // namespace lectern

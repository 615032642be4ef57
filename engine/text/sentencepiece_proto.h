#pragma once
// The sentencepiece ModelProto as plain values, with its own bounded reader and writer of the wire format, so that
// neither hostile bytes nor a GGUF vocabulary pass through anything but this file on their way to libsentencepiece.
// Source: sentencepiece_model.proto (field numbers) and the protobuf encoding guide.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/ids.h"
#include "engine/core/result.h"

namespace lectern {

/// Values of ModelProto.SentencePiece.Type; GGUF's token types are the same numbers.
enum class PieceType : int32_t { Normal = 1, Unknown = 2, Control = 3, UserDefined = 4, Unused = 5, Byte = 6 };

struct SentencePiece {
    std::string text;  ///< a space is U+2581, a byte piece is "<0x0A>"
    float score = 0;
    PieceType type = PieceType::Normal;
};

/// What Lectern keeps of a ModelProto. Ids index `pieces`, -1: none.
struct SentencePieceModel {
    enum class Kind : int32_t { Unigram = 1, Bpe = 2, Word = 3, Char = 4 };

    std::vector<SentencePiece> pieces;
    Kind kind = Kind::Bpe;
    TokenId unknown = -1;
    TokenId bos = -1;
    TokenId eos = -1;
    TokenId pad = -1;
    bool addDummyPrefix = true;
    bool removeExtraWhitespaces = false;
    bool escapeWhitespaces = true;
    bool whitespaceAsSuffix = false;
    bool hasNormalisation = false;  ///< a character map: text would not survive a round trip
};

/// Reads a serialised ModelProto. Control ids are found as libsentencepiece finds them, by the names in the trainer
/// spec. Errors: Corrupt.
Result<SentencePieceModel> parseSentencePieceModel(std::string_view proto);

/// Writes `model` as a ModelProto with identity normalisation and byte fallback.
std::string serialiseSentencePieceModel(const SentencePieceModel& model);

/// Checks what the tokenizer and the GGUF writer rely on: BPE, all 256 byte pieces, a piece for the space, one unknown
/// piece, distinct non-empty texts, finite scores, identity normalisation. Errors: Corrupt, Unsupported.
Result<void> checkSentencePieceModel(const SentencePieceModel& model);

/// The byte that "<0x0A>" stands for, or -1.
int byteOfPiece(std::string_view text);

}  // namespace lectern

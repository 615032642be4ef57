#include "engine/text/sentencepiece_proto.h"

#include <array>
#include <cmath>
#include <cstring>
#include <unordered_set>

namespace lectern {

namespace {

constexpr size_t kMaxPieces = size_t{1} << 22;
constexpr size_t kMaxPieceBytes = 4096;

enum class Wire : uint32_t { Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5 };

/// One field of a message: `number`/`integer`/`bytes` by wire type.
struct Field {
    uint32_t number = 0;
    Wire wire = Wire::Varint;
    uint64_t integer = 0;
    std::string_view bytes;
};

/// Walks the fields of one message; every length is checked against the bytes that remain.
class WireReader {
  public:
    explicit WireReader(std::string_view bytes) : m_bytes(bytes) {}

    bool atEnd() const { return m_bytes.empty(); }

    bool next(Field& field) {
        uint64_t tag = 0;
        if (!varint(tag) || tag >> 3 == 0 || tag >> 3 > 0x1fffffff) {
            return false;
        }
        field.number = static_cast<uint32_t>(tag >> 3);
        field.wire = static_cast<Wire>(tag & 7);
        uint64_t size = 0;
        switch (field.wire) {
            case Wire::Varint:
                return varint(field.integer);
            case Wire::Fixed64:
                return take(8, field.bytes);
            case Wire::Fixed32:
                return take(4, field.bytes);
            case Wire::Bytes:
                return varint(size) && take(size, field.bytes);
        }
        return false;
    }

  private:
    bool varint(uint64_t& value) {
        value = 0;
        for (unsigned shift = 0; shift < 64 && !m_bytes.empty(); shift += 7) {
            const auto byte = static_cast<unsigned char>(m_bytes.front());
            m_bytes.remove_prefix(1);
            value |= uint64_t{byte & 0x7fu} << shift;
            if (byte < 0x80) {
                return true;
            }
        }
        return false;
    }

    bool take(uint64_t size, std::string_view& out) {
        if (size > m_bytes.size()) {
            return false;
        }
        out = m_bytes.substr(0, static_cast<size_t>(size));
        m_bytes.remove_prefix(static_cast<size_t>(size));
        return true;
    }

    std::string_view m_bytes;
};

class WireWriter {
  public:
    void integer(uint32_t number, uint64_t value) {
        varint(uint64_t{number} << 3);
        varint(value);
    }
    void bytes(uint32_t number, std::string_view value) {
        varint(uint64_t{number} << 3 | static_cast<uint32_t>(Wire::Bytes));
        varint(value.size());
        m_out += value;
    }
    void real(uint32_t number, float value) {
        varint(uint64_t{number} << 3 | static_cast<uint32_t>(Wire::Fixed32));
        std::array<char, sizeof(float)> raw;
        std::memcpy(raw.data(), &value, sizeof(value));
        m_out.append(raw.data(), raw.size());
    }
    std::string take() { return std::move(m_out); }

  private:
    void varint(uint64_t value) {
        while (value >= 0x80) {
            m_out += static_cast<char>((value & 0x7f) | 0x80);
            value >>= 7;
        }
        m_out += static_cast<char>(value);
    }

    std::string m_out;
};

Error damaged(const std::string& what) {
    return {ErrorCode::Corrupt, "The tokenizer model is damaged: " + what + "."};
}

Error unusable(const std::string& what) {
    return {ErrorCode::Unsupported, "The tokenizer model cannot be used: " + what + "."};
}

bool parsePiece(std::string_view bytes, SentencePiece& piece) {
    WireReader reader(bytes);
    Field field;
    while (!reader.atEnd()) {
        if (!reader.next(field)) {
            return false;
        }
        if (field.number == 1 && field.wire == Wire::Bytes) {
            if (field.bytes.size() > kMaxPieceBytes) {
                return false;
            }
            piece.text = field.bytes;
        } else if (field.number == 2 && field.wire == Wire::Fixed32) {
            std::memcpy(&piece.score, field.bytes.data(), sizeof(piece.score));
        } else if (field.number == 3 && field.wire == Wire::Varint) {
            if (field.integer < 1 || field.integer > 6) {
                return false;
            }
            piece.type = static_cast<PieceType>(field.integer);
        }
    }
    return true;
}

/// Names of the control pieces, as TrainerSpec gives them.
struct ControlNames {
    std::string unknown = "<unk>", bos = "<s>", eos = "</s>", pad = "<pad>";
};

bool parseTrainerSpec(std::string_view bytes, SentencePieceModel& model, ControlNames& names) {
    WireReader reader(bytes);
    Field field;
    model.kind = SentencePieceModel::Kind::Unigram;  // the proto's default
    while (!reader.atEnd()) {
        if (!reader.next(field)) {
            return false;
        }
        if (field.wire == Wire::Varint && field.number == 3) {
            if (field.integer < 1 || field.integer > 4) {
                return false;
            }
            model.kind = static_cast<SentencePieceModel::Kind>(field.integer);
        } else if (field.wire == Wire::Varint && field.number == 24) {
            model.whitespaceAsSuffix = field.integer != 0;
        } else if (field.wire == Wire::Bytes && field.number >= 45 && field.number <= 48) {
            std::string* const targets[] = {&names.unknown, &names.bos, &names.eos, &names.pad};
            *targets[field.number - 45] = field.bytes;
        }
    }
    return true;
}

bool parseNormalizerSpec(std::string_view bytes, SentencePieceModel& model) {
    WireReader reader(bytes);
    Field field;
    while (!reader.atEnd()) {
        if (!reader.next(field)) {
            return false;
        }
        if (field.wire == Wire::Bytes && field.number == 2) {
            model.hasNormalisation = !field.bytes.empty();
        } else if (field.wire == Wire::Varint && field.number == 3) {
            model.addDummyPrefix = field.integer != 0;
        } else if (field.wire == Wire::Varint && field.number == 4) {
            model.removeExtraWhitespaces = field.integer != 0;
        } else if (field.wire == Wire::Varint && field.number == 5) {
            model.escapeWhitespaces = field.integer != 0;
        }
    }
    return true;
}

TokenId findPiece(const SentencePieceModel& model, std::string_view text, PieceType type) {
    for (size_t i = 0; i < model.pieces.size(); ++i) {
        if (model.pieces[i].type == type && model.pieces[i].text == text) {
            return static_cast<TokenId>(i);
        }
    }
    return -1;
}

std::string pieceName(const SentencePieceModel& model, TokenId id, const char* fallback) {
    return id >= 0 && id < static_cast<TokenId>(model.pieces.size()) ? model.pieces[static_cast<size_t>(id)].text
                                                                     : fallback;
}

}  // namespace

Result<SentencePieceModel> parseSentencePieceModel(std::string_view proto) {
    SentencePieceModel model;
    model.removeExtraWhitespaces = true;  // the proto's default
    ControlNames names;
    WireReader reader(proto);
    Field field;
    bool hasTrainerSpec = false;
    while (!reader.atEnd()) {
        if (!reader.next(field)) {
            return damaged("it is not a sentencepiece file, or it is cut off");
        }
        bool good = true;
        if (field.number == 1 && field.wire == Wire::Bytes) {
            if (model.pieces.size() == kMaxPieces) {
                return damaged("it has too many pieces");
            }
            good = parsePiece(field.bytes, model.pieces.emplace_back());
        } else if (field.number == 2 && field.wire == Wire::Bytes) {
            good = parseTrainerSpec(field.bytes, model, names);
            hasTrainerSpec = true;
        } else if (field.number == 3 && field.wire == Wire::Bytes) {
            good = parseNormalizerSpec(field.bytes, model);
        }
        if (!good) {
            return damaged("a field of it cannot be read");
        }
    }
    if (model.pieces.empty() || !hasTrainerSpec) {
        return damaged("it holds no vocabulary");
    }
    model.unknown = findPiece(model, names.unknown, PieceType::Unknown);
    model.bos = findPiece(model, names.bos, PieceType::Control);
    model.eos = findPiece(model, names.eos, PieceType::Control);
    model.pad = findPiece(model, names.pad, PieceType::Control);
    return model;
}

std::string serialiseSentencePieceModel(const SentencePieceModel& model) {
    WireWriter out;
    for (const auto& piece : model.pieces) {
        WireWriter message;
        message.bytes(1, piece.text);
        message.real(2, piece.score);
        message.integer(3, static_cast<uint64_t>(piece.type));
        out.bytes(1, message.take());
    }
    WireWriter trainer;
    trainer.integer(3, static_cast<uint64_t>(model.kind));
    trainer.integer(4, model.pieces.size());
    trainer.integer(24, model.whitespaceAsSuffix ? 1 : 0);
    trainer.integer(35, 1);  // byte_fallback
    const TokenId ids[] = {model.unknown, model.bos, model.eos, model.pad};
    const char* const fallbacks[] = {"<unk>", "<s>", "</s>", "<pad>"};
    for (uint32_t i = 0; i < 4; ++i) {
        trainer.integer(40 + i, static_cast<uint64_t>(static_cast<int64_t>(ids[i])));
    }
    for (uint32_t i = 0; i < 4; ++i) {
        trainer.bytes(45 + i, pieceName(model, ids[i], fallbacks[i]));
    }
    out.bytes(2, trainer.take());
    WireWriter normalizer;
    normalizer.bytes(1, "identity");
    normalizer.integer(3, model.addDummyPrefix ? 1 : 0);
    normalizer.integer(4, model.removeExtraWhitespaces ? 1 : 0);
    normalizer.integer(5, model.escapeWhitespaces ? 1 : 0);
    out.bytes(3, normalizer.take());
    return out.take();
}

int byteOfPiece(std::string_view text) {
    if (text.size() != 6 || text.substr(0, 3) != "<0x" || text[5] != '>') {
        return -1;
    }
    int value = 0;
    for (const char c : text.substr(3, 2)) {
        const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
        if (digit < 0) {
            return -1;
        }
        value = value * 16 + digit;
    }
    return value;
}

Result<void> checkSentencePieceModel(const SentencePieceModel& model) {
    if (model.kind != SentencePieceModel::Kind::Bpe) {
        return unusable("it is not a BPE model");
    }
    if (model.hasNormalisation || model.removeExtraWhitespaces || model.whitespaceAsSuffix ||
        !model.escapeWhitespaces) {
        return unusable("it changes the text before splitting it, so that answers could not be traced to their bytes");
    }
    std::unordered_set<std::string_view> seen;
    seen.reserve(model.pieces.size());
    std::array<bool, 256> bytes{};
    int64_t unknownCount = 0;
    bool hasSpace = false;
    for (const auto& piece : model.pieces) {
        if (piece.text.empty() || !seen.insert(piece.text).second) {
            return damaged("its vocabulary has an empty or repeated piece");
        }
        if (!std::isfinite(piece.score)) {
            return damaged("a score of its vocabulary is not a finite number");
        }
        if (piece.type == PieceType::Byte) {
            const int byte = byteOfPiece(piece.text);
            if (byte < 0) {
                return damaged("a byte piece of its vocabulary has the wrong name");
            }
            bytes[static_cast<size_t>(byte)] = true;
        }
        unknownCount += piece.type == PieceType::Unknown;
        if (piece.type == PieceType::UserDefined && piece.text.find('\0') != std::string::npos) {
            return damaged("a piece of its vocabulary contains a zero byte");
        }
        hasSpace |=
            piece.text == "\xe2\x96\x81" && (piece.type == PieceType::Normal || piece.type == PieceType::UserDefined);
    }
    if (unknownCount != 1 || model.unknown < 0) {
        return damaged("its vocabulary needs exactly one unknown piece");
    }
    for (const bool present : bytes) {
        if (!present) {
            return unusable("its vocabulary lacks byte pieces, so that not every text can be written with it");
        }
    }
    if (!hasSpace) {
        return unusable("its vocabulary has no piece for the space");
    }
    return {};
}

}  // namespace lectern

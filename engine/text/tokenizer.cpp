#include "engine/text/tokenizer.h"

#include <sentencepiece_processor.h>

#include <array>
#include <unordered_map>

#include "engine/text/piece_boundaries.h"
#include "engine/text/sentencepiece_proto.h"
#include "engine/text/utf8.h"

namespace lectern {

namespace {

constexpr std::string_view kSpaceSymbol = "\xe2\x96\x81";

/// A stretch without any safe cut (a megabyte of one letter, say) is cut here all the same: libsentencepiece needs
/// about 150 bytes of memory per character of a segment. Only such a stretch can get other tokens than it would in one
/// piece; its bytes stay exact.
constexpr size_t kMaxSegmentBytes = size_t{1} << 20;

constexpr size_t kMaxCachedBytes = 64;
constexpr size_t kMaxCacheEntries = size_t{1} << 16;

std::string textOfPiece(const SentencePiece& piece) {
    if (piece.type == PieceType::Control || piece.type == PieceType::Unknown) {
        return {};
    }
    if (piece.type == PieceType::Byte) {
        return std::string(1, static_cast<char>(byteOfPiece(piece.text)));
    }
    std::string out;
    std::string_view rest = piece.text;
    while (!rest.empty()) {
        if (rest.starts_with(kSpaceSymbol)) {
            out += ' ';
            rest.remove_prefix(kSpaceSymbol.size());
        } else {
            out += rest.front();
            rest.remove_prefix(1);
        }
    }
    return out;
}

/// Bytes at the start of `text` that libsentencepiece may see: valid UTF-8 without a literal U+2581, which it could not
/// tell from a space.
size_t plainRunLength(std::string_view text) {
    size_t position = 0;
    while (position < text.size()) {
        const std::string_view rest = text.substr(position);
        const int64_t length = utf8Length(rest);
        if (length == 0 || rest.starts_with(kSpaceSymbol)) {
            break;
        }
        position += static_cast<size_t>(length);
    }
    return position;
}

}  // namespace

struct Tokenizer::Impl {
    sentencepiece::SentencePieceProcessor processor;
    std::vector<std::string> texts;  ///< bytes by id
    std::vector<PieceType> types;
    std::array<TokenId, 256> byteIds{};
    std::optional<PieceBoundaries> boundaries;
    TokenId bos = -1;
    TokenId eos = -1;
    TokenId space = -1;
    bool addDummyPrefix = true;

    bool known(TokenId id) const { return id >= 0 && id < static_cast<TokenId>(texts.size()); }
    const std::string& text(TokenId id) const { return texts[static_cast<size_t>(id)]; }

    /// Appends the ids of one segment. Where libsentencepiece's pieces do not spell the segment (an odd vocabulary),
    /// byte pieces do.
    void encodeSegment(std::string_view segment, std::vector<TokenId>& ids) const {
        std::vector<int> found;
        if (processor.Encode(absl::string_view(segment.data(), segment.size()), &found).ok()) {
            size_t position = 0;
            bool exact = true;
            for (const int id : found) {
                exact = exact && known(id) && !text(id).empty() &&
                        segment.compare(position, text(id).size(), text(id)) == 0;
                position += exact ? text(id).size() : 0;
            }
            if (exact && position == segment.size()) {
                ids.insert(ids.end(), found.begin(), found.end());
                return;
            }
        }
        for (const char c : segment) {
            ids.push_back(byteIds[static_cast<unsigned char>(c)]);
        }
    }
};

namespace {

/// Ids of the segments of one text; most segments of prose are words that come again and again.
class SegmentCache {
  public:
    using Encode = std::vector<TokenId>;

    const Encode* find(std::string_view segment) const {
        const auto found = m_entries.find(segment);
        return found == m_entries.end() ? nullptr : &found->second;
    }
    void insert(std::string_view segment, const Encode& ids) {
        if (segment.size() <= kMaxCachedBytes && m_entries.size() < kMaxCacheEntries) {
            m_entries.emplace(segment, ids);
        }
    }

  private:
    std::unordered_map<std::string_view, Encode> m_entries;  ///< keys view the text being encoded
};

}  // namespace

Result<Tokenizer> Tokenizer::create(std::string_view modelProto) {
    LECTERN_ASSIGN(SentencePieceModel model, parseSentencePieceModel(modelProto));
    LECTERN_TRY(checkSentencePieceModel(model));

    auto impl = std::make_shared<Impl>();
    impl->addDummyPrefix = model.addDummyPrefix;
    impl->bos = model.bos;
    impl->eos = model.eos;
    impl->boundaries.emplace(model);
    for (size_t i = 0; i < model.pieces.size(); ++i) {
        const auto& piece = model.pieces[i];
        const auto id = static_cast<TokenId>(i);
        impl->texts.push_back(textOfPiece(piece));
        impl->types.push_back(piece.type);
        if (piece.type == PieceType::Byte) {
            impl->byteIds[static_cast<size_t>(byteOfPiece(piece.text))] = id;
        }
        if (piece.text == kSpaceSymbol) {
            impl->space = id;
        }
    }

    // The dummy space is put in front here, once per text and not once per segment.
    model.addDummyPrefix = false;
    try {
        const auto status = impl->processor.LoadFromSerializedProto(serialiseSentencePieceModel(model));
        if (!status.ok()) {
            return Error{ErrorCode::Corrupt, "The tokenizer model cannot be loaded."};
        }
    } catch (const std::exception&) {
        return Error{ErrorCode::Corrupt, "The tokenizer model cannot be loaded."};
    }
    return Tokenizer(std::move(impl));
}

std::vector<Tokenizer::Token> Tokenizer::encodeWithOffsets(std::string_view text, EncodeOptions options) const {
    const Impl& impl = *m_impl;
    std::vector<Token> tokens;
    tokens.reserve(text.size() / 4 + 2);
    int64_t offset = 0;
    if (options.bos && impl.bos >= 0) {
        tokens.push_back({impl.bos, {0, 0}});
    }
    const auto emit = [&](TokenId id, int64_t length) {
        tokens.push_back({id, {offset, offset + length}});
        offset += length;
    };

    SegmentCache cache;
    std::vector<TokenId> ids;
    bool prefixDue = options.dummyPrefix && impl.addDummyPrefix && !text.empty();
    size_t position = 0;
    while (position < text.size()) {
        const size_t runEnd = position + plainRunLength(text.substr(position));
        if (prefixDue && runEnd == position) {
            emit(impl.space, 0);
            prefixDue = false;
        }
        while (position < runEnd) {
            const std::string_view run = text.substr(position, runEnd - position);
            const std::string_view segment = run.substr(0, impl.boundaries->segmentLength(run, kMaxSegmentBytes));
            position += segment.size();
            if (prefixDue) {
                prefixDue = false;
                ids.clear();
                impl.encodeSegment(" " + std::string(segment), ids);
                for (size_t i = 0; i < ids.size(); ++i) {
                    emit(ids[i], static_cast<int64_t>(impl.text(ids[i]).size()) - (i == 0 ? 1 : 0));
                }
                continue;
            }
            const std::vector<TokenId>* segmentIds = cache.find(segment);
            if (!segmentIds) {
                ids.clear();
                impl.encodeSegment(segment, ids);
                cache.insert(segment, ids);
                segmentIds = &ids;
            }
            for (const TokenId id : *segmentIds) {
                emit(id, static_cast<int64_t>(impl.text(id).size()));
            }
        }
        // What ends a run is an invalid byte or a literal U+2581; either goes byte by byte.
        const size_t strangeEnd =
            position + (text.substr(position).starts_with(kSpaceSymbol) ? kSpaceSymbol.size() : 1);
        for (; position < strangeEnd && position < text.size(); ++position) {
            emit(impl.byteIds[static_cast<unsigned char>(text[position])], 1);
        }
    }
    return tokens;
}

std::vector<TokenId> Tokenizer::encode(std::string_view text, EncodeOptions options) const {
    const auto tokens = encodeWithOffsets(text, options);
    std::vector<TokenId> ids;
    ids.reserve(tokens.size());
    for (const auto& token : tokens) {
        ids.push_back(token.id);
    }
    return ids;
}

std::string Tokenizer::decode(std::span<const TokenId> ids, bool dummyPrefix) const {
    std::string out;
    bool stripDue = dummyPrefix && m_impl->addDummyPrefix;
    for (const TokenId id : ids) {
        std::string_view text = pieceBytes(id);
        if (stripDue && !text.empty()) {
            stripDue = false;
            if (text.front() == ' ') {
                text.remove_prefix(1);
            }
        }
        out += text;
    }
    return out;
}

std::string_view Tokenizer::pieceBytes(TokenId id) const {
    return m_impl->known(id) ? std::string_view(m_impl->text(id)) : std::string_view();
}

bool Tokenizer::isControl(TokenId id) const {
    if (!m_impl->known(id)) {
        return true;
    }
    const PieceType type = m_impl->types[static_cast<size_t>(id)];
    return type == PieceType::Control || type == PieceType::Unknown;
}

int32_t Tokenizer::vocabSize() const {
    return static_cast<int32_t>(m_impl->texts.size());
}
TokenId Tokenizer::bosToken() const {
    return m_impl->bos;
}
TokenId Tokenizer::eosToken() const {
    return m_impl->eos;
}

}  // namespace lectern

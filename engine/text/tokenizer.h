#pragma once
// sentencepiece with token <-> byte offsets. Bytes in, the same bytes out, whatever they are.

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/ids.h"
#include "engine/core/result.h"

namespace lectern {

/// Immutable and safe to share between threads.
class Tokenizer {
  public:
    /// `modelProto` is a serialised sentencepiece ModelProto. Errors: Corrupt.
    static Result<Tokenizer> create(std::string_view modelProto);

    struct EncodeOptions {
        bool bos = false;
        /// Put sentencepiece's dummy space before the text. Off for a continuation of an earlier text.
        bool dummyPrefix = true;
    };

    /// One token and the bytes of the input it stands for. BOS covers an empty range. Ranges are contiguous and
    /// together cover the input; a multi-byte character split into byte pieces gives each piece its own byte.
    struct Token {
        TokenId id = 0;
        ByteRange bytes;
    };

    /// Encodes any bytes: what is not valid UTF-8 becomes byte pieces. Never fails on content.
    std::vector<Token> encodeWithOffsets(std::string_view text, EncodeOptions options) const;
    std::vector<TokenId> encode(std::string_view text, EncodeOptions options) const;

    /// The exact bytes of `ids`; control tokens give nothing. `dummyPrefix` strips the leading space that encoding
    /// added.
    std::string decode(std::span<const TokenId> ids, bool dummyPrefix = true) const;
    /// Bytes of one piece, as they appear in running text (a leading U+2581 is a space).
    std::string_view pieceBytes(TokenId id) const;
    bool isControl(TokenId id) const;

    int32_t vocabSize() const;
    TokenId bosToken() const;
    TokenId eosToken() const;

  private:
    struct Impl;
    explicit Tokenizer(std::shared_ptr<const Impl> impl) : m_impl(std::move(impl)) {}
    std::shared_ptr<const Impl> m_impl;
};

/// Collects streamed pieces and gives out only whole UTF-8 characters.
class Utf8Assembler {
  public:
    /// Appends bytes, returns what is complete so far. Bytes that can never become valid come out as they are.
    std::string push(std::string_view bytes);
    /// The rest, however incomplete.
    std::string finish();

  private:
    std::string m_pending;
};

}  // namespace lectern

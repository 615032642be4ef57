#pragma once
// Documents as one run of tokens, and the way back from a token to its document, page and bytes.

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <stop_token>
#include <vector>

#include "app/library/library.h"
#include "engine/text/tokenizer.h"

namespace lectern::app {

/// Consecutive tokens of one page, or of a heading that Lectern put between documents (page -1).
struct ContextSpan {
    DocumentId document = 0;
    int32_t page = -1;
    TokenRange tokens;
    int64_t textBytes = 0;  ///< length of the page's text
};

/// Part of a page: bytes of the page's own text.
struct PagePart {
    DocumentId document = 0;
    int32_t page = 0;
    ByteRange bytes;
    TokenRange tokens;  ///< the tokens that gave it
};

/// What is prefilled. Immutable once built; shared between threads by const pointer.
class Context {
  public:
    struct DocumentPart {
        DocumentId document = 0;
        DocumentKind kind = DocumentKind::Text;
        TokenRange tokens;
    };

    const std::vector<TokenId>& tokens() const { return m_tokens; }
    const std::vector<ContextSpan>& spans() const { return m_spans; }
    const std::vector<DocumentPart>& documents() const { return m_documents; }
    DocumentKind kindOf(DocumentId document) const;

    /// The pages that tokens [range) stand for, with the bytes of their text; headings give nothing.
    std::vector<PagePart> project(TokenRange range) const;
    /// The tokens that stand for bytes of a page; empty when the page is not in the context.
    TokenRange tokensOf(DocumentId document, int32_t page, ByteRange bytes) const;

  private:
    friend class ContextBuilder;
    std::vector<TokenId> m_tokens;
    std::vector<uint32_t> m_starts;  ///< per token: first byte in its page's text
    std::vector<ContextSpan> m_spans;
    std::map<DocumentId, std::vector<int32_t>> m_spanOfPage;  ///< indices into m_spans; -1: the page has no tokens
    std::vector<DocumentPart> m_documents;
};

/// A page's text as the model reads it: leader dots and runs of blank lines are left out, the rest is untouched.
struct ContextText {
    struct Piece {
        int64_t begin = 0;      ///< in `text`
        int64_t pageBegin = 0;  ///< in the page's text
    };
    std::string text;
    std::vector<Piece> pieces;
    int64_t toPage(int64_t offset) const;
};
/// Source files are taken as they are.
ContextText contextText(std::string_view pageText, DocumentKind kind);

/// Builds contexts from the library, keeping each document's tokens there for the next time.
class ContextBuilder {
  public:
    using Progress = std::function<void(int64_t pagesDone, int64_t pageCount)>;

    /// `tokenizerHash` names the tokenizer in the library: tokenizerHash(serialised model).
    ContextBuilder(Library& library, const Tokenizer& tokenizer, std::string tokenizerHash)
        : m_library(library), m_tokenizer(tokenizer), m_tokenizerHash(std::move(tokenizerHash)) {}

    /// One context: BOS, then the documents in order. A single PDF or text stands alone; several documents and the
    /// files of a source tree each begin with a line that names them. Errors: InvalidInput (no text at all), Cancelled,
    /// NotFound.
    Result<std::shared_ptr<const Context>> build(std::span<const DocumentId> documents, const Progress& progress = {},
                                                 std::stop_token stop = {});

  private:
    Result<std::vector<PageTokens>> tokensOf(const DocumentRecord& record, std::span<const DocumentPage> pages,
                                             const std::stop_token& stop) const;
    Result<std::vector<PageTokens>> encodePages(std::span<const DocumentPage> pages, DocumentKind kind,
                                                const std::stop_token& stop) const;
    PageTokens encode(std::string_view text, DocumentKind kind, bool first) const;
    void append(Context& context, DocumentId document, int32_t page, const PageTokens& tokens, int64_t textBytes) const;
    Result<void> appendDocument(Context& context, const DocumentRecord& record, bool headed, const Progress& progress,
                                const std::stop_token& stop);

    Library& m_library;
    const Tokenizer& m_tokenizer;
    std::string m_tokenizerHash;
};

std::string tokenizerHash(std::string_view serialisedModel);

}  // namespace lectern::app

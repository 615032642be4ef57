#include "app/ask/context.h"

#include <QCryptographicHash>
#include <algorithm>

namespace lectern::app {
namespace {

/// Raised with contextText(): stored tokens of another version are not used.
constexpr const char* kContextVersion = "1:";
/// So many pages of a document are in memory at once.
constexpr int32_t kPagesAtOnce = 256;
/// Room made beforehand, and what is left over given back: prose has four to five bytes a token, tables two to three.
constexpr int64_t kBytesPerToken = 2;

Error cancelled() {
    return {ErrorCode::Cancelled, "Preparing the document was cancelled."};
}

std::string_view withoutTrailingSpace(std::string_view text) {
    const size_t last = text.find_last_not_of(" \t\n\r\f");
    return text.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

}  // namespace

std::string tokenizerHash(std::string_view serialisedModel) {
    QCryptographicHash hash(QCryptographicHash::Sha256);
    hash.addData(QByteArrayView(serialisedModel.data(), static_cast<qsizetype>(serialisedModel.size())));
    return kContextVersion + hash.result().toHex().toStdString();
}

DocumentKind Context::kindOf(DocumentId document) const {
    for (const DocumentPart& part : m_documents) {
        if (part.document == document) {
            return part.kind;
        }
    }
    return DocumentKind::Text;
}

std::vector<PagePart> Context::project(TokenRange range) const {
    std::vector<PagePart> parts;
    auto span = std::upper_bound(m_spans.begin(), m_spans.end(), range.begin,
                                 [](int64_t token, const ContextSpan& each) { return token < each.tokens.end; });
    for (; span != m_spans.end() && span->tokens.begin < range.end; ++span) {
        if (span->page < 0) {
            continue;
        }
        const TokenRange tokens{std::max(range.begin, span->tokens.begin), std::min(range.end, span->tokens.end)};
        const int64_t begin = m_starts[static_cast<size_t>(tokens.begin)];
        const int64_t end = tokens.end < span->tokens.end ? m_starts[static_cast<size_t>(tokens.end)] : span->textBytes;
        if (end > begin) {
            parts.push_back({span->document, span->page, {begin, end}, tokens});
        }
    }
    return parts;
}

TokenRange Context::tokensOf(DocumentId document, int32_t page, ByteRange bytes) const {
    const auto pages = m_spanOfPage.find(document);
    const bool known = pages != m_spanOfPage.end() && page >= 0 && page < std::ssize(pages->second);
    const int32_t index = known ? pages->second[static_cast<size_t>(page)] : -1;
    if (index < 0 || bytes.end <= bytes.begin) {
        return {};
    }
    const ContextSpan* span = &m_spans[static_cast<size_t>(index)];
    const auto first = m_starts.begin() + span->tokens.begin;
    const auto last = m_starts.begin() + span->tokens.end;
    const auto from = std::upper_bound(first, last, static_cast<uint32_t>(bytes.begin));
    const auto to = std::lower_bound(first, last, static_cast<uint32_t>(bytes.end));
    const int64_t begin = (from == first ? from : from - 1) - m_starts.begin();
    return {begin, std::max<int64_t>(begin, to - m_starts.begin())};
}

PageTokens ContextBuilder::encode(std::string_view text, DocumentKind kind, bool first) const {
    PageTokens tokens;
    const std::string_view body = withoutTrailingSpace(text);
    if (body.empty()) {
        return tokens;
    }
    ContextText read = contextText(body, kind);
    read.text.push_back('\n');
    for (const Tokenizer::Token& token :
         m_tokenizer.encodeWithOffsets(read.text, {.bos = false, .dummyPrefix = first})) {
        tokens.ids.push_back(token.id);
        const int64_t start = std::min(read.toPage(token.bytes.begin), static_cast<int64_t>(body.size()));
        tokens.starts.push_back(static_cast<uint32_t>(start));
    }
    return tokens;
}

void ContextBuilder::append(Context& context, DocumentId document, int32_t page, const PageTokens& tokens,
                            int64_t textBytes) const {
    if (tokens.ids.empty()) {
        return;
    }
    const auto begin = static_cast<int64_t>(context.m_tokens.size());
    context.m_tokens.insert(context.m_tokens.end(), tokens.ids.begin(), tokens.ids.end());
    context.m_starts.insert(context.m_starts.end(), tokens.starts.begin(), tokens.starts.end());
    if (page >= 0) {
        std::vector<int32_t>& spans = context.m_spanOfPage[document];
        spans.resize(static_cast<size_t>(page) + 1, -1);
        spans.back() = static_cast<int32_t>(context.m_spans.size());
    }
    context.m_spans.push_back({document, page, {begin, static_cast<int64_t>(context.m_tokens.size())}, textBytes});
}

Result<std::vector<PageTokens>> ContextBuilder::encodePages(std::span<const DocumentPage> pages, DocumentKind kind,
                                                            const std::stop_token& stop) const {
    std::vector<PageTokens> tokens;
    for (const DocumentPage& page : pages) {
        if (stop.stop_requested()) {
            return cancelled();
        }
        tokens.push_back(encode(page.text, kind, false));
    }
    return tokens;
}

Result<std::vector<PageTokens>> ContextBuilder::tokensOf(const DocumentRecord& record,
                                                         std::span<const DocumentPage> pages,
                                                         const std::stop_token& stop) const {
    const int32_t first = pages.front().index;
    const auto count = static_cast<int32_t>(pages.size());
    LECTERN_ASSIGN(std::optional<std::vector<PageTokens>> stored,
                   m_library.tokens(record.id, m_tokenizerHash, first, count));
    if (stored) {
        return std::move(*stored);
    }
    LECTERN_ASSIGN(std::vector<PageTokens> tokens, encodePages(pages, record.header.kind, stop));
    if (pages.back().index - first + 1 == count) {
        LECTERN_TRY(m_library.storeTokens(record.id, m_tokenizerHash, first, tokens));
    }
    return tokens;
}

Result<void> ContextBuilder::appendDocument(Context& context, const DocumentRecord& record, bool headed,
                                            const Progress& progress, const std::stop_token& stop) {
    const DocumentKind kind = record.header.kind;
    const auto begin = static_cast<int64_t>(context.m_tokens.size());
    const auto isStart = [&] { return context.m_tokens.size() == 1; };
    const auto heading = [&](const std::string& text) {
        append(context, record.id, -1, encode((isStart() ? "" : "\n") + text, DocumentKind::SourceTree, isStart()), 0);
    };
    if (headed) {
        heading("Document: " + record.header.title);
    }
    for (int32_t first = 0; first < record.header.pageCount; first += kPagesAtOnce) {
        if (stop.stop_requested()) {
            return cancelled();
        }
        LECTERN_ASSIGN(const std::vector<DocumentPage> pages, m_library.pages(record.id, first, kPagesAtOnce));
        if (pages.empty()) {
            continue;
        }
        LECTERN_ASSIGN(const std::vector<PageTokens> tokens, tokensOf(record, pages, stop));
        for (size_t i = 0; i < pages.size(); ++i) {
            const std::string_view text = withoutTrailingSpace(pages[i].text);
            if (text.empty()) {
                continue;
            }
            if (kind == DocumentKind::SourceTree) {
                heading("File: " + pages[i].label);
            }
            append(context, record.id, pages[i].index, isStart() ? encode(text, kind, true) : tokens[i],
                   static_cast<int64_t>(text.size()));
        }
        if (progress) {
            progress(pages.back().index + 1, record.header.pageCount);
        }
    }
    context.m_documents.push_back({record.id, kind, {begin, static_cast<int64_t>(context.m_tokens.size())}});
    return {};
}

Result<std::shared_ptr<const Context>> ContextBuilder::build(std::span<const DocumentId> documents,
                                                             const Progress& progress, std::stop_token stop) {
    auto context = std::make_shared<Context>();
    context->m_tokens.push_back(m_tokenizer.bosToken());
    context->m_starts.push_back(0);
    for (const DocumentId id : documents) {
        LECTERN_ASSIGN(const DocumentRecord record, m_library.document(id));
        const size_t room = context->m_tokens.size() + static_cast<size_t>(record.textBytes / kBytesPerToken);
        context->m_tokens.reserve(room);
        context->m_starts.reserve(room);
        LECTERN_TRY(appendDocument(*context, record, documents.size() > 1, progress, stop));
    }
    const bool anyPage = std::any_of(context->m_spans.begin(), context->m_spans.end(),
                                     [](const ContextSpan& span) { return span.page >= 0; });
    if (!anyPage) {
        return Error{ErrorCode::InvalidInput, documents.size() == 1 ? "The document has no text to ask about."
                                                                    : "None of the documents has text to ask about."};
    }
    context->m_tokens.shrink_to_fit();
    context->m_starts.shrink_to_fit();
    return std::shared_ptr<const Context>(std::move(context));
}

}  // namespace lectern::app

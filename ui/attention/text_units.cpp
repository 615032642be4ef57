#include "ui/attention/text_units.h"

#include <algorithm>

#include "engine/text/sentences.h"

namespace lectern::ui {
namespace {

void add(std::vector<int64_t>& starts, int64_t token) {
    if (starts.empty() || token > starts.back()) {
        starts.push_back(token);
    }
}

/// Bytes at which lines begin that are not empty.
std::vector<int64_t> lineStarts(std::string_view text) {
    std::vector<int64_t> starts;
    for (size_t at = text.find_first_not_of(" \t\r\n"); at != std::string_view::npos;) {
        starts.push_back(static_cast<int64_t>(at));
        const size_t end = text.find('\n', at);
        at = end == std::string_view::npos ? end : text.find_first_not_of(" \t\r\n", end);
    }
    return starts;
}

/// Bytes at which paragraphs begin: the start, and behind every empty line.
std::vector<int64_t> paragraphStarts(std::string_view text) {
    std::vector<int64_t> starts{0};
    for (size_t at = text.find("\n\n"); at != std::string_view::npos; at = text.find("\n\n", at)) {
        at = text.find_first_not_of(" \t\r\n", at);
        if (at == std::string_view::npos) {
            break;
        }
        starts.push_back(static_cast<int64_t>(at));
    }
    return starts;
}

/// Texts of pages asked for in order, read some at a time: a document may have thousands.
class PageTexts {
  public:
    PageTexts(app::Library& library, int32_t pagesAtOnce) : m_library(library), m_pagesAtOnce(pagesAtOnce) {}

    /// Empty for a page that is not stored. Valid until the next call.
    Result<std::string_view> of(app::DocumentId document, int32_t page) {
        if (document != m_document || page < m_first || page >= m_first + m_pagesAtOnce) {
            LECTERN_ASSIGN(m_pages, m_library.pages(document, page, m_pagesAtOnce));
            m_document = document;
            m_first = page;
        }
        const auto found = std::find_if(m_pages.begin(), m_pages.end(),
                                        [page](const app::DocumentPage& each) { return each.index == page; });
        return found == m_pages.end() ? std::string_view() : std::string_view(found->text);
    }

  private:
    app::Library& m_library;
    const int32_t m_pagesAtOnce;
    app::DocumentId m_document = 0;
    int32_t m_first = 0;
    std::vector<app::DocumentPage> m_pages;
};

}  // namespace

Result<TextUnits> textUnits(app::Library& library, const app::Context& context) {
    TextUnits units;
    PageTexts texts(library, 256);
    for (const app::ContextSpan& span : context.spans()) {
        if (span.page < 0) {
            continue;
        }
        LECTERN_ASSIGN(const std::string_view text, texts.of(span.document, span.page));
        const auto tokenAt = [&](int64_t byte) {
            return context.tokensOf(span.document, span.page, {byte, byte + 1}).begin;
        };
        for (const int64_t start : lineStarts(text)) {
            add(units.lines, tokenAt(start));
        }
        for (const ByteRange& sentence : splitSentences(text)) {
            add(units.sentences, tokenAt(sentence.begin));
        }
        for (const int64_t start : paragraphStarts(text)) {
            add(units.paragraphs, tokenAt(start));
        }
    }
    return units;
}

Result<QVector<QString>> tokenTexts(app::Library& library, const app::Context& context, TokenRange tokens) {
    QVector<QString> result;
    PageTexts texts(library, 1);
    for (int64_t token = tokens.begin; token < tokens.end; ++token) {
        QString text;
        for (const app::PagePart& part : context.project({token, token + 1})) {
            LECTERN_ASSIGN(const std::string_view page, texts.of(part.document, part.page));
            const auto begin = static_cast<size_t>(part.bytes.begin);
            if (begin < page.size()) {
                const std::string_view bytes = page.substr(begin, static_cast<size_t>(part.bytes.size()));
                text += QString::fromUtf8(bytes.data(), static_cast<qsizetype>(bytes.size()));
            }
        }
        result.push_back(text);
    }
    return result;
}

}  // namespace lectern::ui

// Full-text and literal search over pages; search over questions and answers.

#include <algorithm>
#include <cctype>

#include "app/ingest/document.h"
#include "app/ingest/text_search.h"
#include "app/library/library_impl.h"

namespace lectern::app {
namespace {

constexpr int kSnippetCharacters = 60;

// Noncharacters: no text holds them, so what highlight() marks can be found again exactly.
constexpr std::string_view kMarkBegin = "\xef\xb7\x90";
constexpr std::string_view kMarkEnd = "\xef\xb7\x91";

struct PageKey {
    int64_t row = 0;
    DocumentId document = 0;
    int32_t page = 0;
};

bool isWordByte(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || std::isalnum(byte) != 0;
}

/// The index's query for a person's words: operators of FTS5 mean nothing here. Empty where there is no word.
std::string indexQuery(std::string_view text) {
    std::string query;
    for (size_t begin = 0; begin < text.size();) {
        if (std::isspace(static_cast<unsigned char>(text[begin])) != 0) {
            ++begin;
            continue;
        }
        const bool quoted = text[begin] == '"';
        const size_t from = begin + (quoted ? 1 : 0);
        const size_t end = std::min(text.find_first_of(quoted ? "\"" : " \t\n\r\"", from), text.size());
        std::string_view word = text.substr(from, end - from);
        begin = end + (quoted ? 1 : 0);
        const bool prefix = !quoted && word.ends_with('*');
        word = word.substr(0, word.size() - (prefix ? 1 : 0));
        if (std::any_of(word.begin(), word.end(), isWordByte)) {
            query += (query.empty() ? "\"" : " AND \"") + std::string(word) + (prefix ? "\" *" : "\"");
        }
    }
    return query;
}

/// Byte ranges of what highlight() marked, in the text without the marks; `marked` loses its marks.
std::vector<ByteRange> takeMarks(std::string& marked) {
    std::string text;
    std::vector<ByteRange> ranges;
    int64_t open = 0;
    for (size_t i = 0; i < marked.size();) {
        const std::string_view rest = std::string_view(marked).substr(i, kMarkBegin.size());
        if (rest == kMarkBegin) {
            open = static_cast<int64_t>(text.size());
            i += kMarkBegin.size();
        } else if (rest == kMarkEnd) {
            ranges.push_back({open, static_cast<int64_t>(text.size())});
            i += kMarkEnd.size();
        } else {
            text.push_back(marked[i++]);
        }
    }
    marked = std::move(text);
    return ranges;
}

class TextSearch {
  public:
    TextSearch(Database& database, const TextQuery& query)
        : m_database(database), m_query(query), m_words(indexQuery(query.text)), m_left(query.maximumHits) {}

    Result<void> run(const std::function<bool(std::span<const TextHit>)>& onHits, const std::stop_token& stop) {
        const bool nothing = m_query.mode == TextQuery::Mode::Words
                                 ? m_words.empty()
                                 : m_query.text.find_first_not_of(" \t\r\n") == std::string::npos;
        if (nothing) {
            return Error{ErrorCode::InvalidInput, "There is no word to search for."};
        }
        LECTERN_ASSIGN(const std::vector<PageKey> pages, candidates());
        for (const PageKey& page : pages) {
            if (stop.stop_requested()) {
                return Error{ErrorCode::Cancelled, "The search was cancelled."};
            }
            LECTERN_ASSIGN(const std::vector<TextHit> hits, hitsOf(page));
            m_left -= static_cast<int64_t>(hits.size());
            if ((!hits.empty() && !onHits(hits)) || m_left <= 0) {
                break;
            }
        }
        return {};
    }

  private:
    /// Pages in the order of the answer: those the index names, or all that have text.
    Result<std::vector<PageKey>> candidates() {
        std::vector<PageKey> pages;
        const auto take = [&](const Row& row) {
            const PageKey key{row.integer(0), row.integer(1), row.small(2)};
            const bool wanted =
                m_query.documents.empty() ||
                std::find(m_query.documents.begin(), m_query.documents.end(), key.document) != m_query.documents.end();
            if (wanted) {
                pages.push_back(key);
            }
        };
        const std::string withText = "WHERE p.text_bytes > 0 AND (NOT ?1 OR p.note = ?2)";
        const std::string_view note = kRecognisedNote;
        constexpr const char* kOrder = "JOIN documents d ON d.id = p.document";
        const std::string tail = " ORDER BY d.opened_at DESC, d.id DESC, p.page";
        const std::string columns = "SELECT p.id, p.document, p.page FROM ";
        if (m_query.mode == TextQuery::Mode::Words) {
            const std::string sql = columns + "pages_text JOIN pages p ON p.id = pages_text.rowid " + kOrder +
                                    " WHERE pages_text MATCH ?1" + tail;
            LECTERN_TRY(m_database.query(sql.c_str(), take, m_words));
        } else if (m_query.documents.size() == 1) {
            const std::string sql = columns + "pages p " + withText + " AND p.document = ?3 ORDER BY p.page";
            LECTERN_TRY(m_database.query(sql.c_str(), take, m_query.recognisedOnly, note, m_query.documents.front()));
        } else {
            const std::string sql = columns + "pages p " + kOrder + " " + withText + tail;
            LECTERN_TRY(m_database.query(sql.c_str(), take, m_query.recognisedOnly, note));
        }
        return pages;
    }

    Result<std::vector<TextHit>> hitsOf(const PageKey& page) {
        std::string text;
        std::string label;
        std::vector<ByteRange> ranges;
        if (m_query.mode == TextQuery::Mode::Words) {
            LECTERN_TRY(m_database.query(
                "SELECT highlight(pages_text, 0, ?3, ?4), (SELECT label FROM pages WHERE id = ?2) FROM pages_text "
                "WHERE pages_text MATCH ?1 AND rowid = ?2",
                [&](const Row& row) {
                    text = row.text(0);
                    label = row.text(1);
                },
                m_words, page.row, kMarkBegin, kMarkEnd));
            ranges = takeMarks(text);
            ranges.resize(static_cast<size_t>(std::min(static_cast<int64_t>(ranges.size()), m_left)));
        } else {
            LECTERN_TRY(m_database.query(
                "SELECT text, label FROM pages WHERE id = ?1",
                [&](const Row& row) {
                    text = row.text(0);
                    label = row.text(1);
                },
                page.row));
            ranges = findInText(text, m_query.text, {m_query.caseSensitive, m_query.wholeWords, m_left});
        }
        std::vector<TextHit> hits;
        hits.reserve(ranges.size());
        for (const ByteRange& range : ranges) {
            hits.push_back({page.document, page.page, label, range, snippetAround(text, range, kSnippetCharacters)});
        }
        return hits;
    }

    Database& m_database;
    const TextQuery& m_query;
    std::string m_words;
    int64_t m_left;
};

}  // namespace

Result<void> Library::searchText(const TextQuery& query, const std::function<bool(std::span<const TextHit>)>& onHits,
                                 const std::stop_token& stop) {
    return TextSearch(*m_impl->database, query).run(onHits, stop);
}

Result<std::vector<MessageHit>> Library::searchMessages(const std::string& text, int32_t maximumHits) {
    const std::string words = indexQuery(text);
    if (words.empty()) {
        return Error{ErrorCode::InvalidInput, "There is no word to search for."};
    }
    std::vector<MessageHit> hits;
    LECTERN_TRY(m_impl->database->query(
        "SELECT m.conversation, c.title, m.id, m.role, m.created_at, snippet(messages_text, 0, '', '', '…', 24) "
        "FROM messages_text JOIN messages m ON m.id = messages_text.rowid JOIN conversations c ON c.id = "
        "m.conversation "
        "WHERE messages_text MATCH ?1 ORDER BY messages_text.rank, m.id DESC LIMIT ?2",
        [&](const Row& row) {
            const MessageRole role = row.integer(3) == 0 ? MessageRole::Question : MessageRole::Answer;
            hits.push_back({row.integer(0), row.text(1), row.integer(2), role, row.integer(4), row.text(5)});
        },
        words, maximumHits));
    return hits;
}

}  // namespace lectern::app

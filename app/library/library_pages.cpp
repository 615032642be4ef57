// Pages, their boxes, and their tokens.

#include "app/ingest/page_boxes_codec.h"
#include "app/library/blobs.h"
#include "app/library/compression.h"
#include "app/library/library_impl.h"

namespace lectern::app {
namespace {

constexpr int64_t kMaximumBoxBytes = int64_t{64} << 20;

constexpr const char* kPageColumns = "SELECT page, label, width, height, state, note, text FROM pages ";

DocumentPage readPage(const Row& row) {
    DocumentPage page;
    page.index = row.small(0);
    page.label = row.text(1);
    page.size = {row.real(2), row.real(3)};
    page.state = static_cast<PageState>(row.small(4) & 3);
    page.note = row.text(5);
    page.text = row.text(6);
    return page;
}

Error noPage(DocumentId id, int32_t index) {
    return {ErrorCode::NotFound,
            "The library has no page " + std::to_string(index + 1) + " of document " + std::to_string(id) + "."};
}

}  // namespace

Result<void> Library::storePages(DocumentId id, std::span<const DocumentPage> pages) {
    Database& database = *m_impl->database;
    Transaction transaction(database);
    LECTERN_TRY(transaction.begin());
    LECTERN_TRY(database.run("DELETE FROM page_tokens WHERE document = ?1", id));
    for (const DocumentPage& page : pages) {
        const std::string boxes = page.boxes.words.empty() ? "" : compressBytes(encodePageBoxes(page.boxes));
        LECTERN_TRY(database.run(
            "INSERT INTO pages (document, page, label, width, height, state, note, text_bytes, text, boxes) "
            "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT (document, page) DO UPDATE SET "
            "label = excluded.label, width = excluded.width, height = excluded.height, state = excluded.state, "
            "note = excluded.note, text_bytes = excluded.text_bytes, text = excluded.text, boxes = excluded.boxes",
            id, page.index, page.label, page.size.widthPoints, page.size.heightPoints, static_cast<int32_t>(page.state),
            page.note, static_cast<int64_t>(page.text.size()), page.text, Blob{boxes}));
    }
    return transaction.commit();
}

Result<std::vector<int32_t>> Library::storedPages(DocumentId id, bool scans) {
    std::vector<int32_t> indices;
    LECTERN_TRY(m_impl->database->query(
        "SELECT page FROM pages WHERE document = ?1 AND (?2 OR state <> 2) ORDER BY page",
        [&](const Row& row) { indices.push_back(row.small(0)); }, id, scans));
    return indices;
}

Result<std::vector<DocumentPage>> Library::pages(DocumentId id) {
    std::vector<DocumentPage> pages;
    LECTERN_TRY(m_impl->database->query((std::string(kPageColumns) + "WHERE document = ?1 ORDER BY page").c_str(),
                                        [&](const Row& row) { pages.push_back(readPage(row)); }, id));
    return pages;
}

Result<std::vector<DocumentPage>> Library::pages(DocumentId id, int32_t first, int32_t count) {
    std::vector<DocumentPage> pages;
    LECTERN_TRY(m_impl->database->query(
        (std::string(kPageColumns) + "WHERE document = ?1 AND page >= ?2 AND page < ?3 ORDER BY page").c_str(),
        [&](const Row& row) { pages.push_back(readPage(row)); }, id, first, int64_t{first} + count));
    return pages;
}

Result<std::vector<DocumentPage>> Library::pageStates(DocumentId id) {
    std::vector<DocumentPage> pages;
    LECTERN_TRY(m_impl->database->query(
        "SELECT page, label, width, height, state, note, '' FROM pages WHERE document = ?1 ORDER BY page",
        [&](const Row& row) { pages.push_back(readPage(row)); }, id));
    return pages;
}

Result<DocumentPage> Library::page(DocumentId id, int32_t index) {
    std::optional<DocumentPage> found;
    LECTERN_TRY(m_impl->database->query((std::string(kPageColumns) + "WHERE document = ?1 AND page = ?2").c_str(),
                                        [&](const Row& row) { found = readPage(row); }, id, index));
    if (!found) {
        return noPage(id, index);
    }
    LECTERN_ASSIGN(found->boxes, pageBoxes(id, index));
    return std::move(*found);
}

Result<PageBoxes> Library::pageBoxes(DocumentId id, int32_t index) {
    std::optional<std::string> packed;
    int64_t textBytes = 0;
    LECTERN_TRY(m_impl->database->query(
        "SELECT boxes, text_bytes FROM pages WHERE document = ?1 AND page = ?2",
        [&](const Row& row) {
            packed = std::string(row.bytes(0));
            textBytes = row.integer(1);
        },
        id, index));
    if (!packed) {
        return noPage(id, index);
    }
    if (packed->empty()) {
        return PageBoxes{};
    }
    LECTERN_ASSIGN(const std::string bytes, decompressBytes(*packed, kMaximumBoxBytes));
    return decodePageBoxes(bytes, textBytes);
}

Result<void> Library::storeTokens(DocumentId id, const std::string& tokenizerHash, int32_t first,
                                  std::span<const PageTokens> pages) {
    Database& database = *m_impl->database;
    Transaction transaction(database);
    LECTERN_TRY(transaction.begin());
    int32_t index = first;
    for (const PageTokens& page : pages) {
        LECTERN_TRY(
            database.run("INSERT OR REPLACE INTO page_tokens (document, tokenizer, page, tokens) "
                         "VALUES (?1, ?2, ?3, ?4)",
                         id, tokenizerHash, index++, Blob{packPageTokens(page)}));
    }
    return transaction.commit();
}

Result<std::optional<std::vector<PageTokens>>> Library::tokens(DocumentId id, const std::string& tokenizerHash,
                                                               int32_t first, int32_t count) {
    std::vector<PageTokens> pages;
    std::optional<Error> failure;
    LECTERN_TRY(m_impl->database->query(
        "SELECT page, tokens FROM page_tokens WHERE document = ?1 AND tokenizer = ?2 AND page >= ?3 AND page < ?4 "
        "ORDER BY page",
        [&](const Row& row) {
            Result<PageTokens> tokens = unpackPageTokens(row.bytes(1));
            if (!tokens) {
                failure = tokens.error();
            } else if (row.integer(0) == first + static_cast<int64_t>(pages.size())) {
                pages.push_back(std::move(*tokens));
            }
        },
        id, tokenizerHash, first, int64_t{first} + count));
    if (failure) {
        return *failure;
    }
    return static_cast<int32_t>(pages.size()) == count ? std::optional<std::vector<PageTokens>>(std::move(pages))
                                                       : std::optional<std::vector<PageTokens>>();
}

}  // namespace lectern::app

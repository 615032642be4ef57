// Documents and their records; pages and tokens are in library_pages.cpp.

#include <algorithm>

#include "app/library/blobs.h"
#include "app/library/library_impl.h"

namespace lectern::app {
namespace {

// Counts come from the pages themselves, so that they can never disagree with them.
constexpr const char* kRecordColumns =
    "SELECT d.id, d.content_hash, d.kind, d.title, d.source_path, d.size_bytes, d.page_count, d.encrypted, d.state, "
    "d.warnings, d.added_at, d.opened_at, d.last_page, "
    "(SELECT count(*) FROM pages p WHERE p.document = d.id), "
    "(SELECT coalesce(sum(text_bytes), 0) FROM pages p WHERE p.document = d.id), "
    "(SELECT count(*) FROM pages p WHERE p.document = d.id AND p.state = 2), "
    "(SELECT count(*) FROM pages p WHERE p.document = d.id AND p.state = 3), d.extractor, d.outline, d.last_top, "
    "d.view_state FROM documents d ";
static_assert(static_cast<int>(PageState::NoText) == 2 && static_cast<int>(PageState::Unreadable) == 3);

DocumentRecord readRecord(const Row& row, bool withOutline) {
    DocumentRecord record;
    record.id = row.integer(0);
    record.header.contentHash = row.text(1);
    record.header.kind = static_cast<DocumentKind>(std::clamp(row.small(2), 0, kDocumentKinds - 1));
    record.header.title = row.text(3);
    record.header.sourcePath = row.text(4);
    record.header.sizeBytes = row.integer(5);
    record.header.pageCount = row.small(6);
    record.header.encrypted = row.integer(7) != 0;
    record.state =
        row.integer(8) == 1 && row.small(17) == kExtractorVersion ? IngestState::Ready : IngestState::Ingesting;
    record.warnings = unpackStrings(row.text(9));
    record.addedAtMs = row.integer(10);
    record.openedAtMs = row.integer(11);
    record.lastPage = row.small(12);
    record.pagesStored = row.small(13);
    record.textBytes = row.integer(14);
    record.pagesWithoutText = row.small(15);
    record.pagesUnreadable = row.small(16);
    record.lastTop = row.real(19);
    record.viewState = row.text(20);
    if (withOutline) {
        record.header.outline = unpackOutline(row.bytes(18));
    }
    return record;
}
std::string sql(const char* tail) {
    return std::string(kRecordColumns) + tail;
}

template <typename... Values>
Result<std::optional<DocumentRecord>> findOne(Database& database, const char* tail, const Values&... values) {
    std::optional<DocumentRecord> found;
    LECTERN_TRY(database.query(
        sql(tail).c_str(), [&](const Row& row) { found = readRecord(row, true); }, values...));
    return found;
}

Error noDocument(DocumentId id) {
    return {ErrorCode::NotFound, "The library has no document " + std::to_string(id) + "."};
}

Result<void> rememberSource(Database& database, const std::string& path, DocumentId id) {
    return database.run(
        "INSERT INTO sources (path, document) VALUES (?1, ?2) "
        "ON CONFLICT (path) DO UPDATE SET document = excluded.document",
        path, id);
}

}  // namespace

Result<DocumentRecord> Library::beginDocument(const DocumentHeader& header) {
    Database& database = *m_impl->database;
    Transaction transaction(database);
    LECTERN_TRY(transaction.begin());
    DocumentId id = 0;
    int32_t extractor = 0;
    LECTERN_TRY(database.query(
        "SELECT id, extractor FROM documents WHERE content_hash = ?1",
        [&](const Row& row) {
            id = row.integer(0);
            extractor = row.small(1);
        },
        header.contentHash));
    if (id == 0) {
        LECTERN_TRY(database.run(
            "INSERT INTO documents (content_hash, kind, title, source_path, size_bytes, page_count, encrypted, "
            "extractor, state, added_at, opened_at, outline) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, ?9, ?9, ?10)",
            header.contentHash, static_cast<int32_t>(header.kind), header.title, header.sourcePath, header.sizeBytes,
            header.pageCount, header.encrypted, kExtractorVersion, nowMs(), Blob{packOutline(header.outline)}));
        id = database.lastInsertId();
    } else if (extractor != kExtractorVersion) {
        LECTERN_TRY(database.run("DELETE FROM pages WHERE document = ?1", id));
        LECTERN_TRY(database.run("DELETE FROM page_tokens WHERE document = ?1", id));
        LECTERN_TRY(
            database.run("UPDATE documents SET state = 0, extractor = ?2, page_count = ?3, outline = ?4 "
                         "WHERE id = ?1",
                         id, kExtractorVersion, header.pageCount, Blob{packOutline(header.outline)}));
    }
    LECTERN_TRY(rememberSource(database, header.sourcePath, id));
    LECTERN_TRY(transaction.commit());
    return document(id);
}

Result<void> Library::finishDocument(DocumentId id, std::span<const std::string> warnings) {
    return m_impl->database->run("UPDATE documents SET state = 1, warnings = ?2 WHERE id = ?1", id,
                                 packStrings(warnings));
}

Result<void> Library::removeDocument(DocumentId id) {
    Database& database = *m_impl->database;
    Transaction transaction(database);
    LECTERN_TRY(transaction.begin());
    // Conversations about nothing but this document go with it.
    LECTERN_TRY(database.run(
        "DELETE FROM conversations WHERE id IN (SELECT conversation FROM conversation_documents WHERE document = ?1) "
        "AND NOT EXISTS (SELECT 1 FROM conversation_documents c WHERE c.conversation = conversations.id AND "
        "c.document <> ?1)",
        id));
    LECTERN_TRY(database.run("DELETE FROM documents WHERE id = ?1", id));
    if (database.changes() == 0) {
        return noDocument(id);
    }
    return transaction.commit();
}

Result<void> Library::compact() {
    // The index only marks words as gone until it is merged: those of removed documents would stay in the file.
    LECTERN_TRY(
        m_impl->database->script("INSERT INTO pages_text (pages_text) VALUES ('optimize');"
                                 "INSERT INTO messages_text (messages_text) VALUES ('optimize')"));
    LECTERN_TRY(m_impl->database->script("VACUUM"));
    return m_impl->database->script("PRAGMA wal_checkpoint(TRUNCATE)");
}

Result<std::vector<DocumentRecord>> Library::documents() {
    std::vector<DocumentRecord> records;
    LECTERN_TRY(m_impl->database->query(sql("ORDER BY d.opened_at DESC, d.id DESC").c_str(),
                                        [&](const Row& row) { records.push_back(readRecord(row, false)); }));
    return records;
}

Result<DocumentRecord> Library::document(DocumentId id) {
    LECTERN_ASSIGN(std::optional<DocumentRecord> found, findOne(*m_impl->database, "WHERE d.id = ?1", id));
    return found ? Result<DocumentRecord>(std::move(*found)) : noDocument(id);
}

Result<std::optional<DocumentRecord>> Library::findByHash(const std::string& contentHash) {
    return findOne(*m_impl->database, "WHERE d.content_hash = ?1", contentHash);
}

Result<std::optional<DocumentRecord>> Library::findByPath(const std::string& sourcePath) {
    return findOne(*m_impl->database, "WHERE d.id = (SELECT document FROM sources WHERE path = ?1)", sourcePath);
}

Result<void> Library::markOpened(DocumentId id, const std::string& sourcePath) {
    Database& database = *m_impl->database;
    Transaction transaction(database);
    LECTERN_TRY(transaction.begin());
    LECTERN_TRY(
        database.run("UPDATE documents SET opened_at = ?2, source_path = ?3 WHERE id = ?1", id, nowMs(), sourcePath));
    LECTERN_TRY(rememberSource(database, sourcePath, id));
    return transaction.commit();
}

Result<void> Library::setReadingPosition(DocumentId id, int32_t page, double top, const std::string& viewState) {
    return m_impl->database->run("UPDATE documents SET last_page = ?2, last_top = ?3, view_state = ?4 WHERE id = ?1",
                                 id, page, top, viewState);
}

}  // namespace lectern::app

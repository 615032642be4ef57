// How much room the library takes, and how to give it back.

#include "app/library/library_impl.h"

namespace lectern::app {
namespace {

Result<int64_t> sum(Database& database, const char* sql) {
    int64_t value = 0;
    LECTERN_TRY(database.query(sql, [&](const Row& row) { value = row.integer(0); }));
    return value;
}

}  // namespace

Result<StorageSizes> Library::storageSizes() {
    Database& database = *m_impl->database;
    StorageSizes sizes;
    for (const char* suffix : {"", "-wal"}) {
        std::error_code error;
        const uintmax_t bytes =
            m_impl->file.empty() ? 0 : std::filesystem::file_size(std::filesystem::path(m_impl->file) += suffix, error);
        sizes.fileBytes += error ? 0 : static_cast<int64_t>(bytes);
    }
    LECTERN_ASSIGN(sizes.pageTextBytes, sum(database, "SELECT coalesce(sum(text_bytes), 0) FROM pages"));
    LECTERN_ASSIGN(sizes.pageBoxesBytes, sum(database, "SELECT coalesce(sum(length(boxes)), 0) FROM pages"));
    LECTERN_ASSIGN(sizes.searchIndexBytes, sum(database,
                                               "SELECT (SELECT coalesce(sum(length(block)), 0) FROM pages_text_data) + "
                                               "(SELECT coalesce(sum(length(block)), 0) FROM messages_text_data)"));
    LECTERN_ASSIGN(sizes.tokenBytes, sum(database, "SELECT coalesce(sum(length(tokens)), 0) FROM page_tokens"));
    LECTERN_ASSIGN(sizes.conversationBytes,
                   sum(database,
                       "SELECT (SELECT coalesce(sum(length(text) + length(profile)), 0) FROM messages) + (SELECT "
                       "coalesce(sum(length(text) + length(rects) + length(token_ranges)), 0) FROM citations)"));
    LECTERN_ASSIGN(sizes.traceBytes, sum(database, "SELECT coalesce(sum(length(bytes)), 0) FROM traces"));
    LECTERN_ASSIGN(const int64_t pages, sum(database, "PRAGMA freelist_count"));
    LECTERN_ASSIGN(const int64_t pageBytes, sum(database, "PRAGMA page_size"));
    sizes.freeBytes = pages * pageBytes;
    return sizes;
}

Result<void> Library::clearStorage(StorageArea area) {
    switch (area) {
        case StorageArea::Tokens:
            return m_impl->database->run("DELETE FROM page_tokens");
        case StorageArea::Traces:
            return m_impl->database->run("DELETE FROM traces");
        case StorageArea::Conversations:
            return m_impl->database->run("DELETE FROM conversations");
    }
    return {};
}

}  // namespace lectern::app

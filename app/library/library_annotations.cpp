// Bookmarks, highlights and notes; measured speeds.

#include <algorithm>

#include "app/library/blobs.h"
#include "app/library/library_impl.h"

namespace lectern::app {
namespace {

constexpr const char* kBookmarkColumns = "SELECT id, document, page, top, label, created_at FROM bookmarks ";
constexpr const char* kAnnotationColumns =
    "SELECT id, document, page, kind, byte_begin, byte_end, quote, rects, color, note, created_at, changed_at "
    "FROM annotations ";

BookmarkRecord readBookmark(const Row& row) {
    return {row.integer(0), row.integer(1), row.small(2), row.real(3), row.text(4), row.integer(5)};
}

AnnotationRecord readAnnotation(const Row& row) {
    AnnotationRecord record;
    record.id = row.integer(0);
    record.document = row.integer(1);
    record.page = row.small(2);
    record.kind = static_cast<AnnotationKind>(std::clamp(row.small(3), 0, static_cast<int>(AnnotationKind::Note)));
    record.bytes = {row.integer(4), row.integer(5)};
    record.quote = row.text(6);
    record.rects = unpackRects(row.bytes(7));
    record.color = static_cast<uint32_t>(row.integer(8)) & 0xffffff;
    record.note = row.text(9);
    record.createdAtMs = row.integer(10);
    record.changedAtMs = row.integer(11);
    return record;
}

template <typename Record, typename Read, typename... Values>
Result<std::vector<Record>> readAll(Database& database, const std::string& sql, Read read, const Values&... values) {
    std::vector<Record> records;
    LECTERN_TRY(database.query(
        sql.c_str(), [&](const Row& row) { records.push_back(read(row)); }, values...));
    return records;
}

/// Removes the row `id` of `table` and gives what `columns` read of it.
template <typename Record, typename Read>
Result<Record> removeOne(Database& database, const char* columns, const std::string& table, Read read, int64_t id) {
    LECTERN_ASSIGN(const std::vector<Record> found,
                   readAll<Record>(database, std::string(columns) + "WHERE id = ?1", read, id));
    if (found.empty()) {
        return Error{ErrorCode::NotFound, "It is not in the library any more."};
    }
    LECTERN_TRY(database.run(("DELETE FROM " + table + " WHERE id = ?1").c_str(), id));
    return found.front();
}

}  // namespace

Result<BookmarkRecord> Library::storeBookmark(const BookmarkRecord& bookmark) {
    BookmarkRecord stored = bookmark;
    stored.createdAtMs = bookmark.createdAtMs == 0 ? nowMs() : bookmark.createdAtMs;
    LECTERN_TRY(m_impl->database->run(
        "INSERT INTO bookmarks (id, document, page, top, label, created_at) VALUES (nullif(?1, 0), "
        "?2, ?3, ?4, ?5, ?6) ON CONFLICT (id) DO UPDATE SET document = excluded.document, "
        "page = excluded.page, top = excluded.top, label = excluded.label",
        stored.id, stored.document, stored.page, stored.top, stored.label, stored.createdAtMs));
    stored.id = stored.id == 0 ? m_impl->database->lastInsertId() : stored.id;
    return stored;
}

Result<BookmarkRecord> Library::removeBookmark(BookmarkId id) {
    return removeOne<BookmarkRecord>(*m_impl->database, kBookmarkColumns, "bookmarks", readBookmark, id);
}

Result<std::vector<BookmarkRecord>> Library::bookmarks(DocumentId document) {
    return readAll<BookmarkRecord>(*m_impl->database,
                                   std::string(kBookmarkColumns) + "WHERE document = ?1 ORDER BY page, top, id",
                                   readBookmark, document);
}

Result<AnnotationRecord> Library::storeAnnotation(const AnnotationRecord& annotation) {
    AnnotationRecord stored = annotation;
    stored.changedAtMs = nowMs();
    stored.createdAtMs = annotation.createdAtMs == 0 ? stored.changedAtMs : annotation.createdAtMs;
    const std::string rects = packRects(stored.rects);
    LECTERN_TRY(m_impl->database->run(
        "INSERT INTO annotations (id, document, page, kind, byte_begin, byte_end, quote, rects, color, note, "
        "created_at, changed_at) VALUES (nullif(?1, 0), ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) "
        "ON CONFLICT (id) DO UPDATE SET document = excluded.document, page = excluded.page, kind = excluded.kind, "
        "byte_begin = excluded.byte_begin, byte_end = excluded.byte_end, quote = excluded.quote, "
        "rects = excluded.rects, color = excluded.color, note = excluded.note, changed_at = excluded.changed_at",
        stored.id, stored.document, stored.page, static_cast<int32_t>(stored.kind), stored.bytes.begin,
        stored.bytes.end, stored.quote, Blob{rects}, static_cast<int64_t>(stored.color), stored.note,
        stored.createdAtMs, stored.changedAtMs));
    stored.id = stored.id == 0 ? m_impl->database->lastInsertId() : stored.id;
    return stored;
}

Result<AnnotationRecord> Library::removeAnnotation(AnnotationId id) {
    return removeOne<AnnotationRecord>(*m_impl->database, kAnnotationColumns, "annotations", readAnnotation, id);
}

Result<std::vector<AnnotationRecord>> Library::annotations(DocumentId document) {
    return readAll<AnnotationRecord>(
        *m_impl->database, std::string(kAnnotationColumns) + "WHERE document = ?1 ORDER BY page, byte_begin, id",
        readAnnotation, document);
}

Result<void> Library::setMeasurement(const std::string& name, double value) {
    return m_impl->database->run(
        "INSERT INTO measurements (name, value, measured_at) VALUES (?1, ?2, ?3) "
        "ON CONFLICT (name) DO UPDATE SET value = excluded.value, measured_at = excluded.measured_at",
        name, value, nowMs());
}

Result<std::optional<double>> Library::measurement(const std::string& name) {
    std::optional<double> value;
    LECTERN_TRY(m_impl->database->query(
        "SELECT value FROM measurements WHERE name = ?1", [&](const Row& row) { value = row.real(0); }, name));
    return value;
}

}  // namespace lectern::app

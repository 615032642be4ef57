// Conversations, messages, citations and traces.

#include "app/library/blobs.h"
#include "app/library/compression.h"
#include "app/library/library_impl.h"

namespace lectern::app {
namespace {

constexpr int64_t kMaximumTraceBytes = int64_t{1} << 30;

Result<std::vector<DocumentId>> documentsOf(Database& database, ConversationId id) {
    std::vector<DocumentId> documents;
    LECTERN_TRY(database.query(
        "SELECT document FROM conversation_documents WHERE conversation = ?1 ORDER BY position",
        [&](const Row& row) { documents.push_back(row.integer(0)); }, id));
    return documents;
}

template <typename... Values>
Result<std::vector<ConversationRecord>> listConversations(Database& database, const char* sql,
                                                          const Values&... values) {
    std::vector<ConversationRecord> records;
    LECTERN_TRY(database.query(
        sql,
        [&](const Row& row) {
            records.push_back({row.integer(0), row.text(1), {}, row.integer(2), row.integer(3)});
        },
        values...));
    for (ConversationRecord& record : records) {
        LECTERN_ASSIGN(record.documents, documentsOf(database, record.id));
    }
    return records;
}

Citation readCitation(const Row& row) {
    Citation citation;
    citation.sentence = row.small(0);
    citation.sentenceBytes = {row.integer(1), row.integer(2)};
    citation.document = row.integer(3);
    citation.page = row.small(4);
    citation.pageLabel = row.text(5);
    citation.bytes = {row.integer(6), row.integer(7)};
    citation.text = row.text(8);
    if (!row.isNull(9)) {
        citation.lines = LineRange{row.small(9), row.small(10)};
    }
    citation.weight = row.real(11);
    citation.state = static_cast<CitationState>(std::min(row.small(12) & 3, 2));
    citation.rects = unpackRects(row.bytes(13));
    citation.tokenRanges = unpackTokenRanges(row.bytes(14));
    return citation;
}

Result<void> insertCitation(Database& database, MessageId message, const Citation& c) {
    const std::string rects = packRects(c.rects);
    const std::string ranges = packTokenRanges(c.tokenRanges);
    constexpr const char* kSql =
        "INSERT INTO citations (message, sentence, sentence_begin, sentence_end, document, page, page_label, "
        "byte_begin, byte_end, text, weight, state, rects, token_ranges) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)";
    LECTERN_TRY(database.run(kSql, message, c.sentence, c.sentenceBytes.begin, c.sentenceBytes.end, c.document, c.page,
                             c.pageLabel, c.bytes.begin, c.bytes.end, c.text, c.weight, static_cast<int32_t>(c.state),
                             Blob{rects}, Blob{ranges}));
    if (!c.lines) {
        return {};
    }
    return database.run("UPDATE citations SET first_line = ?2, last_line = ?3 WHERE id = ?1", database.lastInsertId(),
                        c.lines->first, c.lines->last);
}

const std::string kSelectMessages =
    "SELECT id, conversation, role, coalesce(reply_to, 0), text, finish_reason, model, profile, created_at FROM "
    "messages ";

MessageRecord readMessage(const Row& row) {
    const MessageRole role = row.integer(2) == 0 ? MessageRole::Question : MessageRole::Answer;
    return {row.integer(0), row.integer(1), role,        row.integer(3), row.text(4),
            row.text(5),    row.text(6),    row.text(7), row.integer(8)};
}

}  // namespace

Result<ConversationRecord> Library::createConversation(const std::string& title,
                                                       std::span<const DocumentId> documents) {
    Database& database = *m_impl->database;
    Transaction transaction(database);
    LECTERN_TRY(transaction.begin());
    ConversationRecord record{0, title, {documents.begin(), documents.end()}, nowMs(), nowMs()};
    LECTERN_TRY(database.run("INSERT INTO conversations (title, created_at, updated_at) VALUES (?1, ?2, ?3)", title,
                             record.createdAtMs, record.updatedAtMs));
    record.id = database.lastInsertId();
    int32_t position = 0;
    for (const DocumentId document : documents) {
        LECTERN_TRY(
            database.run("INSERT INTO conversation_documents (conversation, position, document) "
                         "VALUES (?1, ?2, ?3)",
                         record.id, position++, document));
    }
    LECTERN_TRY(transaction.commit());
    return record;
}

Result<std::vector<ConversationRecord>> Library::conversations() {
    return listConversations(*m_impl->database,
                             "SELECT id, title, created_at, updated_at FROM conversations "
                             "ORDER BY updated_at DESC, id DESC");
}

Result<std::vector<ConversationRecord>> Library::conversationsOf(DocumentId document) {
    return listConversations(*m_impl->database,
                             "SELECT id, title, created_at, updated_at FROM conversations WHERE id IN (SELECT "
                             "conversation FROM conversation_documents WHERE document = ?1) "
                             "ORDER BY updated_at DESC, id DESC",
                             document);
}

Result<void> Library::removeConversation(ConversationId id) {
    return m_impl->database->run("DELETE FROM conversations WHERE id = ?1", id);
}

Result<MessageRecord> Library::addMessage(const MessageRecord& message, std::span<const Citation> citations) {
    Database& database = *m_impl->database;
    Transaction transaction(database);
    LECTERN_TRY(transaction.begin());
    MessageRecord stored = message;
    stored.createdAtMs = nowMs();
    constexpr const char* kSql =
        "INSERT INTO messages (conversation, role, reply_to, text, finish_reason, model, profile, created_at) "
        "VALUES (?1, ?2, nullif(?3, 0), ?4, ?5, ?6, ?7, ?8)";
    LECTERN_TRY(database.run(kSql, message.conversation, static_cast<int32_t>(message.role), message.replyTo,
                             message.text, message.finishReason, message.modelName, message.profileJson,
                             stored.createdAtMs));
    stored.id = database.lastInsertId();
    for (const Citation& citation : citations) {
        LECTERN_TRY(insertCitation(database, stored.id, citation));
    }
    LECTERN_TRY(database.run("UPDATE conversations SET updated_at = ?2 WHERE id = ?1", message.conversation,
                             stored.createdAtMs));
    LECTERN_TRY(transaction.commit());
    return stored;
}

Result<std::vector<MessageRecord>> Library::messages(ConversationId id) {
    std::vector<MessageRecord> messages;
    LECTERN_TRY(m_impl->database->query((kSelectMessages + "WHERE conversation = ?1 ORDER BY id").c_str(),
                                        [&](const Row& row) { messages.push_back(readMessage(row)); }, id));
    return messages;
}

Result<MessageRecord> Library::message(MessageId id) {
    std::optional<MessageRecord> message;
    LECTERN_TRY(m_impl->database->query((kSelectMessages + "WHERE id = ?1").c_str(),
                                        [&](const Row& row) { message = readMessage(row); }, id));
    if (!message) {
        return Error{ErrorCode::NotFound, "That message is no longer in the library."};
    }
    return *message;
}

Result<std::vector<Citation>> Library::citations(MessageId id) {
    std::vector<Citation> citations;
    LECTERN_TRY(m_impl->database->query(
        "SELECT sentence, sentence_begin, sentence_end, document, page, page_label, byte_begin, byte_end, text, "
        "first_line, last_line, weight, state, rects, token_ranges FROM citations WHERE message = ?1 ORDER BY id",
        [&](const Row& row) { citations.push_back(readCitation(row)); }, id));
    return citations;
}

Result<void> Library::setCitationState(MessageId id, int32_t sentence, CitationState state) {
    return m_impl->database->run("UPDATE citations SET state = ?3 WHERE message = ?1 AND sentence = ?2", id, sentence,
                                 static_cast<int32_t>(state));
}

Result<void> Library::storeTrace(MessageId id, std::string_view bytes) {
    const std::string packed = compressBytes(bytes);
    return m_impl->database->run("INSERT OR REPLACE INTO traces (message, bytes) VALUES (?1, ?2)", id, Blob{packed});
}

Result<std::optional<std::string>> Library::trace(MessageId id) {
    std::optional<std::string> packed;
    LECTERN_TRY(m_impl->database->query(
        "SELECT bytes FROM traces WHERE message = ?1", [&](const Row& row) { packed = std::string(row.bytes(0)); },
        id));
    if (!packed) {
        return std::optional<std::string>();
    }
    LECTERN_ASSIGN(std::string bytes, decompressBytes(*packed, kMaximumTraceBytes));
    return std::optional<std::string>(std::move(bytes));
}

}  // namespace lectern::app

#include "app/library/schema.h"

#include <iterator>

namespace lectern::app {
namespace {

// Never edit a released migration: add one. tests/app/library keeps a library of every earlier version.
constexpr const char* kMigrations[] = {
    // 1
    R"sql(
CREATE TABLE documents (
  id INTEGER PRIMARY KEY,
  content_hash TEXT NOT NULL UNIQUE,
  kind INTEGER NOT NULL,
  title TEXT NOT NULL,
  source_path TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  page_count INTEGER NOT NULL,
  encrypted INTEGER NOT NULL,
  extractor INTEGER NOT NULL,
  state INTEGER NOT NULL,
  warnings TEXT NOT NULL DEFAULT '[]',
  added_at INTEGER NOT NULL,
  opened_at INTEGER NOT NULL,
  last_page INTEGER NOT NULL DEFAULT 0,
  outline BLOB NOT NULL
);
CREATE TABLE sources (
  path TEXT PRIMARY KEY,
  document INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE
);
CREATE INDEX sources_by_document ON sources(document);
CREATE TABLE pages (
  id INTEGER PRIMARY KEY,
  document INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
  page INTEGER NOT NULL,
  label TEXT NOT NULL,
  width REAL NOT NULL,
  height REAL NOT NULL,
  state INTEGER NOT NULL,
  note TEXT NOT NULL,
  text_bytes INTEGER NOT NULL,
  text TEXT NOT NULL,
  boxes BLOB NOT NULL,
  UNIQUE (document, page)
);
CREATE TABLE page_tokens (
  document INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
  tokenizer TEXT NOT NULL,
  page INTEGER NOT NULL,
  tokens BLOB NOT NULL,
  PRIMARY KEY (document, tokenizer, page)
);
CREATE TABLE conversations (
  id INTEGER PRIMARY KEY,
  title TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
);
CREATE TABLE conversation_documents (
  conversation INTEGER NOT NULL REFERENCES conversations(id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  document INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
  PRIMARY KEY (conversation, position)
);
CREATE INDEX conversation_documents_by_document ON conversation_documents(document);
CREATE TABLE messages (
  id INTEGER PRIMARY KEY,
  conversation INTEGER NOT NULL REFERENCES conversations(id) ON DELETE CASCADE,
  role INTEGER NOT NULL,
  reply_to INTEGER REFERENCES messages(id) ON DELETE CASCADE,
  text TEXT NOT NULL,
  finish_reason TEXT NOT NULL,
  model TEXT NOT NULL,
  profile TEXT NOT NULL,
  created_at INTEGER NOT NULL
);
CREATE INDEX messages_by_conversation ON messages(conversation);
CREATE INDEX messages_by_question ON messages(reply_to);
CREATE TABLE citations (
  id INTEGER PRIMARY KEY,
  message INTEGER NOT NULL REFERENCES messages(id) ON DELETE CASCADE,
  sentence INTEGER NOT NULL,
  sentence_begin INTEGER NOT NULL,
  sentence_end INTEGER NOT NULL,
  document INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
  page INTEGER NOT NULL,
  page_label TEXT NOT NULL,
  byte_begin INTEGER NOT NULL,
  byte_end INTEGER NOT NULL,
  text TEXT NOT NULL,
  first_line INTEGER,
  last_line INTEGER,
  weight REAL NOT NULL,
  state INTEGER NOT NULL,
  rects BLOB NOT NULL,
  token_ranges BLOB NOT NULL
);
CREATE INDEX citations_by_message ON citations(message);
CREATE INDEX citations_by_document ON citations(document);
CREATE TABLE traces (
  message INTEGER PRIMARY KEY REFERENCES messages(id) ON DELETE CASCADE,
  bytes BLOB NOT NULL
);
CREATE TABLE jobs (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  payload TEXT NOT NULL,
  progress REAL NOT NULL,
  message TEXT NOT NULL,
  updated_at INTEGER NOT NULL
);
)sql",
    // 2: reading position, bookmarks, annotations, full-text indices, measured speeds
    R"sql(
ALTER TABLE documents ADD COLUMN last_top REAL NOT NULL DEFAULT 0;
ALTER TABLE documents ADD COLUMN view_state TEXT NOT NULL DEFAULT '';
CREATE INDEX pages_counts ON pages(document, state, text_bytes);
CREATE TABLE bookmarks (
  id INTEGER PRIMARY KEY,
  document INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
  page INTEGER NOT NULL,
  top REAL NOT NULL,
  label TEXT NOT NULL,
  created_at INTEGER NOT NULL
);
CREATE INDEX bookmarks_by_document ON bookmarks(document, page);
CREATE TABLE annotations (
  id INTEGER PRIMARY KEY,
  document INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
  page INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  byte_begin INTEGER NOT NULL,
  byte_end INTEGER NOT NULL,
  quote TEXT NOT NULL,
  rects BLOB NOT NULL,
  color INTEGER NOT NULL,
  note TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL
);
CREATE INDEX annotations_by_document ON annotations(document, page);
CREATE TABLE measurements (
  name TEXT PRIMARY KEY,
  value REAL NOT NULL,
  measured_at INTEGER NOT NULL
);
CREATE VIRTUAL TABLE pages_text USING fts5(text, content='pages', content_rowid='id',
  tokenize='unicode61 remove_diacritics 2');
CREATE TRIGGER pages_text_insert AFTER INSERT ON pages BEGIN
  INSERT INTO pages_text (rowid, text) VALUES (new.id, new.text);
END;
CREATE TRIGGER pages_text_delete AFTER DELETE ON pages BEGIN
  INSERT INTO pages_text (pages_text, rowid, text) VALUES ('delete', old.id, old.text);
END;
CREATE TRIGGER pages_text_update AFTER UPDATE OF text ON pages BEGIN
  INSERT INTO pages_text (pages_text, rowid, text) VALUES ('delete', old.id, old.text);
  INSERT INTO pages_text (rowid, text) VALUES (new.id, new.text);
END;
CREATE VIRTUAL TABLE messages_text USING fts5(text, content='messages', content_rowid='id',
  tokenize='unicode61 remove_diacritics 2');
CREATE TRIGGER messages_text_insert AFTER INSERT ON messages BEGIN
  INSERT INTO messages_text (rowid, text) VALUES (new.id, new.text);
END;
CREATE TRIGGER messages_text_delete AFTER DELETE ON messages BEGIN
  INSERT INTO messages_text (messages_text, rowid, text) VALUES ('delete', old.id, old.text);
END;
CREATE TRIGGER messages_text_update AFTER UPDATE OF text ON messages BEGIN
  INSERT INTO messages_text (messages_text, rowid, text) VALUES ('delete', old.id, old.text);
  INSERT INTO messages_text (rowid, text) VALUES (new.id, new.text);
END;
INSERT INTO pages_text (pages_text) VALUES ('rebuild');
INSERT INTO messages_text (messages_text) VALUES ('rebuild');
)sql",
};

}  // namespace

int schemaVersion() {
    return static_cast<int>(std::size(kMigrations));
}

Result<void> migrate(Database& database) {
    int version = 0;
    LECTERN_TRY(database.query("PRAGMA user_version", [&](const Row& row) { version = row.small(0); }));
    if (version > schemaVersion()) {
        return Error{ErrorCode::Unsupported,
                     "The library was written by a newer version of Lectern; please use that version."};
    }
    while (version < schemaVersion()) {
        Transaction transaction(database);
        LECTERN_TRY(transaction.begin());
        // Another process may have been first.
        int current = 0;
        LECTERN_TRY(database.query("PRAGMA user_version", [&](const Row& row) { current = row.small(0); }));
        if (current == version) {
            LECTERN_TRY(database.script(kMigrations[version]));
            LECTERN_TRY(database.script("PRAGMA user_version = " + std::to_string(version + 1)));
        }
        LECTERN_TRY(transaction.commit());
        version = std::max(version + 1, current);
    }
    return {};
}

}  // namespace lectern::app

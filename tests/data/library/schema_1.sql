-- A library as schema 1 stored it: one PDF with boxes, tokens, a conversation and its trace, a source tree, an unfinished text.
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
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
INSERT INTO documents VALUES(1,'aa11',0,'Handbook','/files/handbook.pdf',4321,2,0,1,1,'["Page 2 has no text."]',1000,3000,1,X'28b52ffd20329101005b5b2243686170746572204f6e65222c302c302e32352c302c305d2c5b224772c3b6c39f65222c312c302e352c312c305d5d');
INSERT INTO documents VALUES(2,'bb22',3,'tree','/files/tree',99,1,0,1,1,'[]',1500,2000,0,X'28b52ffd20021100005b5d');
INSERT INTO documents VALUES(3,'cc33',1,'notes.txt','/files/notes.txt',12,1,0,1,0,'[]',1600,1600,0,X'28b52ffd20021100005b5d');
CREATE TABLE sources (
  path TEXT PRIMARY KEY,
  document INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE
);
INSERT INTO sources VALUES('/files/handbook.pdf',1);
INSERT INTO sources VALUES('/files/copy.pdf',1);
INSERT INTO sources VALUES('/files/tree',2);
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
INSERT INTO pages VALUES(1,1,0,'i',612.0,792.0,0,'',33,'The café harbour closes at dusk.',X'28b52ffd205ef1020001051c00030600009a193313b81e5555aaaa07070e00409a19cc6cb81e92242449b66d4992dbb66ddb01060c33739a199999b81eaa2a55550080aaaa54d5010204ff9f9a19ccacb81e008001050a32b39a1932d3b81e333366669999cccc');
INSERT INTO pages VALUES(2,1,1,'ii',612.0,792.0,2,'',0,'',X'');
INSERT INTO pages VALUES(3,2,0,'src/main.c',0.0,0.0,0,'',26,replace('int memory_pool(void);\n{}\n','\n',char(10)),X'');
CREATE TABLE page_tokens (
  document INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
  tokenizer TEXT NOT NULL,
  page INTEGER NOT NULL,
  tokens BLOB NOT NULL,
  PRIMARY KEY (document, tokenizer, page)
);
INSERT INTO page_tokens VALUES(1,'tok',0,X'28b52ffd200631000002000405ac02');
CREATE TABLE conversations (
  id INTEGER PRIMARY KEY,
  title TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
);
INSERT INTO conversations VALUES(1,'Harbour',1000,2000);
CREATE TABLE conversation_documents (
  conversation INTEGER NOT NULL REFERENCES conversations(id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  document INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
  PRIMARY KEY (conversation, position)
);
INSERT INTO conversation_documents VALUES(1,0,1);
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
INSERT INTO messages VALUES(1,1,0,NULL,'When does the harbour close?','','','',1001);
INSERT INTO messages VALUES(2,1,1,1,'At dusk.','end_of_text','base','{}',1002);
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
INSERT INTO citations VALUES(1,2,0,0,8,1,0,'i',0,33,'The café harbour closes at dusk.',NULL,NULL,0.75,0,X'00000000cdcccc3dcdcc4c3f8fc2f53d',X'01000000000000001100000000000000');
CREATE TABLE traces (
  message INTEGER PRIMARY KEY REFERENCES messages(id) ON DELETE CASCADE,
  bytes BLOB NOT NULL
);
INSERT INTO traces VALUES(2,X'28b52ffd200b5900007472616365206279746573');
CREATE TABLE jobs (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  payload TEXT NOT NULL,
  progress REAL NOT NULL,
  message TEXT NOT NULL,
  updated_at INTEGER NOT NULL
);
INSERT INTO jobs VALUES(1,'ingest','running','{"path":"/files/notes.txt"}',0.5,'',1700);
CREATE INDEX sources_by_document ON sources(document);
CREATE INDEX conversation_documents_by_document ON conversation_documents(document);
CREATE INDEX messages_by_conversation ON messages(conversation);
CREATE INDEX messages_by_question ON messages(reply_to);
CREATE INDEX citations_by_message ON citations(message);
CREATE INDEX citations_by_document ON citations(document);
PRAGMA user_version = 1;
COMMIT;

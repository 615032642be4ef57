#pragma once
// What the library stores, as plain values. Times are milliseconds since 1970 in UTC.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/ingest/document.h"

namespace lectern::app {

using DocumentId = int64_t;
using ConversationId = int64_t;
using MessageId = int64_t;
using JobRecordId = int64_t;
using BookmarkId = int64_t;
using AnnotationId = int64_t;

enum class IngestState : uint8_t {
    Ingesting,  ///< some pages are stored; can be resumed
    Ready
};

struct DocumentRecord {
    DocumentId id = 0;
    DocumentHeader header;  ///< without outline in lists
    IngestState state = IngestState::Ready;
    int32_t pagesStored = 0;
    int64_t textBytes = 0;
    int32_t pagesWithoutText = 0;
    int32_t pagesUnreadable = 0;
    std::vector<std::string> warnings;
    int64_t addedAtMs = 0;
    int64_t openedAtMs = 0;
    int32_t lastPage = 0;   ///< where the reader left off
    double lastTop = 0;     ///< normalised height on that page
    std::string viewState;  ///< the reader's own words: zoom, layout, rotation
};

/// A place to come back to.
struct BookmarkRecord {
    BookmarkId id = 0;
    DocumentId document = 0;
    int32_t page = 0;
    double top = 0;  ///< normalised height on the page; text files: share of the text
    std::string label;
    int64_t createdAtMs = 0;
};

enum class AnnotationKind : uint8_t { Highlight, Underline, Note };

/// A highlight or a note. Text is marked by its bytes and, on PDF pages, by rectangles; a note that belongs to a place
/// rather than to words has one rectangle and no bytes.
struct AnnotationRecord {
    AnnotationId id = 0;
    DocumentId document = 0;
    int32_t page = 0;
    AnnotationKind kind = AnnotationKind::Highlight;
    ByteRange bytes;              ///< in the page's text
    std::string quote;            ///< the page's text there
    std::vector<PageRect> rects;  ///< PDF pages
    uint32_t color = 0xffd54f;    ///< 0xRRGGBB
    std::string note;
    int64_t createdAtMs = 0;
    int64_t changedAtMs = 0;
};

/// What to look for in the text of pages.
struct TextQuery {
    enum class Mode : uint8_t {
        Words,   ///< all words of `text` on one page, "in quotes" as a phrase, a last * for any ending; by the index
        Literal  ///< `text` as it stands, white space runs matching each other; reads every page
    };
    std::string text;
    Mode mode = Mode::Words;
    bool caseSensitive = false;              ///< Literal
    bool wholeWords = false;                 ///< Literal
    bool recognisedOnly = false;             ///< Literal: only pages whose text was recognised in their picture
    std::vector<DocumentId> documents = {};  ///< empty: the whole library
    int64_t maximumHits = 10000;
};

struct TextHit {
    DocumentId document = 0;
    int32_t page = 0;
    std::string pageLabel;
    ByteRange bytes;      ///< in the page's text
    std::string snippet;  ///< the hit with some text around it
};

/// Tokens of one page as they enter a context, and where in the page's text each begins. Starts never descend; bytes
/// that the context leaves out (leader dots) count to the token before them.
struct PageTokens {
    std::vector<int32_t> ids;
    std::vector<uint32_t> starts;
    bool operator==(const PageTokens&) const = default;
};

enum class MessageRole : uint8_t { Question, Answer };

struct ConversationRecord {
    ConversationId id = 0;
    std::string title;
    std::vector<DocumentId> documents;
    int64_t createdAtMs = 0;
    int64_t updatedAtMs = 0;
};

/// One turn. Several answers may point at one question (`replyTo`): regenerating keeps both.
struct MessageRecord {
    MessageId id = 0;
    ConversationId conversation = 0;
    MessageRole role = MessageRole::Question;
    MessageId replyTo = 0;  ///< 0: none
    std::string text;
    std::string finishReason;  ///< answers: "end_of_text", "stop_string", "length", "cancelled"
    std::string modelName;
    std::string profileJson;
    int64_t createdAtMs = 0;
};

/// A question or answer that a search found.
struct MessageHit {
    ConversationId conversation = 0;
    std::string conversationTitle;
    MessageId message = 0;
    MessageRole role = MessageRole::Question;
    int64_t createdAtMs = 0;
    std::string snippet;
};

/// "selected": the model looked at it. "verified" and "unsupported" are said only after the ablation check.
enum class CitationState : uint8_t { Selected, Verified, Unsupported };
std::string citationStateName(CitationState state);

/// Lines first..last of a file, counted from 1, both included.
struct LineRange {
    int32_t first = 0;
    int32_t last = 0;
    bool operator==(const LineRange&) const = default;
};

/// One region of the source that a sentence of the answer was read from.
struct Citation {
    int32_t sentence = 0;     ///< index among the answer's sentences
    ByteRange sentenceBytes;  ///< in the answer's text
    DocumentId document = 0;
    int32_t page = 0;                     ///< index of the DocumentPage, from 0
    std::string pageLabel;                ///< page label, or path inside the source tree
    ByteRange bytes;                      ///< in the page's text
    std::string text;                     ///< the page's text there, whole sentences
    std::vector<PageRect> rects;          ///< PDF pages
    std::optional<LineRange> lines;       ///< text files and source trees
    std::vector<TokenRange> tokenRanges;  ///< in the context
    double weight = 0;                    ///< share of the sentence's attention mass, 0..1
    CitationState state = CitationState::Selected;
};

struct JobRecord {
    JobRecordId id = 0;
    std::string kind;     ///< "ingest", "train"
    std::string state;    ///< "running", "paused", "done", "failed"
    std::string payload;  ///< JSON, by kind
    double progress = 0;  ///< 0..1
    std::string message;
    int64_t updatedAtMs = 0;
};

}  // namespace lectern::app

#pragma once
// The user's library: one SQLite file with documents, pages, conversations and traces. The only SQL of the program.

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "app/library/records.h"
#include "engine/core/result.h"

namespace lectern::app {

/// Folder of the library and of everything else that is kept: $LECTERN_DATA_DIR, else $XDG_DATA_HOME/lectern, else
/// ~/.local/share/lectern. Created with mode 0700 when missing.
Result<std::filesystem::path> dataDirectory();

/// An open library. Use one per thread: the file may be open in several threads and processes at once (WAL, busy
/// timeout). Every write is a transaction. The file has mode 0600.
class Library {
  public:
    /// What opening had to do, for the user to know.
    struct OpenReport {
        bool rebuilt = false;
        std::filesystem::path backup;  ///< where the damaged file was moved
        std::string sentence;          ///< empty when there is nothing to say
    };

    /// Opens or creates `library.sqlite` in `directory`, migrating older schemas. A damaged file is moved aside, what
    /// can be read of it is copied into a new one, and openReport() says so. Errors: Io, DiskFull, Unsupported (written
    /// by a newer Lectern).
    static Result<std::unique_ptr<Library>> open(const std::filesystem::path& directory);
    /// A library that is gone when it is closed: nothing is written to disk.
    static Result<std::unique_ptr<Library>> openInMemory();
    /// A name to give to open() in place of a folder: all handles opened with the same name in this process share one
    /// library in memory, which is gone with the last of them. For sources of which nothing may be kept.
    static std::filesystem::path memoryName(const std::string& name);
    ~Library();
    Library(const Library&) = delete;
    Library& operator=(const Library&) = delete;

    const OpenReport& openReport() const;

    // Documents -------------------------------------------------------------------------------------
    /// Registers a document by content hash, or returns the record that is there (Ready, or Ingesting: to be resumed).
    /// One that another version of the extraction made comes back empty and Ingesting.
    Result<DocumentRecord> beginDocument(const DocumentHeader& header);
    /// Stores or replaces pages, in one transaction; the document's tokens go, they may be of another text.
    Result<void> storePages(DocumentId id, std::span<const DocumentPage> pages);
    /// Indices of the stored pages, ascending: what an interrupted ingest need not do again. Without `scans`, pages
    /// that have no text are left out.
    Result<std::vector<int32_t>> storedPages(DocumentId id, bool scans = true);
    Result<void> finishDocument(DocumentId id, std::span<const std::string> warnings);
    Result<void> removeDocument(DocumentId id);
    /// Gives the space of what was removed back to the disk, its words in the search index too; takes a while.
    Result<void> compact();

    Result<std::vector<DocumentRecord>> documents();  ///< last opened first
    Result<DocumentRecord> document(DocumentId id);   ///< NotFound
    Result<std::optional<DocumentRecord>> findByHash(const std::string& contentHash);
    /// The document last ingested from this absolute path.
    Result<std::optional<DocumentRecord>> findByPath(const std::string& sourcePath);
    Result<void> markOpened(DocumentId id, const std::string& sourcePath);
    /// The reader's place, `top` normalised, and whatever it wants to remember about the view.
    Result<void> setReadingPosition(DocumentId id, int32_t page, double top, const std::string& viewState);

    /// All pages with their text and without boxes.
    Result<std::vector<DocumentPage>> pages(DocumentId id);
    /// The same of `count` pages: what goes through a long document holds a few of them at a time.
    Result<std::vector<DocumentPage>> pages(DocumentId id, int32_t first, int32_t count);
    /// All pages without text and boxes.
    Result<std::vector<DocumentPage>> pageStates(DocumentId id);
    Result<DocumentPage> page(DocumentId id, int32_t index);  ///< with boxes
    Result<PageBoxes> pageBoxes(DocumentId id, int32_t index);

    // Tokens, per tokenizer ---------------------------------------------------------------------------
    /// Stores the tokens of consecutive pages, in one transaction.
    Result<void> storeTokens(DocumentId id, const std::string& tokenizerHash, int32_t first,
                             std::span<const PageTokens> pages);
    /// Tokens of `count` pages; nothing where those of any of them are missing.
    Result<std::optional<std::vector<PageTokens>>> tokens(DocumentId id, const std::string& tokenizerHash,
                                                          int32_t first, int32_t count);

    // Search -----------------------------------------------------------------------------------------
    /// Gives hits page by page: documents last opened first, pages in order. `onHits` gets those of one page and says
    /// whether to go on; it must not use this handle. Errors: InvalidInput (nothing to search for), Cancelled.
    Result<void> searchText(const TextQuery& query, const std::function<bool(std::span<const TextHit>)>& onHits,
                            const std::stop_token& stop = {});
    /// Questions and answers with all words of `text`, best first.
    Result<std::vector<MessageHit>> searchMessages(const std::string& text, int32_t maximumHits = 100);

    // Bookmarks, highlights and notes ---------------------------------------------------------------------
    /// Stores a new bookmark (id 0), or puts the one with this id as it is given: what undo and redo need.
    Result<BookmarkRecord> storeBookmark(const BookmarkRecord& bookmark);
    /// The removed record comes back, to be stored again by undo. Errors: NotFound.
    Result<BookmarkRecord> removeBookmark(BookmarkId id);
    Result<std::vector<BookmarkRecord>> bookmarks(DocumentId document);  ///< in page order
    /// As storeBookmark(): a new annotation (id 0) gets its times, an existing or removed one is put as it is given
    /// with a new time of change.
    Result<AnnotationRecord> storeAnnotation(const AnnotationRecord& annotation);
    Result<AnnotationRecord> removeAnnotation(AnnotationId id);
    Result<std::vector<AnnotationRecord>> annotations(DocumentId document);  ///< in page order

    // Measurements, by name: the last speed of this computer at something -------------------------------------
    Result<void> setMeasurement(const std::string& name, double value);
    Result<std::optional<double>> measurement(const std::string& name);

    // Conversations -----------------------------------------------------------------------------------
    Result<ConversationRecord> createConversation(const std::string& title, std::span<const DocumentId> documents);
    Result<std::vector<ConversationRecord>> conversations();  ///< last updated first
    Result<std::vector<ConversationRecord>> conversationsOf(DocumentId document);
    Result<void> removeConversation(ConversationId id);
    /// Adds a message with its citations, in one transaction; `message.id` is ignored, the stored record comes back.
    Result<MessageRecord> addMessage(const MessageRecord& message, std::span<const Citation> citations);
    Result<std::vector<MessageRecord>> messages(ConversationId id);
    Result<MessageRecord> message(MessageId id);  ///< NotFound
    Result<std::vector<Citation>> citations(MessageId id);
    Result<void> setCitationState(MessageId id, int32_t sentence, CitationState state);

    // Traces: opaque bytes of engine/attention/trace.h, stored compressed ---------------------------------
    Result<void> storeTrace(MessageId id, std::string_view bytes);
    Result<std::optional<std::string>> trace(MessageId id);

    // Jobs ----------------------------------------------------------------------------------------------
    Result<JobRecord> addJob(const JobRecord& job);
    Result<void> updateJob(const JobRecord& job);
    Result<std::vector<JobRecord>> jobs(const std::string& kind);
    Result<void> removeJob(JobRecordId id);

  private:
    struct Impl;
    explicit Library(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

}  // namespace lectern::app

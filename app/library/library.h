#pragma once
// The user's library: one SQLite file with documents, pages, conversations and traces. The only SQL of the program.

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
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
    ~Library();
    Library(const Library&) = delete;
    Library& operator=(const Library&) = delete;

    const OpenReport& openReport() const;

    // Documents -------------------------------------------------------------------------------------
    /// Registers a document by content hash, or returns the record that is there (Ready, or Ingesting: to be resumed).
    /// One that another version of the extraction made comes back empty and Ingesting.
    Result<DocumentRecord> beginDocument(const DocumentHeader& header);
    /// Stores or replaces pages, in one transaction.
    Result<void> storePages(DocumentId id, std::span<const DocumentPage> pages);
    /// Indices of the stored pages, ascending: what an interrupted ingest need not do again.
    Result<std::vector<int32_t>> storedPages(DocumentId id);
    Result<void> finishDocument(DocumentId id, std::span<const std::string> warnings);
    Result<void> removeDocument(DocumentId id);
    /// Gives the space of what was removed back to the disk; takes a while.
    Result<void> compact();

    Result<std::vector<DocumentRecord>> documents();  ///< last opened first
    Result<DocumentRecord> document(DocumentId id);   ///< NotFound
    Result<std::optional<DocumentRecord>> findByHash(const std::string& contentHash);
    /// The document last ingested from this absolute path.
    Result<std::optional<DocumentRecord>> findByPath(const std::string& sourcePath);
    Result<void> markOpened(DocumentId id, const std::string& sourcePath);
    Result<void> setLastPage(DocumentId id, int32_t page);

    /// All pages with their text and without boxes.
    Result<std::vector<DocumentPage>> pages(DocumentId id);
    Result<DocumentPage> page(DocumentId id, int32_t index);  ///< with boxes
    Result<PageBoxes> pageBoxes(DocumentId id, int32_t index);

    // Tokens, per tokenizer ---------------------------------------------------------------------------
    /// Stores the tokens of all pages, page i at index i.
    Result<void> storeTokens(DocumentId id, const std::string& tokenizerHash, std::span<const PageTokens> pages);
    /// Nothing where the tokens of any page are missing.
    Result<std::optional<std::vector<PageTokens>>> tokens(DocumentId id, const std::string& tokenizerHash);

    // Conversations -----------------------------------------------------------------------------------
    Result<ConversationRecord> createConversation(const std::string& title, std::span<const DocumentId> documents);
    Result<std::vector<ConversationRecord>> conversations();  ///< last updated first
    Result<std::vector<ConversationRecord>> conversationsOf(DocumentId document);
    Result<void> renameConversation(ConversationId id, const std::string& title);
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

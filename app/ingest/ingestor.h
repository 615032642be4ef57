#pragma once
// Turns a file or folder into a Document, page by page, so that an interrupted ingest can go on where it stopped.

#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "app/ingest/document.h"
#include "engine/core/result.h"

namespace lectern::app {

/// What to leave out of a folder of source files; the defaults are what a reader of the code wants.
struct SourceTreeOptions {
    bool includeIgnored = false;    ///< files that .gitignore names
    bool includeLockFiles = false;  ///< package-lock.json, Cargo.lock, ...
    bool includeVendored = false;   ///< node_modules, vendor, build folders, ...
    int64_t maximumFileBytes = int64_t{2} << 20;
    std::vector<std::string> leaveOut;  ///< paths inside the tree, files or folders
    /// Paths taken whatever the rules say; a folder brings all text below it. leaveOut wins.
    std::vector<std::string> takeIn;
    /// Also lists what lies in folders that are left out, up to a bound.
    bool listLeftOut = false;
};

struct IngestOptions {
    std::string password;
    /// Read pages without text off their picture (PDF), in this language as Tesseract names it; empty: do not.
    std::string recognitionLanguage;
    SourceTreeOptions sourceTree;
    std::stop_token stop;
};

/// One file or folder being read. Used by one thread.
class Ingestor {
  public:
    virtual ~Ingestor() = default;

    /// Looks at the source: kind, title, hash, number of pages, outline. Called once, first.
    virtual Result<DocumentHeader> open() = 0;

    /// Page `index` of the header's pageCount. A page that cannot be read is a page whose state is Unreadable; errors
    /// are only what ends the whole ingest (Cancelled, the file went away).
    virtual Result<DocumentPage> page(int32_t index) = 0;

    /// Sentences about the document as a whole, complete after the last page.
    virtual std::vector<std::string> warnings() const = 0;
};

/// Chooses by content first, then by name: folder, PDF, Markdown, text. Errors: NotFound, Io, Unsupported (binary
/// data), Corrupt (empty).
Result<std::unique_ptr<Ingestor>> createIngestor(const std::filesystem::path& path, const IngestOptions& options);

/// SHA-256 in hex of a file. Errors: Io, Cancelled.
Result<std::string> hashFile(const std::filesystem::path& path, const std::stop_token& stop);

/// A whole file. Errors: Io, LimitExceeded.
Result<std::string> readWholeFile(const std::filesystem::path& path, int64_t maximumBytes);

/// “name” of a path for a sentence.
std::string quotedName(const std::filesystem::path& path);

}  // namespace lectern::app

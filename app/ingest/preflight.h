#pragma once
// What documents would cost, before anything is stored or computed: tokens, fit, time and disk.

#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/ingest/ingestor.h"
#include "app/ingest/source_tree_scan.h"
#include "app/library/library.h"
#include "engine/text/tokenizer.h"

namespace lectern::app {

/// What is to be known about the model that will read the documents.
struct PreflightModel {
    std::string name;
    const Tokenizer* tokenizer = nullptr;  ///< null: tokens are guessed from bytes
    int64_t trainedContext = 0;
    int64_t largestContext = 0;  ///< the last capacity class
    int64_t cacheBytesPerToken = 0;
    double tokensPerSecond = 0;  ///< of the last prefill on this computer; 0: never measured
};

struct PreflightOptions {
    IngestOptions ingest;
    int64_t conversationTokens = 1024;  ///< room for questions and answers
    bool keepContext = true;            ///< the computed context is saved on disk
    /// Documents with more pages are judged by this many, spread evenly; their numbers are estimates.
    int32_t maximumPages = 2000;
    /// Text beyond this, over all documents, is counted by the ratio found so far.
    int64_t maximumCountedBytes = int64_t{48} << 20;
};

/// One file or folder of a source tree. A folder's numbers are those of everything included below it.
struct PreflightFile {
    std::string path;
    bool isFolder = false;
    TreeEntryState state = TreeEntryState::Included;
    int64_t sizeBytes = 0;
    int64_t tokens = 0;  ///< of a file that is not included: guessed by its size where those are listed, else 0
};

enum class DuplicateOf : uint8_t { Nothing, Library, EarlierPath };

struct PreflightDocument {
    std::filesystem::path path;
    std::string problem;  ///< why it cannot be read, one sentence; the rest is empty then
    DocumentHeader header;
    DuplicateOf duplicate = DuplicateOf::Nothing;
    int64_t tokens = 0;
    bool estimated = false;  ///< not every page was read, or tokens were not counted one by one
    int64_t textBytes = 0;
    std::vector<PageState> coverage;     ///< of the pages that were read, in order; all of them unless estimated
    std::vector<int32_t> coveragePages;  ///< their indices
    int32_t pagesWithoutText = 0;        ///< scaled up where estimated
    int32_t pagesUnreadable = 0;
    std::vector<PreflightFile> files;  ///< token tree of a folder, sorted by path, folders before what is in them
    double readSeconds = 0;            ///< for all its pages
    int64_t libraryBytes = 0;          ///< what storing it adds to the library
};

enum class ContextFit : uint8_t { Fits, NeedsExtended, TooBig };
/// "fits", "needs_extended_context", "too_big"
std::string contextFitName(ContextFit fit);

struct Preflight {
    std::vector<PreflightDocument> documents;
    int64_t tokens = 0;  ///< of all that can be read, each content once
    ContextFit fit = ContextFit::Fits;
    int64_t cacheBytes = 0;  ///< memory while it is asked about
    bool memorySuffices = true;
    double readSeconds = 0;
    std::optional<double> prefillSeconds;  ///< nothing where no prefill was ever measured
    int64_t libraryBytes = 0;
    int64_t contextBytes = 0;  ///< saved context; 0 where it is not kept
};

/// `done` of `count` pages of `path` have been looked at.
using PreflightCallback = std::function<void(const std::filesystem::path& path, int64_t done, int64_t count)>;

/// Looks at every path; one that cannot be read has its problem, the others go on. `library` is only asked which
/// contents are there already; null: none. Errors: Cancelled.
Result<Preflight> preflight(std::span<const std::filesystem::path> paths, const PreflightModel& model, Library* library,
                            const PreflightOptions& options, const PreflightCallback& progress = {});

/// Adds the documents up again after some were left out: `wanted[i]` says whether documents[i] counts.
void summarise(Preflight& sheet, const PreflightModel& model, const PreflightOptions& options,
               const std::vector<bool>& wanted = {});

/// Name of the measurement that holds a model's last prefill speed on a device, tokens per second.
std::string prefillSpeedName(const std::string& model, const std::string& device);

}  // namespace lectern::app

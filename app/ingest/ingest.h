#pragma once
// From a path to a document in the library, journalled page by page.

#include <functional>

#include "app/ingest/ingestor.h"
#include "app/library/library.h"

namespace lectern::app {

struct IngestProgress {
    int32_t pagesDone = 0;
    int32_t pageCount = 0;
    double seconds = 0;
};
using IngestCallback = std::function<void(const IngestProgress&)>;

struct IngestOutcome {
    DocumentRecord record;
    bool alreadyThere = false;  ///< nothing had to be read: the same content was in the library
};

/// Ingests `path`, or finds it by its content. Pages are committed in batches: after a crash or a cancel, the next call
/// for the same content goes on behind the last batch. Errors are one sentence and leave the library as it was before,
/// but for complete batches.
Result<IngestOutcome> ingestPath(Library& library, const std::filesystem::path& path, const IngestOptions& options,
                                 const IngestCallback& progress = {});

/// Sentences about pages without text and pages that could not be read, page by page in few words.
std::vector<std::string> coverageWarnings(const DocumentHeader& header, std::span<const DocumentPage> pages);

}  // namespace lectern::app

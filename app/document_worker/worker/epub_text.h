#pragma once
// EPUB: the parts of the reading order, and the table of contents.

#include <string>
#include <vector>

#include "app/document_worker/document_types.h"
#include "app/document_worker/worker/office_text.h"
#include "engine/core/result.h"

namespace lectern::app::worker {

struct Epub {
    std::string title;
    std::vector<DocumentPage> pages;    ///< one per part of the spine
    std::vector<PageLinks> links;       ///< of each page, also from part to part
    std::vector<OutlineEntry> outline;  ///< of nav.xhtml, else toc.ncx, else the headings
};

/// Errors: Corrupt (no package or no text), Unsupported (protected by DRM), LimitExceeded.
Result<Epub> readEpub(const ContainerEntries& entries, const std::string& name, int64_t maximumPageBytes);

}  // namespace lectern::app::worker

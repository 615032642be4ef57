#pragma once
// HTML, EPUB, DOCX and ODT inside the worker: read as a whole when opened, given page by page.

#include <memory>
#include <vector>

#include "app/document_worker/document_types.h"

namespace lectern::app::worker {

class FlowDocument {
  public:
    /// Chooses by content: a ZIP container by what it holds, everything else as HTML. Errors: NotFound, Io, Corrupt,
    /// Unsupported (another container), PasswordNeeded, LimitExceeded.
    static Result<std::unique_ptr<FlowDocument>> open(const QString& path);

    /// Whether the file begins like a PDF; else it is for this class.
    static bool looksLikePdf(const QString& path);

    const DocumentInfo& info() const { return m_info; }
    Result<DocumentPage> page(int index) const;
    Result<PageLinks> links(int index) const;

  private:
    FlowDocument() = default;
    Result<void> readHtmlFile(const std::string& bytes, const std::string& name);
    Result<void> readContainerFile(const std::string& path, const std::string& name);
    void takeFlow(class FlowText& flow, std::string title);

    DocumentInfo m_info;
    std::vector<DocumentPage> m_pages;
    std::vector<PageLinks> m_links;  ///< of each page
};

}  // namespace lectern::app::worker

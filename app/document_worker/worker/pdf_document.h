#pragma once
// One open PDF inside the worker. Nothing here is safe against a crash of the parser: that is what the process is for.

#include <poppler-qt6.h>

#include <QImage>
#include <memory>

#include "app/document_worker/document_types.h"
#include "app/document_worker/protocol.h"

namespace lectern::app::worker {

class PdfDocument {
  public:
    /// Errors: NotFound, Io, PasswordNeeded, Corrupt, each with its sentence.
    static Result<std::unique_ptr<PdfDocument>> open(const QString& path, const QString& password);

    DocumentInfo info() const;
    Result<PageLayouts> layouts(int firstPage, int count) const;
    Result<DocumentPage> page(int index) const;
    /// Links to pages of this document and to addresses; others (scripts, files) are left out.
    Result<PageLinks> links(int index) const;
    /// Draws into at most `frameBytes`; `image` is what to copy to the frame. Errors: LimitExceeded, InvalidInput.
    Result<protocol::Frame> render(const RenderRequest& request, int64_t frameBytes, QImage& image) const;
    Result<protocol::SearchHits> search(const SearchRequest& request) const;

  private:
    explicit PdfDocument(std::unique_ptr<Poppler::Document> document) : m_document(std::move(document)) {}
    Result<std::unique_ptr<Poppler::Page>> load(int index) const;

    std::unique_ptr<Poppler::Document> m_document;
};

}  // namespace lectern::app::worker

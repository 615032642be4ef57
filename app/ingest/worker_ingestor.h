#pragma once
// PDF, HTML, EPUB, DOCX and ODT, read by a document worker of its own.

#include "app/document_worker/document_reader.h"
#include "app/ingest/ingestor.h"

namespace lectern::app {

class WorkerIngestor : public Ingestor {
  public:
    WorkerIngestor(std::filesystem::path path, IngestOptions options);
    Result<DocumentHeader> open() override;
    Result<DocumentPage> page(int32_t index) override;
    /// What happened to the worker on the way; pages that could not be read speak for themselves.
    std::vector<std::string> warnings() const override;

  private:
    /// `page` with the text of its picture, or as it is with a note why there is none.
    Result<DocumentPage> recognised(DocumentPage page);

    std::filesystem::path m_path;
    IngestOptions m_options;
    std::unique_ptr<DocumentReader> m_reader;
    std::unique_ptr<DocumentReader> m_recogniser;  ///< opened for the first page that needs it
    bool m_unreadablePages = false;
};

}  // namespace lectern::app

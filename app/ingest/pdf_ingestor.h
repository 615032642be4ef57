#pragma once
// A PDF, read by a document worker of its own.

#include "app/document_worker/document_reader.h"
#include "app/ingest/ingestor.h"

namespace lectern::app {

class PdfIngestor : public Ingestor {
  public:
    PdfIngestor(std::filesystem::path path, IngestOptions options);
    Result<DocumentHeader> open() override;
    Result<DocumentPage> page(int32_t index) override;
    /// What happened to the worker on the way; pages that could not be read speak for themselves.
    std::vector<std::string> warnings() const override;

  private:
    std::filesystem::path m_path;
    IngestOptions m_options;
    std::unique_ptr<DocumentReader> m_reader;
    bool m_unreadablePages = false;
};

}  // namespace lectern::app

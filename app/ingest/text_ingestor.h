#pragma once
// A text or Markdown file: one page, cited by lines.

#include "app/ingest/ingestor.h"

namespace lectern::app {

class TextIngestor : public Ingestor {
  public:
    TextIngestor(std::filesystem::path path, DocumentKind kind, IngestOptions options);
    Result<DocumentHeader> open() override;
    Result<DocumentPage> page(int32_t index) override;
    std::vector<std::string> warnings() const override { return m_warnings; }

  private:
    std::filesystem::path m_path;
    DocumentKind m_kind;
    IngestOptions m_options;
    std::string m_text;
    std::vector<std::string> m_warnings;
};

/// ATX headings ("## Title") outside fenced code, with their lines.
std::vector<OutlineEntry> markdownOutline(std::string_view text);

}  // namespace lectern::app

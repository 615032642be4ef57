#pragma once
// A folder of source files: one page per file, labelled with its path, cited by lines.

#include "app/ingest/ingestor.h"
#include "app/ingest/source_tree_scan.h"

namespace lectern::app {

class SourceTreeIngestor : public Ingestor {
  public:
    SourceTreeIngestor(std::filesystem::path root, IngestOptions options);
    Result<DocumentHeader> open() override;
    Result<DocumentPage> page(int32_t index) override;
    std::vector<std::string> warnings() const override;
    /// Everything that was found, also what is left out.
    const std::vector<TreeEntry>& entries() const { return m_entries; }

  private:
    std::filesystem::path m_root;
    IngestOptions m_options;
    std::vector<TreeEntry> m_entries;
    std::vector<TreeEntry> m_files;  ///< the included ones
};

}  // namespace lectern::app

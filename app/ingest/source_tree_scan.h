#pragma once
// Which files of a folder belong to a document about it. The same list feeds ingest and the pre-flight sheet.

#include "app/ingest/ingestor.h"

namespace lectern::app {

enum class TreeEntryState : uint8_t { Included, Ignored, LockFile, Vendored, Binary, TooLarge, Unreadable, LeftOut };

struct TreeEntry {
    std::string path;  ///< inside the tree, '/' between folders; a folder left out as a whole is one entry
    int64_t sizeBytes = 0;
    TreeEntryState state = TreeEntryState::Included;
    bool isFolder = false;
};

/// All entries sorted by path. .gitignore rules (also outside a repository), tracked files stay in; version control
/// folders and symbolic links are not followed. Errors: Io, LimitExceeded (more than a million files), Cancelled.
Result<std::vector<TreeEntry>> scanSourceTree(const std::filesystem::path& root, const SourceTreeOptions& options,
                                              const std::stop_token& stop);

}  // namespace lectern::app

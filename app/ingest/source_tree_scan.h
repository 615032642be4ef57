#pragma once
// Which files of a folder belong to a document about it. The same list feeds ingest and the pre-flight sheet.

#include "app/ingest/ingestor.h"

namespace lectern::app {

enum class TreeEntryState : uint8_t { Included, Ignored, LockFile, Vendored, Binary, TooLarge, Unreadable, LeftOut };

struct TreeEntry {
    /// Inside the tree, '/' between folders. A folder left out as a whole is one entry, unless what is in it is listed.
    std::string path;
    int64_t sizeBytes = 0;
    TreeEntryState state = TreeEntryState::Included;
    bool isFolder = false;
};

/// The most text of one file that is taken in on demand, beyond SourceTreeOptions::maximumFileBytes.
inline constexpr int64_t kLargestSourceBytes = int64_t{64} << 20;

/// All entries sorted by path. .gitignore rules (also outside a repository), tracked files stay in; version control
/// folders and symbolic links are not followed. Errors: Io, LimitExceeded (more than a million files), Cancelled.
Result<std::vector<TreeEntry>> scanSourceTree(const std::filesystem::path& root, const SourceTreeOptions& options,
                                              const std::stop_token& stop);

}  // namespace lectern::app

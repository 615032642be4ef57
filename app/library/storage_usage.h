#pragma once
// What Lectern keeps on disk, by kind.

#include <cstdint>
#include <filesystem>

#include "engine/core/result.h"

namespace lectern::app {

struct StorageUsage {
    int64_t libraryBytes = 0;  ///< documents' text, conversations, traces
    int64_t contextBytes = 0;  ///< saved contexts
    int64_t contexts = 0;      ///< how many
    int64_t modelCacheBytes = 0;
    int64_t trainingBytes = 0;  ///< runs with their checkpoints and adapters
    int64_t freeBytes = 0;      ///< of the disk that holds the data directory
};

/// Walks the folders: not for the GUI thread.
StorageUsage measureStorage(const std::filesystem::path& dataDirectory);

/// Folder of what can be computed again, as checksums of models: $XDG_CACHE_HOME/lectern.
std::filesystem::path modelCacheFolder();
/// Returns the bytes freed.
int64_t clearModelCache();

}  // namespace lectern::app

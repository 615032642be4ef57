#pragma once
// Where the program's own data files lie: beside an installed program or in the source tree of a build.

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "engine/core/result.h"

namespace lectern {

/// Path of `relative` ("model/lectern-45m-q8_0.gguf") under LECTERN_RESOURCES, <prefix>/share/lectern or the
/// source tree. Errors: NotFound.
Result<std::filesystem::path> findResource(const std::filesystem::path& relative);

/// The model used when none is named.
Result<std::filesystem::path> defaultModelPath();

/// Writes `bytes` to a temporary file beside `target`, fsyncs it and renames it over `target`: a reader sees the old
/// file or the new one, never half. Errors: Io, DiskFull.
Result<void> writeFileAtomically(const std::filesystem::path& target, std::string_view bytes);

/// Reads a whole file of at most `maxBytes`. Errors: NotFound, Io, LimitExceeded.
Result<std::string> readFile(const std::filesystem::path& path, int64_t maxBytes);

}  // namespace lectern

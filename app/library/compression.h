#pragma once
// zstd for the library's blobs.

#include <string>
#include <string_view>

#include "engine/core/result.h"

namespace lectern::app {

std::string compressBytes(std::string_view bytes);

/// Errors: Corrupt, also where the content claims to be larger than `maximumBytes`.
Result<std::string> decompressBytes(std::string_view bytes, int64_t maximumBytes);

}  // namespace lectern::app

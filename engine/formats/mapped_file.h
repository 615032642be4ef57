#pragma once
// Read-only files: a memory mapping for weights, a bounded read for small ones.

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "engine/core/result.h"

namespace lectern {

/// A whole regular file mapped read-only; the bytes live as long as the object. A file that another program shortens
/// while it is mapped ends the process (SIGBUS), as with every mapping: weights are opened from places the user owns.
class MappedFile {
  public:
    /// Errors: NotFound, Io (a folder, a device, no permission).
    static Result<std::shared_ptr<const MappedFile>> open(const std::filesystem::path& path);
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;
    ~MappedFile();

    std::span<const std::byte> bytes() const { return {m_data, m_sizeBytes}; }

  private:
    MappedFile() = default;
    const std::byte* m_data = nullptr;
    size_t m_sizeBytes = 0;
};

/// Reads a regular file of at most `maxBytes`. Errors: NotFound, Io, LimitExceeded.
Result<std::string> readSmallFile(const std::filesystem::path& path, int64_t maxBytes);

}  // namespace lectern

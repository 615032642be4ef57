#pragma once
// Writes a file that appears under its name only when it is whole.

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"

namespace lectern {

/// A temporary file beside `target`; commit() flushes it to the disk and renames it, anything else removes it.
/// Buffered; used by one thread. Errors: Io, DiskFull.
class ReplacingFile {
  public:
    static Result<ReplacingFile> create(const std::filesystem::path& target);
    ReplacingFile(ReplacingFile&& other) noexcept;
    ReplacingFile(const ReplacingFile&) = delete;
    ReplacingFile& operator=(const ReplacingFile&) = delete;
    ~ReplacingFile();

    Result<void> write(std::span<const std::byte> bytes);
    Result<void> write(std::string_view bytes) { return write(std::as_bytes(std::span(bytes))); }
    int64_t position() const { return m_position; }
    Result<void> commit();

  private:
    ReplacingFile() = default;
    Result<void> flush();
    Error failure(int code) const;

    std::filesystem::path m_target;
    std::string m_temporary;
    std::vector<std::byte> m_buffer;
    int64_t m_position = 0;
    int m_descriptor = -1;
};

/// Writes a whole small file that way.
Result<void> replaceFile(const std::filesystem::path& target, std::string_view bytes);

}  // namespace lectern

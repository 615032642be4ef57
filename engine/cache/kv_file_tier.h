#pragma once
// K/V pages that do not fit the memory budget: a file without a name, mapped into memory. It goes with its owner, also
// when the process is killed.

#include <filesystem>
#include <memory>

#include "engine/core/result.h"

namespace lectern {

class KvFileTier {
  public:
    /// A mapping of `bytes` in `folder` (made when missing). Errors: DiskFull with both sizes, Io.
    static Result<std::unique_ptr<KvFileTier>> create(const std::filesystem::path& folder, int64_t bytes);
    ~KvFileTier();
    KvFileTier(const KvFileTier&) = delete;
    KvFileTier& operator=(const KvFileTier&) = delete;

    std::byte* data() const { return m_data; }
    int64_t sizeBytes() const { return m_sizeBytes; }
    /// Makes sure that the first `bytes` have room on the disk: a full disk is an answer here, and a signal later.
    Result<void> reserve(int64_t bytes);

  private:
    KvFileTier(int file, std::byte* data, int64_t sizeBytes) : m_file(file), m_data(data), m_sizeBytes(sizeBytes) {}

    int m_file;
    std::byte* m_data;
    int64_t m_sizeBytes;
    int64_t m_reservedBytes = 0;
};

/// Asks the system to read [data, data + bytes) of a mapped file soon.
void readAhead(const std::byte* data, int64_t bytes);
/// Takes whole memory pages of [data, data + bytes) of an unwritten or shared file mapping out of resident memory.
void releaseMapped(const std::byte* data, int64_t bytes);

}  // namespace lectern

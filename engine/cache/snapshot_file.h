#pragma once
// The container of a saved context: named sections, a checksum per block, a JSON manifest. Written beside its target
// and renamed when complete, so a killed save leaves nothing that could be opened.

#include <atomic>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "engine/core/result.h"

namespace lectern {

/// Layout of a snapshot file: 4 KiB header (magic, version, place and checksum of the manifest), sections at multiples
/// of 4 KiB, block checksums (XXH3-64), manifest. Little endian.
class SnapshotWriter {
  public:
    /// Checks that `expectedBytes` are free on the target's disk. Errors: DiskFull with both sizes, Io.
    static Result<std::unique_ptr<SnapshotWriter>> create(const std::filesystem::path& target, int64_t expectedBytes);
    ~SnapshotWriter();
    SnapshotWriter(const SnapshotWriter&) = delete;
    SnapshotWriter& operator=(const SnapshotWriter&) = delete;

    /// Starts a section whose checksums cover `blockBytes` each (the last may be shorter).
    Result<void> beginSection(const std::string& name, int64_t blockBytes);
    /// Appends one or more whole blocks (or the last, shorter one) to the section.
    Result<void> append(std::span<const std::byte> bytes);
    /// Writes checksums, manifest and header, fsyncs and renames. `description` is stored in the manifest.
    Result<void> finish(const nlohmann::json& description);

  private:
    struct Section {
        std::string name;
        int64_t offset = 0, sizeBytes = 0, blockBytes = 0;
        std::vector<uint64_t> checksums;
    };
    SnapshotWriter(std::filesystem::path target, std::string temporary, int file)
        : m_target(std::move(target)), m_temporary(std::move(temporary)), m_file(file) {}
    Result<void> write(const void* data, int64_t size);
    Result<void> pad();
    /// Gives a nameless file the temporary name that rename() needs.
    Result<void> giveName();

    std::filesystem::path m_target;
    std::string m_temporary;  ///< empty while the file has no name
    int m_file;
    int64_t m_offset = 0;
    std::vector<Section> m_sections;
};

/// A complete snapshot file, mapped copy-on-write. Header and manifest are verified at open; blocks when they are asked
/// for.
class SnapshotFile {
  public:
    /// Errors: NotFound, Corrupt (truncated, damaged, foreign version), each with its reason.
    static Result<std::shared_ptr<SnapshotFile>> open(const std::filesystem::path& path);
    /// Header and manifest only, without mapping the rest: for lists.
    static Result<nlohmann::json> readDescription(const std::filesystem::path& path);
    ~SnapshotFile();
    SnapshotFile(const SnapshotFile&) = delete;
    SnapshotFile& operator=(const SnapshotFile&) = delete;

    const nlohmann::json& description() const { return m_description; }

    struct Section {
        std::byte* data = nullptr;
        int64_t sizeBytes = 0;
        int64_t blockBytes = 0;
        const std::byte* checksums = nullptr;
        std::unique_ptr<std::atomic<bool>[]> verified;
        int64_t blockCount() const { return blockBytes == 0 ? 0 : (sizeBytes + blockBytes - 1) / blockBytes; }
    };
    /// The section called `name` of exactly `sizeBytes`. Errors: Corrupt.
    Result<const Section*> section(const std::string& name, int64_t sizeBytes) const;
    /// The same of any size.
    Result<const Section*> section(const std::string& name) const;
    /// Verifies one block the first time it is asked for; safe from several threads. Errors: Corrupt.
    Result<void> verify(const Section& section, int64_t block) const;

  private:
    SnapshotFile() = default;
    std::byte* m_data = nullptr;
    int64_t m_sizeBytes = 0;
    nlohmann::json m_description;
    std::vector<std::pair<std::string, Section>> m_sections;
};

}  // namespace lectern

#include "engine/cache/snapshot_file.h"

#define XXH_INLINE_ALL
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace lectern {
namespace {

constexpr int64_t kAlignment = 4096;
constexpr char kMagic[8] = {'L', 'E', 'C', 'T', 'S', 'N', 'A', 'P'};
constexpr uint32_t kVersion = 3;
constexpr int64_t kMaxManifestBytes = int64_t{64} << 20;
constexpr int64_t kMaxBlockBytes = int64_t{1} << 40;

struct Header {
    char magic[8];
    uint32_t version;
    uint32_t reserved;
    int64_t manifestOffset;
    int64_t manifestBytes;
    uint64_t manifestChecksum;
    int64_t fileBytes;
};

Error systemError(const std::string& doing) {
    const int code = errno;
    return {code == ENOSPC || code == EDQUOT ? ErrorCode::DiskFull : ErrorCode::Io,
            "Could not " + doing + " the saved context: " + std::strerror(code) + "."};
}

Error corrupt(const std::string& why) {
    return {ErrorCode::Corrupt, "The saved context cannot be used: " + why + "."};
}

std::string mebibytes(int64_t bytes) {
    return std::to_string((bytes + (1 << 20) - 1) >> 20) + " MiB";
}

// Reads the header and manifest of an open file; everything is checked against the file's real size.
Result<nlohmann::json> readManifest(int file, int64_t fileBytes) {
    Header header;
    if (fileBytes < kAlignment || pread(file, &header, sizeof header, 0) != static_cast<ssize_t>(sizeof header)) {
        return corrupt("the file is too short");
    }
    if (std::memcmp(header.magic, kMagic, sizeof kMagic) != 0) {
        return corrupt("it is not a saved context");
    }
    if (header.version != kVersion) {
        return corrupt("it was written by another version of Lectern");
    }
    if (header.fileBytes != fileBytes || header.manifestBytes <= 0 || header.manifestBytes > kMaxManifestBytes ||
        header.manifestOffset < kAlignment || header.manifestOffset > fileBytes - header.manifestBytes) {
        return corrupt("the file is truncated");
    }
    std::string manifest(static_cast<size_t>(header.manifestBytes), '\0');
    if (pread(file, manifest.data(), manifest.size(), header.manifestOffset) != static_cast<ssize_t>(manifest.size()) ||
        XXH3_64bits(manifest.data(), manifest.size()) != header.manifestChecksum) {
        return corrupt("its table of contents is damaged");
    }
    nlohmann::json json = nlohmann::json::parse(manifest, nullptr, false);
    if (!json.is_object() || !json.contains("sections") || !json["sections"].is_array() ||
        !json.contains("description")) {
        return corrupt("its table of contents is damaged");
    }
    return json;
}

int64_t integerOf(const nlohmann::json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_number_integer() ? found->get<int64_t>() : -1;
}

}  // namespace

Result<std::unique_ptr<SnapshotWriter>> SnapshotWriter::create(const std::filesystem::path& target,
                                                               int64_t expectedBytes) {
    std::error_code failure;
    std::filesystem::create_directories(target.parent_path(), failure);
    struct statvfs disk {};
    if (statvfs(target.parent_path().c_str(), &disk) != 0) {
        return systemError("find a place for");
    }
    const auto freeBytes = static_cast<int64_t>(disk.f_bavail) * static_cast<int64_t>(disk.f_frsize);
    if (expectedBytes > freeBytes) {
        return Error{ErrorCode::DiskFull, "Keeping this document ready needs " + mebibytes(expectedBytes) +
                                              " on disk and " + mebibytes(freeBytes) + " are free."};
    }
    // A file without a name vanishes with a killed process; where the file system has none, a temporary name serves.
    std::string temporary;
    int file = ::open(target.parent_path().c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (file < 0) {
        temporary = target.string() + ".XXXXXX";
        file = mkstemp(temporary.data());
    }
    if (file < 0) {
        return systemError("create");
    }
    std::unique_ptr<SnapshotWriter> writer(new SnapshotWriter(target, temporary, file));
    const std::vector<std::byte> header(static_cast<size_t>(kAlignment));
    LECTERN_TRY(writer->write(header.data(), kAlignment));
    return writer;
}

SnapshotWriter::~SnapshotWriter() {
    if (m_file >= 0) {
        close(m_file);
        if (!m_temporary.empty()) {
            unlink(m_temporary.c_str());
        }
    }
}

Result<void> SnapshotWriter::write(const void* data, int64_t size) {
    const auto* at = static_cast<const char*>(data);
    while (size > 0) {
        const ssize_t written = ::write(m_file, at, static_cast<size_t>(size));
        if (written < 0 && errno != EINTR) {
            return systemError("write");
        }
        if (written > 0) {
            at += written;
            size -= written;
            m_offset += written;
        }
    }
    return {};
}

Result<void> SnapshotWriter::pad() {
    static constexpr std::byte kZeros[kAlignment] = {};
    return write(kZeros, (kAlignment - m_offset % kAlignment) % kAlignment);
}

Result<void> SnapshotWriter::beginSection(const std::string& name, int64_t blockBytes) {
    LECTERN_TRY(pad());
    m_sections.push_back({name, m_offset, 0, blockBytes, {}});
    return {};
}

Result<void> SnapshotWriter::append(std::span<const std::byte> bytes) {
    Section& section = m_sections.back();
    for (size_t done = 0; done < bytes.size();) {
        const size_t count = std::min(bytes.size() - done, static_cast<size_t>(section.blockBytes));
        section.checksums.push_back(XXH3_64bits(bytes.data() + done, count));
        done += count;
    }
    section.sizeBytes += static_cast<int64_t>(bytes.size());
    return write(bytes.data(), static_cast<int64_t>(bytes.size()));
}

Result<void> SnapshotWriter::giveName() {
    if (!m_temporary.empty()) {
        return {};
    }
    const std::string name = m_target.string() + ".new" + std::to_string(getpid());
    const std::string file = "/proc/self/fd/" + std::to_string(m_file);
    unlink(name.c_str());
    if (linkat(AT_FDCWD, file.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) != 0) {
        return systemError("name");
    }
    m_temporary = name;
    return {};
}

Result<void> SnapshotWriter::finish(const nlohmann::json& description) {
    nlohmann::json sections = nlohmann::json::array();
    for (const Section& section : m_sections) {
        LECTERN_TRY(pad());
        const int64_t checksumOffset = m_offset;
        LECTERN_TRY(write(section.checksums.data(), static_cast<int64_t>(section.checksums.size() * sizeof(uint64_t))));
        sections.push_back({{"name", section.name},
                            {"offset", section.offset},
                            {"bytes", section.sizeBytes},
                            {"block", section.blockBytes},
                            {"checksums", checksumOffset},
                            {"checksums_checksum",
                             XXH3_64bits(section.checksums.data(), section.checksums.size() * sizeof(uint64_t))}});
    }
    LECTERN_TRY(pad());
    const std::string manifest = nlohmann::json{{"sections", sections}, {"description", description}}.dump();
    Header header{};
    std::memcpy(header.magic, kMagic, sizeof kMagic);
    header.version = kVersion;
    header.manifestOffset = m_offset;
    header.manifestBytes = static_cast<int64_t>(manifest.size());
    header.manifestChecksum = XXH3_64bits(manifest.data(), manifest.size());
    LECTERN_TRY(write(manifest.data(), header.manifestBytes));
    header.fileBytes = m_offset;
    if (pwrite(m_file, &header, sizeof header, 0) != static_cast<ssize_t>(sizeof header) || fsync(m_file) != 0) {
        return systemError("write");
    }
    LECTERN_TRY(giveName());
    if (close(m_file) != 0) {
        return systemError("write");
    }
    m_file = -1;
    if (rename(m_temporary.c_str(), m_target.c_str()) != 0) {
        const Error error = systemError("rename");
        unlink(m_temporary.c_str());
        return error;
    }
    if (const int folder = ::open(m_target.parent_path().c_str(), O_RDONLY | O_DIRECTORY); folder >= 0) {
        fsync(folder);
        close(folder);
    }
    return {};
}

Result<nlohmann::json> SnapshotFile::readDescription(const std::filesystem::path& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return Error{ErrorCode::NotFound, "There is no saved context " + path.filename().string() + "."};
    }
    struct stat status {};
    auto manifest = fstat(file, &status) == 0 ? readManifest(file, status.st_size)
                                              : Result<nlohmann::json>(corrupt("it cannot be read"));
    close(file);
    if (!manifest) {
        return manifest;
    }
    return (*manifest)["description"];
}

Result<std::shared_ptr<SnapshotFile>> SnapshotFile::open(const std::filesystem::path& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return Error{ErrorCode::NotFound, "There is no saved context " + path.filename().string() + "."};
    }
    std::shared_ptr<SnapshotFile> snapshot(new SnapshotFile());
    struct stat status {};
    auto manifest = fstat(file, &status) == 0 ? readManifest(file, status.st_size)
                                              : Result<nlohmann::json>(corrupt("it cannot be read"));
    if (manifest) {
        void* data = mmap(nullptr, static_cast<size_t>(status.st_size), PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_NORESERVE, file, 0);
        if (data == MAP_FAILED) {
            manifest = systemError("map");
        } else {
            snapshot->m_data = static_cast<std::byte*>(data);
            snapshot->m_sizeBytes = status.st_size;
        }
    }
    close(file);
    if (!manifest) {
        return manifest.error();
    }
    snapshot->m_description = (*manifest)["description"];
    for (const auto& item : (*manifest)["sections"]) {
        Section section;
        const int64_t offset = integerOf(item, "offset"), checksums = integerOf(item, "checksums");
        section.sizeBytes = integerOf(item, "bytes");
        section.blockBytes = integerOf(item, "block");
        const int64_t size = snapshot->m_sizeBytes;
        if (!item.contains("name") || !item["name"].is_string() || offset < 0 || section.sizeBytes < 0 ||
            section.blockBytes <= 0 || section.blockBytes > kMaxBlockBytes || offset > size - section.sizeBytes ||
            checksums < 0 || checksums % 8 != 0 || section.blockCount() > (size - checksums) / 8) {
            return corrupt("its table of contents is damaged");
        }
        section.data = snapshot->m_data + offset;
        section.checksums = snapshot->m_data + checksums;
        const auto expected = item.find("checksums_checksum");
        if (expected == item.end() || !expected->is_number_unsigned() ||
            XXH3_64bits(section.checksums, static_cast<size_t>(section.blockCount()) * 8) !=
                expected->get<uint64_t>()) {
            return corrupt("its checksums are damaged");
        }
        section.verified = std::make_unique<std::atomic<bool>[]>(static_cast<size_t>(section.blockCount()));
        snapshot->m_sections.emplace_back(item["name"].get<std::string>(), std::move(section));
    }
    return snapshot;
}

SnapshotFile::~SnapshotFile() {
    if (m_data) {
        munmap(m_data, static_cast<size_t>(m_sizeBytes));
    }
}

Result<const SnapshotFile::Section*> SnapshotFile::section(const std::string& name) const {
    for (const auto& [known, section] : m_sections) {
        if (known == name) {
            return &section;
        }
    }
    return corrupt("a part is missing (" + name + ")");
}

Result<const SnapshotFile::Section*> SnapshotFile::section(const std::string& name, int64_t sizeBytes) const {
    LECTERN_ASSIGN(const Section* found, section(name));
    if (found->sizeBytes != sizeBytes) {
        return corrupt("a part has the wrong size (" + name + ")");
    }
    return found;
}

Result<void> SnapshotFile::verify(const Section& section, int64_t block) const {
    std::atomic<bool>& done = section.verified[static_cast<size_t>(block)];
    if (done.load(std::memory_order_acquire)) {
        return {};
    }
    const int64_t offset = block * section.blockBytes;
    const int64_t size = std::min(section.blockBytes, section.sizeBytes - offset);
    uint64_t expected;
    std::memcpy(&expected, section.checksums + block * 8, 8);
    if (XXH3_64bits(section.data + offset, static_cast<size_t>(size)) != expected) {
        return corrupt("a page is damaged");
    }
    done.store(true, std::memory_order_release);
    return {};
}

}  // namespace lectern

#include "engine/cache/kv_file_tier.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "engine/cache/reserved_memory.h"

namespace lectern {
namespace {

// Room on the disk is taken in steps, so that a short use of a large capacity takes little.
constexpr int64_t kReserveStep = int64_t{256} << 20;

Error systemError(const std::string& doing, int code) {
    return {code == ENOSPC || code == EDQUOT ? ErrorCode::DiskFull : ErrorCode::Io,
            "Could not " + doing + " the file for the context's keys and values: " + std::strerror(code) + "."};
}

}  // namespace

Result<std::unique_ptr<KvFileTier>> KvFileTier::create(const std::filesystem::path& folder, int64_t bytes) {
    std::error_code ignored;
    std::filesystem::create_directories(folder, ignored);
    struct statvfs disk {};
    if (statvfs(folder.c_str(), &disk) != 0) {
        return systemError("find a place for", errno);
    }
    const auto freeBytes = static_cast<int64_t>(disk.f_bavail) * static_cast<int64_t>(disk.f_frsize);
    if (bytes > freeBytes) {
        return Error{ErrorCode::DiskFull, "The part of the context that does not fit the memory needs " +
                                              gibibytes(bytes) + " in " + folder.string() + " and " +
                                              gibibytes(freeBytes) + " are free there."};
    }
    std::string name = (folder / "kv-XXXXXX").string();
    const int file = mkostemp(name.data(), O_CLOEXEC);
    if (file < 0) {
        return systemError("create", errno);
    }
    unlink(name.c_str());
    void* data = MAP_FAILED;
    if (ftruncate(file, bytes) == 0) {
        data = mmap(nullptr, static_cast<size_t>(bytes), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    }
    if (data == MAP_FAILED) {
        const Error error = systemError("map", errno);
        close(file);
        return error;
    }
    return std::unique_ptr<KvFileTier>(new KvFileTier(file, static_cast<std::byte*>(data), bytes));
}

KvFileTier::~KvFileTier() {
    munmap(m_data, static_cast<size_t>(m_sizeBytes));
    close(m_file);
}

Result<void> KvFileTier::reserve(int64_t bytes) {
    bytes = std::min(bytes, m_sizeBytes);
    while (m_reservedBytes < bytes) {
        const int64_t step = std::min(std::max(kReserveStep, bytes - m_reservedBytes), m_sizeBytes - m_reservedBytes);
        if (const int code = posix_fallocate(m_file, m_reservedBytes, step); code != 0 && code != EINTR) {
            return systemError("enlarge", code);
        } else if (code == 0) {
            m_reservedBytes += step;
        }
    }
    return {};
}

void readAhead(const std::byte* data, int64_t bytes) {
    const auto page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
    const auto begin = reinterpret_cast<uintptr_t>(data) / page * page;
    const auto end = reinterpret_cast<uintptr_t>(data) + static_cast<uintptr_t>(bytes);
    (void)madvise(reinterpret_cast<void*>(begin), end - begin, MADV_WILLNEED);
}

void releaseMapped(const std::byte* data, int64_t bytes) {
    const auto page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
    const auto begin = (reinterpret_cast<uintptr_t>(data) + page - 1) / page * page;
    const auto end = (reinterpret_cast<uintptr_t>(data) + static_cast<uintptr_t>(bytes)) / page * page;
    if (end > begin) {
        (void)madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
    }
}

}  // namespace lectern

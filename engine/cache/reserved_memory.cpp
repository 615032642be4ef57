#include "engine/cache/reserved_memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <utility>

namespace lectern {
namespace {

// Smaller mappings would waste more of a huge page than they gain.
constexpr int64_t kHugePagesFrom = int64_t{16} << 20;

}  // namespace

std::string gibibytes(int64_t bytes) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f GiB", static_cast<double>(bytes) / (1 << 30));
    return text;
}

int64_t availableMemoryBytes() {
    std::ifstream file("/proc/meminfo");
    std::string key;
    int64_t kibibytes = 0;
    for (std::string unit; file >> key >> kibibytes; std::getline(file, unit)) {
        if (key == "MemAvailable:") {
            return kibibytes * 1024;
        }
    }
    return static_cast<int64_t>(sysconf(_SC_AVPHYS_PAGES)) * sysconf(_SC_PAGESIZE);
}

int64_t totalMemoryBytes() {
    return static_cast<int64_t>(sysconf(_SC_PHYS_PAGES)) * sysconf(_SC_PAGESIZE);
}

Result<ReservedMemory> ReservedMemory::create(int64_t bytes) {
    ReservedMemory memory;
    if (bytes == 0) {
        return memory;
    }
    void* data = mmap(nullptr, static_cast<size_t>(bytes), PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (data == MAP_FAILED) {
        return Error{ErrorCode::OutOfMemory,
                     "Could not reserve " + gibibytes(bytes) + " of address space for the context."};
    }
    memory.m_data = static_cast<std::byte*>(data);
    memory.m_sizeBytes = bytes;
    if (bytes >= kHugePagesFrom) {
        // Advice: a kernel without huge pages serves small ones.
        (void)madvise(data, static_cast<size_t>(bytes), MADV_HUGEPAGE);
    }
    return memory;
}

ReservedMemory::ReservedMemory(ReservedMemory&& other) noexcept {
    *this = std::move(other);
}

ReservedMemory& ReservedMemory::operator=(ReservedMemory&& other) noexcept {
    std::swap(m_data, other.m_data);
    std::swap(m_sizeBytes, other.m_sizeBytes);
    return *this;
}

ReservedMemory::~ReservedMemory() {
    if (m_data) {
        munmap(m_data, static_cast<size_t>(m_sizeBytes));
    }
}

void ReservedMemory::discardFrom(int64_t offset) {
    const int64_t page = sysconf(_SC_PAGESIZE), begin = (offset + page - 1) / page * page;
    if (begin < m_sizeBytes) {
        madvise(m_data + begin, static_cast<size_t>(m_sizeBytes - begin), MADV_DONTNEED);
    }
}

}  // namespace lectern

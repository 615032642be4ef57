#include "engine/formats/replacing_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace lectern {

namespace {

constexpr size_t kBufferBytes = 1 << 20;

/// Makes the rename itself durable.
void syncFolder(const std::filesystem::path& folder) {
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor >= 0) {
        ::fsync(descriptor);
        ::close(descriptor);
    }
}

}  // namespace

Error ReplacingFile::failure(int code) const {
    const bool full = code == ENOSPC || code == EDQUOT || code == EFBIG;
    return {full ? ErrorCode::DiskFull : ErrorCode::Io,
            m_target.string() + " cannot be written: " + std::strerror(code) + "."};
}

Result<ReplacingFile> ReplacingFile::create(const std::filesystem::path& target) {
    ReplacingFile file;
    file.m_target = target;
    file.m_temporary = target.string() + ".part-XXXXXX";
    file.m_descriptor = ::mkostemp(file.m_temporary.data(), O_CLOEXEC);
    if (file.m_descriptor < 0) {
        return file.failure(errno);
    }
    // mkostemp makes private files; the result gets the rights any new file would get.
    const mode_t mask = ::umask(0);
    ::umask(mask);
    ::fchmod(file.m_descriptor, 0666 & ~mask);
    file.m_buffer.reserve(kBufferBytes);
    return file;
}

ReplacingFile::ReplacingFile(ReplacingFile&& other) noexcept
    : m_target(std::move(other.m_target)),
      m_temporary(std::move(other.m_temporary)),
      m_buffer(std::move(other.m_buffer)),
      m_position(other.m_position),
      m_descriptor(std::exchange(other.m_descriptor, -1)) {}

ReplacingFile::~ReplacingFile() {
    if (m_descriptor >= 0) {
        ::close(m_descriptor);
        ::unlink(m_temporary.c_str());
    }
}

Result<void> ReplacingFile::flush() {
    size_t written = 0;
    while (written < m_buffer.size()) {
        const ssize_t count = ::write(m_descriptor, m_buffer.data() + written, m_buffer.size() - written);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return failure(errno);
        }
        written += static_cast<size_t>(count);
    }
    m_buffer.clear();
    return {};
}

Result<void> ReplacingFile::write(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const size_t part = std::min(bytes.size(), kBufferBytes - m_buffer.size());
        m_buffer.insert(m_buffer.end(), bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(part));
        m_position += static_cast<int64_t>(part);
        bytes = bytes.subspan(part);
        if (m_buffer.size() == kBufferBytes) {
            LECTERN_TRY(flush());
        }
    }
    return {};
}

Result<void> ReplacingFile::commit() {
    LECTERN_TRY(flush());
    if (::fsync(m_descriptor) != 0) {
        return failure(errno);
    }
    if (::rename(m_temporary.c_str(), m_target.c_str()) != 0) {
        return failure(errno);
    }
    ::close(std::exchange(m_descriptor, -1));
    syncFolder(m_target.has_parent_path() ? m_target.parent_path() : std::filesystem::path("."));
    return {};
}

Result<void> replaceFile(const std::filesystem::path& target, std::string_view bytes) {
    LECTERN_ASSIGN(ReplacingFile file, ReplacingFile::create(target));
    LECTERN_TRY(file.write(bytes));
    return file.commit();
}

}  // namespace lectern

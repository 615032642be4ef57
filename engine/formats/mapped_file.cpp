#include "engine/formats/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace lectern {

namespace {

class FileDescriptor {
  public:
    explicit FileDescriptor(int descriptor) : m_descriptor(descriptor) {}
    FileDescriptor(const FileDescriptor&) = delete;
    FileDescriptor& operator=(const FileDescriptor&) = delete;
    ~FileDescriptor() {
        if (m_descriptor >= 0) {
            ::close(m_descriptor);
        }
    }
    int get() const { return m_descriptor; }

  private:
    int m_descriptor;
};

Error openError(const std::filesystem::path& path, int code) {
    if (code == ENOENT || code == ENOTDIR) {
        return {ErrorCode::NotFound, "There is no file " + path.string() + "."};
    }
    return {ErrorCode::Io, path.string() + " cannot be read: " + std::strerror(code) + "."};
}

/// Opens a regular file and reports its size. O_NONBLOCK: opening a pipe must not wait for a writer.
Result<int64_t> regularFileSize(const std::filesystem::path& path, const FileDescriptor& file) {
    if (file.get() < 0) {
        return openError(path, errno);
    }
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) {
        return openError(path, errno);
    }
    if (!S_ISREG(status.st_mode)) {
        return Error{ErrorCode::Io, path.string() + " is not a regular file."};
    }
    return static_cast<int64_t>(status.st_size);
}

}  // namespace

Result<std::shared_ptr<const MappedFile>> MappedFile::open(const std::filesystem::path& path) {
    const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    LECTERN_ASSIGN(const int64_t sizeBytes, regularFileSize(path, file));
    std::shared_ptr<MappedFile> mapped(new MappedFile);
    if (sizeBytes > 0) {
        void* data = ::mmap(nullptr, static_cast<size_t>(sizeBytes), PROT_READ, MAP_PRIVATE, file.get(), 0);
        if (data == MAP_FAILED) {
            return openError(path, errno);
        }
        mapped->m_data = static_cast<const std::byte*>(data);
        mapped->m_sizeBytes = static_cast<size_t>(sizeBytes);
    }
    return std::shared_ptr<const MappedFile>(std::move(mapped));
}

MappedFile::~MappedFile() {
    if (m_data) {
        ::munmap(const_cast<std::byte*>(m_data), m_sizeBytes);
    }
}

Result<std::string> readSmallFile(const std::filesystem::path& path, int64_t maxBytes) {
    const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    LECTERN_ASSIGN(const int64_t sizeBytes, regularFileSize(path, file));
    if (sizeBytes > maxBytes) {
        return Error{ErrorCode::LimitExceeded, path.string() + " is larger than the " +
                                                   std::to_string(maxBytes / 1024) + " KiB that such a file may have."};
    }
    std::string text(static_cast<size_t>(sizeBytes), '\0');
    size_t filled = 0;
    while (filled < text.size()) {
        const ssize_t count = ::read(file.get(), text.data() + filled, text.size() - filled);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return openError(path, errno);
        }
        if (count == 0) {
            break;
        }
        filled += static_cast<size_t>(count);
    }
    text.resize(filled);
    return text;
}

}  // namespace lectern

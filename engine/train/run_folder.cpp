#include "engine/train/run_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace lectern {

Result<RunFolderLock> RunFolderLock::acquire(const std::filesystem::path& folder) {
    std::error_code failure;
    std::filesystem::create_directories(folder, failure);
    if (failure) {
        return Error{ErrorCode::Io, "Could not make the folder " + folder.string() + ": " + failure.message() + "."};
    }
    RunFolderLock lock(::open((folder / ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
    if (!lock.held()) {
        return Error{ErrorCode::Io,
                     "Could not write to the folder " + folder.string() + ": " + std::strerror(errno) + "."};
    }
    if (::flock(lock.m_file, LOCK_EX | LOCK_NB) != 0) {
        return Error{ErrorCode::InvalidInput, "Another training run is writing to " + folder.string() + "."};
    }
    return lock;
}

RunFolderLock::~RunFolderLock() {
    if (m_file >= 0) {
        ::close(m_file);
    }
}

}  // namespace lectern

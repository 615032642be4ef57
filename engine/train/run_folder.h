#pragma once
// One writer per run folder.

#include <filesystem>
#include <utility>

#include "engine/core/result.h"

namespace lectern {

/// Holds <folder>/.lock until destroyed or the process ends, however it ends. Move-only.
class RunFolderLock {
  public:
    /// Makes the folder where it is not there. Errors: InvalidInput when another run holds it, Io.
    static Result<RunFolderLock> acquire(const std::filesystem::path& folder);
    RunFolderLock() = default;
    RunFolderLock(RunFolderLock&& other) noexcept : m_file(std::exchange(other.m_file, -1)) {}
    RunFolderLock& operator=(RunFolderLock&& other) noexcept {
        std::swap(m_file, other.m_file);
        return *this;
    }
    ~RunFolderLock();

    bool held() const { return m_file >= 0; }

  private:
    explicit RunFolderLock(int file) : m_file(file) {}
    int m_file = -1;
};

}  // namespace lectern

#pragma once
// Files for tests: temporary folders, and the shared data folder where there is one.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace lectern::test {

/// $LECTERN_SHARED_DIR or ../shared beside the source tree; nothing where neither exists.
std::optional<std::filesystem::path> sharedDirectory();

/// A folder that goes away with the object.
class TemporaryDirectory {
  public:
    TemporaryDirectory();
    ~TemporaryDirectory();
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
    const std::filesystem::path& path() const { return m_path; }

  private:
    std::filesystem::path m_path;
};

/// Makes its folder too.
void writeFile(const std::filesystem::path& path, std::string_view bytes);
std::string readFile(const std::filesystem::path& path);

}  // namespace lectern::test

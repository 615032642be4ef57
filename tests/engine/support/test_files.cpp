#include "tests/engine/support/test_files.h"

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "engine/core/check.h"

namespace lectern::test {

namespace fs = std::filesystem;

std::optional<fs::path> sharedDirectory() {
    const char* configured = std::getenv("LECTERN_SHARED_DIR");
    const fs::path path = configured ? fs::path(configured) : fs::path(LECTERN_SOURCE_DIR) / ".." / "shared";
    std::error_code ignored;
    return fs::is_directory(path / "data", ignored) ? std::optional(path) : std::nullopt;
}

TemporaryDirectory::TemporaryDirectory() {
    std::string pattern = (fs::temp_directory_path() / "lectern-test-XXXXXX").string();
    LECTERN_CHECK(::mkdtemp(pattern.data()) != nullptr);
    m_path = pattern;
}

TemporaryDirectory::~TemporaryDirectory() {
    std::error_code ignored;
    fs::remove_all(m_path, ignored);
}

void writeFile(const fs::path& path, std::string_view bytes) {
    fs::create_directories(path.parent_path());
    std::ofstream file(path, std::ios::binary);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    LECTERN_CHECK(file.good());
}

std::string readFile(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream bytes;
    bytes << file.rdbuf();
    return bytes.str();
}

}  // namespace lectern::test

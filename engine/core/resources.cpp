#include "engine/core/resources.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <vector>

namespace lectern {
namespace {

constexpr const char* kDefaultModel = "model/lectern-45m-q8_0.gguf";

Error ioError(const std::filesystem::path& path, const char* doing, int code) {
    return {code == ENOSPC || code == EDQUOT ? ErrorCode::DiskFull : ErrorCode::Io,
            std::string("Could not ") + doing + " " + path.filename().string() + ": " + std::strerror(code) + "."};
}

}  // namespace

Result<std::filesystem::path> findResource(const std::filesystem::path& relative) {
    std::error_code ignored;
    std::vector<std::filesystem::path> roots;
    if (const char* named = std::getenv("LECTERN_RESOURCES")) {
        roots.emplace_back(named);
    }
    const auto program = std::filesystem::read_symlink("/proc/self/exe", ignored);
    roots.push_back(program.parent_path().parent_path() / "share" / "lectern");
    // Private programs live in <prefix>/lib/lectern.
    roots.push_back(program.parent_path().parent_path().parent_path() / "share" / "lectern");
    roots.emplace_back(LECTERN_RESOURCE_DIR);
    for (const auto& root : roots) {
        if (std::filesystem::exists(root / relative, ignored)) {
            return root / relative;
        }
    }
    return Error{ErrorCode::NotFound,
                 "Lectern's own file " + relative.string() + " is missing; the installation is incomplete."};
}

Result<std::filesystem::path> defaultModelPath() {
    return findResource(kDefaultModel);
}

Result<void> writeFileAtomically(const std::filesystem::path& target, std::string_view bytes) {
    std::string temporary = target.string() + ".XXXXXX";
    const int file = mkstemp(temporary.data());
    if (file < 0) {
        return ioError(target, "write", errno);
    }
    int code = 0;
    while (!bytes.empty() && code == 0) {
        const ssize_t written = write(file, bytes.data(), bytes.size());
        if (written < 0 && errno != EINTR) {
            code = errno;
        } else if (written > 0) {
            bytes.remove_prefix(static_cast<size_t>(written));
        }
    }
    if (code == 0 && fsync(file) != 0) {
        code = errno;
    }
    if (close(file) != 0 && code == 0) {
        code = errno;
    }
    if (code == 0 && rename(temporary.c_str(), target.c_str()) != 0) {
        code = errno;
    }
    if (code != 0) {
        unlink(temporary.c_str());
        return ioError(target, "write", code);
    }
    return {};
}

Result<std::string> readFile(const std::filesystem::path& path, int64_t maxBytes) {
    std::error_code failure;
    if (!std::filesystem::exists(path, failure)) {
        return Error{ErrorCode::NotFound, "There is no file " + path.string() + "."};
    }
    std::ifstream file(path, std::ios::binary);
    if (!file || std::filesystem::is_directory(path, failure)) {
        return Error{ErrorCode::Io, "Could not read " + path.string() + "."};
    }
    std::string bytes;
    std::vector<char> chunk(1 << 20);
    while (file.read(chunk.data(), static_cast<std::streamsize>(chunk.size())) || file.gcount() > 0) {
        bytes.append(chunk.data(), static_cast<size_t>(file.gcount()));
        if (static_cast<int64_t>(bytes.size()) > maxBytes) {
            return Error{ErrorCode::LimitExceeded,
                         path.filename().string() + " is larger than " + std::to_string(maxBytes >> 20) + " MiB."};
        }
    }
    if (file.bad()) {
        return Error{ErrorCode::Io, "Could not read " + path.string() + "."};
    }
    return bytes;
}

}  // namespace lectern

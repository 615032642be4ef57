#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "tests/fuzz/fuzz.h"

namespace lectern::fuzz {

std::filesystem::path inputFile(std::string_view bytes, const char* extension) {
    // libFuzzer ends without atexit(): run.sh gives a folder that it removes.
    const char* given = std::getenv("TMPDIR");
    const std::filesystem::path folder = given != nullptr                      ? given
                                         : std::filesystem::exists("/dev/shm") ? "/dev/shm"
                                                                               : "/tmp";
    static const std::string stem = "lectern-fuzz-" + std::to_string(getpid());
    static std::filesystem::path path;
    path = folder / (stem + extension);
    static const bool registered = std::atexit([] { std::filesystem::remove(path); }) == 0;
    (void)registered;
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
    return path;
}

}  // namespace lectern::fuzz

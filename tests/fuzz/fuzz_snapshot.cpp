// Saved contexts: the container. An input is a whole file, or behind 'M' a manifest that gets a right header, so that
// what stands behind the checksum is reached.

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstring>

#include "engine/cache/snapshot_file.h"
#include "tests/engine/support/test_files.h"
#include "tests/fuzz/fuzz.h"

using namespace lectern;

namespace {

std::string withHeader(std::string_view manifest) {
    constexpr size_t kHeaderBytes = 4096, kSectionBytes = 8192;
    std::string file(kHeaderBytes + kSectionBytes, '\0');
    const auto put = [&](size_t at, uint64_t value, size_t bytes) { std::memcpy(file.data() + at, &value, bytes); };
    std::memcpy(file.data(), "LECTSNAP", 8);
    put(8, 1, 4);
    put(16, file.size(), 8);
    put(24, manifest.size(), 8);
    put(32, XXH3_64bits(manifest.data(), manifest.size()), 8);
    put(40, file.size() + manifest.size(), 8);
    return file += manifest;
}

}  // namespace

std::vector<std::string> fuzzSeeds() {
    const test::TemporaryDirectory folder;
    auto writer = SnapshotWriter::create(folder.path() / "seed", 1 << 20);
    const std::string data(5000, 'x');
    if (!writer || !(*writer)->beginSection("tokens", 4096) || !(*writer)->append(std::as_bytes(std::span(data))) ||
        !(*writer)->finish({{"key", "value"}})) {
        return {};
    }
    const std::string file = test::readFile(folder.path() / "seed");
    const size_t manifest = file.rfind("{\"");
    std::vector<std::string> seeds{file};
    for (size_t at = file.find('{'); at != std::string::npos && at <= manifest; at = file.find('{', at + 1)) {
        seeds.push_back("M" + file.substr(at));
    }
    return seeds;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string_view input = fuzz::textOf(data, size);
    const auto path =
        fuzz::inputFile(input.starts_with("M") ? withHeader(input.substr(1)) : std::string(input), ".snapshot");
    (void)SnapshotFile::readDescription(path);
    if (const auto file = SnapshotFile::open(path)) {
        if (const auto section = (*file)->section("tokens")) {
            for (int64_t block = 0; block < (*section)->blockCount(); ++block) {
                (void)(*file)->verify(**section, block);
            }
        }
    }
    return 0;
}

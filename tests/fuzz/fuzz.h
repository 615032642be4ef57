#pragma once
// What a fuzz target defines, and small helpers they share.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Runs one input through the reader. Never fails: a broken reader crashes or is stopped by a sanitizer.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

/// Inputs to start from: what the writers of the format produce.
std::vector<std::string> fuzzSeeds();

namespace lectern::fuzz {

inline std::string_view textOf(const uint8_t* data, size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}
inline std::span<const std::byte> bytesOf(const uint8_t* data, size_t size) {
    return {reinterpret_cast<const std::byte*>(data), size};
}
/// A file in memory for readers that take a path: written anew for every input.
std::filesystem::path inputFile(std::string_view bytes, const char* extension);

}  // namespace lectern::fuzz

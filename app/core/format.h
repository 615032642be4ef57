#pragma once
// Numbers in sentences for people, in English.

#include <cstdint>
#include <string>

namespace lectern::app {

/// "12,345".
std::string thousands(int64_t number);
/// "3 s", "4:05", "1:02:03".
std::string duration(double seconds);
/// "3.8 MiB".
std::string byteSize(int64_t bytes);

}  // namespace lectern::app

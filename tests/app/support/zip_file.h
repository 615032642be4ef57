#pragma once
// ZIP containers for tests: EPUB, DOCX and ODT of a few entries.

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace lectern::app::test {

/// Path inside the container and bytes, in order.
using ZipEntries = std::vector<std::pair<std::string, std::string>>;
void writeZip(const std::filesystem::path& path, const ZipEntries& entries);

}  // namespace lectern::app::test

#pragma once
// Entries of a ZIP container (EPUB, DOCX, ODT), by libarchive, within bounds that no honest document meets.

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "engine/core/result.h"

namespace lectern::app::worker {

/// Bounds against containers that unpack to more than they are.
struct ContainerLimits {
    int64_t maximumEntries = 100'000;
    int64_t maximumEntryBytes = int64_t{128} << 20;
    int64_t maximumTotalBytes = int64_t{512} << 20;
};

/// Reads the entries that `wanted` names, by path inside the container. Errors: Corrupt, LimitExceeded, PasswordNeeded
/// (encrypted entries), each a sentence about `name`.
Result<std::map<std::string, std::string>> readContainer(const std::string& path, const std::string& name,
                                                         const std::function<bool(const std::string&)>& wanted,
                                                         const ContainerLimits& limits = {});

/// `relative` (a link, without its fragment, percent-encoding decoded) as seen from the folder of `base`; "" where it
/// leaves the container.
std::string resolveEntry(std::string_view base, std::string_view relative);

}  // namespace lectern::app::worker

#pragma once
// What happens to a damaged library file: noticed, moved aside, rebuilt from what can still be read.

#include <filesystem>

#include "app/library/database.h"

namespace lectern::app {

/// Errors: Corrupt when the file is not a healthy database. Reads the whole file only where that is quick, or where an
/// earlier run left the mark of leaveDamageMark().
Result<void> checkHealth(Database& database, const std::filesystem::path& file);

/// Remembers for the next start that damage was met in a file too large to be checked each time.
void leaveDamageMark(const std::filesystem::path& file);
void removeDamageMark(const std::filesystem::path& file);

/// Moves `file` and its write-ahead log to a name with the date; returns the new name of the database. Errors: Io.
Result<std::filesystem::path> moveAside(const std::filesystem::path& file);

struct SalvageReport {
    int64_t documents = 0;
    int64_t conversations = 0;
    bool complete = true;  ///< every table could be read to its end
};

/// Copies every readable row of `damaged` into the fresh database, then drops rows whose parents are lost.
Result<SalvageReport> salvage(const std::filesystem::path& damaged, Database& fresh);

}  // namespace lectern::app

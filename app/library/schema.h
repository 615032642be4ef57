#pragma once
// The library's tables, as a list of migrations: user_version says how many have been applied.

#include "app/library/database.h"

namespace lectern::app {

int schemaVersion();

/// Applies what is missing, each migration in its own transaction. Errors: Unsupported when the file is newer.
Result<void> migrate(Database& database);

}  // namespace lectern::app

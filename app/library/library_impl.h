#pragma once
// Shared by the library's source files; nobody else includes it.

#include <chrono>

#include "app/library/database.h"
#include "app/library/library.h"

namespace lectern::app {

struct Library::Impl {
    std::unique_ptr<Database> database;
    std::filesystem::path file;  ///< empty in memory
    OpenReport report;
};

inline int64_t nowMs() {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

}  // namespace lectern::app

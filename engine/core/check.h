#pragma once
// CHECK: broken invariants. Never reachable from a file or a protocol; those are Errors.

namespace lectern {
[[noreturn]] void checkFailed(const char* expression, const char* file, int line);
}

#define LECTERN_CHECK(expression) \
    ((expression) ? static_cast<void>(0) : ::lectern::checkFailed(#expression, __FILE__, __LINE__))

#include "engine/core/check.h"

#include <cstdio>
#include <cstdlib>

namespace lectern {

void checkFailed(const char* expression, const char* file, int line) {
    std::fprintf(stderr, "Lectern: internal invariant broken: %s (%s:%d)\n", expression, file, line);
    std::abort();
}

}  // namespace lectern

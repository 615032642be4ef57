#pragma once
// Finds and loads the CUDA backend's shared library at run time, so that the program starts where there is no driver.

#include <memory>

#include "engine/backend/backend.h"

namespace lectern {

/// Errors: Unsupported, with the reason a person can act on (not built, no driver, no device, library missing).
Result<std::shared_ptr<Backend>> loadCudaBackend();

/// What the library's function `name` makes: it returns a new object, or null and writes a sentence into `reason`.
/// Errors: Unsupported, as above.
Result<void*> makeFromCudaLibrary(const char* name);

}  // namespace lectern

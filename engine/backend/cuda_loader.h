#pragma once
// Finds and loads the CUDA backend's shared library at run time, so that the program starts where there is no driver.

#include <memory>

#include "engine/backend/backend.h"

namespace lectern {

/// Errors: Unsupported, with the reason a person can act on (not built, no driver, no device, library missing).
Result<std::shared_ptr<Backend>> loadCudaBackend();

}  // namespace lectern

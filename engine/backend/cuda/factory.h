#pragma once
// What the CUDA library shows to the loader.

#include <cstdint>

namespace lectern {
class Backend;
}

#define LECTERN_CUDA_EXPORT extern "C" __attribute__((visibility("default")))

/// A new Backend on the first visible device, to be owned by the caller; or null, with a sentence in `reason`.
LECTERN_CUDA_EXPORT lectern::Backend* lecternCreateCudaBackend(char* reason, int64_t reasonSize);

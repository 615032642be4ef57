#pragma once
// Tensor maps of the bulk copy engine over matrices of keys or values.

#include <cuda.h>

#include "kernels/cuda/args.h"

namespace lectern::kernels::cuda {

/// `base` (16-byte aligned): `rows` rows of Dh bf16 each. A box is one region (p rows) times `panel` columns, swizzled
/// over 2 * panel bytes (panel 64, 32 or 16). Unsupported where the driver has no tensor maps.
CudaStatus encodeRegionMap(const void* base, int64_t rows, int32_t headDim, int32_t regionTokens, int32_t panel,
                           CUtensorMap* map);

}  // namespace lectern::kernels::cuda

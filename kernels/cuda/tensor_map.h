#pragma once
// Tensor maps of the bulk copy engine over matrices of keys or values.

#include <cuda.h>

#include "kernels/cuda/args.h"

namespace lectern::kernels::cuda {

/// `base` (16-byte aligned): `rows` rows of `rowValues` bf16 each. A box is one region (p rows) times `panel` columns,
/// swizzled over 2 * panel bytes (panel 64, 32 or 16). Unsupported where the driver has no tensor maps.
CudaStatus encodeRegionMap(const void* base, int64_t rows, int64_t rowValues, int32_t regionTokens, int32_t panel,
                           CUtensorMap* map);

/// `base`: [tokens, heads, Dh] bf16. A box is `boxTokens` tokens times `boxHeads` heads times `panel` (64) columns.
CudaStatus encodeHeadsMap(const void* base, int64_t tokens, int32_t heads, int32_t headDim, int32_t boxHeads,
                          int32_t boxTokens, int32_t panel, CUtensorMap* map);

}  // namespace lectern::kernels::cuda

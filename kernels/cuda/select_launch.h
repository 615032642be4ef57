#pragma once
// Launchers of the block-selection instances (instances/select_block_*.cu), one per inner dimension. `wide`: 32 query
// regions per thread block instead of 16, possible while `keep` is small.

#include "kernels/cuda/select.h"

namespace lectern::kernels::cuda {

template <int kInner>
CudaStatus launchSelect(const BlockSelectArgs& args, int32_t rows, bool wide, cudaStream_t stream);

}  // namespace lectern::kernels::cuda

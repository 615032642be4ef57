#pragma once
// Launchers of the block-attention instances (instances/attention_*.cu), one per head dimension. `rows`: the largest
// queryTokens * headsPerSelector of the blocks.

#include "kernels/cuda/attention.h"

namespace lectern::kernels::cuda {

template <int kDim>
CudaStatus launchAttentionMma80(const BlockAttentionArgs& args, int32_t rows, cudaStream_t stream);
template <int kDim>
CudaStatus launchAttentionWgmma90(const BlockAttentionArgs& args, int32_t rows, cudaStream_t stream);

}  // namespace lectern::kernels::cuda

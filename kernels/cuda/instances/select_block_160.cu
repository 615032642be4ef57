#include "kernels/cuda/select_block.cuh"

namespace lectern::kernels::cuda {
template CudaStatus launchSelect<160>(const BlockSelectArgs&, int32_t, SelectShape, cudaStream_t);
}

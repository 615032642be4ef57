#include "kernels/cuda/attention_mma80.cuh"

namespace lectern::kernels::cuda {
template CudaStatus launchAttentionMma80<80>(const BlockAttentionArgs&, int32_t, cudaStream_t);
}

#include "kernels/cuda/attention_mma80.cuh"

namespace lectern::kernels::cuda {
template CudaStatus launchAttentionMma80<128>(const BlockAttentionArgs&, int32_t, cudaStream_t);
}

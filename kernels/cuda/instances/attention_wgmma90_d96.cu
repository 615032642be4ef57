#include "kernels/cuda/attention_wgmma90.cuh"

namespace lectern::kernels::cuda {
template CudaStatus launchAttentionWgmma90<96>(const BlockAttentionArgs&, int32_t, cudaStream_t);
}

#include "kernels/cuda/attention_wgmma90.cuh"

namespace lectern::kernels::cuda {
template CudaStatus launchAttentionWgmma90<128>(const BlockAttentionArgs&, int32_t, cudaStream_t);
}

#include "kernels/cuda/train_attention_keys.cuh"
#include "kernels/cuda/train_attention_query.cuh"

namespace lectern::kernels::cuda {
template CudaStatus launchQueryGradient<64>(const BlockAttentionArgs&, const TrainAttentionArgs&, int32_t,
                                            cudaStream_t);
template CudaStatus launchKeyGradient<64>(const TrainAttentionArgs&, cudaStream_t);
}  // namespace lectern::kernels::cuda

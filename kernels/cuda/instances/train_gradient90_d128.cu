#include "kernels/cuda/train_keys90.cuh"
#include "kernels/cuda/train_query90.cuh"

namespace lectern::kernels::cuda {
template CudaStatus launchQueryGradient90<128>(const BlockAttentionArgs&, const TrainAttentionArgs&, int32_t,
                                               cudaStream_t);
template CudaStatus launchKeyGradient90<128>(const BlockAttentionArgs&, const TrainAttentionArgs&, const KeyPartials&,
                                             cudaStream_t);
}  // namespace lectern::kernels::cuda

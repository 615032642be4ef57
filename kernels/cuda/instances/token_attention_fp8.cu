#include "kernels/cuda/token_attention.cuh"

namespace lectern::kernels::cuda {
template CudaStatus launchTokenAttention<64, KvType::Fp8>(const TokenAttentionArgs&, cudaStream_t);
template CudaStatus launchTokenAttention<80, KvType::Fp8>(const TokenAttentionArgs&, cudaStream_t);
template CudaStatus launchTokenAttention<96, KvType::Fp8>(const TokenAttentionArgs&, cudaStream_t);
template CudaStatus launchTokenAttention<128, KvType::Fp8>(const TokenAttentionArgs&, cudaStream_t);
}  // namespace lectern::kernels::cuda

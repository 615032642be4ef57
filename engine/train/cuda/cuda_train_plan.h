#pragma once
// The CUDA training backend's attention plan: the lists of regions stay on the device.

#include "engine/train/cuda/upload_ring.h"
#include "engine/train/train_backend.h"
#include "kernels/cuda/train_attention.h"

namespace lectern {

class CudaTrainPlan final : public TrainAttentionPlan {
  public:
    kernels::cuda::TrainSelection selection;

    ~CudaTrainPlan() override {
        if (m_regions) {
            (void)cudaFreeAsync(m_regions, m_stream);
        }
    }
    /// Takes `count` zeroed entries from the stream's pool.
    Result<void> reserve(int64_t count, cudaStream_t stream) {
        const auto bytes = static_cast<size_t>(count) * sizeof(kernels::RegionId);
        kernels::cuda::CudaStatus status = cudaMallocAsync(&m_regions, bytes, stream);
        m_stream = stream;
        if (status.ok()) {
            status = cudaMemsetAsync(m_regions, 0, bytes, stream);
        }
        if (!status.ok()) {
            return cudaFailure(status, "keeping an attention plan");
        }
        return {};
    }
    kernels::RegionId* regions() const { return static_cast<kernels::RegionId*>(m_regions); }

  private:
    void* m_regions = nullptr;
    cudaStream_t m_stream = nullptr;
};

}  // namespace lectern

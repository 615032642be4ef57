#pragma once
// A frozen weight on the device, as the file stores it (f32 and f16 as bf16).

#include "engine/backend/backend.h"
#include "kernels/cuda/memory.h"

namespace lectern {

class CudaTrainWeight final : public Weight {
  public:
    kernels::cuda::DeviceBuffer bytes;
};

inline const CudaTrainWeight& onDevice(const Weight& weight) {
    return static_cast<const CudaTrainWeight&>(weight);
}

}  // namespace lectern

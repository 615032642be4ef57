#pragma once
// Rotary tables on the device, made once per chunk and shared by its layers.

#include <vector>

#include "engine/attention/rope_schedule.h"
#include "engine/backend/cuda/cuda_context.h"

namespace lectern {

/// The frequencies of a schedule on the device.
class DeviceFrequencies {
  public:
    /// Uploads the schedule's frequencies unless they are there already; true when they changed.
    Result<bool> hold(CudaContext& context, const RopeSchedule& schedule);
    const double* data() const { return m_data.as<const double>(); }
    double magnitude() const { return m_magnitude; }

  private:
    std::vector<double> m_held;
    double m_magnitude = 0;
    kernels::cuda::DeviceBuffer m_data;
};

class CudaRope {
  public:
    explicit CudaRope(std::shared_ptr<CudaContext> context) : m_context(std::move(context)) {}

    struct Tables {
        const float* cos = nullptr;  ///< [tokens, Dh/2]
        const float* sin = nullptr;
    };
    Result<Tables> tables(const RopeSchedule& schedule, int64_t first, int64_t tokens);

  private:
    std::shared_ptr<CudaContext> m_context;
    DeviceFrequencies m_frequencies;
    int64_t m_first = -1;
    int64_t m_tokens = 0;
};

}  // namespace lectern

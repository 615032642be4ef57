#include "engine/backend/cuda/cuda_rope.h"

#include <algorithm>

#include "kernels/cuda/elementwise.h"

namespace lectern {

Result<bool> DeviceFrequencies::hold(CudaContext& context, const RopeSchedule& schedule) {
    const auto wanted = schedule.inverseFrequencies();
    if (m_magnitude == schedule.magnitude() && std::ranges::equal(wanted, m_held)) {
        return false;
    }
    const auto bytes = static_cast<int64_t>(wanted.size_bytes());
    if (m_data.sizeBytes() < bytes) {
        LECTERN_ASSIGN(m_data, context.allocate(bytes, "the rotary frequencies"));
    }
    LECTERN_TRY(context.check(
        cudaMemcpyAsync(m_data.data(), wanted.data(), wanted.size_bytes(), cudaMemcpyHostToDevice, context.stream()),
        "uploading the rotary frequencies"));
    m_held.assign(wanted.begin(), wanted.end());
    m_magnitude = schedule.magnitude();
    return true;
}

Result<CudaRope::Tables> CudaRope::tables(const RopeSchedule& schedule, int64_t first, int64_t tokens) {
    const int64_t half = schedule.headDim() / 2;
    LECTERN_ASSIGN(float* cos, m_context->scratchOf<float>(Scratch::RopeTable, 2 * tokens * half));
    float* sin = cos + tokens * half;
    LECTERN_ASSIGN(const bool changed, m_frequencies.hold(*m_context, schedule));
    if (changed || m_first != first || m_tokens != tokens) {
        LECTERN_TRY(
            m_context->check(kernels::cuda::ropeTable(m_frequencies.data(), schedule.headDim(), schedule.magnitude(),
                                                      {first, nullptr}, tokens, cos, sin, m_context->stream()),
                             "the rotary table"));
        m_first = first;
        m_tokens = tokens;
    }
    return Tables{cos, sin};
}

}  // namespace lectern

#pragma once
// A weight on the device: matrices as bf16 or kept in their block format, vectors as f32.

#include "engine/backend/backend.h"
#include "engine/backend/cuda/cuda_context.h"

namespace lectern {

class CudaWeight final : public Weight {
  public:
    /// Uploads `bytes`. f32 and f16 matrices become bf16, the format of the matrix units; Q8_0 is split (splitQ8_0());
    /// the other block formats stay as they are.
    static Result<std::unique_ptr<CudaWeight>> create(CudaContext& context, DType type, int64_t rows, int64_t columns,
                                                      std::span<const std::byte> bytes);

    bool isVector() const { return rows == 1; }
    const std::byte* data() const { return m_data.data(); }
    const float* f32() const { return m_data.as<float>(); }
    /// The matrix as bf16: in place, or decoded into working space (valid until the next call).
    Result<const kernels::cuda::Bf16*> asBf16(CudaContext& context) const;

    /// out[t, :] = row ids[t] of the table, f32.
    kernels::cuda::CudaStatus embed(const int32_t* ids, int64_t tokens, float* out, cudaStream_t stream) const;

    DType stored = DType::BF16;  ///< BF16, or a block format (Q8_0: split)

  private:
    kernels::cuda::DeviceBuffer m_data;
};

inline const CudaWeight& cudaWeight(const Weight& weight) {
    return static_cast<const CudaWeight&>(weight);
}

}  // namespace lectern

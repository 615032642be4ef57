#pragma once
// Query rows as operands of wgmma, for attention and its gradients on Hopper (sm_90a).

#include "kernels/cuda/attention_rows.cuh"
#include "kernels/cuda/device_math.cuh"
#include "kernels/cuda/hopper.cuh"

namespace lectern::kernels::cuda {

/// Copies this warpgroup's 64 rows of a matrix that lies as q does, from row firstRow + tileRow of the block on, into
/// swizzled panels at `to`, at row tileRow; rows past the end become zero.
template <int kDim, int kSwizzle, int kPanelBytes>
__device__ inline void loadRows90(const BlockAttentionArgs& a, const BlockView& view, const Bf16* matrix, uint32_t to,
                                  int32_t firstRow, int32_t tileRow) {
    constexpr int kChunks = kDim / 8;
    for (int c = threadIdx.x % 128; c < 64 * kChunks; c += 128) {
        const int32_t row = tileRow + c / kChunks;
        const int byte = c % kChunks * 16;
        uint4 data = make_uint4(0, 0, 0, 0);
        if (firstRow + row < view.rows) {
            data = *reinterpret_cast<const uint4*>(queryRow(a, view, matrix, a.qStride, firstRow + row) + byte / 2);
        }
        const auto inPanel = static_cast<uint32_t>(row * kSwizzle + byte % kSwizzle);
        const uint32_t at = to + static_cast<uint32_t>(byte / kSwizzle * kPanelBytes) + swizzled<kSwizzle>(inPanel);
        asm volatile("st.shared.v4.b32 [%0], {%1, %2, %3, %4};" ::"r"(at), "r"(data.x), "r"(data.y), "r"(data.z),
                     "r"(data.w)
                     : "memory");
    }
}

}  // namespace lectern::kernels::cuda

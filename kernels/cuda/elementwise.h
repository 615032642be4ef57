#pragma once
// Row-wise and element-wise ops: embedding lookup, RMS norm with fused residual sum, SwiGLU, rotary positions.

#include "kernels/cuda/args.h"

namespace lectern::kernels::cuda {

/// out[t, :] = table[ids[t], :]. table [vocab, dim] of f32, bf16, or a block format decoded on the fly; out f32 or
/// bf16. An id outside the vocabulary gives zeros.
template <typename Out>
CudaStatus embed(const std::byte* table, DType type, int64_t vocab, int64_t dim, const int32_t* ids, int64_t tokens,
                 Out* out, cudaStream_t stream);

/// The same from a Q8_0 table in the layout of splitQ8_0().
CudaStatus embedSplitQ8(const std::byte* split, int64_t vocab, int64_t dim, const int32_t* ids, int64_t tokens,
                        float* out, cudaStream_t stream);

/// Optional residual sum, then the norm, one pass: x += delta (when delta is not null); out = x / sqrt(mean(x^2) + eps)
/// * weight. x [rows, dim] in and out, delta and out [rows, dim], weight f32 [dim]. The sum of squares is f32.
template <typename X, typename Out>
CudaStatus rmsNorm(X* x, const Bf16* delta, const float* weight, float eps, int64_t rows, int64_t dim, Out* out,
                   cudaStream_t stream);

/// out[t, i] = silu(gate[t, i]) * up[t, i]; strides in elements, so that gate and up may be halves of one product.
template <typename T>
CudaStatus swiglu(const T* gate, int64_t gateStride, const T* up, int64_t upStride, T* out, int64_t outStride,
                  int64_t tokens, int64_t dim, cudaStream_t stream);

/// x += y, f32 += bf16.
CudaStatus addInPlace(float* x, const Bf16* y, int64_t count, cudaStream_t stream);

/// Rounds f32 to bf16.
CudaStatus toBf16(const float* x, int64_t count, Bf16* out, cudaStream_t stream);

/// cos and sin [count, Dh/2], f32, of positions first, first + 1, ...: the angle is formed and reduced in double,
/// because at four million a float angle is off by up to half a radian. inverseFrequencies: double [Dh/2] on the
/// device.
CudaStatus ropeTable(const double* inverseFrequencies, int32_t headDim, double magnitude, TokenCount first,
                     int64_t count, float* cos, float* sin, cudaStream_t stream);

/// Rotates x [tokens, heads, Dh] in place, half-split pairs. `stride`: elements per token row. cos, sin [tokens, Dh/2].
/// `inverse` rotates back, which is the gradient.
template <typename T>
CudaStatus rope(T* x, int64_t stride, const float* cos, const float* sin, int64_t tokens, int32_t heads,
                int32_t headDim, cudaStream_t stream, bool inverse = false);

}  // namespace lectern::kernels::cuda

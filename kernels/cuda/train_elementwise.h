#pragma once
// Row-wise and element-wise ops of training: gradients of the forward ops of elementwise.h, loss, optimizer. Sums over
// rows are formed in a fixed order.

#include <span>

#include "kernels/common/train_views.h"
#include "kernels/cuda/args.h"

namespace lectern::kernels::cuda {

/// bf16 to f32.
CudaStatus toF32(const Bf16* x, int64_t count, float* out, cudaStream_t stream);

/// out[i, :] = from[rows[i], :] or, with `scatter`, out[rows[i], :] = from[i, :]; rows are distinct then.
CudaStatus copyRows(const Bf16* from, const int64_t* rows, int64_t count, int64_t dim, bool scatter, Bf16* out,
                    cudaStream_t stream);

/// table[ids[s], :] += the sum of dOut[order[i], :] over i in [starts[s], starts[s + 1]), in that order; ids are
/// distinct.
CudaStatus embedBackward(const Bf16* dOut, const int32_t* order, const int32_t* starts, const int32_t* ids,
                         int64_t segments, int64_t dim, float* table, cudaStream_t stream);

/// dX += gradient of RMS norm; dWeight += where it is not null. `parts` holds rmsNormParts() rows of f32 [dim].
CudaStatus rmsNormBackward(const Bf16* x, const float* weight, float eps, const Bf16* dOut, int64_t rows, int64_t dim,
                           Bf16* dX, float* dWeight, float* parts, cudaStream_t stream);
constexpr int64_t rmsNormParts(int64_t rows) {
    return rows < 1024 ? rows : 1024;
}

/// Gradients of silu(gate) * up; either output may be dOut itself.
CudaStatus swigluBackward(const Bf16* gate, const Bf16* up, const Bf16* dOut, int64_t count, Bf16* dGate, Bf16* dUp,
                          cudaStream_t stream);

/// out = mask * x / (1 - rate), += with `accumulate`; the mask is keptByDropout(seed, index, rate).
CudaStatus dropout(const Bf16* x, int64_t count, uint64_t seed, double rate, bool accumulate, Bf16* out,
                   cudaStream_t stream);

/// cos and sin [count, Dh/2] of arbitrary positions, angles in double; see ropeTable().
CudaStatus ropeTableAt(const double* inverseFrequencies, int32_t headDim, double magnitude, const int64_t* positions,
                       int64_t count, float* cos, float* sin, cudaStream_t stream);

/// losses[i] = cross entropy of row i; logits become scale * gradient.
CudaStatus crossEntropyInPlace(Bf16* logits, const int32_t* targets, int64_t rows, int64_t vocab, float scale,
                               float* losses, cudaStream_t stream);

/// Sums of squares in double, one part per kSquareChunk values of each array in turn: parts holds squareParts().
struct SquaresArray {
    const float* values = nullptr;
    int64_t count = 0;
};
constexpr int64_t kSquareChunk = 65536;
constexpr int64_t squareParts(int64_t count) {
    return (count + kSquareChunk - 1) / kSquareChunk;
}
CudaStatus sumOfSquares(std::span<const SquaresArray> arrays, double* parts, cudaStream_t stream);

/// One AdamW update; `rounded`, where not null, receives the new values as bf16.
CudaStatus adamW(float* value, const float* gradient, float* m, float* v, int64_t count, const AdamWArgs& args,
                 Bf16* rounded, cudaStream_t stream);

/// y = a * x + b * y, f32; and the same with a bf16 x.
CudaStatus blend(float a, const float* x, float b, float* y, int64_t count, cudaStream_t stream);
CudaStatus blend(float a, const Bf16* x, float b, float* y, int64_t count, cudaStream_t stream);

}  // namespace lectern::kernels::cuda

#pragma once
// Forward and backward of every training op, scalar, in float or double: the oracle of the CPU and CUDA training
// kernels, and in double what finite differences check. Matrices are row-major; "+=" marks outputs that are added to.
// Instantiated for float and double.

#include "kernels/common/train_views.h"

namespace lectern::kernels::reference {

/// out[r, :] = x[r, :] / sqrt(mean(x[r, :]^2) + eps) * weight.
template <typename T>
void trainRmsNorm(const T* x, const T* weight, double eps, int64_t rows, int64_t dim, T* out);
/// dX +=, dWeight += (may be null).
template <typename T>
void rmsNormBackward(const T* x, const T* weight, double eps, const T* dOut, int64_t rows, int64_t dim, T* dX,
                     T* dWeight);

/// Rotates x [tokens, heads, headDim] in place by the angles of cos, sin [tokens, headDim/2]; `inverse` by their
/// negatives, which is the gradient.
template <typename T>
void trainRope(T* x, const T* cos, const T* sin, int64_t tokens, int32_t heads, int32_t headDim, bool inverse);

template <typename T>
void trainSwiglu(const T* gate, const T* up, int64_t count, T* out);
/// dGate and dUp are written; either may be dOut's own memory.
template <typename T>
void swigluBackward(const T* gate, const T* up, const T* dOut, int64_t count, T* dGate, T* dUp);

/// y [tokens, outputs] = alpha * x [tokens, inputs] * w [outputs, inputs]^T, added to y with `accumulate`.
template <typename T>
void trainLinear(const T* x, const T* w, int64_t tokens, int64_t outputs, int64_t inputs, double alpha, bool accumulate,
                 T* y);
/// dX = alpha * dY * w, added to dX with `accumulate`.
template <typename T>
void linearBackwardInput(const T* dY, const T* w, int64_t tokens, int64_t outputs, int64_t inputs, double alpha,
                         bool accumulate, T* dX);
/// dW += alpha * dY^T * x.
template <typename T>
void linearBackwardWeight(const T* dY, const T* x, int64_t tokens, int64_t outputs, int64_t inputs, double alpha,
                          T* dW);

/// dTable[ids[t], :] += dOut[t, :].
template <typename T>
void embeddingBackward(const T* dOut, const int32_t* ids, int64_t tokens, int64_t dim, T* dTable);

template <typename T>
Status trainAttention(const TrainAttentionArgs<T>& args);
template <typename T>
Status trainAttentionBackward(const TrainAttentionArgs<T>& args);

/// Per row: loss = log-sum-exp(logits) - logits[target], and logits become `scale` * (softmax - one-hot). Returns the
/// sum of the losses.
template <typename T>
double crossEntropyInPlace(T* logits, const int32_t* targets, int64_t rows, int64_t vocab, double scale);

/// value, and moments m and v, of `count` parameters.
template <typename T>
void adamW(T* value, const T* gradient, T* m, T* v, int64_t count, const AdamWArgs& args);

/// Newton-Schulz orthogonalisation of x [rows, columns] in place (five rounds of the quintic with coefficients 3.4445,
/// -4.7750, 2.0315, after scaling to unit Frobenius norm). Source: K. Jordan, "Muon", 2024.
template <typename T>
void orthogonalize(T* x, int64_t rows, int64_t columns);

/// Keeps a value with probability 1 - rate, scaled by 1 / (1 - rate); the mask is a function of (seed, index) alone.
/// out = mask * x, or += with `accumulate`.
template <typename T>
void dropout(const T* x, int64_t count, uint64_t seed, double rate, bool accumulate, T* out);

}  // namespace lectern::kernels::reference

#pragma once
// Fast CPU kernels of training (float). Semantics: kernels/reference/backward.h. Each call runs on the calling thread
// and sums in an order that depends on its arguments alone, so that a repeated step repeats its bits.

#include "kernels/common/train_views.h"

namespace lectern::kernels::cpu {

/// out[j, i] = a[i, j] for a [rows, columns]; leading dimensions in floats.
void transpose(const float* a, int64_t lda, int64_t rows, int64_t columns, float* out, int64_t ldo);

/// dX +=, dWeight += (may be null).
Status rmsNormBackward(const float* x, const float* weight, float eps, const float* dOut, int64_t rows, int64_t dim,
                       float* dX, float* dWeight);
/// dGate and dUp are written; either may be dOut's own memory.
Status swigluBackward(const float* gate, const float* up, const float* dOut, int64_t count, float* dGate, float* dUp);

Status trainAttention(const TrainAttentionArgs<float>& args);
Status trainAttentionBackward(const TrainAttentionArgs<float>& args);

/// Per row the loss into `losses`, and logits become `scale` * (softmax - one-hot).
Status crossEntropyInPlace(float* logits, const int32_t* targets, int64_t rows, int64_t vocab, double scale,
                           double* losses);

Status adamW(float* value, const float* gradient, float* m, float* v, int64_t count, const AdamWArgs& args);
double sumOfSquares(const float* x, int64_t count);
/// y = alpha * x + beta * y.
void blend(float alpha, const float* x, float beta, float* y, int64_t count);
/// Values [first, first + count) of a dropout stream; see reference::dropout.
void dropout(const float* x, int64_t first, int64_t count, uint64_t seed, double rate, bool accumulate, float* out);

}  // namespace lectern::kernels::cpu

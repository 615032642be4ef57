#pragma once
// Fast CPU kernels: one Highway source per op, compiled for every ISA and dispatched at run time; each call runs on the
// calling thread. The engine's pool splits work by rows, blocks and heads.

#include "kernels/common/views.h"

namespace lectern::kernels::cpu {

/// Name of the instruction set that run-time dispatch chose, for instance "AVX2".
const char* instructionSet();

Status rmsNorm(const float* x, const float* weight, float eps, int64_t rows, int64_t dim, float* out);
Status rope(float* x, const float* cos, const float* sin, int64_t tokens, int32_t heads, int32_t headDim);
Status swiglu(const float* gate, const float* up, int64_t count, float* out);
/// x[i] += y[i].
Status addInPlace(float* x, const float* y, int64_t count);

/// Decodes one stored row to f32 (embedding lookup).
void dequantizeRow(DType type, const std::byte* row, int64_t columns, float* out);

/// Few tokens: a dot product straight on the stored format. Many: rows are decoded tile by tile into thread-local
/// scratch and multiplied by the f32 GEMM (oneDNN where built in, else our own micro-kernel).
Status linear(const LinearArgs& args);

Status regionSummary(const float* keys, int32_t regionTokens, int32_t headDim, float* mean, float* min, float* max);
Status storeRegion(const float* values, KvType type, int32_t pageTokens, int32_t regionTokens, int32_t kvHeads,
                   int32_t headDim, int32_t kvHead, int32_t regionInPage, std::byte* page);
Status loadRegion(const std::byte* page, KvType type, int32_t pageTokens, int32_t regionTokens, int32_t kvHeads,
                  int32_t headDim, int32_t kvHead, int32_t regionInPage, float* values);

Status select(const SelectArgs& args);
Status mergeRankMajor(const MergeArgs& args, int32_t* mergedCount);
Status gatheredAttention(const GatheredAttentionArgs& args);

/// out [m, n] = a [m, k] * b[n, k]^T, all f32 with leading dimensions in floats; `accumulate` adds to out.
Status gemmTransposedB(const float* a, int64_t lda, const float* b, int64_t ldb, float* out, int64_t ldo, int64_t m,
                       int64_t n, int64_t k, bool accumulate);

}  // namespace lectern::kernels::cpu

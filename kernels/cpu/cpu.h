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

/// Few tokens: a dot product straight on the stored format, weights passing from memory once. Many: weights are
/// unpacked panel by panel into thread-local scratch and multiplied there. Block formats multiply int8 activations
/// (NMSE about 3e-5) with VNNI, AVX-512 and AVX2; dot products of AVX2 and AVX-512 without VNNI take int16 (3e-10), the
/// portable ones and plain formats f32. From 32 tokens on, matrix tiles (tiles.h) take bfloat16 weights and activations
/// (4e-6), or of BF16 and F16 weights activations in two bfloat16 numbers (1e-11).
Status linear(const LinearArgs& args);
/// Bytes (64-byte aligned) that prepareActivations fills for products of `tokens` rows with weights of `type`; 0 where
/// x is used as it is.
int64_t preparedBytes(DType type, int64_t tokens, int64_t columns);
/// Quantises rows [begin, end) of x [tokens, columns] for LinearArgs::prepared. One format stands for all block
/// formats, and of two formats that share x the one that needs more bytes for both.
Status prepareActivations(DType type, const float* x, int64_t tokens, int64_t columns, int64_t begin, int64_t end,
                          std::byte* prepared);

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

/// out [m, n] (+)= alpha * a * b with b [k, n] row-major and a(i, s) at a[i * aRowStride + s * aStepStride]: products
/// with a matrix, or with a's transpose, that need no transposed copy.
struct GemmPlainArgs {
    const float* a = nullptr;
    int64_t aRowStride = 1;
    int64_t aStepStride = 1;
    const float* b = nullptr;
    int64_t ldb = 0;
    float* out = nullptr;
    int64_t ldo = 0;
    int64_t m = 0;
    int64_t n = 0;
    int64_t k = 0;
    float alpha = 1.0f;
    bool accumulate = false;
};
Status gemmPlainB(const GemmPlainArgs& args);

}  // namespace lectern::kernels::cpu

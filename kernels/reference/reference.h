#pragma once
// Scalar kernels with double accumulation: slow, plain, and the oracle of every other kernel's tests.

#include "kernels/common/views.h"

namespace lectern::kernels::reference {

/// Decodes one stored row of `columns` values to f32.
void dequantizeRow(DType type, const std::byte* row, int64_t columns, float* out);

/// out[r, :] = x[r, :] / sqrt(mean(x[r, :]^2) + eps) * weight. x, out [rows, dim].
Status rmsNorm(const float* x, const float* weight, float eps, int64_t rows, int64_t dim, float* out);

/// Rotates x [tokens, heads, headDim] in place, half-split pairs (i, i + Dh/2) as in Hugging Face Llama.
/// cos, sin [tokens, Dh/2].
Status rope(float* x, const float* cos, const float* sin, int64_t tokens, int32_t heads, int32_t headDim);

/// out[i] = silu(gate[i]) * up[i].
Status swiglu(const float* gate, const float* up, int64_t count, float* out);

Status linear(const LinearArgs& args);

/// Mean, minimum and maximum over the region's p keys, f32 keys [p, Dh]; outputs [Dh].
Status regionSummary(const float* keys, int32_t regionTokens, int32_t headDim, float* mean, float* min, float* max);

/// Writes one complete region of one KV head, f32 [p, Dh], into a page (kvPageLayout) at `regionInPage`.
Status storeRegion(const float* values, KvType type, int32_t pageTokens, int32_t regionTokens, int32_t kvHeads,
                   int32_t headDim, int32_t kvHead, int32_t regionInPage, std::byte* page);
/// The inverse: reads `regionInPage` back as f32 [p, Dh].
Status loadRegion(const std::byte* page, KvType type, int32_t pageTokens, int32_t regionTokens, int32_t kvHeads,
                  int32_t headDim, int32_t kvHead, int32_t regionInPage, float* values);

Status select(const SelectArgs& args);
/// Returns the number of merged regions through `mergedCount`.
Status mergeRankMajor(const MergeArgs& args, int32_t* mergedCount);
Status gatheredAttention(const GatheredAttentionArgs& args);

}  // namespace lectern::kernels::reference

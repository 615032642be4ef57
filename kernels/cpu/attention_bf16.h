#pragma once
// Block attention with bfloat16 products (AVX512_BF16), twice the rate of f32 multiply-adds on machines that have them.

#include "kernels/common/views.h"

namespace lectern::kernels::cpu {

/// Query rows (tokens x heads) from which on the block kernels beat the one that reads K/V once per few rows.
constexpr int64_t kBlockRows = 9;

/// Whether attentionBf16 takes these arguments on this machine. Highway's choice of instruction sets is respected, so
/// that a test that asks for less gets less.
bool supportsAttentionBf16(const GatheredAttentionArgs& args);

/// As gatheredAttention, with queries, keys, values and softmax weights rounded to bfloat16 and sums in f32. Keys and
/// values of bf16 and int8 caches are exact in bfloat16 (int8 scales are applied to scores and weights). NMSE against
/// exact arithmetic about 1e-5. False when memory is out.
bool attentionBf16(const GatheredAttentionArgs& args);

}  // namespace lectern::kernels::cpu

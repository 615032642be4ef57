#pragma once
// Block attention with bfloat16 and 8-bit products (AVX512_BF16, AVX512_VNNI), two and four times the rate of f32
// multiply-adds on machines that have them.

#include "kernels/common/views.h"

namespace lectern::kernels::cpu {

/// Query rows (tokens x heads) from which on the block kernels beat the one that reads K/V once per few rows.
constexpr int64_t kBlockRows = 9;

/// Whether attentionBf16 takes these arguments on this machine. Highway's choice of instruction sets is respected, so
/// that a test that asks for less gets less.
bool supportsAttentionBf16(const GatheredAttentionArgs& args);

/// As gatheredAttention with sums in f32, and
/// - softmax weights and values in bfloat16 (exact for values of bf16 caches), or over int8 caches values as they are
///   and weights in 8 bits of the largest among 16 neighbouring keys;
/// - scores over bf16 caches from keys as they are and queries in bfloat16, plus the rounded-off rest of the queries
///   in 8 bits: as good as f32. Over f32 caches the same with keys rounded to bfloat16;
/// - scores over int8 and int4 caches from queries in 8 bits with a scale for each, and keys as an int8 cache holds
///   them, or in 8 bits with a scale for each.
/// NMSE against exact arithmetic on the cached values: 2e-6 over bf16, 1e-4 over int8 and int4 caches (the rounding of
/// keys into such a cache alone costs more; derivation in the kernel's test). False when memory is out.
/// In matrix tiles, for head sizes that are multiples of 64, the same but for weights over int8 caches and the rest of
/// queries, which are bfloat16 numbers.
bool attentionBf16(const GatheredAttentionArgs& args);

}  // namespace lectern::kernels::cpu

#pragma once
// f32 rows into the storage formats that Lectern writes.

#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/common/types.h"

namespace lectern {

/// True for the types that encodeRow writes: F32, F16, BF16 and Q8_0.
bool canEncode(DType type);

/// Encodes finite `values` (a multiple of blockValues(type)) into rowBytes(type, n) bytes at `out`. Returns false where
/// a value or a block's scale exceeds the range of the format. Q8_0: d = max|x| / 127 stored as f16, q = round(x / d)
/// with the unrounded d, halves away from zero (ggml's quantize_row_q8_0_ref).
bool encodeRow(DType type, std::span<const float> values, std::byte* out);

}  // namespace lectern

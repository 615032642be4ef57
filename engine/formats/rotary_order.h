#pragma once
// The two orders of q and k rows. Hugging Face rotates (i, i + Dh/2) of a head, GGUF's Llama rotates (2i, 2i + 1); the
// rows of a head are the same, in another order. Source: permute() of llama.cpp's convert_hf_to_gguf.py.

#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/formats/model_source.h"

namespace lectern {

/// Copies the rows of `tensor` [heads * headDim, columns] into `target` (same size), head by head. Rows move whole, so
/// any storage type works. headDim is even and divides the rows.
void interleavedToHalfSplit(const TensorData& tensor, int64_t headDim, std::span<std::byte> target);
void halfSplitToInterleaved(const TensorData& tensor, int64_t headDim, std::span<std::byte> target);

}  // namespace lectern

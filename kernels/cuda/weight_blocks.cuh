#pragma once
// Decoding stored weights on the device. Block layouts: GGUF as defined by ggml (ggml-common.h, block_q*); the scalar
// twin is kernels/reference/linear.cpp.

#include <cuda_bf16.h>
#include <cuda_fp16.h>

#include "kernels/common/types.h"

namespace lectern::kernels::cuda {

__device__ inline float halfAt(const std::byte* bytes) {
    return __half2float(*reinterpret_cast<const __half*>(bytes));
}
__device__ inline int byteAt(const std::byte* bytes, int64_t i) {
    return static_cast<int>(reinterpret_cast<const uint8_t*>(bytes)[i]);
}

/// The j-th of the eight 6-bit (scale, minimum) pairs of Q4_K and Q5_K.
__device__ inline int2 scaleAndMin(const std::byte* packed, int j) {
    if (j < 4) return make_int2(byteAt(packed, j) & 63, byteAt(packed, j + 4) & 63);
    return make_int2((byteAt(packed, j + 4) & 15) | ((byteAt(packed, j - 4) >> 6) << 4),
                     (byteAt(packed, j + 4) >> 4) | ((byteAt(packed, j) >> 6) << 4));
}

/// Value `i` of one stored row.
__device__ inline float weightValue(DType type, const std::byte* row, int64_t i) {
    const int64_t size = blockValues(type);
    const std::byte* block = row + i / size * blockBytes(type);
    const int k = static_cast<int>(i % size);
    switch (type) {
        case DType::F32:
            return *reinterpret_cast<const float*>(block);
        case DType::F16:
            return halfAt(block);
        case DType::BF16:
            return __bfloat162float(*reinterpret_cast<const __nv_bfloat16*>(block));
        case DType::Q8_0:
            return halfAt(block) * static_cast<float>(static_cast<int8_t>(byteAt(block, 2 + k)));
        case DType::Q4_0: {
            const int pair = byteAt(block, 2 + k % 16);
            return halfAt(block) * static_cast<float>((k < 16 ? pair & 15 : pair >> 4) - 8);
        }
        case DType::Q4_K: {
            const int j = k / 32;
            const int2 s = scaleAndMin(block + 4, j);
            const int pair = byteAt(block, 16 + j / 2 * 32 + k % 32);
            const int q = j % 2 == 0 ? pair & 15 : pair >> 4;
            return halfAt(block) * static_cast<float>(s.x) * static_cast<float>(q) -
                   halfAt(block + 2) * static_cast<float>(s.y);
        }
        case DType::Q5_K: {
            const int j = k / 32;
            const int2 s = scaleAndMin(block + 4, j);
            const int pair = byteAt(block, 48 + j / 2 * 32 + k % 32);
            const int q = (j % 2 == 0 ? pair & 15 : pair >> 4) | (((byteAt(block, 16 + k % 32) >> j) & 1) << 4);
            return halfAt(block) * static_cast<float>(s.x) * static_cast<float>(q) -
                   halfAt(block + 2) * static_cast<float>(s.y);
        }
        case DType::Q6_K: {
            const int half = k / 128, g = k % 128 / 32, lane = k % 32;
            const int pair = byteAt(block, half * 64 + g % 2 * 32 + lane);
            const int low = g >= 2 ? pair >> 4 : pair & 15;
            const int high = (byteAt(block, 128 + half * 32 + lane) >> (2 * g)) & 3;
            const int scale = static_cast<int8_t>(byteAt(block, 192 + half * 8 + g * 2 + lane / 16));
            return halfAt(block + 208) * static_cast<float>(scale) * static_cast<float>((low | (high << 4)) - 32);
        }
    }
    return 0.0f;
}

}  // namespace lectern::kernels::cuda

#pragma once
// Stored rows of keys and values as operands of the tensor cores.

#include <cuda_bf16.h>
#include <cuda_fp16.h>

#include "kernels/common/types.h"
#include "kernels/cuda/device_math.cuh"

namespace lectern::kernels::cuda {

/// Eight consecutive values of a row as four bf16 pairs; kScaled: before the region's scale.
template <KvType kType>
struct RowChunk;

template <>
struct RowChunk<KvType::BF16> {
    static __device__ uint4 load(const std::byte* row, const __half*, int dim, int) {
        return *reinterpret_cast<const uint4*>(row + 2 * dim);
    }
    static constexpr int kBitsPerValue = 16;
    static constexpr bool kScaled = false;
};

template <>
struct RowChunk<KvType::Int8> {
    /// Two of four bytes, each plus 128, as bf16, without the conversion unit: the low seven bits become the mantissa
    /// of 128 to 255, of which 128 (the eighth bit was set) or 256 is taken off. Exact.
    static __device__ uint32_t pair(uint32_t shifted, uint32_t pick) {
        const uint32_t wide = __byte_perm(shifted, 0, pick);
        const uint32_t value = (wide & 0x007f007fU) | 0x43004300U, excess = (wide & 0x00800080U) ^ 0x43804380U;
        const __nv_bfloat162 pair = __hsub2(*reinterpret_cast<const __nv_bfloat162*>(&value),
                                            *reinterpret_cast<const __nv_bfloat162*>(&excess));
        return *reinterpret_cast<const uint32_t*>(&pair);
    }
    static __device__ uint4 load(const std::byte* row, const __half*, int dim, int) {
        const uint2 bytes = *reinterpret_cast<const uint2*>(row + dim);
        const uint32_t low = bytes.x ^ 0x80808080U, high = bytes.y ^ 0x80808080U;
        return make_uint4(pair(low, 0x4140U), pair(low, 0x4342U), pair(high, 0x4140U), pair(high, 0x4342U));
    }
    static constexpr int kBitsPerValue = 8;
    static constexpr bool kScaled = true;
};

template <>
struct RowChunk<KvType::Fp8> {
    /// Two of four bytes as bf16, without the conversion unit that older GPUs lack: exponent and mantissa become those
    /// of a bf16, 120 powers of two too small. Exact, subnormals included.
    static __device__ uint32_t pair(uint32_t bytes, uint32_t pick) {
        const uint32_t wide = __byte_perm(bytes, 0, pick);
        const uint32_t value = (wide & 0x00800080U) << 8 | (wide & 0x007f007fU) << 4, rebias = 0x7b807b80U;
        const __nv_bfloat162 pair = __hmul2(*reinterpret_cast<const __nv_bfloat162*>(&value),
                                            *reinterpret_cast<const __nv_bfloat162*>(&rebias));
        return *reinterpret_cast<const uint32_t*>(&pair);
    }
    static __device__ uint4 load(const std::byte* row, const __half*, int dim, int) {
        const uint2 bytes = *reinterpret_cast<const uint2*>(row + dim);
        return make_uint4(pair(bytes.x, 0x4140U), pair(bytes.x, 0x4342U), pair(bytes.y, 0x4140U),
                          pair(bytes.y, 0x4342U));
    }
    static constexpr int kBitsPerValue = 8;
    static constexpr bool kScaled = true;
};

template <>
struct RowChunk<KvType::Int4> {
    static __device__ uint4 load(const std::byte* row, const __half* scales, int dim, int headDim) {
        const uint32_t nibbles = *reinterpret_cast<const uint32_t*>(row + dim / 2);
        const auto scalePairs = *reinterpret_cast<const Pack<__half2, 4>*>(scales + dim);
        const auto lowPairs = *reinterpret_cast<const Pack<__half2, 4>*>(scales + headDim + dim);
        uint32_t pairs[4];
#pragma unroll
        for (int i = 0; i < 4; ++i) {
            const float2 scale = __half22float2(scalePairs.values[i]), low = __half22float2(lowPairs.values[i]);
            pairs[i] = packBf16(fmaf(static_cast<float>((nibbles >> (8 * i)) & 15U), scale.x, low.x),
                                fmaf(static_cast<float>((nibbles >> (8 * i + 4)) & 15U), scale.y, low.y));
        }
        return make_uint4(pairs[0], pairs[1], pairs[2], pairs[3]);
    }
    static constexpr int kBitsPerValue = 4;
    static constexpr bool kScaled = false;
};

}  // namespace lectern::kernels::cuda

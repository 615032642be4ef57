#pragma once
// Small device helpers: conversions, warp and block reductions, ordered keys.

#include <cuda_bf16.h>

#include <cstdint>

namespace lectern::kernels::cuda {

constexpr unsigned kFullMask = 0xffffffffU;

__device__ inline float toFloat(float x) {
    return x;
}
__device__ inline float toFloat(__nv_bfloat16 x) {
    return __bfloat162float(x);
}
template <typename T>
__device__ inline T fromFloat(float x);
template <>
__device__ inline float fromFloat<float>(float x) {
    return x;
}
template <>
__device__ inline __nv_bfloat16 fromFloat<__nv_bfloat16>(float x) {
    return __float2bfloat16_rn(x);
}

/// The two bf16 of a 32-bit word as floats: a bf16 is the upper half of its f32.
__device__ inline float lowBf16(uint32_t pair) {
    return __uint_as_float(pair << 16);
}
__device__ inline float highBf16(uint32_t pair) {
    return __uint_as_float(pair & 0xffff0000U);
}

__device__ inline uint32_t packBf16(float low, float high) {
    const __nv_bfloat162 pair = __floats2bfloat162_rn(low, high);
    return *reinterpret_cast<const uint32_t*>(&pair);
}

/// N consecutive values <-> floats, in accesses of up to 16 bytes.
template <typename T, int N>
struct alignas(sizeof(T) * N <= 16 ? sizeof(T) * N : 16) Pack {
    T values[N];
};

__device__ inline float warpSum(float x) {
#pragma unroll
    for (int offset = 16; offset > 0; offset /= 2) x += __shfl_xor_sync(kFullMask, x, offset);
    return x;
}
__device__ inline float warpMax(float x) {
#pragma unroll
    for (int offset = 16; offset > 0; offset /= 2) x = fmaxf(x, __shfl_xor_sync(kFullMask, x, offset));
    return x;
}

/// Sum over the block, returned to every thread. `scratch` holds 33 floats of shared memory.
__device__ inline float blockSum(float x, float* scratch) {
    const unsigned lane = threadIdx.x % 32, warp = threadIdx.x / 32, warps = (blockDim.x + 31) / 32;
    x = warpSum(x);
    if (lane == 0) scratch[warp] = x;
    __syncthreads();
    if (warp == 0) {
        const float total = warpSum(lane < warps ? scratch[lane] : 0.0f);
        if (lane == 0) scratch[32] = total;
    }
    __syncthreads();
    return scratch[32];
}

__device__ inline float exp2Approximate(float x) {
    float y;
    asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
    return y;
}

/// Unsigned key with the order of the floats; NaN ranks below everything, as in the reference selection.
__device__ inline uint32_t orderedKey(float score) {
    if (score != score) return 0;
    const uint32_t bits = __float_as_uint(score + 0.0f);  // -0 + 0 = +0: the two zeros must tie
    return bits & 0x80000000U ? ~bits : bits | 0x80000000U;
}
__device__ inline float scoreOfKey(uint32_t key) {
    return __uint_as_float(key & 0x80000000U ? key & 0x7fffffffU : ~key);
}

}  // namespace lectern::kernels::cuda

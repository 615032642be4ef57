#pragma once
// IEEE half, bfloat16 and e4m3 to and from f32, scalar. Rounding is to nearest, ties to even; NaN stays NaN.

#include <bit>
#include <cstdint>
#include <cstring>

namespace lectern::kernels {

constexpr float bfloat16ToFloat(uint16_t bits) {
    return std::bit_cast<float>(static_cast<uint32_t>(bits) << 16);
}

constexpr uint16_t floatToBfloat16(float value) {
    const uint32_t bits = std::bit_cast<uint32_t>(value);
    if ((bits & 0x7fffffffU) > 0x7f800000U) return static_cast<uint16_t>((bits >> 16) | 0x40U);
    return static_cast<uint16_t>((bits + 0x7fffU + ((bits >> 16) & 1U)) >> 16);
}

constexpr float halfToFloat(uint16_t half) {
    const uint32_t sign = static_cast<uint32_t>(half & 0x8000U) << 16;
    const uint32_t exponent = (half >> 10) & 0x1fU;
    const uint32_t mantissa = half & 0x3ffU;
    if (exponent == 0) {
        const float magnitude = static_cast<float>(mantissa) * 0x1p-24f;
        return sign != 0 ? -magnitude : magnitude;
    }
    const uint32_t wide = exponent == 31 ? 0xffU : exponent + 112U;
    return std::bit_cast<float>(sign | (wide << 23) | (mantissa << 13));
}

constexpr uint16_t floatToHalf(float value) {
    const uint32_t bits = std::bit_cast<uint32_t>(value);
    const uint16_t sign = static_cast<uint16_t>((bits >> 16) & 0x8000U);
    const uint32_t magnitude = bits & 0x7fffffffU;
    if (magnitude > 0x7f800000U) return sign | 0x7e00U;
    if (magnitude >= 0x477ff000U) return sign | 0x7c00U;
    if (magnitude < 0x38800000U) {
        // The f32 ulp of 0.5 is 2^-24, the half subnormal step: this addition does the rounding.
        const float aligned = std::bit_cast<float>(magnitude) + 0.5f;
        return static_cast<uint16_t>(sign | (std::bit_cast<uint32_t>(aligned) - 0x3f000000U));
    }
    const uint32_t rounded = magnitude + 0xfffU + ((magnitude >> 13) & 1U);
    return static_cast<uint16_t>(sign | ((rounded - 0x38000000U) >> 13));
}

/// e4m3 (no infinities, largest 448): what is beyond it becomes it.
constexpr float kLargestE4m3 = 448.0f;

constexpr uint8_t floatToE4m3(float value) {
    const uint32_t bits = std::bit_cast<uint32_t>(value);
    const auto sign = static_cast<uint8_t>((bits >> 24) & 0x80U);
    const uint32_t magnitude = bits & 0x7fffffffU;
    if (magnitude > 0x7f800000U) return sign | 0x7fU;
    if (magnitude < 0x3c800000U) {
        // The f32 ulp of 2^14 is 2^-9, the subnormal step: this addition does the rounding.
        const float aligned = std::bit_cast<float>(magnitude) + 0x1p14f;
        return static_cast<uint8_t>(sign | (std::bit_cast<uint32_t>(aligned) - 0x46800000U));
    }
    const uint32_t rounded = (magnitude + 0x7ffffU + ((magnitude >> 20) & 1U) - 0x3c000000U) >> 20;
    return static_cast<uint8_t>(sign | (rounded < 0x7eU ? rounded : 0x7eU));
}

constexpr float e4m3ToFloat(uint8_t bits) {
    if ((bits & 0x7fU) == 0x7fU) return std::bit_cast<float>(0x7fc00000U);
    // Its exponent and mantissa as those of an f32, 120 powers of two too small.
    const float magnitude = std::bit_cast<float>(static_cast<uint32_t>(bits & 0x7fU) << 20) * 0x1p120f;
    return (bits & 0x80U) != 0 ? -magnitude : magnitude;
}

inline uint16_t loadU16(const std::byte* bytes) {
    uint16_t value;
    std::memcpy(&value, bytes, sizeof value);
    return value;
}

}  // namespace lectern::kernels

// Decoding of stored weight rows to f32. Block layouts are described in kernels/reference/linear.cpp.

#if defined(LECTERN_KERNELS_CPU_DEQUANTIZE_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef LECTERN_KERNELS_CPU_DEQUANTIZE_INL_H
#undef LECTERN_KERNELS_CPU_DEQUANTIZE_INL_H
#else
#define LECTERN_KERNELS_CPU_DEQUANTIZE_INL_H
#endif

#include "kernels/common/types.h"
#include "kernels/cpu/simd-inl.h"

HWY_BEFORE_NAMESPACE();
namespace lectern::kernels::cpu {
namespace HWY_NAMESPACE {

using ByteToFloatTag = hn::Rebind<uint8_t, FloatTag>;

HWY_INLINE hn::Vec<IntTag> loadBytes(const std::byte* from) {
    return hn::PromoteTo(kInt, hn::LoadU(ByteToFloatTag(), reinterpret_cast<const uint8_t*>(from)));
}

HWY_INLINE hn::Vec<IntTag> loadSignedBytes(const std::byte* from) {
    const hn::Rebind<int8_t, FloatTag> d8;
    return hn::PromoteTo(kInt, hn::LoadU(d8, reinterpret_cast<const int8_t*>(from)));
}

HWY_INLINE void decodeQ8_0(const std::byte* block, float* out) {
    const FloatVec d = hn::Set(kFloat, loadHalfScalar(block));
    for (int64_t i = 0; i < 32; i += floatLanes()) {
        hn::StoreU(hn::Mul(d, hn::ConvertTo(kFloat, loadSignedBytes(block + 2 + i))), kFloat, out + i);
    }
}

HWY_INLINE void decodeQ4_0(const std::byte* block, float* out) {
    const FloatVec d = hn::Set(kFloat, loadHalfScalar(block));
    const auto eight = hn::Set(kInt, 8);
    for (int64_t i = 0; i < 16; i += floatLanes()) {
        const auto pair = loadBytes(block + 2 + i);
        const auto low = hn::Sub(hn::And(pair, hn::Set(kInt, 15)), eight);
        const auto high = hn::Sub(hn::ShiftRight<4>(pair), eight);
        hn::StoreU(hn::Mul(d, hn::ConvertTo(kFloat, low)), kFloat, out + i);
        hn::StoreU(hn::Mul(d, hn::ConvertTo(kFloat, high)), kFloat, out + 16 + i);
    }
}

/// d * scale and dmin * min of the eight sub-blocks of Q4_K and Q5_K.
struct ScalesAndMins {
    HWY_ALIGN float scales[8];
    HWY_ALIGN float mins[8];
};

HWY_INLINE void decodeScalesAndMins(const std::byte* block, ScalesAndMins& out) {
    uint32_t packed[3];
    std::memcpy(packed, block + 4, 12);
    constexpr uint32_t kSix = 0x3f3f3f3fU, kFour = 0x0f0f0f0fU, kTop = 0x30303030U;
    const uint32_t bytes[4] = {packed[0] & kSix, (packed[2] & kFour) | (packed[0] >> 2 & kTop), packed[1] & kSix,
                               (packed[2] >> 4 & kFour) | (packed[1] >> 2 & kTop)};
    const hn::CappedTag<float, 8> d;
    const hn::RebindToSigned<decltype(d)> di;
    const hn::Rebind<uint8_t, decltype(d)> d8;
    const auto scale = hn::Set(d, loadHalfScalar(block));
    const auto min = hn::Set(d, loadHalfScalar(block + 2));
    const auto* from = reinterpret_cast<const uint8_t*>(bytes);
    for (size_t i = 0; i < 8; i += hn::Lanes(d)) {
        hn::Store(hn::Mul(scale, hn::ConvertTo(d, hn::PromoteTo(di, hn::LoadU(d8, from + i)))), d, out.scales + i);
        hn::Store(hn::Mul(min, hn::ConvertTo(d, hn::PromoteTo(di, hn::LoadU(d8, from + 8 + i)))), d, out.mins + i);
    }
}

HWY_INLINE void decodeQ4_K(const std::byte* block, float* out) {
    ScalesAndMins s;
    decodeScalesAndMins(block, s);
    for (int j = 0; j < 8; j += 2) {
        const FloatVec lowScale = hn::Set(kFloat, s.scales[j]), lowMin = hn::Set(kFloat, s.mins[j]);
        const FloatVec highScale = hn::Set(kFloat, s.scales[j + 1]), highMin = hn::Set(kFloat, s.mins[j + 1]);
        for (int64_t i = 0; i < 32; i += floatLanes()) {
            const auto pair = loadBytes(block + 16 + j * 16 + i);
            const auto low = hn::ConvertTo(kFloat, hn::And(pair, hn::Set(kInt, 15)));
            const auto high = hn::ConvertTo(kFloat, hn::ShiftRight<4>(pair));
            hn::StoreU(hn::MulSub(low, lowScale, lowMin), kFloat, out + j * 32 + i);
            hn::StoreU(hn::MulSub(high, highScale, highMin), kFloat, out + j * 32 + 32 + i);
        }
    }
}

HWY_INLINE void decodeQ5_K(const std::byte* block, float* out) {
    ScalesAndMins s;
    decodeScalesAndMins(block, s);
    const auto fifth = hn::Set(kInt, 16);
    for (int64_t i = 0; i < 32; i += floatLanes()) {
        // Bit j of this byte is the fifth bit of sub-block j: keep the next one at bit 4.
        auto bits = hn::ShiftLeft<4>(loadBytes(block + 16 + i));
        for (int j = 0; j < 8; j += 2) {
            const auto pair = loadBytes(block + 48 + j * 16 + i);
            const auto low = hn::Or(hn::And(pair, hn::Set(kInt, 15)), hn::And(bits, fifth));
            bits = hn::ShiftRight<1>(bits);
            const auto high = hn::Or(hn::ShiftRight<4>(pair), hn::And(bits, fifth));
            bits = hn::ShiftRight<1>(bits);
            const FloatVec a =
                hn::MulSub(hn::ConvertTo(kFloat, low), hn::Set(kFloat, s.scales[j]), hn::Set(kFloat, s.mins[j]));
            const FloatVec b = hn::MulSub(hn::ConvertTo(kFloat, high), hn::Set(kFloat, s.scales[j + 1]),
                                          hn::Set(kFloat, s.mins[j + 1]));
            hn::StoreU(a, kFloat, out + j * 32 + i);
            hn::StoreU(b, kFloat, out + j * 32 + 32 + i);
        }
    }
}

HWY_INLINE void decodeQ6_K(const std::byte* block, float* out) {
    const float d = loadHalfScalar(block + 208);
    const auto four = hn::Set(kInt, 15), two = hn::Set(kInt, 0x30), bias = hn::Set(kInt, 32);
    for (int half = 0; half < 2; ++half) {
        const auto* scales = reinterpret_cast<const int8_t*>(block + 192 + half * 8);
        float* to = out + half * 128;
        for (int64_t i = 0; i < 32; i += floatLanes()) {
            const auto a = loadBytes(block + half * 64 + i);
            const auto b = loadBytes(block + half * 64 + 32 + i);
            const auto top = loadBytes(block + 128 + half * 32 + i);
            const auto q0 = hn::Or(hn::And(a, four), hn::And(hn::ShiftLeft<4>(top), two));
            const auto q1 = hn::Or(hn::And(b, four), hn::And(hn::ShiftLeft<2>(top), two));
            const auto q2 = hn::Or(hn::ShiftRight<4>(a), hn::And(top, two));
            const auto q3 = hn::Or(hn::ShiftRight<4>(b), hn::And(hn::ShiftRight<2>(top), two));
            const auto put = [&](hn::Vec<IntTag> q, int64_t group) HWY_ATTR {
                const FloatVec scale = hn::Set(kFloat, d * static_cast<float>(scales[group * 2 + i / 16]));
                hn::StoreU(hn::Mul(hn::ConvertTo(kFloat, hn::Sub(q, bias)), scale), kFloat, to + group * 32 + i);
            };
            put(q0, 0);
            put(q1, 1);
            put(q2, 2);
            put(q3, 3);
        }
    }
}

/// Decodes `count` values of a row from value `begin` on; both are multiples of blockValues(type).
inline void decodeValues(DType type, const std::byte* row, int64_t begin, int64_t count, float* out) {
    const std::byte* from = row + begin / blockValues(type) * blockBytes(type);
    const int64_t blocks = count / blockValues(type);
    const int64_t bytes = blockBytes(type);
    const int64_t lanes = floatLanes();
    int64_t i = 0;
    switch (type) {
        case DType::F32:
            std::memcpy(out, from, static_cast<size_t>(count) * 4);
            break;
        case DType::F16:
            for (; i + lanes <= count; i += lanes) {
                hn::StoreU(loadHalf(reinterpret_cast<const uint16_t*>(from) + i), kFloat, out + i);
            }
            for (; i < count; ++i) out[i] = halfToFloat(loadU16(from + 2 * i));
            break;
        case DType::BF16:
            decodeBfloat16(reinterpret_cast<const uint16_t*>(from), count, out);
            break;
        case DType::Q8_0:
            for (; i < blocks; ++i) decodeQ8_0(from + i * bytes, out + i * 32);
            break;
        case DType::Q4_0:
            for (; i < blocks; ++i) decodeQ4_0(from + i * bytes, out + i * 32);
            break;
        case DType::Q4_K:
            for (; i < blocks; ++i) decodeQ4_K(from + i * bytes, out + i * 256);
            break;
        case DType::Q5_K:
            for (; i < blocks; ++i) decodeQ5_K(from + i * bytes, out + i * 256);
            break;
        case DType::Q6_K:
            for (; i < blocks; ++i) decodeQ6_K(from + i * bytes, out + i * 256);
            break;
    }
}

}  // namespace HWY_NAMESPACE
}  // namespace lectern::kernels::cpu
HWY_AFTER_NAMESPACE();

#endif

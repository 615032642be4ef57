// Block formats as signed bytes with scales: value = scale * q - min. What the int8 products are packed from.

#if defined(LECTERN_KERNELS_CPU_UNPACK_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef LECTERN_KERNELS_CPU_UNPACK_INL_H
#undef LECTERN_KERNELS_CPU_UNPACK_INL_H
#else
#define LECTERN_KERNELS_CPU_UNPACK_INL_H
#endif

#include "kernels/cpu/dequantize-inl.h"

HWY_BEFORE_NAMESPACE();
namespace lectern::kernels::cpu {
namespace HWY_NAMESPACE {

using ByteTag = hn::CappedTag<uint8_t, 32>;
using ByteVec = hn::Vec<ByteTag>;
constexpr ByteTag kByte;
constexpr int64_t kByteLanes = static_cast<int64_t>(hn::MaxLanes(ByteTag()));

HWY_INLINE ByteVec loadByteVec(const std::byte* from) {
    return hn::LoadU(kByte, reinterpret_cast<const uint8_t*>(from));
}
HWY_INLINE void storeByteVec(ByteVec v, int8_t* to) {
    hn::StoreU(v, kByte, reinterpret_cast<uint8_t*>(to));
}
template <int kBits>
HWY_INLINE ByteVec shiftBytesRight(ByteVec v) {
    const hn::Repartition<uint16_t, ByteTag> d16;
    const auto shifted = hn::BitCast(kByte, hn::ShiftRight<kBits>(hn::BitCast(d16, v)));
    return hn::And(shifted, hn::Set(kByte, static_cast<uint8_t>(255 >> kBits)));
}
template <int kBits>
HWY_INLINE ByteVec shiftBytesLeft(ByteVec v) {
    const hn::Repartition<uint16_t, ByteTag> d16;
    const auto shifted = hn::BitCast(kByte, hn::ShiftLeft<kBits>(hn::BitCast(d16, v)));
    return hn::And(shifted, hn::Set(kByte, static_cast<uint8_t>(255 << kBits & 255)));
}

// Each `unpack` writes one block's bytes, kParts scales per 32 values and, with kMins, one minimum per 32 values.

struct UnpackQ8_0 {
    static constexpr DType kType = DType::Q8_0;
    static constexpr int kParts = 1;
    static constexpr bool kMins = false;
    static HWY_INLINE void unpack(const std::byte* block, int8_t* values, float* scales, float*) {
        scales[0] = loadHalfScalar(block);
        std::memcpy(values, block + 2, 32);
    }
};

struct UnpackQ4_0 {
    static constexpr DType kType = DType::Q4_0;
    static constexpr int kParts = 1;
    static constexpr bool kMins = false;
    static HWY_INLINE void unpack(const std::byte* block, int8_t* values, float* scales, float*) {
        const hn::CappedTag<uint8_t, 16> d;
        const hn::Repartition<uint16_t, decltype(d)> d16;
        const auto four = hn::Set(d, uint8_t{15}), bias = hn::Set(d, uint8_t{8});
        scales[0] = loadHalfScalar(block);
        const auto pair = hn::LoadU(d, reinterpret_cast<const uint8_t*>(block + 2));
        const auto high = hn::And(hn::BitCast(d, hn::ShiftRight<4>(hn::BitCast(d16, pair))), four);
        auto* to = reinterpret_cast<uint8_t*>(values);
        hn::StoreU(hn::Sub(hn::And(pair, four), bias), d, to);
        hn::StoreU(hn::Sub(high, bias), d, to + 16);
    }
};

template <bool kFifthBit>
struct UnpackQ45_K {
    static constexpr DType kType = kFifthBit ? DType::Q5_K : DType::Q4_K;
    static constexpr int kParts = 1;
    static constexpr bool kMins = true;
    static HWY_INLINE void unpack(const std::byte* block, int8_t* values, float* scales, float* mins) {
        ScalesAndMins s;
        decodeScalesAndMins(block, s);
        std::memcpy(scales, s.scales, sizeof s.scales);
        std::memcpy(mins, s.mins, sizeof s.mins);
        const ByteVec four = hn::Set(kByte, uint8_t{15}), fifth = hn::Set(kByte, uint8_t{16});
        for (int64_t i = 0; i < 32; i += kByteLanes) {
            // Bit j of this byte is the fifth bit of sub-block j: the next two are kept at bits 4 and 5.
            ByteVec bits = hn::Zero(kByte);
            if constexpr (kFifthBit) bits = loadByteVec(block + 16 + i);
            LECTERN_UNROLL
            for (int64_t j = 0; j < 8; j += 2) {
                const ByteVec pair = loadByteVec(block + (kFifthBit ? 48 : 16) + j * 16 + i);
                ByteVec low = hn::And(pair, four), high = shiftBytesRight<4>(pair);
                if constexpr (kFifthBit) {
                    low = hn::Or(low, hn::And(shiftBytesLeft<4>(bits), fifth));
                    high = hn::Or(high, hn::And(shiftBytesLeft<3>(bits), fifth));
                    bits = shiftBytesRight<2>(bits);
                }
                storeByteVec(low, values + j * 32 + i);
                storeByteVec(high, values + j * 32 + 32 + i);
            }
        }
    }
};

struct UnpackQ6_K {
    static constexpr DType kType = DType::Q6_K;
    static constexpr int kParts = 2;
    static constexpr bool kMins = false;
    static HWY_INLINE void unpack(const std::byte* block, int8_t* values, float* scales, float*) {
        const float d = loadHalfScalar(block + 208);
        for (int64_t i = 0; i < 16; i += floatLanes()) {
            const FloatVec whole = hn::ConvertTo(kFloat, loadSignedBytes(block + 192 + i));
            hn::StoreU(hn::Mul(whole, hn::Set(kFloat, d)), kFloat, scales + i);
        }
        const ByteVec four = hn::Set(kByte, uint8_t{15}), two = hn::Set(kByte, uint8_t{0x30}),
                      bias = hn::Set(kByte, uint8_t{32});
        for (int64_t half = 0; half < 2; ++half) {
            for (int64_t i = 0; i < 32; i += kByteLanes) {
                const ByteVec a = loadByteVec(block + half * 64 + i), b = loadByteVec(block + half * 64 + 32 + i);
                const ByteVec top = loadByteVec(block + 128 + half * 32 + i);
                int8_t* to = values + half * 128 + i;
                const ByteVec q0 = hn::Or(hn::And(a, four), hn::And(shiftBytesLeft<4>(top), two));
                const ByteVec q1 = hn::Or(hn::And(b, four), hn::And(shiftBytesLeft<2>(top), two));
                const ByteVec q2 = hn::Or(shiftBytesRight<4>(a), hn::And(top, two));
                const ByteVec q3 = hn::Or(shiftBytesRight<4>(b), hn::And(shiftBytesRight<2>(top), two));
                storeByteVec(hn::Sub(q0, bias), to);
                storeByteVec(hn::Sub(q1, bias), to + 32);
                storeByteVec(hn::Sub(q2, bias), to + 64);
                storeByteVec(hn::Sub(q3, bias), to + 96);
            }
        }
    }
};

}  // namespace HWY_NAMESPACE
}  // namespace lectern::kernels::cpu
HWY_AFTER_NAMESPACE();

#endif

// Vector helpers shared by the CPU kernels. Compiled once per instruction set (Highway's foreach_target), hence the
// toggled include guard.

#if defined(LECTERN_KERNELS_CPU_SIMD_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef LECTERN_KERNELS_CPU_SIMD_INL_H
#undef LECTERN_KERNELS_CPU_SIMD_INL_H
#else
#define LECTERN_KERNELS_CPU_SIMD_INL_H
#endif

#include <cstdint>
#include <cstring>
#include <limits>
#include <numbers>

#include "hwy/highway.h"
#include "kernels/common/half.h"

// GCC keeps an array of vectors in registers only when every loop over it is fully unrolled. The portable target keeps
// its lanes in memory anyway, and unrolling them makes the compiler crawl.
#undef LECTERN_UNROLL
#if HWY_TARGET == HWY_EMU128
#define LECTERN_UNROLL
#else
#define LECTERN_UNROLL _Pragma("GCC unroll 32")
#endif

// Highway 1.0 asks the compiler for avxvnni where its AVX3_DL means (and detects) avx512vnni: sources that use those
// products say this in place of HWY_BEFORE_NAMESPACE.
#undef LECTERN_BEFORE_VNNI_NAMESPACE
#if HWY_TARGET == HWY_AVX3_DL
#define LECTERN_BEFORE_VNNI_NAMESPACE() \
    HWY_PUSH_ATTRIBUTES(HWY_TARGET_STR ",avx512vnni") static_assert(true, "wants a semicolon")
#else
#define LECTERN_BEFORE_VNNI_NAMESPACE() HWY_BEFORE_NAMESPACE()
#endif

HWY_BEFORE_NAMESPACE();
namespace lectern::kernels::cpu {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Capped because a quantisation group is never shorter than 16 values.
using FloatTag = hn::CappedTag<float, 16>;
using FloatVec = hn::Vec<FloatTag>;
using IntTag = hn::RebindToSigned<FloatTag>;

constexpr FloatTag kFloat;
constexpr IntTag kInt;
HWY_INLINE int64_t floatLanes() {
    return static_cast<int64_t>(hn::Lanes(kFloat));
}

/// 2^x for x <= 127; x <= -127 (and -inf) gives exactly 0, so that a masked score contributes nothing.
/// Relative error below 3e-7: degree-5 minimax polynomial (9.1e-8) on [-1/2, 1/2] and f32 rounding.
template <class V>
HWY_INLINE V exp2Clamped(V x) {
    const hn::DFromV<V> d;
    const hn::RebindToSigned<decltype(d)> di;
    x = hn::Max(x, hn::Set(d, -127.0f));
    const auto whole = hn::NearestInt(x);
    const V f = hn::Sub(x, hn::ConvertTo(d, whole));
    V y = hn::MulAdd(hn::Set(d, 0x1.5bba14p-10f), f, hn::Set(d, 0x1.3cea88p-7f));
    y = hn::MulAdd(y, f, hn::Set(d, 0x1.c6b752p-5f));
    y = hn::MulAdd(y, f, hn::Set(d, 0x1.ebf9bcp-3f));
    y = hn::MulAdd(y, f, hn::Set(d, 0x1.62e42ap-1f));
    y = hn::MulAdd(y, f, hn::Set(d, 1.0f));
    return hn::Mul(y, hn::BitCast(d, hn::ShiftLeft<23>(hn::Add(whole, hn::Set(di, 127)))));
}

/// e^x with Cody-Waite reduction, clamped to [-87, 88]; relative error below 2e-7 inside (degree-6 minimax, 2.0e-9).
template <class V>
HWY_INLINE V expClamped(V x) {
    const hn::DFromV<V> d;
    const hn::RebindToSigned<decltype(d)> di;
    x = hn::Min(hn::Max(x, hn::Set(d, -87.0f)), hn::Set(d, 88.0f));
    const auto whole = hn::NearestInt(hn::Mul(x, hn::Set(d, std::numbers::log2e_v<float>)));
    const V n = hn::ConvertTo(d, whole);
    // ln 2 in two parts: the upper one has few enough bits for n * upper to be exact.
    V f = hn::NegMulAdd(n, hn::Set(d, 0x1.62e400p-1f), x);
    f = hn::NegMulAdd(n, hn::Set(d, 0x1.7f7d1cp-20f), f);
    V y = hn::MulAdd(hn::Set(d, 0x1.6ae730p-10f), f, hn::Set(d, 0x1.126782p-7f));
    y = hn::MulAdd(y, f, hn::Set(d, 0x1.555822p-5f));
    y = hn::MulAdd(y, f, hn::Set(d, 0x1.55541ap-3f));
    y = hn::MulAdd(y, f, hn::Set(d, 0x1.fffffcp-2f));
    y = hn::MulAdd(y, f, hn::Set(d, 1.0f));
    y = hn::MulAdd(y, f, hn::Set(d, 1.0f));
    return hn::Mul(y, hn::BitCast(d, hn::ShiftLeft<23>(hn::Add(whole, hn::Set(di, 127)))));
}

HWY_INLINE float sumOfLanes(FloatVec v) {
    return hn::GetLane(hn::SumOfLanes(kFloat, v));
}
HWY_INLINE float maxOfLanes(FloatVec v) {
    return hn::GetLane(hn::MaxOfLanes(kFloat, v));
}

/// bfloat16 bits to f32, one full vector from Lanes(f32) values.
HWY_INLINE FloatVec loadBfloat16(const uint16_t* from) {
    const hn::Rebind<uint16_t, FloatTag> d16;
    const hn::RebindToUnsigned<FloatTag> d32;
    return hn::BitCast(kFloat, hn::ShiftLeft<16>(hn::PromoteTo(d32, hn::LoadU(d16, from))));
}

/// As many bfloat16 values as asked for; `from` may be at any byte.
HWY_INLINE void decodeBfloat16(const uint16_t* HWY_RESTRICT from, int64_t values, float* HWY_RESTRICT out) {
    int64_t i = 0;
    for (; i + floatLanes() <= values; i += floatLanes()) hn::StoreU(loadBfloat16(from + i), kFloat, out + i);
    for (; i < values; ++i) out[i] = bfloat16ToFloat(loadU16(reinterpret_cast<const std::byte*>(from + i)));
}

/// f32 to bfloat16 bits, to nearest even; NaN stays NaN. As floatToBfloat16.
HWY_INLINE void storeBfloat16(FloatVec v, uint16_t* to) {
    const hn::Rebind<uint16_t, FloatTag> d16;
    const hn::RebindToUnsigned<FloatTag> d32;
    const auto bits = hn::BitCast(d32, v);
    const auto odd = hn::And(hn::ShiftRight<16>(bits), hn::Set(d32, 1U));
    const auto rounded = hn::Add(bits, hn::Add(odd, hn::Set(d32, 0x7fffU)));
    const auto quietNan = hn::Or(bits, hn::Set(d32, 0x400000U));
    const auto chosen = hn::IfThenElse(hn::RebindMask(d32, hn::IsNaN(v)), quietNan, rounded);
    hn::StoreU(hn::TruncateTo(d16, hn::ShiftRight<16>(chosen)), d16, to);
}

/// IEEE halves to f32, one full vector.
HWY_INLINE FloatVec loadHalf(const uint16_t* from) {
    const hn::Rebind<hwy::float16_t, FloatTag> d16;
    return hn::PromoteTo(kFloat, hn::LoadU(d16, reinterpret_cast<const hwy::float16_t*>(from)));
}

/// One IEEE half from unaligned bytes; with F16C this is two instructions, the scalar way about ten.
HWY_INLINE float loadHalfScalar(const std::byte* from) {
    const hn::CappedTag<float, 1> d;
    const hn::Rebind<hwy::float16_t, decltype(d)> d16;
    hwy::float16_t half;
    std::memcpy(&half, from, 2);
    return hn::GetLane(hn::PromoteTo(d, hn::LoadU(d16, &half)));
}

}  // namespace HWY_NAMESPACE
}  // namespace lectern::kernels::cpu
HWY_AFTER_NAMESPACE();

#endif

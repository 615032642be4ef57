// Dot products of a few activation rows with stored weight rows, each weight byte read from memory once.
//
// Plain formats use f32 activations. Block formats multiply int8 or smaller weights with activations quantised to
// *int16* per 32 values (relative step 1/65534): 16-bit multiply-add costs half of the f32 conversion it replaces,
// while the product keeps an NMSE near 1e-10, against about 5e-5 with the customary int8 activations.

#if defined(LECTERN_KERNELS_CPU_DOT_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef LECTERN_KERNELS_CPU_DOT_INL_H
#undef LECTERN_KERNELS_CPU_DOT_INL_H
#else
#define LECTERN_KERNELS_CPU_DOT_INL_H
#endif

#include "hwy/cache_control.h"
#include "kernels/cpu/dequantize-inl.h"

HWY_BEFORE_NAMESPACE();
namespace lectern::kernels::cpu {
namespace HWY_NAMESPACE {

using ShortTag = hn::CappedTag<int16_t, 16>;
using ShortSumTag = hn::RepartitionToWide<ShortTag>;
using ShortVec = hn::Vec<ShortTag>;
using SumFloatTag = hn::RebindToFloat<ShortSumTag>;
using SumFloatVec = hn::Vec<SumFloatTag>;
constexpr ShortTag kShort;
constexpr SumFloatTag kSumFloat;
constexpr int kShortLanes = static_cast<int>(hn::MaxLanes(ShortTag()));
/// Vectors per 16 values, the shortest run of weights with one scale.
constexpr int kPer16 = 16 / kShortLanes;

/// Activations of up to eight tokens as the block formats want them: int16 values [columns], per 32 values a scale and
/// the sum of the dequantised values.
struct ShortActivations {
    const int16_t* values = nullptr;  ///< [tokens, columns]
    const float* scales = nullptr;    ///< [tokens, columns / 32]
    const float* sums = nullptr;      ///< [tokens, columns / 32]
    int64_t columns = 0;
};

inline void quantizeActivations(const float* x, int64_t count, int16_t* values, float* scales, float* sums) {
    const int64_t lanes = floatLanes();
    const hn::Rebind<int16_t, FloatTag> d16;
    for (int64_t b = 0; b < count / 32; ++b) {
        const float* from = x + b * 32;
        FloatVec largest = hn::Zero(kFloat), sum = hn::Zero(kFloat);
        for (int64_t i = 0; i < 32; i += lanes) {
            const FloatVec v = hn::LoadU(kFloat, from + i);
            largest = hn::Max(largest, hn::Abs(v));
            sum = hn::Add(sum, v);
        }
        const float scale = maxOfLanes(largest) / 32767.0f;
        const FloatVec inverse = hn::Set(kFloat, scale > 0.0f ? 1.0f / scale : 0.0f);
        for (int64_t i = 0; i < 32; i += lanes) {
            const auto whole = hn::NearestInt(hn::Mul(hn::LoadU(kFloat, from + i), inverse));
            hn::StoreU(hn::DemoteTo(d16, whole), d16, values + b * 32 + i);
        }
        scales[b] = scale;
        sums[b] = sumOfLanes(sum);
    }
}

HWY_INLINE ShortVec loadShort(const std::byte* from) {
    const hn::Rebind<int8_t, ShortTag> d8;
    return hn::PromoteTo(kShort, hn::LoadU(d8, reinterpret_cast<const int8_t*>(from)));
}

HWY_INLINE ShortVec loadUnsignedShort(const std::byte* from) {
    const hn::Rebind<uint8_t, ShortTag> d8;
    return hn::PromoteTo(kShort, hn::LoadU(d8, reinterpret_cast<const uint8_t*>(from)));
}

/// Adds scale * sum_i weights[i] * x[i] over 16 * N / kPer16 values, where weights are N vectors.
template <int N>
HWY_INLINE SumFloatVec addScaled(const ShortVec (&weights)[N], const int16_t* x, float scale, SumFloatVec acc) {
    const ShortSumTag d32;
    auto sum0 = hn::Zero(d32), sum1 = hn::Zero(d32);
    LECTERN_UNROLL
    for (int i = 0; i < N; ++i) {
        sum0 = hn::ReorderWidenMulAccumulate(d32, weights[i], hn::LoadU(kShort, x + i * kShortLanes), sum0, sum1);
    }
    const auto whole = hn::Add(sum0, sum1);
    return hn::MulAdd(hn::ConvertTo(kSumFloat, whole), hn::Set(kSumFloat, scale), acc);
}

/// One format's inner loop over a row: `addBlock` adds block `b` of the row to the accumulators of Tokens tokens.
struct DotQ8_0 {
    static constexpr DType kType = DType::Q8_0;
    template <int Tokens>
    static HWY_INLINE void addBlock(const std::byte* block, const ShortActivations& x, int64_t b,
                                    SumFloatVec (&acc)[Tokens]) {
        constexpr int kVectors = 2 * kPer16;
        const float d = loadHalfScalar(block);
        ShortVec w[kVectors];
        LECTERN_UNROLL
        for (int i = 0; i < kVectors; ++i) w[i] = loadShort(block + 2 + i * kShortLanes);
        LECTERN_UNROLL
        for (int t = 0; t < Tokens; ++t) {
            const float scale = d * x.scales[t * (x.columns / 32) + b];
            acc[t] = addScaled(w, x.values + t * x.columns + b * 32, scale, acc[t]);
        }
    }
};

struct DotQ4_0 {
    static constexpr DType kType = DType::Q4_0;
    template <int Tokens>
    static HWY_INLINE void addBlock(const std::byte* block, const ShortActivations& x, int64_t b,
                                    SumFloatVec (&acc)[Tokens]) {
        const float d = loadHalfScalar(block);
        const ShortVec four = hn::Set(kShort, int16_t{15}), bias = hn::Set(kShort, int16_t{8});
        ShortVec w[2 * kPer16];
        LECTERN_UNROLL
        for (int i = 0; i < kPer16; ++i) {
            const ShortVec pair = loadUnsignedShort(block + 2 + i * kShortLanes);
            w[i] = hn::Sub(hn::And(pair, four), bias);
            w[kPer16 + i] = hn::Sub(hn::ShiftRight<4>(pair), bias);
        }
        LECTERN_UNROLL
        for (int t = 0; t < Tokens; ++t) {
            const float scale = d * x.scales[t * (x.columns / 32) + b];
            acc[t] = addScaled(w, x.values + t * x.columns + b * 32, scale, acc[t]);
        }
    }
};

/// What the minima of Q4_K and Q5_K subtract: sum_j mins[j] * (sum of x over sub-block j).
HWY_INLINE SumFloatVec subtractMins(const float* mins, const float* sums, SumFloatVec acc) {
    // Lanes(SumFloatTag) is 4 or 8, both divide the eight sub-blocks.
    LECTERN_UNROLL
    for (int i = 0; i < 8; i += static_cast<int>(hn::MaxLanes(SumFloatTag()))) {
        acc = hn::NegMulAdd(hn::Load(kSumFloat, mins + i), hn::LoadU(kSumFloat, sums + i), acc);
    }
    return acc;
}

template <bool kFifthBit>
struct DotQ45_K {
    static constexpr DType kType = kFifthBit ? DType::Q5_K : DType::Q4_K;
    template <int Tokens>
    static HWY_INLINE void addBlock(const std::byte* block, const ShortActivations& x, int64_t b,
                                    SumFloatVec (&acc)[Tokens]) {
        constexpr int kVectors = 2 * kPer16;
        ScalesAndMins s;
        decodeScalesAndMins(block, s);
        const ShortVec four = hn::Set(kShort, int16_t{15}), fifth = hn::Set(kShort, int16_t{16});
        const std::byte* quants = block + (kFifthBit ? 48 : 16);
        ShortVec bits[kVectors];
        if constexpr (kFifthBit) {
            LECTERN_UNROLL
            for (int i = 0; i < kVectors; ++i)
                bits[i] = hn::ShiftLeft<4>(loadUnsignedShort(block + 16 + i * kShortLanes));
        }
        for (int64_t j = 0; j < 8; j += 2) {
            ShortVec low[kVectors], high[kVectors];
            LECTERN_UNROLL
            for (int i = 0; i < kVectors; ++i) {
                const ShortVec pair = loadUnsignedShort(quants + j * 16 + i * kShortLanes);
                low[i] = hn::And(pair, four);
                high[i] = hn::ShiftRight<4>(pair);
                if constexpr (kFifthBit) {
                    low[i] = hn::Or(low[i], hn::And(bits[i], fifth));
                    bits[i] = hn::ShiftRight<1>(bits[i]);
                    high[i] = hn::Or(high[i], hn::And(bits[i], fifth));
                    bits[i] = hn::ShiftRight<1>(bits[i]);
                }
            }
            LECTERN_UNROLL
            for (int t = 0; t < Tokens; ++t) {
                const float* scales = x.scales + t * (x.columns / 32) + b * 8 + j;
                const int16_t* values = x.values + t * x.columns + (b * 8 + j) * 32;
                acc[t] = addScaled(low, values, s.scales[j] * scales[0], acc[t]);
                acc[t] = addScaled(high, values + 32, s.scales[j + 1] * scales[1], acc[t]);
            }
        }
        LECTERN_UNROLL
        for (int t = 0; t < Tokens; ++t) acc[t] = subtractMins(s.mins, x.sums + t * (x.columns / 32) + b * 8, acc[t]);
    }
};

struct DotQ6_K {
    static constexpr DType kType = DType::Q6_K;
    template <int Tokens>
    static HWY_INLINE void addBlock(const std::byte* block, const ShortActivations& x, int64_t b,
                                    SumFloatVec (&acc)[Tokens]) {
        const float d = loadHalfScalar(block + 208);
        const ShortVec four = hn::Set(kShort, int16_t{15}), two = hn::Set(kShort, int16_t{0x30}),
                       bias = hn::Set(kShort, int16_t{32});
        for (int64_t half = 0; half < 2; ++half) {
            const auto* scales = reinterpret_cast<const int8_t*>(block + 192 + half * 8);
            for (int64_t part = 0; part < 2; ++part) {
                const std::byte* a = block + half * 64 + part * 16;
                const std::byte* top = block + 128 + half * 32 + part * 16;
                ShortVec q[4][kPer16];
                LECTERN_UNROLL
                for (int i = 0; i < kPer16; ++i) {
                    const ShortVec first = loadUnsignedShort(a + i * kShortLanes);
                    const ShortVec second = loadUnsignedShort(a + 32 + i * kShortLanes);
                    const ShortVec bits = loadUnsignedShort(top + i * kShortLanes);
                    q[0][i] = hn::Sub(hn::Or(hn::And(first, four), hn::And(hn::ShiftLeft<4>(bits), two)), bias);
                    q[1][i] = hn::Sub(hn::Or(hn::And(second, four), hn::And(hn::ShiftLeft<2>(bits), two)), bias);
                    q[2][i] = hn::Sub(hn::Or(hn::ShiftRight<4>(first), hn::And(bits, two)), bias);
                    q[3][i] = hn::Sub(hn::Or(hn::ShiftRight<4>(second), hn::And(hn::ShiftRight<2>(bits), two)), bias);
                }
                LECTERN_UNROLL
                for (int g = 0; g < 4; ++g) {
                    const float scale = d * static_cast<float>(scales[g * 2 + part]);
                    const int64_t group = b * 8 + half * 4 + g;
                    LECTERN_UNROLL
                    for (int t = 0; t < Tokens; ++t) {
                        const int16_t* values = x.values + t * x.columns + group * 32 + part * 16;
                        acc[t] = addScaled(q[g], values, scale * x.scales[t * (x.columns / 32) + group], acc[t]);
                    }
                }
            }
        }
    }
};

// One row at a time, so that the weights pass as one sequential stream, and prefetched: on Zen 3 four rows side by side
// read at 5 GB/s, one at 12, one with its next bytes asked for at 16 of the 18 GB/s that a plain read reaches.
constexpr int64_t kPrefetchBytes = 1792;

/// sums[t] = row . token t.
template <class Format, int Tokens>
HWY_INLINE void dotBlocks(const std::byte* row, const ShortActivations& x, float* sums) {
    SumFloatVec acc[Tokens];
    LECTERN_UNROLL
    for (int t = 0; t < Tokens; ++t) acc[t] = hn::Zero(kSumFloat);
    constexpr int64_t kBytes = blockBytes(Format::kType);
    const int64_t blocks = x.columns / blockValues(Format::kType);
    for (int64_t b = 0; b < blocks; ++b) {
        const std::byte* block = row + b * kBytes;
        for (int64_t line = 0; line < kBytes; line += 64) hwy::Prefetch(block + line + kPrefetchBytes);
        Format::template addBlock<Tokens>(block, x, b, acc);
    }
    LECTERN_UNROLL
    for (int t = 0; t < Tokens; ++t) sums[t] = hn::GetLane(hn::SumOfLanes(kSumFloat, acc[t]));
}

template <DType kType>
HWY_INLINE FloatVec loadPlain(const std::byte* row, int64_t i) {
    if constexpr (kType == DType::F32) return hn::LoadU(kFloat, reinterpret_cast<const float*>(row) + i);
    if constexpr (kType == DType::F16) return loadHalf(reinterpret_cast<const uint16_t*>(row) + i);
    if constexpr (kType == DType::BF16) return loadBfloat16(reinterpret_cast<const uint16_t*>(row) + i);
}

template <DType kType>
HWY_INLINE float loadPlainScalar(const std::byte* row, int64_t i) {
    if constexpr (kType == DType::F32) return reinterpret_cast<const float*>(row)[i];
    if constexpr (kType == DType::F16) return halfToFloat(loadU16(row + 2 * i));
    if constexpr (kType == DType::BF16) return bfloat16ToFloat(loadU16(row + 2 * i));
}

/// As dotBlocks for the plain formats; x is [Tokens, columns].
template <DType kType, int Tokens>
HWY_INLINE void dotPlain(const std::byte* row, const float* x, int64_t columns, float* sums) {
    // Few tokens take several vectors of a row at once: one chain of additions per token would wait for itself.
    constexpr int kChains = Tokens == 1 ? 4 : Tokens == 2 ? 2 : 1;
    FloatVec acc[Tokens][kChains];
    LECTERN_UNROLL
    for (int t = 0; t < Tokens; ++t) {
        LECTERN_UNROLL
        for (int c = 0; c < kChains; ++c) acc[t][c] = hn::Zero(kFloat);
    }
    const int64_t lanes = floatLanes();
    int64_t k = 0;
    for (; k + kChains * lanes <= columns; k += kChains * lanes) {
        hwy::Prefetch(row + k * blockBytes(kType) + kPrefetchBytes);
        LECTERN_UNROLL
        for (int c = 0; c < kChains; ++c) {
            const FloatVec w = loadPlain<kType>(row, k + c * lanes);
            LECTERN_UNROLL
            for (int t = 0; t < Tokens; ++t) {
                acc[t][c] = hn::MulAdd(w, hn::LoadU(kFloat, x + t * columns + k + c * lanes), acc[t][c]);
            }
        }
    }
    LECTERN_UNROLL
    for (int t = 0; t < Tokens; ++t) {
        LECTERN_UNROLL
        for (int c = 1; c < kChains; ++c) acc[t][0] = hn::Add(acc[t][0], acc[t][c]);
        float sum = sumOfLanes(acc[t][0]);
        for (int64_t i = k; i < columns; ++i) sum += loadPlainScalar<kType>(row, i) * x[t * columns + i];
        sums[t] = sum;
    }
}

}  // namespace HWY_NAMESPACE
}  // namespace lectern::kernels::cpu
HWY_AFTER_NAMESPACE();

#endif

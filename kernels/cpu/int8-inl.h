// Products of many tokens with block-quantised weights in int8: activations are quantised once per 32 values, weights
// are unpacked panel by panel into int8, and each group of 32 products is summed exactly in int32 before its scales
// turn it into f32. NMSE about 2.4e-5 for normally distributed activations (step max/127, error step^2/12).

#if defined(LECTERN_KERNELS_CPU_INT8_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef LECTERN_KERNELS_CPU_INT8_INL_H
#undef LECTERN_KERNELS_CPU_INT8_INL_H
#else
#define LECTERN_KERNELS_CPU_INT8_INL_H
#endif

#include "kernels/cpu/gemm-inl.h"
#include "kernels/cpu/unpack-inl.h"

#undef LECTERN_HAVE_INT8_PRODUCT

LECTERN_BEFORE_VNNI_NAMESPACE();
namespace lectern::kernels::cpu {
namespace HWY_NAMESPACE {

using IntVec = hn::Vec<IntTag>;

// What one 32-bit lane multiplies: four int8 activations with four int8 weights. kOffset is added to activations where
// the instruction wants them unsigned; the panel's bias takes it out again.
#if HWY_TARGET == HWY_AVX3_DL
#define LECTERN_HAVE_INT8_PRODUCT 1
constexpr int kInt8TileRows = 6;
constexpr int kOffset = 128;

struct WeightWords {
    IntVec words;
};
HWY_INLINE WeightWords weightWords(const int32_t* from) {
    return {hn::Load(kInt, from)};
}
HWY_INLINE IntVec addDot4(IntVec sum, IntVec x, const WeightWords& w) {
    return IntVec{_mm512_dpbusd_epi32(sum.raw, x.raw, w.words.raw)};
}
#elif HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX2
#define LECTERN_HAVE_INT8_PRODUCT 1
constexpr int kOffset = 0;

// |w| * (x with w's sign): pairs of products stay below 2 * 128 * 127 and fit int16, which |x| * w offset to unsigned
// would not.
#if HWY_TARGET == HWY_AVX3
constexpr int kInt8TileRows = 6;
struct WeightWords {
    __m512i absolute;
    __mmask64 negative;
};
HWY_INLINE WeightWords weightWords(const int32_t* from) {
    const __m512i w = _mm512_load_si512(from);
    return {_mm512_abs_epi8(w), _mm512_movepi8_mask(w)};
}
HWY_INLINE IntVec addDot4(IntVec sum, IntVec x, const WeightWords& w) {
    const __m512i turned = _mm512_mask_sub_epi8(x.raw, w.negative, _mm512_setzero_si512(), x.raw);
    const __m512i pairs = _mm512_maddubs_epi16(w.absolute, turned);
    return hn::Add(sum, IntVec{_mm512_madd_epi16(pairs, _mm512_set1_epi16(1))});
}
#else
constexpr int kInt8TileRows = 2;
struct WeightWords {
    __m256i words, absolute;
};
HWY_INLINE WeightWords weightWords(const int32_t* from) {
    const __m256i w = _mm256_load_si256(reinterpret_cast<const __m256i*>(from));
    return {w, _mm256_abs_epi8(w)};
}
HWY_INLINE IntVec addDot4(IntVec sum, IntVec x, const WeightWords& w) {
    const __m256i pairs = _mm256_maddubs_epi16(w.absolute, _mm256_sign_epi8(x.raw, w.words));
    return hn::Add(sum, IntVec{_mm256_madd_epi16(pairs, _mm256_set1_epi16(1))});
}
#endif
#else
#define LECTERN_HAVE_INT8_PRODUCT 0
#endif

#if LECTERN_HAVE_INT8_PRODUCT

/// Quantised activations in tiles of kInt8TileRows tokens, which lie side by side so that the inner loop has one
/// pointer: values (plus kOffset) [tiles, columns / 4, kInt8TileRows, 4], scales and sums [tiles, columns / 32,
/// kInt8TileRows]. A sum is that of the dequantised values.
struct ByteActivations {
    const int8_t* values = nullptr;
    const float* scales = nullptr;
    const float* sums = nullptr;
    int64_t columns = 0;
};

/// Quantises one row into its place in a tile: the pointers name the tile's first value, scale and sum of that row.
inline void quantizeBytes(const float* x, int64_t columns, int8_t* values, float* scales, float* sums) {
    const int64_t lanes = floatLanes();
    const hn::Rebind<int8_t, FloatTag> d8;
    HWY_ALIGN int8_t bytes[32];
    for (int64_t b = 0; b < columns / 32; ++b) {
        const float* from = x + b * 32;
        FloatVec largest = hn::Zero(kFloat);
        for (int64_t i = 0; i < 32; i += lanes) largest = hn::Max(largest, hn::Abs(hn::LoadU(kFloat, from + i)));
        // A subnormal scale has no finite inverse; such values count as zero.
        float scale = maxOfLanes(largest) / 127.0f;
        if (scale < std::numeric_limits<float>::min()) scale = 0.0f;
        const FloatVec inverse = hn::Set(kFloat, scale > 0.0f ? 1.0f / scale : 0.0f);
        auto sum = hn::Zero(kInt);
        for (int64_t i = 0; i < 32; i += lanes) {
            const auto whole = hn::NearestInt(hn::Mul(hn::LoadU(kFloat, from + i), inverse));
            sum = hn::Add(sum, whole);
            hn::StoreU(hn::Xor(hn::DemoteTo(d8, whole), hn::Set(d8, static_cast<int8_t>(kOffset))), d8, bytes + i);
        }
        for (int64_t word = 0; word < 8; ++word) {
            std::memcpy(values + (b * 8 + word) * kInt8TileRows * 4, bytes + word * 4, 4);
        }
        scales[b * kInt8TileRows] = scale;
        sums[b * kInt8TileRows] = scale * static_cast<float>(hn::GetLane(hn::SumOfLanes(kInt, sum)));
    }
}

/// kPanel weight rows over `groups` groups of 32 columns, unpacked for the tile. kParts scales per group.
struct BytePanel {
    const int32_t* words = nullptr;  ///< [groups, 8, kPanel]: four consecutive columns of a row each
    const int32_t* bias = nullptr;   ///< [groups, parts, kPanel]: what kOffset adds too much, negated
    const float* scales = nullptr;   ///< [groups, parts, kPanel]
    const float* mins = nullptr;     ///< [groups, kPanel], of Q4_K and Q5_K only
};

/// acc[t] += the first Rows tokens of one tile of x, `groups` groups from where its pointers stand, times the panel.
template <int Rows, int kParts, bool kMins>
HWY_INLINE void multiplyBytes(const ByteActivations& x, int64_t groups, const BytePanel& panel,
                              FloatVec (&acc)[Rows][2]) {
    constexpr int64_t kHalf = kPanel / 2;
    constexpr int kWords = 8 / kParts;
    const int8_t* HWY_RESTRICT values = x.values;
    const float* HWY_RESTRICT tokenScales = x.scales;
    const float* HWY_RESTRICT tokenSums = x.sums;
    const int32_t* HWY_RESTRICT words = panel.words;
    const int32_t* HWY_RESTRICT bias = panel.bias;
    const float* HWY_RESTRICT scales = panel.scales;
    const float* HWY_RESTRICT mins = panel.mins;
    for (int64_t g = 0; g < groups; ++g) {
        LECTERN_UNROLL
        for (int part = 0; part < kParts; ++part) {
            const IntVec bias0 = kOffset ? hn::Load(kInt, bias) : hn::Zero(kInt);
            const IntVec bias1 = kOffset ? hn::Load(kInt, bias + kHalf) : hn::Zero(kInt);
            bias += kPanel;
            IntVec sum[Rows][2];
            LECTERN_UNROLL
            for (int word = 0; word < kWords; ++word) {
                const WeightWords w0 = weightWords(words + word * kPanel);
                const WeightWords w1 = weightWords(words + word * kPanel + kHalf);
                LECTERN_UNROLL
                for (int i = 0; i < Rows; ++i) {
                    int32_t four;
                    std::memcpy(&four, values + (word * kInt8TileRows + i) * 4, 4);
                    const IntVec v = hn::Set(kInt, four);
                    sum[i][0] = addDot4(word == 0 ? bias0 : sum[i][0], v, w0);
                    sum[i][1] = addDot4(word == 0 ? bias1 : sum[i][1], v, w1);
                }
            }
            words += kWords * kPanel;
            values += kWords * kInt8TileRows * 4;
            const FloatVec s0 = hn::Load(kFloat, scales), s1 = hn::Load(kFloat, scales + kHalf);
            scales += kPanel;
            LECTERN_UNROLL
            for (int i = 0; i < Rows; ++i) {
                const FloatVec scale = hn::Set(kFloat, tokenScales[i]);
                acc[i][0] = hn::MulAdd(hn::ConvertTo(kFloat, sum[i][0]), hn::Mul(s0, scale), acc[i][0]);
                acc[i][1] = hn::MulAdd(hn::ConvertTo(kFloat, sum[i][1]), hn::Mul(s1, scale), acc[i][1]);
            }
        }
        tokenScales += kInt8TileRows;
        if constexpr (kMins) {
            const FloatVec m0 = hn::Load(kFloat, mins), m1 = hn::Load(kFloat, mins + kHalf);
            mins += kPanel;
            LECTERN_UNROLL
            for (int i = 0; i < Rows; ++i) {
                const FloatVec sum = hn::Set(kFloat, tokenSums[i]);
                acc[i][0] = hn::NegMulAdd(m0, sum, acc[i][0]);
                acc[i][1] = hn::NegMulAdd(m1, sum, acc[i][1]);
            }
            tokenSums += kInt8TileRows;
        }
    }
}

// A panel of kByteSteps columns (20 KiB with its scales) stays in the first-level cache while the tokens pass by.
constexpr int64_t kByteSteps = 512;

/// kPanel rows of `columns` words -> [columns, kPanel].
inline void transposePanel(const float* HWY_RESTRICT from, int64_t columns, float* HWY_RESTRICT to) {
    for (int64_t r = 0; r < kPanel; r += 4) {
        int64_t c = 0;
        for (; c + 4 <= columns; c += 4) transpose4x4(from + r * columns + c, columns, to + c * kPanel + r, kPanel);
        for (; c < columns; ++c) {
            for (int64_t i = r; i < r + 4; ++i) to[c * kPanel + i] = from[i * columns + c];
        }
    }
}

/// Working memory of one panel; see BytePanel.
struct PanelScratch {
    int32_t* words;
    int32_t* bias;
    float* scales;
    float* mins;
    int8_t* rowValues;  ///< [kPanel, kByteSteps]
    float* rowScales;   ///< [kPanel, kByteSteps / 16]
    float* rowMins;     ///< [kPanel, kByteSteps / 32]
};

HWY_INLINE bool reservePanel(PanelScratch& panel) {
    constexpr int64_t kGroups = kByteSteps / 32;
    constexpr int64_t kWords = kGroups * kPanel * (8 + 2 + 2 + 1) + kPanel * (kByteSteps / 4 + 3 * kGroups);
    thread_local Scratch<int32_t> scratch;
    int32_t* at = scratch.reserve(static_cast<size_t>(kWords));
    if (at == nullptr) return false;
    const auto take = [&](int64_t words) HWY_ATTR {
        int32_t* taken = at;
        at += words;
        return taken;
    };
    panel.words = take(kGroups * 8 * kPanel);
    panel.bias = take(kGroups * 2 * kPanel);
    panel.scales = reinterpret_cast<float*>(take(kGroups * 2 * kPanel));
    panel.mins = reinterpret_cast<float*>(take(kGroups * kPanel));
    panel.rowValues = reinterpret_cast<int8_t*>(take(kPanel * kByteSteps / 4));
    panel.rowScales = reinterpret_cast<float*>(take(kPanel * kGroups * 2));
    panel.rowMins = reinterpret_cast<float*>(take(kPanel * kGroups));
    return true;
}

/// Unpacks columns [k0, k0 + steps) of `count` rows; the panel's other rows become zero.
template <class Format>
HWY_INLINE void packBytes(const std::byte* row, int64_t rowSize, int64_t count, int64_t k0, int64_t steps,
                          const PanelScratch& panel) {
    constexpr int kParts = Format::kParts;
    const int64_t groups = steps / 32;
    for (int64_t i = 0; i < kPanel; ++i) {
        int8_t* values = panel.rowValues + i * steps;
        float* scales = panel.rowScales + i * groups * kParts;
        float* mins = panel.rowMins + i * groups;
        if (i < count) {
            const std::byte* block = row + i * rowSize + k0 / blockValues(Format::kType) * blockBytes(Format::kType);
            for (int64_t k = 0; k < steps; k += blockValues(Format::kType)) {
                Format::unpack(block, values + k, scales + k / 32 * kParts, mins + k / 32);
                block += blockBytes(Format::kType);
            }
        } else {
            std::memset(values, 0, static_cast<size_t>(steps));
            std::memset(scales, 0, static_cast<size_t>(groups * kParts) * 4);
            std::memset(mins, 0, static_cast<size_t>(groups) * 4);
        }
    }
    transposePanel(reinterpret_cast<const float*>(panel.rowValues), steps / 4, reinterpret_cast<float*>(panel.words));
    transposePanel(panel.rowScales, groups * kParts, panel.scales);
    if constexpr (Format::kMins) transposePanel(panel.rowMins, groups, panel.mins);
    if constexpr (kOffset != 0) {
        constexpr int kWords = 8 / kParts;
        const IntVec offset = hn::Set(kInt, static_cast<int32_t>(0x80808080U));
        for (int64_t at = 0; at < groups * kParts; ++at) {
            for (int64_t half = 0; half < kPanel; half += kPanel / 2) {
                IntVec sum = hn::Zero(kInt);
                for (int64_t word = 0; word < kWords; ++word) {
                    sum = addDot4(sum, offset, weightWords(panel.words + (at * kWords + word) * kPanel + half));
                }
                hn::Store(hn::Neg(sum), kInt, panel.bias + at * kPanel + half);
            }
        }
    }
}

/// Rows [args.rowBegin, args.rowEnd) for all tokens. False when memory is out.
template <class Format>
HWY_INLINE bool multiplyPanels(const LinearArgs& args, const ByteActivations& x) {
    const int64_t columns = args.weight.columns, rows = args.weight.rows;
    const int64_t rowSize = rowBytes(Format::kType, columns);
    PanelScratch scratch;
    if (!reservePanel(scratch)) return false;
    const BytePanel panel{scratch.words, scratch.bias, scratch.scales, scratch.mins};
    for (int64_t n = args.rowBegin; n < args.rowEnd; n += kPanel) {
        const int64_t width = HWY_MIN(kPanel, args.rowEnd - n);
        for (int64_t k0 = 0; k0 < columns; k0 += kByteSteps) {
            const int64_t steps = HWY_MIN(kByteSteps, columns - k0);
            packBytes<Format>(args.weight.data + n * rowSize, rowSize, width, k0, steps, scratch);
            const bool add = args.accumulate || k0 > 0;
            const auto tile = [&]<int Rows>(int64_t t) HWY_ATTR {
                const ByteActivations from{x.values + t * columns + k0 * kInt8TileRows,
                                           x.scales + (t * columns + k0 * kInt8TileRows) / 32,
                                           x.sums + (t * columns + k0 * kInt8TileRows) / 32, columns};
                FloatVec acc[Rows][2];
                LECTERN_UNROLL
                for (int i = 0; i < Rows; ++i) acc[i][0] = acc[i][1] = hn::Zero(kFloat);
                multiplyBytes<Rows, Format::kParts, Format::kMins>(from, steps / 32, panel, acc);
                storeTile<Rows>(acc, args.out + t * rows + n, rows, width, add);
            };
            int64_t t = 0;
            for (; t + kInt8TileRows <= args.tokens; t += kInt8TileRows) tile.template operator()<kInt8TileRows>(t);
            forRest<kInt8TileRows - 1>(t, args.tokens - t, tile);
        }
    }
    return true;
}

#endif  // LECTERN_HAVE_INT8_PRODUCT

}  // namespace HWY_NAMESPACE
}  // namespace lectern::kernels::cpu
HWY_AFTER_NAMESPACE();

#endif

// Dot products of one to four activation rows with stored weight rows by AVX-512 VNNI: 64 products of bytes per
// instruction, straight on the stored blocks, so that decoding keeps up with the memory on few cores. Activations are
// int8 per 32 values, as in int8-inl.h.

#if defined(LECTERN_KERNELS_CPU_DOT_VNNI_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef LECTERN_KERNELS_CPU_DOT_VNNI_INL_H
#undef LECTERN_KERNELS_CPU_DOT_VNNI_INL_H
#else
#define LECTERN_KERNELS_CPU_DOT_VNNI_INL_H
#endif

#include "hwy/cache_control.h"
#include "kernels/cpu/dequantize-inl.h"

LECTERN_BEFORE_VNNI_NAMESPACE();
namespace lectern::kernels::cpu {
namespace HWY_NAMESPACE {
#if HWY_TARGET == HWY_AVX3_DL

/// Quantised rows, padded with zeros to kChunk columns: values [tokens, padded]; scales and sums per 32 values; sums
/// per 16 values. Sums are those of the dequantised values: they take back the offsets that make weights unsigned.
struct ChunkActivations {
    static constexpr int64_t kChunk = 512;
    int8_t* values = nullptr;
    float* scales = nullptr;
    float* sums = nullptr;
    float* halfSums = nullptr;
    int64_t padded = 0;

    static int64_t paddedColumns(int64_t columns) { return (columns + kChunk - 1) / kChunk * kChunk; }
    static int64_t bytes(int64_t tokens, int64_t columns) { return tokens * paddedColumns(columns) / 2 * 3; }
    static ChunkActivations at(std::byte* memory, int64_t tokens, int64_t columns) {
        ChunkActivations x;
        x.padded = paddedColumns(columns);
        x.values = reinterpret_cast<int8_t*>(memory);
        x.scales = reinterpret_cast<float*>(memory + tokens * x.padded);
        x.sums = x.scales + tokens * x.padded / 32;
        x.halfSums = x.sums + tokens * x.padded / 32;
        return x;
    }
    ChunkActivations row(int64_t token) const {
        return {values + token * padded, scales + token * padded / 32, sums + token * padded / 32,
                halfSums + token * padded / 16, padded};
    }
};

inline void quantizeChunks(const float* x, int64_t columns, const ChunkActivations& to) {
    for (int64_t b = 0; b < to.padded / 32; ++b) {
        __m512 low = _mm512_setzero_ps(), high = _mm512_setzero_ps();
        if (b * 32 < columns) {
            low = _mm512_loadu_ps(x + b * 32);
            high = _mm512_loadu_ps(x + b * 32 + 16);
        }
        // A subnormal scale has no finite inverse; such values count as zero.
        float scale = _mm512_reduce_max_ps(_mm512_max_ps(_mm512_abs_ps(low), _mm512_abs_ps(high))) / 127.0f;
        if (scale < std::numeric_limits<float>::min()) scale = 0.0f;
        const __m512 inverse = _mm512_set1_ps(scale > 0.0f ? 1.0f / scale : 0.0f);
        const __m512i a = _mm512_cvtps_epi32(_mm512_mul_ps(low, inverse));
        const __m512i c = _mm512_cvtps_epi32(_mm512_mul_ps(high, inverse));
        _mm_storeu_si128(reinterpret_cast<__m128i*>(to.values + b * 32), _mm512_cvtsepi32_epi8(a));
        _mm_storeu_si128(reinterpret_cast<__m128i*>(to.values + b * 32 + 16), _mm512_cvtsepi32_epi8(c));
        const auto first = static_cast<float>(_mm512_reduce_add_epi32(a));
        const auto second = static_cast<float>(_mm512_reduce_add_epi32(c));
        to.scales[b] = scale;
        to.sums[b] = scale * (first + second);
        to.halfSums[b * 2] = scale * first;
        to.halfSums[b * 2 + 1] = scale * second;
    }
}

HWY_INLINE __m512i loadBytes64(const void* from) {
    return _mm512_loadu_si512(from);
}
HWY_INLINE __m512i twice32(const std::byte* from) {
    return _mm512_broadcast_i64x4(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)));
}
HWY_INLINE __m512i join32(const std::byte* low, const std::byte* high) {
    const __m512i first = _mm512_castsi256_si512(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(low)));
    return _mm512_inserti64x4(first, _mm256_loadu_si256(reinterpret_cast<const __m256i*>(high)), 1);
}
HWY_INLINE __m128i load16(const std::byte* from) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
}
HWY_INLINE __m512i join16(const std::byte* a, const std::byte* b, const std::byte* c, const std::byte* d) {
    __m512i all = _mm512_castsi128_si512(load16(a));
    all = _mm512_inserti32x4(all, load16(b), 1);
    all = _mm512_inserti32x4(all, load16(c), 2);
    return _mm512_inserti32x4(all, load16(d), 3);
}

/// Lanes 8i..8i+7 take entry `first + i * step`, for quarter 8: lanes 4i..4i+3.
template <int kLanesEach>
HWY_INLINE __m512i spread(int first, int step) {
    const __m512i lane = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    const __m512i place = _mm512_srli_epi32(lane, kLanesEach == 8 ? 3 : 2);
    return _mm512_add_epi32(_mm512_mullo_epi32(place, _mm512_set1_epi32(step)), _mm512_set1_epi32(first));
}

/// acc + (w . x per lane) * the scales that `places` picks.
HWY_INLINE __m512 addScaledBytes(__m512i sums, __m512i places, __m512 scales, __m512 acc) {
    return _mm512_fmadd_ps(_mm512_cvtepi32_ps(sums), _mm512_permutexvar_ps(places, scales), acc);
}
HWY_INLINE __m512i dotBytes(__m512i w, __m512i x) {
    return _mm512_dpbusd_epi32(_mm512_setzero_si512(), w, x);
}

/// The scales (IEEE halves at the start of each block) of kGroups <= 16 blocks; the rest is zero.
template <int kGroups, int64_t kStride>
HWY_INLINE __m512 blockScales(const std::byte* block) {
    const auto half = [&](int64_t i) HWY_ATTR { return static_cast<short>(loadU16(block + i * kStride)); };
    const auto eight = [&](int64_t i) HWY_ATTR {
        return _mm_set_epi16(half(i + 7), half(i + 6), half(i + 5), half(i + 4), half(i + 3), half(i + 2), half(i + 1),
                             half(i));
    };
    if constexpr (kGroups == 16) return _mm512_cvtph_ps(_mm256_set_m128i(eight(8), eight(0)));
    return _mm512_zextps256_ps512(_mm256_cvtph_ps(eight(0)));
}

// Each `add` adds kGroups groups of 32 columns from `block` on to the accumulators of Tokens tokens.

struct ByteDotQ8_0 {
    static constexpr DType kType = DType::Q8_0;
    template <int kGroups, int Tokens>
    static HWY_INLINE void add(const std::byte* block, const ChunkActivations& x, int64_t group,
                               __m512 (&acc)[Tokens]) {
        const __m512 scales = blockScales<kGroups, 34>(block);
        const __m512 offsets = _mm512_mul_ps(scales, _mm512_set1_ps(128.0f));
        const __m512i flip = _mm512_set1_epi8(static_cast<char>(0x80));
        __m512 both[Tokens];
        LECTERN_UNROLL
        for (int t = 0; t < Tokens; ++t) {
            const int64_t at = t * x.padded / 32 + group;
            both[t] = _mm512_mul_ps(scales, _mm512_loadu_ps(x.scales + at));
            acc[t] = _mm512_fnmadd_ps(offsets, _mm512_loadu_ps(x.sums + at), acc[t]);
        }
        LECTERN_UNROLL
        for (int pair = 0; pair < kGroups / 2; ++pair) {
            const std::byte* from = block + pair * 68;
            const __m512i w = _mm512_xor_si512(join32(from + 2, from + 36), flip);
            LECTERN_UNROLL
            for (int t = 0; t < Tokens; ++t) {
                const __m512i sums = dotBytes(w, loadBytes64(x.values + t * x.padded + group * 32 + pair * 64));
                acc[t] = addScaledBytes(sums, spread<8>(pair * 2, 1), both[t], acc[t]);
            }
        }
    }
};

struct ByteDotQ4_0 {
    static constexpr DType kType = DType::Q4_0;
    template <int kGroups, int Tokens>
    static HWY_INLINE void add(const std::byte* block, const ChunkActivations& x, int64_t group,
                               __m512 (&acc)[Tokens]) {
        const __m512 scales = blockScales<kGroups, 18>(block);
        const __m512 offsets = _mm512_mul_ps(scales, _mm512_set1_ps(8.0f));
        const __m512i four = _mm512_set1_epi8(15);
        const __m512i lowParts = _mm512_set_epi64(13, 12, 9, 8, 5, 4, 1, 0);
        const __m512i highParts = _mm512_set_epi64(15, 14, 11, 10, 7, 6, 3, 2);
        __m512 both[Tokens];
        LECTERN_UNROLL
        for (int t = 0; t < Tokens; ++t) {
            const int64_t at = t * x.padded / 32 + group;
            both[t] = _mm512_mul_ps(scales, _mm512_loadu_ps(x.scales + at));
            acc[t] = _mm512_fnmadd_ps(offsets, _mm512_loadu_ps(x.sums + at), acc[t]);
        }
        LECTERN_UNROLL
        for (int quad = 0; quad < kGroups / 4; ++quad) {
            const std::byte* from = block + quad * 72 + 2;
            const __m512i bytes = join16(from, from + 18, from + 36, from + 54);
            const __m512i low = _mm512_and_si512(bytes, four);
            const __m512i high = _mm512_and_si512(_mm512_srli_epi16(bytes, 4), four);
            LECTERN_UNROLL
            for (int t = 0; t < Tokens; ++t) {
                const int8_t* values = x.values + t * x.padded + group * 32 + quad * 128;
                const __m512i x0 = loadBytes64(values), x1 = loadBytes64(values + 64);
                __m512i sums = dotBytes(low, _mm512_permutex2var_epi64(x0, lowParts, x1));
                sums = _mm512_dpbusd_epi32(sums, high, _mm512_permutex2var_epi64(x0, highParts, x1));
                acc[t] = addScaledBytes(sums, spread<4>(quad * 4, 1), both[t], acc[t]);
            }
        }
    }
};

template <bool kFifthBit>
struct ByteDotQ45_K {
    static constexpr DType kType = kFifthBit ? DType::Q5_K : DType::Q4_K;
    template <int kGroups, int Tokens>
    static HWY_INLINE void add(const std::byte* block, const ChunkActivations& x, int64_t group,
                               __m512 (&acc)[Tokens]) {
        static_assert(kGroups == 8);
        ScalesAndMins s;
        decodeScalesAndMins(block, s);
        const __m512 scales = _mm512_zextps256_ps512(_mm256_load_ps(s.scales));
        const __m512 mins = _mm512_zextps256_ps512(_mm256_load_ps(s.mins));
        const __m512i four = _mm512_set1_epi8(15), fifth = _mm512_set1_epi8(16);
        __m512 both[Tokens];
        LECTERN_UNROLL
        for (int t = 0; t < Tokens; ++t) {
            const int64_t at = t * x.padded / 32 + group;
            both[t] = _mm512_mul_ps(scales, _mm512_loadu_ps(x.scales + at));
            acc[t] = _mm512_fnmadd_ps(mins, _mm512_loadu_ps(x.sums + at), acc[t]);
        }
        __m512i bits = _mm512_setzero_si512();
        if constexpr (kFifthBit) bits = twice32(block + 16);
        LECTERN_UNROLL
        for (int half = 0; half < 2; ++half) {
            const __m512i bytes = loadBytes64(block + (kFifthBit ? 48 : 16) + half * 64);
            __m512i low = _mm512_and_si512(bytes, four);
            __m512i high = _mm512_and_si512(_mm512_srli_epi16(bytes, 4), four);
            if constexpr (kFifthBit) {
                // Bit j of a byte belongs to sub-block j; the upper 32 bytes hold sub-blocks two further on.
                const auto maskOf = [&](int j) HWY_ATTR {
                    const __m512i bit = _mm512_inserti64x4(_mm512_set1_epi8(static_cast<char>(1 << j)),
                                                           _mm256_set1_epi8(static_cast<char>(4 << j)), 1);
                    return _mm512_test_epi8_mask(bits, bit);
                };
                low = _mm512_mask_add_epi8(low, maskOf(half * 4), low, fifth);
                high = _mm512_mask_add_epi8(high, maskOf(half * 4 + 1), high, fifth);
            }
            LECTERN_UNROLL
            for (int t = 0; t < Tokens; ++t) {
                const int8_t* values = x.values + t * x.padded + group * 32 + half * 128;
                const __m512i x0 = loadBytes64(values), x1 = loadBytes64(values + 64);
                const __m512i lowSums = dotBytes(low, _mm512_shuffle_i64x2(x0, x1, 0x44));
                const __m512i highSums = dotBytes(high, _mm512_shuffle_i64x2(x0, x1, 0xee));
                acc[t] = addScaledBytes(lowSums, spread<8>(half * 4, 2), both[t], acc[t]);
                acc[t] = addScaledBytes(highSums, spread<8>(half * 4 + 1, 2), both[t], acc[t]);
            }
        }
    }
};

struct ByteDotQ6_K {
    static constexpr DType kType = DType::Q6_K;
    template <int kGroups, int Tokens>
    static HWY_INLINE void add(const std::byte* block, const ChunkActivations& x, int64_t group,
                               __m512 (&acc)[Tokens]) {
        static_assert(kGroups == 8);
        const __m512 d = _mm512_set1_ps(loadHalfScalar(block + 208));
        const __m512 scales = _mm512_mul_ps(d, _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(load16(block + 192))));
        const __m512 offsets = _mm512_mul_ps(scales, _mm512_set1_ps(32.0f));
        const __m512i four = _mm512_set1_epi8(15), two = _mm512_set1_epi8(0x30);
        // The upper 32 bytes of a vector are the next sub-block, whose two top bits lie two bits further up.
        const __m512i leftward = _mm512_inserti64x4(_mm512_set1_epi16(4), _mm256_set1_epi16(2), 1);
        const __m512i rightward = _mm512_inserti64x4(_mm512_setzero_si512(), _mm256_set1_epi16(2), 1);
        __m512 both[Tokens];
        LECTERN_UNROLL
        for (int t = 0; t < Tokens; ++t) {
            const int64_t at = t * x.padded / 32 + group;
            const __m512 eight = _mm512_castps256_ps512(_mm256_loadu_ps(x.scales + at));
            const __m512i pairs = _mm512_set_epi32(7, 7, 6, 6, 5, 5, 4, 4, 3, 3, 2, 2, 1, 1, 0, 0);
            both[t] = _mm512_mul_ps(scales, _mm512_permutexvar_ps(pairs, eight));
            acc[t] = _mm512_fnmadd_ps(offsets, _mm512_loadu_ps(x.halfSums + at * 2), acc[t]);
        }
        LECTERN_UNROLL
        for (int half = 0; half < 2; ++half) {
            const __m512i bytes = loadBytes64(block + half * 64);
            const __m512i top = twice32(block + 128 + half * 32);
            const __m512i low =
                _mm512_or_si512(_mm512_and_si512(bytes, four), _mm512_and_si512(_mm512_sllv_epi16(top, leftward), two));
            const __m512i high = _mm512_or_si512(_mm512_and_si512(_mm512_srli_epi16(bytes, 4), four),
                                                 _mm512_and_si512(_mm512_srlv_epi16(top, rightward), two));
            LECTERN_UNROLL
            for (int t = 0; t < Tokens; ++t) {
                const int8_t* values = x.values + t * x.padded + group * 32 + half * 128;
                acc[t] = addScaledBytes(dotBytes(low, loadBytes64(values)), spread<4>(half * 8, 1), both[t], acc[t]);
                acc[t] = addScaledBytes(dotBytes(high, loadBytes64(values + 64)), spread<4>(half * 8 + 4, 1), both[t],
                                        acc[t]);
            }
        }
    }
};

// One row at a time and prefetched, as in dot-inl.h.
constexpr int64_t kBytePrefetch = 1792;

/// sums[t] = row . token t of x.
template <class Format, int Tokens>
HWY_INLINE void dotChunks(const std::byte* row, int64_t columns, const ChunkActivations& x, float* sums) {
    constexpr int64_t kBytes = blockBytes(Format::kType);
    constexpr int kBlockGroups = static_cast<int>(blockValues(Format::kType) / 32);
    constexpr int kGroups = kBlockGroups == 1 ? 16 : kBlockGroups;
    constexpr int64_t kStep = kGroups / kBlockGroups * kBytes;
    __m512 acc[Tokens];
    LECTERN_UNROLL
    for (int t = 0; t < Tokens; ++t) acc[t] = _mm512_setzero_ps();
    const int64_t groups = columns / 32;
    int64_t g = 0;
    for (; g + kGroups <= groups; g += kGroups, row += kStep) {
        LECTERN_UNROLL
        for (int64_t line = 0; line < kStep; line += 64) hwy::Prefetch(row + line + kBytePrefetch);
        Format::template add<kGroups, Tokens>(row, x, g, acc);
    }
    if constexpr (kBlockGroups == 1) {
        if (g + 8 <= groups) {
            for (int64_t line = 0; line < kStep / 2; line += 64) hwy::Prefetch(row + line + kBytePrefetch);
            Format::template add<8, Tokens>(row, x, g, acc);
            g += 8;
            row += kStep / 2;
        }
        if (g < groups) {
            // The activations behind are zero, and so are these blocks'.
            std::byte rest[8 * kBytes] = {};
            std::memcpy(rest, row, static_cast<size_t>((groups - g) * kBytes));
            Format::template add<8, Tokens>(rest, x, g, acc);
        }
    }
    LECTERN_UNROLL
    for (int t = 0; t < Tokens; ++t) sums[t] = _mm512_reduce_add_ps(acc[t]);
}

#endif
}  // namespace HWY_NAMESPACE
}  // namespace lectern::kernels::cpu
HWY_AFTER_NAMESPACE();

#endif

// Products of many tokens in matrix tiles: weights of every format are unpacked panel by panel to bfloat16 and
// multiplied with bfloat16 activations.
//
// Block formats round both sides: NMSE 4.4e-6 (2^-16 / 7 each, normally distributed). Tiles of bytes would not be
// faster: scales per 32 columns leave half of a tile's steps empty, and each such half product would have to leave its
// tile, be converted and scaled. Plain formats keep f32's accuracy: activations are a bfloat16 number and the rest in
// another one (5e-12), so are F16 weights, and the products of both rests are left out (another 5e-12).

#if defined(LECTERN_KERNELS_CPU_LINEAR_TILES_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef LECTERN_KERNELS_CPU_LINEAR_TILES_INL_H
#undef LECTERN_KERNELS_CPU_LINEAR_TILES_INL_H
#else
#define LECTERN_KERNELS_CPU_LINEAR_TILES_INL_H
#endif

#include "kernels/cpu/int8-inl.h"
#include "kernels/cpu/tiles.h"

// All processors with tiles have what this set stands for, and bfloat16 conversions, which are said in assembly.
#if HWY_TARGET == HWY_AVX3_DL

LECTERN_BEFORE_VNNI_NAMESPACE();
#include "kernels/cpu/transpose_words.h"

namespace lectern::kernels::cpu {
namespace HWY_NAMESPACE {

/// Fewer tokens do not pay for unpacking a panel.
constexpr int64_t kTileTokens = 32;
/// A panel of so many columns (64 KiB) stays in the second-level cache while the tokens pass by.
constexpr int64_t kTileSteps = 1024;
constexpr int64_t kTileValues = kTileBytes / 2;

/// Two vectors of f32 to one of bfloat16, `low` first.
HWY_INLINE __m512i roundPairs(__m512 low, __m512 high) {
    __m512i both;
    asm("vcvtne2ps2bf16 %2, %1, %0" : "=v"(both) : "v"(high), "v"(low));
    return both;
}
HWY_INLINE __m512 lowHalf(__m512i bf16) {
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm512_castsi512_si256(bf16)), 16));
}
HWY_INLINE __m512 highHalf(__m512i bf16) {
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm512_extracti64x4_epi64(bf16, 1)), 16));
}
/// What rounding to `bf16` left of the values.
HWY_INLINE __m512i roundRest(__m512 low, __m512 high, __m512i bf16) {
    return roundPairs(_mm512_sub_ps(low, lowHalf(bf16)), _mm512_sub_ps(high, highHalf(bf16)));
}

/// Whether products with weights of this type go through tiles.
inline bool usesTiles(DType type, int64_t tokens, int64_t columns) {
    return tokens >= kTileTokens && columns % 32 == 0 && type != DType::F32 && tileUse() != TileUse::None;
}

/// Bfloat16 activations as [parts, tokens / 16, columns / 32] tiles; the second part is the rest of the first.
struct TileActivations {
    static int64_t parts(DType type) { return blockValues(type) == 1 ? 2 : 1; }
    static int64_t partValues(int64_t tokens, int64_t columns) {
        return (tokens + kTileTokens - 1) / kTileTokens * kTileTokens * columns;
    }
    static int64_t bytes(DType type, int64_t tokens, int64_t columns) {
        return parts(type) * partValues(tokens, columns) * 2;
    }
};

inline void prepareTiles(DType type, const float* x, int64_t tokens, int64_t columns, int64_t begin, int64_t end,
                         std::byte* prepared) {
    const int64_t part = TileActivations::partValues(tokens, columns);
    const bool rest = TileActivations::parts(type) == 2;
    for (int64_t t = begin; t < end; ++t) {
        const float* from = x + t * columns;
        auto* to = reinterpret_cast<uint16_t*>(prepared) + t / kTileLines * kTileLines * columns + t % kTileLines * 32;
        for (int64_t k = 0; k < columns; k += 32, to += kTileValues) {
            const __m512 low = _mm512_loadu_ps(from + k), high = _mm512_loadu_ps(from + k + 16);
            const __m512i rounded = roundPairs(low, high);
            _mm512_store_si512(to, rounded);
            if (rest) _mm512_store_si512(to + part, roundRest(low, high, rounded));
        }
    }
}

/// panel [parts, groups of the panel, 2, tile]: one group of 32 columns from `pairs(part, row)`, rows of 32 bfloat16.
template <int kParts, class Pairs>
HWY_INLINE void packGroup(int64_t count, uint16_t* panel, int64_t partValues, const Pairs& pairs) {
    for (int part = 0; part < kParts; ++part) {
        for (int64_t half = 0; half < 2; ++half) {
            __m512i v[16];
            for (int64_t i = 0; i < 16; ++i) {
                const int64_t row = half * 16 + i;
                v[i] = row < count ? pairs(part, row) : _mm512_setzero_si512();
            }
            transposeWords(v);
            uint16_t* to = panel + part * partValues + half * kTileValues;
            LECTERN_UNROLL
            for (int i = 0; i < 16; ++i) _mm512_store_si512(to + i * 32, v[i]);
        }
    }
}

/// Columns [k0, k0 + steps) of `count` rows of a block format.
template <class Format>
void packBlockTiles(const std::byte* row, int64_t rowSize, int64_t count, int64_t k0, int64_t steps,
                    const PanelScratch& scratch, uint16_t* panel) {
    constexpr int kParts = Format::kParts;
    constexpr int64_t kBlock = blockValues(Format::kType);
    for (int64_t begin = 0; begin < steps; begin += kByteSteps) {
        const int64_t part = HWY_MIN(kByteSteps, steps - begin), groups = part / 32;
        for (int64_t i = 0; i < count; ++i) {
            const std::byte* block = row + i * rowSize + (k0 + begin) / kBlock * blockBytes(Format::kType);
            for (int64_t k = 0; k < part; k += kBlock, block += blockBytes(Format::kType)) {
                Format::unpack(block, scratch.rowValues + i * part + k,
                               scratch.rowScales + (i * groups + k / 32) * kParts,
                               scratch.rowMins + i * groups + k / 32);
            }
        }
        for (int64_t g = 0; g < groups; ++g, panel += 2 * kTileValues) {
            packGroup<1>(count, panel, 0, [&](int, int64_t i) HWY_ATTR {
                const int8_t* bytes = scratch.rowValues + i * part + g * 32;
                const float* scales = scratch.rowScales + (i * groups + g) * kParts;
                const auto values = [&](int64_t at) HWY_ATTR {
                    return _mm512_cvtepi32_ps(
                        _mm512_cvtepi8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes + at))));
                };
                const __m512 scale0 = _mm512_set1_ps(scales[0]), scale1 = _mm512_set1_ps(scales[kParts - 1]);
                if constexpr (Format::kMins) {
                    const __m512 least = _mm512_set1_ps(scratch.rowMins[i * groups + g]);
                    return roundPairs(_mm512_fmsub_ps(values(0), scale0, least),
                                      _mm512_fmsub_ps(values(16), scale1, least));
                } else {
                    return roundPairs(_mm512_mul_ps(values(0), scale0), _mm512_mul_ps(values(16), scale1));
                }
            });
        }
    }
}

inline void packBf16Tiles(const std::byte* row, int64_t rowSize, int64_t count, int64_t k0, int64_t steps,
                          const PanelScratch&, uint16_t* panel) {
    for (int64_t k = k0; k < k0 + steps; k += 32, panel += 2 * kTileValues) {
        packGroup<1>(count, panel, 0,
                     [&](int, int64_t i) HWY_ATTR { return _mm512_loadu_si512(row + i * rowSize + k * 2); });
    }
}

inline void packF16Tiles(const std::byte* row, int64_t rowSize, int64_t count, int64_t k0, int64_t steps,
                         const PanelScratch&, uint16_t* panel) {
    for (int64_t k = k0; k < k0 + steps; k += 32, panel += 2 * kTileValues) {
        packGroup<2>(count, panel, 2 * kTileSteps / 32 * kTileValues, [&](int part, int64_t i) HWY_ATTR {
            const auto* from = reinterpret_cast<const __m256i*>(row + i * rowSize + k * 2);
            const __m512 low = _mm512_cvtph_ps(_mm256_loadu_si256(from));
            const __m512 high = _mm512_cvtph_ps(_mm256_loadu_si256(from + 1));
            const __m512i rounded = roundPairs(low, high);
            return part == 0 ? rounded : roundRest(low, high, rounded);
        });
    }
}

/// Tiles 0 to 3 += 32 tokens (tiles of two rows of tiles) times 32 rows, over `groups` groups of 32 columns.
template <class Tiles>
HWY_INLINE void multiplyGroups(const uint16_t* x0, const uint16_t* x1, const uint16_t* panel, int64_t groups) {
    for (int64_t g = 0; g < groups; ++g, x0 += kTileValues, x1 += kTileValues, panel += 2 * kTileValues) {
        Tiles::template load<4>(x0, kTileLineBytes);
        Tiles::template load<6>(panel, kTileLineBytes);
        Tiles::template load<7>(panel + kTileValues, kTileLineBytes);
        Tiles::template addBf16<0, 4, 6>();
        Tiles::template load<5>(x1, kTileLineBytes);
        Tiles::template addBf16<1, 4, 7>();
        Tiles::template addBf16<2, 5, 6>();
        Tiles::template addBf16<3, 5, 7>();
    }
}

using PackTiles = void (*)(const std::byte*, int64_t, int64_t, int64_t, int64_t, const PanelScratch&, uint16_t*);

struct TileFormat {
    PackTiles pack = nullptr;
    int weightParts = 1;
};

inline TileFormat tileFormat(DType type) {
    switch (type) {
        case DType::Q8_0:
            return {packBlockTiles<UnpackQ8_0>};
        case DType::Q4_0:
            return {packBlockTiles<UnpackQ4_0>};
        case DType::Q4_K:
            return {packBlockTiles<UnpackQ45_K<false>>};
        case DType::Q5_K:
            return {packBlockTiles<UnpackQ45_K<true>>};
        case DType::Q6_K:
            return {packBlockTiles<UnpackQ6_K>};
        case DType::BF16:
            return {packBf16Tiles};
        case DType::F16:
            return {packF16Tiles, 2};
        default:
            return {};
    }
}

/// Rows [args.rowBegin, args.rowEnd) for all tokens, whose activations are prepared. False when memory is out.
template <class Tiles>
inline bool multiplyTiles(const LinearArgs& args) {
    const int64_t columns = args.weight.columns, rows = args.weight.rows;
    const int64_t rowSize = rowBytes(args.weight.type, columns);
    const TileFormat format = tileFormat(args.weight.type);
    const int64_t inputPart = TileActivations::partValues(args.tokens, columns);
    const bool inputRest = TileActivations::parts(args.weight.type) == 2;
    constexpr int64_t kPart = 2 * kTileSteps / 32 * kTileValues;
    constexpr int64_t kBlock = 2 * kTileLines;  // tokens and rows of one round
    PanelScratch unpacked;
    thread_local Scratch<uint16_t> scratch;
    uint16_t* panel = scratch.reserve(static_cast<size_t>(2 * kPart + 2 * kBlock * kBlock));
    if (panel == nullptr || !reservePanel(unpacked)) return false;
    auto* corner = reinterpret_cast<float*>(panel + 2 * kPart);
    const auto* x = reinterpret_cast<const uint16_t*>(args.prepared);
    const typename Tiles::Scope scope;
    for (int64_t n = args.rowBegin; n < args.rowEnd; n += kBlock) {
        const int64_t width = HWY_MIN(kBlock, args.rowEnd - n);
        for (int64_t k0 = 0; k0 < columns; k0 += kTileSteps) {
            const int64_t steps = HWY_MIN(kTileSteps, columns - k0), groups = steps / 32;
            format.pack(args.weight.data + n * rowSize, rowSize, width, k0, steps, unpacked, panel);
            const bool add = args.accumulate || k0 > 0;
            for (int64_t t = 0; t < args.tokens; t += kBlock) {
                const int64_t height = HWY_MIN(kBlock, args.tokens - t);
                const bool whole = width == kBlock && height == kBlock;
                float* out = args.out + t * rows + n;
                float* to = whole ? out : corner;
                const int64_t line = whole ? rows : kBlock, stride = line * 4;
                if (add && whole) {
                    Tiles::template load<0>(to, stride);
                    Tiles::template load<1>(to + kTileLines, stride);
                    Tiles::template load<2>(to + kTileLines * line, stride);
                    Tiles::template load<3>(to + kTileLines * line + kTileLines, stride);
                } else {
                    Tiles::template zero<0>();
                    Tiles::template zero<1>();
                    Tiles::template zero<2>();
                    Tiles::template zero<3>();
                }
                const uint16_t* x0 = x + t * columns + k0 / 32 * kTileValues;
                const uint16_t* x1 = x0 + kTileLines * columns;
                multiplyGroups<Tiles>(x0, x1, panel, groups);
                if (inputRest) multiplyGroups<Tiles>(x0 + inputPart, x1 + inputPart, panel, groups);
                if (format.weightParts == 2) multiplyGroups<Tiles>(x0, x1, panel + kPart, groups);
                Tiles::template store<0>(to, stride);
                Tiles::template store<1>(to + kTileLines, stride);
                Tiles::template store<2>(to + kTileLines * line, stride);
                Tiles::template store<3>(to + kTileLines * line + kTileLines, stride);
                if (whole) continue;
                for (int64_t i = 0; i < height; ++i) {
                    for (int64_t j = 0; j < width; ++j) {
                        const float sum = corner[i * kBlock + j];
                        out[i * rows + j] = add ? out[i * rows + j] + sum : sum;
                    }
                }
            }
        }
    }
    return true;
}

inline Status linearTiles(const LinearArgs& args) {
    const bool done =
        tileUse() == TileUse::Instructions ? multiplyTiles<AmxTiles>(args) : multiplyTiles<EmulatedTiles>(args);
    return done ? Status::Ok : Status::OutOfMemory;
}

}  // namespace HWY_NAMESPACE
}  // namespace lectern::kernels::cpu
HWY_AFTER_NAMESPACE();

#endif  // HWY_TARGET == HWY_AVX3_DL

#endif

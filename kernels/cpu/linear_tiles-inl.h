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
/// Tokens and rows of a round: a panel and a row of tiles of activations are that wide.
constexpr int64_t kTileRound = 2 * kTileLines;
/// Columns of a panel (32 KiB) that stay in the first-level cache while a few hundred tokens pass by.
constexpr int64_t kTileSteps = 512;
/// What the second-level cache (2 MiB where there are tiles) holds of panels, and of activations beside them.
constexpr int64_t kTileCacheValues = (int64_t{768} << 10) / 2;
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
        return (tokens + kTileRound - 1) / kTileRound * kTileRound * columns;
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

/// `count` rows of a block format, whole.
template <class Format>
void packBlockTiles(const std::byte* row, int64_t rowSize, int64_t count, int64_t columns, const PanelScratch& scratch,
                    uint16_t* panel) {
    constexpr int kParts = Format::kParts;
    constexpr int64_t kBlock = blockValues(Format::kType);
    for (int64_t begin = 0; begin < columns; begin += kByteSteps) {
        const int64_t part = HWY_MIN(kByteSteps, columns - begin), groups = part / 32;
        for (int64_t i = 0; i < count; ++i) {
            const std::byte* block = row + i * rowSize + begin / kBlock * blockBytes(Format::kType);
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

inline void packBf16Tiles(const std::byte* row, int64_t rowSize, int64_t count, int64_t columns, const PanelScratch&,
                          uint16_t* panel) {
    for (int64_t k = 0; k < columns; k += 32, panel += 2 * kTileValues) {
        packGroup<1>(count, panel, 0,
                     [&](int, int64_t i) HWY_ATTR { return _mm512_loadu_si512(row + i * rowSize + k * 2); });
    }
}

/// Two parts.
inline void packF16Tiles(const std::byte* row, int64_t rowSize, int64_t count, int64_t columns, const PanelScratch&,
                         uint16_t* panel) {
    for (int64_t k = 0; k < columns; k += 32, panel += 2 * kTileValues) {
        packGroup<2>(count, panel, columns * kTileRound, [&](int part, int64_t i) HWY_ATTR {
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

using PackTiles = void (*)(const std::byte*, int64_t, int64_t, int64_t, const PanelScratch&, uint16_t*);

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

/// Rows [args.rowBegin, args.rowEnd) for all tokens, whose activations are prepared: several panels are unpacked at a
/// time, and multiplied with as many tokens at a time as the cache holds beside them.
template <class Tiles>
class TileProduct {
  public:
    explicit TileProduct(const LinearArgs& args)
        : m_args(args),
          m_columns(args.weight.columns),
          m_format(tileFormat(args.weight.type)),
          m_inputParts(TileActivations::parts(args.weight.type)),
          m_inputPart(TileActivations::partValues(args.tokens, m_columns)),
          m_panelValues(m_format.weightParts * m_columns * kTileRound) {}

    /// False when memory is out.
    bool run() {
        const int64_t panels = atOnce(m_panelValues, 8);
        const int64_t tokens = kTileRound * atOnce(m_inputParts * m_columns * kTileRound, 16);
        thread_local Scratch<uint16_t> panelScratch;
        thread_local Scratch<float> sumScratch;
        PanelScratch unpacked;
        uint16_t* packed = panelScratch.reserve(static_cast<size_t>(panels * m_panelValues));
        m_sums = sumScratch.reserve(static_cast<size_t>(tokens * kTileRound));
        if (packed == nullptr || m_sums == nullptr || !reservePanel(unpacked)) return false;
        const int64_t rowSize = rowBytes(m_args.weight.type, m_columns);
        const typename Tiles::Scope scope;
        for (int64_t row = m_args.rowBegin; row < m_args.rowEnd; row += panels * kTileRound) {
            const int64_t end = HWY_MIN(m_args.rowEnd, row + panels * kTileRound);
            for (int64_t n = row; n < end; n += kTileRound) {
                m_format.pack(m_args.weight.data + n * rowSize, rowSize, HWY_MIN(kTileRound, end - n), m_columns,
                              unpacked, packed + (n - row) / kTileRound * m_panelValues);
            }
            for (int64_t t = 0; t < m_args.tokens; t += tokens) {
                for (int64_t n = row; n < end; n += kTileRound) {
                    multiplyPanel(t, HWY_MIN(m_args.tokens, t + tokens), n, HWY_MIN(kTileRound, end - n),
                                  packed + (n - row) / kTileRound * m_panelValues);
                }
            }
        }
        return true;
    }

  private:
    static int64_t atOnce(int64_t values, int64_t most) {
        return HWY_MAX(int64_t{1}, HWY_MIN(most, kTileCacheValues / values));
    }

    /// Tokens [begin, end) by `width` rows from n on: columns in parts that stay in the first-level cache, sums of
    /// the parts between in m_sums.
    void multiplyPanel(int64_t begin, int64_t end, int64_t n, int64_t width, const uint16_t* panel) {
        const int64_t parts = (m_columns + kTileSteps - 1) / kTileSteps;
        const int64_t most = (m_columns / 32 + parts - 1) / parts * 32;
        const int64_t rows = m_args.weight.rows;
        for (int64_t k = 0; k < m_columns; k += most) {
            const int64_t groups = HWY_MIN(most, m_columns - k) / 32;
            const bool last = k + most >= m_columns;
            if (last) fetchOut(begin, end, n, width);
            for (int64_t t = begin; t < end; t += kTileRound) {
                if (last) fetchOut(t + kTileRound, end, n, width);
                float* out = m_args.out + t * rows + n;
                float* sums = m_sums + (t - begin) * kTileRound;
                const bool whole = width == kTileRound && end - t >= kTileRound;
                if (k > 0) {
                    loadQuad<Tiles>(sums, kTileRound * 4);
                } else if (whole && m_args.accumulate) {
                    loadQuad<Tiles>(out, rows * 4);
                } else {
                    zeroQuad<Tiles>();
                }
                multiply(t, k, groups, panel);
                if (last && whole) {
                    storeQuad<Tiles>(out, rows * 4);
                } else {
                    storeQuad<Tiles>(sums, kTileRound * 4);
                }
                if (last && !whole) addCorner(sums, HWY_MIN(kTileRound, end - t), width, out);
            }
        }
    }

    void multiply(int64_t t, int64_t k, int64_t groups, const uint16_t* panel) const {
        const auto* x0 = reinterpret_cast<const uint16_t*>(m_args.prepared) + t * m_columns + k * kTileLines;
        const uint16_t* x1 = x0 + kTileLines * m_columns;
        panel += k * kTileRound;
        multiplyGroups<Tiles>(x0, x1, panel, groups);
        if (m_inputParts == 2) multiplyGroups<Tiles>(x0 + m_inputPart, x1 + m_inputPart, panel, groups);
        if (m_format.weightParts == 2) multiplyGroups<Tiles>(x0, x1, panel + m_columns * kTileRound, groups);
    }

    /// Asks for the lines of a round's outputs before they are written: each lies in a page of its own, and last in
    /// another core's cache, so that stores may wait for them one after the other. What it gains is not measured.
    void fetchOut(int64_t t, int64_t end, int64_t n, int64_t width) const {
        for (const int64_t stop = HWY_MIN(end, t + kTileRound); t < stop; ++t) {
            const float* line = m_args.out + t * m_args.weight.rows + n;
            asm volatile("prefetchw %0" ::"m"(*line));
            if (width > kTileLines) asm volatile("prefetchw %0" ::"m"(line[kTileLines]));
        }
    }

    void addCorner(const float* sums, int64_t height, int64_t width, float* out) const {
        const int64_t rows = m_args.weight.rows;
        for (int64_t i = 0; i < height; ++i) {
            for (int64_t j = 0; j < width; ++j) {
                const float sum = sums[i * kTileRound + j];
                out[i * rows + j] = m_args.accumulate ? out[i * rows + j] + sum : sum;
            }
        }
    }

    const LinearArgs& m_args;
    const int64_t m_columns;
    const TileFormat m_format;
    const int64_t m_inputParts, m_inputPart;
    const int64_t m_panelValues;  ///< of kTileRound rows
    float* m_sums = nullptr;      ///< [tokens at once / kTileRound, kTileRound, kTileRound]
};

inline Status linearTiles(const LinearArgs& args) {
    const bool done =
        tileUse() == TileUse::Instructions ? TileProduct<AmxTiles>(args).run() : TileProduct<EmulatedTiles>(args).run();
    return done ? Status::Ok : Status::OutOfMemory;
}

}  // namespace HWY_NAMESPACE
}  // namespace lectern::kernels::cpu
HWY_AFTER_NAMESPACE();

#endif  // HWY_TARGET == HWY_AVX3_DL

#endif

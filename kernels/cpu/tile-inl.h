// The register tile that every product of the CPU kernels is built from, and the transposes that feed it.
//
// One operand is a "panel": kPanel = two vectors of columns side by side, [steps, kPanel], aligned. The other is read
// one element at a time and broadcast, so it needs no packing: attention reads decoded K and V rows as they lie.

#if defined(LECTERN_KERNELS_CPU_TILE_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef LECTERN_KERNELS_CPU_TILE_INL_H
#undef LECTERN_KERNELS_CPU_TILE_INL_H
#else
#define LECTERN_KERNELS_CPU_TILE_INL_H
#endif

#include "kernels/cpu/simd-inl.h"

HWY_BEFORE_NAMESPACE();
namespace lectern::kernels::cpu {
namespace HWY_NAMESPACE {

constexpr int64_t kPanel = 2 * static_cast<int64_t>(hn::MaxLanes(FloatTag()));
// 12 accumulators of the 16 vector registers, or 24 of 32: enough to hide the FMA latency with few loads per FMA.
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL
constexpr int kTileRows = 12;
#elif HWY_TARGET == HWY_EMU128
constexpr int kTileRows = 1;
#else
constexpr int kTileRows = 6;
#endif

/// acc[i] += sum over s < steps of a[i * rowStride + s * stepStride] * panel[s], i < Rows.
template <int Rows>
HWY_INLINE void multiplyTile(int64_t steps, const float* HWY_RESTRICT a, int64_t rowStride, int64_t stepStride,
                             const float* HWY_RESTRICT panel, FloatVec (&acc)[Rows][2]) {
    for (int64_t s = 0; s < steps; ++s) {
        const FloatVec b0 = hn::Load(kFloat, panel);
        const FloatVec b1 = hn::Load(kFloat, panel + kPanel / 2);
        LECTERN_UNROLL
        for (int i = 0; i < Rows; ++i) {
            const FloatVec x = hn::Set(kFloat, a[i * rowStride]);
            acc[i][0] = hn::MulAdd(x, b0, acc[i][0]);
            acc[i][1] = hn::MulAdd(x, b1, acc[i][1]);
        }
        a += stepStride;
        panel += kPanel;
    }
}

/// Calls `f.template operator()<Rows>(firstRow)` for consecutive groups of kTileRows rows and one rest.
template <int Rest, class F>
HWY_INLINE void forRest(int64_t row, int64_t count, const F& f) {
    if constexpr (Rest > 0) {
        if (count == Rest) {
            f.template operator()<Rest>(row);
        } else {
            forRest<Rest - 1>(row, count, f);
        }
    }
}

template <class F>
HWY_INLINE void forRowGroups(int64_t rows, const F& f) {
    int64_t row = 0;
    for (; row + kTileRows <= rows; row += kTileRows) f.template operator()<kTileRows>(row);
    forRest<kTileRows - 1>(row, rows - row, f);
}

/// The sum of a vector's 128-bit blocks, stored at `out`.
template <class D, class V>
HWY_INLINE void storeSumOfBlocks(D d, V v, float* HWY_RESTRICT out) {
    if constexpr (hn::MaxLanes(D()) <= 4) {
        hn::StoreU(v, d, out);
    } else {
        const hn::Half<D> half;
        storeSumOfBlocks(half, hn::Add(hn::LowerHalf(half, v), hn::UpperHalf(half, v)), out);
    }
}

/// Horizontal sums of four vectors.
HWY_INLINE void sumsOfFour(FloatVec a, FloatVec b, FloatVec c, FloatVec e, float* HWY_RESTRICT out) {
    const hn::RepartitionToWide<FloatTag> wide;
    const auto ab = hn::Add(hn::InterleaveLower(kFloat, a, b), hn::InterleaveUpper(kFloat, a, b));
    const auto ce = hn::Add(hn::InterleaveLower(kFloat, c, e), hn::InterleaveUpper(kFloat, c, e));
    const auto low = hn::InterleaveLower(wide, hn::BitCast(wide, ab), hn::BitCast(wide, ce));
    const auto high = hn::InterleaveUpper(wide, hn::BitCast(wide, ab), hn::BitCast(wide, ce));
    // Each 128-bit block holds [a, b, c, e] of its lanes.
    storeSumOfBlocks(kFloat, hn::Add(hn::BitCast(kFloat, low), hn::BitCast(kFloat, high)), out);
}

/// Four rows of four consecutive values each -> four columns: to[c * toStride + r] = from[r * fromStride + c].
HWY_INLINE void transpose4x4(const float* HWY_RESTRICT from, int64_t fromStride, float* HWY_RESTRICT to,
                             int64_t toStride) {
    const hn::CappedTag<float, 4> d;
    const hn::RepartitionToWide<decltype(d)> dw;
    const auto r0 = hn::LoadU(d, from), r1 = hn::LoadU(d, from + fromStride);
    const auto r2 = hn::LoadU(d, from + 2 * fromStride), r3 = hn::LoadU(d, from + 3 * fromStride);
    const auto a = hn::BitCast(dw, hn::InterleaveLower(d, r0, r1)), b = hn::BitCast(dw, hn::InterleaveLower(d, r2, r3));
    const auto e = hn::BitCast(dw, hn::InterleaveUpper(d, r0, r1)), f = hn::BitCast(dw, hn::InterleaveUpper(d, r2, r3));
    hn::StoreU(hn::BitCast(d, hn::InterleaveLower(dw, a, b)), d, to);
    hn::StoreU(hn::BitCast(d, hn::InterleaveUpper(dw, a, b)), d, to + toStride);
    hn::StoreU(hn::BitCast(d, hn::InterleaveLower(dw, e, f)), d, to + 2 * toStride);
    hn::StoreU(hn::BitCast(d, hn::InterleaveUpper(dw, e, f)), d, to + 3 * toStride);
}

/// to[c * toStride + r] = from[r * fromStride + c], r < rows, c < columns.
inline void transpose(const float* HWY_RESTRICT from, int64_t fromStride, int64_t rows, int64_t columns,
                      float* HWY_RESTRICT to, int64_t toStride) {
    int64_t r = 0;
    for (; r + 4 <= rows; r += 4) {
        int64_t c = 0;
        for (; c + 4 <= columns; c += 4)
            transpose4x4(from + r * fromStride + c, fromStride, to + c * toStride + r, toStride);
        for (; c < columns; ++c) {
            for (int64_t i = r; i < r + 4; ++i) to[c * toStride + i] = from[i * fromStride + c];
        }
    }
    for (; r < rows; ++r) {
        for (int64_t c = 0; c < columns; ++c) to[c * toStride + r] = from[r * fromStride + c];
    }
}

}  // namespace HWY_NAMESPACE
}  // namespace lectern::kernels::cpu
HWY_AFTER_NAMESPACE();

#endif

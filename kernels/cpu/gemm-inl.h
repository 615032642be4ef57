// Matrix products in f32, blocked for the caches around multiplyTile. What b is comes through a callable that packs it:
// rows [n, k] in f32 or decoded on the way, or a plain [k, n].

#if defined(LECTERN_KERNELS_CPU_GEMM_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef LECTERN_KERNELS_CPU_GEMM_INL_H
#undef LECTERN_KERNELS_CPU_GEMM_INL_H
#else
#define LECTERN_KERNELS_CPU_GEMM_INL_H
#endif

#include "kernels/cpu/scratch.h"
#include "kernels/cpu/tile-inl.h"

HWY_BEFORE_NAMESPACE();
namespace lectern::kernels::cpu {
namespace HWY_NAMESPACE {

// A panel of b (kSteps x kPanel: 16 KiB on AVX2) stays in the first-level cache while a's rows pass by; kRowsPerPass
// rows of a (192 KiB) stay in the second; the packed block of b (kColumns x kSteps: 512 KiB) is read from there or the
// third.
constexpr int64_t kSteps = 256;
constexpr int64_t kRowsPerPass = 192;
constexpr int64_t kColumns = 512;

/// Packs `columns` rows of b (out columns) of `steps` values, fetched by row(n, buffer) as f32, into panels; rows
/// beyond `columns` in the last panel are zero.
template <class Row>
HWY_INLINE void packPanels(int64_t columns, int64_t steps, const Row& row, float* HWY_RESTRICT rows,
                           float* HWY_RESTRICT packed) {
    for (int64_t n = 0; n < columns; n += kPanel) {
        const int64_t count = HWY_MIN(kPanel, columns - n);
        const float* first = nullptr;
        int64_t stride = 0;
        for (int64_t i = 0; i < count; ++i) {
            const float* at = row(n + i, rows + i * steps);
            if (i == 0) first = at;
            if (i == 1) stride = at - first;
        }
        float* panel = packed + n * steps;
        transpose(first, stride, count, steps, panel, kPanel);
        for (int64_t i = count; i < kPanel; ++i) {
            for (int64_t s = 0; s < steps; ++s) panel[s * kPanel + i] = 0.0f;
        }
    }
}

template <int Rows>
HWY_INLINE void storeTile(const FloatVec (&acc)[Rows][2], float* out, int64_t ldo, int64_t columns, bool accumulate) {
    if (columns == kPanel) {
        LECTERN_UNROLL
        for (int i = 0; i < Rows; ++i) {
            float* to = out + i * ldo;
            FloatVec v0 = acc[i][0], v1 = acc[i][1];
            if (accumulate) {
                v0 = hn::Add(v0, hn::LoadU(kFloat, to));
                v1 = hn::Add(v1, hn::LoadU(kFloat, to + kPanel / 2));
            }
            hn::StoreU(v0, kFloat, to);
            hn::StoreU(v1, kFloat, to + kPanel / 2);
        }
        return;
    }
    HWY_ALIGN float edge[kPanel];
    LECTERN_UNROLL
    for (int i = 0; i < Rows; ++i) {
        hn::Store(acc[i][0], kFloat, edge);
        hn::Store(acc[i][1], kFloat, edge + kPanel / 2);
        float* to = out + i * ldo;
        for (int64_t c = 0; c < columns; ++c) to[c] = accumulate ? to[c] + edge[c] : edge[c];
    }
}

/// Packs [k0, k0 + steps) x [n0, n0 + columns) of a row-major b [k, n], times alpha.
inline void packPlain(const float* HWY_RESTRICT b, int64_t ldb, float alpha, int64_t columns, int64_t steps,
                      float* HWY_RESTRICT packed) {
    const FloatVec scale = hn::Set(kFloat, alpha);
    for (int64_t n = 0; n < columns; n += kPanel) {
        float* panel = packed + n * steps;
        if (n + kPanel <= columns) {
            for (int64_t s = 0; s < steps; ++s) {
                const float* from = b + s * ldb + n;
                hn::Store(hn::Mul(hn::LoadU(kFloat, from), scale), kFloat, panel + s * kPanel);
                hn::Store(hn::Mul(hn::LoadU(kFloat, from + kPanel / 2), scale), kFloat,
                          panel + s * kPanel + kPanel / 2);
            }
            continue;
        }
        for (int64_t s = 0; s < steps; ++s) {
            for (int64_t i = 0; i < kPanel; ++i)
                panel[s * kPanel + i] = n + i < columns ? b[s * ldb + n + i] * alpha : 0;
        }
    }
}

/// out[i, n] (+)= sum over s < k of a[i * rowStride + s * stepStride] * b(s, n), where pack(n0, columns, k0, steps,
/// rows, packed) packs a block of b into panels, `rows` being its working space [kPanel, kSteps]. False when memory is
/// out.
template <class Pack>
HWY_INLINE bool multiplyPacked(const float* a, int64_t rowStride, int64_t stepStride, int64_t m, int64_t n, int64_t k,
                               float* out, int64_t ldo, bool accumulate, const Pack& pack) {
    thread_local Scratch<float> scratch;
    float* packed = scratch.reserve(static_cast<size_t>((kColumns + kPanel + kRowsPerPass) * kSteps));
    if (packed == nullptr) return false;
    float* rows = packed + kColumns * kSteps;
    float* turned = rows + kPanel * kSteps;
    for (int64_t n0 = 0; n0 < n; n0 += kColumns) {
        const int64_t columns = HWY_MIN(kColumns, n - n0);
        for (int64_t k0 = 0; k0 < k; k0 += kSteps) {
            const int64_t steps = HWY_MIN(kSteps, k - k0);
            const bool add = accumulate || k0 > 0;
            pack(n0, columns, k0, steps, rows, packed);
            for (int64_t m0 = 0; m0 < m; m0 += kRowsPerPass) {
                const int64_t passRows = HWY_MIN(kRowsPerPass, m - m0);
                const float* from = a + m0 * rowStride + k0 * stepStride;
                int64_t fromRow = rowStride, fromStep = stepStride;
                if (stepStride != 1) {
                    // Steps far apart would each cost a page of the translation buffer and share a cache set.
                    for (int64_t s = 0; s < steps; ++s) {
                        for (int64_t i = 0; i < passRows; ++i)
                            turned[s * passRows + i] = from[i * rowStride + s * stepStride];
                    }
                    from = turned;
                    fromRow = 1;
                    fromStep = passRows;
                }
                for (int64_t c = 0; c < columns; c += kPanel) {
                    const int64_t width = HWY_MIN(kPanel, columns - c);
                    forRowGroups(passRows, [&]<int Rows>(int64_t r) HWY_ATTR {
                        FloatVec acc[Rows][2];
                        LECTERN_UNROLL
                        for (int i = 0; i < Rows; ++i) acc[i][0] = acc[i][1] = hn::Zero(kFloat);
                        multiplyTile<Rows>(steps, from + r * fromRow, fromRow, fromStep, packed + c * steps, acc);
                        storeTile<Rows>(acc, out + (m0 + r) * ldo + n0 + c, ldo, width, add);
                    });
                }
            }
        }
    }
    return true;
}

/// out[i, n] (+)= sum_k a[i, k] * b_n[k]. `row(n, k0, steps, buffer)` answers a pointer to b_n[k0 ...], f32: either
/// into b itself (with one stride for all n) or into `buffer`. False when memory is out.
template <class Row>
HWY_INLINE bool multiplyTransposedB(const float* a, int64_t lda, int64_t m, int64_t n, int64_t k, float* out,
                                    int64_t ldo, bool accumulate, const Row& row) {
    return multiplyPacked(
        a, lda, 1, m, n, k, out, ldo, accumulate,
        [&](int64_t n0, int64_t columns, int64_t k0, int64_t steps, float* rows, float* packed) HWY_ATTR {
            packPanels(
                columns, steps, [&](int64_t i, float* buffer) HWY_ATTR { return row(n0 + i, k0, steps, buffer); }, rows,
                packed);
        });
}

}  // namespace HWY_NAMESPACE
}  // namespace lectern::kernels::cpu
HWY_AFTER_NAMESPACE();

#endif

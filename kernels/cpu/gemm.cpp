#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/gemm.cpp"
#include "hwy/foreach_target.h"
// foreach_target must come first.
#include "kernels/cpu/cpu.h"
#include "kernels/cpu/gemm-inl.h"

HWY_BEFORE_NAMESPACE();
namespace lectern::kernels::cpu {
namespace HWY_NAMESPACE {

bool gemm(const float* a, int64_t lda, const float* b, int64_t ldb, float* out, int64_t ldo, int64_t m, int64_t n,
          int64_t k, bool accumulate) {
    return multiplyTransposedB(a, lda, m, n, k, out, ldo, accumulate,
                               [&](int64_t row, int64_t k0, int64_t, float*) HWY_ATTR { return b + row * ldb + k0; });
}

bool gemmPlain(const GemmPlainArgs& g) {
    return multiplyPacked(g.a, g.aRowStride, g.aStepStride, g.m, g.n, g.k, g.out, g.ldo, g.accumulate,
                          [&](int64_t n0, int64_t columns, int64_t k0, int64_t steps, float*, float* packed)
                              HWY_ATTR { packPlain(g.b + k0 * g.ldb + n0, g.ldb, g.alpha, columns, steps, packed); });
}

}  // namespace HWY_NAMESPACE
}  // namespace lectern::kernels::cpu
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace lectern::kernels::cpu {

HWY_EXPORT(gemm);
HWY_EXPORT(gemmPlain);

namespace {

void clear(float* out, int64_t ldo, int64_t m, int64_t n) {
    for (int64_t i = 0; i < m; ++i) {
        for (int64_t j = 0; j < n; ++j) out[i * ldo + j] = 0.0f;
    }
}

}  // namespace

Status gemmPlainB(const GemmPlainArgs& args) {
    if (args.m < 0 || args.n < 0 || args.k < 0 || args.ldb < args.n || args.ldo < args.n || args.aRowStride < 1 ||
        args.aStepStride < 1) {
        return Status::InvalidArgument;
    }
    if (args.k == 0 && !args.accumulate) clear(args.out, args.ldo, args.m, args.n);
    if (args.m == 0 || args.n == 0 || args.k == 0) return Status::Ok;
    return HWY_DYNAMIC_DISPATCH(gemmPlain)(args) ? Status::Ok : Status::OutOfMemory;
}

Status gemmTransposedB(const float* a, int64_t lda, const float* b, int64_t ldb, float* out, int64_t ldo, int64_t m,
                       int64_t n, int64_t k, bool accumulate) {
    if (m < 0 || n < 0 || k < 0 || lda < k || ldb < k || ldo < n) return Status::InvalidArgument;
    if (k == 0 && !accumulate) clear(out, ldo, m, n);
    if (m == 0 || n == 0 || k == 0) return Status::Ok;
    const bool done = HWY_DYNAMIC_DISPATCH(gemm)(a, lda, b, ldb, out, ldo, m, n, k, accumulate);
    return done ? Status::Ok : Status::OutOfMemory;
}

}  // namespace lectern::kernels::cpu
#endif

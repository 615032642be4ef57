#include "kernels/cpu/cpu.h"

namespace lectern::kernels::cpu {

Status gemmTransposedB(const float* a, int64_t lda, const float* b, int64_t ldb, float* out, int64_t ldo, int64_t m,
                       int64_t n, int64_t k, bool accumulate) {
    if (m < 0 || n < 0 || k < 0) return Status::InvalidArgument;
    for (int64_t i = 0; i < m; ++i) {
        for (int64_t j = 0; j < n; ++j) {
            double sum = accumulate ? static_cast<double>(out[i * ldo + j]) : 0.0;
            for (int64_t l = 0; l < k; ++l) sum += static_cast<double>(a[i * lda + l]) * b[j * ldb + l];
            out[i * ldo + j] = static_cast<float>(sum);
        }
    }
    return Status::Ok;
}

}  // namespace lectern::kernels::cpu

#include <cmath>

#include "kernels/reference/reference.h"

namespace lectern::kernels::reference {

Status rmsNorm(const float* x, const float* weight, float eps, int64_t rows, int64_t dim, float* out) {
    if (rows < 0 || dim <= 0) return Status::InvalidArgument;
    for (int64_t r = 0; r < rows; ++r) {
        const float* in = x + r * dim;
        double squares = 0.0;
        for (int64_t i = 0; i < dim; ++i) squares += static_cast<double>(in[i]) * in[i];
        const double inverse = 1.0 / std::sqrt(squares / static_cast<double>(dim) + static_cast<double>(eps));
        for (int64_t i = 0; i < dim; ++i) out[r * dim + i] = static_cast<float>(in[i] * inverse * weight[i]);
    }
    return Status::Ok;
}

Status rope(float* x, const float* cos, const float* sin, int64_t tokens, int32_t heads, int32_t headDim) {
    if (tokens < 0 || heads < 0 || headDim <= 0 || headDim % 2 != 0) return Status::InvalidArgument;
    const int64_t half = headDim / 2;
    for (int64_t t = 0; t < tokens; ++t) {
        for (int64_t h = 0; h < heads; ++h) {
            float* v = x + (t * heads + h) * headDim;
            for (int64_t i = 0; i < half; ++i) {
                const double c = cos[t * half + i];
                const double s = sin[t * half + i];
                const double a = v[i];
                const double b = v[i + half];
                v[i] = static_cast<float>(a * c - b * s);
                v[i + half] = static_cast<float>(b * c + a * s);
            }
        }
    }
    return Status::Ok;
}

Status swiglu(const float* gate, const float* up, int64_t count, float* out) {
    if (count < 0) return Status::InvalidArgument;
    for (int64_t i = 0; i < count; ++i) {
        const double g = gate[i];
        out[i] = static_cast<float>(g / (1.0 + std::exp(-g)) * up[i]);
    }
    return Status::Ok;
}

Status regionSummary(const float* keys, int32_t regionTokens, int32_t headDim, float* mean, float* min, float* max) {
    if (regionTokens <= 0 || headDim <= 0) return Status::InvalidArgument;
    for (int32_t d = 0; d < headDim; ++d) {
        double sum = 0.0;
        float low = keys[d];
        float high = keys[d];
        for (int32_t t = 0; t < regionTokens; ++t) {
            const float value = keys[static_cast<int64_t>(t) * headDim + d];
            sum += value;
            low = value < low ? value : low;
            high = value > high ? value : high;
        }
        mean[d] = static_cast<float>(sum / regionTokens);
        min[d] = low;
        max[d] = high;
    }
    return Status::Ok;
}

}  // namespace lectern::kernels::reference

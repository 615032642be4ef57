#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/elementwise.cpp"
#include "hwy/foreach_target.h"
// foreach_target must come first.
#include <cmath>

#include "kernels/cpu/cpu.h"
#include "kernels/cpu/simd-inl.h"

HWY_BEFORE_NAMESPACE();
namespace lectern::kernels::cpu {
namespace HWY_NAMESPACE {

const char* targetName() {
    return hwy::TargetName(HWY_TARGET);
}

/// Sum of squares in f32 lanes over chunks short enough to keep the rounding error near 1e-7, added up in double.
double sumOfSquares(const float* x, int64_t count) {
    constexpr int64_t kChunk = 1024;
    const int64_t lanes = floatLanes();
    double total = 0.0;
    for (int64_t begin = 0; begin < count; begin += kChunk) {
        const int64_t end = HWY_MIN(count, begin + kChunk);
        FloatVec a = hn::Zero(kFloat), b = hn::Zero(kFloat);
        int64_t i = begin;
        for (; i + 2 * lanes <= end; i += 2 * lanes) {
            const FloatVec u = hn::LoadU(kFloat, x + i);
            const FloatVec v = hn::LoadU(kFloat, x + i + lanes);
            a = hn::MulAdd(u, u, a);
            b = hn::MulAdd(v, v, b);
        }
        total += static_cast<double>(sumOfLanes(hn::Add(a, b)));
        for (; i < end; ++i) total += static_cast<double>(x[i]) * static_cast<double>(x[i]);
    }
    return total;
}

void rmsNormRow(const float* x, const float* weight, float eps, int64_t dim, float* out) {
    const double squares = sumOfSquares(x, dim);
    const float inverse =
        static_cast<float>(1.0 / std::sqrt(squares / static_cast<double>(dim) + static_cast<double>(eps)));
    const FloatVec factor = hn::Set(kFloat, inverse);
    const int64_t lanes = floatLanes();
    int64_t i = 0;
    for (; i + lanes <= dim; i += lanes) {
        const FloatVec scaled = hn::Mul(hn::LoadU(kFloat, x + i), factor);
        hn::StoreU(hn::Mul(scaled, hn::LoadU(kFloat, weight + i)), kFloat, out + i);
    }
    for (; i < dim; ++i) out[i] = x[i] * inverse * weight[i];
}

void rotateVector(float* x, const float* cos, const float* sin, int64_t half) {
    const int64_t lanes = floatLanes();
    int64_t i = 0;
    for (; i + lanes <= half; i += lanes) {
        const FloatVec c = hn::LoadU(kFloat, cos + i);
        const FloatVec s = hn::LoadU(kFloat, sin + i);
        const FloatVec a = hn::LoadU(kFloat, x + i);
        const FloatVec b = hn::LoadU(kFloat, x + half + i);
        hn::StoreU(hn::MulSub(a, c, hn::Mul(b, s)), kFloat, x + i);
        hn::StoreU(hn::MulAdd(b, c, hn::Mul(a, s)), kFloat, x + half + i);
    }
    for (; i < half; ++i) {
        const float a = x[i];
        const float b = x[half + i];
        x[i] = a * cos[i] - b * sin[i];
        x[half + i] = b * cos[i] + a * sin[i];
    }
}

HWY_INLINE FloatVec siluTimes(FloatVec gate, FloatVec up) {
    const FloatVec one = hn::Set(kFloat, 1.0f);
    return hn::Mul(hn::Div(gate, hn::Add(one, expClamped(hn::Neg(gate)))), up);
}

void swiglu(const float* gate, const float* up, int64_t count, float* out) {
    const int64_t lanes = floatLanes();
    int64_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        hn::StoreU(siluTimes(hn::LoadU(kFloat, gate + i), hn::LoadU(kFloat, up + i)), kFloat, out + i);
    }
    if (i == count) return;
    HWY_ALIGN float g[hn::MaxLanes(FloatTag())] = {};
    HWY_ALIGN float u[hn::MaxLanes(FloatTag())] = {};
    std::memcpy(g, gate + i, static_cast<size_t>(count - i) * 4);
    std::memcpy(u, up + i, static_cast<size_t>(count - i) * 4);
    hn::Store(siluTimes(hn::Load(kFloat, g), hn::Load(kFloat, u)), kFloat, g);
    std::memcpy(out + i, g, static_cast<size_t>(count - i) * 4);
}

void addInPlace(float* x, const float* y, int64_t count) {
    const int64_t lanes = floatLanes();
    int64_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        hn::StoreU(hn::Add(hn::LoadU(kFloat, x + i), hn::LoadU(kFloat, y + i)), kFloat, x + i);
    }
    for (; i < count; ++i) x[i] += y[i];
}

void regionSummary(const float* keys, int64_t tokens, int64_t dim, float* mean, float* min, float* max) {
    const int64_t lanes = floatLanes();
    const FloatVec share = hn::Set(kFloat, 1.0f / static_cast<float>(tokens));
    int64_t d = 0;
    for (; d + lanes <= dim; d += lanes) {
        FloatVec sum = hn::LoadU(kFloat, keys + d);
        FloatVec low = sum, high = sum;
        for (int64_t t = 1; t < tokens; ++t) {
            const FloatVec v = hn::LoadU(kFloat, keys + t * dim + d);
            sum = hn::Add(sum, v);
            low = hn::Min(low, v);
            high = hn::Max(high, v);
        }
        hn::StoreU(hn::Mul(sum, share), kFloat, mean + d);
        hn::StoreU(low, kFloat, min + d);
        hn::StoreU(high, kFloat, max + d);
    }
    for (; d < dim; ++d) {
        float sum = 0.0f, low = keys[d], high = keys[d];
        for (int64_t t = 0; t < tokens; ++t) {
            const float v = keys[t * dim + d];
            sum += v;
            low = HWY_MIN(low, v);
            high = HWY_MAX(high, v);
        }
        mean[d] = sum / static_cast<float>(tokens);
        min[d] = low;
        max[d] = high;
    }
}

}  // namespace HWY_NAMESPACE
}  // namespace lectern::kernels::cpu
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace lectern::kernels::cpu {

HWY_EXPORT(targetName);
HWY_EXPORT(rmsNormRow);
HWY_EXPORT(rotateVector);
HWY_EXPORT(swiglu);
HWY_EXPORT(addInPlace);
HWY_EXPORT(regionSummary);

const char* instructionSet() {
    return HWY_DYNAMIC_DISPATCH(targetName)();
}

Status rmsNorm(const float* x, const float* weight, float eps, int64_t rows, int64_t dim, float* out) {
    if (rows < 0 || dim <= 0) return Status::InvalidArgument;
    const auto row = HWY_DYNAMIC_DISPATCH(rmsNormRow);
    for (int64_t r = 0; r < rows; ++r) row(x + r * dim, weight, eps, dim, out + r * dim);
    return Status::Ok;
}

Status rope(float* x, const float* cos, const float* sin, int64_t tokens, int32_t heads, int32_t headDim) {
    if (tokens < 0 || heads < 0 || headDim <= 0 || headDim % 2 != 0) return Status::InvalidArgument;
    const auto rotate = HWY_DYNAMIC_DISPATCH(rotateVector);
    const int64_t half = headDim / 2;
    for (int64_t t = 0; t < tokens; ++t) {
        for (int64_t h = 0; h < heads; ++h) rotate(x + (t * heads + h) * headDim, cos + t * half, sin + t * half, half);
    }
    return Status::Ok;
}

Status swiglu(const float* gate, const float* up, int64_t count, float* out) {
    if (count < 0) return Status::InvalidArgument;
    HWY_DYNAMIC_DISPATCH(swiglu)(gate, up, count, out);
    return Status::Ok;
}

Status addInPlace(float* x, const float* y, int64_t count) {
    if (count < 0) return Status::InvalidArgument;
    HWY_DYNAMIC_DISPATCH(addInPlace)(x, y, count);
    return Status::Ok;
}

Status regionSummary(const float* keys, int32_t regionTokens, int32_t headDim, float* mean, float* min, float* max) {
    if (regionTokens <= 0 || headDim <= 0) return Status::InvalidArgument;
    HWY_DYNAMIC_DISPATCH(regionSummary)(keys, regionTokens, headDim, mean, min, max);
    return Status::Ok;
}

}  // namespace lectern::kernels::cpu
#endif

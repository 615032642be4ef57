#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/backward_elementwise.cpp"
#include "hwy/foreach_target.h"
// foreach_target must come first.
#include <cmath>

#include "kernels/common/keyed_hash.h"
#include "kernels/cpu/backward.h"
#include "kernels/cpu/simd-inl.h"

HWY_BEFORE_NAMESPACE();
namespace lectern::kernels::cpu {
namespace HWY_NAMESPACE {

// Lanes add up at most this many values in f32 before they go to a double: keeps the rounding error near 1e-7.
constexpr int64_t kSumChunk = 1024;

/// Calls body(vector index, lanes) so that a row's tail is handled with zero-padded copies.
template <int kInputs, class Body>
HWY_INLINE void forTail(const float* const (&inputs)[kInputs], int64_t begin, int64_t end, const Body& body) {
    HWY_ALIGN float padded[kInputs][hn::MaxLanes(FloatTag())] = {};
    for (int k = 0; k < kInputs; ++k) {
        for (int64_t i = begin; i < end; ++i) padded[k][i - begin] = inputs[k][i];
    }
    body(padded);
}

double squares(const float* x, int64_t count) {
    const int64_t lanes = floatLanes();
    double total = 0.0;
    for (int64_t begin = 0; begin < count; begin += kSumChunk) {
        const int64_t end = HWY_MIN(count, begin + kSumChunk);
        FloatVec sum = hn::Zero(kFloat);
        int64_t i = begin;
        for (; i + lanes <= end; i += lanes) {
            const FloatVec v = hn::LoadU(kFloat, x + i);
            sum = hn::MulAdd(v, v, sum);
        }
        total += static_cast<double>(sumOfLanes(sum));
        for (; i < end; ++i) total += static_cast<double>(x[i]) * static_cast<double>(x[i]);
    }
    return total;
}

/// Sum of x * w * g.
double tripleProduct(const float* x, const float* w, const float* g, int64_t count) {
    const int64_t lanes = floatLanes();
    double total = 0.0;
    for (int64_t begin = 0; begin < count; begin += kSumChunk) {
        const int64_t end = HWY_MIN(count, begin + kSumChunk);
        FloatVec sum = hn::Zero(kFloat);
        int64_t i = begin;
        for (; i + lanes <= end; i += lanes) {
            const FloatVec wg = hn::Mul(hn::LoadU(kFloat, w + i), hn::LoadU(kFloat, g + i));
            sum = hn::MulAdd(hn::LoadU(kFloat, x + i), wg, sum);
        }
        total += static_cast<double>(sumOfLanes(sum));
        for (; i < end; ++i) total += static_cast<double>(x[i]) * static_cast<double>(w[i]) * static_cast<double>(g[i]);
    }
    return total;
}

void rmsNormBackwardRow(const float* x, const float* weight, float eps, const float* g, int64_t dim, float* dX,
                        float* dWeight) {
    const auto n = static_cast<double>(dim);
    const double inverse = 1.0 / std::sqrt(squares(x, dim) / n + static_cast<double>(eps));
    const double back = tripleProduct(x, weight, g, dim) * inverse * inverse * inverse / n;
    const auto inverseF = static_cast<float>(inverse), backF = static_cast<float>(back);
    const FloatVec vInverse = hn::Set(kFloat, inverseF), vBack = hn::Set(kFloat, backF);
    const int64_t lanes = floatLanes();
    int64_t i = 0;
    for (; i + lanes <= dim; i += lanes) {
        const FloatVec in = hn::LoadU(kFloat, x + i);
        const FloatVec scaled = hn::Mul(hn::LoadU(kFloat, g + i), vInverse);
        const FloatVec direct = hn::MulAdd(scaled, hn::LoadU(kFloat, weight + i), hn::LoadU(kFloat, dX + i));
        hn::StoreU(hn::NegMulAdd(vBack, in, direct), kFloat, dX + i);
        if (dWeight != nullptr) hn::StoreU(hn::MulAdd(scaled, in, hn::LoadU(kFloat, dWeight + i)), kFloat, dWeight + i);
    }
    for (; i < dim; ++i) {
        dX[i] += g[i] * inverseF * weight[i] - backF * x[i];
        if (dWeight != nullptr) dWeight[i] += g[i] * inverseF * x[i];
    }
}

struct SwigluGradient {
    FloatVec gate, up;
};

HWY_INLINE SwigluGradient swigluGradient(FloatVec gate, FloatVec up, FloatVec dOut) {
    const FloatVec one = hn::Set(kFloat, 1.0f);
    const FloatVec sigmoid = hn::Div(one, hn::Add(one, expClamped(hn::Neg(gate))));
    const FloatVec slope = hn::Mul(sigmoid, hn::MulAdd(gate, hn::Sub(one, sigmoid), one));
    return {hn::Mul(hn::Mul(dOut, up), slope), hn::Mul(dOut, hn::Mul(gate, sigmoid))};
}

void swigluBackwardAll(const float* gate, const float* up, const float* dOut, int64_t count, float* dGate, float* dUp) {
    const int64_t lanes = floatLanes();
    int64_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        const SwigluGradient d =
            swigluGradient(hn::LoadU(kFloat, gate + i), hn::LoadU(kFloat, up + i), hn::LoadU(kFloat, dOut + i));
        hn::StoreU(d.gate, kFloat, dGate + i);
        hn::StoreU(d.up, kFloat, dUp + i);
    }
    if (i == count) return;
    forTail<3>({gate, up, dOut}, i, count, [&](auto& padded) {
        const SwigluGradient d =
            swigluGradient(hn::Load(kFloat, padded[0]), hn::Load(kFloat, padded[1]), hn::Load(kFloat, padded[2]));
        hn::Store(d.gate, kFloat, padded[0]);
        hn::Store(d.up, kFloat, padded[1]);
        std::memcpy(dGate + i, padded[0], static_cast<size_t>(count - i) * 4);
        std::memcpy(dUp + i, padded[1], static_cast<size_t>(count - i) * 4);
    });
}

double crossEntropyRow(float* row, int64_t target, int64_t vocab, double scale) {
    const int64_t lanes = floatLanes();
    FloatVec best = hn::Set(kFloat, row[0]);
    int64_t i = 0;
    for (; i + lanes <= vocab; i += lanes) best = hn::Max(best, hn::LoadU(kFloat, row + i));
    float largest = maxOfLanes(best);
    for (; i < vocab; ++i) largest = HWY_MAX(largest, row[i]);
    const float targetLogit = row[target];

    const FloatVec shift = hn::Set(kFloat, largest);
    double total = 0.0;
    for (int64_t begin = 0; begin < vocab; begin += kSumChunk) {
        const int64_t end = HWY_MIN(vocab, begin + kSumChunk);
        FloatVec sum = hn::Zero(kFloat);
        for (i = begin; i + lanes <= end; i += lanes) {
            const FloatVec e = expClamped(hn::Sub(hn::LoadU(kFloat, row + i), shift));
            hn::StoreU(e, kFloat, row + i);
            sum = hn::Add(sum, e);
        }
        total += static_cast<double>(sumOfLanes(sum));
        for (; i < end; ++i) {
            row[i] = std::exp(row[i] - largest);
            total += static_cast<double>(row[i]);
        }
    }
    const auto factor = static_cast<float>(scale / total);
    const FloatVec vFactor = hn::Set(kFloat, factor);
    for (i = 0; i + lanes <= vocab; i += lanes) {
        hn::StoreU(hn::Mul(hn::LoadU(kFloat, row + i), vFactor), kFloat, row + i);
    }
    for (; i < vocab; ++i) row[i] *= factor;
    row[target] -= static_cast<float>(scale);
    return static_cast<double>(largest) + std::log(total) - static_cast<double>(targetLogit);
}

void adamWAll(float* value, const float* gradient, float* m, float* v, int64_t count, const AdamWArgs& args) {
    const auto step = static_cast<double>(args.step);
    const auto constant = [](double number) { return hn::Set(kFloat, static_cast<float>(number)); };
    const FloatVec keep1 = constant(args.beta1), add1 = constant(1.0 - args.beta1);
    const FloatVec keep2 = constant(args.beta2), add2 = constant(1.0 - args.beta2);
    const FloatVec gradientScale = constant(args.gradientScale), epsilon = constant(args.epsilon);
    const FloatVec decay = constant(1.0 - args.learningRate * args.weightDecay);
    const FloatVec stepSize = constant(args.learningRate / (1.0 - std::pow(args.beta1, step)));
    const FloatVec inverseRoot2 = constant(1.0 / std::sqrt(1.0 - std::pow(args.beta2, step)));
    const auto update = [&](FloatVec x, FloatVec raw, FloatVec& mean, FloatVec& square) {
        const FloatVec g = hn::Mul(raw, gradientScale);
        mean = hn::MulAdd(mean, keep1, hn::Mul(g, add1));
        square = hn::MulAdd(square, keep2, hn::Mul(hn::Mul(g, g), add2));
        const FloatVec denominator = hn::MulAdd(hn::Sqrt(square), inverseRoot2, epsilon);
        return hn::Sub(hn::Mul(x, decay), hn::Div(hn::Mul(mean, stepSize), denominator));
    };
    const int64_t lanes = floatLanes();
    int64_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        FloatVec mean = hn::LoadU(kFloat, m + i), square = hn::LoadU(kFloat, v + i);
        const FloatVec next = update(hn::LoadU(kFloat, value + i), hn::LoadU(kFloat, gradient + i), mean, square);
        hn::StoreU(next, kFloat, value + i);
        hn::StoreU(mean, kFloat, m + i);
        hn::StoreU(square, kFloat, v + i);
    }
    if (i == count) return;
    forTail<4>({value, gradient, m, v}, i, count, [&](auto& padded) {
        FloatVec mean = hn::Load(kFloat, padded[2]), square = hn::Load(kFloat, padded[3]);
        const FloatVec next = update(hn::Load(kFloat, padded[0]), hn::Load(kFloat, padded[1]), mean, square);
        hn::Store(next, kFloat, padded[0]);
        hn::Store(mean, kFloat, padded[2]);
        hn::Store(square, kFloat, padded[3]);
        const auto bytes = static_cast<size_t>(count - i) * 4;
        std::memcpy(value + i, padded[0], bytes);
        std::memcpy(m + i, padded[2], bytes);
        std::memcpy(v + i, padded[3], bytes);
    });
}

void blendAll(float alpha, const float* x, float beta, float* y, int64_t count) {
    const int64_t lanes = floatLanes();
    const FloatVec a = hn::Set(kFloat, alpha), b = hn::Set(kFloat, beta);
    int64_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        hn::StoreU(hn::MulAdd(a, hn::LoadU(kFloat, x + i), hn::Mul(b, hn::LoadU(kFloat, y + i))), kFloat, y + i);
    }
    for (; i < count; ++i) y[i] = alpha * x[i] + beta * y[i];
}

}  // namespace HWY_NAMESPACE
}  // namespace lectern::kernels::cpu
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace lectern::kernels::cpu {

HWY_EXPORT(squares);
HWY_EXPORT(rmsNormBackwardRow);
HWY_EXPORT(swigluBackwardAll);
HWY_EXPORT(crossEntropyRow);
HWY_EXPORT(adamWAll);
HWY_EXPORT(blendAll);

void transpose(const float* a, int64_t lda, int64_t rows, int64_t columns, float* out, int64_t ldo) {
    // Square tiles keep both sides in the first cache level.
    constexpr int64_t kTile = 32;
    for (int64_t i0 = 0; i0 < rows; i0 += kTile) {
        const int64_t i1 = HWY_MIN(rows, i0 + kTile);
        for (int64_t j0 = 0; j0 < columns; j0 += kTile) {
            const int64_t j1 = HWY_MIN(columns, j0 + kTile);
            for (int64_t j = j0; j < j1; ++j) {
                for (int64_t i = i0; i < i1; ++i) out[j * ldo + i] = a[i * lda + j];
            }
        }
    }
}

Status rmsNormBackward(const float* x, const float* weight, float eps, const float* dOut, int64_t rows, int64_t dim,
                       float* dX, float* dWeight) {
    if (rows < 0 || dim <= 0) return Status::InvalidArgument;
    const auto row = HWY_DYNAMIC_DISPATCH(rmsNormBackwardRow);
    for (int64_t r = 0; r < rows; ++r) row(x + r * dim, weight, eps, dOut + r * dim, dim, dX + r * dim, dWeight);
    return Status::Ok;
}

Status swigluBackward(const float* gate, const float* up, const float* dOut, int64_t count, float* dGate, float* dUp) {
    if (count < 0) return Status::InvalidArgument;
    HWY_DYNAMIC_DISPATCH(swigluBackwardAll)(gate, up, dOut, count, dGate, dUp);
    return Status::Ok;
}

Status crossEntropyInPlace(float* logits, const int32_t* targets, int64_t rows, int64_t vocab, double scale,
                           double* losses) {
    if (rows < 0 || vocab <= 0) return Status::InvalidArgument;
    for (int64_t r = 0; r < rows; ++r) {
        if (targets[r] < 0 || targets[r] >= vocab) return Status::InvalidArgument;
    }
    const auto row = HWY_DYNAMIC_DISPATCH(crossEntropyRow);
    for (int64_t r = 0; r < rows; ++r) losses[r] = row(logits + r * vocab, targets[r], vocab, scale);
    return Status::Ok;
}

Status adamW(float* value, const float* gradient, float* m, float* v, int64_t count, const AdamWArgs& args) {
    if (count < 0 || args.step < 1) return Status::InvalidArgument;
    HWY_DYNAMIC_DISPATCH(adamWAll)(value, gradient, m, v, count, args);
    return Status::Ok;
}

double sumOfSquares(const float* x, int64_t count) {
    return HWY_DYNAMIC_DISPATCH(squares)(x, count);
}

void blend(float alpha, const float* x, float beta, float* y, int64_t count) {
    HWY_DYNAMIC_DISPATCH(blendAll)(alpha, x, beta, y, count);
}

void dropout(const float* x, int64_t first, int64_t count, uint64_t seed, double rate, bool accumulate, float* out) {
    const auto keptScale = static_cast<float>(1.0 / (1.0 - rate));
    for (int64_t i = 0; i < count; ++i) {
        const float value = keptByDropout(seed, static_cast<uint64_t>(first + i), rate) ? x[i] * keptScale : 0.0f;
        out[i] = accumulate ? out[i] + value : value;
    }
}

}  // namespace lectern::kernels::cpu
#endif

#include "kernels/reference/backward.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernels/common/keyed_hash.h"

namespace lectern::kernels::reference {

template <typename T>
void trainRmsNorm(const T* x, const T* weight, double eps, int64_t rows, int64_t dim, T* out) {
    for (int64_t r = 0; r < rows; ++r) {
        const T* in = x + r * dim;
        double squares = 0.0;
        for (int64_t i = 0; i < dim; ++i) squares += static_cast<double>(in[i]) * in[i];
        const double inverse = 1.0 / std::sqrt(squares / static_cast<double>(dim) + eps);
        for (int64_t i = 0; i < dim; ++i) out[r * dim + i] = static_cast<T>(in[i] * inverse * weight[i]);
    }
}

template <typename T>
void rmsNormBackward(const T* x, const T* weight, double eps, const T* dOut, int64_t rows, int64_t dim, T* dX,
                     T* dWeight) {
    const auto n = static_cast<double>(dim);
    for (int64_t r = 0; r < rows; ++r) {
        const T* in = x + r * dim;
        const T* g = dOut + r * dim;
        double squares = 0.0, dot = 0.0;
        for (int64_t i = 0; i < dim; ++i) {
            squares += static_cast<double>(in[i]) * in[i];
            dot += static_cast<double>(g[i]) * weight[i] * in[i];
        }
        const double inverse = 1.0 / std::sqrt(squares / n + eps);
        const double back = dot * inverse * inverse * inverse / n;
        for (int64_t i = 0; i < dim; ++i) {
            dX[r * dim + i] += static_cast<T>(static_cast<double>(g[i]) * weight[i] * inverse - back * in[i]);
            if (dWeight != nullptr) dWeight[i] += static_cast<T>(static_cast<double>(g[i]) * in[i] * inverse);
        }
    }
}

template <typename T>
void trainRope(T* x, const T* cos, const T* sin, int64_t tokens, int32_t heads, int32_t headDim, bool inverse) {
    const int64_t half = headDim / 2;
    for (int64_t t = 0; t < tokens; ++t) {
        for (int64_t h = 0; h < heads; ++h) {
            T* v = x + (t * heads + h) * headDim;
            for (int64_t i = 0; i < half; ++i) {
                const double c = cos[t * half + i];
                const double s = inverse ? -sin[t * half + i] : sin[t * half + i];
                const double a = v[i], b = v[i + half];
                v[i] = static_cast<T>(a * c - b * s);
                v[i + half] = static_cast<T>(b * c + a * s);
            }
        }
    }
}

template <typename T>
void trainSwiglu(const T* gate, const T* up, int64_t count, T* out) {
    for (int64_t i = 0; i < count; ++i) {
        const double g = gate[i];
        out[i] = static_cast<T>(g / (1.0 + std::exp(-g)) * up[i]);
    }
}

template <typename T>
void swigluBackward(const T* gate, const T* up, const T* dOut, int64_t count, T* dGate, T* dUp) {
    for (int64_t i = 0; i < count; ++i) {
        const double g = gate[i], u = up[i], d = dOut[i];
        const double sigmoid = 1.0 / (1.0 + std::exp(-g));
        dGate[i] = static_cast<T>(d * u * sigmoid * (1.0 + g * (1.0 - sigmoid)));
        dUp[i] = static_cast<T>(d * g * sigmoid);
    }
}

template <typename T>
void trainLinear(const T* x, const T* w, int64_t tokens, int64_t outputs, int64_t inputs, double alpha, bool accumulate,
                 T* y) {
    for (int64_t t = 0; t < tokens; ++t) {
        for (int64_t n = 0; n < outputs; ++n) {
            double sum = 0.0;
            for (int64_t i = 0; i < inputs; ++i) sum += static_cast<double>(x[t * inputs + i]) * w[n * inputs + i];
            T& target = y[t * outputs + n];
            target = static_cast<T>((accumulate ? static_cast<double>(target) : 0.0) + alpha * sum);
        }
    }
}

template <typename T>
void linearBackwardInput(const T* dY, const T* w, int64_t tokens, int64_t outputs, int64_t inputs, double alpha,
                         bool accumulate, T* dX) {
    std::vector<double> row(static_cast<size_t>(inputs));
    for (int64_t t = 0; t < tokens; ++t) {
        std::fill(row.begin(), row.end(), 0.0);
        for (int64_t n = 0; n < outputs; ++n) {
            const double g = dY[t * outputs + n];
            for (int64_t i = 0; i < inputs; ++i) row[static_cast<size_t>(i)] += g * w[n * inputs + i];
        }
        for (int64_t i = 0; i < inputs; ++i) {
            T& target = dX[t * inputs + i];
            target =
                static_cast<T>((accumulate ? static_cast<double>(target) : 0.0) + alpha * row[static_cast<size_t>(i)]);
        }
    }
}

template <typename T>
void linearBackwardWeight(const T* dY, const T* x, int64_t tokens, int64_t outputs, int64_t inputs, double alpha,
                          T* dW) {
    for (int64_t n = 0; n < outputs; ++n) {
        for (int64_t i = 0; i < inputs; ++i) {
            double sum = 0.0;
            for (int64_t t = 0; t < tokens; ++t) {
                sum += static_cast<double>(dY[t * outputs + n]) * x[t * inputs + i];
            }
            dW[n * inputs + i] += static_cast<T>(alpha * sum);
        }
    }
}

template <typename T>
void embeddingBackward(const T* dOut, const int32_t* ids, int64_t tokens, int64_t dim, T* dTable) {
    for (int64_t t = 0; t < tokens; ++t) {
        for (int64_t i = 0; i < dim; ++i) dTable[ids[t] * dim + i] += dOut[t * dim + i];
    }
}

template <typename T>
double crossEntropyInPlace(T* logits, const int32_t* targets, int64_t rows, int64_t vocab, double scale) {
    double total = 0.0;
    for (int64_t r = 0; r < rows; ++r) {
        T* row = logits + r * vocab;
        const double largest = *std::max_element(row, row + vocab);
        double sum = 0.0;
        for (int64_t i = 0; i < vocab; ++i) sum += std::exp(row[i] - largest);
        total += largest + std::log(sum) - row[targets[r]];
        for (int64_t i = 0; i < vocab; ++i) {
            const double probability = std::exp(row[i] - largest) / sum;
            row[i] = static_cast<T>(scale * (probability - (i == targets[r] ? 1.0 : 0.0)));
        }
    }
    return total;
}

template <typename T>
void adamW(T* value, const T* gradient, T* m, T* v, int64_t count, const AdamWArgs& args) {
    const double correction1 = 1.0 - std::pow(args.beta1, static_cast<double>(args.step));
    const double correction2 = 1.0 - std::pow(args.beta2, static_cast<double>(args.step));
    for (int64_t i = 0; i < count; ++i) {
        const double g = gradient[i] * args.gradientScale;
        m[i] = static_cast<T>(args.beta1 * m[i] + (1.0 - args.beta1) * g);
        v[i] = static_cast<T>(args.beta2 * v[i] + (1.0 - args.beta2) * g * g);
        const double denominator = std::sqrt(v[i] / correction2) + args.epsilon;
        value[i] = static_cast<T>(value[i] * (1.0 - args.learningRate * args.weightDecay) -
                                  args.learningRate * (m[i] / correction1) / denominator);
    }
}

template <typename T>
void orthogonalize(T* x, int64_t rows, int64_t columns) {
    const bool tall = rows > columns;
    const int64_t m = tall ? columns : rows, n = tall ? rows : columns;
    std::vector<double> a(static_cast<size_t>(m * n)), gram(static_cast<size_t>(m * m)), next(a.size());
    double squares = 0.0;
    for (int64_t i = 0; i < rows * columns; ++i) squares += static_cast<double>(x[i]) * x[i];
    const double inverse = 1.0 / (std::sqrt(squares) + 1e-7);
    const auto at = [&](int64_t i, int64_t j) -> T& { return tall ? x[j * columns + i] : x[i * columns + j]; };
    for (int64_t i = 0; i < m; ++i) {
        for (int64_t j = 0; j < n; ++j) a[static_cast<size_t>(i * n + j)] = at(i, j) * inverse;
    }
    // X <- aX + (bG + cG^2) X with G = X X^T.
    const double ca = 3.4445, cb = -4.7750, cc = 2.0315;
    std::vector<double> poly(gram.size());
    for (int round = 0; round < 5; ++round) {
        trainLinear(a.data(), a.data(), m, m, n, 1.0, false, gram.data());
        trainLinear(gram.data(), gram.data(), m, m, m, cc, false, poly.data());
        for (size_t i = 0; i < gram.size(); ++i) poly[i] += cb * gram[i];
        linearBackwardInput(poly.data(), a.data(), m, m, n, 1.0, false, next.data());
        for (size_t i = 0; i < a.size(); ++i) a[i] = ca * a[i] + next[i];
    }
    for (int64_t i = 0; i < m; ++i) {
        for (int64_t j = 0; j < n; ++j) at(i, j) = static_cast<T>(a[static_cast<size_t>(i * n + j)]);
    }
}

template <typename T>
void dropout(const T* x, int64_t count, uint64_t seed, double rate, bool accumulate, T* out) {
    const double keptScale = 1.0 / (1.0 - rate);
    for (int64_t i = 0; i < count; ++i) {
        const double value = keptByDropout(seed, static_cast<uint64_t>(i), rate) ? x[i] * keptScale : 0.0;
        out[i] = static_cast<T>((accumulate ? static_cast<double>(out[i]) : 0.0) + value);
    }
}

#define LECTERN_INSTANTIATE(T)                                                                          \
    template void trainRmsNorm(const T*, const T*, double, int64_t, int64_t, T*);                       \
    template void rmsNormBackward(const T*, const T*, double, const T*, int64_t, int64_t, T*, T*);      \
    template void trainRope(T*, const T*, const T*, int64_t, int32_t, int32_t, bool);                   \
    template void trainSwiglu(const T*, const T*, int64_t, T*);                                         \
    template void swigluBackward(const T*, const T*, const T*, int64_t, T*, T*);                        \
    template void trainLinear(const T*, const T*, int64_t, int64_t, int64_t, double, bool, T*);         \
    template void linearBackwardInput(const T*, const T*, int64_t, int64_t, int64_t, double, bool, T*); \
    template void linearBackwardWeight(const T*, const T*, int64_t, int64_t, int64_t, double, T*);      \
    template void embeddingBackward(const T*, const int32_t*, int64_t, int64_t, T*);                    \
    template double crossEntropyInPlace(T*, const int32_t*, int64_t, int64_t, double);                  \
    template void adamW(T*, const T*, T*, T*, int64_t, const AdamWArgs&);                               \
    template void orthogonalize(T*, int64_t, int64_t);                                                  \
    template void dropout(const T*, int64_t, uint64_t, double, bool, T*);

LECTERN_INSTANTIATE(float)
LECTERN_INSTANTIATE(double)
#undef LECTERN_INSTANTIATE

}  // namespace lectern::kernels::reference

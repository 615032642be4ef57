#pragma once
// Compares an analytic gradient with central differences in double.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace lectern::test {

/// Deterministic values in [-1, 1).
inline std::vector<double> generatedDoubles(uint32_t seed, int64_t count) {
    std::vector<double> values(static_cast<size_t>(count));
    for (double& value : values) {
        seed = 1664525u * seed + 1013904223u;
        value = static_cast<double>(seed >> 8) / 8388608.0 - 1.0;
    }
    return values;
}

inline std::vector<float> toFloat(const std::vector<double>& values) {
    return {values.begin(), values.end()};
}

inline double dot(const std::vector<double>& a, const std::vector<double>& b) {
    double sum = 0;
    for (size_t i = 0; i < a.size(); ++i) {
        sum += a[i] * b[i];
    }
    return sum;
}

/// Perturbs every value of x (or `most` evenly spread ones) and compares d loss / d x with `analytic`, relative to the
/// gradient's largest entry.
inline void expectGradient(const std::string& what, double* x, const std::vector<double>& analytic,
                           const std::function<double()>& loss, double tolerance = 1e-7, size_t most = 200) {
    double largest = 1e-12;
    for (const double value : analytic) {
        largest = std::max(largest, std::abs(value));
    }
    const size_t stride = std::max<size_t>(1, analytic.size() / most);
    double worst = 0;
    for (size_t i = 0; i < analytic.size(); i += stride) {
        const double kept = x[i], h = 1e-5 * std::max(1.0, std::abs(kept));
        x[i] = kept + h;
        const double above = loss();
        x[i] = kept - h;
        const double below = loss();
        x[i] = kept;
        worst = std::max(worst, std::abs((above - below) / (2 * h) - analytic[i]) / largest);
    }
    EXPECT_LT(worst, tolerance) << what;
    EXPECT_GT(largest, 1e-9) << what << " has no gradient at all";
}

/// Largest difference relative to the largest reference value.
inline double relativeDifference(const std::vector<float>& a, const std::vector<float>& reference) {
    double worst = 0, largest = 1e-30;
    for (size_t i = 0; i < a.size(); ++i) {
        worst = std::max(worst, std::abs(static_cast<double>(a[i]) - static_cast<double>(reference[i])));
        largest = std::max(largest, std::abs(static_cast<double>(reference[i])));
        if (std::isnan(a[i])) {
            return 1e30;
        }
    }
    return a.size() == reference.size() ? worst / largest : 1e30;
}

}  // namespace lectern::test

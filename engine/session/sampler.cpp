#include "engine/session/sampler.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace lectern {
namespace {

TokenId argmax(std::span<const float> logits) {
    size_t best = 0;
    for (size_t i = 1; i < logits.size(); ++i) {
        if (logits[i] > logits[best]) {
            best = i;
        }
    }
    return static_cast<TokenId>(best);
}

}  // namespace

TokenId Sampler::next(std::span<const float> logits) {
    if (m_options.temperature <= 0) {
        return argmax(logits);
    }
    std::vector<int32_t> order(logits.size());
    std::iota(order.begin(), order.end(), 0);
    const auto byLogit = [&](int32_t a, int32_t b) {
        return logits[static_cast<size_t>(a)] != logits[static_cast<size_t>(b)]
                   ? logits[static_cast<size_t>(a)] > logits[static_cast<size_t>(b)]
                   : a < b;
    };
    size_t keep = order.size();
    if (m_options.topK > 0) {
        keep = std::min(keep, static_cast<size_t>(m_options.topK));
    }
    std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(keep), order.end(), byLogit);

    std::vector<double> weights(keep);
    const double top = logits[static_cast<size_t>(order[0])];
    double total = 0;
    for (size_t i = 0; i < keep; ++i) {
        weights[i] = std::exp((logits[static_cast<size_t>(order[i])] - top) / m_options.temperature);
        total += weights[i];
    }
    if (m_options.topP < 1.0f) {
        double kept = 0;
        size_t count = 0;
        while (count < keep && kept < static_cast<double>(m_options.topP) * total) {
            kept += weights[count++];
        }
        keep = std::max<size_t>(1, count);
        total = kept;
    }
    // Own inversion instead of std::discrete_distribution, whose algorithm the standard leaves open: seeds must
    // reproduce.
    double target = static_cast<double>(m_random() >> 11) * 0x1.0p-53 * total;
    for (size_t i = 0; i + 1 < keep; ++i) {
        target -= weights[i];
        if (target < 0) {
            return order[i];
        }
    }
    return order[keep - 1];
}

}  // namespace lectern

#pragma once
// Region summaries and queries for the selection tests.

#include <algorithm>
#include <memory>

#include "kernels/cuda/select.h"
#include "kernels/reference/reference.h"
#include "tests/kernels/cuda/cuda_test.h"

namespace lectern::kernels::cuda::testing {

/// Summaries of Hkv heads. Small integers make every score exact in bf16 products and f32 sums, so that equality with
/// the reference is equality of lists, ties included.
struct Summaries {
    Summaries(int32_t heads, int64_t regions, int32_t dim, int32_t ratio, bool integers, unsigned seed)
        : kvHeads(heads), capacity(regions + 3), headDim(dim), superRegions(ratio) {
        const auto size = static_cast<size_t>(heads * capacity * dim);
        std::mt19937 generator(seed);
        mean.resize(size);
        min.resize(size);
        max.resize(size);
        if (!integers) mean = randomBf16(size, seed + 1);
        for (size_t i = 0; i < size; ++i) {
            if (integers) mean[i] = static_cast<float>(static_cast<int>(generator() % 7) - 3);
            min[i] = bfloat16ToFloat(floatToBfloat16(mean[i] - static_cast<float>(generator() % 3)));
            max[i] = bfloat16ToFloat(floatToBfloat16(mean[i] + static_cast<float>(generator() % 3)));
        }
        makeSupers();
        deviceMean = std::make_unique<Device<Bf16>>(toBits(mean));
        deviceMin = std::make_unique<Device<Bf16>>(toBits(min));
        deviceMax = std::make_unique<Device<Bf16>>(toBits(max));
        args = {*deviceMean,   *deviceMin, *deviceMax, capacity,    *superMeanMin,
                *superMeanMax, *superMin,  *superMax,  superRegions};
    }
    void makeSupers() {
        const int64_t supers = (capacity + superRegions - 1) / superRegions;
        const auto reduce = [&](const std::vector<float>& from, bool largest) {
            std::vector<float> out(static_cast<size_t>(kvHeads * supers * headDim), largest ? -1e30f : 1e30f);
            for (int64_t h = 0; h < kvHeads; ++h) {
                for (int64_t r = 0; r < capacity; ++r) {
                    for (int64_t d = 0; d < headDim; ++d) {
                        float& to = out[static_cast<size_t>((h * supers + r / superRegions) * headDim + d)];
                        const float x = from[static_cast<size_t>((h * capacity + r) * headDim + d)];
                        to = largest ? std::max(to, x) : std::min(to, x);
                    }
                }
            }
            return std::make_unique<Device<Bf16>>(toBits(out));
        };
        superMeanMin = reduce(mean, false);
        superMeanMax = reduce(mean, true);
        superMin = reduce(min, false);
        superMax = reduce(max, true);
    }
    RegionSummaryView view(int32_t head, int64_t regions) const {
        const auto at = static_cast<size_t>(head * capacity * headDim);
        return {&mean[at], &min[at], &max[at], headDim, regions};
    }
    int32_t kvHeads;
    int64_t capacity;
    int32_t headDim, superRegions;
    std::vector<float> mean, min, max;
    std::unique_ptr<Device<Bf16>> deviceMean, deviceMin, deviceMax, superMeanMin, superMeanMax, superMin, superMax;
    DeviceSummaries args;
};

inline std::vector<float> integerQueries(size_t count, unsigned seed) {
    std::mt19937 generator(seed);
    std::vector<float> q(count);
    for (float& x : q) x = static_cast<float>(static_cast<int>(generator() % 5) - 2);
    return q;
}

}  // namespace lectern::kernels::cuda::testing

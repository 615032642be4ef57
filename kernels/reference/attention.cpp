#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "kernels/common/validate.h"
#include "kernels/reference/reference.h"

namespace lectern::kernels::reference {
namespace {

/// A cached key or value of token `token`, f32 [Dh]: from its page, or from the f32 tail of the unfinished region.
std::vector<float> cachedVector(const KvView& kv, bool isKey, int32_t head, int64_t token) {
    const int64_t p = kv.regionTokens;
    const int64_t complete = kv.completeRegions() * p;
    const auto dim = static_cast<size_t>(kv.headDim);
    if (token >= complete) {
        const float* tail = (isKey ? kv.tailKeys : kv.tailValues) + (head * p + token - complete) * kv.headDim;
        return {tail, tail + dim};
    }
    const std::byte* page = kv.page(isKey, token);
    std::vector<float> region(static_cast<size_t>(p) * dim);
    loadRegion(page, kv.type, kv.pageTokens, kv.regionTokens, kv.kvHeads, kv.headDim, head,
               static_cast<int32_t>(token % kv.pageTokens / p), region.data());
    const auto begin = region.begin() + token % p * kv.headDim;
    return {begin, begin + kv.headDim};
}

}  // namespace

Status gatheredAttention(const GatheredAttentionArgs& args) {
    if (!validGatheredAttention(args)) return Status::InvalidArgument;
    const KvView& kv = args.kv;
    const int64_t dim = kv.headDim;

    // What the gather would copy: the tokens of the regions, then the own tokens, in that order.
    std::vector<int64_t> tokens;
    std::vector<int64_t> slot;
    for (int64_t i = 0; i < args.regionCount; ++i) {
        for (int64_t j = 0; j < kv.regionTokens; ++j) {
            tokens.push_back(static_cast<int64_t>(args.regions[i]) * kv.regionTokens + j);
            slot.push_back(i);
        }
    }
    for (int64_t j = args.ownBegin; j < args.firstQuery + args.queryTokens; ++j) {
        tokens.push_back(j);
        slot.push_back(args.regionCount);
    }
    std::vector<std::vector<float>> keys, values;
    for (const int64_t token : tokens) {
        keys.push_back(cachedVector(kv, true, args.kvHead, token));
        values.push_back(cachedVector(kv, false, args.kvHead, token));
        if (args.gatherCos != nullptr) {
            const int64_t row = token * (dim / 2);
            rope(keys.back().data(), args.gatherCos + row, args.gatherSin + row, 1, 1, kv.headDim);
        }
    }

    const bool writeMass = args.regionMass != nullptr && args.queryTokens == 1;
    if (writeMass) std::fill_n(args.regionMass, args.groupHeads * (args.regionCount + 1), 0.0f);
    for (int64_t t = 0; t < args.queryTokens; ++t) {
        const int64_t position = args.firstQuery + t;
        for (int64_t g = 0; g < args.groupHeads; ++g) {
            const float* q = args.q + t * args.qStride + g * dim;
            std::vector<double> weights(tokens.size(), -std::numeric_limits<double>::infinity());
            double largest = -std::numeric_limits<double>::infinity();
            for (size_t j = 0; j < tokens.size(); ++j) {
                const bool later = slot[j] == args.regionCount && tokens[j] > position;
                const bool tooOld = args.slidingWindow > 0 && tokens[j] <= position - args.slidingWindow;
                if (later || tooOld) continue;
                double dot = 0.0;
                for (int64_t d = 0; d < dim; ++d) dot += static_cast<double>(q[d]) * keys[j][static_cast<size_t>(d)];
                weights[j] = dot * args.scale;
                largest = std::max(largest, weights[j]);
            }
            double total = 0.0;
            std::vector<double> sum(static_cast<size_t>(dim), 0.0);
            std::vector<double> mass(static_cast<size_t>(args.regionCount) + 1, 0.0);
            for (size_t j = 0; j < tokens.size(); ++j) {
                if (std::isinf(weights[j])) continue;
                const double e = std::exp(weights[j] - largest);
                total += e;
                mass[static_cast<size_t>(slot[j])] += e;
                for (size_t d = 0; d < sum.size(); ++d) sum[d] += e * values[j][d];
            }
            float* out = args.out + t * args.outStride + g * dim;
            for (size_t d = 0; d < sum.size(); ++d) out[d] = total > 0.0 ? static_cast<float>(sum[d] / total) : 0.0f;
            for (size_t i = 0; writeMass && total > 0.0 && i < mass.size(); ++i) {
                args.regionMass[g * (args.regionCount + 1) + static_cast<int64_t>(i)] =
                    static_cast<float>(mass[i] / total);
            }
        }
    }
    return Status::Ok;
}

}  // namespace lectern::kernels::reference

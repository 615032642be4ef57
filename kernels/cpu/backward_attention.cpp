#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/backward_attention.cpp"
#include "hwy/foreach_target.h"
// foreach_target must come first.
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "kernels/cpu/backward.h"
#include "kernels/cpu/cpu.h"
#include "kernels/cpu/scratch.h"
#include "kernels/cpu/simd-inl.h"

HWY_BEFORE_NAMESPACE();
namespace lectern::kernels::cpu {
namespace HWY_NAMESPACE {

/// One row of an online softmax: turns scores [begin, end) of s [count] into exp(s * scale - newMax), the rest into 0,
/// and updates the running maximum and sum. Returns the factor for what was accumulated under the old maximum.
float softmaxRow(float* s, int64_t begin, int64_t end, int64_t count, float scale, float* runningMax,
                 double* runningSum) {
    if (begin >= end) {
        std::fill_n(s, count, 0.0f);
        return 1.0f;
    }
    const int64_t lanes = floatLanes();
    float largest = -std::numeric_limits<float>::infinity();
    int64_t i = begin;
    if (end - begin >= lanes) {
        FloatVec best = hn::LoadU(kFloat, s + i);
        for (; i + lanes <= end; i += lanes) best = hn::Max(best, hn::LoadU(kFloat, s + i));
        largest = maxOfLanes(best);
    }
    for (; i < end; ++i) largest = std::max(largest, s[i]);
    const float newMax = std::max(*runningMax, largest * scale);
    const float factor = std::exp(*runningMax - newMax);

    const FloatVec vScale = hn::Set(kFloat, scale), vMax = hn::Set(kFloat, newMax);
    FloatVec sum = hn::Zero(kFloat);
    float tail = 0.0f;
    for (i = begin; i + lanes <= end; i += lanes) {
        const FloatVec e = expClamped(hn::MulSub(hn::LoadU(kFloat, s + i), vScale, vMax));
        hn::StoreU(e, kFloat, s + i);
        sum = hn::Add(sum, e);
    }
    for (; i < end; ++i) {
        s[i] = std::exp(s[i] * scale - newMax);
        tail += s[i];
    }
    std::fill(s, s + begin, 0.0f);
    std::fill(s + end, s + count, 0.0f);
    *runningMax = newMax;
    *runningSum = *runningSum * static_cast<double>(factor) + static_cast<double>(sumOfLanes(sum) + tail);
    return factor;
}

void scaleRow(float* x, float factor, int64_t count) {
    const int64_t lanes = floatLanes();
    const FloatVec f = hn::Set(kFloat, factor);
    int64_t i = 0;
    for (; i + lanes <= count; i += lanes) hn::StoreU(hn::Mul(hn::LoadU(kFloat, x + i), f), kFloat, x + i);
    for (; i < count; ++i) x[i] *= factor;
}

/// s becomes exp(s * scale - logSumExp[i]) for one key over `count` query rows.
void probabilityRow(float* s, const float* logSumExp, float scale, int64_t count) {
    const int64_t lanes = floatLanes();
    const FloatVec vScale = hn::Set(kFloat, scale);
    int64_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        const FloatVec shifted = hn::MulSub(hn::LoadU(kFloat, s + i), vScale, hn::LoadU(kFloat, logSumExp + i));
        hn::StoreU(expClamped(shifted), kFloat, s + i);
    }
    for (; i < count; ++i) s[i] = std::exp(s[i] * scale - logSumExp[i]);
}

/// dp becomes p * (dp - delta[i]) * scale for one key over `count` query rows.
void scoreGradientRow(float* dp, const float* p, const float* delta, float scale, int64_t count) {
    const int64_t lanes = floatLanes();
    const FloatVec vScale = hn::Set(kFloat, scale);
    int64_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        const FloatVec difference = hn::Sub(hn::LoadU(kFloat, dp + i), hn::LoadU(kFloat, delta + i));
        hn::StoreU(hn::Mul(hn::Mul(hn::LoadU(kFloat, p + i), difference), vScale), kFloat, dp + i);
    }
    for (; i < count; ++i) dp[i] = p[i] * (dp[i] - delta[i]) * scale;
}

}  // namespace HWY_NAMESPACE
}  // namespace lectern::kernels::cpu
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace lectern::kernels::cpu {
namespace {

HWY_EXPORT(softmaxRow);
HWY_EXPORT(scaleRow);
HWY_EXPORT(probabilityRow);
HWY_EXPORT(scoreGradientRow);

using Args = TrainAttentionArgs<float>;

// A tile of scores is 128 KiB: two of them and the gathered keys stay in the second cache level.
constexpr int64_t kRowTile = 128;
constexpr int64_t kKeyTile = 256;

/// What a block attends, in gathered order (which is ascending), and what each of its rows sees of it.
struct Gather {
    std::vector<int64_t> tokens;
    std::vector<int64_t> begin, end;  ///< per row, into tokens

    explicit Gather(const Args& args) {
        const int64_t last = args.firstQuery + args.rows - 1;
        const int64_t gathered = args.regionCount * args.regionTokens;
        tokens.reserve(static_cast<size_t>(gathered + last + 1 - args.ownBegin));
        for (int64_t i = 0; i < args.regionCount; ++i) {
            for (int64_t j = 0; j < args.regionTokens; ++j) {
                tokens.push_back(static_cast<int64_t>(args.regions[i]) * args.regionTokens + j);
            }
        }
        for (int64_t token = args.ownBegin; token <= last; ++token) tokens.push_back(token);
        for (int64_t t = 0; t < args.rows; ++t) {
            const int64_t position = args.firstQuery + t;
            end.push_back(gathered + position - args.ownBegin + 1);
            const int64_t oldest = args.slidingWindow > 0 ? position - args.slidingWindow : -1;
            begin.push_back(std::upper_bound(tokens.begin(), tokens.end(), oldest) - tokens.begin());
        }
    }
    int64_t size() const { return static_cast<int64_t>(tokens.size()); }
    /// Whether every row of [row, row + rows) sees all of keys [key, key + keys).
    bool allVisible(int64_t row, int64_t rows, int64_t key, int64_t keys) const {
        return begin[static_cast<size_t>(row + rows - 1)] <= key && end[static_cast<size_t>(row)] >= key + keys;
    }
    bool noneVisible(int64_t row, int64_t rows, int64_t key, int64_t keys) const {
        return begin[static_cast<size_t>(row)] >= key + keys || end[static_cast<size_t>(row + rows - 1)] <= key;
    }
};

void gatherRows(const float* from, int64_t stride, const int64_t* tokens, int64_t count, int64_t dim, float* to) {
    for (int64_t j = 0; j < count; ++j) std::copy_n(from + tokens[j] * stride, dim, to + j * dim);
}

/// Memory of one thread, grown to its largest block.
struct Workspace {
    Scratch<float> keys, keysT, values, valuesT, scores, gradients, transposed, queriesT, outT, dQ, dK, dV, rowData;
};

Workspace& workspace() {
    thread_local Workspace held;
    return held;
}

}  // namespace

Status trainAttention(const Args& args) {
    if (!validTrainAttention(args)) return Status::InvalidArgument;
    const Gather gather(args);
    const int64_t dim = args.headDim;
    const auto scale = static_cast<float>(args.scale);
    Workspace& work = workspace();
    float* keys = work.keys.reserve(static_cast<size_t>(kKeyTile * dim));
    float* values = work.values.reserve(static_cast<size_t>(kKeyTile * dim));
    float* valuesT = work.valuesT.reserve(static_cast<size_t>(kKeyTile * dim));
    float* scores = work.scores.reserve(static_cast<size_t>(kKeyTile * kRowTile));
    float* sums = work.outT.reserve(static_cast<size_t>(args.rows * dim));
    if (!keys || !values || !valuesT || !scores || !sums) return Status::InvalidArgument;
    std::fill_n(sums, args.rows * dim, 0.0f);
    std::vector<float> largest(static_cast<size_t>(args.rows), -std::numeric_limits<float>::infinity());
    std::vector<double> total(static_cast<size_t>(args.rows), 0.0);
    const auto softmax = HWY_DYNAMIC_DISPATCH(softmaxRow);
    const auto rescale = HWY_DYNAMIC_DISPATCH(scaleRow);

    for (int64_t key = 0; key < gather.size(); key += kKeyTile) {
        const int64_t keyCount = std::min(kKeyTile, gather.size() - key);
        gatherRows(args.k, args.kvStride, gather.tokens.data() + key, keyCount, dim, keys);
        gatherRows(args.v, args.kvStride, gather.tokens.data() + key, keyCount, dim, values);
        transpose(values, dim, keyCount, dim, valuesT, keyCount);
        for (int64_t row = 0; row < args.rows; row += kRowTile) {
            const int64_t rowCount = std::min(kRowTile, args.rows - row);
            if (gather.noneVisible(row, rowCount, key, keyCount)) continue;
            gemmTransposedB(args.q + row * args.qStride, args.qStride, keys, dim, scores, keyCount, rowCount, keyCount,
                            dim, false);
            for (int64_t r = 0; r < rowCount; ++r) {
                const auto at = static_cast<size_t>(row + r);
                const int64_t begin = std::clamp<int64_t>(gather.begin[at] - key, 0, keyCount);
                const int64_t end = std::clamp<int64_t>(gather.end[at] - key, 0, keyCount);
                const float factor =
                    softmax(scores + r * keyCount, begin, end, keyCount, scale, &largest[at], &total[at]);
                if (factor != 1.0f) rescale(sums + (row + r) * dim, factor, dim);
            }
            gemmTransposedB(scores, keyCount, valuesT, keyCount, sums + row * dim, dim, rowCount, dim, keyCount, true);
        }
    }
    for (int64_t t = 0; t < args.rows; ++t) {
        const auto at = static_cast<size_t>(t);
        rescale(sums + t * dim, static_cast<float>(1.0 / total[at]), dim);
        std::copy_n(sums + t * dim, dim, args.out + t * args.outStride);
        args.logSumExp[t * args.logSumExpStride] =
            static_cast<float>(static_cast<double>(largest[at]) + std::log(total[at]));
    }
    return Status::Ok;
}

Status trainAttentionBackward(const Args& args) {
    if (!validTrainAttention(args)) return Status::InvalidArgument;
    const Gather gather(args);
    const int64_t dim = args.headDim, rows = args.rows;
    const auto scale = static_cast<float>(args.scale);
    Workspace& work = workspace();
    const auto tile = static_cast<size_t>(kKeyTile * dim), square = static_cast<size_t>(kKeyTile * kRowTile);
    float* keys = work.keys.reserve(tile);
    float* keysT = work.keysT.reserve(tile);
    float* values = work.values.reserve(tile);
    float* dK = work.dK.reserve(tile);
    float* dV = work.dV.reserve(tile);
    float* probability = work.scores.reserve(square);
    float* gradient = work.gradients.reserve(square);
    float* transposed = work.transposed.reserve(square);
    float* queriesT = work.queriesT.reserve(static_cast<size_t>(rows * dim));
    float* dOutT = work.outT.reserve(static_cast<size_t>(rows * dim));
    float* dQ = work.dQ.reserve(static_cast<size_t>(rows * dim));
    float* rowData = work.rowData.reserve(static_cast<size_t>(rows * 2));
    if (!keys || !keysT || !values || !dK || !dV || !probability || !gradient || !transposed || !queriesT || !dOutT ||
        !dQ || !rowData) {
        return Status::InvalidArgument;
    }
    float* delta = rowData;
    float* logSumExp = rowData + rows;
    for (int64_t t = 0; t < rows; ++t) {
        double sum = 0.0;
        for (int64_t d = 0; d < dim; ++d) {
            sum += static_cast<double>(args.out[t * args.outStride + d]) *
                   static_cast<double>(args.dOut[t * args.outStride + d]);
        }
        delta[t] = static_cast<float>(sum);
        logSumExp[t] = args.logSumExp[t * args.logSumExpStride];
    }
    transpose(args.q, args.qStride, rows, dim, queriesT, rows);
    transpose(args.dOut, args.outStride, rows, dim, dOutT, rows);
    std::fill_n(dQ, rows * dim, 0.0f);
    const auto toProbability = HWY_DYNAMIC_DISPATCH(probabilityRow);
    const auto toGradient = HWY_DYNAMIC_DISPATCH(scoreGradientRow);

    for (int64_t key = 0; key < gather.size(); key += kKeyTile) {
        const int64_t keyCount = std::min(kKeyTile, gather.size() - key);
        gatherRows(args.k, args.kvStride, gather.tokens.data() + key, keyCount, dim, keys);
        gatherRows(args.v, args.kvStride, gather.tokens.data() + key, keyCount, dim, values);
        transpose(keys, dim, keyCount, dim, keysT, keyCount);
        std::fill_n(dK, keyCount * dim, 0.0f);
        std::fill_n(dV, keyCount * dim, 0.0f);
        for (int64_t row = 0; row < rows; row += kRowTile) {
            const int64_t rowCount = std::min(kRowTile, rows - row);
            if (gather.noneVisible(row, rowCount, key, keyCount)) continue;
            const bool masked = !gather.allVisible(row, rowCount, key, keyCount);
            // Transposed scores [key, row]: both products with P^T and dS^T then read rows that lie together.
            gemmTransposedB(keys, dim, args.q + row * args.qStride, args.qStride, probability, rowCount, keyCount,
                            rowCount, dim, false);
            gemmTransposedB(values, dim, args.dOut + row * args.outStride, args.outStride, gradient, rowCount, keyCount,
                            rowCount, dim, false);
            for (int64_t j = 0; j < keyCount; ++j) {
                float* p = probability + j * rowCount;
                toProbability(p, logSumExp + row, scale, rowCount);
                for (int64_t r = 0; masked && r < rowCount; ++r) {
                    const auto at = static_cast<size_t>(row + r);
                    if (key + j < gather.begin[at] || key + j >= gather.end[at]) p[r] = 0.0f;
                }
                toGradient(gradient + j * rowCount, p, delta + row, scale, rowCount);
            }
            gemmTransposedB(probability, rowCount, dOutT + row, rows, dV, dim, keyCount, dim, rowCount, true);
            gemmTransposedB(gradient, rowCount, queriesT + row, rows, dK, dim, keyCount, dim, rowCount, true);
            transpose(gradient, rowCount, keyCount, rowCount, transposed, keyCount);
            gemmTransposedB(transposed, keyCount, keysT, keyCount, dQ + row * dim, dim, rowCount, dim, keyCount, true);
        }
        for (int64_t j = 0; j < keyCount; ++j) {
            const int64_t token = gather.tokens[static_cast<size_t>(key + j)];
            addInPlace(args.dK + token * args.dKvStride, dK + j * dim, dim);
            addInPlace(args.dV + token * args.dKvStride, dV + j * dim, dim);
        }
    }
    for (int64_t t = 0; t < rows; ++t) std::copy_n(dQ + t * dim, dim, args.dQ + t * args.qStride);
    return Status::Ok;
}

}  // namespace lectern::kernels::cpu
#endif

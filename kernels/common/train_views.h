#pragma once
// Argument structs of the training kernels. `reference/` runs them in float and in double (finite differences need the
// latter), `cpu/` in float. All pointers are borrowed; "+=" marks outputs that are added to.

#include "kernels/common/types.h"

namespace lectern::kernels {

/// One block of query rows of one query head over the tokens it may see, forward and backward: the training twin of
/// GatheredAttentionArgs over keys and values that lie dense in memory, with the log-sum-exp of each row saved.
///
/// Row t is token firstQuery + t; it sees every token of `regions` (ascending, distinct, all ending at or before
/// ownBegin) and the tokens [ownBegin, firstQuery + t], less those at or before its index - slidingWindow. q, out,
/// dOut and dQ point at row 0 of the block; k, v, dK and dV at token 0. Strides are in values between tokens.
template <typename T>
struct TrainAttentionArgs {
    const T* q = nullptr;
    int64_t qStride = 0;
    int64_t rows = 0;
    const T* k = nullptr;
    const T* v = nullptr;
    int64_t kvStride = 0;
    int32_t headDim = 0;
    const RegionId* regions = nullptr;
    int64_t regionCount = 0;
    int32_t regionTokens = 0;
    int64_t ownBegin = 0;
    int64_t firstQuery = 0;
    int64_t slidingWindow = 0;  ///< 0: none
    double scale = 1.0;
    T* out = nullptr;  ///< backward reads it
    int64_t outStride = 0;
    T* logSumExp = nullptr;  ///< row t at t * logSumExpStride; backward reads it
    int64_t logSumExpStride = 1;

    // Backward only.
    const T* dOut = nullptr;  ///< stride outStride
    T* dQ = nullptr;          ///< stride qStride, written
    T* dK = nullptr;          ///< stride dKvStride, +=
    T* dV = nullptr;          ///< stride dKvStride, +=
    int64_t dKvStride = 0;
};

/// One AdamW update (arXiv 1711.05101): decoupled decay, bias-corrected moments, `step` counted from 1.
struct AdamWArgs {
    double learningRate = 0;
    double beta1 = 0.9;
    double beta2 = 0.999;
    double epsilon = 1e-8;
    double weightDecay = 0;
    double gradientScale = 1;  ///< clipping factor
    int64_t step = 1;
};

template <typename T>
bool validTrainAttention(const TrainAttentionArgs<T>& args) {
    if (args.rows < 0 || args.headDim <= 0 || args.headDim > 256 || args.headDim % 8 != 0 || args.regionTokens <= 0 ||
        args.regionCount < 0 || args.ownBegin < 0 || args.firstQuery < args.ownBegin || args.slidingWindow < 0) {
        return false;
    }
    RegionId previous = -1;
    for (int64_t i = 0; i < args.regionCount; ++i) {
        if (args.regions[i] <= previous) return false;
        previous = args.regions[i];
    }
    return (static_cast<int64_t>(previous) + 1) * args.regionTokens <= args.ownBegin;
}

}  // namespace lectern::kernels

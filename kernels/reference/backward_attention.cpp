#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "kernels/reference/backward.h"

namespace lectern::kernels::reference {
namespace {

/// Tokens row `t` sees, in the order of the gather.
template <typename T>
std::vector<int64_t> visibleTokens(const TrainAttentionArgs<T>& args, int64_t t) {
    const int64_t position = args.firstQuery + t;
    std::vector<int64_t> tokens;
    const auto add = [&](int64_t token) {
        if (args.slidingWindow == 0 || token > position - args.slidingWindow) tokens.push_back(token);
    };
    for (int64_t i = 0; i < args.regionCount; ++i) {
        for (int64_t j = 0; j < args.regionTokens; ++j) {
            add(static_cast<int64_t>(args.regions[i]) * args.regionTokens + j);
        }
    }
    for (int64_t token = args.ownBegin; token <= position; ++token) add(token);
    return tokens;
}

template <typename T>
double dot(const T* a, const T* b, int64_t count) {
    double sum = 0.0;
    for (int64_t i = 0; i < count; ++i) sum += static_cast<double>(a[i]) * b[i];
    return sum;
}

}  // namespace

template <typename T>
Status trainAttention(const TrainAttentionArgs<T>& args) {
    if (!validTrainAttention(args)) return Status::InvalidArgument;
    const int64_t dim = args.headDim;
    for (int64_t t = 0; t < args.rows; ++t) {
        const std::vector<int64_t> tokens = visibleTokens(args, t);
        std::vector<double> scores;
        double largest = -std::numeric_limits<double>::infinity();
        for (const int64_t token : tokens) {
            scores.push_back(dot(args.q + t * args.qStride, args.k + token * args.kvStride, dim) * args.scale);
            largest = std::max(largest, scores.back());
        }
        double total = 0.0;
        for (double& score : scores) total += score = std::exp(score - largest);
        std::vector<double> sum(static_cast<size_t>(dim), 0.0);
        for (size_t j = 0; j < tokens.size(); ++j) {
            for (int64_t d = 0; d < dim; ++d) {
                sum[static_cast<size_t>(d)] += scores[j] * args.v[tokens[j] * args.kvStride + d];
            }
        }
        for (int64_t d = 0; d < dim; ++d) {
            args.out[t * args.outStride + d] = static_cast<T>(sum[static_cast<size_t>(d)] / total);
        }
        args.logSumExp[t * args.logSumExpStride] = static_cast<T>(largest + std::log(total));
    }
    return Status::Ok;
}

template <typename T>
Status trainAttentionBackward(const TrainAttentionArgs<T>& args) {
    if (!validTrainAttention(args)) return Status::InvalidArgument;
    const int64_t dim = args.headDim;
    for (int64_t t = 0; t < args.rows; ++t) {
        const T* q = args.q + t * args.qStride;
        const T* dOut = args.dOut + t * args.outStride;
        // Softmax backward needs sum_j P_j dP_j, which is <out, dOut>.
        const double delta = dot(args.out + t * args.outStride, dOut, dim);
        std::vector<double> dQ(static_cast<size_t>(dim), 0.0);
        for (const int64_t token : visibleTokens(args, t)) {
            const T* k = args.k + token * args.kvStride;
            const double probability = std::exp(dot(q, k, dim) * args.scale - args.logSumExp[t * args.logSumExpStride]);
            const double dP = dot(dOut, args.v + token * args.kvStride, dim);
            const double dScore = probability * (dP - delta) * args.scale;
            for (int64_t d = 0; d < dim; ++d) {
                dQ[static_cast<size_t>(d)] += dScore * k[d];
                args.dK[token * args.dKvStride + d] += static_cast<T>(dScore * q[d]);
                args.dV[token * args.dKvStride + d] += static_cast<T>(probability * dOut[d]);
            }
        }
        for (int64_t d = 0; d < dim; ++d) {
            args.dQ[t * args.qStride + d] = static_cast<T>(dQ[static_cast<size_t>(d)]);
        }
    }
    return Status::Ok;
}

template Status trainAttention(const TrainAttentionArgs<float>&);
template Status trainAttention(const TrainAttentionArgs<double>&);
template Status trainAttentionBackward(const TrainAttentionArgs<float>&);
template Status trainAttentionBackward(const TrainAttentionArgs<double>&);

}  // namespace lectern::kernels::reference

// Loss and optimizer ops of the CPU training backend.

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/core/check.h"
#include "engine/train/cpu_train_backend.h"
#include "kernels/cpu/backward.h"
#include "kernels/cpu/cpu.h"

namespace lectern {

Result<double> CpuTrainBackend::crossEntropyInPlace(TrainTensor& logits, std::span<const TokenId> targets,
                                                    double scale) {
    const int64_t vocab = logits.columns;
    for (const TokenId target : targets) {
        if (target < 0 || target >= vocab) {
            return Error{ErrorCode::InvalidInput, "Token " + std::to_string(target) +
                                                      " is outside the model's vocabulary of " + std::to_string(vocab) +
                                                      "."};
        }
    }
    std::vector<double> losses(targets.size());
    forRows(static_cast<int64_t>(targets.size()), [&](int64_t begin, int64_t rows) {
        kernels::cpu::crossEntropyInPlace(logits.as<float>() + begin * vocab, targets.data() + begin, rows, vocab,
                                          scale, losses.data() + begin);
    });
    return std::accumulate(losses.begin(), losses.end(), 0.0);
}

Result<double> CpuTrainBackend::sumOfSquares(std::span<const TrainTensor* const> tensors) {
    double sum = 0;
    for (const TrainTensor* tensor : tensors) {
        sum += kernels::cpu::sumOfSquares(tensor->as<float>(), tensor->size());
    }
    return sum;
}

Result<void> CpuTrainBackend::adamW(TrainTensor& value, const TrainTensor& gradient, TrainTensor& m, TrainTensor& v,
                                    const kernels::AdamWArgs& args) {
    forValues(value.size(), [&](int64_t begin, int64_t count) {
        kernels::cpu::adamW(value.as<float>() + begin, gradient.as<float>() + begin, m.as<float>() + begin,
                            v.as<float>() + begin, count, args);
    });
    return {};
}

Result<void> CpuTrainBackend::muon(TrainTensor& value, const TrainTensor& gradient, TrainTensor& momentum,
                                   const MuonArgs& args) {
    const int64_t rows = value.rows, columns = value.columns;
    const auto scale = static_cast<float>(args.gradientScale), mu = static_cast<float>(args.momentum);
    kernels::cpu::blend(scale, gradient.as<float>(), mu, momentum.as<float>(), value.size());
    // Nesterov: the momentum is applied once more to the fresh gradient.
    std::vector<float> direction(gradient.as<float>(), gradient.as<float>() + value.size());
    kernels::cpu::blend(mu, momentum.as<float>(), scale, direction.data(), value.size());

    // Newton-Schulz on the wide orientation: X <- aX + (bG + cG^2) X, G = X X^T.
    constexpr float kA = 3.4445f, kB = -4.7750f, kC = 2.0315f;
    const bool tall = rows > columns;
    const int64_t m = std::min(rows, columns), n = std::max(rows, columns);
    std::vector<float> x, gram(static_cast<size_t>(m * m)), square(gram.size());
    if (tall) {
        transposeAll(direction.data(), rows, columns, 1.0f, x);
    } else {
        x = direction;
    }
    const auto norm = static_cast<float>(std::sqrt(kernels::cpu::sumOfSquares(x.data(), value.size())) + 1e-7);
    kernels::cpu::blend(0.0f, x.data(), 1.0f / norm, x.data(), value.size());
    std::vector<float> next(x.size());
    for (int round = 0; round < 5; ++round) {
        product(x.data(), n, x.data(), n, gram.data(), m, m, m, n, false);
        product(gram.data(), m, gram.data(), m, square.data(), m, m, m, m, false);
        kernels::cpu::blend(kB, gram.data(), kC, square.data(), m * m);
        productPlain({square.data(), m, 1, x.data(), n, next.data(), n, m, n, m, 1.0f, false});
        kernels::cpu::blend(1.0f, next.data(), kA, x.data(), value.size());
    }
    if (tall) {
        transposeAll(x.data(), m, n, 1.0f, direction);
    } else {
        direction = x;
    }
    const double step = args.learningRate * 0.2 * std::sqrt(static_cast<double>(n));
    kernels::cpu::blend(static_cast<float>(-step), direction.data(),
                        static_cast<float>(1.0 - args.learningRate * args.weightDecay), value.as<float>(),
                        value.size());
    return {};
}

}  // namespace lectern

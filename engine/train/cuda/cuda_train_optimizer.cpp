// Loss and optimizer ops of the CUDA training backend.

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "engine/train/cuda/cuda_train_backend.h"
#include "kernels/cuda/elementwise.h"
#include "kernels/cuda/train_elementwise.h"

namespace lectern {
namespace {

using kernels::cuda::MatrixProduct;

}  // namespace

Result<double> CudaTrainBackend::crossEntropyInPlace(TrainTensor& logits, std::span<const TokenId> targets,
                                                     double scale) {
    const int64_t vocab = logits.columns, rows = static_cast<int64_t>(targets.size());
    for (const TokenId target : targets) {
        if (target < 0 || target >= vocab) {
            return Error{ErrorCode::InvalidInput, "Token " + std::to_string(target) +
                                                      " is outside the model's vocabulary of " + std::to_string(vocab) +
                                                      "."};
        }
    }
    LECTERN_ASSIGN(const TokenId* uploaded, m_uploads.upload(targets, stream()));
    LECTERN_ASSIGN(std::byte * losses, scratch(kParts, rows * 4));
    LECTERN_TRY(
        tried(kernels::cuda::crossEntropyInPlace(logits.as<Bf16>(), uploaded, rows, vocab, static_cast<float>(scale),
                                                 reinterpret_cast<float*>(losses), stream()),
              "computing the loss"));
    std::vector<float> host(targets.size());
    LECTERN_TRY(tried(cudaMemcpyAsync(host.data(), losses, host.size() * 4, cudaMemcpyDeviceToHost, stream()),
                      "reading the loss"));
    LECTERN_TRY(synchronize());
    return std::accumulate(host.begin(), host.end(), 0.0);
}

Result<double> CudaTrainBackend::sumOfSquares(std::span<const TrainTensor* const> tensors) {
    std::vector<kernels::cuda::SquaresArray> arrays;
    int64_t parts = 0;
    for (const TrainTensor* tensor : tensors) {
        arrays.push_back({tensor->as<float>(), tensor->size()});
        parts += kernels::cuda::squareParts(tensor->size());
    }
    LECTERN_ASSIGN(std::byte * sums, scratch(kParts, parts * 8));
    LECTERN_TRY(
        tried(kernels::cuda::sumOfSquares(arrays, reinterpret_cast<double*>(sums), stream()), "adding up squares"));
    std::vector<double> host(static_cast<size_t>(parts));
    LECTERN_TRY(tried(cudaMemcpyAsync(host.data(), sums, host.size() * 8, cudaMemcpyDeviceToHost, stream()),
                      "reading the gradient's norm"));
    LECTERN_TRY(synchronize());
    return std::accumulate(host.begin(), host.end(), 0.0);
}

Result<void> CudaTrainBackend::adamW(TrainTensor& value, const TrainTensor& gradient, TrainTensor& m, TrainTensor& v,
                                     const kernels::AdamWArgs& args) {
    Bf16* rounded = nullptr;
    if (const auto found = m_memory->rounded.find(value.buffer.data()); found != m_memory->rounded.end()) {
        rounded = found->second.buffer.as<Bf16>();
        found->second.current = true;
    }
    return tried(kernels::cuda::adamW(value.as<float>(), gradient.as<float>(), m.as<float>(), v.as<float>(),
                                      value.size(), args, rounded, stream()),
                 "updating parameters");
}

Result<void> CudaTrainBackend::muon(TrainTensor& value, const TrainTensor& gradient, TrainTensor& momentum,
                                    const MuonArgs& args) {
    const int64_t rows = value.rows, columns = value.columns, count = value.size();
    const int64_t small = std::min(rows, columns);
    const bool tall = rows > columns;
    const auto scale = static_cast<float>(args.gradientScale), mu = static_cast<float>(args.momentum);
    // direction and the next x in f32; x, the Gram matrix and the polynomial in bf16; the square in f32.
    LECTERN_ASSIGN(std::byte * space, scratch(kMuon, count * 6 + small * small * 8));
    auto* direction = reinterpret_cast<float*>(space);
    auto* square = direction + count;
    auto* x = reinterpret_cast<Bf16*>(square + small * small);
    Bf16* gram = x + count;
    Bf16* polynomial = gram + small * small;
    const auto blend = [&](float a, const auto* from, float b, float* to, int64_t size) {
        return tried(kernels::cuda::blend(a, from, b, to, size, stream()), "updating momentum");
    };
    const auto round = [&](const float* from, Bf16* to, int64_t size) {
        return tried(kernels::cuda::toBf16(from, size, to, stream()), "updating momentum");
    };
    LECTERN_TRY(blend(scale, gradient.as<float>(), mu, momentum.as<float>(), count));
    // Nesterov: the momentum is applied once more to the fresh gradient.
    LECTERN_TRY(blend(scale, gradient.as<float>(), 0.0f, direction, count));
    LECTERN_TRY(blend(mu, static_cast<const float*>(momentum.as<float>()), 1.0f, direction, count));
    TrainTensor view;
    view.rows = rows;
    view.columns = columns;
    view.buffer = Buffer(direction, count * 4, nullptr);
    const TrainTensor* const views[] = {&view};
    LECTERN_ASSIGN(const double squares, sumOfSquares(views));
    LECTERN_TRY(blend(static_cast<float>(1.0 / (std::sqrt(squares) + 1e-7)), static_cast<const float*>(direction), 0.0f,
                      direction, count));
    LECTERN_TRY(round(direction, x, count));

    // Newton-Schulz: X <- aX + (bG + cG^2) X with G = X X^T; of a tall matrix, the same on its transpose.
    constexpr float kA = 3.4445f, kB = -4.7750f, kC = 2.0315f;
    MatrixProduct gramOf;
    gramOf.x = gramOf.weight = x;
    gramOf.ldx = gramOf.ldw = columns;
    gramOf.xTransposed = gramOf.weightTransposed = tall;
    gramOf.out = gram;
    gramOf.m = gramOf.n = gramOf.ldo = small;
    gramOf.k = std::max(rows, columns);
    MatrixProduct squareOf;
    squareOf.x = squareOf.weight = gram;
    squareOf.ldx = squareOf.ldw = squareOf.ldo = squareOf.m = squareOf.n = squareOf.k = small;
    squareOf.out = square;
    squareOf.outF32 = true;
    MatrixProduct next;
    next.x = tall ? x : polynomial;
    next.ldx = next.k = small;
    next.weight = tall ? polynomial : x;
    next.weightTransposed = !tall;
    next.m = rows;
    next.n = next.ldw = next.ldo = columns;
    next.out = direction;
    next.outF32 = true;
    for (int step = 0; step < 5; ++step) {
        LECTERN_TRY(multiply(gramOf));
        LECTERN_TRY(multiply(squareOf));
        LECTERN_TRY(blend(kB, static_cast<const Bf16*>(gram), kC, square, small * small));
        LECTERN_TRY(round(square, polynomial, small * small));
        LECTERN_TRY(multiply(next));
        LECTERN_TRY(blend(kA, static_cast<const Bf16*>(x), 1.0f, direction, count));
        LECTERN_TRY(round(direction, x, count));
    }
    touched(value);
    const double step = args.learningRate * 0.2 * std::sqrt(static_cast<double>(std::max(rows, columns)));
    return blend(static_cast<float>(-step), static_cast<const float*>(direction),
                 static_cast<float>(1.0 - args.learningRate * args.weightDecay), value.as<float>(), count);
}

}  // namespace lectern

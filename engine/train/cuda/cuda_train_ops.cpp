// Embedding, products, norms, rotation and gates of the CUDA training backend.

#include <algorithm>
#include <cstring>
#include <numeric>
#include <vector>

#include "engine/core/check.h"
#include "engine/train/cuda/cuda_train_backend.h"
#include "engine/train/cuda/cuda_train_weight.h"
#include "kernels/cuda/elementwise.h"
#include "kernels/cuda/train_elementwise.h"

namespace lectern {
namespace {

using kernels::cuda::MatrixProduct;

}  // namespace

Result<const CudaTrainBackend::Bf16*> CudaTrainBackend::operand(const MatrixRef& matrix) {
    if (matrix.frozen) {
        const CudaTrainWeight& weight = onDevice(*matrix.frozen);
        if (weight.type == DType::BF16) {
            return weight.bytes.as<Bf16>();
        }
        LECTERN_ASSIGN(std::byte * decoded, scratch(kDecoded, weight.rows * weight.columns * 2));
        LECTERN_TRY(tried(kernels::cuda::dequantizeToBf16(weight.bytes.data(), weight.type, weight.rows, weight.columns,
                                                          reinterpret_cast<Bf16*>(decoded), stream()),
                          "decoding weights"));
        return reinterpret_cast<const Bf16*>(decoded);
    }
    const TrainTensor& master = *matrix.master;
    Rounded& rounded = m_memory->rounded[master.buffer.data()];
    if (!rounded.current) {
        if (rounded.buffer.sizeBytes() == 0) {
            LECTERN_TRY(tried(kernels::cuda::DeviceBuffer::create(master.size() * 2, &rounded.buffer),
                              "reserving memory for products"));
            m_memory->add(rounded.buffer.sizeBytes());
        }
        LECTERN_TRY(tried(kernels::cuda::toBf16(master.as<float>(), master.size(), rounded.buffer.as<Bf16>(), stream()),
                          "rounding weights"));
        rounded.current = true;
    }
    return rounded.buffer.as<Bf16>();
}

Result<void> CudaTrainBackend::multiply(const MatrixProduct& product) {
    return tried(m_products.multiply(product, stream()), "multiplying matrices");
}

Result<void> CudaTrainBackend::embed(const MatrixRef& table, std::span<const TokenId> tokens, TrainTensor& out) {
    static_assert(sizeof(TokenId) == sizeof(int32_t));
    const int64_t vocab = table.rows(), dim = table.columns();
    for (const TokenId token : tokens) {
        if (token < 0 || token >= vocab) {
            return Error{ErrorCode::InvalidInput, "Token " + std::to_string(token) +
                                                      " is outside the model's vocabulary of " + std::to_string(vocab) +
                                                      "."};
        }
    }
    LECTERN_ASSIGN(const TokenId* ids, m_uploads.upload(tokens, stream()));
    const bool trained = table.master != nullptr;
    const std::byte* stored =
        trained ? table.master->as<std::byte>() : static_cast<const std::byte*>(onDevice(*table.frozen).bytes.data());
    return tried(kernels::cuda::embed(stored, trained ? DType::F32 : table.frozen->type, vocab, dim, ids,
                                      static_cast<int64_t>(tokens.size()), out.as<Bf16>(), stream()),
                 "looking up embeddings");
}

Result<void> CudaTrainBackend::embedBackward(const TrainTensor& dOut, std::span<const TokenId> tokens,
                                             TrainTensor& dTable) {
    // Rows of equal tokens side by side, in the order of the sequence.
    std::vector<int32_t> order(tokens.size()), starts, ids;
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](int32_t a, int32_t b) {
        return tokens[static_cast<size_t>(a)] < tokens[static_cast<size_t>(b)];
    });
    for (size_t i = 0; i < order.size(); ++i) {
        const TokenId token = tokens[static_cast<size_t>(order[i])];
        if (ids.empty() || ids.back() != token) {
            ids.push_back(token);
            starts.push_back(static_cast<int32_t>(i));
        }
    }
    starts.push_back(static_cast<int32_t>(order.size()));
    // One array: parts of a ring that comes round in between would not stay valid together.
    const size_t count = order.size(), segments = ids.size();
    order.insert(order.end(), starts.begin(), starts.end());
    order.insert(order.end(), ids.begin(), ids.end());
    LECTERN_ASSIGN(const int32_t* all, m_uploads.upload(std::span<const int32_t>(order), stream()));
    return tried(
        kernels::cuda::embedBackward(dOut.as<Bf16>(), all, all + count, all + count + segments + 1,
                                     static_cast<int64_t>(segments), dTable.columns, dTable.as<float>(), stream()),
        "adding up embedding gradients");
}

Result<void> CudaTrainBackend::moveRows(const TrainTensor& from, std::span<const int64_t> rows, bool scatter,
                                        TrainTensor& to) {
    LECTERN_ASSIGN(const int64_t* uploaded, m_uploads.upload(rows, stream()));
    return tried(kernels::cuda::copyRows(from.as<Bf16>(), uploaded, static_cast<int64_t>(rows.size()), from.columns,
                                         scatter, to.as<Bf16>(), stream()),
                 "moving rows");
}

Result<void> CudaTrainBackend::gatherRows(const TrainTensor& from, std::span<const int64_t> rows, TrainTensor& to) {
    return moveRows(from, rows, false, to);
}

Result<void> CudaTrainBackend::scatterRows(const TrainTensor& from, std::span<const int64_t> rows, TrainTensor& to) {
    return moveRows(from, rows, true, to);
}

Result<void> CudaTrainBackend::linear(const TrainTensor& x, const MatrixRef& w, int64_t tokens, double alpha,
                                      bool accumulate, TrainTensor& y) {
    const int64_t outputs = w.rows(), inputs = w.columns();
    LECTERN_CHECK(x.columns == inputs && y.columns == outputs && x.rows >= tokens && y.rows >= tokens);
    MatrixProduct product;
    LECTERN_ASSIGN(product.weight, operand(w));
    product.x = x.as<Bf16>();
    product.ldx = product.ldw = product.k = inputs;
    product.out = y.as<Bf16>();
    product.ldo = product.n = outputs;
    product.m = tokens;
    product.alpha = static_cast<float>(alpha);
    product.accumulate = accumulate;
    return multiply(product);
}

Result<void> CudaTrainBackend::linearBackwardInput(const TrainTensor& dY, const MatrixRef& w, int64_t tokens,
                                                   double alpha, bool accumulate, TrainTensor& dX) {
    const int64_t outputs = w.rows(), inputs = w.columns();
    LECTERN_CHECK(dY.columns == outputs && dX.columns == inputs && dY.rows >= tokens && dX.rows >= tokens);
    MatrixProduct product;
    LECTERN_ASSIGN(product.weight, operand(w));
    product.weightTransposed = true;
    product.x = dY.as<Bf16>();
    product.ldx = product.k = outputs;
    product.out = dX.as<Bf16>();
    product.ldw = product.ldo = product.n = inputs;
    product.m = tokens;
    product.alpha = static_cast<float>(alpha);
    product.accumulate = accumulate;
    return multiply(product);
}

Result<void> CudaTrainBackend::linearBackwardWeight(const TrainTensor& dY, const TrainTensor& x, int64_t tokens,
                                                    double alpha, TrainTensor& dW) {
    const int64_t outputs = dW.rows, inputs = dW.columns;
    LECTERN_CHECK(dY.columns == outputs && x.columns == inputs && dY.rows >= tokens && x.rows >= tokens);
    MatrixProduct product;
    product.x = dY.as<Bf16>();
    product.ldx = product.m = outputs;
    product.xTransposed = true;
    product.weight = x.as<Bf16>();
    product.weightTransposed = true;
    product.out = dW.as<float>();
    product.outF32 = true;
    product.ldw = product.ldo = product.n = inputs;
    product.k = tokens;
    product.alpha = static_cast<float>(alpha);
    product.accumulate = true;
    return multiply(product);
}

Result<void> CudaTrainBackend::rmsNorm(const TrainTensor& x, const TrainTensor& weight, float eps, int64_t tokens,
                                       TrainTensor& out) {
    // The kernel writes its first argument only where there is a residual to add.
    return tried(kernels::cuda::rmsNorm(x.as<Bf16>(), nullptr, weight.as<float>(), eps, tokens, weight.columns,
                                        out.as<Bf16>(), stream()),
                 "normalising");
}

Result<void> CudaTrainBackend::rmsNormBackward(const TrainTensor& x, const TrainTensor& weight, float eps,
                                               const TrainTensor& dOut, int64_t tokens, TrainTensor& dX,
                                               TrainTensor* dWeight) {
    const int64_t dim = weight.columns;
    LECTERN_ASSIGN(std::byte * parts, scratch(kParts, kernels::cuda::rmsNormParts(tokens) * dim * 4));
    return tried(kernels::cuda::rmsNormBackward(x.as<Bf16>(), weight.as<float>(), eps, dOut.as<Bf16>(), tokens, dim,
                                                dX.as<Bf16>(), dWeight ? dWeight->as<float>() : nullptr,
                                                reinterpret_cast<float*>(parts), stream()),
                 "normalising backward");
}

Result<void> CudaTrainBackend::ropeTables(const RopeSchedule& schedule, std::span<const int64_t> positions,
                                          TrainTensor& cos, TrainTensor& sin) {
    const std::span<const double> frequencies = schedule.inverseFrequencies();
    // One array of 8-byte values, so that both stay valid together.
    std::vector<int64_t> both(frequencies.size() + positions.size());
    std::memcpy(both.data(), frequencies.data(), frequencies.size_bytes());
    std::copy(positions.begin(), positions.end(), both.begin() + static_cast<std::ptrdiff_t>(frequencies.size()));
    LECTERN_ASSIGN(const int64_t* uploaded, m_uploads.upload(std::span<const int64_t>(both), stream()));
    return tried(
        kernels::cuda::ropeTableAt(reinterpret_cast<const double*>(uploaded), schedule.headDim(), schedule.magnitude(),
                                   uploaded + frequencies.size(), static_cast<int64_t>(positions.size()),
                                   cos.as<float>(), sin.as<float>(), stream()),
        "making rotary tables");
}

Result<void> CudaTrainBackend::rope(TrainTensor& x, int32_t heads, const TrainTensor& cos, const TrainTensor& sin,
                                    int64_t tokens, bool inverse) {
    const auto headDim = static_cast<int32_t>(cos.columns * 2);
    return tried(kernels::cuda::rope(x.as<Bf16>(), int64_t{heads} * headDim, cos.as<float>(), sin.as<float>(), tokens,
                                     heads, headDim, stream(), inverse),
                 "rotating");
}

Result<void> CudaTrainBackend::swiglu(const TrainTensor& gate, const TrainTensor& up, int64_t tokens,
                                      TrainTensor& out) {
    const int64_t dim = gate.columns;
    return tried(
        kernels::cuda::swiglu(gate.as<Bf16>(), dim, up.as<Bf16>(), dim, out.as<Bf16>(), dim, tokens, dim, stream()),
        "gating");
}

Result<void> CudaTrainBackend::swigluBackward(const TrainTensor& gate, const TrainTensor& up, const TrainTensor& dOut,
                                              int64_t tokens, TrainTensor& dGate, TrainTensor& dUp) {
    return tried(kernels::cuda::swigluBackward(gate.as<Bf16>(), up.as<Bf16>(), dOut.as<Bf16>(), tokens * gate.columns,
                                               dGate.as<Bf16>(), dUp.as<Bf16>(), stream()),
                 "gating backward");
}

Result<void> CudaTrainBackend::dropout(const TrainTensor& x, int64_t tokens, uint64_t seed, double rate,
                                       bool accumulate, TrainTensor& out) {
    return tried(
        kernels::cuda::dropout(x.as<Bf16>(), tokens * x.columns, seed, rate, accumulate, out.as<Bf16>(), stream()),
        "dropping out");
}

}  // namespace lectern

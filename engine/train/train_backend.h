#pragma once
// The device abstraction of training: tensors and two dozen coarse ops, forward and backward. LlamaTrainer composes
// them and knows nothing of devices. One implementation per device kind; used by one thread at a time.

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/attention/profile.h"
#include "engine/attention/rope_schedule.h"
#include "engine/backend/backend.h"
#include "engine/core/ids.h"
#include "engine/core/result.h"
#include "engine/tensor/tensor.h"
#include "kernels/common/train_views.h"

namespace lectern {

/// What a tensor is for; the backend chooses number format and place.
enum class TensorUse {
    Activation,  ///< the compute format
    Master,      ///< trained values, their gradients, optimizer state and statistics: at least f32
    Stash,       ///< activations kept from the forward pass for the backward pass; may lie in host memory
};

/// A dense row-major matrix on the backend's device. Owns its bytes unless made by rowsOf().
struct TrainTensor {
    Buffer buffer;
    int64_t rows = 0;
    int64_t columns = 0;
    int32_t elementBytes = 4;
    TensorUse use = TensorUse::Activation;

    int64_t size() const { return rows * columns; }
    bool empty() const { return buffer.data() == nullptr; }
    template <typename T>
    T* as() const {
        return static_cast<T*>(buffer.data());
    }
};

/// Rows [row, row + count) of `whole`, borrowing its memory.
TrainTensor rowsOf(const TrainTensor& whole, int64_t row, int64_t count);

/// A matrix [rows, columns] that an op multiplies by: frozen as the file stores it, or a trained master.
struct MatrixRef {
    const Weight* frozen = nullptr;
    const TrainTensor* master = nullptr;

    int64_t rows() const { return frozen ? frozen->rows : master->rows; }
    int64_t columns() const { return frozen ? frozen->columns : master->columns; }
};

/// Shape and rule of one attention call over a whole sequence.
struct TrainAttentionSpec {
    AttentionMode mode = AttentionMode::Dense;  ///< Dense or a block-wise mode
    const AttentionProfile* profile = nullptr;
    int32_t heads = 0;
    int32_t kvHeads = 0;
    int32_t headDim = 0;
    int32_t slidingWindow = 0;  ///< dense mode only; 0: none
    int64_t tokens = 0;
};

/// The choice a forward pass made: which regions each block attends. Kept until the backward pass, which must not
/// choose again.
class TrainAttentionPlan {
  public:
    virtual ~TrainAttentionPlan() = default;
};

/// For how many tokens at a time gates and logits are worth holding on a device.
struct ChunkTokens {
    int64_t mlp = 1024;
    int64_t loss = 512;
};

struct MuonArgs {
    double learningRate = 0;
    double momentum = 0.95;
    double weightDecay = 0;
    double gradientScale = 1;  ///< clipping factor
};

/// Shapes: x [tokens, in], y [tokens, out], w [out, in], q [tokens, H * Dh], k and v [tokens, Hkv * Dh]. `tokens` rows
/// of every activation are in use. "+=" marks outputs that are added to. Ops are repeatable: the same arguments give
/// the same bits.
class TrainBackend {
  public:
    virtual ~TrainBackend() = default;
    virtual DeviceInfo info() const = 0;
    virtual ChunkTokens chunks() const { return {}; }
    /// Bytes of device memory held by tensors, now and at most so far.
    virtual int64_t heldBytes() const = 0;
    virtual int64_t peakBytes() const = 0;

    /// From now on stashes are made in host memory, where that is another one than the device's.
    virtual Result<void> keepStashesOnHost() { return {}; }

    // Memory. New tensors are zero, but for stashes, whose content counts from the first copy to them.
    virtual Result<TrainTensor> allocate(TensorUse use, int64_t rows, int64_t columns) = 0;
    virtual Result<void> zero(TrainTensor& target) = 0;
    /// Between tensors of equal size and any use.
    virtual Result<void> copy(const TrainTensor& from, TrainTensor& to) = 0;
    virtual Result<void> upload(std::span<const float> host, TrainTensor& target) = 0;
    virtual Result<void> download(const TrainTensor& source, std::span<float> host) = 0;
    /// A frozen weight as stored; `bytes` stay valid as long as the backend uses it.
    virtual Result<std::unique_ptr<Weight>> prepareWeight(DType type, int64_t rows, int64_t columns,
                                                          std::span<const std::byte> bytes) = 0;

    // Embedding and rows.
    virtual Result<void> embed(const MatrixRef& table, std::span<const TokenId> tokens, TrainTensor& out) = 0;
    /// dTable += .
    virtual Result<void> embedBackward(const TrainTensor& dOut, std::span<const TokenId> tokens,
                                       TrainTensor& dTable) = 0;
    /// to[i, :] = from[rows[i], :].
    virtual Result<void> gatherRows(const TrainTensor& from, std::span<const int64_t> rows, TrainTensor& to) = 0;
    /// to[rows[i], :] = from[i, :]; rows are distinct.
    virtual Result<void> scatterRows(const TrainTensor& from, std::span<const int64_t> rows, TrainTensor& to) = 0;

    // Dense algebra.
    /// y = alpha * x w^T, += with `accumulate`.
    virtual Result<void> linear(const TrainTensor& x, const MatrixRef& w, int64_t tokens, double alpha, bool accumulate,
                                TrainTensor& y) = 0;
    /// dX = alpha * dY w, += with `accumulate`.
    virtual Result<void> linearBackwardInput(const TrainTensor& dY, const MatrixRef& w, int64_t tokens, double alpha,
                                             bool accumulate, TrainTensor& dX) = 0;
    /// dW += alpha * dY^T x.
    virtual Result<void> linearBackwardWeight(const TrainTensor& dY, const TrainTensor& x, int64_t tokens, double alpha,
                                              TrainTensor& dW) = 0;

    // Norm, rotation, gate, dropout. A norm's weight is a master [1, columns].
    virtual Result<void> rmsNorm(const TrainTensor& x, const TrainTensor& weight, float eps, int64_t tokens,
                                 TrainTensor& out) = 0;
    /// dX +=, dWeight += where it is not null.
    virtual Result<void> rmsNormBackward(const TrainTensor& x, const TrainTensor& weight, float eps,
                                         const TrainTensor& dOut, int64_t tokens, TrainTensor& dX,
                                         TrainTensor* dWeight) = 0;
    /// cos and sin, masters [tokens, Dh/2], for arbitrary positions.
    virtual Result<void> ropeTables(const RopeSchedule& schedule, std::span<const int64_t> positions, TrainTensor& cos,
                                    TrainTensor& sin) = 0;
    /// Rotates x [tokens, heads, Dh] in place; `inverse` is the gradient.
    virtual Result<void> rope(TrainTensor& x, int32_t heads, const TrainTensor& cos, const TrainTensor& sin,
                              int64_t tokens, bool inverse) = 0;
    virtual Result<void> swiglu(const TrainTensor& gate, const TrainTensor& up, int64_t tokens, TrainTensor& out) = 0;
    /// Written; either may be dOut itself.
    virtual Result<void> swigluBackward(const TrainTensor& gate, const TrainTensor& up, const TrainTensor& dOut,
                                        int64_t tokens, TrainTensor& dGate, TrainTensor& dUp) = 0;
    /// out = mask * x / (1 - rate), += with `accumulate`; the mask is kernels::keptByDropout(seed, index, rate).
    virtual Result<void> dropout(const TrainTensor& x, int64_t tokens, uint64_t seed, double rate, bool accumulate,
                                 TrainTensor& out) = 0;

    // Attention.
    /// Chooses on q and k as given: rotated, or un-rotated in MsPretrain.
    virtual Result<std::unique_ptr<TrainAttentionPlan>> planAttention(const TrainAttentionSpec& spec,
                                                                      const TrainTensor& q, const TrainTensor& k) = 0;
    /// logSumExp is a master [tokens, H].
    virtual Result<void> attention(const TrainAttentionSpec& spec, const TrainAttentionPlan& plan, const TrainTensor& q,
                                   const TrainTensor& k, const TrainTensor& v, TrainTensor& out,
                                   TrainTensor& logSumExp) = 0;
    /// dQ, dK, dV are written. No gradient flows through the plan.
    virtual Result<void> attentionBackward(const TrainAttentionSpec& spec, const TrainAttentionPlan& plan,
                                           const TrainTensor& q, const TrainTensor& k, const TrainTensor& v,
                                           const TrainTensor& out, const TrainTensor& logSumExp,
                                           const TrainTensor& dOut, TrainTensor& dQ, TrainTensor& dK,
                                           TrainTensor& dV) = 0;

    // Loss.
    /// Returns the summed loss of the rows; logits become `scale` * d loss / d logits. Errors: InvalidInput for a
    /// target outside the vocabulary.
    virtual Result<double> crossEntropyInPlace(TrainTensor& logits, std::span<const TokenId> targets, double scale) = 0;

    // Optimizer.
    /// Of all values of masters together, in one answer.
    virtual Result<double> sumOfSquares(std::span<const TrainTensor* const> tensors) = 0;
    virtual Result<void> adamW(TrainTensor& value, const TrainTensor& gradient, TrainTensor& m, TrainTensor& v,
                               const kernels::AdamWArgs& args) = 0;
    /// Nesterov momentum, Newton-Schulz, update scaled by 0.2 * sqrt(max(rows, columns)) so that learning rates of
    /// AdamW fit (arXiv 2502.16982, section 2.2), decoupled decay.
    virtual Result<void> muon(TrainTensor& value, const TrainTensor& gradient, TrainTensor& momentum,
                              const MuonArgs& args) = 0;
    virtual Result<void> synchronize() = 0;
};

/// Training on the CPU in f32. `threads` <= 0: one per usable core.
std::unique_ptr<TrainBackend> createCpuTrainBackend(int32_t threads);

}  // namespace lectern

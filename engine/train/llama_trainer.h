#pragma once
// One training sequence forward and backward through a Llama model, by hand: layer by layer, activations recomputed in
// the backward pass, attention choices and positions kept from the forward pass. Knows nothing of devices.

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include "engine/attention/profile.h"
#include "engine/train/position_schedule.h"
#include "engine/train/train_model.h"

namespace lectern {

/// What the forward pass keeps for the backward pass, from least to most memory. A layer's input and its attention plan
/// are always kept.
enum class KeptActivations {
    LayerInputs,  ///< everything else is recomputed
    Attention,    ///< attention outputs as well, so that attention runs forward once
    All,          ///< nothing is recomputed but norms and gates
};

struct TrainerOptions {
    AttentionMode mode = AttentionMode::Dense;  ///< Dense, MsTrain, MsPrefill or MsPretrain
    AttentionProfile profile;
    KeptActivations kept = KeptActivations::Attention;
    bool keptOnHost = false;  ///< what is kept lies in host memory, copied while the device computes
    int64_t maxTokens = 0;
    int64_t lossRows = 512;    ///< logits exist for this many tokens at a time
    int64_t mlpTokens = 1024;  ///< so do the gates
};

/// Tokens of one sequence; `trained[i]` says that predicting token i counts (trained[0] never does).
struct TrainSequence {
    std::vector<TokenId> tokens;
    std::vector<uint8_t> trained;

    int64_t trainedTokens() const;
};

/// Holds the activations of up to maxTokens tokens. Errors of every call: Cancelled between layers, InvalidInput for
/// tokens outside the vocabulary or sequences too long, and the backend's own.
class LlamaTrainer {
  public:
    static Result<std::unique_ptr<LlamaTrainer>> create(TrainModel& model, const TrainerOptions& options);

    /// Adds the gradients of `scale` * (summed loss) to the parameters and returns the summed loss over the sequence's
    /// trained tokens. `positions` has one draw per layer, or one for all; `dropoutKey` names the dropout masks.
    Result<double> accumulate(const TrainSequence& sequence, std::span<const PositionDraw> positions,
                              uint64_t dropoutKey, double scale, std::stop_token stop);

    /// The summed loss alone, without dropout.
    Result<double> evaluate(const TrainSequence& sequence, std::span<const PositionDraw> positions,
                            std::stop_token stop);

    /// Logits [rows.size(), vocab] of chosen rows, without dropout.
    Result<std::vector<float>> logits(std::span<const TokenId> tokens, std::span<const PositionDraw> positions,
                                      std::span<const int64_t> rows, std::stop_token stop);

    const TrainerOptions& options() const { return m_options; }

  private:
    /// Numbers of the projections in the names of their dropout masks.
    enum ProjectionIndex : int32_t { kQ, kK, kV, kOutput, kGate, kUp, kDown };
    /// Where a pass stands: what the layers need to know besides their weights.
    struct Pass {
        int64_t tokens = 0;
        std::span<const PositionDraw> positions;
        std::optional<uint64_t> dropoutKey;
        bool keep = false;
        std::stop_token stop;
    };
    /// What is kept of one layer; empty tensors are recomputed.
    struct Kept {
        TrainTensor input, q, k, v, attended, logSumExp, middle, gate, up;
        std::unique_ptr<TrainAttentionPlan> plan;
    };

    LlamaTrainer(TrainModel& model, const TrainerOptions& options)
        : m_model(&model), m_backend(&model.backend()), m_options(options) {}
    Result<void> allocate();
    Result<void> checkSequence(std::span<const TokenId> tokens, std::span<const PositionDraw> positions) const;

    Result<void> forward(std::span<const TokenId> tokens, const Pass& pass);
    /// m_normed, m_q, m_k, m_v (rotated) and the plan of the layer whose input is m_x.
    Result<void> project(int32_t layer, const Pass& pass);
    Result<void> attend(int32_t layer, const Pass& pass);
    Result<void> mlpForward(int32_t layer, const Pass& pass);
    Result<double> loss(const TrainSequence& sequence, double scale, bool backward);

    Result<void> backwardLayer(int32_t layer, const Pass& pass);
    Result<void> restore(int32_t layer, const Pass& pass);
    Result<void> mlpBackward(int32_t layer, const Pass& pass);
    Result<void> attentionBackward(int32_t layer, const Pass& pass);

    TrainAttentionSpec attentionSpec(int64_t tokens) const;
    std::optional<uint64_t> dropoutKey(const Pass& pass, int32_t layer, int32_t projection, int64_t row) const;

    TrainModel* m_model;
    TrainBackend* m_backend;
    TrainerOptions m_options;
    std::vector<Kept> m_kept;
    std::unique_ptr<TrainAttentionPlan> m_plan;  ///< of the current layer, where nothing is kept
    LoraScratch m_scratch;
    TrainTensor m_x, m_normed, m_q, m_k, m_v, m_attended, m_logSumExp, m_cos, m_sin;
    TrainTensor m_gate, m_up, m_act, m_actGradient, m_mlpNormed, m_mlpGradient;
    TrainTensor m_dX, m_dNormed, m_dQ, m_dK, m_dV, m_dAttended;
    TrainTensor m_lossRows, m_lossNormed, m_logits, m_lossGradient;
};

}  // namespace lectern

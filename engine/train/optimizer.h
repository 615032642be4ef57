#pragma once
// AdamW with decoupled weight decay, Muon for the inner matrices of models trained from scratch, clipping by global
// norm, warm-up and decay of the learning rate.

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "engine/train/train_model.h"

namespace lectern {

enum class OptimizerKind {
    AdamW,
    Muon,  ///< ParameterKind::Matrix by Muon, everything else by AdamW at the same rate
};

enum class LearningRateDecay { Constant, Cosine, Linear };

struct OptimizerSpec {
    OptimizerKind kind = OptimizerKind::AdamW;
    double learningRate = 1e-4;
    double beta1 = 0.9;
    double beta2 = 0.999;
    double epsilon = 1e-8;
    double momentum = 0.95;    ///< Muon
    double weightDecay = 0;    ///< norms are never decayed
    double clipNorm = 1.0;     ///< 0: no clipping
    int64_t warmupSteps = 20;  ///< linear, (step + 1) / warmupSteps
    LearningRateDecay decay = LearningRateDecay::Constant;
    double finalRatio = 0;  ///< of the learning rate, at the end of cosine and linear decay

    /// Rate of step 0 .. totalSteps - 1.
    double rateAt(int64_t step, int64_t totalSteps) const;
};

/// JSON: {"kind": "adamw", "learning_rate": ..., "decay": "constant", ...}. Errors: InvalidInput.
Result<OptimizerSpec> parseOptimizerSpec(const nlohmann::json& object);
nlohmann::json optimizerSpecToJson(const OptimizerSpec& spec);

struct OptimizerReport {
    double gradientNorm = 0;  ///< before clipping
    double learningRate = 0;
    bool finite = true;  ///< false: a gradient was NaN or infinite, and nothing was changed
};

/// One named tensor of the optimizer's state, as checkpoints store it.
struct OptimizerState {
    std::string name;  ///< parameter name with ".adam_m", ".adam_v" or ".muon"
    TrainTensor tensor;
};

class Optimizer {
  public:
    static Result<std::unique_ptr<Optimizer>> create(TrainModel& model, const OptimizerSpec& spec);

    /// Updates every parameter from its gradient. `step` counts from 0 over the whole run, resumed or not.
    Result<OptimizerReport> step(int64_t step, int64_t totalSteps);

    std::vector<OptimizerState>& states() { return m_states; }
    const OptimizerSpec& spec() const { return m_spec; }

  private:
    Optimizer(TrainModel& model, const OptimizerSpec& spec) : m_model(&model), m_spec(spec) {}
    bool usesMuon(const Parameter& parameter) const {
        return m_spec.kind == OptimizerKind::Muon && parameter.kind == ParameterKind::Matrix;
    }

    TrainModel* m_model;
    OptimizerSpec m_spec;
    std::vector<OptimizerState> m_states;
};

}  // namespace lectern

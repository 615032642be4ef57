#include "engine/train/optimizer.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "engine/train/config_fields.h"

namespace lectern {
namespace {

std::string_view name(OptimizerKind kind) {
    return kind == OptimizerKind::Muon ? "muon" : "adamw";
}

std::string_view name(LearningRateDecay decay) {
    switch (decay) {
        case LearningRateDecay::Constant:
            return "constant";
        case LearningRateDecay::Cosine:
            return "cosine";
        case LearningRateDecay::Linear:
            return "linear";
    }
    return "?";
}

}  // namespace

double OptimizerSpec::rateAt(int64_t step, int64_t totalSteps) const {
    if (step < warmupSteps) {
        return learningRate * static_cast<double>(step + 1) / static_cast<double>(warmupSteps);
    }
    const auto length = static_cast<double>(std::max<int64_t>(1, totalSteps - warmupSteps));
    const double done = std::min(1.0, static_cast<double>(step - warmupSteps) / length);
    switch (decay) {
        case LearningRateDecay::Constant:
            return learningRate;
        case LearningRateDecay::Cosine:
            return learningRate * (finalRatio + (1 - finalRatio) * 0.5 * (1 + std::cos(std::numbers::pi * done)));
        case LearningRateDecay::Linear:
            return learningRate * (finalRatio + (1 - finalRatio) * (1 - done));
    }
    return learningRate;
}

Result<OptimizerSpec> parseOptimizerSpec(const nlohmann::json& object) {
    ConfigFields fields(object, "optimizer");
    OptimizerSpec spec;
    spec.kind = fields.choice<OptimizerKind>("kind", spec.kind,
                                             {{"adamw", OptimizerKind::AdamW}, {"muon", OptimizerKind::Muon}});
    spec.learningRate = fields.number("learning_rate", spec.learningRate, 0, 10);
    spec.beta1 = fields.number("beta1", spec.beta1, 0, 0.999999);
    spec.beta2 = fields.number("beta2", spec.beta2, 0, 0.999999999);
    spec.epsilon = fields.number("epsilon", spec.epsilon, 1e-20, 1);
    spec.momentum = fields.number("momentum", spec.momentum, 0, 0.999999);
    spec.weightDecay = fields.number("weight_decay", spec.weightDecay, 0, 10);
    spec.clipNorm = fields.number("clip_norm", spec.clipNorm, 0, 1e9);
    spec.warmupSteps = fields.integer("warmup_steps", spec.warmupSteps, 0, int64_t{1} << 40);
    spec.decay = fields.choice<LearningRateDecay>("decay", spec.decay,
                                                  {{"constant", LearningRateDecay::Constant},
                                                   {"cosine", LearningRateDecay::Cosine},
                                                   {"linear", LearningRateDecay::Linear}});
    spec.finalRatio = fields.number("final_ratio", spec.finalRatio, 0, 1);
    LECTERN_TRY(fields.finish());
    return spec;
}

nlohmann::json optimizerSpecToJson(const OptimizerSpec& spec) {
    return {{"kind", name(spec.kind)},
            {"learning_rate", spec.learningRate},
            {"beta1", spec.beta1},
            {"beta2", spec.beta2},
            {"epsilon", spec.epsilon},
            {"momentum", spec.momentum},
            {"weight_decay", spec.weightDecay},
            {"clip_norm", spec.clipNorm},
            {"warmup_steps", spec.warmupSteps},
            {"decay", name(spec.decay)},
            {"final_ratio", spec.finalRatio}};
}

Result<std::unique_ptr<Optimizer>> Optimizer::create(TrainModel& model, const OptimizerSpec& spec) {
    if (spec.kind == OptimizerKind::Muon && model.spec().method != TrainMethod::Full) {
        return Error{ErrorCode::InvalidInput,
                     "Muon trains whole matrices; LoRA factors, embeddings and norms are trained with AdamW."};
    }
    std::unique_ptr<Optimizer> optimizer(new Optimizer(model, spec));
    for (const auto& parameter : model.parameters()) {
        const auto add = [&](const char* suffix) -> Result<void> {
            OptimizerState state{parameter->name + suffix, {}};
            LECTERN_ASSIGN(state.tensor, model.backend().allocate(TensorUse::Master, parameter->value.rows,
                                                                  parameter->value.columns));
            optimizer->m_states.push_back(std::move(state));
            return {};
        };
        if (optimizer->usesMuon(*parameter)) {
            LECTERN_TRY(add(".muon"));
        } else {
            LECTERN_TRY(add(".adam_m"));
            LECTERN_TRY(add(".adam_v"));
        }
    }
    return optimizer;
}

Result<OptimizerReport> Optimizer::step(int64_t step, int64_t totalSteps) {
    TrainBackend& device = m_model->backend();
    std::vector<const TrainTensor*> gradients;
    for (const auto& parameter : m_model->parameters()) {
        gradients.push_back(&parameter->gradient);
    }
    LECTERN_ASSIGN(const double squares, device.sumOfSquares(gradients));
    OptimizerReport report;
    report.gradientNorm = std::sqrt(squares);
    report.learningRate = m_spec.rateAt(step, totalSteps);
    report.finite = std::isfinite(squares);
    if (!report.finite) {
        return report;
    }
    const bool clips = m_spec.clipNorm > 0 && report.gradientNorm > m_spec.clipNorm;
    const double gradientScale = clips ? m_spec.clipNorm / report.gradientNorm : 1.0;
    auto state = m_states.begin();
    for (const auto& parameter : m_model->parameters()) {
        const double weightDecay = parameter->kind == ParameterKind::Norm ? 0 : m_spec.weightDecay;
        if (usesMuon(*parameter)) {
            const MuonArgs args{report.learningRate, m_spec.momentum, weightDecay, gradientScale};
            LECTERN_TRY(device.muon(parameter->value, parameter->gradient, (state++)->tensor, args));
            continue;
        }
        const kernels::AdamWArgs args{report.learningRate, m_spec.beta1,  m_spec.beta2, m_spec.epsilon,
                                      weightDecay,         gradientScale, step + 1};
        TrainTensor& m = (state++)->tensor;
        TrainTensor& v = (state++)->tensor;
        LECTERN_TRY(device.adamW(parameter->value, parameter->gradient, m, v, args));
    }
    return report;
}

}  // namespace lectern

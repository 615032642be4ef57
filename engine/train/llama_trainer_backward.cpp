// The backward half of LlamaTrainer: m_dX comes in as the gradient of a layer's output and leaves as that of its input.

#include <algorithm>

#include "engine/train/llama_trainer.h"

namespace lectern {

Result<void> LlamaTrainer::backwardLayer(int32_t layer, const Pass& pass) {
    LECTERN_TRY(restore(layer, pass));
    LECTERN_TRY(mlpBackward(layer, pass));
    return attentionBackward(layer, pass);
}

/// After it m_q, m_k, m_v, m_attended and m_logSumExp are those of the forward pass, m_normed is the attention's input
/// and m_x the residual stream between attention and MLP.
Result<void> LlamaTrainer::restore(int32_t layer, const Pass& pass) {
    const ModelConfig& config = m_model->config();
    const TrainLayer& w = m_model->layers()[static_cast<size_t>(layer)];
    const Kept& kept = m_kept[static_cast<size_t>(layer)];
    const int64_t n = pass.tokens;
    TrainBackend& device = *m_backend;
    const auto fetch = [&](const TrainTensor& from, TrainTensor& to) -> Result<void> {
        TrainTensor target = rowsOf(to, 0, n);
        return device.copy(rowsOf(from, 0, n), target);
    };
    LECTERN_TRY(fetch(kept.input, m_x));
    if (!kept.q.empty()) {
        LECTERN_TRY(device.rmsNorm(m_x, w.attentionNorm.value(), config.rmsNormEps, n, m_normed));
        LECTERN_TRY(fetch(kept.q, m_q));
        LECTERN_TRY(fetch(kept.k, m_k));
        LECTERN_TRY(fetch(kept.v, m_v));
    } else {
        LECTERN_TRY(project(layer, pass));
    }
    const PositionDraw& draw = pass.positions[pass.positions.size() == 1 ? 0 : static_cast<size_t>(layer)];
    LECTERN_TRY(device.ropeTables(draw.rope, draw.positions, m_cos, m_sin));
    if (kept.q.empty()) {
        LECTERN_TRY(device.rope(m_q, config.headCount, m_cos, m_sin, n, false));
        LECTERN_TRY(device.rope(m_k, config.kvHeadCount, m_cos, m_sin, n, false));
    }
    if (!kept.attended.empty()) {
        LECTERN_TRY(fetch(kept.attended, m_attended));
        LECTERN_TRY(fetch(kept.logSumExp, m_logSumExp));
    } else {
        LECTERN_TRY(device.attention(attentionSpec(n), *kept.plan, m_q, m_k, m_v, m_attended, m_logSumExp));
    }
    if (!kept.middle.empty()) {
        return fetch(kept.middle, m_x);
    }
    return w.output.forward(device, m_attended, n, true, dropoutKey(pass, layer, kOutput, 0), m_scratch, m_x);
}

Result<void> LlamaTrainer::mlpBackward(int32_t layer, const Pass& pass) {
    const ModelConfig& config = m_model->config();
    const TrainLayer& w = m_model->layers()[static_cast<size_t>(layer)];
    const Kept& kept = m_kept[static_cast<size_t>(layer)];
    TrainBackend& device = *m_backend;
    for (int64_t row = 0; row < pass.tokens; row += m_mlpNormed.rows) {
        const int64_t count = std::min(m_mlpNormed.rows, pass.tokens - row);
        const TrainTensor x = rowsOf(m_x, row, count);
        TrainTensor dX = rowsOf(m_dX, row, count);
        const auto gateKey = dropoutKey(pass, layer, kGate, row), upKey = dropoutKey(pass, layer, kUp, row);
        LECTERN_TRY(device.rmsNorm(x, w.mlpNorm.value(), config.rmsNormEps, count, m_mlpNormed));
        if (!kept.gate.empty()) {
            TrainTensor gate = rowsOf(m_gate, 0, count), up = rowsOf(m_up, 0, count);
            LECTERN_TRY(device.copy(rowsOf(kept.gate, row, count), gate));
            LECTERN_TRY(device.copy(rowsOf(kept.up, row, count), up));
        } else {
            LECTERN_TRY(w.gate.forward(device, m_mlpNormed, count, false, gateKey, m_scratch, m_gate));
            LECTERN_TRY(w.up.forward(device, m_mlpNormed, count, false, upKey, m_scratch, m_up));
        }
        LECTERN_TRY(device.swiglu(m_gate, m_up, count, m_act));
        LECTERN_TRY(w.down.backward(device, m_act, dX, count, false, dropoutKey(pass, layer, kDown, row), m_scratch,
                                    m_actGradient));
        LECTERN_TRY(device.swigluBackward(m_gate, m_up, m_actGradient, count, m_act, m_actGradient));
        LECTERN_TRY(w.gate.backward(device, m_mlpNormed, m_act, count, false, gateKey, m_scratch, m_mlpGradient));
        LECTERN_TRY(w.up.backward(device, m_mlpNormed, m_actGradient, count, true, upKey, m_scratch, m_mlpGradient));
        LECTERN_TRY(device.rmsNormBackward(x, w.mlpNorm.value(), config.rmsNormEps, m_mlpGradient, count, dX,
                                           w.mlpNorm.gradient()));
    }
    return {};
}

Result<void> LlamaTrainer::attentionBackward(int32_t layer, const Pass& pass) {
    const ModelConfig& config = m_model->config();
    const TrainLayer& w = m_model->layers()[static_cast<size_t>(layer)];
    const Kept& kept = m_kept[static_cast<size_t>(layer)];
    const int64_t n = pass.tokens;
    TrainBackend& device = *m_backend;
    const auto key = [&](int32_t projection) { return dropoutKey(pass, layer, projection, 0); };
    LECTERN_TRY(w.output.backward(device, m_attended, m_dX, n, false, key(kOutput), m_scratch, m_dAttended));
    LECTERN_TRY(device.attentionBackward(attentionSpec(n), *kept.plan, m_q, m_k, m_v, m_attended, m_logSumExp,
                                         m_dAttended, m_dQ, m_dK, m_dV));
    LECTERN_TRY(device.rope(m_dQ, config.headCount, m_cos, m_sin, n, true));
    LECTERN_TRY(device.rope(m_dK, config.kvHeadCount, m_cos, m_sin, n, true));
    LECTERN_TRY(w.q.backward(device, m_normed, m_dQ, n, false, key(kQ), m_scratch, m_dNormed));
    LECTERN_TRY(w.k.backward(device, m_normed, m_dK, n, true, key(kK), m_scratch, m_dNormed));
    LECTERN_TRY(w.v.backward(device, m_normed, m_dV, n, true, key(kV), m_scratch, m_dNormed));
    TrainTensor input = rowsOf(m_x, 0, n);
    LECTERN_TRY(device.copy(rowsOf(kept.input, 0, n), input));
    return device.rmsNormBackward(m_x, w.attentionNorm.value(), config.rmsNormEps, m_dNormed, n, m_dX,
                                  w.attentionNorm.gradient());
}

}  // namespace lectern

#include "engine/train/llama_trainer.h"

#include <algorithm>

#include "engine/core/check.h"
#include "engine/train/keyed_random.h"

namespace lectern {
namespace {

constexpr uint64_t kDropoutStream = 0x64726f70;

}  // namespace

int64_t TrainSequence::trainedTokens() const {
    return trained.empty() ? 0 : std::count_if(trained.begin() + 1, trained.end(), [](uint8_t t) { return t != 0; });
}

Result<std::unique_ptr<LlamaTrainer>> LlamaTrainer::create(TrainModel& model, const TrainerOptions& options) {
    const ModelConfig& config = model.config();
    if (options.maxTokens < 2 || options.lossRows < 1 || options.mlpTokens < 1) {
        return Error{ErrorCode::InvalidInput, "Training sequences need at least two tokens."};
    }
    if (options.mode == AttentionMode::MsDecode) {
        return Error{ErrorCode::Unsupported,
                     "Training runs with dense, ms_train, ms_prefill or ms_pretrain attention."};
    }
    if ((options.mode == AttentionMode::MsPretrain) != config.keysStoredUnrotated) {
        return Error{ErrorCode::Unsupported,
                     config.keysStoredUnrotated
                         ? "This model was trained with ms_pretrain attention and can only go on with it."
                         : "ms_pretrain attention is for models trained with it from scratch; this one was not."};
    }
    if (config.slidingWindow > 0 && options.mode != AttentionMode::Dense && options.maxTokens > config.slidingWindow) {
        return Error{ErrorCode::Unsupported,
                     "This model attends through a sliding window; it trains with dense "
                     "attention only beyond that window's length."};
    }
    LECTERN_TRY(options.profile.check());
    std::unique_ptr<LlamaTrainer> trainer(new LlamaTrainer(model, options));
    LECTERN_TRY(trainer->allocate());
    return trainer;
}

Result<void> LlamaTrainer::allocate() {
    const ModelConfig& c = m_model->config();
    const int64_t tokens = m_options.maxTokens, width = c.hiddenSize, inner = c.intermediateSize;
    const int64_t qWidth = static_cast<int64_t>(c.headCount) * c.headDim;
    const int64_t kvWidth = static_cast<int64_t>(c.kvHeadCount) * c.headDim;
    const int64_t mlpRows = std::min(m_options.mlpTokens, tokens), lossRows = std::min(m_options.lossRows, tokens);
    const auto make = [&](TrainTensor& tensor, TensorUse use, int64_t rows, int64_t columns) -> Result<void> {
        LECTERN_ASSIGN(tensor, m_backend->allocate(use, rows, columns));
        return {};
    };
    using enum TensorUse;
    for (TrainTensor* tensor : {&m_x, &m_normed, &m_dX, &m_dNormed}) {
        LECTERN_TRY(make(*tensor, Activation, tokens, width));
    }
    for (TrainTensor* tensor : {&m_q, &m_attended, &m_dQ, &m_dAttended}) {
        LECTERN_TRY(make(*tensor, Activation, tokens, qWidth));
    }
    for (TrainTensor* tensor : {&m_k, &m_v, &m_dK, &m_dV}) {
        LECTERN_TRY(make(*tensor, Activation, tokens, kvWidth));
    }
    for (TrainTensor* tensor : {&m_gate, &m_up, &m_act, &m_actGradient}) {
        LECTERN_TRY(make(*tensor, Activation, mlpRows, inner));
    }
    for (TrainTensor* tensor : {&m_mlpNormed, &m_mlpGradient}) {
        LECTERN_TRY(make(*tensor, Activation, mlpRows, width));
    }
    for (TrainTensor* tensor : {&m_lossRows, &m_lossNormed, &m_lossGradient}) {
        LECTERN_TRY(make(*tensor, Activation, lossRows, width));
    }
    LECTERN_TRY(make(m_logits, Activation, lossRows, c.vocabSize));
    LECTERN_TRY(make(m_logSumExp, Master, tokens, c.headCount));
    LECTERN_TRY(make(m_cos, Master, tokens, c.headDim / 2));
    LECTERN_TRY(make(m_sin, Master, tokens, c.headDim / 2));
    const TrainableSpec& spec = m_model->spec();
    if (spec.method == TrainMethod::Lora && !spec.lora.targets.empty()) {
        LECTERN_TRY(make(m_scratch.low, Activation, tokens, spec.lora.rank));
        if (spec.lora.dropout > 0) {
            LECTERN_TRY(make(m_scratch.dropped, Activation, tokens, std::max({width, qWidth, inner})));
        }
    }
    if (m_options.keptOnHost) {
        LECTERN_TRY(m_backend->keepStashesOnHost());
    }
    m_kept.resize(static_cast<size_t>(c.layerCount));
    for (Kept& kept : m_kept) {
        LECTERN_TRY(make(kept.input, Stash, tokens, width));
        if (m_options.kept != KeptActivations::LayerInputs) {
            LECTERN_TRY(make(kept.attended, Stash, tokens, qWidth));
            LECTERN_TRY(make(kept.logSumExp, Master, tokens, c.headCount));
        }
        if (m_options.kept == KeptActivations::All) {
            LECTERN_TRY(make(kept.q, Stash, tokens, qWidth));
            LECTERN_TRY(make(kept.k, Stash, tokens, kvWidth));
            LECTERN_TRY(make(kept.v, Stash, tokens, kvWidth));
            LECTERN_TRY(make(kept.middle, Stash, tokens, width));
            LECTERN_TRY(make(kept.gate, Stash, tokens, inner));
            LECTERN_TRY(make(kept.up, Stash, tokens, inner));
        }
    }
    return {};
}

Result<void> LlamaTrainer::checkSequence(std::span<const TokenId> tokens,
                                         std::span<const PositionDraw> positions) const {
    if (tokens.size() < 2 || static_cast<int64_t>(tokens.size()) > m_options.maxTokens) {
        return Error{ErrorCode::InvalidInput, "A training sequence has " + std::to_string(tokens.size()) +
                                                  " tokens; this run holds 2 to " +
                                                  std::to_string(m_options.maxTokens) + "."};
    }
    LECTERN_CHECK(positions.size() == 1 || positions.size() == m_kept.size());
    for (const PositionDraw& draw : positions) {
        LECTERN_CHECK(draw.positions.size() == tokens.size());
    }
    return {};
}

TrainAttentionSpec LlamaTrainer::attentionSpec(int64_t tokens) const {
    const ModelConfig& config = m_model->config();
    TrainAttentionSpec spec;
    spec.mode = m_options.mode;
    spec.profile = &m_options.profile;
    spec.heads = config.headCount;
    spec.kvHeads = config.kvHeadCount;
    spec.headDim = config.headDim;
    spec.slidingWindow = config.slidingWindow;
    spec.tokens = tokens;
    return spec;
}

std::optional<uint64_t> LlamaTrainer::dropoutKey(const Pass& pass, int32_t layer, int32_t projection,
                                                 int64_t row) const {
    if (!pass.dropoutKey) {
        return std::nullopt;
    }
    return streamKey({*pass.dropoutKey, kDropoutStream, static_cast<uint64_t>(layer), static_cast<uint64_t>(projection),
                      static_cast<uint64_t>(row)});
}

Result<void> LlamaTrainer::project(int32_t layer, const Pass& pass) {
    const ModelConfig& config = m_model->config();
    const TrainLayer& w = m_model->layers()[static_cast<size_t>(layer)];
    const int64_t n = pass.tokens;
    TrainBackend& device = *m_backend;
    LECTERN_TRY(device.rmsNorm(m_x, w.attentionNorm.value(), config.rmsNormEps, n, m_normed));
    LECTERN_TRY(
        w.q.forward(device, m_normed, n, false, dropoutKey(pass, layer, ProjectionIndex::kQ, 0), m_scratch, m_q));
    LECTERN_TRY(
        w.k.forward(device, m_normed, n, false, dropoutKey(pass, layer, ProjectionIndex::kK, 0), m_scratch, m_k));
    LECTERN_TRY(
        w.v.forward(device, m_normed, n, false, dropoutKey(pass, layer, ProjectionIndex::kV, 0), m_scratch, m_v));
    return {};
}

Result<void> LlamaTrainer::attend(int32_t layer, const Pass& pass) {
    const ModelConfig& config = m_model->config();
    const int64_t n = pass.tokens;
    TrainBackend& device = *m_backend;
    Kept& kept = m_kept[static_cast<size_t>(layer)];
    const PositionDraw& draw = pass.positions[pass.positions.size() == 1 ? 0 : static_cast<size_t>(layer)];
    const TrainAttentionSpec spec = attentionSpec(n);
    LECTERN_TRY(device.ropeTables(draw.rope, draw.positions, m_cos, m_sin));
    // ms_pretrain chooses before it rotates.
    const bool chooseFirst = m_options.mode == AttentionMode::MsPretrain;
    std::unique_ptr<TrainAttentionPlan>& plan = pass.keep ? kept.plan : m_plan;
    if (chooseFirst) {
        LECTERN_ASSIGN(plan, device.planAttention(spec, m_q, m_k));
    }
    LECTERN_TRY(device.rope(m_q, config.headCount, m_cos, m_sin, n, false));
    LECTERN_TRY(device.rope(m_k, config.kvHeadCount, m_cos, m_sin, n, false));
    if (!chooseFirst) {
        LECTERN_ASSIGN(plan, device.planAttention(spec, m_q, m_k));
    }
    return device.attention(spec, *plan, m_q, m_k, m_v, m_attended, m_logSumExp);
}

Result<void> LlamaTrainer::mlpForward(int32_t layer, const Pass& pass) {
    const ModelConfig& config = m_model->config();
    const TrainLayer& w = m_model->layers()[static_cast<size_t>(layer)];
    Kept& kept = m_kept[static_cast<size_t>(layer)];
    TrainBackend& device = *m_backend;
    for (int64_t row = 0; row < pass.tokens; row += m_mlpNormed.rows) {
        const int64_t count = std::min(m_mlpNormed.rows, pass.tokens - row);
        TrainTensor x = rowsOf(m_x, row, count);
        LECTERN_TRY(device.rmsNorm(x, w.mlpNorm.value(), config.rmsNormEps, count, m_mlpNormed));
        LECTERN_TRY(w.gate.forward(device, m_mlpNormed, count, false,
                                   dropoutKey(pass, layer, ProjectionIndex::kGate, row), m_scratch, m_gate));
        LECTERN_TRY(w.up.forward(device, m_mlpNormed, count, false, dropoutKey(pass, layer, ProjectionIndex::kUp, row),
                                 m_scratch, m_up));
        if (pass.keep && !kept.gate.empty()) {
            TrainTensor gate = rowsOf(kept.gate, row, count), up = rowsOf(kept.up, row, count);
            LECTERN_TRY(device.copy(rowsOf(m_gate, 0, count), gate));
            LECTERN_TRY(device.copy(rowsOf(m_up, 0, count), up));
        }
        LECTERN_TRY(device.swiglu(m_gate, m_up, count, m_act));
        LECTERN_TRY(w.down.forward(device, m_act, count, true, dropoutKey(pass, layer, ProjectionIndex::kDown, row),
                                   m_scratch, x));
    }
    return {};
}

Result<void> LlamaTrainer::forward(std::span<const TokenId> tokens, const Pass& pass) {
    TrainBackend& device = *m_backend;
    const int64_t n = pass.tokens;
    const auto keep = [&](const TrainTensor& live, TrainTensor& kept) -> Result<void> {
        if (!pass.keep || kept.empty()) {
            return {};
        }
        TrainTensor target = rowsOf(kept, 0, n);
        return device.copy(rowsOf(live, 0, n), target);
    };
    LECTERN_TRY(device.embed(m_model->embedding(), tokens, m_x));
    for (int32_t layer = 0; layer < m_model->config().layerCount; ++layer) {
        if (pass.stop.stop_requested()) {
            return Error{ErrorCode::Cancelled, "Training was stopped."};
        }
        const TrainLayer& w = m_model->layers()[static_cast<size_t>(layer)];
        Kept& kept = m_kept[static_cast<size_t>(layer)];
        LECTERN_TRY(keep(m_x, kept.input));
        LECTERN_TRY(project(layer, pass));
        LECTERN_TRY(attend(layer, pass));
        LECTERN_TRY(keep(m_q, kept.q));
        LECTERN_TRY(keep(m_k, kept.k));
        LECTERN_TRY(keep(m_v, kept.v));
        LECTERN_TRY(keep(m_attended, kept.attended));
        LECTERN_TRY(keep(m_logSumExp, kept.logSumExp));
        LECTERN_TRY(w.output.forward(device, m_attended, n, true, dropoutKey(pass, layer, ProjectionIndex::kOutput, 0),
                                     m_scratch, m_x));
        LECTERN_TRY(keep(m_x, kept.middle));
        LECTERN_TRY(mlpForward(layer, pass));
    }
    return {};
}

Result<double> LlamaTrainer::loss(const TrainSequence& sequence, double scale, bool backward) {
    // Only rows whose next token is trained meet the vocabulary.
    std::vector<int64_t> rows;
    std::vector<TokenId> targets;
    for (size_t i = 1; i < sequence.tokens.size(); ++i) {
        if (sequence.trained[i] != 0) {
            rows.push_back(static_cast<int64_t>(i) - 1);
            targets.push_back(sequence.tokens[i]);
        }
    }
    const ModelConfig& config = m_model->config();
    const NormWeight& norm = m_model->outputNorm();
    const Projection& head = m_model->head();
    TrainBackend& device = *m_backend;
    if (backward) {
        LECTERN_TRY(device.zero(m_dX));
    }
    double total = 0;
    for (size_t begin = 0; begin < rows.size(); begin += static_cast<size_t>(m_logits.rows)) {
        const size_t count = std::min(static_cast<size_t>(m_logits.rows), rows.size() - begin);
        const auto n = static_cast<int64_t>(count);
        const std::span<const int64_t> chunk = std::span(rows).subspan(begin, count);
        LECTERN_TRY(device.gatherRows(m_x, chunk, m_lossRows));
        LECTERN_TRY(device.rmsNorm(m_lossRows, norm.value(), config.rmsNormEps, n, m_lossNormed));
        LECTERN_TRY(head.forward(device, m_lossNormed, n, false, std::nullopt, m_scratch, m_logits));
        LECTERN_ASSIGN(const double part,
                       device.crossEntropyInPlace(m_logits, std::span(targets).subspan(begin, count), scale));
        total += part;
        if (!backward) {
            continue;
        }
        LECTERN_TRY(head.backward(device, m_lossNormed, m_logits, n, false, std::nullopt, m_scratch, m_lossGradient));
        TrainTensor dRows = rowsOf(m_dNormed, 0, n);
        LECTERN_TRY(device.zero(dRows));
        LECTERN_TRY(device.rmsNormBackward(m_lossRows, norm.value(), config.rmsNormEps, m_lossGradient, n, dRows,
                                           norm.gradient()));
        LECTERN_TRY(device.scatterRows(dRows, chunk, m_dX));
    }
    return total;
}

Result<double> LlamaTrainer::accumulate(const TrainSequence& sequence, std::span<const PositionDraw> positions,
                                        uint64_t dropoutKey, double scale, std::stop_token stop) {
    LECTERN_TRY(checkSequence(sequence.tokens, positions));
    LECTERN_CHECK(sequence.trained.size() == sequence.tokens.size());
    Pass pass;
    pass.tokens = static_cast<int64_t>(sequence.tokens.size());
    pass.positions = positions;
    pass.dropoutKey = dropoutKey;
    pass.keep = true;
    pass.stop = stop;
    LECTERN_TRY(forward(sequence.tokens, pass));
    LECTERN_ASSIGN(const double total, loss(sequence, scale, true));
    for (int32_t layer = m_model->config().layerCount - 1; layer >= 0; --layer) {
        if (stop.stop_requested()) {
            return Error{ErrorCode::Cancelled, "Training was stopped."};
        }
        LECTERN_TRY(backwardLayer(layer, pass));
    }
    if (Parameter* embedding = m_model->embeddingParameter()) {
        LECTERN_TRY(m_backend->embedBackward(m_dX, sequence.tokens, embedding->gradient));
    }
    LECTERN_TRY(m_backend->synchronize());
    return total;
}

Result<double> LlamaTrainer::evaluate(const TrainSequence& sequence, std::span<const PositionDraw> positions,
                                      std::stop_token stop) {
    LECTERN_TRY(checkSequence(sequence.tokens, positions));
    Pass pass;
    pass.tokens = static_cast<int64_t>(sequence.tokens.size());
    pass.positions = positions;
    pass.stop = stop;
    LECTERN_TRY(forward(sequence.tokens, pass));
    return loss(sequence, 1.0, false);
}

Result<std::vector<float>> LlamaTrainer::logits(std::span<const TokenId> tokens,
                                                std::span<const PositionDraw> positions, std::span<const int64_t> rows,
                                                std::stop_token stop) {
    LECTERN_TRY(checkSequence(tokens, positions));
    const ModelConfig& config = m_model->config();
    Pass pass;
    pass.tokens = static_cast<int64_t>(tokens.size());
    pass.positions = positions;
    pass.stop = stop;
    LECTERN_TRY(forward(tokens, pass));
    std::vector<float> all(rows.size() * static_cast<size_t>(config.vocabSize));
    for (size_t begin = 0; begin < rows.size(); begin += static_cast<size_t>(m_logits.rows)) {
        const size_t count = std::min(static_cast<size_t>(m_logits.rows), rows.size() - begin);
        const auto n = static_cast<int64_t>(count);
        LECTERN_TRY(m_backend->gatherRows(m_x, rows.subspan(begin, count), m_lossRows));
        LECTERN_TRY(m_backend->rmsNorm(m_lossRows, m_model->outputNorm().value(), config.rmsNormEps, n, m_lossNormed));
        LECTERN_TRY(m_model->head().forward(*m_backend, m_lossNormed, n, false, std::nullopt, m_scratch, m_logits));
        LECTERN_TRY(m_backend->download(rowsOf(m_logits, 0, n),
                                        std::span(all).subspan(begin * static_cast<size_t>(config.vocabSize),
                                                               count * static_cast<size_t>(config.vocabSize))));
    }
    return all;
}

}  // namespace lectern

#include "engine/model/llama_forward.h"

#include <algorithm>

#include "engine/core/check.h"

namespace lectern {
namespace {

// Rows of logits computed at a time: bounds the buffer where a caller wants every row of a long chunk.
constexpr int64_t kLogitRows = 64;

Result<Tensor> tensor(Backend& backend, int64_t rows, int64_t columns, DType type) {
    Tensor made;
    LECTERN_ASSIGN(made.buffer, backend.allocate(rows * kernels::rowBytes(type, columns)));
    made.type = type;
    made.rows = rows;
    made.columns = columns;
    return made;
}

/// Rows [row, row + count) of `whole`, borrowing its memory.
Tensor rowsOf(const Tensor& whole, int64_t row, int64_t count) {
    Tensor view;
    view.type = whole.type;
    view.rows = count;
    view.columns = whole.columns;
    const int64_t rowBytes = kernels::rowBytes(whole.type, whole.columns);
    view.buffer = Buffer(whole.as<std::byte>() + row * rowBytes, count * rowBytes, nullptr);
    return view;
}

LlamaView viewOf(const Model& model) {
    const ModelConfig& config = model.config();
    LlamaView view;
    view.embedding = &model.embedding();
    view.outputNorm = &model.outputNorm();
    view.outputHead = &model.outputHead();
    view.heads = config.headCount;
    view.kvHeads = config.kvHeadCount;
    view.headDim = config.headDim;
    view.slidingWindow = config.slidingWindow;
    view.rmsNormEps = config.rmsNormEps;
    for (const LayerWeights& layer : model.layers()) {
        view.layers.push_back({layer.attentionNorm.get(), layer.q.get(), layer.k.get(), layer.v.get(),
                               layer.output.get(), layer.mlpNorm.get(), layer.gate.get(), layer.up.get(),
                               layer.down.get()});
    }
    return view;
}

}  // namespace

Result<std::unique_ptr<LlamaForward>> LlamaForward::create(std::shared_ptr<const Model> model,
                                                           std::shared_ptr<Backend> backend, int64_t maxTokens) {
    std::unique_ptr<LlamaForward> forward(new LlamaForward(std::move(model), std::move(backend), maxTokens));
    const ModelConfig& config = forward->m_model->config();
    Backend& device = *forward->m_backend;
    const int64_t qWidth = static_cast<int64_t>(config.headCount) * config.headDim;
    const int64_t kvWidth = static_cast<int64_t>(config.kvHeadCount) * config.headDim;
    const DType between = device.activationType();
    LECTERN_ASSIGN(forward->m_x, tensor(device, maxTokens, config.hiddenSize, DType::F32));
    LECTERN_ASSIGN(forward->m_normed, tensor(device, maxTokens, config.hiddenSize, between));
    LECTERN_ASSIGN(forward->m_q, tensor(device, maxTokens, qWidth, between));
    LECTERN_ASSIGN(forward->m_k, tensor(device, maxTokens, kvWidth, between));
    LECTERN_ASSIGN(forward->m_v, tensor(device, maxTokens, kvWidth, between));
    LECTERN_ASSIGN(forward->m_attended, tensor(device, maxTokens, qWidth, between));
    LECTERN_ASSIGN(forward->m_gate, tensor(device, maxTokens, config.intermediateSize, between));
    LECTERN_ASSIGN(forward->m_up, tensor(device, maxTokens, config.intermediateSize, between));
    LECTERN_ASSIGN(forward->m_logits, tensor(device, std::min(maxTokens, kLogitRows), config.vocabSize, DType::F32));
    LECTERN_ASSIGN(forward->m_tokenForward, device.createTokenForward(viewOf(*forward->m_model)));
    return forward;
}

Result<void> LlamaForward::run(std::span<const TokenId> tokens, int64_t firstToken, KvStorage& storage,
                               const ForwardOptions& options, std::stop_token stop) {
    const auto count = static_cast<int64_t>(tokens.size());
    LECTERN_CHECK(count > 0 && count <= m_maxTokens);
    LECTERN_TRY(storage.reserve(firstToken + count));
    m_tokenReady = false;
    if (count == 1) {
        LECTERN_ASSIGN(m_tokenReady, runToken(tokens[0], firstToken, storage, options));
        if (m_tokenReady) {
            return {};
        }
    }
    LECTERN_TRY(settleTrace());
    LECTERN_TRY(m_backend->embed(m_model->embedding(), tokens, m_x));
    Result<void> result = runLayers(firstToken, count, storage, options, stop);
    if (options.documentTrace || options.answerTrace) {
        // A device records behind the host; what it has recorded is complete only now.
        LECTERN_TRY(m_backend->synchronize());
    }
    return result;
}

Result<bool> LlamaForward::runToken(TokenId token, int64_t firstToken, KvStorage& storage,
                                    const ForwardOptions& options) {
    const bool causal = options.mode == AttentionMode::MsDecode || options.mode == AttentionMode::Dense;
    if (!m_tokenForward || !causal || options.afterLayer || options.documentTrace || keysStayUnrotated(options)) {
        return false;
    }
    TokenStep step;
    step.token = token;
    step.firstToken = firstToken;
    step.mode = options.mode;
    step.profile = options.profile;
    step.rope = options.rope;
    step.excludedRegions = options.excludedRegions;
    step.answerTrace = options.answerTrace;
    step.traceLimits = options.traceLimits;
    return m_tokenForward->run(storage, step);
}

Result<void> LlamaForward::runLayers(int64_t firstToken, int64_t tokens, KvStorage& storage,
                                     const ForwardOptions& options, std::stop_token stop) {
    int32_t index = 0;
    for (const LayerWeights& layer : m_model->layers()) {
        if (stop.stop_requested()) {
            return Error{ErrorCode::Cancelled, "Stopped."};
        }
        LECTERN_TRY(attentionPart(layer, index, firstToken, tokens, storage, options));
        LECTERN_TRY(mlpPart(layer, tokens));
        if (options.afterLayer) {
            options.afterLayer(index, m_x);
        }
        ++index;
    }
    return {};
}

bool LlamaForward::keysStayUnrotated(const ForwardOptions& options) const {
    return m_model->config().keysStoredUnrotated || options.mode == AttentionMode::MsPretrain ||
           options.profile->mode == AttentionMode::MsPretrain;
}

Result<void> LlamaForward::attentionPart(const LayerWeights& weights, int32_t layer, int64_t firstToken, int64_t tokens,
                                         KvStorage& storage, const ForwardOptions& options) {
    const ModelConfig& config = m_model->config();
    Backend& device = *m_backend;
    LECTERN_TRY(device.rmsNorm(m_x, *weights.attentionNorm, config.rmsNormEps, tokens, m_normed));
    const LinearOutput projections[] = {{weights.q.get(), &m_q}, {weights.k.get(), &m_k}, {weights.v.get(), &m_v}};
    LECTERN_TRY(device.project(m_normed, projections, tokens));
    const bool unrotated = keysStayUnrotated(options);
    if (!unrotated) {
        LECTERN_TRY(device.rope(m_q, config.headCount, *options.rope, firstToken, tokens));
        LECTERN_TRY(device.rope(m_k, config.kvHeadCount, *options.rope, firstToken, tokens));
    }
    LECTERN_TRY(device.appendKv(storage, layer, m_k, m_v, firstToken, tokens));

    AttentionOp op;
    op.layer = layer;
    op.q = &m_q;
    op.firstToken = firstToken;
    op.tokens = tokens;
    op.mode = options.mode;
    op.profile = options.profile;
    op.slidingWindow = config.slidingWindow;
    op.excludedRegions = options.excludedRegions;
    op.gatherRope = unrotated ? options.rope : nullptr;
    op.documentTrace = options.documentTrace;
    op.answerTrace = options.answerTrace;
    op.traceLimits = options.traceLimits;
    LECTERN_TRY(device.attend(storage, op, m_attended));
    return device.linear(m_attended, *weights.output, tokens, true, m_x);
}

Result<void> LlamaForward::mlpPart(const LayerWeights& weights, int64_t tokens) {
    Backend& device = *m_backend;
    LECTERN_TRY(device.rmsNorm(m_x, *weights.mlpNorm, m_model->config().rmsNormEps, tokens, m_normed));
    LECTERN_TRY(device.projectGated(m_normed, *weights.gate, *weights.up, tokens, m_gate, m_up));
    return device.linear(m_gate, *weights.down, tokens, true, m_x);
}

Result<void> LlamaForward::logits(int64_t row, int64_t count, float* host) {
    const ModelConfig& config = m_model->config();
    if (m_tokenReady) {
        LECTERN_CHECK(row == 0 && count == 1);
        return m_tokenForward->logits(host);
    }
    for (int64_t done = 0; done < count; done += kLogitRows) {
        const int64_t rows = std::min({kLogitRows, count - done, m_logits.rows});
        const Tensor hidden = rowsOf(m_x, row + done, rows);
        Tensor normed = rowsOf(m_normed, 0, rows);
        Tensor out = rowsOf(m_logits, 0, rows);
        LECTERN_TRY(m_backend->rmsNorm(hidden, m_model->outputNorm(), config.rmsNormEps, rows, normed));
        LECTERN_TRY(m_backend->linear(normed, m_model->outputHead(), rows, false, out));
        LECTERN_TRY(m_backend->download(out, host + done * config.vocabSize));
    }
    return {};
}

}  // namespace lectern

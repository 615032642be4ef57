#pragma once
// The Llama transformer, block by block: RMSNorm, q/k/v, RoPE, cache append, attention, output, SwiGLU. One forward of
// a chunk.

#include <functional>
#include <memory>
#include <stop_token>

#include "engine/model/model.h"

namespace lectern {

/// What one forward pass of a chunk needs besides tokens. Traces may be null.
struct ForwardOptions {
    AttentionMode mode = AttentionMode::Dense;
    const AttentionProfile* profile = nullptr;
    const RopeSchedule* rope = nullptr;
    std::span<const RegionId> excludedRegions;
    DocumentTrace* documentTrace = nullptr;
    AnswerTrace* answerTrace = nullptr;
    AnswerTraceLimits traceLimits;
    /// Called after each block with the hidden state; tests compare layer by layer.
    std::function<void(int32_t layer, const Tensor& hidden)> afterLayer;
};

/// Owns the activations of up to `maxTokens` tokens; one per Session.
class LlamaForward {
  public:
    static Result<std::unique_ptr<LlamaForward>> create(std::shared_ptr<const Model> model,
                                                        std::shared_ptr<Backend> backend, int64_t maxTokens);

    int64_t maxTokens() const { return m_maxTokens; }

    /// Runs `tokens` (at most maxTokens) as context [firstToken, firstToken + size) and appends their K/V to `storage`.
    /// Errors: Cancelled between layers; the caller truncates the storage.
    Result<void> run(std::span<const TokenId> tokens, int64_t firstToken, KvStorage& storage,
                     const ForwardOptions& options, std::stop_token stop);

    /// Logits of rows [row, row + count) of the last run, into host memory [count, vocab].
    Result<void> logits(int64_t row, int64_t count, float* host);
    /// Completes the answer trace's last step (TokenForward::settleTrace()).
    Result<void> settleTrace() { return m_tokenForward ? m_tokenForward->settleTrace() : Result<void>(); }

  private:
    LlamaForward(std::shared_ptr<const Model> model, std::shared_ptr<Backend> backend, int64_t maxTokens)
        : m_model(std::move(model)), m_backend(std::move(backend)), m_maxTokens(maxTokens) {}
    Result<void> attentionPart(const LayerWeights& weights, int32_t layer, int64_t firstToken, int64_t tokens,
                               KvStorage& storage, const ForwardOptions& options);
    Result<void> mlpPart(const LayerWeights& weights, int64_t tokens);
    /// Whether the device took the token as a whole.
    Result<bool> runToken(TokenId token, int64_t firstToken, KvStorage& storage, const ForwardOptions& options);
    Result<void> runLayers(int64_t firstToken, int64_t tokens, KvStorage& storage, const ForwardOptions& options,
                           std::stop_token stop);
    bool keysStayUnrotated(const ForwardOptions& options) const;

    std::shared_ptr<const Model> m_model;
    std::shared_ptr<Backend> m_backend;
    int64_t m_maxTokens;
    std::unique_ptr<TokenForward> m_tokenForward;  ///< null: the backend has none
    bool m_tokenReady = false;                     ///< the last run went through m_tokenForward
    Tensor m_x, m_normed, m_q, m_k, m_v, m_attended, m_gate, m_up, m_logits;
};

}  // namespace lectern

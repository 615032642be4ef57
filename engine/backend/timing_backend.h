#pragma once
// A Backend that passes every op on and adds up the time of each kind: where a prefill or a token spends itself.

#include <chrono>
#include <map>

#include "engine/backend/backend.h"

namespace lectern {

class TimingBackend final : public Backend {
  public:
    explicit TimingBackend(std::shared_ptr<Backend> inner) : m_inner(std::move(inner)) {}

    /// Seconds per stage: embed, norm, gemm (SwiGLU included where the backend fuses it), rope, append,
    /// attention.
    const std::map<std::string, double>& stageSeconds() const { return m_seconds; }
    void reset() { m_seconds.clear(); }

    DeviceInfo info() const override { return m_inner->info(); }
    DType activationType() const override { return m_inner->activationType(); }
    int64_t chunkTokens() const override { return m_inner->chunkTokens(); }
    Result<std::unique_ptr<TokenForward>> createTokenForward(const LlamaView& model) override {
        return m_inner->createTokenForward(model);
    }
    Result<Buffer> allocate(int64_t bytes) override { return m_inner->allocate(bytes); }
    Result<void> upload(const void* host, Tensor& target) override { return m_inner->upload(host, target); }
    Result<void> download(const Tensor& source, void* host) override { return m_inner->download(source, host); }
    Result<std::unique_ptr<Weight>> prepareWeight(DType type, int64_t rows, int64_t columns,
                                                  std::span<const std::byte> bytes) override {
        return m_inner->prepareWeight(type, rows, columns, bytes);
    }
    Result<std::unique_ptr<KvStorage>> createKvStorage(const KvStorageSpec& spec) override {
        return m_inner->createKvStorage(spec);
    }

    Result<void> embed(const Weight& table, std::span<const TokenId> tokens, Tensor& out) override {
        return timed("embed", [&] { return m_inner->embed(table, tokens, out); });
    }
    Result<void> rmsNorm(const Tensor& x, const Weight& weight, float eps, int64_t tokens, Tensor& out) override {
        return timed("norm", [&] { return m_inner->rmsNorm(x, weight, eps, tokens, out); });
    }
    Result<void> linear(const Tensor& x, const Weight& weight, int64_t tokens, bool accumulate, Tensor& out) override {
        return timed("gemm", [&] { return m_inner->linear(x, weight, tokens, accumulate, out); });
    }
    Result<void> project(const Tensor& x, std::span<const LinearOutput> projections, int64_t tokens) override {
        return timed("gemm", [&] { return m_inner->project(x, projections, tokens); });
    }
    Result<void> projectGated(const Tensor& x, const Weight& gateWeight, const Weight& upWeight, int64_t tokens,
                              Tensor& gate, Tensor& up) override {
        return timed("gemm", [&] { return m_inner->projectGated(x, gateWeight, upWeight, tokens, gate, up); });
    }
    Result<void> rope(Tensor& x, int32_t heads, const RopeSchedule& schedule, int64_t firstPosition,
                      int64_t tokens) override {
        return timed("rope", [&] { return m_inner->rope(x, heads, schedule, firstPosition, tokens); });
    }
    Result<void> appendKv(KvStorage& storage, int32_t layer, const Tensor& k, const Tensor& v, int64_t firstToken,
                          int64_t tokens) override {
        return timed("append", [&] { return m_inner->appendKv(storage, layer, k, v, firstToken, tokens); });
    }
    Result<void> attend(KvStorage& storage, const AttentionOp& op, Tensor& out) override {
        return timed("attention", [&] { return m_inner->attend(storage, op, out); });
    }
    Result<void> swiglu(Tensor& gate, const Tensor& up, int64_t tokens) override {
        return timed("swiglu", [&] { return m_inner->swiglu(gate, up, tokens); });
    }
    Result<void> synchronize() override { return m_inner->synchronize(); }

  private:
    template <typename Op>
    Result<void> timed(const char* stage, Op op) {
        const auto start = std::chrono::steady_clock::now();
        Result<void> result = op();
        if (result) {
            result = m_inner->synchronize();
        }
        m_seconds[stage] += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        return result;
    }

    std::shared_ptr<Backend> m_inner;
    std::map<std::string, double> m_seconds;
};

}  // namespace lectern

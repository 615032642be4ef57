#pragma once
// The CUDA implementation of Backend: one device, one stream, nothing waits but downloads. Activations are bf16, the
// hidden state and the logits f32, sums f32. One token goes through the model as a captured graph (CudaTokenForward).

#include <vector>

#include "engine/backend/backend.h"
#include "engine/backend/cuda/cuda_attention.h"
#include "engine/backend/cuda/cuda_context.h"
#include "engine/backend/cuda/cuda_rope.h"

namespace lectern {

class CudaBackend final : public Backend {
  public:
    explicit CudaBackend(std::shared_ptr<CudaContext> context)
        : m_context(std::move(context)), m_rope(m_context), m_attention(m_context) {}

    DeviceInfo info() const override;
    DType activationType() const override { return DType::BF16; }
    int64_t chunkTokens() const override { return 8192; }
    Result<std::unique_ptr<TokenForward>> createTokenForward(const LlamaView& model) override;

    Result<Buffer> allocate(int64_t bytes) override;
    Result<void> upload(const void* host, Tensor& target) override;
    Result<void> download(const Tensor& source, void* host) override;
    Result<std::unique_ptr<Weight>> prepareWeight(DType type, int64_t rows, int64_t columns,
                                                  std::span<const std::byte> bytes) override;
    Result<std::unique_ptr<KvStorage>> createKvStorage(const KvStorageSpec& spec) override;

    Result<void> embed(const Weight& table, std::span<const TokenId> tokens, Tensor& out) override;
    Result<void> rmsNorm(const Tensor& x, const Weight& weight, float eps, int64_t tokens, Tensor& out) override;
    Result<void> linear(const Tensor& x, const Weight& weight, int64_t tokens, bool accumulate, Tensor& out) override;
    Result<void> rope(Tensor& x, int32_t heads, const RopeSchedule& schedule, int64_t firstPosition,
                      int64_t tokens) override;
    Result<void> appendKv(KvStorage& storage, int32_t layer, const Tensor& k, const Tensor& v, int64_t firstToken,
                          int64_t tokens) override;
    Result<void> attend(KvStorage& storage, const AttentionOp& op, Tensor& out) override;
    Result<void> swiglu(Tensor& gate, const Tensor& up, int64_t tokens) override;
    Result<void> synchronize() override { return m_context->synchronize(); }

  private:
    std::shared_ptr<CudaContext> m_context;
    CudaRope m_rope;
    CudaAttention m_attention;
};

}  // namespace lectern

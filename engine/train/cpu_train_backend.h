#pragma once
// Training on the CPU: f32 everywhere, frozen weights decoded call by call. Work is split in pieces whose size does not
// depend on the number of threads, so that a run repeats its bits on any of them.

#include <atomic>
#include <memory>
#include <vector>

#include "engine/core/thread_pool.h"
#include "engine/train/train_backend.h"
#include "kernels/cpu/cpu.h"

namespace lectern {

class CpuTrainBackend final : public TrainBackend {
  public:
    explicit CpuTrainBackend(int32_t threads);

    DeviceInfo info() const override;
    int64_t heldBytes() const override { return m_memory->held; }
    int64_t peakBytes() const override { return m_memory->peak; }

    Result<TrainTensor> allocate(TensorUse use, int64_t rows, int64_t columns) override;
    Result<void> zero(TrainTensor& target) override;
    Result<void> copy(const TrainTensor& from, TrainTensor& to) override;
    Result<void> upload(std::span<const float> host, TrainTensor& target) override;
    Result<void> download(const TrainTensor& source, std::span<float> host) override;
    Result<std::unique_ptr<Weight>> prepareWeight(DType type, int64_t rows, int64_t columns,
                                                  std::span<const std::byte> bytes) override;

    Result<void> embed(const MatrixRef& table, std::span<const TokenId> tokens, TrainTensor& out) override;
    Result<void> embedBackward(const TrainTensor& dOut, std::span<const TokenId> tokens, TrainTensor& dTable) override;
    Result<void> gatherRows(const TrainTensor& from, std::span<const int64_t> rows, TrainTensor& to) override;
    Result<void> scatterRows(const TrainTensor& from, std::span<const int64_t> rows, TrainTensor& to) override;

    Result<void> linear(const TrainTensor& x, const MatrixRef& w, int64_t tokens, double alpha, bool accumulate,
                        TrainTensor& y) override;
    Result<void> linearBackwardInput(const TrainTensor& dY, const MatrixRef& w, int64_t tokens, double alpha,
                                     bool accumulate, TrainTensor& dX) override;
    Result<void> linearBackwardWeight(const TrainTensor& dY, const TrainTensor& x, int64_t tokens, double alpha,
                                      TrainTensor& dW) override;

    Result<void> rmsNorm(const TrainTensor& x, const TrainTensor& weight, float eps, int64_t tokens,
                         TrainTensor& out) override;
    Result<void> rmsNormBackward(const TrainTensor& x, const TrainTensor& weight, float eps, const TrainTensor& dOut,
                                 int64_t tokens, TrainTensor& dX, TrainTensor* dWeight) override;
    Result<void> ropeTables(const RopeSchedule& schedule, std::span<const int64_t> positions, TrainTensor& cos,
                            TrainTensor& sin) override;
    Result<void> rope(TrainTensor& x, int32_t heads, const TrainTensor& cos, const TrainTensor& sin, int64_t tokens,
                      bool inverse) override;
    Result<void> swiglu(const TrainTensor& gate, const TrainTensor& up, int64_t tokens, TrainTensor& out) override;
    Result<void> swigluBackward(const TrainTensor& gate, const TrainTensor& up, const TrainTensor& dOut, int64_t tokens,
                                TrainTensor& dGate, TrainTensor& dUp) override;
    Result<void> dropout(const TrainTensor& x, int64_t tokens, uint64_t seed, double rate, bool accumulate,
                         TrainTensor& out) override;

    Result<std::unique_ptr<TrainAttentionPlan>> planAttention(const TrainAttentionSpec& spec, const TrainTensor& q,
                                                              const TrainTensor& k) override;
    Result<void> attention(const TrainAttentionSpec& spec, const TrainAttentionPlan& plan, const TrainTensor& q,
                           const TrainTensor& k, const TrainTensor& v, TrainTensor& out,
                           TrainTensor& logSumExp) override;
    Result<void> attentionBackward(const TrainAttentionSpec& spec, const TrainAttentionPlan& plan, const TrainTensor& q,
                                   const TrainTensor& k, const TrainTensor& v, const TrainTensor& out,
                                   const TrainTensor& logSumExp, const TrainTensor& dOut, TrainTensor& dQ,
                                   TrainTensor& dK, TrainTensor& dV) override;

    Result<double> crossEntropyInPlace(TrainTensor& logits, std::span<const TokenId> targets, double scale) override;

    Result<double> sumOfSquares(std::span<const TrainTensor* const> tensors) override;
    Result<void> adamW(TrainTensor& value, const TrainTensor& gradient, TrainTensor& m, TrainTensor& v,
                       const kernels::AdamWArgs& args) override;
    Result<void> muon(TrainTensor& value, const TrainTensor& gradient, TrainTensor& momentum,
                      const MuonArgs& args) override;
    Result<void> synchronize() override { return {}; }

  private:
    /// Outlives the backend: tensors may be freed after it.
    struct Memory {
        std::atomic<int64_t> held{0}, peak{0};
    };

    /// out [m, n] = a [m, k] b [n, k]^T over all threads.
    void product(const float* a, int64_t lda, const float* b, int64_t ldb, float* out, int64_t ldo, int64_t m,
                 int64_t n, int64_t k, bool accumulate);
    /// kernels::cpu::gemmPlainB over all threads.
    void productPlain(const kernels::cpu::GemmPlainArgs& whole);
    void transposeAll(const float* a, int64_t rows, int64_t columns, float alpha, std::vector<float>& out);
    /// `w` as f32, scaled; decoded into m_decoded unless it lies so already.
    const float* decoded(const MatrixRef& w, double alpha);
    void forRows(int64_t tokens, const std::function<void(int64_t begin, int64_t rows)>& body);
    void forValues(int64_t count, const std::function<void(int64_t begin, int64_t count)>& body);

    ThreadPool m_pool;
    std::shared_ptr<Memory> m_memory = std::make_shared<Memory>();
    std::vector<float> m_decoded;
    std::vector<float> m_keyGradients, m_valueGradients;
};

}  // namespace lectern

#pragma once
// Training on one NVIDIA GPU: bf16 activations and products, f32 masters, gradients, statistics and sums. Everything
// runs in order on one stream; the host waits only where a number comes back. Sums are formed in a fixed order, so that
// a resumed run repeats its losses.

#include <array>
#include <memory>
#include <unordered_map>

#include "engine/train/cuda/stash_host.h"
#include "engine/train/cuda/upload_ring.h"
#include "engine/train/train_backend.h"
#include "kernels/cuda/linear.h"
#include "kernels/cuda/train_attention.h"

namespace lectern {

class CudaTrainBackend final : public TrainBackend {
  public:
    /// Errors: Unsupported without a usable device, OutOfMemory.
    static Result<std::unique_ptr<CudaTrainBackend>> create();
    ~CudaTrainBackend() override;

    DeviceInfo info() const override;
    ChunkTokens chunks() const override { return {8192, 4096}; }
    int64_t heldBytes() const override { return m_memory->held; }
    int64_t peakBytes() const override { return m_memory->peak; }

    Result<void> keepStashesOnHost() override;
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
    Result<void> synchronize() override;

  private:
    using Bf16 = kernels::cuda::Bf16;
    /// A master's values as bf16, for products; made where first needed, kept current by adamW().
    struct Rounded {
        kernels::cuda::DeviceBuffer buffer;
        bool current = false;
    };
    /// Outlives the backend: tensors may be freed after it.
    struct Memory {
        int64_t held = 0;
        int64_t peak = 0;
        std::unordered_map<const void*, Rounded> rounded;

        void add(int64_t bytes) {
            held += bytes;
            peak = held > peak ? held : peak;
        }
    };
    /// Working space by purpose; grows, never shrinks.
    enum Scratch { kDecoded, kParts, kRowDots, kBackward, kSummaries, kQueryMeans, kSelection, kMuon, kScratchCount };

    CudaTrainBackend() = default;
    Result<std::byte*> scratch(Scratch purpose, int64_t bytes);
    Result<TrainTensor> allocateOnHost(int64_t rows, int64_t columns);
    Result<const Bf16*> operand(const MatrixRef& matrix);
    /// To be called for every master that is written other than by adamW().
    void touched(const TrainTensor& tensor);
    Result<void> multiply(const kernels::cuda::MatrixProduct& product);
    Result<void> moveRows(const TrainTensor& from, std::span<const int64_t> rows, bool scatter, TrainTensor& to);
    Result<void> chooseRegions(const TrainAttentionSpec& spec, const TrainTensor& q, const TrainTensor& k,
                               const kernels::cuda::TrainSelection& selection, kernels::RegionId* regions);
    cudaStream_t stream() const { return m_stream.get(); }

    kernels::cuda::DeviceFacts m_facts;
    kernels::cuda::Stream m_stream;
    std::shared_ptr<Memory> m_memory = std::make_shared<Memory>();
    kernels::cuda::MatrixProducts m_products;
    UploadRing m_uploads;
    std::unique_ptr<StashHost> m_stashes;   ///< null: stashes lie on the device
    kernels::cuda::PinnedBuffer m_answers;  ///< numbers on their way to the host
    std::array<kernels::cuda::DeviceBuffer, kScratchCount> m_scratch;
};

}  // namespace lectern

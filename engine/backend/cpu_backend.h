#pragma once
// The CPU implementation of Backend: Highway kernels, work split over one thread pool.

#include <memory>

#include "engine/backend/backend.h"
#include "engine/core/thread_pool.h"

namespace lectern {

class CpuKvStorage;

class CpuBackend final : public Backend {
  public:
    /// `threads` 0: one per usable core.
    explicit CpuBackend(int32_t threads);

    DeviceInfo info() const override;
    Result<Buffer> allocate(int64_t bytes) override;
    Result<void> upload(const void* host, Tensor& target) override;
    Result<void> download(const Tensor& source, void* host) override;
    Result<std::unique_ptr<Weight>> prepareWeight(DType type, int64_t rows, int64_t columns,
                                                  std::span<const std::byte> bytes) override;
    Result<std::unique_ptr<KvStorage>> createKvStorage(const KvStorageSpec& spec) override;

    Result<void> embed(const Weight& table, std::span<const TokenId> tokens, Tensor& out) override;
    Result<void> rmsNorm(const Tensor& x, const Weight& weight, float eps, int64_t tokens, Tensor& out) override;
    Result<void> linear(const Tensor& x, const Weight& weight, int64_t tokens, bool accumulate, Tensor& out) override;
    Result<void> project(const Tensor& x, std::span<const LinearOutput> projections, int64_t tokens) override;
    Result<void> projectGated(const Tensor& x, const Weight& gateWeight, const Weight& upWeight, int64_t tokens,
                              Tensor& gate, Tensor& up) override;
    Result<void> rope(Tensor& x, int32_t heads, const RopeSchedule& schedule, int64_t firstPosition,
                      int64_t tokens) override;
    Result<void> appendKv(KvStorage& storage, int32_t layer, const Tensor& k, const Tensor& v, int64_t firstToken,
                          int64_t tokens) override;
    Result<void> attend(KvStorage& storage, const AttentionOp& op, Tensor& out) override;
    Result<void> swiglu(Tensor& gate, const Tensor& up, int64_t tokens) override;
    Result<void> synchronize() override { return {}; }

    ThreadPool& pool() { return m_pool; }

  private:
    enum class Products { Plain, Added, Gated };
    /// x as the kernels of the projections' formats want it, quantised once; null where they take it as it is.
    Result<const std::byte*> prepare(const Tensor& x, std::span<const LinearOutput> projections, int64_t tokens);
    /// The projections of x, in one pass over all threads. Added: to what is there. Gated: the first becomes
    /// silu(first) * second.
    Result<void> multiply(const Tensor& x, std::span<const LinearOutput> projections, int64_t tokens,
                          Products products);

    /// cos and sin of the positions asked for last: every layer rotates q and k of the same tokens.
    struct RotaryTables {
        RopeSchedule schedule = RopeSchedule::ntk(10000, 1, 2);
        int64_t firstPosition = -1;
        int64_t tokens = 0;
        std::vector<float> cos, sin;  ///< [tokens, Dh/2]
    };
    void fillRotary(const RopeSchedule& schedule, int64_t firstPosition, int64_t tokens);

    ThreadPool m_pool;
    Buffer m_prepared;
    RotaryTables m_rotary;
};

}  // namespace lectern

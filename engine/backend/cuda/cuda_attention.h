#pragma once
// One layer's attention on the device: plan on the host, then select, merge, gather and attend as kernels, record
// behind.

#include <vector>

#include "engine/backend/cuda/cuda_kv_storage.h"

namespace lectern::kernels::cuda {
struct BlockAttentionArgs;
}

namespace lectern {

struct TokenRule;

class CudaAttention {
  public:
    explicit CudaAttention(std::shared_ptr<CudaContext> context) : m_context(std::move(context)) {}

    /// q and out are bf16 [tokens, H, Dh]. Every mode but MsPretrain. Traces are complete after the next synchronize().
    Result<void> attend(CudaKvStorage& storage, const AttentionOp& op, Tensor& out);

  private:
    struct Call;
    /// Causal rows over everything before them.
    Result<void> denseRows(const Call& call, int64_t row, int64_t rows);
    /// Blocks whose regions choose; `first` and `count` in blocks of the chunk, at most 64.
    Result<void> sparseBlocks(const Call& call, int64_t first, int64_t count);
    /// Rows that list for themselves.
    Result<void> tokenRows(CudaKvStorage& storage, const AttentionOp& op, const kernels::cuda::Bf16* q,
                           kernels::cuda::Bf16* out);
    Result<void> tokenRow(CudaKvStorage& storage, const AttentionOp& op, const TokenRule& rule, int64_t row,
                          const float* q, float* out);
    Result<void> recordRow(CudaKvStorage& storage, const AttentionOp& op, const TokenRule& rule, int64_t row,
                           const RegionId* regions, const float* scores, const float* mass);
    /// Decodes the listed and own regions of quantised pages to bf16.
    Result<void> gather(const Call& call, kernels::cuda::BlockAttentionArgs& args);
    void recordBlocks(const Call& call, int64_t first, int64_t count, int32_t keep, int32_t sink, int32_t stride,
                      const RegionId* regions, const uint16_t* nominators) const;

    std::shared_ptr<CudaContext> m_context;
    std::vector<int32_t> m_gatherShape;  ///< what lies in Scratch::GatherShape
    std::vector<uint32_t> m_excluded;    ///< what lies in Scratch::Excluded
};

}  // namespace lectern

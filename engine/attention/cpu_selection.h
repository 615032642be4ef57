#pragma once
// Selection on the CPU: which regions the blocks of a chunk, or one token, attend to. Part of cpu_attention.

#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "engine/attention/planner.h"
#include "engine/backend/backend.h"
#include "engine/cache/cpu_kv_storage.h"

namespace lectern::cpu_attention {

/// Everything the tasks of one call share.
struct Call {
    CpuKvStorage& storage;
    const AttentionOp& op;
    const float* q;  ///< [tokens, H, Dh]; rotated here for MsPretrain
    const float* selectionQ;
    float* out;
    int32_t heads, groupHeads, dim;
    kernels::KvView kv;
    const float* gatherCos = nullptr;
    const float* gatherSin = nullptr;
    std::span<std::vector<RegionId>> lastSelections{};  ///< of the head groups of decoding

    std::mutex* errorMutex = nullptr;
    std::optional<Error>* error = nullptr;

    void fail(const Error& what) const {
        const std::lock_guard lock(*errorMutex);
        *error = what;
    }
    int64_t rowStride() const { return static_cast<int64_t>(heads) * dim; }
};

/// A task's head group: `first` .. `first + count` query heads that share one K/V head and one selection.
struct HeadGroup {
    int32_t index = 0;
    int32_t first = 0;
    int32_t count = 1;
    int32_t kvHead = 0;
};

HeadGroup headGroup(const Call& call, HeadGrouping grouping, int32_t index);
int32_t groupCount(const Call& call, HeadGrouping grouping);

/// The merged choices of a chunk's blocks. Neighbouring blocks of one head group are selected together, so that the
/// summaries are read once for all of them.
class BlockSelections {
  public:
    BlockSelections(const Call& call, int64_t blocks, int32_t groups);

    /// run(task) for every task in [0, tasks()), from any threads, before the choices are read.
    int64_t tasks() const { return m_sets * m_groups; }
    kernels::Status run(int64_t task);

    /// Empty for blocks that see everything before them.
    const std::vector<RegionId>& chosen(int64_t block, int32_t group) const {
        return m_chosen[static_cast<size_t>(block * m_groups + group)];
    }

  private:
    kernels::Status merge(int64_t block, const HeadGroup& group, const SelectionFrame& frame, const RegionId* ids,
                          const int32_t* found);

    const Call& m_call;
    int64_t m_firstBlock = 0, m_blocks = 0, m_sets = 0;
    int32_t m_groups = 0;
    std::vector<std::vector<RegionId>> m_chosen;
};

/// The choice of row `row`'s own query, best first, with scores.
kernels::Status selectForToken(const Call& call, const HeadGroup& group, const SelectionFrame& frame, int64_t row,
                               std::vector<RegionId>& chosen, std::vector<float>& scores);

}  // namespace lectern::cpu_attention

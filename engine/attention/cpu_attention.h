#pragma once
// Attention of one layer on the CPU: plan, select, merge, attend, record. Work is split over blocks (or tokens) and
// head groups.

#include "engine/backend/backend.h"
#include "engine/core/thread_pool.h"

namespace lectern {

class CpuKvStorage;

/// out [tokens, H, Dh]. Errors: Internal when a kernel refuses its arguments.
Result<void> cpuAttention(CpuKvStorage& storage, const AttentionOp& op, Tensor& out, ThreadPool& pool);

}  // namespace lectern

#pragma once
// Launchers of the block-selection instances (instances/select_block_*.cu), one per inner dimension.

#include "kernels/cuda/select.h"

namespace lectern::kernels::cuda {

/// What one thread block of a selection does.
enum class SelectShape : uint8_t {
    Grouped,  ///< 64 query regions (32 with a large inner dimension), while `keep` is small
    Wide,     ///< 32 query regions
    Large     ///< 16 query regions
};
/// `keep` up to which the buffers of SelectShape::Grouped are cut seldom.
constexpr int32_t kGroupedKeep = 128;
/// Inner dimension up to which a thread block holds 64 query regions.
constexpr int32_t kMostGroupedInner = 128;

/// Where slice `split` of list `list` lies in the workspace; its count.
struct SelectSlice {
    uint64_t* entries;
    int32_t* count;
};
__host__ __device__ inline SelectSlice selectSlice(const BlockSelectArgs& a, int64_t list, int32_t split) {
    const int64_t lists = static_cast<int64_t>(a.blockCount) * a.selectors * a.rowStride;
    uint64_t* entries = a.candidates + (list * a.splits + split) * a.keep;
    if (a.splits == 1) return {entries, a.found + list};
    return {entries, reinterpret_cast<int32_t*>(a.candidates + lists * a.splits * a.keep) + list * a.splits + split};
}

template <int kInner>
CudaStatus launchSelect(const BlockSelectArgs& args, int32_t rows, SelectShape shape, cudaStream_t stream);

}  // namespace lectern::kernels::cuda

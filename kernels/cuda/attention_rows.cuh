#pragma once
// Index arithmetic shared by both block-attention kernels: which rows a thread block owns, which keys it walks, where a
// region lies. The keys of a block form one virtual sequence: its gathered regions, then its own tokens.

#include "kernels/cuda/attention.h"

namespace lectern::kernels::cuda {

struct BlockView {
    AttentionBlock block;
    int32_t list;  ///< block * selectors + selector
    int32_t selector;
    int32_t kvHead;
    int32_t rows;     ///< queryTokens * headsPerSelector
    int32_t columns;  ///< keys visible to the last query
};

__device__ inline BlockView blockView(const BlockAttentionArgs& a, int32_t block, int32_t selector) {
    BlockView view;
    view.block = a.blocks[block];
    view.list = block * a.selectors + selector;
    view.selector = selector;
    view.kvHead = selector * a.headsPerSelector / a.groupHeads;
    view.rows = view.block.queryTokens * a.headsPerSelector;
    view.columns = view.block.regionCount * a.kv.regionTokens + view.block.ownOffset + view.block.queryTokens;
    return view;
}

/// Last virtual key that row `row` sees.
__device__ inline int32_t lastColumn(const BlockAttentionArgs& a, const BlockView& view, int32_t row) {
    return view.block.regionCount * a.kv.regionTokens + view.block.ownOffset + row / a.headsPerSelector;
}

/// Row of the key matrix at which list entry `entry` begins (page pool, gathered buffer or the flat sequence).
__device__ inline int64_t regionRow(const BlockAttentionArgs& a, const BlockView& view, int32_t entry) {
    const DeviceKv& kv = a.kv;
    if (a.gatheredKeys != nullptr) {
        return (static_cast<int64_t>(view.list) * a.gatheredCapacity + entry) * kv.regionTokens;
    }
    int32_t region = entry;
    if (entry >= view.block.regionCount) {
        region = view.block.ownRegion + entry - view.block.regionCount;
    } else if (a.regions != nullptr) {
        region = a.regions[static_cast<int64_t>(view.list) * a.regionStride + entry];
    }
    if (a.flatKeys != nullptr) return static_cast<int64_t>(region) * kv.regionTokens;
    const int32_t perPage = kv.regionsPerPage();
    const int32_t page = region / perPage;
    return (static_cast<int64_t>(kv.pageSlots[page]) * kv.kvHeads + view.kvHead) * kv.pageTokens +
           (region - page * perPage) * kv.regionTokens;
}

/// Element offset of virtual key `column` in the key and the value matrix.
__device__ inline int64_t keyOffset(const BlockAttentionArgs& a, const BlockView& view, int32_t column) {
    const int32_t p = a.kv.regionTokens;
    const int64_t row = regionRow(a, view, column / p) + column % p;
    return a.flatKeys != nullptr ? row * a.flatStride + static_cast<int64_t>(view.kvHead) * a.kv.headDim
                                 : row * a.kv.headDim;
}

/// Index of packed row `row` in per-row statistics [rows of q, H].
__device__ inline int64_t statisticIndex(const BlockAttentionArgs& a, const BlockView& view, int32_t row) {
    const int32_t token = row / a.headsPerSelector;
    return static_cast<int64_t>(view.block.queryBegin + token) * a.selectors * a.headsPerSelector +
           view.selector * a.headsPerSelector + row - token * a.headsPerSelector;
}

/// Pointer to packed query row `row` of q or out.
template <typename T>
__device__ inline T* queryRow(const BlockAttentionArgs& a, const BlockView& view, T* base, int64_t stride,
                              int32_t row) {
    const int32_t token = row / a.headsPerSelector;
    const int32_t head = view.selector * a.headsPerSelector + row - token * a.headsPerSelector;
    return base + (view.block.queryBegin + token) * stride + static_cast<int64_t>(head) * a.kv.headDim;
}

}  // namespace lectern::kernels::cuda

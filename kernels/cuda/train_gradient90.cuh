#pragma once
// What both gradient kernels of Hopper (sm_90a) share: a thread block owns 128 rows of one kind (two warpgroups of 64)
// and streams tiles of 64 rows of the other kind, in pairs of matrices, through shared memory.

#include <math_constants.h>

#include "kernels/cuda/attention_rows.cuh"
#include "kernels/cuda/device_math.cuh"
#include "kernels/cuda/hopper.cuh"
#include "kernels/cuda/rows90.cuh"
#include "kernels/cuda/tensor_map.h"
#include "kernels/cuda/train_attention.h"
#include "kernels/cuda/wgmma.cuh"

namespace lectern::kernels::cuda {

template <int kDim>
struct Gradient90Tile {
    static_assert(kDim % 64 == 0, "whole panels of the 128-byte swizzle");
    static constexpr int kConsumers = 2, kThreads = (kConsumers + 1) * 128;
    static constexpr int kOwn = kConsumers * 64, kStream = 64, kStages = 3, kSteps = kDim / 16;
    static constexpr int kPanel = 64, kPanels = kDim / kPanel, kSwizzle = kPanel * 2;
    static constexpr int kOwnPanel = kOwn * kSwizzle, kOwnBytes = kPanels * kOwnPanel;
    static constexpr int kStreamPanel = kStream * kSwizzle, kStreamBytes = kPanels * kStreamPanel;
    static constexpr int kStatisticBytes = kStream * 8;
    static constexpr int kSharedBytes = 1024 + 2 * kOwnBytes + kStages * (2 * kStreamBytes + kStatisticBytes) + 64;
};

/// Shared-memory addresses of one thread block. `side` 0 and 1: keys and values, or queries and output gradients.
template <int kDim>
struct Gradient90Memory {
    using Tile = Gradient90Tile<kDim>;
    uint32_t base;
    __device__ uint32_t own(int side) const { return base + static_cast<uint32_t>(side * Tile::kOwnBytes); }
    __device__ uint32_t stream(int stage, int side) const {
        return base + static_cast<uint32_t>(2 * Tile::kOwnBytes + (2 * stage + side) * Tile::kStreamBytes);
    }
    __device__ uint32_t statistics(int stage) const {
        return stream(Tile::kStages, 0) + static_cast<uint32_t>(stage * Tile::kStatisticBytes);
    }
    __device__ uint32_t full(int stage) const { return statistics(Tile::kStages) + static_cast<uint32_t>(stage * 8); }
    __device__ uint32_t empty(int stage) const { return full(Tile::kStages + stage); }
    __device__ uint32_t ownFull() const { return full(2 * Tile::kStages); }
};

/// A ring of stages as one side sees it.
template <int kStages>
struct Stages90 {
    int stage = 0;
    uint32_t parity;
    __device__ explicit Stages90(uint32_t first) : parity(first) {}
    __device__ void advance() {
        if (++stage == kStages) {
            stage = 0;
            parity ^= 1;
        }
    }
};

/// Starts out[64 own rows, 64 streamed rows] = own streamed^T over the head dimension.
template <int kDim>
__device__ inline void startProducts90(float (&out)[32], uint32_t own, uint32_t streamed) {
    using Tile = Gradient90Tile<kDim>;
    const uint64_t left = matrixDescriptor(own, 16, 8 * Tile::kSwizzle, Tile::kSwizzle);
    const uint64_t right = matrixDescriptor(streamed, 16, 8 * Tile::kSwizzle, Tile::kSwizzle);
#pragma unroll
    for (int k = 0; k < Tile::kSteps; ++k) {
        const int panel = k * 16 / Tile::kPanel, inside = k * 32 % Tile::kSwizzle;
        Wgmma<64>::fromShared(out, left + static_cast<uint64_t>((panel * Tile::kOwnPanel + inside) >> 4),
                              right + static_cast<uint64_t>((panel * Tile::kStreamPanel + inside) >> 4), k > 0);
    }
    wgmmaCommit();
}

/// Starts sums[64 own rows, Dh] += factors[64 own rows, 64 streamed rows] streamed.
template <int kDim>
__device__ inline void startSums90(float (&sums)[kDim / 2], const uint32_t (&factors)[16], uint32_t streamed) {
    using Tile = Gradient90Tile<kDim>;
    const uint64_t right = matrixDescriptor(streamed, Tile::kStreamPanel, 8 * Tile::kSwizzle, Tile::kSwizzle);
#pragma unroll
    for (int k = 0; k < Tile::kStream / 16; ++k) {
        const uint32_t left[4] = {factors[4 * k], factors[4 * k + 1], factors[4 * k + 2], factors[4 * k + 3]};
        Wgmma<kDim>::fromRegisters(sums, left, right + static_cast<uint64_t>((k * 16 * Tile::kSwizzle) >> 4), 1);
    }
    wgmmaCommit();
}

__device__ inline void packFactors90(const float (&values)[32], uint32_t (&packed)[16]) {
#pragma unroll
    for (int i = 0; i < 16; ++i) packed[i] = packBf16(values[2 * i], values[2 * i + 1]);
}

/// The copies of one box of regions: `kRows` virtual keys from `firstKey` on, keys and values, by the first threads of
/// the producer. Past the end the last region stands in: masked, but finite.
template <int kDim>
struct RegionBoxes90 {
    using Tile = Gradient90Tile<kDim>;
    int32_t perPanelRow, boxes, inTile, panel, lastEntry, column;
    bool active;

    __device__ RegionBoxes90(const BlockAttentionArgs& a, const BlockView& view, int rows) {
        const int32_t p = a.kv.regionTokens;
        boxes = rows / p * Tile::kPanels;
        active = static_cast<int32_t>(threadIdx.x) < boxes;
        inTile = static_cast<int32_t>(threadIdx.x) / Tile::kPanels;
        panel = static_cast<int32_t>(threadIdx.x) % Tile::kPanels;
        lastEntry = (view.columns - 1) / p;
        column = view.kvHead * kDim + panel * Tile::kPanel;
    }
    /// Row of the sequence at which this thread's box of the keys from `firstKey` on begins.
    __device__ int32_t rowAt(const BlockAttentionArgs& a, const BlockView& view, int32_t firstKey) const {
        return active ? static_cast<int32_t>(regionRow(a, view, min(firstKey / a.kv.regionTokens + inTile, lastEntry)))
                      : 0;
    }
    __device__ void copy(uint32_t keys, uint32_t values, int32_t panelBytes, int32_t p, const CUtensorMap* keyMap,
                         const CUtensorMap* valueMap, uint32_t barrier, int32_t row) const {
        if (!active) return;
        const auto offset = static_cast<uint32_t>(panel * panelBytes + inTile * p * Tile::kSwizzle);
        copyTensor2d(keys + offset, keyMap, barrier, column, row);
        copyTensor2d(values + offset, valueMap, barrier, column, row);
    }
};

/// Zeroes [from, from + bytes) of shared memory by the whole block; bytes a multiple of 16.
__device__ inline void clearShared(uint32_t from, int bytes) {
    for (int i = threadIdx.x * 16; i < bytes; i += static_cast<int>(blockDim.x) * 16) {
        asm volatile("st.shared.v4.b32 [%0], {%1, %1, %1, %1};" ::"r"(from + static_cast<uint32_t>(i)), "r"(0)
                     : "memory");
    }
}

template <int kDim>
CudaStatus encodeKeyMaps90(const BlockAttentionArgs& args, CUtensorMap* keys, CUtensorMap* values) {
    using Tile = Gradient90Tile<kDim>;
    LECTERN_CUDA_TRY(
        encodeRegionMap(args.flatKeys, args.flatTokens, args.flatStride, args.kv.regionTokens, Tile::kPanel, keys));
    return encodeRegionMap(args.flatValues, args.flatTokens, args.flatStride, args.kv.regionTokens, Tile::kPanel,
                           values);
}

}  // namespace lectern::kernels::cuda

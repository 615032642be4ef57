#pragma once
// Tiles of the mma.sync attention kernels, forward and backward: their shapes, the copies of key tiles, and query rows
// as matrix fragments.

#include "kernels/cuda/attention_rows.cuh"
#include "kernels/cuda/device_math.cuh"
#include "kernels/cuda/mma80.cuh"

namespace lectern::kernels::cuda {

/// Eight warps of 16 query rows against tiles of kTileKeys keys in two cp.async stages.
template <int kDim, int kTileKeys = 64>
struct Mma80Tile {
    static constexpr int kHeadDim = kDim, kSteps = kDim / 16;
    static constexpr int kWarps = 8, kThreads = kWarps * 32, kRows = kWarps * 16, kKeys = kTileKeys, kStages = 2;
    /// 16 bytes of padding make the eight rows of an ldmatrix fall into different banks.
    static constexpr int kPitch = kDim * 2 + 16;
    static constexpr int kTileBytes = kKeys * kPitch;
    static constexpr int kSharedBytes = kStages * 2 * kTileBytes;
    static_assert(kDim % 16 == 0 && kSharedBytes >= kRows * kPitch, "the query tile borrows the key stages");
};

/// Starts the copies of key tile `tile` into stage memory at `keys` and `values`.
template <typename Tile>
__device__ inline void loadTile80(const BlockAttentionArgs& a, const BlockView& view, int32_t tile, uint32_t keys,
                                  uint32_t values) {
    constexpr int kChunks = Tile::kHeadDim / 8;
    const Bf16* keyPool = a.flatKeys != nullptr       ? a.flatKeys
                          : a.gatheredKeys != nullptr ? a.gatheredKeys
                                                      : reinterpret_cast<const Bf16*>(a.kv.keys);
    const Bf16* valuePool = a.flatKeys != nullptr       ? a.flatValues
                            : a.gatheredKeys != nullptr ? a.gatheredValues
                                                        : reinterpret_cast<const Bf16*>(a.kv.values);
    for (int c = threadIdx.x; c < Tile::kKeys * kChunks; c += Tile::kThreads) {
        const int key = c / kChunks, chunk = c % kChunks;
        const int32_t column = tile * Tile::kKeys + key;
        const bool valid = column < view.columns;
        const int64_t offset = valid ? keyOffset(a, view, column) + chunk * 8 : 0;
        const uint32_t to = static_cast<uint32_t>(key * Tile::kPitch + chunk * 16);
        copyAsync16(keys + to, keyPool + offset, valid);
        copyAsync16(values + to, valuePool + offset, valid);
    }
    copyAsyncCommit();
}

/// The thread block's rows from firstRow on of `matrix` (packed like q), as left operands; rows past the end are zero.
/// Passes through shared memory at `base`, which no copy may be using.
template <typename Tile>
__device__ inline void loadRows80(const BlockAttentionArgs& a, const BlockView& view, const Bf16* matrix,
                                  int64_t stride, int32_t firstRow, uint32_t base,
                                  uint32_t (&fragments)[Tile::kSteps][4]) {
    constexpr int kChunks = Tile::kHeadDim / 8;
    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    for (int c = threadIdx.x; c < Tile::kRows * kChunks; c += Tile::kThreads) {
        const int32_t row = c / kChunks;
        const bool valid = firstRow + row < view.rows;
        const Bf16* from = valid ? queryRow(a, view, matrix, stride, firstRow + row) + c % kChunks * 8 : matrix;
        copyAsync16(base + static_cast<uint32_t>(row * Tile::kPitch + c % kChunks * 16), from, valid);
    }
    copyAsyncCommit();
    copyAsyncWait<0>();
    __syncthreads();
#pragma unroll
    for (int s = 0; s < Tile::kSteps; ++s) {
        loadMatrix4(fragments[s],
                    base + static_cast<uint32_t>((warp * 16 + lane % 16) * Tile::kPitch + s * 32 + lane / 16 * 16));
    }
    __syncthreads();
}

}  // namespace lectern::kernels::cuda

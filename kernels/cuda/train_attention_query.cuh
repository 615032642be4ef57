#pragma once
// Gradient of the queries: the forward walk over a block's keys again, with the probabilities rebuilt from the saved
// log-sum-exp (FlashAttention-2's backward, arXiv 2307.08691, split in two so that no gradient is added atomically).

#include <math_constants.h>

#include "kernels/cuda/attention_tiles80.cuh"
#include "kernels/cuda/train_attention.h"

namespace lectern::kernels::cuda {

struct QueryGradientArgs {
    const Bf16* dOut = nullptr;  ///< strides of q
    const float* rowDots = nullptr;
    Bf16* dQ = nullptr;
};

template <int kDim>
using QueryGradientTile = Mma80Tile<kDim, (kDim <= 64 ? 64 : 32)>;

template <int kDim>
__global__ void __launch_bounds__(QueryGradientTile<kDim>::kThreads)
    queryGradientKernel(const __grid_constant__ BlockAttentionArgs a, const QueryGradientArgs g) {
    using Tile = QueryGradientTile<kDim>;
    constexpr int kSteps = Tile::kSteps, kKeyTiles = Tile::kKeys / 8, kDimTiles = kDim / 8;
    extern __shared__ __align__(128) uint8_t memory[];
    const uint32_t base = sharedAddress(memory);
    const auto stage = [&](int s, int side) { return base + static_cast<uint32_t>((2 * s + side) * Tile::kTileBytes); };

    const BlockView view = blockView(a, static_cast<int32_t>(blockIdx.z), static_cast<int32_t>(blockIdx.y));
    const int32_t firstRow = static_cast<int32_t>(blockIdx.x) * Tile::kRows;
    if (firstRow >= view.rows) return;
    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    const int32_t lastRow = min(firstRow + Tile::kRows, view.rows) - 1;
    const int32_t tiles = lastColumn(a, view, lastRow) / Tile::kKeys + 1;
    int32_t tile = 0;
    if (a.slidingWindow > 0) tile = max(lastColumn(a, view, firstRow) - a.slidingWindow + 1, 0) / Tile::kKeys;

    uint32_t queries[kSteps][4], gradients[kSteps][4];
    loadRows80<Tile>(a, view, a.q, a.qStride, firstRow, base, queries);
    loadRows80<Tile>(a, view, g.dOut, a.qStride, firstRow, base, gradients);

    const int32_t rows[2] = {firstRow + warp * 16 + lane / 4, firstRow + warp * 16 + lane / 4 + 8};
    const int32_t limits[2] = {lastColumn(a, view, rows[0]), lastColumn(a, view, rows[1])};
    const int32_t freeLimit = lastColumn(a, view, firstRow + warp * 16);
    const float scaleLog2 = a.scale * CUDART_L2E_F;
    float logSums[2] = {}, dots[2] = {};
#pragma unroll
    for (int h = 0; h < 2; ++h) {
        if (rows[h] >= view.rows) continue;
        logSums[h] = a.logSumExp[statisticIndex(a, view, rows[h])] * CUDART_L2E_F;
        dots[h] = g.rowDots[statisticIndex(a, view, rows[h])];
    }
    float result[kDimTiles][4] = {};

    loadTile80<Tile>(a, view, tile, stage(0, 0), stage(0, 1));
    for (int step = 0; tile < tiles; ++tile, ++step) {
        const int s = step % 2;
        if (tile + 1 < tiles) {
            loadTile80<Tile>(a, view, tile + 1, stage(1 - s, 0), stage(1 - s, 1));
            copyAsyncWait<1>();
        } else {
            copyAsyncWait<0>();
        }
        __syncthreads();

        // Scores q k^T and probability gradients dOut v^T side by side: both read rows of keys and values.
        float scores[kKeyTiles][4] = {}, products[kKeyTiles][4] = {};
        const auto rowLane = static_cast<uint32_t>((lane / 16 * 8 + lane % 8) * Tile::kPitch + lane / 8 % 2 * 16);
#pragma unroll
        for (int k = 0; k < kSteps; ++k) {
#pragma unroll
            for (int n = 0; n < kKeyTiles; n += 2) {
                const auto at = static_cast<uint32_t>(n * 8 * Tile::kPitch + k * 32) + rowLane;
                uint32_t b[4];
                loadMatrix4(b, stage(s, 0) + at);
                mma16816(scores[n], queries[k], b[0], b[1]);
                mma16816(scores[n + 1], queries[k], b[2], b[3]);
                loadMatrix4(b, stage(s, 1) + at);
                mma16816(products[n], gradients[k], b[0], b[1]);
                mma16816(products[n + 1], gradients[k], b[2], b[3]);
            }
        }
        const int32_t firstColumn = tile * Tile::kKeys;
        const bool masked = firstColumn + Tile::kKeys - 1 > freeLimit || a.slidingWindow > 0;
        uint32_t slopes[kKeyTiles][2];
#pragma unroll
        for (int n = 0; n < kKeyTiles; ++n) {
            float slope[4];
#pragma unroll
            for (int i = 0; i < 4; ++i) {
                const int h = i / 2;
                slope[i] = exp2f(fmaf(scores[n][i], scaleLog2, -logSums[h])) * (products[n][i] - dots[h]);
                if (masked) {
                    const int32_t column = firstColumn + n * 8 + lane % 4 * 2 + i % 2;
                    const bool hidden =
                        column > limits[h] || (a.slidingWindow > 0 && column <= limits[h] - a.slidingWindow);
                    slope[i] = hidden ? 0.0f : slope[i];
                }
            }
            slopes[n][0] = packBf16(slope[0], slope[1]);
            slopes[n][1] = packBf16(slope[2], slope[3]);
        }
        const uint32_t keyLane =
            stage(s, 0) + static_cast<uint32_t>((lane / 8 % 2 * 8 + lane % 8) * Tile::kPitch + lane / 16 * 16);
#pragma unroll
        for (int k = 0; k < kKeyTiles / 2; ++k) {
            const uint32_t left[4] = {slopes[2 * k][0], slopes[2 * k][1], slopes[2 * k + 1][0], slopes[2 * k + 1][1]};
#pragma unroll
            for (int n = 0; n < kDimTiles; n += 2) {
                uint32_t b[4];
                loadMatrix4Transposed(b, keyLane + static_cast<uint32_t>(k * 16 * Tile::kPitch + n * 16));
                mma16816(result[n], left, b[0], b[1]);
                mma16816(result[n + 1], left, b[2], b[3]);
            }
        }
        __syncthreads();
    }

#pragma unroll
    for (int h = 0; h < 2; ++h) {
        if (rows[h] >= view.rows) continue;
        Bf16* out = queryRow(a, view, g.dQ, a.qStride, rows[h]) + lane % 4 * 2;
#pragma unroll
        for (int n = 0; n < kDimTiles; ++n) {
            *reinterpret_cast<uint32_t*>(out + n * 8) =
                packBf16(result[n][2 * h] * a.scale, result[n][2 * h + 1] * a.scale);
        }
    }
}

template <int kDim>
CudaStatus launchQueryGradient(const BlockAttentionArgs& args, const TrainAttentionArgs& train, int32_t rows,
                               cudaStream_t stream) {
    using Tile = QueryGradientTile<kDim>;
    LECTERN_CUDA_TRY(cudaFuncSetAttribute(queryGradientKernel<kDim>, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                          Tile::kSharedBytes));
    const dim3 grid(static_cast<unsigned>(divideUp(rows, Tile::kRows)), static_cast<unsigned>(args.selectors),
                    static_cast<unsigned>(args.blockCount));
    queryGradientKernel<kDim>
        <<<grid, Tile::kThreads, Tile::kSharedBytes, stream>>>(args, {train.dOut, train.rowDots, train.dQ});
    return launchStatus();
}

}  // namespace lectern::kernels::cuda

#pragma once
// Block attention with mma.sync: FlashAttention-2's loop (arXiv 2307.08691) over gathered regions. Eight warps own 16
// query rows each; tiles of 64 keys stream through two cp.async stages. Runs on every GPU since compute capability 8.0.

#include <math_constants.h>

#include "kernels/cuda/attention_launch.h"
#include "kernels/cuda/attention_tiles80.cuh"

namespace lectern::kernels::cuda {

template <int kDim>
__global__ void __launch_bounds__(Mma80Tile<kDim>::kThreads)
    attentionMma80Kernel(const __grid_constant__ BlockAttentionArgs a) {
    using Tile = Mma80Tile<kDim>;
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

    // Queries: through shared memory once, then in registers for the whole walk.
    uint32_t queries[kSteps][4];
    loadRows80<Tile>(a, view, a.q, a.qStride, firstRow, base, queries);

    float output[kDimTiles][4] = {};
    float largest[2] = {-CUDART_INF_F, -CUDART_INF_F}, total[2] = {0.0f, 0.0f};
    const int32_t rows[2] = {firstRow + warp * 16 + lane / 4, firstRow + warp * 16 + lane / 4 + 8};
    const int32_t limits[2] = {lastColumn(a, view, rows[0]), lastColumn(a, view, rows[1])};
    const int32_t freeLimit = lastColumn(a, view, firstRow + warp * 16);
    const float scaleLog2 = a.scale * CUDART_L2E_F;

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

        float scores[kKeyTiles][4] = {};
        const uint32_t keyLane =
            stage(s, 0) + static_cast<uint32_t>((lane / 16 * 8 + lane % 8) * Tile::kPitch + lane / 8 % 2 * 16);
#pragma unroll
        for (int k = 0; k < kSteps; ++k) {
#pragma unroll
            for (int n = 0; n < kKeyTiles; n += 2) {
                uint32_t b[4];
                loadMatrix4(b, keyLane + static_cast<uint32_t>(n * 8 * Tile::kPitch + k * 32));
                mma16816(scores[n], queries[k], b[0], b[1]);
                mma16816(scores[n + 1], queries[k], b[2], b[3]);
            }
        }
        const int32_t firstColumn = tile * Tile::kKeys;
        if (firstColumn + Tile::kKeys - 1 > freeLimit || a.slidingWindow > 0) {
#pragma unroll
            for (int n = 0; n < kKeyTiles; ++n) {
#pragma unroll
                for (int i = 0; i < 4; ++i) {
                    const int32_t column = firstColumn + n * 8 + lane % 4 * 2 + i % 2;
                    const int32_t limit = limits[i / 2];
                    if (column > limit || (a.slidingWindow > 0 && column <= limit - a.slidingWindow)) {
                        scores[n][i] = -CUDART_INF_F;
                    }
                }
            }
        }
        uint32_t weights[kKeyTiles][2];
#pragma unroll
        for (int h = 0; h < 2; ++h) {
            float peak = largest[h];
#pragma unroll
            for (int n = 0; n < kKeyTiles; ++n) peak = fmaxf(peak, fmaxf(scores[n][2 * h], scores[n][2 * h + 1]));
            peak = fmaxf(peak, __shfl_xor_sync(kFullMask, peak, 1));
            peak = fmaxf(peak, __shfl_xor_sync(kFullMask, peak, 2));
            const float shift = peak == -CUDART_INF_F ? 0.0f : peak * scaleLog2;
            const float keep = exp2f(largest[h] * scaleLog2 - shift);
            largest[h] = peak;
            total[h] *= keep;
#pragma unroll
            for (int n = 0; n < kDimTiles; ++n) {
                output[n][2 * h] *= keep;
                output[n][2 * h + 1] *= keep;
            }
#pragma unroll
            for (int n = 0; n < kKeyTiles; ++n) {
                const float x = exp2f(fmaf(scores[n][2 * h], scaleLog2, -shift));
                const float y = exp2f(fmaf(scores[n][2 * h + 1], scaleLog2, -shift));
                total[h] += x + y;
                weights[n][h] = packBf16(x, y);
            }
        }
        const uint32_t valueLane =
            stage(s, 1) + static_cast<uint32_t>((lane / 8 % 2 * 8 + lane % 8) * Tile::kPitch + lane / 16 * 16);
#pragma unroll
        for (int k = 0; k < kKeyTiles / 2; ++k) {
            const uint32_t left[4] = {weights[2 * k][0], weights[2 * k][1], weights[2 * k + 1][0],
                                      weights[2 * k + 1][1]};
#pragma unroll
            for (int n = 0; n < kDimTiles; n += 2) {
                uint32_t b[4];
                loadMatrix4Transposed(b, valueLane + static_cast<uint32_t>(k * 16 * Tile::kPitch + n * 16));
                mma16816(output[n], left, b[0], b[1]);
                mma16816(output[n + 1], left, b[2], b[3]);
            }
        }
        __syncthreads();
    }

#pragma unroll
    for (int h = 0; h < 2; ++h) {
        float sum = total[h];
        sum += __shfl_xor_sync(kFullMask, sum, 1);
        sum += __shfl_xor_sync(kFullMask, sum, 2);
        if (rows[h] >= view.rows) continue;
        const float inverse = sum > 0.0f ? 1.0f / sum : 0.0f;
        if (a.logSumExp != nullptr && lane % 4 == 0) {
            a.logSumExp[statisticIndex(a, view, rows[h])] = largest[h] * a.scale + logf(sum);
        }
        Bf16* out = queryRow(a, view, a.out, a.outStride, rows[h]) + lane % 4 * 2;
#pragma unroll
        for (int n = 0; n < kDimTiles; ++n) {
            *reinterpret_cast<uint32_t*>(out + n * 8) =
                packBf16(output[n][2 * h] * inverse, output[n][2 * h + 1] * inverse);
        }
    }
}

template <int kDim>
CudaStatus launchAttentionMma80(const BlockAttentionArgs& args, int32_t rows, cudaStream_t stream) {
    using Tile = Mma80Tile<kDim>;
    LECTERN_CUDA_TRY(cudaFuncSetAttribute(attentionMma80Kernel<kDim>, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                          Tile::kSharedBytes));
    const dim3 grid(static_cast<unsigned>(divideUp(rows, Tile::kRows)), static_cast<unsigned>(args.selectors),
                    static_cast<unsigned>(args.blockCount));
    attentionMma80Kernel<kDim><<<grid, Tile::kThreads, Tile::kSharedBytes, stream>>>(args);
    return launchStatus();
}

}  // namespace lectern::kernels::cuda

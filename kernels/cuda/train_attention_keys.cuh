#pragma once
// Gradients of keys and values. A thread block owns up to 16 keys of one region and one KV head and walks, in order,
// the query rows of every block that attends that region; its warps take turns at tiles of 16 rows, each with its own
// cp.async stages, and add up at the end in the order of the warps.

#include <math_constants.h>

#include "kernels/cuda/device_math.cuh"
#include "kernels/cuda/mma80.cuh"
#include "kernels/cuda/train_attention.h"

namespace lectern::kernels::cuda {

template <int kDim>
struct KeyGradientTile {
    static constexpr int kWarps = 8, kThreads = kWarps * 32, kKeys = 16, kQueries = 16, kSteps = kDim / 16;
    static constexpr int kPitch = kDim * 2 + 16;
    static constexpr int kRowsBytes = kQueries * kPitch;
    /// Queries, output gradients, then log-sum-exp and row dots as floats.
    static constexpr int kStageBytes = 2 * kRowsBytes + 2 * kQueries * 4;
    static constexpr int kWarpBytes = 2 * kStageBytes;
    static constexpr int kSharedBytes = kWarps * kWarpBytes;
    static_assert(kWarpBytes >= 2 * kKeys * kDim * 4, "the stages hold the sums of their warp at the end");
};

inline __device__ void copyAsync4(uint32_t shared, const void* global, bool valid) {
    const int bytes = valid ? 4 : 0;
    asm volatile("cp.async.ca.shared.global [%0], [%1], 4, %2;" ::"r"(shared), "l"(global), "r"(bytes) : "memory");
}

/// One warp's walk: which block it is at, for which selector, at which tile of 16 packed rows.
struct KeyGradientWalk {
    int32_t region = 0;
    int32_t keyBegin = 0;
    int32_t firstSelector = 0;
    int32_t endSelector = 0;
    int32_t words = 0;  ///< of visits per region
    int32_t regions = 0;
    int32_t blocks = 0;
    int32_t ownBlock = 0;
    int32_t selector = 0;
    int32_t block = 0;
    int32_t tile = 0;
    int32_t tiles = 0;

    __device__ bool attends(const TrainAttentionArgs& a) const {
        const TrainSelection& s = a.selection;
        if (block == ownBlock) return true;
        if (block < s.denseBlocks) {
            // The block's first query sees furthest back.
            return s.slidingWindow == 0 || keyBegin + 15 > block * s.blockTokens - s.slidingWindow;
        }
        const int64_t row = static_cast<int64_t>(selector) * regions + region;
        return (a.visits[row * words + block / 32] >> (block % 32) & 1U) != 0;
    }
    __device__ int32_t blockRows(const TrainAttentionArgs& a) const {
        const int64_t left = a.tokens - static_cast<int64_t>(block) * a.selection.blockTokens;
        return static_cast<int32_t>(min(left, static_cast<int64_t>(a.selection.blockTokens))) *
               a.selection.headsPerSelector;
    }
    /// Puts the walk on the warp's first tile of the current block, if that attends the region.
    __device__ void enter(const TrainAttentionArgs& a, int warp) {
        tiles = attends(a) ? (blockRows(a) + 15) / 16 : 0;
        tile = warp;
        // Rows of the own block before the first key see none of them.
        if (block == ownBlock) {
            tile += (keyBegin - block * a.selection.blockTokens) * a.selection.headsPerSelector / 16;
        }
    }
    /// Whether there is a tile, after skipping to the next block or selector as far as needed.
    __device__ bool settle(const TrainAttentionArgs& a, int warp) {
        while (tile >= tiles) {
            if (++block == blocks) {
                block = ownBlock;
                if (++selector >= endSelector) return false;
            }
            enter(a, warp);
        }
        return true;
    }
};

template <int kDim>
__global__ void __launch_bounds__(KeyGradientTile<kDim>::kThreads, (kDim <= 64 ? 2 : 1))
    keyGradientKernel(const __grid_constant__ TrainAttentionArgs a) {
    using Tile = KeyGradientTile<kDim>;
    constexpr int kSteps = Tile::kSteps, kDimTiles = kDim / 8, kChunks = kDim / 8;
    extern __shared__ __align__(128) uint8_t memory[];
    const TrainSelection& sel = a.selection;
    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    const int32_t p = sel.regionTokens, perRegion = p > Tile::kKeys ? p / Tile::kKeys : 1;
    const auto kvHead = static_cast<int32_t>(blockIdx.y);
    const int64_t qStride = static_cast<int64_t>(a.heads) * kDim, kvStride = static_cast<int64_t>(a.kvHeads) * kDim;

    KeyGradientWalk walk;
    walk.region = static_cast<int32_t>(blockIdx.x) / perRegion;
    walk.keyBegin = walk.region * p + static_cast<int32_t>(blockIdx.x) % perRegion * Tile::kKeys;
    if (walk.keyBegin >= a.tokens) return;
    const auto keyCount = static_cast<int32_t>(
        min(static_cast<int64_t>(min(p, static_cast<int32_t>(Tile::kKeys))), a.tokens - walk.keyBegin));
    const int32_t selectorsPerKv = sel.selectors / a.kvHeads;
    walk.firstSelector = walk.selector = kvHead * selectorsPerKv;
    walk.endSelector = walk.firstSelector + selectorsPerKv;
    walk.regions = static_cast<int32_t>((a.tokens + p - 1) / p);
    walk.blocks = static_cast<int32_t>((a.tokens + sel.blockTokens - 1) / sel.blockTokens);
    walk.words = (walk.blocks + 31) / 32;
    walk.ownBlock = walk.block = walk.keyBegin / sel.blockTokens;

    // The keys and values once through shared memory, then in registers for the whole walk.
    const uint32_t base = sharedAddress(memory);
    for (int c = threadIdx.x; c < Tile::kKeys * kChunks; c += Tile::kThreads) {
        const int key = c / kChunks, chunk = c % kChunks;
        const bool valid = key < keyCount;
        const int64_t from = valid ? (walk.keyBegin + key) * kvStride + kvHead * kDim + chunk * 8 : 0;
        const auto to = static_cast<uint32_t>(key * Tile::kPitch + chunk * 16);
        copyAsync16(base + to, a.k + from, valid);
        copyAsync16(base + Tile::kRowsBytes + to, a.v + from, valid);
    }
    copyAsyncCommit();
    copyAsyncWait<0>();
    __syncthreads();
    uint32_t keys[kSteps][4], values[kSteps][4];
#pragma unroll
    for (int s = 0; s < kSteps; ++s) {
        const auto at = static_cast<uint32_t>(lane % 16 * Tile::kPitch + s * 32 + lane / 16 * 16);
        loadMatrix4(keys[s], base + at);
        loadMatrix4(values[s], base + Tile::kRowsBytes + at);
    }
    __syncthreads();

    const uint32_t warpBase = base + static_cast<uint32_t>(warp * Tile::kWarpBytes);
    // Two lanes copy a row, chunk by chunk in turn; the even one takes its log-sum-exp, the odd one its dot.
    const auto load = [&](const KeyGradientWalk& at, int s) {
        const uint32_t to = warpBase + static_cast<uint32_t>(s * Tile::kStageBytes);
        const int32_t row = at.tile * 16 + lane / 2;
        const bool valid = row < at.blockRows(a);
        const int32_t token = row / sel.headsPerSelector;
        const int32_t head = at.selector * sel.headsPerSelector + row - token * sel.headsPerSelector;
        const int64_t context = valid ? static_cast<int64_t>(at.block) * sel.blockTokens + token : 0;
        const int64_t from = context * qStride + (valid ? head : 0) * kDim;
#pragma unroll
        for (int chunk = lane % 2; chunk < kChunks; chunk += 2) {
            const auto offset = static_cast<uint32_t>(lane / 2 * Tile::kPitch + chunk * 16);
            copyAsync16(to + offset, a.q + from + chunk * 8, valid);
            copyAsync16(to + Tile::kRowsBytes + offset, a.dOut + from + chunk * 8, valid);
        }
        const float* statistic = (lane % 2 == 0 ? a.logSumExp : a.rowDots) + context * a.heads + (valid ? head : 0);
        copyAsync4(to + 2 * Tile::kRowsBytes + static_cast<uint32_t>(lane % 2 * Tile::kQueries + lane / 2) * 4,
                   statistic, valid);
    };

    float dK[kDimTiles][4] = {}, dV[kDimTiles][4] = {};
    const float scaleLog2 = a.scale * CUDART_L2E_F;
    const auto rowLane = static_cast<uint32_t>((lane / 16 * 8 + lane % 8) * Tile::kPitch + lane / 8 % 2 * 16);
    const auto columnLane = static_cast<uint32_t>((lane / 8 % 2 * 8 + lane % 8) * Tile::kPitch + lane / 16 * 16);
    walk.enter(a, warp);
    bool more = walk.settle(a, warp);
    if (more) load(walk, 0);
    copyAsyncCommit();
    for (int step = 0; more; ++step) {
        const int s = step % 2;
        KeyGradientWalk next = walk;
        next.tile += Tile::kWarps;
        more = next.settle(a, warp);
        if (more) load(next, 1 - s);
        copyAsyncCommit();
        copyAsyncWait<1>();
        __syncwarp();

        const uint32_t queries = warpBase + static_cast<uint32_t>(s * Tile::kStageBytes);
        const uint32_t gradients = queries + Tile::kRowsBytes;
        const auto* statistics = reinterpret_cast<const float*>(memory + warp * Tile::kWarpBytes +
                                                                s * Tile::kStageBytes + 2 * Tile::kRowsBytes);
        float scores[2][4] = {}, products[2][4] = {};
#pragma unroll
        for (int k = 0; k < kSteps; ++k) {
            uint32_t b[4];
            loadMatrix4(b, queries + rowLane + static_cast<uint32_t>(k * 32));
            mma16816(scores[0], keys[k], b[0], b[1]);
            mma16816(scores[1], keys[k], b[2], b[3]);
            loadMatrix4(b, gradients + rowLane + static_cast<uint32_t>(k * 32));
            mma16816(products[0], values[k], b[0], b[1]);
            mma16816(products[1], values[k], b[2], b[3]);
        }
        const bool masked = walk.block == walk.ownBlock || sel.slidingWindow > 0;
        uint32_t weights[4], slopes[4];
#pragma unroll
        for (int n = 0; n < 2; ++n) {
            float weight[4], slope[4];
#pragma unroll
            for (int i = 0; i < 4; ++i) {
                const int column = n * 8 + lane % 4 * 2 + i % 2;
                weight[i] = exp2f(fmaf(scores[n][i], scaleLog2, -statistics[column] * CUDART_L2E_F));
                if (masked) {
                    const int32_t key = walk.keyBegin + lane / 4 + 8 * (i / 2);
                    const int32_t query =
                        walk.block * sel.blockTokens + (walk.tile * 16 + column) / sel.headsPerSelector;
                    if (key > query || (sel.slidingWindow > 0 && key <= query - sel.slidingWindow)) weight[i] = 0.0f;
                }
                slope[i] = weight[i] * (products[n][i] - statistics[Tile::kQueries + column]);
            }
            weights[2 * n] = packBf16(weight[0], weight[1]);
            weights[2 * n + 1] = packBf16(weight[2], weight[3]);
            slopes[2 * n] = packBf16(slope[0], slope[1]);
            slopes[2 * n + 1] = packBf16(slope[2], slope[3]);
        }
#pragma unroll
        for (int n = 0; n < kDimTiles; n += 2) {
            uint32_t b[4];
            loadMatrix4Transposed(b, gradients + columnLane + static_cast<uint32_t>(n * 16));
            mma16816(dV[n], weights, b[0], b[1]);
            mma16816(dV[n + 1], weights, b[2], b[3]);
            loadMatrix4Transposed(b, queries + columnLane + static_cast<uint32_t>(n * 16));
            mma16816(dK[n], slopes, b[0], b[1]);
            mma16816(dK[n + 1], slopes, b[2], b[3]);
        }
        __syncwarp();
        walk = next;
    }
    copyAsyncWait<0>();
    __syncthreads();

    auto* sums = reinterpret_cast<float*>(memory + warp * Tile::kWarpBytes);
#pragma unroll
    for (int n = 0; n < kDimTiles; ++n) {
#pragma unroll
        for (int i = 0; i < 4; ++i) {
            const int at = (lane / 4 + 8 * (i / 2)) * kDim + n * 8 + lane % 4 * 2 + i % 2;
            sums[at] = dK[n][i];
            sums[Tile::kKeys * kDim + at] = dV[n][i];
        }
    }
    __syncthreads();
    for (int i = threadIdx.x; i < 2 * Tile::kKeys * kDim; i += Tile::kThreads) {
        const bool ofKeys = i < Tile::kKeys * kDim;
        const int key = i / kDim % Tile::kKeys, d = i % kDim;
        if (key >= keyCount) continue;
        float sum = 0.0f;
#pragma unroll
        for (int w = 0; w < Tile::kWarps; ++w) sum += reinterpret_cast<const float*>(memory + w * Tile::kWarpBytes)[i];
        const int64_t to = (walk.keyBegin + key) * kvStride + kvHead * kDim + d;
        (ofKeys ? a.dK : a.dV)[to] = fromFloat<Bf16>(ofKeys ? sum * a.scale : sum);
    }
}

template <int kDim>
CudaStatus launchKeyGradient(const TrainAttentionArgs& args, cudaStream_t stream) {
    using Tile = KeyGradientTile<kDim>;
    LECTERN_CUDA_TRY(
        cudaFuncSetAttribute(keyGradientKernel<kDim>, cudaFuncAttributeMaxDynamicSharedMemorySize, Tile::kSharedBytes));
    const int64_t p = args.selection.regionTokens;
    const int64_t tiles = divideUp(args.tokens, p) * (p > Tile::kKeys ? p / Tile::kKeys : 1);
    const dim3 grid(static_cast<unsigned>(tiles), static_cast<unsigned>(args.kvHeads));
    keyGradientKernel<kDim><<<grid, Tile::kThreads, Tile::kSharedBytes, stream>>>(args);
    return launchStatus();
}

}  // namespace lectern::kernels::cuda

#pragma once
// Block attention for Hopper (sm_90a): a producer warpgroup gathers regions with the bulk tensor copy engine, two
// consumer warpgroups own 64 query rows each and keep the tensor cores busy: while one runs its softmax, the other
// multiplies, and inside a warpgroup the next scores overlap the current values (FlashAttention-3, arXiv 2407.08608,
// section 3).

#include <math_constants.h>

#include "kernels/cuda/attention_launch.h"
#include "kernels/cuda/attention_rows.cuh"
#include "kernels/cuda/device_math.cuh"
#include "kernels/cuda/hopper.cuh"
#include "kernels/cuda/rows90.cuh"
#include "kernels/cuda/tensor_map.h"
#include "kernels/cuda/wgmma.cuh"

namespace lectern::kernels::cuda {

template <int kDim>
struct Wgmma90Tile {
    static constexpr int kConsumers = 2, kThreads = (kConsumers + 1) * 128;
    static constexpr int kRows = kConsumers * 64, kKeys = 128, kStages = kDim > 96 ? 2 : 3;
    /// A tile lies in panels of the widest swizzle that divides the head: 128, 64 or 32 bytes of every row.
    static constexpr int kPanel = kDim % 64 == 0 ? 64 : kDim % 32 == 0 ? 32 : 16;
    static constexpr int kPanels = kDim / kPanel, kSwizzle = kPanel * 2;
    static constexpr int kQueryBytes = kRows * kDim * 2, kKeyBytes = kKeys * kDim * 2;
    static constexpr int kQueryPanel = kRows * kSwizzle, kKeyPanel = kKeys * kSwizzle;
    static constexpr int kBarriers = 4 * kStages;
    /// The atoms need 1024-byte alignment, which dynamic shared memory does not promise.
    static constexpr int kSharedBytes = 1024 + kQueryBytes + 2 * kStages * kKeyBytes + kBarriers * 8;
    static_assert(kKeyBytes % 1024 == 0 && kQueryBytes % 1024 == 0 && kSharedBytes <= 227 * 1024);
};

/// Shared-memory addresses of one thread block.
template <int kDim>
struct Wgmma90Memory {
    using Tile = Wgmma90Tile<kDim>;
    uint32_t base;
    __device__ uint32_t queries() const { return base; }
    __device__ uint32_t keys(int stage) const { return base + Tile::kQueryBytes + stage * Tile::kKeyBytes; }
    __device__ uint32_t values(int stage) const { return keys(Tile::kStages + stage); }
    __device__ uint32_t barrier(int kind, int stage) const {
        return keys(2 * Tile::kStages) + static_cast<uint32_t>((kind * Tile::kStages + stage) * 8);
    }
    __device__ uint32_t fullKeys(int stage) const { return barrier(0, stage); }
    __device__ uint32_t emptyKeys(int stage) const { return barrier(1, stage); }
    __device__ uint32_t fullValues(int stage) const { return barrier(2, stage); }
    __device__ uint32_t emptyValues(int stage) const { return barrier(3, stage); }
};

/// The producer warpgroup: fills the stages tile by tile, from the last tile to the first. Four warps share the boxes
/// of a tile, because issuing a copy costs a warp some tens of cycles; each lane owns one box and looks its next region
/// up early.
template <int kDim>
__device__ inline void produce90(const BlockAttentionArgs& a, const BlockView& view, const CUtensorMap* keyMap,
                                 const CUtensorMap* valueMap, const Wgmma90Memory<kDim>& memory, int32_t firstTile,
                                 int32_t endTile) {
    using Tile = Wgmma90Tile<kDim>;
    const int32_t p = a.kv.regionTokens, perTile = Tile::kKeys / p, boxes = perTile * Tile::kPanels;
    const int32_t perWarp = (boxes + 3) / 4, lane = threadIdx.x % 32;
    const int32_t box = static_cast<int32_t>(threadIdx.x / 32) * perWarp + lane;
    const bool active = lane < perWarp && box < boxes;
    const int32_t inTile = box / Tile::kPanels, panel = box % Tile::kPanels;
    const auto offset = static_cast<uint32_t>(panel * Tile::kKeyPanel + inTile * p * Tile::kSwizzle);
    const int32_t lastEntry = (view.columns - 1) / p;
    const int32_t column = panel * Tile::kPanel + (a.flatKeys != nullptr ? view.kvHead * kDim : 0);
    // Past the end the last region stands in: masked, but finite.
    const auto rowAt = [&](int32_t tile) {
        return active ? static_cast<int32_t>(regionRow(a, view, min(tile * perTile + inTile, lastEntry))) : 0;
    };
    int32_t row = rowAt(endTile - 1);
    int stage = 0;
    uint32_t parity = 1;
    for (int32_t tile = endTile - 1; tile >= firstTile; --tile) {
        const int32_t next = tile > firstTile ? rowAt(tile - 1) : 0;
        barrierWait(memory.emptyKeys(stage), parity);
        if (threadIdx.x == 0) barrierExpect(memory.fullKeys(stage), Tile::kKeyBytes);
        if (active) {
            copyTensor2d(memory.keys(stage) + offset, keyMap, memory.fullKeys(stage), column, row);
        }
        barrierWait(memory.emptyValues(stage), parity);
        if (threadIdx.x == 0) barrierExpect(memory.fullValues(stage), Tile::kKeyBytes);
        if (active) {
            copyTensor2d(memory.values(stage) + offset, valueMap, memory.fullValues(stage), column, row);
        }
        row = next;
        if (++stage == Tile::kStages) {
            stage = 0;
            parity ^= 1;
        }
    }
}

/// One warpgroup's state: 64 query rows, of which this thread holds two.
template <int kDim>
struct Consumer90 {
    using Tile = Wgmma90Tile<kDim>;
    static constexpr int kSteps = kDim / 16;

    float output[kDim / 2];
    float scores[Tile::kKeys / 2];
    uint32_t weights[Tile::kKeys / 4];
    float largest[2], total[2], keep[2];
    uint64_t queryDescriptor;

    /// Starts scores = Q K^T of the keys at `keys`.
    __device__ void startScores(uint32_t keys) {
        const uint64_t key = matrixDescriptor(keys, 16, 8 * Tile::kSwizzle, Tile::kSwizzle);
#pragma unroll
        for (int k = 0; k < kSteps; ++k) {
            const int panel = k * 16 / Tile::kPanel, inside = k * 32 % Tile::kSwizzle;
            Wgmma<Tile::kKeys>::fromShared(scores, queryDescriptor + ((panel * Tile::kQueryPanel + inside) >> 4),
                                           key + ((panel * Tile::kKeyPanel + inside) >> 4), k > 0);
        }
        wgmmaCommit();
    }

    /// Starts output += weights V of the values at `values`.
    __device__ void startOutput(uint32_t values) {
        const uint64_t value = matrixDescriptor(values, Tile::kKeyPanel, 8 * Tile::kSwizzle, Tile::kSwizzle);
#pragma unroll
        for (int k = 0; k < Tile::kKeys / 16; ++k) {
            const uint32_t left[4] = {weights[4 * k], weights[4 * k + 1], weights[4 * k + 2], weights[4 * k + 3]};
            Wgmma<kDim>::fromRegisters(output, left, value + ((k * 16 * Tile::kSwizzle) >> 4), 1);
        }
        wgmmaCommit();
    }

    __device__ void mask(int32_t firstColumn, const int32_t (&limits)[2], int32_t window) {
#pragma unroll
        for (int i = 0; i < Tile::kKeys / 2; ++i) {
            const int32_t column = firstColumn + i / 4 * 8 + threadIdx.x % 4 * 2 + i % 2;
            const int32_t limit = limits[i / 2 % 2];
            if (column > limit || (window > 0 && column <= limit - window)) scores[i] = -CUDART_INF_F;
        }
    }

    /// scores -> exponentials in place; updates the row statistics and leaves the factor of earlier output in `keep`.
    __device__ void softmax(float scaleLog2) {
#pragma unroll
        for (int h = 0; h < 2; ++h) {
            float peak = largest[h];
#pragma unroll
            for (int i = 2 * h; i < Tile::kKeys / 2; i += 4) peak = fmaxf(peak, fmaxf(scores[i], scores[i + 1]));
            peak = fmaxf(peak, __shfl_xor_sync(kFullMask, peak, 1));
            peak = fmaxf(peak, __shfl_xor_sync(kFullMask, peak, 2));
            const float shift = peak == -CUDART_INF_F ? 0.0f : peak * scaleLog2;
            keep[h] = exp2Approximate(fmaf(largest[h], scaleLog2, -shift));
            largest[h] = peak;
            float sum = 0.0f;
#pragma unroll
            for (int i = 2 * h; i < Tile::kKeys / 2; i += 4) {
                scores[i] = exp2Approximate(fmaf(scores[i], scaleLog2, -shift));
                scores[i + 1] = exp2Approximate(fmaf(scores[i + 1], scaleLog2, -shift));
                sum += scores[i] + scores[i + 1];
            }
            total[h] = fmaf(total[h], keep[h], sum);
        }
    }

    __device__ void packWeights() {
#pragma unroll
        for (int i = 0; i < Tile::kKeys / 4; ++i) weights[i] = packBf16(scores[2 * i], scores[2 * i + 1]);
    }

    __device__ void rescaleOutput() {
#pragma unroll
        for (int i = 0; i < kDim / 2; ++i) output[i] *= keep[i / 2 % 2];
    }
};

template <int kDim, bool kPingPong>
__device__ inline void consume90(const BlockAttentionArgs& a, const BlockView& view, const Wgmma90Memory<kDim>& memory,
                                 int32_t firstRow, int32_t firstTile, int32_t endTile) {
    using Tile = Wgmma90Tile<kDim>;
    const int group = static_cast<int>(threadIdx.x) / 128 - 1, thread = threadIdx.x % 128, lane = threadIdx.x % 32;
    loadRows90<kDim, Tile::kSwizzle, Tile::kQueryPanel>(a, view, a.q, memory.queries(), firstRow, group * 64);
    fenceProxyAsync();
    const uint32_t ownTurn = 1 + group, otherTurn = 2 - group, quorum = 256;
    namedBarrierSync(3 + group, 128);
    if (kPingPong && group == 1) namedBarrierArrive(otherTurn, quorum);

    const int32_t rows[2] = {firstRow + group * 64 + thread / 32 * 16 + lane / 4,
                             firstRow + group * 64 + thread / 32 * 16 + lane / 4 + 8};
    const int32_t limits[2] = {lastColumn(a, view, rows[0]), lastColumn(a, view, rows[1])};
    const int32_t freeLimit = lastColumn(a, view, firstRow + group * 64);
    const float scaleLog2 = a.scale * CUDART_L2E_F;
    const auto masked = [&](int32_t tile) { return tile * Tile::kKeys + Tile::kKeys - 1 > freeLimit; };

    Consumer90<kDim> c;
    c.queryDescriptor =
        matrixDescriptor(memory.queries() + group * 64 * Tile::kSwizzle, 16, 8 * Tile::kSwizzle, Tile::kSwizzle);
#pragma unroll
    for (int i = 0; i < kDim / 2; ++i) c.output[i] = 0.0f;
    c.largest[0] = c.largest[1] = -CUDART_INF_F;
    c.total[0] = c.total[1] = 0.0f;

    barrierWait(memory.fullKeys(0), 0);
    wgmmaFence();
    c.startScores(memory.keys(0));
    wgmmaWait<0>();
    pinRegisters(c.scores);
    if (lane == 0) barrierArrive(memory.emptyKeys(0));
    int32_t tile = endTile - 1;
    if (masked(tile) || a.slidingWindow > 0) c.mask(tile * Tile::kKeys, limits, a.slidingWindow);
    c.softmax(scaleLog2);
    c.packWeights();

    int stage = 0;
    uint32_t parity = 0;
    for (--tile; tile >= firstTile; --tile) {
        const int earlier = stage;
        const uint32_t earlierParity = parity;
        if (++stage == Tile::kStages) {
            stage = 0;
            parity ^= 1;
        }
        barrierWait(memory.fullKeys(stage), parity);
        if (kPingPong) namedBarrierSync(ownTurn, quorum);
        wgmmaFence();
        c.startScores(memory.keys(stage));
        barrierWait(memory.fullValues(earlier), earlierParity);
        wgmmaFence();
        c.startOutput(memory.values(earlier));
        if (kPingPong) namedBarrierArrive(otherTurn, quorum);
        wgmmaWait<1>();
        pinRegisters(c.scores);
        if (lane == 0) barrierArrive(memory.emptyKeys(stage));
        if (masked(tile) || a.slidingWindow > 0) c.mask(tile * Tile::kKeys, limits, a.slidingWindow);
        c.softmax(scaleLog2);
        wgmmaWait<0>();
        pinRegisters(c.output);
        if (lane == 0) barrierArrive(memory.emptyValues(earlier));
        c.packWeights();
        c.rescaleOutput();
    }
    barrierWait(memory.fullValues(stage), parity);
    wgmmaFence();
    c.startOutput(memory.values(stage));
    wgmmaWait<0>();
    pinRegisters(c.output);

#pragma unroll
    for (int h = 0; h < 2; ++h) {
        float sum = c.total[h];
        sum += __shfl_xor_sync(kFullMask, sum, 1);
        sum += __shfl_xor_sync(kFullMask, sum, 2);
        if (rows[h] >= view.rows) continue;
        const float inverse = sum > 0.0f ? 1.0f / sum : 0.0f;
        if (a.logSumExp != nullptr && lane % 4 == 0) {
            a.logSumExp[statisticIndex(a, view, rows[h])] = c.largest[h] * a.scale + logf(sum);
        }
        Bf16* out = queryRow(a, view, a.out, a.outStride, rows[h]) + lane % 4 * 2;
#pragma unroll
        for (int j = 0; j < kDim / 8; ++j) {
            *reinterpret_cast<uint32_t*>(out + j * 8) =
                packBf16(c.output[4 * j + 2 * h] * inverse, c.output[4 * j + 2 * h + 1] * inverse);
        }
    }
}

template <int kDim, bool kPingPong>
__global__ void __launch_bounds__(Wgmma90Tile<kDim>::kThreads, 1)
    attentionWgmma90Kernel(const __grid_constant__ BlockAttentionArgs a, const __grid_constant__ CUtensorMap keyMap,
                           const __grid_constant__ CUtensorMap valueMap) {
    using Tile = Wgmma90Tile<kDim>;
    extern __shared__ uint8_t raw[];
    const auto address = static_cast<uint32_t>(__cvta_generic_to_shared(raw));
    const Wgmma90Memory<kDim> memory{(address + 1023) & ~1023U};

    const BlockView view = blockView(a, static_cast<int32_t>(blockIdx.z), static_cast<int32_t>(blockIdx.y));
    const int32_t firstRow = static_cast<int32_t>(blockIdx.x) * Tile::kRows;
    if (firstRow >= view.rows) return;
    const int32_t lastRow = min(firstRow + Tile::kRows, view.rows) - 1;
    const int32_t endTile = lastColumn(a, view, lastRow) / Tile::kKeys + 1;
    const int32_t firstTile =
        a.slidingWindow > 0 ? max(lastColumn(a, view, firstRow) - a.slidingWindow + 1, 0) / Tile::kKeys : 0;

    if (threadIdx.x == 0) {
        for (int s = 0; s < Tile::kStages; ++s) {
            barrierInit(memory.fullKeys(s), 1);
            barrierInit(memory.fullValues(s), 1);
            barrierInit(memory.emptyKeys(s), Tile::kConsumers * 4);
            barrierInit(memory.emptyValues(s), Tile::kConsumers * 4);
        }
        barrierInitFence();
    }
    __syncthreads();
    if (threadIdx.x < 128) {
        giveRegisters<40>();
        if (threadIdx.x == 0) {
            prefetchTensorMap(&keyMap);
            prefetchTensorMap(&valueMap);
        }
        produce90<kDim>(a, view, &keyMap, &valueMap, memory, firstTile, endTile);
    } else {
        takeRegisters<232>();
        consume90<kDim, kPingPong>(a, view, memory, firstRow, firstTile, endTile);
    }
}

template <int kDim>
CudaStatus launchAttentionWgmma90(const BlockAttentionArgs& args, int32_t rows, cudaStream_t stream) {
    using Tile = Wgmma90Tile<kDim>;
    const void *keys = args.kv.keys, *values = args.kv.values;
    int64_t keyRows = args.kv.slots * args.kv.kvHeads * args.kv.pageTokens, rowValues = kDim;
    if (args.gatheredKeys != nullptr) {
        keys = args.gatheredKeys;
        values = args.gatheredValues;
        keyRows = int64_t{args.blockCount} * args.selectors * args.gatheredCapacity * args.kv.regionTokens;
    } else if (args.flatKeys != nullptr) {
        keys = args.flatKeys;
        values = args.flatValues;
        keyRows = args.flatTokens;
        rowValues = args.flatStride;
    }
    CUtensorMap keyMap, valueMap;
    LECTERN_CUDA_TRY(encodeRegionMap(keys, keyRows, rowValues, args.kv.regionTokens, Tile::kPanel, &keyMap));
    LECTERN_CUDA_TRY(encodeRegionMap(values, keyRows, rowValues, args.kv.regionTokens, Tile::kPanel, &valueMap));
    const auto kernel = attentionWgmma90Kernel<kDim, true>;
    LECTERN_CUDA_TRY(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, Tile::kSharedBytes));
    const dim3 grid(static_cast<unsigned>(divideUp(rows, Tile::kRows)), static_cast<unsigned>(args.selectors),
                    static_cast<unsigned>(args.blockCount));
    kernel<<<grid, Tile::kThreads, Tile::kSharedBytes, stream>>>(args, keyMap, valueMap);
    return launchStatus();
}

}  // namespace lectern::kernels::cuda

#pragma once
// Gradient of the queries on Hopper: a thread block owns 128 packed query rows of one block and selector and streams
// the block's keys and values, 64 at a time.

#include "kernels/cuda/train_gradient90.cuh"

namespace lectern::kernels::cuda {

template <int kDim>
__device__ inline void sumQueries90(const BlockAttentionArgs& a, const BlockView& view, const TrainAttentionArgs& train,
                                    const Gradient90Memory<kDim>& memory, int32_t firstRow, int32_t endTile) {
    using Tile = Gradient90Tile<kDim>;
    const int group = static_cast<int>(threadIdx.x) / 128 - 1, warp = threadIdx.x % 128 / 32, lane = threadIdx.x % 32;
    loadRows90<kDim, Tile::kSwizzle, Tile::kOwnPanel>(a, view, a.q, memory.own(0), firstRow, group * 64);
    loadRows90<kDim, Tile::kSwizzle, Tile::kOwnPanel>(a, view, train.dOut, memory.own(1), firstRow, group * 64);
    fenceProxyAsync();
    namedBarrierSync(1 + group, 128);
    const int32_t rows[2] = {firstRow + group * 64 + warp * 16 + lane / 4,
                             firstRow + group * 64 + warp * 16 + lane / 4 + 8};
    const int32_t limits[2] = {lastColumn(a, view, rows[0]), lastColumn(a, view, rows[1])};
    const int32_t freeLimit = lastColumn(a, view, firstRow + group * 64);
    const float scaleLog2 = a.scale * CUDART_L2E_F;
    // A row that is none gets probability zero.
    float logSums[2] = {CUDART_INF_F, CUDART_INF_F}, dots[2] = {};
#pragma unroll
    for (int h = 0; h < 2; ++h) {
        if (rows[h] >= view.rows) continue;
        logSums[h] = a.logSumExp[statisticIndex(a, view, rows[h])] * CUDART_L2E_F;
        dots[h] = train.rowDots[statisticIndex(a, view, rows[h])];
    }
    const auto ownOffset = static_cast<uint32_t>(group * 64 * Tile::kSwizzle);
    float dQ[kDim / 2];
#pragma unroll
    for (int i = 0; i < kDim / 2; ++i) dQ[i] = 0.0f;
    Stages90<Tile::kStages> at(0);
    float weights[32], slopes[32];
    uint32_t packed[16];
    const auto weigh = [&](int32_t tile) {
        const int32_t firstColumn = tile * Tile::kStream;
        const bool masked = firstColumn + Tile::kStream - 1 > freeLimit;
#pragma unroll
        for (int i = 0; i < 32; ++i) {
            weights[i] = exp2Approximate(fmaf(weights[i], scaleLog2, -logSums[i / 2 % 2]));
            if (masked && firstColumn + i / 4 * 8 + lane % 4 * 2 + i % 2 > limits[i / 2 % 2]) weights[i] = 0.0f;
        }
    };
    const auto slope = [&] {
#pragma unroll
        for (int i = 0; i < 32; ++i) slopes[i] = weights[i] * (slopes[i] - dots[i / 2 % 2]);
    };
    barrierWait(memory.full(0), 0);
    wgmmaFence();
    startProducts90<kDim>(weights, memory.own(0) + ownOffset, memory.stream(0, 0));
    startProducts90<kDim>(slopes, memory.own(1) + ownOffset, memory.stream(0, 1));
    wgmmaWait<0>();
    pinRegisters(weights);
    pinRegisters(slopes);
    weigh(0);
    slope();
    packFactors90(slopes, packed);
    // A tile's sums are formed beside the next one's products, so that exponentials never find the tensor cores idle.
    for (int32_t tile = 1; tile < endTile; ++tile) {
        const int earlier = at.stage;
        at.advance();
        barrierWait(memory.full(at.stage), at.parity);
        wgmmaFence();
        startProducts90<kDim>(weights, memory.own(0) + ownOffset, memory.stream(at.stage, 0));
        startProducts90<kDim>(slopes, memory.own(1) + ownOffset, memory.stream(at.stage, 1));
        startSums90<kDim>(dQ, packed, memory.stream(earlier, 0));
        wgmmaWait<2>();
        pinRegisters(weights);
        weigh(tile);
        wgmmaWait<1>();
        pinRegisters(slopes);
        slope();
        wgmmaWait<0>();
        pinRegisters(dQ);
        if (lane == 0) barrierArrive(memory.empty(earlier));
        packFactors90(slopes, packed);
    }
    wgmmaFence();
    startSums90<kDim>(dQ, packed, memory.stream(at.stage, 0));
    wgmmaWait<0>();
    pinRegisters(dQ);
#pragma unroll
    for (int h = 0; h < 2; ++h) {
        if (rows[h] >= view.rows) continue;
        Bf16* out = queryRow(a, view, train.dQ, a.qStride, rows[h]) + lane % 4 * 2;
#pragma unroll
        for (int j = 0; j < kDim / 8; ++j) {
            *reinterpret_cast<uint32_t*>(out + j * 8) =
                packBf16(dQ[4 * j + 2 * h] * a.scale, dQ[4 * j + 2 * h + 1] * a.scale);
        }
    }
}

template <int kDim>
__global__ void __launch_bounds__(Gradient90Tile<kDim>::kThreads, 1)
    queryGradient90Kernel(const __grid_constant__ BlockAttentionArgs a,
                          const __grid_constant__ TrainAttentionArgs train, const __grid_constant__ CUtensorMap keyMap,
                          const __grid_constant__ CUtensorMap valueMap) {
    using Tile = Gradient90Tile<kDim>;
    extern __shared__ uint8_t raw[];
    const auto address = static_cast<uint32_t>(__cvta_generic_to_shared(raw));
    const Gradient90Memory<kDim> memory{(address + 1023) & ~1023U};
    const BlockView view = blockView(a, static_cast<int32_t>(blockIdx.z), static_cast<int32_t>(blockIdx.y));
    const int32_t firstRow = static_cast<int32_t>(blockIdx.x) * Tile::kOwn;
    if (firstRow >= view.rows) return;
    const int32_t endTile = lastColumn(a, view, min(firstRow + Tile::kOwn, view.rows) - 1) / Tile::kStream + 1;
    if (threadIdx.x == 0) {
        for (int s = 0; s < Tile::kStages; ++s) {
            barrierInit(memory.full(s), 1);
            barrierInit(memory.empty(s), Tile::kConsumers * 4);
        }
        barrierInitFence();
    }
    __syncthreads();
    if (threadIdx.x < 128) {
        giveRegisters<40>();
        const RegionBoxes90<kDim> boxes(a, view, Tile::kStream);
        Stages90<Tile::kStages> at(1);
        int32_t row = boxes.rowAt(a, view, 0);
        for (int32_t tile = 0; tile < endTile; ++tile) {
            const int32_t next = tile + 1 < endTile ? boxes.rowAt(a, view, (tile + 1) * Tile::kStream) : 0;
            barrierWait(memory.empty(at.stage), at.parity);
            if (threadIdx.x == 0) barrierExpect(memory.full(at.stage), 2 * Tile::kStreamBytes);
            boxes.copy(memory.stream(at.stage, 0), memory.stream(at.stage, 1), Tile::kStreamPanel, a.kv.regionTokens,
                       &keyMap, &valueMap, memory.full(at.stage), row);
            row = next;
            at.advance();
        }
    } else {
        takeRegisters<232>();
        sumQueries90<kDim>(a, view, train, memory, firstRow, endTile);
    }
}

template <int kDim>
CudaStatus launchQueryGradient90(const BlockAttentionArgs& args, const TrainAttentionArgs& train, int32_t rows,
                                 cudaStream_t stream) {
    using Tile = Gradient90Tile<kDim>;
    CUtensorMap keyMap, valueMap;
    LECTERN_CUDA_TRY(encodeKeyMaps90<kDim>(args, &keyMap, &valueMap));
    const auto kernel = queryGradient90Kernel<kDim>;
    LECTERN_CUDA_TRY(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, Tile::kSharedBytes));
    const dim3 grid(static_cast<unsigned>(divideUp(rows, Tile::kOwn)), static_cast<unsigned>(args.selectors),
                    static_cast<unsigned>(args.blockCount));
    kernel<<<grid, Tile::kThreads, Tile::kSharedBytes, stream>>>(args, train, keyMap, valueMap);
    return launchStatus();
}

}  // namespace lectern::kernels::cuda

#pragma once
// Gradients of keys and values on Hopper, first half: a thread block owns 128 keys of one block's list (its regions,
// then its own tokens) and streams the block's query rows. What it sums belongs to these keys as this block sees them;
// the sums of all blocks that list a region are added up in order by sumPartialsKernel() (train_attention.cu).

#include "kernels/cuda/train_gradient90.cuh"

namespace lectern::kernels::cuda {

/// Query rows of a tile: as many whole tokens as fit.
__host__ __device__ inline int32_t streamedRows(int32_t headsPerSelector) {
    return 64 / headsPerSelector * headsPerSelector;
}

template <int kDim>
__device__ inline void produceRows90(const BlockAttentionArgs& a, const BlockView& view, const float* rowDots,
                                     const CUtensorMap* keyMap, const CUtensorMap* valueMap,
                                     const CUtensorMap* queryMap, const CUtensorMap* gradientMap,
                                     const Gradient90Memory<kDim>& memory, int32_t firstKey, int32_t firstTile,
                                     int32_t endTile) {
    using Tile = Gradient90Tile<kDim>;
    const RegionBoxes90<kDim> boxes(a, view, Tile::kOwn);
    if (threadIdx.x == 0) barrierExpect(memory.ownFull(), 2 * Tile::kOwnBytes);
    boxes.copy(memory.own(0), memory.own(1), Tile::kOwnPanel, a.kv.regionTokens, keyMap, valueMap, memory.ownFull(),
               boxes.rowAt(a, view, firstKey));
    if (threadIdx.x >= Tile::kStream) return;
    const int32_t perTile = streamedRows(a.headsPerSelector);
    const auto lane = static_cast<int32_t>(threadIdx.x);
    Stages90<Tile::kStages> at(1);
    for (int32_t tile = firstTile; tile < endTile; ++tile) {
        const int32_t row = tile * perTile + lane;
        // A row that is none gets probability zero.
        float logSum = CUDART_INF_F, dot = 0.0f;
        if (lane < perTile && row < view.rows) {
            logSum = a.logSumExp[statisticIndex(a, view, row)] * CUDART_L2E_F;
            dot = rowDots[statisticIndex(a, view, row)];
        }
        barrierWait(memory.empty(at.stage), at.parity);
        asm volatile(
            "st.shared.v2.f32 [%0], {%1, %2};" ::"r"(memory.statistics(at.stage) + static_cast<uint32_t>(lane * 8)),
            "f"(logSum), "f"(dot)
            : "memory");
        if (lane == 0) {
            barrierExpect(memory.full(at.stage), static_cast<uint32_t>(2 * Tile::kPanels * Tile::kSwizzle * perTile));
            const int32_t head = view.selector * a.headsPerSelector;
            const int32_t token = view.block.queryBegin + tile * perTile / a.headsPerSelector;
#pragma unroll
            for (int panel = 0; panel < Tile::kPanels; ++panel) {
                const auto offset = static_cast<uint32_t>(panel * Tile::kStreamPanel);
                copyTensor3d(memory.stream(at.stage, 0) + offset, queryMap, memory.full(at.stage), panel * Tile::kPanel,
                             head, token);
                copyTensor3d(memory.stream(at.stage, 1) + offset, gradientMap, memory.full(at.stage),
                             panel * Tile::kPanel, head, token);
            }
        }
        barrierArrive(memory.full(at.stage));
        at.advance();
    }
}

template <int kDim>
__device__ inline void sumKeys90(const BlockAttentionArgs& a, const BlockView& view, const KeyPartials& partials,
                                 const Gradient90Memory<kDim>& memory, int32_t firstKey, int32_t firstTile,
                                 int32_t endTile) {
    using Tile = Gradient90Tile<kDim>;
    const int group = static_cast<int>(threadIdx.x) / 128 - 1, warp = threadIdx.x % 128 / 32, lane = threadIdx.x % 32;
    const int32_t perTile = streamedRows(a.headsPerSelector);
    const float scaleLog2 = a.scale * CUDART_L2E_F;
    const auto ownOffset = static_cast<uint32_t>(group * 64 * Tile::kSwizzle);
    const int32_t keys[2] = {firstKey + group * 64 + warp * 16 + lane / 4,
                             firstKey + group * 64 + warp * 16 + lane / 4 + 8};
    float dK[kDim / 2], dV[kDim / 2];
#pragma unroll
    for (int i = 0; i < kDim / 2; ++i) dK[i] = dV[i] = 0.0f;
    barrierWait(memory.ownFull(), 0);
    Stages90<Tile::kStages> at(0);
    float weights[32], slopes[32];
    uint32_t packedWeights[16], packedSlopes[16];
    const auto weigh = [&](int32_t tile) {
        const int32_t firstRow = tile * perTile;
        const bool masked = firstKey + Tile::kOwn - 1 > lastColumn(a, view, firstRow);
#pragma unroll
        for (int j = 0; j < 8; ++j) {
            float logSums[2], unused[2];
            asm volatile("ld.shared.v4.f32 {%0, %1, %2, %3}, [%4];"
                         : "=f"(logSums[0]), "=f"(unused[0]), "=f"(logSums[1]), "=f"(unused[1])
                         : "r"(memory.statistics(at.stage) + static_cast<uint32_t>((j * 8 + lane % 4 * 2) * 8)));
#pragma unroll
            for (int i = 0; i < 4; ++i) {
                float& weight = weights[4 * j + i];
                weight = exp2Approximate(fmaf(weight, scaleLog2, -logSums[i % 2]));
                if (masked && keys[i / 2] > lastColumn(a, view, firstRow + j * 8 + lane % 4 * 2 + i % 2)) weight = 0.0f;
            }
        }
    };
    const auto slope = [&] {
#pragma unroll
        for (int j = 0; j < 8; ++j) {
            float unused[2], dots[2];
            asm volatile("ld.shared.v4.f32 {%0, %1, %2, %3}, [%4];"
                         : "=f"(unused[0]), "=f"(dots[0]), "=f"(unused[1]), "=f"(dots[1])
                         : "r"(memory.statistics(at.stage) + static_cast<uint32_t>((j * 8 + lane % 4 * 2) * 8)));
#pragma unroll
            for (int i = 0; i < 4; ++i) slopes[4 * j + i] = weights[4 * j + i] * (slopes[4 * j + i] - dots[i % 2]);
        }
    };
    const auto startSlopes = [&] {
        wgmmaFence();
        startProducts90<kDim>(slopes, memory.own(1) + ownOffset, memory.stream(at.stage, 1));
        packFactors90(weights, packedWeights);
        wgmmaWait<0>();
        pinRegisters(slopes);
        slope();
        packFactors90(slopes, packedSlopes);
    };
    barrierWait(memory.full(0), 0);
    wgmmaFence();
    startProducts90<kDim>(weights, memory.own(0) + ownOffset, memory.stream(0, 0));
    wgmmaWait<0>();
    pinRegisters(weights);
    weigh(firstTile);
    startSlopes();
    // A tile's sums are formed beside the next one's weights: the exponentials find the tensor cores busy.
    for (int32_t tile = firstTile + 1; tile < endTile; ++tile) {
        const int earlier = at.stage;
        at.advance();
        barrierWait(memory.full(at.stage), at.parity);
        wgmmaFence();
        startProducts90<kDim>(weights, memory.own(0) + ownOffset, memory.stream(at.stage, 0));
        startSums90<kDim>(dV, packedWeights, memory.stream(earlier, 1));
        startSums90<kDim>(dK, packedSlopes, memory.stream(earlier, 0));
        wgmmaWait<2>();
        pinRegisters(weights);
        weigh(tile);
        wgmmaWait<0>();
        pinRegisters(dV);
        pinRegisters(dK);
        __syncwarp();  // every lane has read the statistics
        if (lane == 0) barrierArrive(memory.empty(earlier));
        startSlopes();
    }
    wgmmaFence();
    startSums90<kDim>(dV, packedWeights, memory.stream(at.stage, 1));
    startSums90<kDim>(dK, packedSlopes, memory.stream(at.stage, 0));
    wgmmaWait<0>();
    pinRegisters(dV);
    pinRegisters(dK);
    const int64_t list =
        static_cast<int64_t>(partials.firstBlock + static_cast<int32_t>(blockIdx.z)) * partials.selectors + blockIdx.y;
#pragma unroll
    for (int h = 0; h < 2; ++h) {
        if (keys[h] >= view.columns) continue;
        float* to = partials.sums + (list * partials.capacity + keys[h]) * 2 * kDim + lane % 4 * 2;
#pragma unroll
        for (int j = 0; j < kDim / 8; ++j) {
            *reinterpret_cast<float2*>(to + j * 8) = make_float2(dK[4 * j + 2 * h], dK[4 * j + 2 * h + 1]);
            *reinterpret_cast<float2*>(to + kDim + j * 8) = make_float2(dV[4 * j + 2 * h], dV[4 * j + 2 * h + 1]);
        }
    }
}

template <int kDim>
__global__ void __launch_bounds__(Gradient90Tile<kDim>::kThreads, 1)
    keyGradient90Kernel(const __grid_constant__ BlockAttentionArgs a, const float* rowDots, const KeyPartials partials,
                        const __grid_constant__ CUtensorMap keyMap, const __grid_constant__ CUtensorMap valueMap,
                        const __grid_constant__ CUtensorMap queryMap, const __grid_constant__ CUtensorMap gradientMap) {
    using Tile = Gradient90Tile<kDim>;
    extern __shared__ uint8_t raw[];
    const auto address = static_cast<uint32_t>(__cvta_generic_to_shared(raw));
    const Gradient90Memory<kDim> memory{(address + 1023) & ~1023U};
    const BlockView view =
        blockView(a, static_cast<int32_t>(blockIdx.z), partials.firstSelector + static_cast<int32_t>(blockIdx.y));
    const int32_t firstKey = static_cast<int32_t>(blockIdx.x) * Tile::kOwn;
    if (firstKey >= view.columns) return;
    const int32_t perTile = streamedRows(a.headsPerSelector), endTile = (view.rows + perTile - 1) / perTile;
    // Own tokens are seen by the queries from them on.
    const int32_t hiddenFrom = max(firstKey - lastColumn(a, view, 0), 0);
    const int32_t firstTile = hiddenFrom * a.headsPerSelector / perTile;

    if (threadIdx.x == 0) {
        for (int s = 0; s < Tile::kStages; ++s) {
            barrierInit(memory.full(s), 1 + Tile::kStream);
            barrierInit(memory.empty(s), Tile::kConsumers * 4);
        }
        barrierInit(memory.ownFull(), 1);
        barrierInitFence();
    }
    if (perTile < Tile::kStream) {
        // Rows that no copy fills meet probability zero, but must not be NaN.
        clearShared(memory.stream(0, 0), Tile::kStages * 2 * Tile::kStreamBytes);
        fenceProxyAsync();
    }
    __syncthreads();
    if (threadIdx.x < 128) {
        giveRegisters<24>();
        produceRows90<kDim>(a, view, rowDots, &keyMap, &valueMap, &queryMap, &gradientMap, memory, firstKey, firstTile,
                            endTile);
    } else {
        takeRegisters<240>();
        sumKeys90<kDim>(a, view, partials, memory, firstKey, firstTile, endTile);
    }
}

template <int kDim>
CudaStatus launchKeyGradient90(const BlockAttentionArgs& args, const TrainAttentionArgs& train,
                               const KeyPartials& partials, cudaStream_t stream) {
    using Tile = Gradient90Tile<kDim>;
    CUtensorMap keyMap, valueMap, queryMap, gradientMap;
    LECTERN_CUDA_TRY(encodeKeyMaps90<kDim>(args, &keyMap, &valueMap));
    const int32_t heads = args.headsPerSelector, tokens = 64 / heads;
    LECTERN_CUDA_TRY(encodeHeadsMap(args.q, train.tokens, train.heads, kDim, heads, tokens, Tile::kPanel, &queryMap));
    LECTERN_CUDA_TRY(
        encodeHeadsMap(train.dOut, train.tokens, train.heads, kDim, heads, tokens, Tile::kPanel, &gradientMap));
    const auto kernel = keyGradient90Kernel<kDim>;
    LECTERN_CUDA_TRY(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, Tile::kSharedBytes));
    const dim3 grid(static_cast<unsigned>(divideUp(partials.capacity, Tile::kOwn)),
                    static_cast<unsigned>(partials.launched), static_cast<unsigned>(args.blockCount));
    kernel<<<grid, Tile::kThreads, Tile::kSharedBytes, stream>>>(args, train.rowDots, partials, keyMap, valueMap,
                                                                 queryMap, gradientMap);
    return launchStatus();
}

}  // namespace lectern::kernels::cuda

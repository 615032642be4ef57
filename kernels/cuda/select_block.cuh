#pragma once
// Streaming selection for prefill blocks. A thread block scores 16 or 32 query regions against tiles of 64 candidates
// with mma.sync; what reaches the row's threshold enters a buffer in shared memory; a full buffer is cut back to its
// best `keep`, which raises the threshold. Entries are (ordered score, ~region), so the order of arrival does not
// matter and ties fall to the lower index.

#include "kernels/cuda/device_math.cuh"
#include "kernels/cuda/mma80.cuh"
#include "kernels/cuda/select_launch.h"

namespace lectern::kernels::cuda {

/// kInner: Dh for the mean scorer, 2 Dh for the bound scorer.
template <int kInner, SelectShape kShape>
struct SelectTile {
    static constexpr int kRowTiles = kShape == SelectShape::Wide ? 2 : 1;
    static constexpr int kResident = kShape != SelectShape::Small || kInner > 128 ? 1
                                     : kInner > 64                                ? 2
                                                                                  : kSmallResident;
    static constexpr int kWarps = 8, kThreads = kWarps * 32, kRows = kRowTiles * 16, kRegions = kWarps * 8;
    static constexpr int kStages = kInner > 128 ? 2 : 3;
    static constexpr int kPitch = kInner * 2 + 16;
    static constexpr int kStageBytes = kRegions * kPitch;
    static constexpr int kPerLane = kShape == SelectShape::Wide ? 24 : kShape == SelectShape::Large ? 48 : 12;
    static constexpr int kFixedBytes = kStages * kStageBytes + 64 + kRows * 8 + 16;
};

inline __device__ uint64_t entryOf(float score, int32_t region) {
    return static_cast<uint64_t>(orderedKey(score)) << 32 | static_cast<uint32_t>(~region);
}

/// Cuts one row's buffer of `count` entries to its best `keep`, by one warp. Returns the key that a later entry must
/// reach.
template <int kPerLane>
__device__ uint32_t cutBuffer(uint64_t* buffer, int32_t count, int32_t keep) {
    const int lane = threadIdx.x % 32;
    uint32_t keys[kPerLane];
#pragma unroll
    for (int i = 0; i < kPerLane; ++i) {
        keys[i] = i * 32 + lane < count ? static_cast<uint32_t>(buffer[i * 32 + lane] >> 32) : 0;
    }
    // Largest threshold that at least `keep` keys reach, bit by bit from the top. Slots past the end hold key 0, which
    // a NaN shares: they only ever count when the threshold is 0, and then every entry is kept by index below.
    uint32_t threshold = 0;
    for (int bit = 31; bit >= 0; --bit) {
        const uint32_t trial = threshold | 1U << bit;
        int reached = 0;
#pragma unroll
        for (int i = 0; i < kPerLane; ++i) reached += keys[i] >= trial;
        reached = __reduce_add_sync(kFullMask, reached);
        if (reached >= keep) threshold = trial;
        if (reached == keep) break;
    }
    int above = 0, equal = 0;
#pragma unroll
    for (int i = 0; i < kPerLane; ++i) {
        above += keys[i] > threshold;
        equal += keys[i] == threshold && i * 32 + lane < count;
    }
    above = __reduce_add_sync(kFullMask, above);
    equal = __reduce_add_sync(kFullMask, equal);
    // Of the entries on the threshold, those with the lowest regions (largest complements).
    uint32_t complement = 0;
    if (above + equal > keep) {
        for (int bit = 31; bit >= 0; --bit) {
            const uint32_t trial = complement | 1U << bit;
            int reached = 0;
#pragma unroll
            for (int i = 0; i < kPerLane; ++i) {
                const int at = i * 32 + lane;
                reached += at < count && keys[i] == threshold && static_cast<uint32_t>(buffer[at]) >= trial;
            }
            if (__reduce_add_sync(kFullMask, reached) >= keep - above) complement = trial;
        }
    }
    int kept = 0;
#pragma unroll
    for (int i = 0; i < kPerLane; ++i) {
        const int at = i * 32 + lane;
        const uint64_t entry = at < count ? buffer[at] : 0;
        const bool keepIt =
            at < count && (keys[i] > threshold || (keys[i] == threshold && static_cast<uint32_t>(entry) >= complement));
        const unsigned votes = __ballot_sync(kFullMask, keepIt);
        __syncwarp();  // all lanes have read before one writes
        if (keepIt) buffer[kept + __popc(votes & ((1U << lane) - 1))] = entry;
        kept += __popc(votes);
        __syncwarp();
    }
    return threshold;
}

/// Summary value pairs (d, d + 1) of the inner dimension for one region.
__device__ inline const Bf16* innerRow(const BlockSelectArgs& a, int64_t kvHead, int64_t region, int chunk,
                                       int chunksPerHead) {
    const DeviceSummaries& s = a.summaries;
    const int64_t at = (kvHead * s.capacity + region) * a.headDim;
    if (a.scorer == Scorer::Mean) return s.mean + at + chunk * 8;
    return chunk < chunksPerHead ? s.max + at + chunk * 8 : s.min + at + (chunk - chunksPerHead) * 8;
}

template <int kInner, SelectShape kShape>
__global__ void __launch_bounds__(SelectTile<kInner, kShape>::kThreads, SelectTile<kInner, kShape>::kResident)
    selectBlockKernel(const __grid_constant__ BlockSelectArgs a, const int32_t capacity) {
    using Tile = SelectTile<kInner, kShape>;
    constexpr int kRowTiles = Tile::kRowTiles;
    constexpr int kSteps = kInner / 16, kChunks = kInner / 8;
    extern __shared__ __align__(128) uint8_t memory[];
    const uint32_t stages = sharedAddress(memory);
    auto* thresholds = reinterpret_cast<float*>(memory + Tile::kStages * Tile::kStageBytes + 64);
    auto* counts = reinterpret_cast<int32_t*>(thresholds + Tile::kRows);
    auto* buffers = reinterpret_cast<uint64_t*>(counts + Tile::kRows + 4);

    const auto selector = static_cast<int32_t>(blockIdx.y);
    const int32_t blockIndex = static_cast<int32_t>(blockIdx.z) / a.splits;
    const int32_t split = static_cast<int32_t>(blockIdx.z) - blockIndex * a.splits;
    const SelectBlock& block = a.blocks[blockIndex];
    const int32_t firstRow = static_cast<int32_t>(blockIdx.x) * Tile::kRows;
    const int32_t rows = min(Tile::kRows, block.rows - firstRow);
    if (rows <= 0) return;
    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    const int64_t kvHead = selector * a.headsPerSelector / a.groupHeads;
    const int chunksPerHead = a.headDim / 8;

    // Queries: heads summed in f32, positive and negative parts apart for the bound, into the stage memory as bf16.
    auto* queryTile = reinterpret_cast<Bf16*>(memory);
    for (int i = threadIdx.x; i < Tile::kRows * kInner; i += Tile::kThreads) {
        const int row = i / kInner, e = i % kInner;
        float sum = 0.0f;
        if (row < rows) {
            const int d = e % a.headDim;
            for (int g = 0; g < a.headsPerSelector; ++g) {
                const int64_t head = selector * a.headsPerSelector + g;
                const float q =
                    a.queries[((block.firstRow + firstRow + row) * static_cast<int64_t>(a.heads) + head) * a.headDim +
                              d];
                sum += a.scorer == Scorer::Mean ? q : e < a.headDim ? fmaxf(q, 0.0f) : fminf(q, 0.0f);
            }
        }
        queryTile[row * (Tile::kPitch / 2) + e] = fromFloat<Bf16>(sum);
    }
    for (int row = threadIdx.x; row < Tile::kRows; row += Tile::kThreads) {
        counts[row] = 0;
        thresholds[row] = __int_as_float(0x7fffffff);  // NaN: everything enters until the first cut
    }
    __syncthreads();
    uint32_t queries[kRowTiles][kSteps][4];
#pragma unroll
    for (int m = 0; m < kRowTiles; ++m) {
#pragma unroll
        for (int k = 0; k < kSteps; ++k) {
            loadMatrix4(queries[m][k],
                        stages + static_cast<uint32_t>((m * 16 + lane % 16) * Tile::kPitch + k * 32 + lane / 16 * 16));
        }
    }
    __syncthreads();

    // Of the thread block: the last row's end is the largest. Each split takes a run of whole tiles.
    const int32_t lastEnd = a.causalMerge > 0
                                ? min(block.candidateEnd, block.firstRegion + firstRow + rows - a.causalMerge)
                                : block.candidateEnd;
    const int32_t allTiles = max(lastEnd - block.candidateBegin + Tile::kRegions - 1, 0) / Tile::kRegions;
    const int32_t firstTile = allTiles * split / a.splits, tiles = allTiles * (split + 1) / a.splits - firstTile;
    const int32_t begin = block.candidateBegin + firstTile * Tile::kRegions;
    const int32_t end = min(lastEnd, begin + tiles * Tile::kRegions);
    int32_t ends[kRowTiles][2];
#pragma unroll
    for (int m = 0; m < kRowTiles; ++m) {
#pragma unroll
        for (int h = 0; h < 2; ++h) {
            const int row = m * 16 + lane / 4 + 8 * h;
            ends[m][h] = row >= rows         ? begin
                         : a.causalMerge > 0 ? min(end, block.firstRegion + firstRow + row - a.causalMerge + 1)
                                             : end;
        }
    }
    const auto load = [&](int32_t tile) {
        const uint32_t to = stages + static_cast<uint32_t>(tile % Tile::kStages * Tile::kStageBytes);
        for (int c = threadIdx.x; c < Tile::kRegions * kChunks; c += Tile::kThreads) {
            const int inTile = c / kChunks, chunk = c % kChunks;
            const int32_t region = begin + tile * Tile::kRegions + inTile;
            const bool valid = region < end;
            copyAsync16(to + static_cast<uint32_t>(inTile * Tile::kPitch + chunk * 16),
                        innerRow(a, kvHead, valid ? region : begin, chunk, chunksPerHead), valid);
        }
    };
    // Cuts every buffer that could overflow within the next tile.
    const auto cut = [&](int32_t limit) {
        for (int row = warp; row < Tile::kRows; row += Tile::kWarps) {
            if (counts[row] > limit) {
                const uint32_t key = cutBuffer<Tile::kPerLane>(buffers + row * capacity, counts[row], a.keep);
                __syncwarp();
                if (lane == 0) {
                    counts[row] = a.keep;
                    thresholds[row] = scoreOfKey(key);
                }
            }
        }
    };

#pragma unroll
    for (int s = 0; s < Tile::kStages - 1; ++s) {
        if (s < tiles) load(s);
        copyAsyncCommit();
    }
    int full = 0;  // this thread has seen a buffer that could overflow within two tiles
    for (int32_t tile = 0; tile < tiles; ++tile) {
        copyAsyncWait<Tile::kStages - 2>();
        // Voted at the barrier: a flag in memory could be raised by a quick warp before a slow one has read it.
        if (__syncthreads_or(full) != 0) {
            full = 0;
            cut(capacity - 2 * Tile::kRegions);
            __syncthreads();
        }
        if (tile + Tile::kStages - 1 < tiles) load(tile + Tile::kStages - 1);
        copyAsyncCommit();

        float scores[kRowTiles][4] = {};
        const uint32_t regionLane =
            stages + static_cast<uint32_t>(tile % Tile::kStages * Tile::kStageBytes +
                                           (warp * 8 + lane % 8) * Tile::kPitch + lane / 8 * 16);
#pragma unroll
        for (int k = 0; k < kSteps; k += 2) {
            uint32_t b[4] = {};
            if (k + 1 < kSteps) {
                loadMatrix4(b, regionLane + static_cast<uint32_t>(k * 32));
            } else {
                // The last of an odd number of steps: half as wide, or it would read beside the row.
                loadMatrix2(b[0], b[1], regionLane + static_cast<uint32_t>(k * 32));
            }
#pragma unroll
            for (int m = 0; m < kRowTiles; ++m) {
                mma16816(scores[m], queries[m][k], b[0], b[1]);
                if (k + 1 < kSteps) mma16816(scores[m], queries[m][k + 1], b[2], b[3]);
            }
        }
        const int32_t region = begin + tile * Tile::kRegions + warp * 8 + lane % 4 * 2;
#pragma unroll
        for (int m = 0; m < kRowTiles; ++m) {
#pragma unroll
            for (int h = 0; h < 2; ++h) {
                const int row = m * 16 + lane / 4 + 8 * h;
                const float threshold = thresholds[row];
#pragma unroll
                for (int j = 0; j < 2; ++j) {
                    const float score = scores[m][2 * h + j];
                    if (region + j < ends[m][h] && !(score < threshold)) {
                        const int32_t slot = atomicAdd(counts + row, 1);
                        buffers[row * capacity + slot] = entryOf(score, region + j);
                        if (slot >= capacity - 2 * Tile::kRegions) full = 1;
                    }
                }
            }
        }
    }
    copyAsyncWait<0>();
    __syncthreads();
    cut(a.keep);
    __syncthreads();
    const int64_t list = (static_cast<int64_t>(blockIndex) * a.selectors + selector) * a.rowStride + firstRow;
    for (int row = warp; row < rows; row += Tile::kWarps) {
        const SelectSlice slice = selectSlice(a, list + row, split);
        if (lane == 0) *slice.count = counts[row];
        for (int i = lane; i < counts[row]; i += 32) slice.entries[i] = buffers[row * capacity + i];
    }
}

template <int kInner, SelectShape kShape>
CudaStatus launchSelectTile(const BlockSelectArgs& args, int32_t rows, cudaStream_t stream) {
    using Tile = SelectTile<kInner, kShape>;
    // All the shared memory there is goes to the buffers: fewer cuts.
    int device = 0, most = 0, perMultiprocessor = 0;
    LECTERN_CUDA_TRY(cudaGetDevice(&device));
    LECTERN_CUDA_TRY(cudaDeviceGetAttribute(&most, cudaDevAttrMaxSharedMemoryPerBlockOptin, device));
    LECTERN_CUDA_TRY(cudaDeviceGetAttribute(&perMultiprocessor, cudaDevAttrMaxSharedMemoryPerMultiprocessor, device));
    // A thread block's share of a multiprocessor, less what the system keeps per block.
    const int share = perMultiprocessor / Tile::kResident - 1024;
    int32_t capacity = ((share < most ? share : most) - Tile::kFixedBytes) / (8 * Tile::kRows);
    capacity = capacity < Tile::kPerLane * 32 ? capacity : Tile::kPerLane * 32;
    if (args.keep + 3 * Tile::kRegions > capacity) return Status::Unsupported;
    const int shared = Tile::kFixedBytes + capacity * 8 * Tile::kRows;
    const auto kernel = selectBlockKernel<kInner, kShape>;
    LECTERN_CUDA_TRY(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, shared));
    const dim3 grid(static_cast<unsigned>(divideUp(rows, Tile::kRows)), static_cast<unsigned>(args.selectors),
                    static_cast<unsigned>(args.blockCount * args.splits));
    kernel<<<grid, Tile::kThreads, static_cast<size_t>(shared), stream>>>(args, capacity);
    return launchStatus();
}

template <int kInner>
CudaStatus launchSelect(const BlockSelectArgs& args, int32_t rows, SelectShape shape, cudaStream_t stream) {
    if (shape != SelectShape::Large) {
        const CudaStatus status = shape == SelectShape::Wide
                                      ? launchSelectTile<kInner, SelectShape::Wide>(args, rows, stream)
                                      : launchSelectTile<kInner, SelectShape::Small>(args, rows, stream);
        if (status.status != Status::Unsupported) return status;
    }
    return launchSelectTile<kInner, SelectShape::Large>(args, rows, stream);
}

}  // namespace lectern::kernels::cuda

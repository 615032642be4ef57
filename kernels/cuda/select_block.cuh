#pragma once
// Streaming selection for prefill blocks. A thread block scores 16 to 64 query regions, of several blocks where those
// are short, against tiles of 64 candidates with mma.sync; what reaches a row's threshold enters a buffer in shared
// memory; full buffers are cut back to little more than their best `keep`, which raises the thresholds. Entries are
// (ordered score, ~region), so the order of arrival does not matter and ties fall to the lower index.
//
// Tiles are visited in golden-ratio strides. Scores drift with the distance (low frequencies of the rotation): in the
// order of the context some rows would meet ever better candidates and cut their buffers all along, while in a
// shuffled order the number of entries grows with the logarithm of the candidates.

#include "kernels/cuda/device_math.cuh"
#include "kernels/cuda/mma80.cuh"
#include "kernels/cuda/select_launch.h"

namespace lectern::kernels::cuda {

/// kInner: Dh for the mean scorer, 2 Dh for the bound scorer.
template <int kInner, SelectShape kShape>
struct SelectTile {
    static constexpr int kRowTiles = kShape == SelectShape::Large ? 1 : 2;  ///< of 16 rows, per warp
    static constexpr int kRowGroups = kShape == SelectShape::Grouped && kInner <= kMostGroupedInner ? 2 : 1;
    static constexpr int kUnits = kRowTiles * kRowGroups, kRows = kUnits * 16;
    static constexpr int kColumns = 8;  ///< warps side by side, 8 candidates each
    static constexpr int kWarps = kColumns * kRowGroups, kThreads = kWarps * 32, kRegions = kColumns * 8;
    static constexpr int kStages = kInner > 128 ? 2 : kRowGroups == 2 && kInner <= 64 ? 4 : 3;
    static constexpr int kPitch = kInner * 2 + 16;
    static constexpr int kStageBytes = kRegions * kPitch;
    static constexpr int kPerLane = kShape == SelectShape::Wide ? 24 : kShape == SelectShape::Large ? 48 : 12;
    static constexpr int kFixedBytes = kStages * kStageBytes + kRows * 8;
    static_assert(kRows * kPitch <= kStages * kStageBytes, "queries pass through the stages");
};

inline __device__ uint64_t entryOf(float score, int32_t region) {
    return static_cast<uint64_t>(orderedKey(score)) << 32 | static_cast<uint32_t>(~region);
}

struct Cut {
    uint32_t threshold;  ///< key that a later entry must reach
    int32_t kept;
};

/// Cuts one row's buffer of `count` > keep entries to its best, at least `keep` and at most keep + slack, by one warp.
template <int kPerLane>
__device__ Cut cutBuffer(uint64_t* buffer, int32_t count, int32_t keep, int32_t slack) {
    const int lane = threadIdx.x % 32;
    uint32_t keys[kPerLane];
    uint32_t low = 0xffffffffU, high = 0;
#pragma unroll
    for (int i = 0; i < kPerLane; ++i) {
        const bool held = i * 32 + lane < count;
        keys[i] = held ? static_cast<uint32_t>(buffer[i * 32 + lane] >> 32) : 0;
        if (held) low = min(low, keys[i]);
        high = max(high, keys[i]);
    }
    // At least `keep` keys reach `low` and fewer reach `high`; slots past the end hold key 0 and reach neither, for
    // nothing below `low` + 1 is asked about.
    low = __reduce_min_sync(kFullMask, low);
    high = __reduce_max_sync(kFullMask, high) + 1;
    bool few = false;  // no more than keep + slack reach `low`
    while (!few && high - low > 1) {
        const uint32_t trial = low + (high - low) / 2;
        int reached = 0;
#pragma unroll
        for (int i = 0; i < kPerLane; ++i) reached += keys[i] >= trial;
        reached = __reduce_add_sync(kFullMask, reached);
        if (reached >= keep) {
            low = trial;
            few = reached <= keep + slack;
        } else {
            high = trial;
        }
    }
    // Too many on one key: of these the ones with the lowest regions (largest complements).
    uint32_t complement = 0;
    if (!few) {
        int above = 0;
#pragma unroll
        for (int i = 0; i < kPerLane; ++i) above += keys[i] > low;
        above = __reduce_add_sync(kFullMask, above);
        for (int bit = 31; bit >= 0; --bit) {
            const uint32_t trial = complement | 1U << bit;
            int reached = 0;
#pragma unroll
            for (int i = 0; i < kPerLane; ++i) {
                const int at = i * 32 + lane;
                reached += at < count && keys[i] == low && static_cast<uint32_t>(buffer[at]) >= trial;
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
            at < count && (keys[i] > low || (keys[i] == low && static_cast<uint32_t>(entry) >= complement));
        const unsigned votes = __ballot_sync(kFullMask, keepIt);
        __syncwarp();  // all lanes have read before one writes
        if (keepIt) buffer[kept + __popc(votes & ((1U << lane) - 1))] = entry;
        kept += __popc(votes);
        __syncwarp();
    }
    return {low, kept};
}

/// A stride near the golden section of `tiles` that visits each of them once.
__device__ inline int32_t goldenStride(int32_t tiles) {
    for (auto stride = static_cast<int32_t>(static_cast<float>(tiles) * 0.618034f); stride > 1; --stride) {
        int32_t a = tiles, b = stride;
        while (b != 0) {
            const int32_t rest = a % b;
            a = b;
            b = rest;
        }
        if (a == 1) return stride;
    }
    return 1;
}

/// Summary value pairs (d, d + 1) of the inner dimension for one region.
__device__ inline const Bf16* innerRow(const BlockSelectArgs& a, int64_t kvHead, int64_t region, int chunk,
                                       int chunksPerHead) {
    const DeviceSummaries& s = a.summaries;
    const int64_t at = (kvHead * s.capacity + region) * a.headDim;
    if (a.scorer == Scorer::Mean) return s.mean + at + chunk * 8;
    return chunk < chunksPerHead ? s.max + at + chunk * 8 : s.min + at + (chunk - chunksPerHead) * 8;
}

/// 16 query regions of one block.
struct SelectUnit {
    int32_t block, firstRow, rows;
};
__device__ inline SelectUnit selectUnit(const BlockSelectArgs& a, int32_t unit, int32_t unitsPerBlock) {
    const int32_t block = unit / unitsPerBlock, firstRow = (unit - block * unitsPerBlock) * 16;
    if (block >= a.blockCount) return {0, 0, 0};
    return {block, firstRow, max(0, min(16, a.blocks[block].rows - firstRow))};
}
/// End of the candidates of row `row` of a block.
__device__ inline int32_t candidateEnd(const BlockSelectArgs& a, const SelectBlock& block, int32_t row) {
    if (a.causalMerge == 0) return block.candidateEnd;
    return min(block.candidateEnd, block.firstRegion + row - a.causalMerge + 1);
}

/// Grid: groups of kUnits units, selectors, splits.
template <int kInner, SelectShape kShape>
__global__ void __launch_bounds__(SelectTile<kInner, kShape>::kThreads, 1)
    selectBlockKernel(const __grid_constant__ BlockSelectArgs a, const int32_t unitsPerBlock, const int32_t capacity) {
    using Tile = SelectTile<kInner, kShape>;
    constexpr int kRowTiles = Tile::kRowTiles;
    constexpr int kSteps = kInner / 16, kChunks = kInner / 8;
    extern __shared__ __align__(128) uint8_t memory[];
    const uint32_t stages = sharedAddress(memory);
    auto* thresholds = reinterpret_cast<float*>(memory + Tile::kStages * Tile::kStageBytes);
    auto* counts = reinterpret_cast<int32_t*>(thresholds + Tile::kRows);
    auto* buffers = reinterpret_cast<uint64_t*>(counts + Tile::kRows);

    const auto selector = static_cast<int32_t>(blockIdx.y);
    const auto split = static_cast<int32_t>(blockIdx.z);
    const int32_t firstUnit = static_cast<int32_t>(blockIdx.x) * Tile::kUnits;
    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    const int column = warp % Tile::kColumns, firstTile = warp / Tile::kColumns * kRowTiles;
    const int64_t kvHead = selector * a.headsPerSelector / a.groupHeads;
    const int chunksPerHead = a.headDim / 8;

    // Queries: heads summed in f32, positive and negative parts apart for the bound, into the stage memory as bf16.
    auto* queryTile = reinterpret_cast<Bf16*>(memory);
    for (int i = threadIdx.x; i < Tile::kRows * kInner; i += Tile::kThreads) {
        const int row = i / kInner, e = i % kInner;
        const SelectUnit unit = selectUnit(a, firstUnit + row / 16, unitsPerBlock);
        float sum = 0.0f;
        if (row % 16 < unit.rows) {
            const int d = e % a.headDim;
            const int64_t from = a.blocks[unit.block].firstRow + unit.firstRow + row % 16;
            for (int g = 0; g < a.headsPerSelector; ++g) {
                const int64_t head = selector * a.headsPerSelector + g;
                const float q = a.queries[(from * a.heads + head) * a.headDim + d];
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
            const int row = (firstTile + m) * 16 + lane % 16;
            loadMatrix4(queries[m][k], stages + static_cast<uint32_t>(row * Tile::kPitch + k * 32 + lane / 16 * 16));
        }
    }
    __syncthreads();

    // Candidates of any row; those of each of this thread's rows, as begin and number.
    int32_t begin = 0x7fffffff, end = 0;
    for (int u = 0; u < Tile::kUnits; ++u) {
        const SelectUnit unit = selectUnit(a, firstUnit + u, unitsPerBlock);
        if (unit.rows == 0) continue;
        const SelectBlock& block = a.blocks[unit.block];
        begin = min(begin, block.candidateBegin);
        end = max(end, candidateEnd(a, block, unit.firstRow + unit.rows - 1));
    }
    int32_t begins[kRowTiles][2];
    uint32_t numbers[kRowTiles][2];
#pragma unroll
    for (int m = 0; m < kRowTiles; ++m) {
        const SelectUnit unit = selectUnit(a, firstUnit + firstTile + m, unitsPerBlock);
        const SelectBlock& block = a.blocks[unit.block];
#pragma unroll
        for (int h = 0; h < 2; ++h) {
            const int row = lane / 4 + 8 * h;
            begins[m][h] = block.candidateBegin;
            numbers[m][h] =
                row < unit.rows
                    ? static_cast<uint32_t>(max(candidateEnd(a, block, unit.firstRow + row) - block.candidateBegin, 0))
                    : 0;
        }
    }
    // A few tiles more than there are, so that thread blocks whose ends differ a little walk the same path and share
    // what they read in the second-level cache. Slices are runs of that path, and so spread over all candidates.
    const int32_t tiles = begin < end ? (end - begin + Tile::kRegions - 1) / Tile::kRegions : 0;
    const int32_t step = tiles < 32 ? 1 : 1 << (26 - __clz(tiles));
    const int32_t path = (tiles + step - 1) / step * step;
    const int32_t stride = goldenStride(path);
    const auto first = static_cast<int32_t>(int64_t{path} * split / a.splits);
    const auto last = static_cast<int32_t>(int64_t{path} * (split + 1) / a.splits);
    const auto advance = [&](int32_t& tile) {
        tile += stride;
        if (tile >= path) tile -= path;
    };

    const auto load = [&](int32_t position, int32_t tile) {
        const uint32_t to = stages + static_cast<uint32_t>(position % Tile::kStages * Tile::kStageBytes);
        for (int c = threadIdx.x; c < Tile::kRegions * kChunks; c += Tile::kThreads) {
            const int inTile = c / kChunks, chunk = c % kChunks;
            const int32_t region = begin + tile * Tile::kRegions + inTile;
            const bool valid = region < end;
            copyAsync16(to + static_cast<uint32_t>(inTile * Tile::kPitch + chunk * 16),
                        innerRow(a, kvHead, valid ? region : begin, chunk, chunksPerHead), valid);
        }
    };
    // All that are fuller than `limit` are cut together: a cut's latency is the same for one row as for one a warp.
    const auto cut = [&](int32_t limit, int32_t slack) {
        for (int row = warp; row < Tile::kRows; row += Tile::kWarps) {
            if (counts[row] > limit) {
                const Cut done = cutBuffer<Tile::kPerLane>(buffers + row * capacity, counts[row], a.keep, slack);
                __syncwarp();
                if (lane == 0) {
                    counts[row] = done.kept;
                    thresholds[row] = scoreOfKey(done.threshold);
                }
            }
        }
    };
    // The row of score i of tile m of this thread.
    const auto rowOf = [&](int m, int i) { return (firstTile + m) * 16 + lane / 4 + i / 2 * 8; };
    const int32_t fullAt = capacity - Tile::kRegions;
    const int32_t slack = min(a.keep / 8, max(fullAt - a.keep, 0) / 4);
    const int32_t cutAt = (fullAt + a.keep + slack) / 2;

    auto coming = static_cast<int32_t>(path > 0 ? int64_t{first} * stride % path : 0), tile = coming;
#pragma unroll
    for (int s = 0; s < Tile::kStages - 1; ++s) {
        if (first + s < last && coming < tiles) load(s, coming);
        copyAsyncCommit();
        advance(coming);
    }
    int full = 0;  // this thread has seen a buffer that could overflow with the next tile
    for (int32_t position = 0; position < last - first; ++position, advance(tile)) {
        copyAsyncWait<Tile::kStages - 2>();
        // Voted at the barrier: a flag in memory could be raised by a quick warp before a slow one has read it.
        if (__syncthreads_or(full) != 0) {
            full = 0;
            cut(cutAt, slack);
            __syncthreads();
        }
        if (first + position + Tile::kStages - 1 < last && coming < tiles) load(position + Tile::kStages - 1, coming);
        copyAsyncCommit();
        advance(coming);
        if (tile >= tiles) continue;

        float scores[kRowTiles][4] = {};
        const uint32_t regionLane =
            stages + static_cast<uint32_t>(position % Tile::kStages * Tile::kStageBytes +
                                           (column * 8 + lane % 8) * Tile::kPitch + lane / 8 * 16);
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
        const int32_t region = begin + tile * Tile::kRegions + column * 8 + lane % 4 * 2;
        uint32_t entering = 0;
#pragma unroll
        for (int m = 0; m < kRowTiles; ++m) {
#pragma unroll
            for (int i = 0; i < 4; ++i) {
                const float threshold = thresholds[rowOf(m, i)];
                const bool candidate = static_cast<uint32_t>(region + i % 2 - begins[m][i / 2]) < numbers[m][i / 2];
                if (candidate && !(scores[m][i] < threshold)) entering |= 1U << (m * 4 + i);
            }
        }
        if (entering != 0) {
            // Slots first, then entries: the atomics' latencies overlap.
            int32_t slots[kRowTiles][4];
#pragma unroll
            for (int m = 0; m < kRowTiles; ++m) {
#pragma unroll
                for (int i = 0; i < 4; ++i) {
                    slots[m][i] = 0;
                    if (entering >> (m * 4 + i) & 1U) slots[m][i] = atomicAdd(counts + rowOf(m, i), 1);
                }
            }
#pragma unroll
            for (int m = 0; m < kRowTiles; ++m) {
#pragma unroll
                for (int i = 0; i < 4; ++i) {
                    if (entering >> (m * 4 + i) & 1U) {
                        buffers[rowOf(m, i) * capacity + slots[m][i]] = entryOf(scores[m][i], region + i % 2);
                        if (slots[m][i] >= fullAt) full = 1;
                    }
                }
            }
        }
        __syncwarp();
    }
    copyAsyncWait<0>();
    __syncthreads();
    cut(a.keep, 0);
    __syncthreads();
    for (int row = warp; row < Tile::kRows; row += Tile::kWarps) {
        const SelectUnit unit = selectUnit(a, firstUnit + row / 16, unitsPerBlock);
        if (row % 16 >= unit.rows) continue;
        const int64_t list = (int64_t{unit.block} * a.selectors + selector) * a.rowStride + unit.firstRow + row % 16;
        const SelectSlice slice = selectSlice(a, list, split);
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
    // What the system keeps per thread block is not for us.
    const int share = perMultiprocessor - 1024;
    int32_t capacity = ((share < most ? share : most) - Tile::kFixedBytes) / (8 * Tile::kRows);
    capacity = capacity < Tile::kPerLane * 32 ? capacity : Tile::kPerLane * 32;
    if (args.keep + 2 * Tile::kRegions > capacity) return Status::Unsupported;
    const int shared = Tile::kFixedBytes + capacity * 8 * Tile::kRows;
    const auto kernel = selectBlockKernel<kInner, kShape>;
    LECTERN_CUDA_TRY(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, shared));
    const auto unitsPerBlock = static_cast<int32_t>(divideUp(rows, 16));
    const dim3 grid(static_cast<unsigned>(divideUp(int64_t{args.blockCount} * unitsPerBlock, Tile::kUnits)),
                    static_cast<unsigned>(args.selectors), static_cast<unsigned>(args.splits));
    kernel<<<grid, Tile::kThreads, static_cast<size_t>(shared), stream>>>(args, unitsPerBlock, capacity);
    return launchStatus();
}

template <int kInner>
CudaStatus launchSelect(const BlockSelectArgs& args, int32_t rows, SelectShape shape, cudaStream_t stream) {
    if (shape != SelectShape::Large) {
        const CudaStatus status = shape == SelectShape::Wide
                                      ? launchSelectTile<kInner, SelectShape::Wide>(args, rows, stream)
                                      : launchSelectTile<kInner, SelectShape::Grouped>(args, rows, stream);
        if (status.status != Status::Unsupported) return status;
    }
    return launchSelectTile<kInner, SelectShape::Large>(args, rows, stream);
}

}  // namespace lectern::kernels::cuda

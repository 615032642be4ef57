#include <algorithm>

#include "kernels/cuda/device_math.cuh"
#include "kernels/cuda/select.h"
#include "kernels/cuda/select_launch.h"

namespace lectern::kernels::cuda {
namespace {

/// Beyond this many kept regions a thread block's buffers hold 16 query rows instead of 32.
constexpr int32_t kWideKeep = 400;
constexpr int32_t kMaxKeep = 1000;
/// Entries of all slices of a list that are sorted together.
constexpr int32_t kMostSorted = 1024;

constexpr int kSortWarps = 4;

/// Sorts 32 kPerLane entries descending, place lane * kPerLane + i in entries[i] of the lane: bitonic, in registers.
template <int kPerLane>
__device__ void sortWarp(uint64_t (&entries)[kPerLane]) {
    const int lane = threadIdx.x % 32;
#pragma unroll
    for (int run = 2; run <= 32 * kPerLane; run *= 2) {
#pragma unroll
        for (int step = run / 2; step > 0; step /= 2) {
            if (step >= kPerLane) {
                const int partner = step / kPerLane;
                const bool larger = ((lane & partner) == 0) == ((lane * kPerLane & run) == 0);
#pragma unroll
                for (int i = 0; i < kPerLane; ++i) {
                    const uint64_t own = entries[i];
                    const uint64_t other = __shfl_xor_sync(kFullMask, own, partner);
                    entries[i] = (own < other) == larger ? other : own;
                }
            } else {
#pragma unroll
                for (int i = 0; i < kPerLane; ++i) {
                    if ((i & step) != 0) continue;
                    // Within a lane's run the direction is known here; a longer run's is the lane's.
                    const bool descending = run < kPerLane ? (i & run) == 0 : (lane * kPerLane & run) == 0;
                    uint64_t &low = entries[i], &high = entries[i + step];
                    const uint64_t x = low, y = high;
                    const bool swap = (x < y) == descending;
                    low = swap ? y : x;
                    high = swap ? x : y;
                }
            }
        }
    }
}

/// One warp per list: sorts its slices together, best first, and takes the first `keep` entries apart.
template <int kPerLane>
__global__ void __launch_bounds__(kSortWarps * 32) sortListsKernel(const __grid_constant__ BlockSelectArgs a) {
    // A place more after each lane's, against bank conflicts.
    __shared__ uint32_t staged[kSortWarps][32 * (kPerLane + 1)];
    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    const auto row = static_cast<int32_t>(blockIdx.x) * kSortWarps + warp;
    if (row >= a.blocks[blockIdx.z].rows) return;
    const int64_t list = (static_cast<int64_t>(blockIdx.z) * a.selectors + blockIdx.y) * a.rowStride + row;
    uint64_t entries[kPerLane];
#pragma unroll
    for (int i = 0; i < kPerLane; ++i) entries[i] = 0;
    int32_t total = 0;
    for (int split = 0; split < a.splits; ++split) {
        const SelectSlice slice = selectSlice(a, list, split);
        const int32_t count = *slice.count;
        // Slices lie behind each other: entry e of all is entry e - total of this one.
#pragma unroll
        for (int i = 0; i < kPerLane; ++i) {
            const int32_t at = i * 32 + lane - total;
            if (at >= 0 && at < count) entries[i] = slice.entries[at];
        }
        total += count;
    }
    sortWarp(entries);
    const int32_t count = min(total, a.keep);
    if (a.splits > 1 && lane == 0) a.found[list] = count;
    const auto place = [](int at) { return at + at / kPerLane; };
    uint32_t* const own = staged[warp];
#pragma unroll
    for (int i = 0; i < kPerLane; ++i) own[lane * (kPerLane + 1) + i] = ~static_cast<uint32_t>(entries[i]);
    __syncwarp();
    for (int at = lane; at < count; at += 32) a.ids[list * a.keep + at] = static_cast<RegionId>(own[place(at)]);
    if (a.scores == nullptr) return;
    __syncwarp();
#pragma unroll
    for (int i = 0; i < kPerLane; ++i) own[lane * (kPerLane + 1) + i] = static_cast<uint32_t>(entries[i] >> 32);
    __syncwarp();
    for (int at = lane; at < count; at += 32) a.scores[list * a.keep + at] = scoreOfKey(own[place(at)]);
}

template <int kPerLane>
CudaStatus sortLists(const BlockSelectArgs& args, int32_t rows, cudaStream_t stream) {
    if constexpr (kPerLane < kMostSorted / 32) {
        if (args.keep * args.splits > kPerLane * 32) return sortLists<kPerLane * 2>(args, rows, stream);
    }
    const dim3 grid(static_cast<unsigned>(divideUp(rows, kSortWarps)), static_cast<unsigned>(args.selectors),
                    static_cast<unsigned>(args.blockCount));
    sortListsKernel<kPerLane><<<grid, kSortWarps * 32, 0, stream>>>(args);
    return launchStatus();
}

/// One warp per (block, selector): rank by rank, 32 lists at a time; a bit per region remembers what has entered.
__global__ void mergeKernel(const __grid_constant__ BlockMergeArgs a) {
    extern __shared__ uint32_t seen[];
    const int lane = threadIdx.x;
    const auto block = static_cast<int32_t>(blockIdx.y);
    const int64_t list = static_cast<int64_t>(block) * a.selectors + blockIdx.x;
    const SelectBlock& shape = a.blocks[block];
    for (int i = lane; i < (a.maxRegions + 31) / 32; i += 32) seen[i] = 0;
    RegionId* regions = a.regions + list * a.regionStride;
    for (int i = lane; i < a.sink; i += 32) regions[i] = i;
    __syncwarp();
    int32_t entered = 0;
    for (int32_t rank = 0; rank < a.keep && entered < a.limit; ++rank) {
        bool any = false;
        for (int32_t base = 0; base < shape.rows && entered < a.limit; base += 32) {
            const int32_t row = base + lane;
            const int64_t rowList = list * a.rowStride + row;
            const bool valid = row < shape.rows && rank < a.found[rowList];
            const RegionId id = valid ? a.lists[rowList * a.keep + rank] : -1 - lane;
            any |= __any_sync(kFullMask, valid);
            const bool fresh = valid && id >= 0 && id < a.maxRegions && (seen[id / 32] >> (id % 32) & 1U) == 0;
            const unsigned same = __match_any_sync(kFullMask, id);
            const bool first = fresh && __ffs(static_cast<int>(same)) - 1 == lane;
            const unsigned votes = __ballot_sync(kFullMask, first);
            const int32_t at = entered + __popc(votes & ((1U << lane) - 1));
            if (first && at < a.limit) {
                regions[a.sink + at] = id;
                if (a.nominators != nullptr) a.nominators[list * a.limit + at] = static_cast<uint16_t>(row);
                atomicOr(seen + id / 32, 1U << (id % 32));
            }
            entered = min(entered + __popc(votes), a.limit);
            __syncwarp();
        }
        if (!any) break;
    }
    for (int i = lane; i < a.local; i += 32) regions[a.sink + entered + i] = shape.candidateEnd + i;
    if (lane == 0 && a.merged != nullptr) a.merged[list] = entered;
}

int32_t largestBlock(const SelectBlock* blocks, int32_t count) {
    int32_t rows = 0;
    for (int32_t b = 0; b < count; ++b) rows = blocks[b].rows > rows ? blocks[b].rows : rows;
    return rows;
}

int32_t innerSize(const BlockSelectArgs& args) {
    return args.scorer == Scorer::Mean ? args.headDim : 2 * args.headDim;
}

}  // namespace

int32_t chooseSelectSplits(const BlockSelectArgs& args, int multiprocessors) {
    // A slice costs its own list of the best, and all of them are sorted together at the end.
    constexpr int32_t kLeastCandidates = 1024;
    if (args.keep > kGroupedKeep || args.keep < 1 || args.selectors < 1 || args.blockCount < 1) return 1;
    int32_t candidates = 0;
    for (int32_t b = 0; b < args.blockCount; ++b) {
        candidates = std::max(candidates, args.blocks[b].candidateEnd - args.blocks[b].candidateBegin);
    }
    const int64_t units = divideUp(largestBlock(args.blocks, args.blockCount), 16) * args.blockCount;
    const int64_t blocks = std::max<int64_t>(1, divideUp(units, innerSize(args) > kMostGroupedInner ? 2 : 4));
    const int64_t filling = multiprocessors / (blocks * args.selectors);
    const int64_t most = std::min<int64_t>(kMostSorted / args.keep, candidates / kLeastCandidates);
    return static_cast<int32_t>(std::clamp<int64_t>(std::min(filling, most), 1, 16));
}

int64_t blockSelectWorkspace(const BlockSelectArgs& args) {
    const int64_t slices = int64_t{args.blockCount} * args.selectors * args.rowStride * args.splits;
    // The counts of several slices come last, in whole words of the entries.
    return slices * args.keep * int64_t{sizeof(uint64_t)} + (args.splits > 1 ? divideUp(slices, 2) * 8 : 0);
}

bool supportsBlockSelect(int32_t headDim, int32_t keep) {
    return (headDim == 64 || headDim == 80 || headDim == 96 || headDim == 128) && keep >= 1 && keep <= kMaxKeep;
}

CudaStatus blockSelect(const BlockSelectArgs& args, cudaStream_t stream) {
    if (args.blockCount < 0 || args.blockCount > kMaxSelectBlocks || args.selectors < 0 || args.selectors > 65535 ||
        args.headsPerSelector < 1 || args.groupHeads < 1 || args.rowStride < 0 || args.causalMerge < 0 ||
        args.splits < 1 || args.splits > 16) {
        return Status::InvalidArgument;
    }
    if (!supportsBlockSelect(args.headDim, args.keep)) return Status::Unsupported;
    if (args.splits > 1 && args.keep * args.splits > kMostSorted) return Status::InvalidArgument;
    const int32_t rows = largestBlock(args.blocks, args.blockCount);
    if (rows > args.rowStride) return Status::InvalidArgument;
    if (rows == 0 || args.selectors == 0) return {};
    const SelectShape shape = args.keep <= kGroupedKeep ? SelectShape::Grouped
                              : args.keep <= kWideKeep  ? SelectShape::Wide
                                                        : SelectShape::Large;
    CudaStatus status = Status::Unsupported;
    switch (innerSize(args)) {
        case 64:
            status = launchSelect<64>(args, rows, shape, stream);
            break;
        case 80:
            status = launchSelect<80>(args, rows, shape, stream);
            break;
        case 96:
            status = launchSelect<96>(args, rows, shape, stream);
            break;
        case 128:
            status = launchSelect<128>(args, rows, shape, stream);
            break;
        case 160:
            status = launchSelect<160>(args, rows, shape, stream);
            break;
        case 192:
            status = launchSelect<192>(args, rows, shape, stream);
            break;
        case 256:
            status = launchSelect<256>(args, rows, shape, stream);
            break;
        default:
            break;
    }
    LECTERN_CUDA_TRY(status);
    return sortLists<4>(args, rows, stream);
}

CudaStatus blockMerge(const BlockMergeArgs& args, cudaStream_t stream) {
    if (args.blockCount < 0 || args.blockCount > kMaxSelectBlocks || args.selectors < 0 || args.limit < 0 ||
        args.sink < 0 || args.local < 0 || args.regionStride < args.sink + args.limit + args.local ||
        largestBlock(args.blocks, args.blockCount) > 65536) {
        return Status::InvalidArgument;
    }
    if (args.blockCount == 0 || args.selectors == 0) return {};
    const int64_t shared = divideUp(args.maxRegions, 32) * 4;
    if (shared > 200 * 1024) return Status::Unsupported;
    if (shared > 48 * 1024) {
        LECTERN_CUDA_TRY(
            cudaFuncSetAttribute(mergeKernel, cudaFuncAttributeMaxDynamicSharedMemorySize, static_cast<int>(shared)));
    }
    const dim3 grid(static_cast<unsigned>(args.selectors), static_cast<unsigned>(args.blockCount));
    mergeKernel<<<grid, 32, static_cast<size_t>(shared), stream>>>(args);
    return launchStatus();
}

}  // namespace lectern::kernels::cuda

#include <math_constants.h>

#include "kernels/cuda/dependent_launch.cuh"
#include "kernels/cuda/device_math.cuh"
#include "kernels/cuda/radix_select.cuh"
#include "kernels/cuda/select.h"

namespace lectern::kernels::cuda {
namespace {

constexpr int kScoreThreads = 256;
/// Blocks of a cluster that share the search among one selector's regions, above kClusterRegions of them.
constexpr int kClusterParts = 8;
constexpr int64_t kClusterRegions = 8192;

/// Slices of the workspace. Keys are ordered scores, 0 for "not a candidate" or "not visited".
struct Workspace {
    uint32_t* keys;       ///< [selectors, regionBound]
    uint32_t* superKeys;  ///< [selectors, supers]
    uint32_t* cutoffs;    ///< [selectors, 2]: seeds' super key, then the seeds' keep-th key
    int64_t regions;
    int64_t supers;
};

__host__ __device__ Workspace sliceWorkspace(const TokenSelectArgs& a) {
    Workspace w;
    w.regions = (a.regionBound + 31) / 32 * 32;
    w.supers = a.summaries.superRegions > 0 ? w.regions / a.summaries.superRegions + 1 : 0;
    w.keys = static_cast<uint32_t*>(a.workspace);
    w.superKeys = w.keys + a.selectors * w.regions;
    w.cutoffs = w.superKeys + a.selectors * w.supers;
    return w;
}

/// Candidate regions [begin, end) of the query token.
struct Range {
    int64_t begin, end, complete;
};
__device__ Range candidateRange(const TokenSelectArgs& a) {
    const int64_t complete = min(a.tokens.get() / a.regionTokens, a.regionBound);
    const int64_t begin = min(static_cast<int64_t>(a.sink), complete);
    return {begin, max(complete - a.local, begin), complete};
}
/// Super-regions [begin, end) that hold candidates.
struct SuperRange {
    int64_t begin, end;
};
__device__ SuperRange superRange(const TokenSelectArgs& a, const Range& range) {
    const int64_t ratio = a.summaries.superRegions, begin = range.begin / ratio;
    return {begin, range.end > range.begin ? (range.end + ratio - 1) / ratio : begin};
}
__device__ bool isExcluded(const TokenSelectArgs& a, int64_t region) {
    return a.excluded != nullptr && (a.excluded[region / 32] >> (region % 32) & 1U) != 0;
}

/// A lane's slice of the summed query: eight dimensions' positive and negative parts (or, for means, the values).
struct QuerySlice {
    float high[8], low[8];
};
__device__ QuerySlice loadSlice(const TokenSelectArgs& a, int32_t selector, int d, bool bound) {
    QuerySlice slice = {};
    for (int g = 0; g < a.headsPerSelector; ++g) {
        const float* q = a.q + (static_cast<int64_t>(selector) * a.headsPerSelector + g) * a.headDim + d;
#pragma unroll
        for (int j = 0; j < 8; ++j) {
            slice.high[j] += bound ? fmaxf(q[j], 0.0f) : q[j];
            slice.low[j] += bound ? fminf(q[j], 0.0f) : 0.0f;
        }
    }
    return slice;
}

__device__ void unpack(const Bf16* row, float (&out)[8]) {
    const uint4 words = *reinterpret_cast<const uint4*>(row);
    out[0] = lowBf16(words.x), out[1] = highBf16(words.x), out[2] = lowBf16(words.y), out[3] = highBf16(words.y);
    out[4] = lowBf16(words.z), out[5] = highBf16(words.z), out[6] = lowBf16(words.w), out[7] = highBf16(words.w);
}

/// This lane's part of one row's score. A super-region's bound runs through the same roundings in the same order with
/// terms that are no smaller, so the computed bound is never below the computed score of a region inside.
__device__ float partialScore(const QuerySlice& q, const Bf16* high, const Bf16* low, Scorer scorer, bool super) {
    float h[8], l[8];
    unpack(high, h);
    if (scorer == Scorer::Bound || super) unpack(low, l);
    float sum = 0.0f;
#pragma unroll
    for (int j = 0; j < 8; ++j) {
        if (scorer == Scorer::Bound) {
            sum = fmaf(q.high[j], h[j], sum);
            sum = fmaf(q.low[j], l[j], sum);
        } else {
            sum = fmaf(q.high[j], super && q.high[j] < 0.0f ? l[j] : h[j], sum);
        }
    }
    return sum;
}

/// Which lanes share a row: 8 dimensions each, in a power of two.
__device__ int lanesPerRow(int headDim) {
    return headDim <= 64 ? 8 : 16;
}

__device__ float sumLanes(float x, int lanes) {
    for (int offset = lanes / 2; offset > 0; offset /= 2) x += __shfl_xor_sync(kFullMask, x, offset);
    return x;
}

struct Rows {
    const Bf16* high;
    const Bf16* low;
};
__device__ Rows regionRows(const TokenSelectArgs& a, int64_t kvHead, bool super) {
    const DeviceSummaries& s = a.summaries;
    const bool bound = a.scorer == Scorer::Bound;
    const int64_t offset = kvHead * (super ? s.superCapacity() : s.capacity) * a.headDim;
    if (super) return {(bound ? s.superMax : s.superMeanMax) + offset, (bound ? s.superMin : s.superMeanMin) + offset};
    return {(bound ? s.max : s.mean) + offset, (bound ? s.min : s.mean) + offset};
}

/// Scores rows [begin, end) of regions or super-regions, four per lane group in flight.
__device__ void scoreRows(const TokenSelectArgs& a, int32_t selector, bool super, int64_t begin, int64_t end,
                          int64_t firstGroup, int64_t groupStride, uint32_t* keys) {
    constexpr int kUnroll = 4;
    const int lanes = lanesPerRow(a.headDim);
    const int d = static_cast<int>(threadIdx.x) % lanes * 8;
    const bool inRow = d < a.headDim;
    const QuerySlice q = inRow ? loadSlice(a, selector, d, a.scorer == Scorer::Bound) : QuerySlice{};
    const Rows rows = regionRows(a, selector * a.headsPerSelector / a.groupHeads, super);
    for (int64_t base = begin + firstGroup; __any_sync(kFullMask, base < end); base += kUnroll * groupStride) {
        float partial[kUnroll];
#pragma unroll
        for (int i = 0; i < kUnroll; ++i) {
            const int64_t row = base + i * groupStride;
            partial[i] = inRow && row < end ? partialScore(q, rows.high + row * a.headDim + d,
                                                           rows.low + row * a.headDim + d, a.scorer, super)
                                            : 0.0f;
        }
#pragma unroll
        for (int i = 0; i < kUnroll; ++i) {
            const float score = sumLanes(partial[i], lanes);
            const int64_t row = base + i * groupStride;
            if (d == 0 && row < end) {
                keys[row] = max(orderedKey(score), 1U);
            }
        }
    }
}

__global__ void __launch_bounds__(kScoreThreads) scoreAllKernel(const __grid_constant__ TokenSelectArgs a) {
    allowNextKernel();
    waitForEarlierKernels();
    const Workspace w = sliceWorkspace(a);
    const Range range = candidateRange(a);
    const auto selector = static_cast<int32_t>(blockIdx.y);
    const int lanes = lanesPerRow(a.headDim), groups = kScoreThreads / lanes;
    scoreRows(a, selector, false, range.begin, range.end,
              static_cast<int64_t>(blockIdx.x) * groups + threadIdx.x / lanes, static_cast<int64_t>(gridDim.x) * groups,
              w.keys + selector * w.regions);
}

/// Bounds of the super-regions; their regions' keys start as "not visited".
__global__ void __launch_bounds__(kScoreThreads) scoreSupersKernel(const __grid_constant__ TokenSelectArgs a) {
    allowNextKernel();
    waitForEarlierKernels();
    const Workspace w = sliceWorkspace(a);
    const Range range = candidateRange(a);
    const auto selector = static_cast<int32_t>(blockIdx.y);
    const int lanes = lanesPerRow(a.headDim), groups = kScoreThreads / lanes;
    const SuperRange supers = superRange(a, range);
    scoreRows(a, selector, true, supers.begin, supers.end,
              static_cast<int64_t>(blockIdx.x) * groups + threadIdx.x / lanes, static_cast<int64_t>(gridDim.x) * groups,
              w.superKeys + selector * w.supers);
    for (int64_t r = range.begin + static_cast<int64_t>(blockIdx.x) * kScoreThreads + threadIdx.x; r < range.end;
         r += static_cast<int64_t>(gridDim.x) * kScoreThreads) {
        w.keys[selector * w.regions + r] = 0;
    }
}

/// stage 0: the super key that the seeds reach: `probes` of them or, for the exact search, enough to hold `keep`
/// regions twice over. stage 1: the keep-th key among the seeds' regions: whoever is below it cannot be among the best.
template <int kParts>
__global__ void __launch_bounds__(kRadixThreads) cutoffKernel(const __grid_constant__ TokenSelectArgs a, int stage) {
    __shared__ RadixScratch scratch;
    allowNextKernel();
    waitForEarlierKernels();
    const Workspace w = sliceWorkspace(a);
    const Range range = candidateRange(a);
    const auto selector = static_cast<int32_t>(blockIdx.y);
    RadixCut cut;
    if (stage == 0) {
        const int64_t ratio = a.summaries.superRegions;
        const SuperRange supers = superRange(a, range);
        const Part part = partOf<kParts>(supers.begin, supers.end);
        cut = radixCut<kParts>(w.superKeys + selector * w.supers + part.begin, part.count, supers.end - supers.begin,
                               a.probes > 0 ? a.probes : 2 * ((a.keep + ratio - 1) / ratio), scratch);
    } else {
        const Part part = partOf<kParts>(range.begin, range.end);
        cut = radixCut<kParts>(w.keys + selector * w.regions + part.begin, part.count, range.end - range.begin, a.keep,
                               scratch);
        // Fewer than `keep` seeds: everything may still enter.
        if (cut.taken < a.keep) cut.key = 1;
    }
    if (threadIdx.x == 0 && blockIdx.x == 0) w.cutoffs[2 * selector + stage] = cut.key;
}

/// stage 0: scores the seeds' regions. stage 1: those of every other super-region whose bound reaches the cutoff.
__global__ void __launch_bounds__(kScoreThreads)
    scoreInsideKernel(const __grid_constant__ TokenSelectArgs a, int stage) {
    allowNextKernel();
    waitForEarlierKernels();
    const Workspace w = sliceWorkspace(a);
    const Range range = candidateRange(a);
    const auto selector = static_cast<int32_t>(blockIdx.y);
    const int64_t ratio = a.summaries.superRegions;
    const uint32_t seeds = w.cutoffs[2 * selector], cutoff = stage == 0 ? 0 : w.cutoffs[2 * selector + 1];
    const int lanes = lanesPerRow(a.headDim);
    const SuperRange supers = superRange(a, range);
    int32_t visited = 0;
    for (int64_t super = supers.begin + blockIdx.x; super < supers.end; super += gridDim.x) {
        const uint32_t bound = w.superKeys[selector * w.supers + super];
        const bool seed = bound >= seeds;
        if (stage == 0 ? !seed : seed || bound < cutoff) continue;
        const int64_t first = max(super * ratio, range.begin), last = min((super + 1) * ratio, range.end);
        scoreRows(a, selector, false, first, last, threadIdx.x / lanes, kScoreThreads / lanes,
                  w.keys + selector * w.regions);
        visited += static_cast<int32_t>(last - first);
    }
    if (a.visited != nullptr && threadIdx.x == 0 && visited > 0) atomicAdd(a.visited + selector, visited);
}

/// Writes the list: sink, the chosen candidates in ascending order, local.
template <int kParts>
__global__ void __launch_bounds__(kRadixThreads) pickKernel(const __grid_constant__ TokenSelectArgs a) {
    __shared__ RadixScratch scratch;
    allowNextKernel();
    waitForEarlierKernels();
    const Workspace w = sliceWorkspace(a);
    const Range range = candidateRange(a);
    const auto selector = static_cast<int32_t>(blockIdx.y);
    const uint32_t* keys = w.keys + selector * w.regions;
    RegionId* regions = a.regions + static_cast<int64_t>(selector) * a.regionStride;
    float* scores = a.scores != nullptr ? a.scores + static_cast<int64_t>(selector) * a.regionStride : nullptr;
    const Part part = partOf<kParts>(range.begin, range.end);
    const int64_t partEnd = part.begin + part.count;
    const RadixCut cut = radixCut<kParts>(keys + part.begin, part.count, range.end - range.begin, a.keep, scratch);

    int32_t written = 0, ties = cut.ties;
    const auto emit = [&](int64_t begin, int64_t end) {
        for (int64_t base = begin; base < end; base += kRadixThreads) {
            const int64_t region = base + threadIdx.x;
            const bool chosen = region < end && !isExcluded(a, region);
            auto total = static_cast<int32_t>(min(end - base, int64_t{kRadixThreads}));
            auto before = static_cast<int32_t>(threadIdx.x);
            if (a.excluded != nullptr) before = blockPrefix(chosen, scratch, &total);
            if (chosen) {
                regions[written + before] = static_cast<RegionId>(region);
                if (scores != nullptr) scores[written + before] = 0.0f;
            }
            written += total;
        }
    };
    if (blockIdx.x == 0) emit(0, range.begin);
    // Each thread takes eight neighbouring candidates, so that the block agrees on positions once for 8192 of them.
    constexpr int kRun = 8;
    const auto loadRun = [&](int64_t base, uint32_t(&run)[kRun]) {
        const int64_t first = base + kRun * static_cast<int64_t>(threadIdx.x);
#pragma unroll
        for (int k = 0; k < kRun; ++k) run[k] = first + k < partEnd ? keys[first + k] : 0;
        return first;
    };
    if constexpr (kParts > 1) {
        // Where this part's entries begin: nothing is excluded here, so counts before it say so.
        int32_t greater = 0, equal = 0, greaterHere = 0, equalHere = 0;
        for (int64_t base = part.begin; base < partEnd; base += kRun * kRadixThreads) {
            uint32_t run[kRun];
            loadRun(base, run);
#pragma unroll
            for (int k = 0; k < kRun; ++k) {
                greater += run[k] != 0 && run[k] > cut.key;
                equal += run[k] != 0 && run[k] == cut.key;
            }
        }
        blockPrefix(greater, scratch, &greaterHere);
        blockPrefix(equal, scratch, &equalHere);
        if (threadIdx.x == 0) {
            scratch.published[0] = static_cast<uint32_t>(greaterHere);
            scratch.published[1] = static_cast<uint32_t>(equalHere);
        }
        syncParts<kParts>();
        written = static_cast<int32_t>(range.begin);
        int32_t equalBefore = 0;
        for (int earlier = 0; earlier < static_cast<int>(blockIdx.x); ++earlier) {
            written += static_cast<int32_t>(valueOfPart<kParts>(scratch.published[0], earlier));
            equalBefore += static_cast<int32_t>(valueOfPart<kParts>(scratch.published[1], earlier));
        }
        written += min(ties, equalBefore);
        ties = max(ties - equalBefore, 0);
        // No part ends while another reads its counts.
        syncParts<kParts>();
    }
    for (int64_t base = part.begin; base < partEnd; base += kRun * kRadixThreads) {
        uint32_t run[kRun];
        const int64_t first = loadRun(base, run);
        int32_t total = 0, left = 0;
        if (ties > 0) {
            int32_t equal = 0, equalHere = 0;
#pragma unroll
            for (int k = 0; k < kRun; ++k) equal += run[k] != 0 && run[k] == cut.key;
            left = max(ties - blockPrefix(equal, scratch, &equalHere), 0);
            ties -= min(equalHere, ties);
        }
        uint32_t chosen = 0;
#pragma unroll
        for (int k = 0; k < kRun; ++k) {
            const bool tie = run[k] != 0 && run[k] == cut.key && left > 0;
            left -= tie;
            const bool take = (run[k] != 0 && run[k] > cut.key) || tie;
            if (take && !isExcluded(a, first + k)) chosen |= 1U << k;
        }
        int32_t at = written + blockPrefix(__popc(chosen), scratch, &total);
#pragma unroll
        for (int k = 0; k < kRun; ++k) {
            if ((chosen >> k & 1U) == 0) continue;
            regions[at] = static_cast<RegionId>(first + k);
            if (scores != nullptr) scores[at] = scoreOfKey(run[k]);
            ++at;
        }
        written += total;
    }
    if (blockIdx.x != kParts - 1) return;
    emit(range.end, range.complete);
    if (threadIdx.x == 0) {
        a.counts[selector] = written;
        if (a.visited != nullptr && !a.twoLevel) a.visited[selector] = static_cast<int32_t>(range.end - range.begin);
    }
}

template <int kParts>
CudaStatus launchCutoff(const TokenSelectArgs& args, int stage, cudaStream_t stream) {
    return launchOverlapped(cutoffKernel<kParts>, dim3(kParts, static_cast<unsigned>(args.selectors)), kRadixThreads, 0,
                            stream, kParts, args, stage);
}

}  // namespace

int64_t tokenSelectWorkspace(const TokenSelectArgs& args) {
    const Workspace w = sliceWorkspace(args);
    return args.selectors * (w.regions + w.supers + 2) * int64_t{sizeof(uint32_t)};
}

CudaStatus tokenSelect(const TokenSelectArgs& args, cudaStream_t stream) {
    if (args.selectors < 0 || args.selectors > 65535 || args.headsPerSelector < 1 || args.groupHeads < 1 ||
        args.regionTokens < 1 || args.keep < 0 || args.sink < 0 || args.local < 0 || args.regionBound < 0 ||
        args.regionStride < args.sink + args.keep + args.local || args.workspace == nullptr) {
        return Status::InvalidArgument;
    }
    if (args.headDim % 8 != 0 || args.headDim < 8 || args.headDim > 128) return Status::Unsupported;
    if (args.selectors == 0) return {};
    const auto selectors = static_cast<unsigned>(args.selectors);
    const bool wide = args.regionBound > kClusterRegions && isHopper();
    const auto gridFor = [&](int64_t rows) {
        const int64_t perBlock = kScoreThreads / (args.headDim <= 64 ? 8 : 16) * 4;
        const int64_t blocks = divideUp(rows > 0 ? rows : 1, perBlock);
        // Enough to fill any device, few enough that the summed query is formed seldom.
        const int64_t most = 2048 / args.selectors + 1;
        return dim3(static_cast<unsigned>(blocks < most ? blocks : most), selectors);
    };
    if (args.twoLevel) {
        if (args.summaries.superRegions <= 0 || args.summaries.superMax == nullptr) return Status::InvalidArgument;
        if (args.visited != nullptr) {
            LECTERN_CUDA_TRY(cudaMemsetAsync(args.visited, 0, selectors * sizeof(int32_t), stream));
        }
        const int64_t supers = args.regionBound / args.summaries.superRegions + 1;
        const int64_t most = 1024 / args.selectors + 1;
        const dim3 inside(static_cast<unsigned>(supers < most ? supers : most), selectors);
        LECTERN_CUDA_TRY(launchOverlapped(scoreSupersKernel, gridFor(supers), kScoreThreads, 0, stream, 1, args));
        for (int stage = 0; stage < (args.probes > 0 ? 1 : 2); ++stage) {
            LECTERN_CUDA_TRY(wide ? launchCutoff<kClusterParts>(args, stage, stream)
                                  : launchCutoff<1>(args, stage, stream));
            LECTERN_CUDA_TRY(launchOverlapped(scoreInsideKernel, inside, kScoreThreads, 0, stream, 1, args, stage));
        }
    } else {
        LECTERN_CUDA_TRY(
            launchOverlapped(scoreAllKernel, gridFor(args.regionBound), kScoreThreads, 0, stream, 1, args));
    }
    // With exclusions the entries before a part are not known from its keys alone.
    return wide && args.excluded == nullptr
               ? launchOverlapped(pickKernel<kClusterParts>, dim3(kClusterParts, selectors), kRadixThreads, 0, stream,
                                  kClusterParts, args)
               : launchOverlapped(pickKernel<1>, dim3(1, selectors), kRadixThreads, 0, stream, 1, args);
}

}  // namespace lectern::kernels::cuda

#pragma once
// Which of n ordered keys are the `keep` largest, by one thread block: a most-significant-digit radix search that reads
// the keys at most three times and stops as soon as a digit's bin fits exactly. Key 0 is never taken.

#include "kernels/cuda/device_math.cuh"

namespace lectern::kernels::cuda {

struct RadixScratch {
    uint32_t bins[2048];
    int32_t warpCounts[33];
    uint32_t prefix;
    int32_t need;
    int32_t done;
};

/// Taken are all keys > key, and the first `ties` keys == key in order of index; `taken` in all.
struct RadixCut {
    uint32_t key;
    int32_t ties;
    int32_t taken;
};

/// Index of this thread among those of the block with `flag`; *total: how many there are.
__device__ inline int32_t blockRank(bool flag, RadixScratch& scratch, int32_t* total) {
    const unsigned votes = __ballot_sync(kFullMask, flag);
    const unsigned lane = threadIdx.x % 32, warp = threadIdx.x / 32, warps = blockDim.x / 32;
    if (lane == 0) scratch.warpCounts[warp] = __popc(votes);
    __syncthreads();
    if (warp == 0) {
        int32_t sum = lane < warps ? scratch.warpCounts[lane] : 0;
        for (int offset = 1; offset < 32; offset *= 2) {
            const int32_t other = __shfl_up_sync(kFullMask, sum, offset);
            if (lane >= static_cast<unsigned>(offset)) sum += other;
        }
        scratch.warpCounts[lane] = sum;
    }
    __syncthreads();
    const int32_t before = warp > 0 ? scratch.warpCounts[warp - 1] : 0;
    *total = scratch.warpCounts[warps - 1];
    __syncthreads();
    return before + __popc(votes & ((1U << lane) - 1));
}

/// The whole block (1024 threads) calls this with the same arguments and gets the same answer.
__device__ inline RadixCut radixCut(const uint32_t* keys, int64_t count, int64_t keep, RadixScratch& scratch) {
    constexpr int kShifts[3] = {21, 10, 0};
    const int lane = threadIdx.x % 32;
    uint32_t prefix = 0;
    int32_t need = static_cast<int32_t>(keep < count ? keep : count), taken = 0;
    if (need <= 0) return {0xffffffffU, 0, 0};
    for (int level = 0; level < 3; ++level) {
        const int shift = kShifts[level], digits = level == 2 ? 1024 : 2048;
        const int above = level == 0 ? 32 : kShifts[level - 1];
        for (int i = threadIdx.x; i < 2048; i += blockDim.x) scratch.bins[i] = 0;
        __syncthreads();
        for (int64_t i = threadIdx.x; i < count; i += blockDim.x) {
            const uint32_t key = keys[i];
            if (key != 0 && (level == 0 || key >> above == prefix)) {
                // Neighbouring scores often share a digit: one addition per distinct digit of the warp's active lanes.
                const uint32_t digit = key >> shift & (digits - 1);
                const unsigned active = __activemask();
                const unsigned same = __match_any_sync(active, digit);
                if (__ffs(static_cast<int>(same)) - 1 == lane) atomicAdd(scratch.bins + digit, __popc(same));
            }
        }
        __syncthreads();
        // Suffix sums over the bins: two per thread, top bins first.
        if (threadIdx.x < 32) {
            int32_t reached = 0;
            int32_t hit = -1, hitBefore = 0, hitCount = 0;
            for (int base = digits - 32; base >= 0; base -= 32) {
                const auto bin = static_cast<int32_t>(scratch.bins[base + 31 - lane]);
                int32_t sum = bin;
                for (int offset = 1; offset < 32; offset *= 2) {
                    const int32_t other = __shfl_up_sync(kFullMask, sum, offset);
                    if (lane >= offset) sum += other;
                }
                const unsigned passed = __ballot_sync(kFullMask, reached + sum >= need);
                if (passed != 0) {
                    const int at = __ffs(static_cast<int>(passed)) - 1;
                    hit = base + 31 - at;
                    hitCount = __shfl_sync(kFullMask, bin, at);
                    hitBefore = reached + __shfl_sync(kFullMask, sum, at) - hitCount;
                    break;
                }
                reached += __shfl_sync(kFullMask, sum, 31);
            }
            if (lane == 0) {
                if (hit < 0) {
                    // Level 0 only: fewer keys than asked for; all are taken.
                    scratch.prefix = 0;
                    scratch.need = reached;
                    scratch.done = 2;
                } else {
                    scratch.prefix = level == 0 ? hit : prefix << (above - shift) | hit;
                    scratch.need = need - hitBefore;
                    scratch.done = hitCount == need - hitBefore ? 1 : 0;
                }
            }
        }
        __syncthreads();
        const int32_t done = scratch.done;
        if (done == 2) {
            taken = scratch.need;
            __syncthreads();
            return {0, 0, taken};
        }
        prefix = scratch.prefix;
        taken = static_cast<int32_t>(keep < count ? keep : count);
        need = scratch.need;
        __syncthreads();
        // The whole bin is taken: every key from its first value on.
        if (done == 1 && level < 2) {
            const uint32_t first = prefix << shift;
            return {first > 0 ? first - 1 : 0, 0, taken};
        }
    }
    return {prefix, need, taken};
}

}  // namespace lectern::kernels::cuda

#pragma once
// Which of n ordered keys are the `keep` largest, by one block of 1024 threads or a cluster of them that each hold a
// part of the keys: a most-significant-digit radix search that reads the keys at most three times and stops as soon as
// a digit's bin fits exactly. Key 0 is never taken.

#include "kernels/cuda/device_math.cuh"

namespace lectern::kernels::cuda {

constexpr int kRadixThreads = 1024;

struct RadixScratch {
    uint32_t bins[2 * kRadixThreads];
    int32_t warpCounts[33];
    uint32_t prefix;
    int32_t need;
    int32_t done;
    uint32_t published[2];  ///< what the other parts read of this one
};

/// Taken are all keys > key, and the first `ties` keys == key in order of index; `taken` in all.
struct RadixCut {
    uint32_t key;
    int32_t ties;
    int32_t taken;
};

/// Waits for all threads of the kParts blocks of a cluster; their writes to shared memory are then visible.
template <int kParts>
__device__ inline void syncParts() {
    if constexpr (kParts == 1) {
        __syncthreads();
    } else {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 900
        asm volatile("barrier.cluster.arrive.release.aligned;\n\tbarrier.cluster.wait.acquire.aligned;" ::: "memory");
#endif
    }
}

/// `value`, a variable in shared memory, as part `part` of the cluster has it.
template <int kParts>
__device__ inline uint32_t valueOfPart(const uint32_t& value, int part) {
    if constexpr (kParts > 1) {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 900
        uint32_t address, read;
        asm("mapa.shared::cluster.u32 %0, %1, %2;"
            : "=r"(address)
            : "r"(static_cast<uint32_t>(__cvta_generic_to_shared(&value))), "r"(part));
        asm volatile("ld.shared::cluster.u32 %0, [%1];" : "=r"(read) : "r"(address) : "memory");
        return read;
#endif
    }
    return value;
}

/// The part of [begin, end) that this block of a cluster holds.
struct Part {
    int64_t begin, count;
};
template <int kParts>
__device__ inline Part partOf(int64_t begin, int64_t end) {
    const int64_t per = (end - begin + kParts - 1) / kParts;
    const int64_t first = min(begin + per * blockIdx.x, end);
    return {first, min(per, end - first)};
}

/// Sum of `value` over the threads before this one; *total: over the block.
__device__ inline int32_t blockPrefix(int32_t value, RadixScratch& scratch, int32_t* total) {
    const unsigned lane = threadIdx.x % 32, warp = threadIdx.x / 32, warps = blockDim.x / 32;
    int32_t sum = value;
    for (int offset = 1; offset < 32; offset *= 2) {
        const int32_t other = __shfl_up_sync(kFullMask, sum, offset);
        if (lane >= static_cast<unsigned>(offset)) sum += other;
    }
    if (lane == 31) scratch.warpCounts[warp] = sum;
    __syncthreads();
    if (warp == 0) {
        int32_t warpSums = lane < warps ? scratch.warpCounts[lane] : 0;
        for (int offset = 1; offset < 32; offset *= 2) {
            const int32_t other = __shfl_up_sync(kFullMask, warpSums, offset);
            if (lane >= static_cast<unsigned>(offset)) warpSums += other;
        }
        scratch.warpCounts[lane] = warpSums;
    }
    __syncthreads();
    const int32_t before = warp > 0 ? scratch.warpCounts[warp - 1] : 0;
    *total = scratch.warpCounts[warps - 1];
    __syncthreads();
    return before + sum - value;
}

/// Counts digit (key >> shift) & (digits - 1) of the keys whose upper bits are `prefix`.
__device__ inline void countDigits(const uint32_t* keys, int64_t count, int level, int shift, int above, int digits,
                                   uint32_t prefix, RadixScratch& scratch) {
    constexpr int kBatch = 8;
    const int lane = threadIdx.x % 32;
    // Loads in batches: one block alone must keep many in flight.
    for (int64_t base = threadIdx.x; base < count; base += int64_t{kBatch} * kRadixThreads) {
        uint32_t batch[kBatch];
#pragma unroll
        for (int j = 0; j < kBatch; ++j) {
            const int64_t i = base + int64_t{j} * kRadixThreads;
            batch[j] = i < count ? keys[i] : 0;
        }
#pragma unroll
        for (int j = 0; j < kBatch; ++j) {
            const uint32_t key = batch[j];
            if (key != 0 && (level == 0 || key >> above == prefix)) {
                // Neighbouring scores often share a digit: one addition per distinct digit of the active lanes.
                const uint32_t digit = key >> shift & static_cast<uint32_t>(digits - 1);
                const unsigned active = __activemask();
                const unsigned same = __match_any_sync(active, digit);
                if (__ffs(static_cast<int>(same)) - 1 == lane) atomicAdd(scratch.bins + digit, __popc(same));
            }
        }
    }
}

/// All threads of all parts call this with their part's keys and the number of keys of all parts, and get the same
/// answer.
template <int kParts = 1>
__device__ inline RadixCut radixCut(const uint32_t* keys, int64_t count, int64_t total, int64_t keep,
                                    RadixScratch& scratch) {
    constexpr int kShifts[3] = {21, 10, 0};
    uint32_t prefix = 0;
    if (keep <= 0) return {0xffffffffU, 0, 0};
    if (total <= keep) return {0, 0, static_cast<int32_t>(total)};
    auto need = static_cast<int32_t>(keep);
    for (int level = 0; level < 3; ++level) {
        const int shift = kShifts[level], digits = level == 2 ? 1024 : 2048;
        const int above = level == 0 ? 32 : kShifts[level - 1];
        for (int i = threadIdx.x; i < 2 * kRadixThreads; i += kRadixThreads) scratch.bins[i] = 0;
        __syncthreads();
        countDigits(keys, count, level, shift, above, digits, prefix, scratch);
        syncParts<kParts>();
        // Each thread takes two bins, the first one the highest: who is there when the count reaches `need`?
        const int high = 2 * kRadixThreads - 1 - 2 * static_cast<int>(threadIdx.x);
        int32_t inHigh = 0, inLow = 0, reached = 0;
#pragma unroll
        for (int part = 0; part < kParts; ++part) {
            inHigh += static_cast<int32_t>(valueOfPart<kParts>(scratch.bins[high], part));
            inLow += static_cast<int32_t>(valueOfPart<kParts>(scratch.bins[high - 1], part));
        }
        const int32_t before = blockPrefix(inHigh + inLow, scratch, &reached);
        if (before < need && before + inHigh + inLow >= need) {
            const bool isHigh = before + inHigh >= need;
            const int32_t left = need - before - (isHigh ? 0 : inHigh);
            const auto digit = static_cast<uint32_t>(isHigh ? high : high - 1);
            scratch.prefix = level == 0 ? digit : prefix << (above - shift) | digit;
            scratch.need = left;
            scratch.done = left == (isHigh ? inHigh : inLow) ? 1 : 0;
        }
        // No part clears its bins, or ends, while another reads them; it makes the result visible to this block, too.
        syncParts<kParts>();
        // Level 0 only: fewer keys than asked for; all are taken.
        if (reached < need) return {0, 0, reached};
        prefix = scratch.prefix;
        need = scratch.need;
        // The whole bin is taken: every key from its first value on.
        if (scratch.done == 1 && level < 2) {
            const uint32_t first = prefix << shift;
            return {first > 0 ? first - 1 : 0, 0, static_cast<int32_t>(keep)};
        }
        __syncthreads();
    }
    return {prefix, need, static_cast<int32_t>(keep)};
}

}  // namespace lectern::kernels::cuda

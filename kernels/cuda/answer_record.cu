#include "kernels/cuda/answer_record.h"

#include "kernels/cuda/device_math.cuh"
#include "kernels/cuda/radix_select.cuh"

namespace lectern::kernels::cuda {
namespace {

constexpr int kThreads = 256;

/// Factor between weights and the integers that are summed: the sum of all cannot overflow.
__device__ float sumScale(const AnswerRecordArgs& a) {
    return 2147483648.0f / a.weightSum;
}

/// One block per (selector, layer): means over the heads, a bitonic sort of (mass, ~entry), the best `keep` out.
__global__ void __launch_bounds__(kThreads) recordKernel(const __grid_constant__ AnswerRecordArgs a, int32_t size) {
    extern __shared__ uint64_t keys[];
    const auto selector = static_cast<int32_t>(blockIdx.x), layer = static_cast<int32_t>(blockIdx.y);
    const std::byte* base = a.lists + layer * a.layerBytes;
    const auto* regions = reinterpret_cast<const RegionId*>(base + a.regionsAt) + int64_t{selector} * a.stride;
    const auto* scores = reinterpret_cast<const float*>(base + a.scoresAt) + int64_t{selector} * a.stride;
    int32_t count = 0, firstRegion = 0;
    if (a.listed) {
        count = reinterpret_cast<const int32_t*>(base + a.countsAt)[selector];
    } else {
        const int64_t token = a.tokens.get();
        const int64_t visible = a.slidingWindow > 0 && token >= a.slidingWindow ? token - a.slidingWindow + 1 : 0;
        firstRegion = static_cast<int32_t>(visible / a.regionTokens);
        count = static_cast<int32_t>(token / a.regionTokens) - firstRegion;
    }
    const auto regionOf = [&](int32_t i) { return a.listed ? regions[i] : firstRegion + i; };
    const int32_t heads = a.selectors * a.headsPerSelector, firstHead = selector * a.headsPerSelector;
    const float* mass = reinterpret_cast<const float*>(base + a.massAt) + int64_t{firstHead} * a.massStride;
    const float* logs = reinterpret_cast<const float*>(base + a.massLogAt) + firstHead;
    const float* weights = a.headWeights + int64_t{layer} * heads + firstHead;
    const float least = 0.5f / static_cast<float>(count + 1), scale = sumScale(a);
    for (int i = threadIdx.x; i < size; i += kThreads) {
        float total = 0.0f, cited = 0.0f;
        for (int h = 0; i < count && h < a.headsPerSelector; ++h) {
            const float m = exp2f(mass[int64_t{h} * a.massStride + i] - logs[h]);
            total += m;
            if (m > least) cited += weights[h] * m;
        }
        const float mean = total / static_cast<float>(a.headsPerSelector);
        keys[i] = i < count ? static_cast<uint64_t>(orderedKey(mean)) << 32 | static_cast<uint32_t>(~i) : 0;
        if (cited > 0.0f) {
            const int32_t region = regionOf(i);
            if (region >= a.sink && region < a.regionBound) {
                atomicAdd(a.sums + region, static_cast<uint32_t>(cited * scale));
            }
        }
    }
    __syncthreads();
    for (int run = 2; run <= size; run *= 2) {
        for (int step = run / 2; step > 0; step /= 2) {
            for (int i = threadIdx.x; i < size / 2; i += kThreads) {
                const int low = i / step * 2 * step + i % step, high = low + step;
                const uint64_t x = keys[low], y = keys[high];
                if ((x < y) == ((low & run) == 0)) {
                    keys[low] = y;
                    keys[high] = x;
                }
            }
            __syncthreads();
        }
    }
    const int64_t list = int64_t{layer} * a.selectors + selector;
    const int32_t kept = min(count, a.keep);
    for (int i = threadIdx.x; i < kept; i += kThreads) {
        const auto entry = static_cast<int32_t>(~static_cast<uint32_t>(keys[i]));
        a.entries[list * a.keep + i] = {regionOf(entry), a.listed ? scores[entry] : 0.0f,
                                        scoreOfKey(static_cast<uint32_t>(keys[i] >> 32))};
    }
    if (threadIdx.x == 0) a.entryCounts[list] = kept;
}

/// The heaviest regions of the sums, which are their own ordered keys.
__global__ void __launch_bounds__(kRadixThreads) citeKernel(const __grid_constant__ AnswerRecordArgs a) {
    constexpr int kRun = 8;
    __shared__ RadixScratch scratch;
    const RadixCut cut = radixCut(a.sums, a.regionBound, a.regionBound, a.citationKeep, scratch);
    const float unit = 1.0f / sumScale(a);
    int32_t written = 0, ties = cut.ties;
    for (int64_t base = 0; base < a.regionBound; base += kRun * kRadixThreads) {
        const int64_t first = base + kRun * static_cast<int64_t>(threadIdx.x);
        uint32_t run[kRun];
        int32_t greater = 0, equal = 0, greaterHere = 0, equalHere = 0;
#pragma unroll
        for (int k = 0; k < kRun; ++k) {
            run[k] = first + k < a.regionBound ? a.sums[first + k] : 0;
            greater += run[k] != 0 && run[k] > cut.key;
            equal += run[k] != 0 && run[k] == cut.key;
        }
        const int32_t greaterBefore = blockPrefix(greater, scratch, &greaterHere);
        const int32_t equalBefore = blockPrefix(equal, scratch, &equalHere);
        int32_t left = max(ties - equalBefore, 0);
        int32_t at = written + greaterBefore + min(ties, equalBefore);
#pragma unroll
        for (int k = 0; k < kRun; ++k) {
            const bool tie = run[k] != 0 && run[k] == cut.key && left > 0;
            left -= tie;
            if (tie || (run[k] != 0 && run[k] > cut.key)) {
                a.cited[at++] = {static_cast<RegionId>(first + k), 0.0f, static_cast<float>(run[k]) * unit};
            }
        }
        written += greaterHere + min(ties, equalHere);
        ties -= min(equalHere, ties);
    }
    if (threadIdx.x == 0) *a.citedCount = written;
}

}  // namespace

CudaStatus recordAnswer(const AnswerRecordArgs& args, cudaStream_t stream) {
    if (args.layers < 0 || args.layers > 65535 || args.selectors < 1 || args.headsPerSelector < 1 || args.stride < 1 ||
        args.keep < 1 || args.citationKeep < 1 || args.regionBound < 1 || !(args.weightSum > 0.0f) ||
        (!args.listed && args.regionTokens < 1)) {
        return Status::InvalidArgument;
    }
    if (args.stride > kMaxRecordedList) return Status::Unsupported;
    if (args.layers == 0) return {};
    LECTERN_CUDA_TRY(cudaMemsetAsync(args.sums, 0, static_cast<size_t>(args.regionBound) * sizeof(uint32_t), stream));
    int32_t size = 64;
    while (size < args.stride) size *= 2;
    const auto shared = static_cast<size_t>(size) * sizeof(uint64_t);
    if (shared > 48 * 1024) {
        LECTERN_CUDA_TRY(
            cudaFuncSetAttribute(recordKernel, cudaFuncAttributeMaxDynamicSharedMemorySize, static_cast<int>(shared)));
    }
    const dim3 grid(static_cast<unsigned>(args.selectors), static_cast<unsigned>(args.layers));
    recordKernel<<<grid, kThreads, shared, stream>>>(args, size);
    LECTERN_CUDA_TRY(launchStatus());
    citeKernel<<<1, kRadixThreads, 0, stream>>>(args);
    return launchStatus();
}

}  // namespace lectern::kernels::cuda

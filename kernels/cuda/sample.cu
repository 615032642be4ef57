#include "kernels/cuda/device_math.cuh"
#include "kernels/cuda/sample.h"

namespace lectern::kernels::cuda {
namespace {

constexpr int kThreads = 1024;

/// SplitMix64's finaliser (Steele, Lea, Flood 2014): a counter-based generator needs no state.
__device__ uint64_t mix(uint64_t x) {
    x += 0x9e3779b97f4a7c15ULL;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
}

/// -log(-log u) with u uniform in (0, 1).
__device__ float gumbel(uint64_t seed, uint64_t step, uint64_t index) {
    const uint64_t bits = mix(mix(mix(seed) ^ step) ^ index);
    const float u = (static_cast<float>(bits >> 40) + 0.5f) * 0x1p-24f;
    return -logf(-logf(u));
}

__device__ uint64_t better(uint64_t a, uint64_t b) {
    return a > b ? a : b;
}

__global__ void __launch_bounds__(kThreads) sampleKernel(const float* logits, int64_t count, float inverseTemperature,
                                                         uint64_t seed, TokenCount step, int32_t* token) {
    __shared__ uint64_t best[32];
    const auto at = static_cast<uint64_t>(step.get());
    uint64_t mine = 0;
    for (int64_t i = threadIdx.x; i < count; i += kThreads) {
        float x = logits[i];
        if (inverseTemperature > 0.0f) x = x * inverseTemperature + gumbel(seed, at, static_cast<uint64_t>(i));
        mine = better(mine, static_cast<uint64_t>(orderedKey(x)) << 32 | ~static_cast<uint32_t>(i));
    }
    for (int offset = 16; offset > 0; offset /= 2) mine = better(mine, __shfl_xor_sync(kFullMask, mine, offset));
    if (threadIdx.x % 32 == 0) best[threadIdx.x / 32] = mine;
    __syncthreads();
    if (threadIdx.x >= 32) return;
    mine = best[threadIdx.x];
    for (int offset = 16; offset > 0; offset /= 2) mine = better(mine, __shfl_xor_sync(kFullMask, mine, offset));
    if (threadIdx.x == 0) *token = static_cast<int32_t>(~static_cast<uint32_t>(mine));
}

}  // namespace

CudaStatus sampleToken(const float* logits, int64_t count, float temperature, uint64_t seed, TokenCount step,
                       int32_t* token, cudaStream_t stream) {
    if (count <= 0 || count > INT32_MAX || !(temperature >= 0.0f)) return Status::InvalidArgument;
    sampleKernel<<<1, kThreads, 0, stream>>>(logits, count, temperature > 0.0f ? 1.0f / temperature : 0.0f, seed, step,
                                             token);
    return launchStatus();
}

}  // namespace lectern::kernels::cuda

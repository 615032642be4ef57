#pragma once
// Split-K/V decode attention on mma.sync without shared-memory staging: the products' inner index may be permuted
// freely as long as both operands agree, so every lane loads 16 contiguous bytes of a key row and uses them as two
// steps' fragments. One warp takes one region at a time; heads are the 16 rows of the product.

#include <math_constants.h>

#include "kernels/cuda/dependent_launch.cuh"
#include "kernels/cuda/device_math.cuh"
#include "kernels/cuda/kv_codec.cuh"
#include "kernels/cuda/mma80.cuh"
#include "kernels/cuda/token_attention.h"
#include "kernels/cuda/token_rows.cuh"

namespace lectern::kernels::cuda {

template <int kDim>
struct TokenTile {
    static constexpr int kWarps = 8, kThreads = kWarps * 32, kHeads = 16, kUnit = 16;
    static constexpr int kKeyChunks = (kDim + 31) / 32;    ///< of 32 dimensions: two steps each
    static constexpr int kValueGroups = (kDim + 63) / 64;  ///< of 64 dimensions: eight column tiles each
    static constexpr int kPartial = kDim + 2;              ///< output, peak, total
    static constexpr int kSharedFloats = kWarps * kHeads * kPartial;
};

/// Lane `lane`'s pointer.
__device__ inline std::byte* shuffled(std::byte* pointer, int lane) {
    return reinterpret_cast<std::byte*>(
        __shfl_sync(kFullMask, static_cast<unsigned long long>(reinterpret_cast<uintptr_t>(pointer)), lane));
}

__device__ inline uint32_t wordOf(const uint4& four, int i) {
    return i == 0 ? four.x : i == 1 ? four.y : i == 2 ? four.z : four.w;
}

/// A warp's running softmax over the regions it has seen: rows (heads) lane / 4 and lane / 4 + 8.
template <int kDim>
struct TokenState {
    using Tile = TokenTile<kDim>;
    float output[Tile::kValueGroups * 8][4];
    float peak[2], total[2];
    uint32_t queries[Tile::kKeyChunks * 2][4];
    float scaleLog2;

    __device__ void begin(const float* q, int heads, float scale) {
        const int lane = threadIdx.x % 32;
        scaleLog2 = scale * CUDART_L2E_F;
#pragma unroll
        for (int s = 0; s < Tile::kKeyChunks * 2; ++s) {
            const int dim = s / 2 * 32 + lane % 4 * 8 + s % 2 * 4;
#pragma unroll
            for (int i = 0; i < 4; ++i) {
                const int head = lane / 4 + i % 2 * 8, d = dim + i / 2 * 2;
                const bool valid = head < heads && dim < kDim;
                queries[s][i] = valid ? packBf16(q[head * kDim + d], q[head * kDim + d + 1]) : 0;
            }
        }
#pragma unroll
        for (int n = 0; n < Tile::kValueGroups * 8; ++n) {
#pragma unroll
            for (int i = 0; i < 4; ++i) output[n][i] = 0.0f;
        }
        peak[0] = peak[1] = -CUDART_INF_F;
        total[0] = total[1] = 0.0f;
    }

    /// Adds up to 16 tokens, `begin` <= token < `end` of them visible. Rows lie at keys / values + token * row bytes;
    /// `factors` are the region's scales of keys and values where there is one, keyScales and valueScales those for
    /// Int4. Returns through unitSum the log2 of the unit's sum of exp2 per row (quad-uniform).
    template <KvType kType>
    __device__ void add(const std::byte* keys, const std::byte* values, const __half* keyScales,
                        const __half* valueScales, float2 factors, int first, int end, float (&unitLog)[2]) {
        constexpr int kRowBytes = kDim * RowChunk<kType>::kBitsPerValue / 8;
        const int lane = threadIdx.x % 32, g = lane / 4, c = lane % 4;
        uint4 keyWords[2][Tile::kKeyChunks];
#pragma unroll
        for (int n = 0; n < 2; ++n) {
            // A row past the end is not read: the page may end there.
            const int token = g + 8 * n;
#pragma unroll
            for (int j = 0; j < Tile::kKeyChunks; ++j) {
                const int dim = j * 32 + c * 8;
                keyWords[n][j] = token < end && dim < kDim
                                     ? RowChunk<kType>::load(keys + token * kRowBytes, keyScales, dim, kDim)
                                     : make_uint4(0, 0, 0, 0);
            }
        }
        uint4 valueWords[4][Tile::kValueGroups];
#pragma unroll
        for (int r = 0; r < 4; ++r) {
            const int token = 2 * c + r % 2 + r / 2 * 8;
#pragma unroll
            for (int j = 0; j < Tile::kValueGroups; ++j) {
                const int dim = j * 64 + g * 8;
                valueWords[r][j] = token < end && dim < kDim
                                       ? RowChunk<kType>::load(values + token * kRowBytes, valueScales, dim, kDim)
                                       : make_uint4(0, 0, 0, 0);
            }
        }
        float scores[2][4] = {};
#pragma unroll
        for (int j = 0; j < Tile::kKeyChunks; ++j) {
#pragma unroll
            for (int n = 0; n < 2; ++n) {
                mma16816(scores[n], queries[2 * j], keyWords[n][j].x, keyWords[n][j].y);
                mma16816(scores[n], queries[2 * j + 1], keyWords[n][j].z, keyWords[n][j].w);
            }
        }
        const float keyScale = scaleLog2 * (RowChunk<kType>::kScaled ? factors.x : 1.0f);
        const float valueScale = RowChunk<kType>::kScaled ? factors.y : 1.0f;
        uint32_t weights[4];
        bool grew = false;
        float keep[2];
#pragma unroll
        for (int h = 0; h < 2; ++h) {
            float largest = -CUDART_INF_F;
#pragma unroll
            for (int n = 0; n < 2; ++n) {
#pragma unroll
                for (int j = 0; j < 2; ++j) {
                    const int token = n * 8 + 2 * c + j;
                    float& s = scores[n][2 * h + j];
                    s = token >= first && token < end ? s * keyScale : -CUDART_INF_F;
                    largest = fmaxf(largest, s);
                }
            }
            largest = fmaxf(largest, __shfl_xor_sync(kFullMask, largest, 1));
            largest = fmaxf(largest, __shfl_xor_sync(kFullMask, largest, 2));
            const float before = peak[h];
            peak[h] = fmaxf(before, largest);
            grew |= peak[h] > before;
            const float shift = peak[h] == -CUDART_INF_F ? 0.0f : peak[h];
            keep[h] = exp2f(before - shift);
            float sum = 0.0f;
#pragma unroll
            for (int n = 0; n < 2; ++n) {
                const float x = exp2f(scores[n][2 * h] - shift), y = exp2f(scores[n][2 * h + 1] - shift);
                sum += x + y;
                weights[2 * n + h] = packBf16(x * valueScale, y * valueScale);
            }
            total[h] = total[h] * keep[h] + sum;
            sum += __shfl_xor_sync(kFullMask, sum, 1);
            sum += __shfl_xor_sync(kFullMask, sum, 2);
            unitLog[h] = __log2f(sum) + shift;
        }
        if (__any_sync(kFullMask, grew)) {
#pragma unroll
            for (int n = 0; n < Tile::kValueGroups * 8; ++n) {
#pragma unroll
                for (int i = 0; i < 4; ++i) output[n][i] *= keep[i / 2];
            }
        }
        const uint32_t left[4] = {weights[0], weights[1], weights[2], weights[3]};
#pragma unroll
        for (int j = 0; j < Tile::kValueGroups; ++j) {
#pragma unroll
            for (int i = 0; i < 8; ++i) {
                const uint32_t pick = i % 2 == 0 ? 0x5410U : 0x7632U;
                const uint32_t b0 = __byte_perm(wordOf(valueWords[0][j], i / 2), wordOf(valueWords[1][j], i / 2), pick);
                const uint32_t b1 = __byte_perm(wordOf(valueWords[2][j], i / 2), wordOf(valueWords[3][j], i / 2), pick);
                mma16816(output[j * 8 + i], left, b0, b1);
            }
        }
    }
};

/// Workspace: per selector an arrival counter, then partials [selectors, splits, heads, kPartial].
template <int kDim, KvType kType>
__global__ void __launch_bounds__(TokenTile<kDim>::kThreads, 1)
    tokenAttentionKernel(const __grid_constant__ TokenAttentionArgs a) {
    using Tile = TokenTile<kDim>;
    extern __shared__ float shared[];
    __shared__ bool isLast;
    allowNextKernel();
    waitForEarlierKernels();
    const DeviceKv& kv = a.kv;
    const int lane = threadIdx.x % 32, warp = threadIdx.x / 32, heads = a.headsPerSelector;
    const auto selector = static_cast<int32_t>(blockIdx.y), split = static_cast<int32_t>(blockIdx.x);
    const int32_t kvHead = selector * heads / a.groupHeads, p = kv.regionTokens;
    const int64_t token = a.tokens.get();
    const int64_t ownRegion = token / p;
    // The token that completes its region is no longer in the tail either.
    const bool ownStored = a.ownStored || (token + 1) % p == 0;
    const int64_t firstVisible = a.slidingWindow > 0 && token >= a.slidingWindow ? token - a.slidingWindow + 1 : 0;
    const int64_t firstRegion = a.regions == nullptr ? firstVisible / p : 0;
    const int64_t listed = a.regions != nullptr ? a.counts[selector] : max(ownRegion - firstRegion, int64_t{0});
    const float* q = a.q + static_cast<int64_t>(selector) * heads * kDim;

    TokenState<kDim> state;
    state.begin(q, heads, a.scale);
    const int units = (p + Tile::kUnit - 1) / Tile::kUnit;
    const int64_t stride = static_cast<int64_t>(a.splits) * Tile::kWarps;
    for (int64_t base = split * Tile::kWarps + warp; base <= listed; base += 32 * stride) {
        // Each lane looks up one of the warp's next 32 entries: the walk from list to page slot to scales is made once.
        const int64_t mine = base + lane * stride;
        int32_t myRegion = static_cast<int32_t>(ownRegion);
        RegionPlace myPlace = {};
        float2 myFactors = make_float2(1.0f, 1.0f);
        if (mine <= listed) {
            if (mine < listed) {
                myRegion = a.regions != nullptr ? a.regions[static_cast<int64_t>(selector) * a.regionStride + mine]
                                                : static_cast<int32_t>(firstRegion + mine);
            }
            myPlace = regionPlace(kv, kvHead, myRegion);
            if (RowChunk<kType>::kScaled && (mine < listed || ownStored)) {
                myFactors = make_float2(*reinterpret_cast<const float*>(myPlace.keyPage + myPlace.scales),
                                        *reinterpret_cast<const float*>(myPlace.valuePage + myPlace.scales));
            }
        }
        const int here = static_cast<int>(min((listed - base) / stride + 1, int64_t{32}));
        for (int i = 0; i < here; ++i) {
            const int64_t entry = base + i * stride;
            const bool own = entry == listed;
            const int64_t begin = static_cast<int64_t>(__shfl_sync(kFullMask, myRegion, i)) * p;
            const RegionPlace place = {shuffled(myPlace.keyPage, i), shuffled(myPlace.valuePage, i),
                                       __shfl_sync(kFullMask, myPlace.data, i),
                                       __shfl_sync(kFullMask, myPlace.scales, i)};
            const float2 factors =
                make_float2(__shfl_sync(kFullMask, myFactors.x, i), __shfl_sync(kFullMask, myFactors.y, i));
            const int end = own ? static_cast<int>(token - begin) + 1 : p;
            const int first = firstVisible > begin ? static_cast<int>(firstVisible - begin) : 0;
            float regionLog[2] = {-CUDART_INF_F, -CUDART_INF_F};
            for (int unit = 0; unit < units; ++unit) {
                const int skip = unit * Tile::kUnit;
                if (skip >= end) break;
                float unitLog[2];
                const int unitEnd = min(end - skip, Tile::kUnit), unitFirst = max(first - skip, 0);
                if (kType != KvType::BF16 && own && !ownStored) {
                    const int64_t at = (static_cast<int64_t>(kvHead) * p + skip) * kDim;
                    state.template add<KvType::BF16>(reinterpret_cast<const std::byte*>(kv.tailKeys + at),
                                                     reinterpret_cast<const std::byte*>(kv.tailValues + at), nullptr,
                                                     nullptr, factors, unitFirst, unitEnd, unitLog);
                } else {
                    constexpr int kRowBytes = kDim * RowChunk<kType>::kBitsPerValue / 8;
                    const int32_t at = place.data + skip * kRowBytes;
                    state.template add<kType>(place.keyPage + at, place.valuePage + at,
                                              reinterpret_cast<const __half*>(place.keyPage + place.scales),
                                              reinterpret_cast<const __half*>(place.valuePage + place.scales), factors,
                                              unitFirst, unitEnd, unitLog);
                }
#pragma unroll
                for (int h = 0; h < 2; ++h) {
                    const float high = fmaxf(regionLog[h], unitLog[h]);
                    if (high > -CUDART_INF_F) {
                        regionLog[h] = high + __log2f(exp2f(regionLog[h] - high) + exp2f(unitLog[h] - high));
                    }
                }
            }
            if (a.mass != nullptr && lane % 4 == 0) {
#pragma unroll
                for (int h = 0; h < 2; ++h) {
                    const int head = lane / 4 + 8 * h;
                    if (head < heads) {
                        a.mass[(static_cast<int64_t>(selector) * heads + head) * a.massStride + entry] = regionLog[h];
                    }
                }
            }
        }
    }

    // Warps of this block into one partial.
#pragma unroll
    for (int h = 0; h < 2; ++h) {
        const int head = lane / 4 + 8 * h;
        float sum = state.total[h];
        sum += __shfl_xor_sync(kFullMask, sum, 1);
        sum += __shfl_xor_sync(kFullMask, sum, 2);
        if (head >= heads) continue;
        float* partial = shared + (warp * Tile::kHeads + head) * Tile::kPartial;
        if (lane % 4 == 0) {
            partial[kDim] = state.peak[h];
            partial[kDim + 1] = sum;
        }
#pragma unroll
        for (int n = 0; n < Tile::kValueGroups * 8; ++n) {
#pragma unroll
            for (int j = 0; j < 2; ++j) {
                const int dim = n / 8 * 64 + (2 * (lane % 4) + j) * 8 + n % 8;
                if (dim < kDim) partial[dim] = state.output[n][2 * h + j];
            }
        }
    }
    __syncthreads();
    auto* counters = static_cast<unsigned*>(a.workspace);
    float* partials =
        reinterpret_cast<float*>(static_cast<std::byte*>(a.workspace) + (a.selectors * 4 + 255) / 256 * 256);
    const int64_t perSplit = static_cast<int64_t>(heads) * Tile::kPartial;
    float* mine = partials + (static_cast<int64_t>(selector) * a.splits + split) * perSplit;
    for (int i = threadIdx.x; i < heads * kDim; i += Tile::kThreads) {
        const int head = i / kDim, dim = i % kDim;
        const auto of = [&](int w, int at) { return shared[(w * Tile::kHeads + head) * Tile::kPartial + at]; };
        float peak = -CUDART_INF_F, value = 0.0f, total = 0.0f;
#pragma unroll
        for (int w = 0; w < Tile::kWarps; ++w) peak = fmaxf(peak, of(w, kDim));
#pragma unroll
        for (int w = 0; w < Tile::kWarps; ++w) {
            const float weight = of(w, kDim) == -CUDART_INF_F ? 0.0f : exp2f(of(w, kDim) - peak);
            value += weight * of(w, dim);
            total += weight * of(w, kDim + 1);
        }
        mine[head * Tile::kPartial + dim] = value;
        if (dim == 0) {
            mine[head * Tile::kPartial + kDim] = peak;
            mine[head * Tile::kPartial + kDim + 1] = total;
        }
    }
    // The last block of the selector to arrive merges all partials and leaves the counter at zero for the next launch.
    __threadfence();
    __syncthreads();
    if (threadIdx.x == 0) {
        isLast = atomicAdd(counters + selector, 1U) == static_cast<unsigned>(a.splits) - 1;
        if (isLast) counters[selector] = 0;
    }
    __syncthreads();
    if (!isLast) return;
    __threadfence();
    // Other blocks wrote these: past this multiprocessor's L1. First each split's weight per head, by a warp, then the
    // sums with many loads in flight.
    const float* all = partials + static_cast<int64_t>(selector) * a.splits * perSplit;
    float* logs = shared;
    float* weights = shared + Tile::kHeads;
    for (int head = warp; head < heads; head += Tile::kWarps) {
        const float* first = all + head * Tile::kPartial + kDim;
        float peak = -CUDART_INF_F, total = 0.0f;
        for (int s = lane; s < a.splits; s += 32) peak = fmaxf(peak, __ldcg(first + s * perSplit));
        peak = warpMax(peak);
        for (int s = lane; s < a.splits; s += 32) {
            const float high = __ldcg(first + s * perSplit);
            const float weight = high == -CUDART_INF_F ? 0.0f : exp2f(high - peak);
            weights[head * a.splits + s] = weight;
            total += weight * __ldcg(first + s * perSplit + 1);
        }
        total = warpSum(total);
        for (int s = lane; s < a.splits; s += 32) weights[head * a.splits + s] *= total > 0.0f ? 1.0f / total : 0.0f;
        if (lane == 0) logs[head] = total > 0.0f ? peak + __log2f(total) : CUDART_INF_F;
    }
    __syncthreads();
    for (int i = threadIdx.x; i < heads * kDim; i += Tile::kThreads) {
        const int head = i / kDim;
        const float* from = all + head * Tile::kPartial + i % kDim;
        float value = 0.0f;
#pragma unroll 16
        for (int s = 0; s < a.splits; ++s)
            value = fmaf(weights[head * a.splits + s], __ldcg(from + s * perSplit), value);
        a.out[static_cast<int64_t>(selector) * heads * kDim + i] = value;
    }
    if (a.mass == nullptr) return;
    if (a.massLog != nullptr) {
        for (int head = threadIdx.x; head < heads; head += Tile::kThreads)
            a.massLog[selector * heads + head] = logs[head];
        return;
    }
    for (int head = 0; head < heads; ++head) {
        float* mass = a.mass + (static_cast<int64_t>(selector) * heads + head) * a.massStride;
        for (int64_t i = threadIdx.x; i <= listed; i += Tile::kThreads) {
            mass[i] = exp2f(__ldcg(mass + i) - logs[head]);
        }
    }
}

template <int kDim, KvType kType>
CudaStatus launchTokenAttention(const TokenAttentionArgs& args, cudaStream_t stream) {
    using Tile = TokenTile<kDim>;
    constexpr int kShared = Tile::kSharedFloats * 4;
    const auto kernel = tokenAttentionKernel<kDim, kType>;
    LECTERN_CUDA_TRY(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, kShared));
    const dim3 grid(static_cast<unsigned>(args.splits), static_cast<unsigned>(args.selectors));
    return launchOverlapped(kernel, grid, Tile::kThreads, kShared, stream, 1, args);
}

}  // namespace lectern::kernels::cuda

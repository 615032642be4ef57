#include "kernels/cuda/device_math.cuh"
#include "kernels/cuda/kv_codec.cuh"
#include "kernels/cuda/kv_store.h"

namespace lectern::kernels::cuda {
namespace {

constexpr int kThreads = 128;
constexpr int kChunk = 8;

/// Eight consecutive dimensions of one token of a stored region.
template <KvType kType>
__device__ void loadChunk(const DeviceKv& kv, bool keys, const RegionPlace& place, int token, int d, float* out) {
    const std::byte* data = place.page(keys) + place.data;
    const std::byte* scales = place.page(keys) + place.scales;
    const int64_t i = static_cast<int64_t>(token) * kv.headDim + d;
    if constexpr (kType == KvType::BF16) {
        const auto pack = *reinterpret_cast<const Pack<Bf16, kChunk>*>(reinterpret_cast<const Bf16*>(data) + i);
#pragma unroll
        for (int j = 0; j < kChunk; ++j) out[j] = toFloat(pack.values[j]);
    } else if constexpr (kType == KvType::Int8) {
        const auto pack = *reinterpret_cast<const Pack<int8_t, kChunk>*>(reinterpret_cast<const int8_t*>(data) + i);
        const float scale = *reinterpret_cast<const float*>(scales);
#pragma unroll
        for (int j = 0; j < kChunk; ++j) out[j] = scale * static_cast<float>(pack.values[j]);
    } else if constexpr (kType == KvType::Fp8) {
        const auto pack = *reinterpret_cast<const Pack<uint8_t, kChunk>*>(reinterpret_cast<const uint8_t*>(data) + i);
        const float scale = *reinterpret_cast<const float*>(scales);
#pragma unroll
        for (int j = 0; j < kChunk; ++j) out[j] = scale * e4m3ToFloat(pack.values[j]);
    } else {
        const uint32_t packed = *reinterpret_cast<const uint32_t*>(data + i / 2);
        const auto scale = *reinterpret_cast<const Pack<__half, kChunk>*>(reinterpret_cast<const __half*>(scales) + d);
        const auto low =
            *reinterpret_cast<const Pack<__half, kChunk>*>(reinterpret_cast<const __half*>(scales) + kv.headDim + d);
#pragma unroll
        for (int j = 0; j < kChunk; ++j) {
            out[j] = static_cast<float>((packed >> (4 * j)) & 15U) * __half2float(scale.values[j]) +
                     __half2float(low.values[j]);
        }
    }
}

template <KvType kType>
__global__ void __launch_bounds__(kThreads) gatherKernel(const __grid_constant__ GatherArgs a) {
    const DeviceKv& kv = a.kv;
    const auto selector = static_cast<int32_t>(blockIdx.y), block = static_cast<int32_t>(blockIdx.z);
    const auto i = static_cast<int32_t>(blockIdx.x);
    const int32_t count = a.counts[block];
    if (i >= count + a.ownRegions[block]) return;
    const int64_t list = static_cast<int64_t>(block) * a.selectors + selector;
    const int64_t region = i >= count             ? a.ownRegion[block] + (i - count)
                           : a.regions != nullptr ? a.regions[list * a.stride + i]
                                                  : i;
    const int32_t head = selector * a.headsPerSelector / a.groupHeads;
    const bool unfinished = (region + 1) * kv.regionTokens > a.tokens;
    const RegionPlace place = regionPlace(kv, head, region);
    const int half = kv.headDim / 2;
    const int chunks = kv.headDim / kChunk;
    const int64_t outBase = (list * a.capacity + i) * kv.regionTokens * kv.headDim;
    for (int c = threadIdx.x; c < 2 * kv.regionTokens * chunks; c += kThreads) {
        const bool keys = c < kv.regionTokens * chunks;
        const int inSide = keys ? c : c - kv.regionTokens * chunks;
        const int token = inSide / chunks, d = inSide % chunks * kChunk;
        const auto load = [&](int dim, float* out) {
            if (kType != KvType::BF16 && unfinished) {
                const Bf16* tail = (keys ? kv.tailKeys : kv.tailValues) +
                                   (static_cast<int64_t>(head) * kv.regionTokens + token) * kv.headDim + dim;
#pragma unroll
                for (int j = 0; j < kChunk; ++j) out[j] = toFloat(tail[j]);
            } else {
                loadChunk<kType>(kv, keys, place, token, dim, out);
            }
        };
        float values[kChunk];
        load(d, values);
        if (keys && a.cos != nullptr) {
            float partner[kChunk];
            const bool low = d < half;
            load(low ? d + half : d - half, partner);
            const int64_t at = (region * kv.regionTokens + token) * half + (low ? d : d - half);
#pragma unroll
            for (int j = 0; j < kChunk; ++j) {
                values[j] = values[j] * a.cos[at + j] + (low ? -partner[j] : partner[j]) * a.sin[at + j];
            }
        }
        const uint4 packed = make_uint4(packBf16(values[0], values[1]), packBf16(values[2], values[3]),
                                        packBf16(values[4], values[5]), packBf16(values[6], values[7]));
        Bf16* out = (keys ? a.keys : a.values) + outBase + static_cast<int64_t>(token) * kv.headDim + d;
        *reinterpret_cast<uint4*>(out) = packed;
    }
}

}  // namespace

CudaStatus gatherRegions(const GatherArgs& args, cudaStream_t stream) {
    const DeviceKv& kv = args.kv;
    if (kv.headDim <= 0 || kv.headDim % 16 != 0 || kv.regionTokens <= 0 || args.blocks < 0 || args.blocks > 65535 ||
        args.selectors < 0 || args.selectors > 65535 || args.capacity < 0 || args.groupHeads < 1 ||
        args.headsPerSelector < 1) {
        return Status::InvalidArgument;
    }
    if (args.blocks == 0 || args.selectors == 0 || args.capacity == 0) return {};
    const dim3 grid(static_cast<unsigned>(args.capacity), static_cast<unsigned>(args.selectors),
                    static_cast<unsigned>(args.blocks));
    switch (kv.type) {
        case KvType::BF16:
            gatherKernel<KvType::BF16><<<grid, kThreads, 0, stream>>>(args);
            break;
        case KvType::Int8:
            gatherKernel<KvType::Int8><<<grid, kThreads, 0, stream>>>(args);
            break;
        case KvType::Fp8:
            gatherKernel<KvType::Fp8><<<grid, kThreads, 0, stream>>>(args);
            break;
        case KvType::Int4:
            gatherKernel<KvType::Int4><<<grid, kThreads, 0, stream>>>(args);
            break;
        case KvType::F32:
            return Status::Unsupported;
    }
    return launchStatus();
}

}  // namespace lectern::kernels::cuda

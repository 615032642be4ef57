#include "kernels/cuda/train_attention.h"

#include "kernels/cuda/attention_launch.h"
#include "kernels/cuda/dependent_launch.cuh"
#include "kernels/cuda/device_math.cuh"

namespace lectern::kernels::cuda {
namespace {

constexpr int kThreads = 256;

/// One warp per (token, head): rowDots = dOut . out.
__global__ void rowDotsKernel(const Bf16* dOut, const Bf16* out, int64_t rows, int32_t headDim, float* dots) {
    const int64_t row = (static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x) / 32;
    if (row >= rows) return;
    const int lane = threadIdx.x % 32;
    float sum = 0.0f;
    for (int32_t d = lane * 2; d < headDim; d += 64) {
        const auto x = *reinterpret_cast<const uint32_t*>(dOut + row * headDim + d);
        const auto y = *reinterpret_cast<const uint32_t*>(out + row * headDim + d);
        sum += lowBf16(x) * lowBf16(y) + highBf16(x) * highBf16(y);
    }
    sum = warpSum(sum);
    if (lane == 0) dots[row] = sum;
}

/// The entry + 1 of every region in every list, uint16 [lists][regions].
__global__ void placesKernel(TrainSelection s, int64_t entries, int32_t regions, uint16_t* places) {
    const int64_t at = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
    if (at >= entries) return;
    const int64_t list = at / s.listed;
    const RegionId region = s.regions[at];
    if (region >= 0 && region < regions) places[list * regions + region] = static_cast<uint16_t>(at % s.listed + 1);
}

/// One block per (region, KV head of the group): adds up what the blocks that attend the region have summed, selector
/// by selector and block by block.
__global__ void __launch_bounds__(kThreads) sumPartialsKernel(const __grid_constant__ TrainAttentionArgs a,
                                                              const KeyPartials partials, const uint16_t* places) {
    const TrainSelection& s = a.selection;
    const auto region = static_cast<int32_t>(blockIdx.x);
    const int32_t perHead = s.selectors / a.kvHeads, firstInGroup = static_cast<int32_t>(blockIdx.y) * perHead;
    const int32_t kvHead = (partials.firstSelector + firstInGroup) / perHead;
    const auto regions = static_cast<int32_t>((a.tokens + s.regionTokens - 1) / s.regionTokens);
    const auto blocks = static_cast<int32_t>((a.tokens + s.blockTokens - 1) / s.blockTokens);
    const int32_t perBlock = s.blockTokens / s.regionTokens, ownBlock = region / perBlock;
    const auto entryIn = [&](int32_t block, int32_t selector) {
        if (block == ownBlock) return (block < s.denseBlocks ? block * perBlock : s.listed) + region - block * perBlock;
        if (block < s.denseBlocks) return region;
        const int64_t list = static_cast<int64_t>(block - s.denseBlocks) * s.selectors + selector;
        return static_cast<int32_t>(places[list * regions + region]) - 1;
    };
    const int quads = s.regionTokens * 2 * a.headDim / 4;
    for (int i = threadIdx.x; i < quads; i += kThreads) {
        float4 sum = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
        for (int32_t selector = firstInGroup; selector < firstInGroup + perHead; ++selector) {
            for (int32_t block = ownBlock; block < blocks; ++block) {
                const int32_t entry = entryIn(block, partials.firstSelector + selector);
                if (entry < 0) continue;
                const int64_t list = static_cast<int64_t>(block) * partials.selectors + selector;
                const int64_t key = list * partials.capacity + static_cast<int64_t>(entry) * s.regionTokens;
                const float4 part = reinterpret_cast<const float4*>(partials.sums + key * 2 * a.headDim)[i];
                sum.x += part.x;
                sum.y += part.y;
                sum.z += part.z;
                sum.w += part.w;
            }
        }
        const int value = i * 4, inKey = value % (2 * a.headDim);
        const int64_t token = static_cast<int64_t>(region) * s.regionTokens + value / (2 * a.headDim);
        if (token >= a.tokens) continue;
        const bool ofKeys = inKey < a.headDim;
        const float scale = ofKeys ? a.scale : 1.0f;
        Bf16* to = (ofKeys ? a.dK : a.dV) + (token * a.kvHeads + kvHead) * a.headDim + inKey % a.headDim;
        *reinterpret_cast<uint2*>(to) =
            make_uint2(packBf16(sum.x * scale, sum.y * scale), packBf16(sum.z * scale, sum.w * scale));
    }
}

/// Sets bit b of [selector][region] where block b lists the region. Bits are or-ed: the order does not matter.
__global__ void visitsKernel(TrainSelection s, int64_t entries, int32_t regions, int32_t words, uint32_t* visits) {
    const int64_t at = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
    if (at >= entries) return;
    const int64_t list = at / s.listed;
    const auto selector = static_cast<int32_t>(list % s.selectors);
    const auto block = static_cast<int32_t>(list / s.selectors) + s.denseBlocks;
    const RegionId region = s.regions[at];
    if (region < 0 || region >= regions) return;
    atomicOr(visits + (static_cast<int64_t>(selector) * regions + region) * words + block / 32, 1U << (block % 32));
}

__global__ void summariesKernel(const Bf16* k, int32_t kvHeads, int32_t headDim, int32_t regionTokens, int64_t regions,
                                DeviceSummaries out) {
    const int64_t width = static_cast<int64_t>(kvHeads) * headDim;
    const int64_t at = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
    if (at >= regions * width) return;
    const int64_t region = at / width, column = at % width;
    const Bf16* from = k + region * regionTokens * width + column;
    float sum = 0.0f, low = toFloat(from[0]), high = low;
    for (int t = 0; t < regionTokens; ++t) {
        const float x = toFloat(from[t * width]);
        sum += x;
        low = fminf(low, x);
        high = fmaxf(high, x);
    }
    const int64_t to = (column / headDim * out.capacity + region) * headDim + column % headDim;
    out.mean[to] = fromFloat<Bf16>(sum / static_cast<float>(regionTokens));
    out.min[to] = fromFloat<Bf16>(low);
    out.max[to] = fromFloat<Bf16>(high);
}

CudaStatus check(const TrainAttentionArgs& args) {
    const TrainSelection& s = args.selection;
    if (!supportsTrainAttention(args.headDim, s.regionTokens)) return Status::Unsupported;
    const int64_t blocks = s.blockTokens > 0 ? args.blocks() : 0;
    if (args.tokens <= 0 || args.tokens > INT32_MAX / 2 || args.kvHeads <= 0 || args.heads % args.kvHeads != 0 ||
        s.blockTokens <= 0 || s.blockTokens % s.regionTokens != 0 || s.selectors <= 0 ||
        s.selectors % args.kvHeads != 0 || s.selectors * s.headsPerSelector != args.heads || s.denseBlocks < 0 ||
        (s.denseBlocks < blocks && (s.regions == nullptr || s.listed <= 0 || s.slidingWindow > 0))) {
        return Status::InvalidArgument;
    }
    return {};
}

/// Calls `launch(args, rows)` for every batch of blocks: the dense ones first, then those with lists.
template <typename Launch>
CudaStatus forBlocks(const TrainAttentionArgs& train, Launch&& launch) {
    const TrainSelection& s = train.selection;
    BlockAttentionArgs args;
    args.q = train.q;
    args.out = train.out;
    args.qStride = args.outStride = static_cast<int64_t>(train.heads) * train.headDim;
    args.kv.type = KvType::BF16;
    args.kv.regionTokens = s.regionTokens;
    args.kv.kvHeads = train.kvHeads;
    args.kv.headDim = train.headDim;
    args.flatKeys = train.k;
    args.flatValues = train.v;
    args.flatStride = static_cast<int64_t>(train.kvHeads) * train.headDim;
    args.flatTokens = train.tokens;
    args.logSumExp = train.logSumExp;
    args.selectors = s.selectors;
    args.headsPerSelector = s.headsPerSelector;
    args.groupHeads = train.heads / train.kvHeads;
    args.scale = train.scale;
    args.slidingWindow = s.slidingWindow;
    args.regionStride = s.listed;
    const auto blocks = static_cast<int32_t>(train.blocks());
    for (int32_t first = 0; first < blocks; first += args.blockCount) {
        const bool dense = first < s.denseBlocks;
        const int32_t end = dense && s.denseBlocks < blocks ? s.denseBlocks : blocks;
        args.blockCount = end - first < kMaxAttentionBlocks ? end - first : kMaxAttentionBlocks;
        args.regions =
            dense ? nullptr : s.regions + static_cast<int64_t>(first - s.denseBlocks) * s.selectors * s.listed;
        for (int32_t i = 0; i < args.blockCount; ++i) {
            const int64_t begin = static_cast<int64_t>(first + i) * s.blockTokens;
            const int64_t left = train.tokens - begin;
            AttentionBlock& block = args.blocks[i];
            block.queryBegin = static_cast<int32_t>(begin);
            block.queryTokens = static_cast<int32_t>(left < s.blockTokens ? left : s.blockTokens);
            block.ownRegion = static_cast<int32_t>(begin / s.regionTokens);
            block.regionCount = dense ? block.ownRegion : s.listed;
        }
        LECTERN_CUDA_TRY(launch(args, s.blockTokens * s.headsPerSelector));
    }
    return {};
}

/// Memory that the sums of one group of selectors may take, where more than one KV head's fit.
constexpr int64_t kGroupBytes = int64_t{512} << 20;
/// Beyond this for one KV head (dense attention over long sequences) keys are owned whole, without partial sums.
constexpr int64_t kMostPartialBytes = int64_t{2} << 30;

/// How the partial sums of the Hopper path are laid out; selectors 0: that path is not taken.
KeyPartials planPartials(const TrainAttentionArgs& args) {
    const TrainSelection& s = args.selection;
    KeyPartials plan;
    const bool path = isHopper() && s.slidingWindow == 0 && s.headsPerSelector <= 64 &&
                      (args.headDim == 64 || args.headDim == 128) && s.listed < 65535;
    const int64_t blocks = args.blocks(), perBlock = s.blockTokens / s.regionTokens;
    const int64_t dense = (s.denseBlocks < blocks ? s.denseBlocks : blocks) * perBlock;
    const int64_t listed = s.denseBlocks < blocks ? s.listed + perBlock : 0;
    plan.capacity = static_cast<int32_t>((dense > listed ? dense : listed) * s.regionTokens);
    const int64_t perHead = blocks * (s.selectors / args.kvHeads) * plan.capacity * 2 * args.headDim * 4;
    if (!path || perHead > kMostPartialBytes) return plan;
    const int64_t heads = perHead < kGroupBytes ? kGroupBytes / perHead : 1;
    plan.selectors = static_cast<int32_t>((heads < args.kvHeads ? heads : args.kvHeads) * (s.selectors / args.kvHeads));
    return plan;
}

int64_t partialBytes(const TrainAttentionArgs& args, const KeyPartials& plan) {
    return args.blocks() * plan.selectors * plan.capacity * 2 * args.headDim * 4;
}

int64_t placesBytes(const TrainAttentionArgs& args) {
    const TrainSelection& s = args.selection;
    const int64_t lists = (args.blocks() - s.denseBlocks) * s.selectors;
    return lists > 0 ? lists * divideUp(args.tokens, s.regionTokens) * 2 : 0;
}

int64_t visitsBytes(const TrainAttentionArgs& args) {
    const TrainSelection& s = args.selection;
    return divideUp(args.tokens, s.regionTokens) * s.selectors * divideUp(args.blocks(), 32) * 4;
}

/// Sums per list, a group of KV heads at a time, then per region.
CudaStatus keyGradients90(const TrainAttentionArgs& args, KeyPartials partials, cudaStream_t stream) {
    const TrainSelection& s = args.selection;
    const auto regions = static_cast<int32_t>(divideUp(args.tokens, s.regionTokens));
    partials.sums = reinterpret_cast<float*>(args.workspace);
    auto* places = reinterpret_cast<uint16_t*>(args.workspace + partialBytes(args, partials));
    const int64_t entries = (args.blocks() - s.denseBlocks) * s.selectors * s.listed;
    if (entries > 0) {
        LECTERN_CUDA_TRY(cudaMemsetAsync(places, 0, static_cast<size_t>(placesBytes(args)), stream));
        placesKernel<<<static_cast<unsigned>(divideUp(entries, kThreads)), kThreads, 0, stream>>>(s, entries, regions,
                                                                                                  places);
        LECTERN_CUDA_TRY(launchStatus());
    }
    const int32_t group = partials.selectors, perHead = s.selectors / args.kvHeads;
    for (int32_t first = 0; first < s.selectors; first += group) {
        partials.firstSelector = first;
        // The stride between blocks stays that of a whole group.
        const int32_t selectors = s.selectors - first < group ? s.selectors - first : group;
        partials.firstBlock = 0;
        LECTERN_CUDA_TRY(forBlocks(args, [&](const BlockAttentionArgs& batch, int32_t) -> CudaStatus {
            partials.launched = selectors;
            const CudaStatus status = args.headDim == 128 ? launchKeyGradient90<128>(batch, args, partials, stream)
                                                          : launchKeyGradient90<64>(batch, args, partials, stream);
            partials.firstBlock += batch.blockCount;
            return status;
        }));
        const dim3 grid(static_cast<unsigned>(regions), static_cast<unsigned>(selectors / perHead));
        sumPartialsKernel<<<grid, kThreads, 0, stream>>>(args, partials, places);
        LECTERN_CUDA_TRY(launchStatus());
    }
    return {};
}

}  // namespace

bool supportsTrainAttention(int32_t headDim, int32_t regionTokens) {
    return (headDim == 64 || headDim == 128) &&
           (regionTokens == 8 || regionTokens == 16 || regionTokens == 32 || regionTokens == 64);
}

int64_t trainBackwardWorkspace(const TrainAttentionArgs& args) {
    const KeyPartials plan = planPartials(args);
    return plan.selectors > 0 ? partialBytes(args, plan) + placesBytes(args) : visitsBytes(args);
}

CudaStatus trainAttention(const TrainAttentionArgs& args, cudaStream_t stream) {
    LECTERN_CUDA_TRY(check(args));
    const AttentionPath path = chooseAttentionPath(args.headDim, args.selection.regionTokens, isHopper());
    return forBlocks(args,
                     [&](const BlockAttentionArgs& batch, int32_t) { return blockAttention(batch, path, stream); });
}

CudaStatus trainAttentionBackward(const TrainAttentionArgs& given, cudaStream_t stream) {
    LECTERN_CUDA_TRY(check(given));
    TrainAttentionArgs args = given;
    args.visits = reinterpret_cast<uint32_t*>(args.workspace);
    const int64_t rows = args.tokens * args.heads;
    rowDotsKernel<<<static_cast<unsigned>(divideUp(rows * 32, kThreads)), kThreads, 0, stream>>>(
        args.dOut, args.out, rows, args.headDim, args.rowDots);
    LECTERN_CUDA_TRY(launchStatus());
    const bool wide = args.headDim == 128, hopper = isHopper() && args.selection.slidingWindow == 0;
    LECTERN_CUDA_TRY(forBlocks(args, [&](const BlockAttentionArgs& batch, int32_t blockRows) {
        if (hopper) {
            return wide ? launchQueryGradient90<128>(batch, args, blockRows, stream)
                        : launchQueryGradient90<64>(batch, args, blockRows, stream);
        }
        return wide ? launchQueryGradient<128>(batch, args, blockRows, stream)
                    : launchQueryGradient<64>(batch, args, blockRows, stream);
    }));
    if (const KeyPartials partials = planPartials(args); partials.selectors > 0) {
        return keyGradients90(args, partials, stream);
    }
    const TrainSelection& s = args.selection;
    const int64_t lists = (args.blocks() - s.denseBlocks) * s.selectors;
    if (lists > 0) {
        LECTERN_CUDA_TRY(cudaMemsetAsync(args.visits, 0, static_cast<size_t>(visitsBytes(args)), stream));
        const int64_t entries = lists * s.listed;
        visitsKernel<<<static_cast<unsigned>(divideUp(entries, kThreads)), kThreads, 0, stream>>>(
            s, entries, static_cast<int32_t>(divideUp(args.tokens, s.regionTokens)),
            static_cast<int32_t>(divideUp(args.blocks(), 32)), args.visits);
        LECTERN_CUDA_TRY(launchStatus());
    }
    return wide ? launchKeyGradient<128>(args, stream) : launchKeyGradient<64>(args, stream);
}

CudaStatus trainSummaries(const Bf16* k, int64_t tokens, int32_t kvHeads, int32_t headDim, int32_t regionTokens,
                          const DeviceSummaries& out, cudaStream_t stream) {
    if (tokens < 0 || kvHeads <= 0 || headDim <= 0 || regionTokens <= 0) return Status::InvalidArgument;
    const int64_t regions = tokens / regionTokens, values = regions * kvHeads * headDim;
    if (out.capacity < regions) return Status::InvalidArgument;
    if (values == 0) return {};
    summariesKernel<<<static_cast<unsigned>(divideUp(values, kThreads)), kThreads, 0, stream>>>(
        k, kvHeads, headDim, regionTokens, regions, out);
    return launchStatus();
}

}  // namespace lectern::kernels::cuda

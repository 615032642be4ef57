#include "kernels/cuda/train_attention.h"

#include "kernels/cuda/attention_launch.h"
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

}  // namespace

bool supportsTrainAttention(int32_t headDim, int32_t regionTokens) {
    return (headDim == 64 || headDim == 128) &&
           (regionTokens == 8 || regionTokens == 16 || regionTokens == 32 || regionTokens == 64);
}

int64_t trainVisitsBytes(const TrainAttentionArgs& args) {
    const TrainSelection& s = args.selection;
    return divideUp(args.tokens, s.regionTokens) * s.selectors * divideUp(args.blocks(), 32) * 4;
}

CudaStatus trainAttention(const TrainAttentionArgs& args, cudaStream_t stream) {
    LECTERN_CUDA_TRY(check(args));
    return forBlocks(args, [&](const BlockAttentionArgs& batch, int32_t) {
        return blockAttention(batch, AttentionPath::Mma80, stream);
    });
}

CudaStatus trainAttentionBackward(const TrainAttentionArgs& args, cudaStream_t stream) {
    LECTERN_CUDA_TRY(check(args));
    const int64_t rows = args.tokens * args.heads;
    rowDotsKernel<<<static_cast<unsigned>(divideUp(rows * 32, kThreads)), kThreads, 0, stream>>>(
        args.dOut, args.out, rows, args.headDim, args.rowDots);
    LECTERN_CUDA_TRY(launchStatus());
    const bool wide = args.headDim == 128;
    LECTERN_CUDA_TRY(forBlocks(args, [&](const BlockAttentionArgs& batch, int32_t blockRows) {
        return wide ? launchQueryGradient<128>(batch, args, blockRows, stream)
                    : launchQueryGradient<64>(batch, args, blockRows, stream);
    }));
    const TrainSelection& s = args.selection;
    const int64_t lists = (args.blocks() - s.denseBlocks) * s.selectors;
    if (lists > 0) {
        LECTERN_CUDA_TRY(cudaMemsetAsync(args.visits, 0, static_cast<size_t>(trainVisitsBytes(args)), stream));
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

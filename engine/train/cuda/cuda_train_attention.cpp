// Attention ops of the CUDA training backend: plan, forward, backward.

#include <algorithm>
#include <cmath>

#include "engine/attention/planner.h"
#include "engine/core/check.h"
#include "engine/train/cuda/cuda_train_backend.h"
#include "engine/train/cuda/cuda_train_plan.h"
#include "kernels/cuda/kv_store.h"

namespace lectern {
namespace {

using kernels::RegionId;
using kernels::cuda::BlockMergeArgs;
using kernels::cuda::BlockSelectArgs;
using kernels::cuda::DeviceSummaries;
using kernels::cuda::divideUp;
using kernels::cuda::TrainAttentionArgs;
using kernels::cuda::TrainSelection;

constexpr int64_t kDenseBlockTokens = 256;
constexpr int64_t kSelectionBytes = int64_t{256} << 20;

TrainAttentionArgs attentionArgs(const TrainAttentionSpec& spec, const TrainAttentionPlan& plan, const TrainTensor& q,
                                 const TrainTensor& k, const TrainTensor& v, const TrainTensor& out,
                                 const TrainTensor& logSumExp) {
    using kernels::cuda::Bf16;
    const auto& chosen = static_cast<const CudaTrainPlan&>(plan);
    TrainAttentionArgs args;
    args.tokens = spec.tokens;
    args.heads = spec.heads;
    args.kvHeads = spec.kvHeads;
    args.headDim = spec.headDim;
    args.scale = static_cast<float>(1.0 / std::sqrt(static_cast<double>(spec.headDim)));
    args.selection = chosen.selection;
    args.q = q.as<Bf16>();
    args.k = k.as<Bf16>();
    args.v = v.as<Bf16>();
    args.out = out.as<Bf16>();
    args.logSumExp = logSumExp.as<float>();
    return args;
}

}  // namespace

Result<std::unique_ptr<TrainAttentionPlan>> CudaTrainBackend::planAttention(const TrainAttentionSpec& spec,
                                                                            const TrainTensor& q,
                                                                            const TrainTensor& k) {
    LECTERN_CHECK(spec.profile && spec.heads % spec.kvHeads == 0);
    const AttentionProfile& profile = *spec.profile;
    if (!kernels::cuda::supportsTrainAttention(spec.headDim, profile.region)) {
        return Error{ErrorCode::Unsupported,
                     "Training on the GPU needs a head dimension of 64 or 128 and regions of "
                     "8, 16, 32 or 64 tokens."};
    }
    const bool blockwise = spec.mode != AttentionMode::Dense;
    const bool perQueryHead = blockwise && profile.prefill.heads == HeadGrouping::PerQueryHead;
    auto plan = std::make_unique<CudaTrainPlan>();
    TrainSelection& selection = plan->selection;
    selection.regionTokens = profile.region;
    selection.blockTokens = blockwise ? profile.blockTokens() : kDenseBlockTokens;
    selection.headsPerSelector = perQueryHead ? 1 : spec.heads / spec.kvHeads;
    selection.selectors = spec.heads / selection.headsPerSelector;
    selection.slidingWindow = blockwise ? 0 : spec.slidingWindow;
    const auto blocks = static_cast<int32_t>(divideUp(spec.tokens, selection.blockTokens));
    selection.denseBlocks = blocks;
    if (blockwise) {
        for (int32_t block = 0; block < blocks; ++block) {
            // A block that chooses is followed by blocks that choose.
            const SelectionFrame frame =
                blockFrame(spec.mode, profile, static_cast<int64_t>(block) * selection.blockTokens);
            if (!frame.dense) {
                selection.denseBlocks = block;
                selection.listed = static_cast<int32_t>(frame.sinkEnd + frame.keep + frame.regions - frame.localBegin);
                break;
            }
        }
    }
    const int64_t lists = static_cast<int64_t>(blocks - selection.denseBlocks) * selection.selectors;
    if (lists > 0) {
        LECTERN_TRY(plan->reserve(lists * selection.listed, stream()));
        LECTERN_TRY(chooseRegions(spec, q, k, selection, plan->regions()));
        selection.regions = plan->regions();
    }
    return std::unique_ptr<TrainAttentionPlan>(std::move(plan));
}

Result<void> CudaTrainBackend::chooseRegions(const TrainAttentionSpec& spec, const TrainTensor& q, const TrainTensor& k,
                                             const TrainSelection& selection, RegionId* regions) {
    const AttentionProfile& profile = *spec.profile;
    const int64_t p = profile.region, dim = spec.headDim, regionCount = divideUp(spec.tokens, p);
    DeviceSummaries summaries;
    summaries.capacity = regionCount;
    const int64_t summaryValues = spec.kvHeads * regionCount * dim;
    LECTERN_ASSIGN(std::byte * summaryBytes, scratch(kSummaries, 3 * summaryValues * 2));
    summaries.mean = reinterpret_cast<Bf16*>(summaryBytes);
    summaries.min = summaries.mean + summaryValues;
    summaries.max = summaries.min + summaryValues;
    LECTERN_TRY(tried(kernels::cuda::trainSummaries(k.as<Bf16>(), spec.tokens, spec.kvHeads, spec.headDim,
                                                    profile.region, summaries, stream()),
                      "summarising regions"));
    LECTERN_ASSIGN(std::byte * means, scratch(kQueryMeans, regionCount * spec.heads * dim * 4));
    LECTERN_TRY(tried(kernels::cuda::queryMeans(q.as<Bf16>(), spec.heads * dim, spec.tokens, spec.heads, spec.headDim,
                                                profile.region, reinterpret_cast<float*>(means), stream()),
                      "averaging queries"));

    const auto frameOf = [&](int64_t block) { return blockFrame(spec.mode, profile, block * selection.blockTokens); };
    const SelectionFrame first = frameOf(selection.denseBlocks);
    BlockSelectArgs select;
    select.queries = reinterpret_cast<const float*>(means);
    select.heads = spec.heads;
    select.selectors = selection.selectors;
    select.headsPerSelector = selection.headsPerSelector;
    select.groupHeads = spec.heads / spec.kvHeads;
    select.headDim = spec.headDim;
    select.summaries = summaries;
    select.scorer = profile.prefill.scorer;
    select.keep = first.keep;
    select.causalMerge = first.causalMerge;
    select.rowStride = profile.merge;
    BlockMergeArgs merge;
    merge.selectors = selection.selectors;
    merge.rowStride = profile.merge;
    merge.keep = merge.limit = first.keep;
    merge.sink = static_cast<int32_t>(first.sinkEnd);
    merge.local = static_cast<int32_t>(first.regions - first.localBegin);
    merge.maxRegions = static_cast<int32_t>(regionCount);
    merge.regionStride = selection.listed;

    // Per block: entries of 8 bytes before sorting, ids of 4, and the counts.
    const int64_t rows = static_cast<int64_t>(selection.selectors) * profile.merge, listed = rows * first.keep;
    const int64_t blockBytes = listed * 12 + rows * 4;
    const auto blocks = static_cast<int32_t>(divideUp(spec.tokens, selection.blockTokens));
    const auto batch =
        static_cast<int32_t>(std::clamp<int64_t>(kSelectionBytes / blockBytes, 1, kernels::cuda::kMaxSelectBlocks));
    LECTERN_ASSIGN(std::byte * workspace, scratch(kSelection, batch * blockBytes));
    select.candidates = reinterpret_cast<uint64_t*>(workspace);
    select.ids = reinterpret_cast<RegionId*>(workspace + batch * listed * 8);
    select.found = reinterpret_cast<int32_t*>(workspace + batch * listed * 12);
    merge.lists = select.ids;
    merge.found = select.found;
    for (int32_t begin = selection.denseBlocks; begin < blocks; begin += batch) {
        select.blockCount = merge.blockCount = std::min(batch, blocks - begin);
        for (int32_t i = 0; i < select.blockCount; ++i) {
            const int64_t token = static_cast<int64_t>(begin + i) * selection.blockTokens;
            const SelectionFrame frame = frameOf(begin + i);
            kernels::cuda::SelectBlock& block = select.blocks[i];
            block.firstRow = block.firstRegion = static_cast<int32_t>(token / p);
            block.rows =
                static_cast<int32_t>(divideUp(std::min<int64_t>(selection.blockTokens, spec.tokens - token), p));
            block.candidateBegin = static_cast<int32_t>(frame.candidateBegin);
            block.candidateEnd = static_cast<int32_t>(frame.candidateEnd);
            merge.blocks[i] = block;
        }
        LECTERN_TRY(tried(kernels::cuda::blockSelect(select, stream()), "choosing regions"));
        merge.regions =
            regions + static_cast<int64_t>(begin - selection.denseBlocks) * selection.selectors * selection.listed;
        LECTERN_TRY(tried(kernels::cuda::blockMerge(merge, stream()), "merging regions"));
    }
    return {};
}

Result<void> CudaTrainBackend::attention(const TrainAttentionSpec& spec, const TrainAttentionPlan& plan,
                                         const TrainTensor& q, const TrainTensor& k, const TrainTensor& v,
                                         TrainTensor& out, TrainTensor& logSumExp) {
    return tried(kernels::cuda::trainAttention(attentionArgs(spec, plan, q, k, v, out, logSumExp), stream()),
                 "attending");
}

Result<void> CudaTrainBackend::attentionBackward(const TrainAttentionSpec& spec, const TrainAttentionPlan& plan,
                                                 const TrainTensor& q, const TrainTensor& k, const TrainTensor& v,
                                                 const TrainTensor& out, const TrainTensor& logSumExp,
                                                 const TrainTensor& dOut, TrainTensor& dQ, TrainTensor& dK,
                                                 TrainTensor& dV) {
    TrainAttentionArgs args = attentionArgs(spec, plan, q, k, v, out, logSumExp);
    LECTERN_ASSIGN(std::byte * dots, scratch(kRowDots, spec.tokens * spec.heads * 4));
    LECTERN_ASSIGN(args.workspace, scratch(kBackward, kernels::cuda::trainBackwardWorkspace(args)));
    args.rowDots = reinterpret_cast<float*>(dots);
    args.dOut = dOut.as<Bf16>();
    args.dQ = dQ.as<Bf16>();
    args.dK = dK.as<Bf16>();
    args.dV = dV.as<Bf16>();
    return tried(kernels::cuda::trainAttentionBackward(args, stream()), "attending backward");
}

}  // namespace lectern

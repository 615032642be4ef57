#include "engine/backend/cuda/cuda_attention.h"

#include <algorithm>
#include <cmath>

#include "engine/attention/planner.h"
#include "kernels/cuda/attention.h"
#include "kernels/cuda/select.h"

namespace lectern {

using namespace kernels::cuda;

/// Everything the launches of one call share.
struct CudaAttention::Call {
    CudaKvStorage& storage;
    const AttentionOp& op;
    const Bf16* q;
    Bf16* out;
    DeviceKv kv;
    int32_t heads, groupHeads;
    AttentionPath path;

    int64_t width() const { return int64_t{heads} * kv.headDim; }
    float scale() const { return 1.0f / std::sqrt(static_cast<float>(kv.headDim)); }
    int64_t cached() const { return op.firstToken + op.tokens; }
    BlockAttentionArgs attention(int64_t row, int32_t selectors) const {
        BlockAttentionArgs args;
        args.q = q + row * width();
        args.qStride = width();
        args.out = out + row * width();
        args.outStride = width();
        args.kv = kv;
        args.selectors = selectors;
        args.headsPerSelector = heads / selectors;
        args.groupHeads = groupHeads;
        args.scale = scale();
        return args;
    }
};

namespace {

// Decoded copies of the regions of quantised pages: as many blocks at a time as fit.
constexpr int64_t kGatherBytes = int64_t{384} << 20;

int64_t gatheredBytes(const DeviceKv& kv, int64_t selectors, int64_t regions) {
    return selectors * regions * kv.regionTokens * kv.headDim * 2;
}

}  // namespace

Result<void> CudaAttention::attend(CudaKvStorage& storage, const AttentionOp& op, Tensor& out) {
    if (op.gatherRope || op.mode == AttentionMode::MsPretrain) {
        return Error{ErrorCode::Unsupported,
                     "The attention mode ms_pretrain runs on the CPU only; choose --device cpu."};
    }
    Call call{storage, op, op.q->as<Bf16>(), out.as<Bf16>(), storage.view(op.layer), 0, 1, AttentionPath::None};
    call.heads = static_cast<int32_t>(op.q->columns / call.kv.headDim);
    call.groupHeads = call.heads / call.kv.kvHeads;
    call.path = chooseAttentionPath(call.kv.headDim, call.kv.regionTokens, m_context->facts().hopper());
    const bool blockwise = op.mode == AttentionMode::MsPrefill || op.mode == AttentionMode::MsTrain;
    if (!blockwise) {
        const bool perToken = op.mode == AttentionMode::MsDecode || op.answerTrace || !op.excludedRegions.empty();
        return perToken ? tokenRows(storage, op, call.q, call.out) : denseRows(call, 0, op.tokens);
    }
    const int64_t block = op.profile->blockTokens();
    const int64_t blocks = divideUp(op.tokens, block);
    int64_t dense = 0;
    while (dense < blocks && blockFrame(op.mode, *op.profile, op.firstToken + dense * block).dense) {
        ++dense;
    }
    if (dense > 0) {
        // Blocks that see everything before them are one causal stretch.
        LECTERN_TRY(denseRows(call, 0, std::min(dense * block, op.tokens)));
    }
    int64_t atOnce = kMaxAttentionBlocks;
    if (call.kv.type != KvType::BF16) {
        const int64_t selectors = op.profile->prefill.heads == HeadGrouping::PerKvHead ? call.kv.kvHeads : call.heads;
        const int64_t bytes = gatheredBytes(call.kv, selectors, op.profile->budgetRegions(op.profile->prefill));
        atOnce = std::clamp<int64_t>(kGatherBytes / bytes, 1, kMaxAttentionBlocks);
    }
    for (int64_t first = dense; first < blocks; first += atOnce) {
        LECTERN_TRY(sparseBlocks(call, first, std::min(atOnce, blocks - first)));
    }
    return {};
}

Result<void> CudaAttention::gather(const Call& call, BlockAttentionArgs& args) {
    const int32_t p = call.kv.regionTokens;
    std::vector<int32_t> shape(static_cast<size_t>(3 * args.blockCount));
    int32_t capacity = 0;
    for (int32_t b = 0; b < args.blockCount; ++b) {
        const AttentionBlock& block = args.blocks[b];
        const auto own = static_cast<int32_t>(divideUp(int64_t{block.ownOffset} + block.queryTokens, p));
        shape[static_cast<size_t>(b)] = block.regionCount;
        shape[static_cast<size_t>(args.blockCount + b)] = block.ownRegion;
        shape[static_cast<size_t>(2 * args.blockCount + b)] = own;
        capacity = std::max(capacity, block.regionCount + own);
    }
    LECTERN_ASSIGN(int32_t * onDevice,
                   m_context->scratchOf<int32_t>(Scratch::GatherShape, 3 * int64_t{kMaxAttentionBlocks}));
    if (shape != m_gatherShape) {
        LECTERN_TRY(m_context->check(cudaMemcpyAsync(onDevice, shape.data(), shape.size() * sizeof(int32_t),
                                                     cudaMemcpyHostToDevice, m_context->stream()),
                                     "planning a gather"));
        m_gatherShape = shape;
    }
    const int64_t bytes = gatheredBytes(call.kv, args.selectors, capacity) * args.blockCount;
    // Cleared when allocated: rows past a list's end meet probability zero, but must not be NaN.
    LECTERN_ASSIGN(std::byte * keys, m_context->scratch(Scratch::GatheredKeys, bytes, true));
    LECTERN_ASSIGN(std::byte * values, m_context->scratch(Scratch::GatheredValues, bytes, true));
    GatherArgs gathering;
    gathering.kv = call.kv;
    gathering.tokens = call.cached();
    gathering.regions = args.regions;
    gathering.stride = args.regionStride;
    gathering.blocks = args.blockCount;
    gathering.selectors = args.selectors;
    gathering.headsPerSelector = args.headsPerSelector;
    gathering.groupHeads = args.groupHeads;
    gathering.counts = onDevice;
    gathering.ownRegion = onDevice + args.blockCount;
    gathering.ownRegions = onDevice + 2 * args.blockCount;
    gathering.capacity = capacity;
    gathering.keys = reinterpret_cast<Bf16*>(keys);
    gathering.values = reinterpret_cast<Bf16*>(values);
    args.gatheredKeys = gathering.keys;
    args.gatheredValues = gathering.values;
    args.gatheredCapacity = capacity;
    return m_context->check(gatherRegions(gathering, m_context->stream()), "gathering regions");
}

Result<void> CudaAttention::denseRows(const Call& call, int64_t row, int64_t rows) {
    const int32_t p = call.kv.regionTokens;
    const int64_t begin = call.op.firstToken + row;
    BlockAttentionArgs args = call.attention(row, call.kv.kvHeads);
    args.slidingWindow = call.op.mode == AttentionMode::Dense ? call.op.slidingWindow : 0;
    args.blockCount = 1;
    args.blocks[0] = {0, static_cast<int32_t>(rows), static_cast<int32_t>(begin / p), static_cast<int32_t>(begin / p),
                      static_cast<int32_t>(begin % p)};
    if (call.kv.type != KvType::BF16) {
        LECTERN_TRY(gather(call, args));
    }
    return m_context->check(blockAttention(args, call.path, m_context->stream()), "dense attention");
}

Result<void> CudaAttention::sparseBlocks(const Call& call, int64_t first, int64_t count) {
    CudaContext& device = *m_context;
    const AttentionOp& op = call.op;
    const AttentionProfile& profile = *op.profile;
    const int64_t block = profile.blockTokens();
    const int32_t p = profile.region, m = profile.merge;
    const int32_t selectors = profile.prefill.heads == HeadGrouping::PerKvHead ? call.kv.kvHeads : call.heads;
    const int64_t row = first * block;
    const int64_t rows = std::min(count * block, op.tokens - row);
    const SelectionFrame head = blockFrame(op.mode, profile, op.firstToken + row);
    const auto sink = static_cast<int32_t>(head.sinkEnd);
    const auto local = static_cast<int32_t>(head.regions - head.localBegin);
    const int32_t stride = sink + head.keep + local;

    LECTERN_ASSIGN(float* means, device.scratchOf<float>(Scratch::QueryMeans, divideUp(rows, p) * call.width()));
    LECTERN_TRY(device.check(queryMeans(call.q + row * call.width(), call.width(), rows, call.heads, call.kv.headDim, p,
                                        means, device.stream()),
                             "summarising queries"));
    BlockSelectArgs select;
    select.queries = means;
    select.heads = call.heads;
    select.selectors = selectors;
    select.headsPerSelector = call.heads / selectors;
    select.groupHeads = call.groupHeads;
    select.headDim = call.kv.headDim;
    select.summaries = call.storage.summaries(op.layer);
    select.scorer = profile.prefill.scorer;
    select.keep = head.keep;
    select.causalMerge = head.causalMerge;
    select.rowStride = m;
    select.blockCount = static_cast<int32_t>(count);
    BlockAttentionArgs attention = call.attention(row, selectors);
    attention.blockCount = select.blockCount;
    BlockMergeArgs merge;
    for (int64_t b = 0; b < count; ++b) {
        const int64_t begin = op.firstToken + row + b * block;
        const int64_t blockRows = std::min(block, rows - b * block);
        const SelectionFrame frame = blockFrame(op.mode, profile, begin);
        select.blocks[b] = {static_cast<int32_t>(b * m), static_cast<int32_t>(divideUp(blockRows, p)),
                            static_cast<int32_t>(frame.candidateBegin), static_cast<int32_t>(frame.candidateEnd),
                            static_cast<int32_t>(frame.regions)};
        merge.blocks[b] = select.blocks[b];
        // With more candidates than are kept, the first list alone fills the merge: the count is known here.
        attention.blocks[b] = {static_cast<int32_t>(b * block), static_cast<int32_t>(blockRows), stride,
                               static_cast<int32_t>(frame.regions), 0};
    }
    select.splits = chooseSelectSplits(select, device.facts().multiprocessors);
    const int64_t lists = count * selectors;
    LECTERN_ASSIGN(std::byte * candidates, device.scratch(Scratch::Candidates, blockSelectWorkspace(select)));
    LECTERN_ASSIGN(RegionId * ids, device.scratchOf<RegionId>(Scratch::Lists, lists * m * head.keep));
    LECTERN_ASSIGN(int32_t * found, device.scratchOf<int32_t>(Scratch::Found, lists * m));
    LECTERN_ASSIGN(RegionId * regions, device.scratchOf<RegionId>(Scratch::Regions, lists * stride));
    LECTERN_ASSIGN(uint16_t * nominators, device.scratchOf<uint16_t>(Scratch::Nominators, lists * head.keep));
    select.candidates = reinterpret_cast<uint64_t*>(candidates);
    select.ids = ids;
    select.found = found;
    LECTERN_TRY(device.check(blockSelect(select, device.stream()), "selection"));
    merge.lists = ids;
    merge.found = found;
    merge.selectors = selectors;
    merge.rowStride = m;
    merge.keep = merge.limit = head.keep;
    merge.sink = sink;
    merge.local = local;
    merge.maxRegions = static_cast<int32_t>(divideUp(call.cached(), p));
    merge.regions = regions;
    merge.regionStride = stride;
    merge.nominators = nominators;
    merge.blockCount = select.blockCount;
    LECTERN_TRY(device.check(blockMerge(merge, device.stream()), "merging"));
    if (op.documentTrace) {
        LECTERN_ASSIGN(std::byte * pinned, device.pinnedResult(lists * stride * 4 + lists * head.keep * 2));
        auto* hostRegions = reinterpret_cast<RegionId*>(pinned);
        auto* hostNominators = reinterpret_cast<uint16_t*>(hostRegions + lists * stride);
        const auto copy = [&](void* to, const void* from, int64_t bytes) {
            return device.check(
                cudaMemcpyAsync(to, from, static_cast<size_t>(bytes), cudaMemcpyDeviceToHost, device.stream()),
                "recording the selection");
        };
        LECTERN_TRY(copy(hostRegions, regions, lists * stride * 4));
        LECTERN_TRY(copy(hostNominators, nominators, lists * head.keep * 2));
        recordBlocks(call, first, count, head.keep, sink, stride, hostRegions, hostNominators);
    }
    attention.regions = regions;
    attention.regionStride = stride;
    if (call.kv.type != KvType::BF16) {
        LECTERN_TRY(gather(call, attention));
    }
    return device.check(blockAttention(attention, call.path, device.stream()), "gathered attention");
}

void CudaAttention::recordBlocks(const Call& call, int64_t first, int64_t count, int32_t keep, int32_t sink,
                                 int32_t stride, const RegionId* regions, const uint16_t* nominators) const {
    const AttentionOp& op = call.op;
    const int64_t firstBlock = op.firstToken / op.profile->blockTokens() + first;
    const int32_t selectors = op.profile->prefill.heads == HeadGrouping::PerKvHead ? call.kv.kvHeads : call.heads;
    DocumentTrace* trace = op.documentTrace;
    m_context->afterSynchronize(&call.storage, [=, layer = op.layer] {
        for (int64_t list = 0; list < count * selectors; ++list) {
            std::vector<DocumentTrace::Entry> entries(static_cast<size_t>(keep));
            for (int32_t i = 0; i < keep; ++i) {
                entries[static_cast<size_t>(i)] = {regions[list * stride + sink + i], nominators[list * keep + i]};
            }
            trace->set(firstBlock + list / selectors, layer, static_cast<int32_t>(list % selectors),
                       std::move(entries));
        }
    });
}

}  // namespace lectern

// Rows that each list their own regions: question tokens, and decoding where it goes op by op.

#include <cmath>
#include <numeric>

#include "engine/backend/cuda/cuda_attention.h"
#include "engine/backend/cuda/token_rule.h"
#include "kernels/cuda/attention.h"
#include "kernels/cuda/elementwise.h"
#include "kernels/cuda/linear.h"

namespace lectern {

using namespace kernels::cuda;

Result<void> CudaAttention::tokenRows(CudaKvStorage& storage, const AttentionOp& op, const Bf16* q, Bf16* out) {
    CudaContext& device = *m_context;
    const int64_t width = op.q->columns, count = op.tokens * width;
    const auto heads = static_cast<int32_t>(width / storage.spec().headDim);
    const int64_t regionBound = (op.firstToken + op.tokens) / op.profile->region;
    const TokenRule rule =
        tokenRule(op.mode, *op.profile, heads, storage.spec().kvHeads, !op.excludedRegions.empty(), regionBound);
    LECTERN_ASSIGN(float* wideQ, device.scratchOf<float>(Scratch::TokenQueries, count));
    LECTERN_ASSIGN(float* wideOut, device.scratchOf<float>(Scratch::TokenOut, count));
    LECTERN_TRY(device.check(
        dequantizeToF32(reinterpret_cast<const std::byte*>(q), DType::BF16, op.tokens, width, wideQ, device.stream()),
        "widening queries"));
    if (!op.excludedRegions.empty()) {
        std::vector<uint32_t> bits = regionBits(op.excludedRegions, storage.capacityRegions());
        LECTERN_ASSIGN(uint32_t * onDevice,
                       device.scratchOf<uint32_t>(Scratch::Excluded, static_cast<int64_t>(bits.size())));
        if (bits != m_excluded) {
            LECTERN_TRY(device.check(cudaMemcpyAsync(onDevice, bits.data(), bits.size() * sizeof(uint32_t),
                                                     cudaMemcpyHostToDevice, device.stream()),
                                     "excluding regions"));
            m_excluded = std::move(bits);
        }
    }
    for (int64_t row = 0; row < op.tokens; ++row) {
        LECTERN_TRY(tokenRow(storage, op, rule, row, wideQ + row * width, wideOut + row * width));
    }
    return device.check(toBf16(wideOut, count, out, device.stream()), "narrowing outputs");
}

Result<void> CudaAttention::tokenRow(CudaKvStorage& storage, const AttentionOp& op, const TokenRule& rule, int64_t row,
                                     const float* q, float* out) {
    CudaContext& device = *m_context;
    const DeviceKv kv = storage.view(op.layer);
    const int32_t p = kv.regionTokens;
    const int64_t position = op.firstToken + row;
    const int64_t regionBound = position / p;
    TokenAttentionArgs attention =
        tokenAttentionArgs(rule, kv, {position, nullptr}, 1.0f / std::sqrt(static_cast<float>(kv.headDim)),
                           device.facts().multiprocessors);
    attention.q = q;
    attention.out = out;
    attention.slidingWindow = op.mode == AttentionMode::Dense && !rule.listed ? op.slidingWindow : 0;
    attention.ownStored = (position / p + 1) * p <= op.firstToken + op.tokens;
    LECTERN_ASSIGN(attention.workspace,
                   device.scratch(Scratch::TokenAttention, tokenAttentionWorkspace(attention), true));
    const bool traced = op.answerTrace != nullptr;
    const int64_t massCount = int64_t{rule.heads} * rule.massStride;
    if (traced) {
        LECTERN_ASSIGN(attention.mass, device.scratchOf<float>(Scratch::TokenMass, massCount));
    }
    const int64_t entries = int64_t{rule.selectors} * rule.stride;
    RegionId* regions = nullptr;
    int32_t* counts = nullptr;
    float* scores = nullptr;
    if (rule.listed) {
        TokenSelectArgs select =
            tokenSelectArgs(rule, kv, storage.summaries(op.layer), {position, nullptr}, regionBound);
        LECTERN_ASSIGN(regions, device.scratchOf<RegionId>(Scratch::TokenRegions, entries + rule.selectors));
        LECTERN_ASSIGN(scores, device.scratchOf<float>(Scratch::TokenScores, entries));
        LECTERN_ASSIGN(select.workspace, device.scratch(Scratch::TokenSelect, tokenSelectWorkspace(select), true));
        counts = regions + entries;
        select.q = q;
        select.regions = regions;
        select.scores = scores;
        select.counts = counts;
        if (!op.excludedRegions.empty()) {
            LECTERN_ASSIGN(select.excluded,
                           device.scratchOf<uint32_t>(Scratch::Excluded, static_cast<int64_t>(m_excluded.size())));
        }
        LECTERN_TRY(device.check(tokenSelect(select, device.stream()), "selection"));
        attention.regions = regions;
        attention.counts = counts;
    }
    LECTERN_TRY(device.check(tokenAttention(attention, device.stream()), "attention"));
    return traced ? recordRow(storage, op, rule, row, regions, scores, attention.mass) : Result<void>();
}

Result<void> CudaAttention::recordRow(CudaKvStorage& storage, const AttentionOp& op, const TokenRule& rule, int64_t row,
                                      const RegionId* regions, const float* scores, const float* mass) {
    CudaContext& device = *m_context;
    const int64_t entries = int64_t{rule.selectors} * rule.stride, masses = int64_t{rule.heads} * rule.massStride;
    const int64_t regionBytes = (entries + rule.selectors) * 4;
    LECTERN_ASSIGN(std::byte * pinned, device.pinnedResult(regionBytes + entries * 4 + masses * 4));
    const auto copy = [&](std::byte* to, const void* from, int64_t bytes) {
        return device.check(
            cudaMemcpyAsync(to, from, static_cast<size_t>(bytes), cudaMemcpyDeviceToHost, device.stream()),
            "recording the selection");
    };
    std::byte* hostMass = pinned + regionBytes + entries * 4;
    LECTERN_TRY(copy(hostMass, mass, masses * 4));
    if (rule.listed) {
        LECTERN_TRY(copy(pinned, regions, regionBytes));
        LECTERN_TRY(copy(pinned + regionBytes, scores, entries * 4));
    }
    AnswerTrace* trace = op.answerTrace;
    const size_t stepIndex = trace->steps.size() - static_cast<size_t>(op.tokens - row);
    const int64_t position = op.firstToken + row;
    const bool dense = op.mode == AttentionMode::Dense;
    device.afterSynchronize(
        &storage, [=, layer = op.layer, profile = op.profile, limits = op.traceLimits, window = op.slidingWindow] {
            TokenLists lists;
            lists.regions = reinterpret_cast<const RegionId*>(pinned);
            lists.counts = lists.regions + entries;
            lists.scores = dense ? nullptr : reinterpret_cast<const float*>(pinned + regionBytes);
            lists.mass = reinterpret_cast<const float*>(hostMass);
            std::vector<RegionId> all;
            std::vector<int32_t> count;
            if (!rule.listed) {
                const int64_t firstVisible = window > 0 && position >= window ? position - window + 1 : 0;
                const auto firstRegion = static_cast<int32_t>(firstVisible / profile->region);
                const auto end = static_cast<int32_t>(position / profile->region);
                all.resize(static_cast<size_t>(entries));
                for (int32_t s = 0; s < rule.selectors; ++s) {
                    std::iota(all.begin() + s * rule.stride, all.begin() + s * rule.stride + (end - firstRegion),
                              firstRegion);
                }
                count.assign(static_cast<size_t>(rule.selectors), end - firstRegion);
                lists.regions = all.data();
                lists.counts = count.data();
            }
            recordToken(rule, lists, layer, *profile, trace->groupCount, limits, trace->steps[stepIndex]);
        });
    return {};
}

}  // namespace lectern

// Attention ops of the CPU training backend: plan, forward, backward.

#include <algorithm>
#include <cmath>

#include "engine/attention/planner.h"
#include "engine/core/check.h"
#include "engine/train/cpu_train_backend.h"
#include "engine/train/cpu_train_plan.h"
#include "kernels/cpu/backward.h"
#include "kernels/cpu/cpu.h"

namespace lectern {
namespace {

using kernels::Status;

constexpr int64_t kDenseBlockTokens = 128;

bool isBlockwise(AttentionMode mode) {
    return mode == AttentionMode::MsTrain || mode == AttentionMode::MsPrefill || mode == AttentionMode::MsPretrain;
}

/// Summaries of every KV head's complete regions, f32 [Hkv][regions, Dh] each.
struct Summaries {
    std::vector<float> mean, min, max;
    int64_t regions = 0;

    kernels::RegionSummaryView view(int32_t kvHead, int32_t dim) const {
        const int64_t offset = static_cast<int64_t>(kvHead) * regions * dim;
        return {mean.data() + offset, min.data() + offset, max.data() + offset, dim, regions};
    }
};

Summaries summarize(const TrainAttentionSpec& spec, const float* k, ThreadPool& pool) {
    const int64_t p = spec.profile->region, dim = spec.headDim, stride = spec.kvHeads * dim;
    Summaries all;
    all.regions = spec.tokens / p;
    const auto size = static_cast<size_t>(spec.kvHeads * all.regions * dim);
    all.mean.resize(size);
    all.min.resize(size);
    all.max.resize(size);
    pool.parallelFor(spec.kvHeads, [&](int64_t head) {
        std::vector<float> keys(static_cast<size_t>(p * dim));
        for (int64_t region = 0; region < all.regions; ++region) {
            for (int64_t t = 0; t < p; ++t) {
                std::copy_n(k + (region * p + t) * stride + head * dim, dim, keys.begin() + t * dim);
            }
            const int64_t at = (head * all.regions + region) * dim;
            kernels::cpu::regionSummary(keys.data(), static_cast<int32_t>(p), static_cast<int32_t>(dim),
                                        all.mean.data() + at, all.min.data() + at, all.max.data() + at);
        }
    });
    return all;
}

/// Mean queries of a block's regions for `count` heads from `first`: [regions, count, Dh]. The same sums in the same
/// order as inference makes, so that both choose alike.
std::vector<float> regionQueries(const TrainAttentionSpec& spec, const float* q, int64_t begin, int64_t rows,
                                 int32_t first, int32_t count) {
    const int64_t p = spec.profile->region, width = static_cast<int64_t>(count) * spec.headDim;
    const int64_t stride = static_cast<int64_t>(spec.heads) * spec.headDim, regions = (rows + p - 1) / p;
    std::vector<float> means(static_cast<size_t>(regions * width), 0.0f);
    for (int64_t r = 0; r < rows; ++r) {
        const float* from = q + (begin + r) * stride + static_cast<int64_t>(first) * spec.headDim;
        kernels::cpu::addInPlace(means.data() + r / p * width, from, width);
    }
    for (int64_t i = 0; i < regions; ++i) {
        const auto members = static_cast<float>(std::min(p, rows - i * p));
        for (int64_t d = 0; d < width; ++d) {
            means[static_cast<size_t>(i * width + d)] /= members;
        }
    }
    return means;
}

/// Regions that the block at `begin` attends besides itself, for one group of heads.
Result<std::vector<RegionId>> chooseRegions(const TrainAttentionSpec& spec, const SelectionFrame& frame,
                                            const Summaries& summaries, const float* q, int64_t begin, int64_t rows,
                                            int32_t firstHead, int32_t groupHeads) {
    const AttentionProfile& profile = *spec.profile;
    const std::vector<float> queries = regionQueries(spec, q, begin, rows, firstHead, groupHeads);
    const auto lists = static_cast<int32_t>((rows + profile.region - 1) / profile.region);
    std::vector<RegionId> ids(static_cast<size_t>(lists) * static_cast<size_t>(frame.keep));
    std::vector<int32_t> found(static_cast<size_t>(lists));
    kernels::SelectArgs select;
    select.queries = queries.data();
    select.queryCount = lists;
    select.groupHeads = groupHeads;
    select.summaries = summaries.view(firstHead / (spec.heads / spec.kvHeads), spec.headDim);
    select.scorer = profile.prefill.scorer;
    select.candidateBegin = frame.candidateBegin;
    select.candidateEnd = frame.candidateEnd;
    select.keep = frame.keep;
    select.causalMerge = frame.causalMerge;
    select.firstRegion = frame.regions;
    select.ids = ids.data();
    select.found = found.data();
    std::vector<RegionId> chosen(static_cast<size_t>(frame.keep));
    std::vector<uint16_t> nominators(chosen.size());
    const kernels::MergeArgs merge{ids.data(),    found.data(),     lists, frame.keep, frame.keep,
                                   chosen.data(), nominators.data()};
    int32_t merged = 0;
    if (kernels::cpu::select(select) != Status::Ok || kernels::cpu::mergeRankMajor(merge, &merged) != Status::Ok) {
        return Error{ErrorCode::Internal, "The selection kernel refused its arguments."};
    }
    chosen.resize(static_cast<size_t>(merged));
    return attendedRegions(frame, std::move(chosen));
}

/// Arguments of one block of one query head.
kernels::TrainAttentionArgs<float> blockArgs(const TrainAttentionSpec& spec, const CpuTrainPlan& plan, int64_t block,
                                             int32_t head, const TrainTensor& q, const TrainTensor& k,
                                             const TrainTensor& v, const TrainTensor& out,
                                             const TrainTensor& logSumExp) {
    const int64_t begin = block * plan.blockTokens, dim = spec.headDim;
    const int64_t qStride = spec.heads * dim, kvStride = spec.kvHeads * dim;
    const int64_t kvHead = head / (spec.heads / spec.kvHeads);
    const std::vector<RegionId>& regions = plan.of(block, head);
    kernels::TrainAttentionArgs<float> args;
    args.q = q.as<float>() + begin * qStride + head * dim;
    args.qStride = qStride;
    args.rows = std::min(plan.blockTokens, spec.tokens - begin);
    args.k = k.as<float>() + kvHead * dim;
    args.v = v.as<float>() + kvHead * dim;
    args.kvStride = kvStride;
    args.headDim = spec.headDim;
    args.regions = regions.data();
    args.regionCount = static_cast<int64_t>(regions.size());
    args.regionTokens = spec.profile->region;
    args.ownBegin = args.firstQuery = begin;
    args.slidingWindow = spec.mode == AttentionMode::Dense ? spec.slidingWindow : 0;
    args.scale = 1.0 / std::sqrt(static_cast<double>(dim));
    args.out = out.as<float>() + begin * qStride + head * dim;
    args.outStride = qStride;
    args.logSumExp = logSumExp.as<float>() + begin * spec.heads + head;
    args.logSumExpStride = spec.heads;
    return args;
}

Error refused() {
    return {ErrorCode::Internal, "The training attention kernel refused its arguments."};
}

}  // namespace

Result<std::unique_ptr<TrainAttentionPlan>> CpuTrainBackend::planAttention(const TrainAttentionSpec& spec,
                                                                           const TrainTensor& q, const TrainTensor& k) {
    LECTERN_CHECK(spec.profile && spec.heads % spec.kvHeads == 0);
    const AttentionProfile& profile = *spec.profile;
    auto plan = std::make_unique<CpuTrainPlan>();
    const bool blockwise = isBlockwise(spec.mode);
    const bool perKvHead = profile.prefill.heads == HeadGrouping::PerKvHead;
    plan->blockTokens =
        blockwise ? profile.blockTokens() : (kDenseBlockTokens + profile.region - 1) / profile.region * profile.region;
    plan->headsPerGroup = !blockwise ? spec.heads : perKvHead ? spec.heads / spec.kvHeads : 1;
    plan->groups = spec.heads / plan->headsPerGroup;
    const int64_t blocks = (spec.tokens + plan->blockTokens - 1) / plan->blockTokens;
    plan->regions.resize(static_cast<size_t>(blocks * plan->groups));
    if (!blockwise) {
        for (int64_t block = 0; block < blocks; ++block) {
            SelectionFrame frame;
            frame.regions = frame.sinkEnd = frame.localBegin = block * plan->blockTokens / profile.region;
            plan->regions[static_cast<size_t>(block)] = attendedRegions(frame, {});
        }
        return std::unique_ptr<TrainAttentionPlan>(std::move(plan));
    }
    const bool choosing = !blockFrame(spec.mode, profile, (blocks - 1) * plan->blockTokens).dense;
    const Summaries summaries = choosing ? summarize(spec, k.as<float>(), m_pool) : Summaries{};
    std::atomic<bool> failed{false};
    m_pool.parallelFor(blocks * plan->groups, [&](int64_t task) {
        const int64_t block = blocks - 1 - task / plan->groups, begin = block * plan->blockTokens;
        const auto group = static_cast<int32_t>(task % plan->groups);
        const SelectionFrame frame = blockFrame(spec.mode, profile, begin);
        std::vector<RegionId>& regions = plan->regions[static_cast<size_t>(block * plan->groups + group)];
        if (frame.dense) {
            regions = attendedRegions(frame, {});
            return;
        }
        auto chosen = chooseRegions(spec, frame, summaries, q.as<float>(), begin,
                                    std::min(plan->blockTokens, spec.tokens - begin), group * plan->headsPerGroup,
                                    plan->headsPerGroup);
        if (chosen) {
            regions = std::move(*chosen);
        } else {
            failed = true;
        }
    });
    if (failed) {
        return refused();
    }
    return std::unique_ptr<TrainAttentionPlan>(std::move(plan));
}

Result<void> CpuTrainBackend::attention(const TrainAttentionSpec& spec, const TrainAttentionPlan& plan,
                                        const TrainTensor& q, const TrainTensor& k, const TrainTensor& v,
                                        TrainTensor& out, TrainTensor& logSumExp) {
    const auto& chosen = static_cast<const CpuTrainPlan&>(plan);
    const int64_t blocks = chosen.blocks();
    std::atomic<bool> failed{false};
    m_pool.parallelFor(blocks * spec.heads, [&](int64_t task) {
        // Later blocks first: they are the longest.
        const int64_t block = blocks - 1 - task / spec.heads;
        const auto args =
            blockArgs(spec, chosen, block, static_cast<int32_t>(task % spec.heads), q, k, v, out, logSumExp);
        if (kernels::cpu::trainAttention(args) != Status::Ok) {
            failed = true;
        }
    });
    if (failed) {
        return refused();
    }
    return {};
}

Result<void> CpuTrainBackend::attentionBackward(const TrainAttentionSpec& spec, const TrainAttentionPlan& plan,
                                                const TrainTensor& q, const TrainTensor& k, const TrainTensor& v,
                                                const TrainTensor& out, const TrainTensor& logSumExp,
                                                const TrainTensor& dOut, TrainTensor& dQ, TrainTensor& dK,
                                                TrainTensor& dV) {
    const auto& chosen = static_cast<const CpuTrainPlan&>(plan);
    const int64_t blocks = chosen.blocks(), dim = spec.headDim, tokens = spec.tokens;
    const int32_t groupSize = spec.heads / spec.kvHeads;
    // Blocks add to the same keys, so a head goes through its blocks in order; heads that share a K/V head add up their
    // own gradients first, in order, at the end.
    const auto size = static_cast<size_t>(spec.heads * tokens * dim);
    m_keyGradients.assign(size, 0.0f);
    m_valueGradients.assign(size, 0.0f);
    std::atomic<bool> failed{false};
    m_pool.parallelFor(spec.heads, [&](int64_t head) {
        for (int64_t block = 0; block < blocks; ++block) {
            auto args = blockArgs(spec, chosen, block, static_cast<int32_t>(head), q, k, v, out, logSumExp);
            const int64_t row = block * chosen.blockTokens * args.qStride + head * dim;
            args.dOut = dOut.as<float>() + row;
            args.dQ = dQ.as<float>() + row;
            args.dK = m_keyGradients.data() + head * tokens * dim;
            args.dV = m_valueGradients.data() + head * tokens * dim;
            args.dKvStride = dim;
            if (kernels::cpu::trainAttentionBackward(args) != Status::Ok) {
                failed = true;
            }
        }
    });
    forRows(tokens, [&](int64_t begin, int64_t rows) {
        for (int64_t t = begin; t < begin + rows; ++t) {
            for (int32_t head = 0; head < spec.heads; ++head) {
                const int64_t at = t * dK.columns + head / groupSize * dim;
                const int64_t from = (head * tokens + t) * dim;
                if (head % groupSize == 0) {
                    std::copy_n(m_keyGradients.data() + from, dim, dK.as<float>() + at);
                    std::copy_n(m_valueGradients.data() + from, dim, dV.as<float>() + at);
                } else {
                    kernels::cpu::addInPlace(dK.as<float>() + at, m_keyGradients.data() + from, dim);
                    kernels::cpu::addInPlace(dV.as<float>() + at, m_valueGradients.data() + from, dim);
                }
            }
        }
    });
    if (failed) {
        return refused();
    }
    return {};
}

}  // namespace lectern

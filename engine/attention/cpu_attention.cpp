#include "engine/attention/cpu_attention.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <mutex>
#include <optional>

#include "engine/attention/answer_recorder.h"
#include "engine/attention/cpu_selection.h"
#include "engine/attention/planner.h"
#include "engine/cache/cpu_kv_storage.h"
#include "kernels/cpu/cpu.h"

namespace lectern {
namespace {

using cpu_attention::BlockSelections;
using cpu_attention::Call;
using cpu_attention::groupCount;
using cpu_attention::HeadGroup;
using cpu_attention::headGroup;
using cpu_attention::selectForToken;
using kernels::Status;

// Dense attention reads all keys once per query block: taller blocks mean fewer passes, but too few tasks starve the
// threads.
constexpr int64_t kDenseBlockTokens = 128;

Status attend(const Call& call, const HeadGroup& group, int64_t row, int64_t rows, int64_t ownBegin,
              const std::vector<RegionId>& regions, float* regionMass) {
    if (auto checked = call.storage.prepare(call.op.layer, regions, ownBegin); !checked) {
        call.fail(checked.error());
        return Status::InvalidArgument;
    }
    kernels::GatheredAttentionArgs args;
    args.q = call.q + row * call.rowStride() + static_cast<int64_t>(group.first) * call.dim;
    args.qStride = call.rowStride();
    args.queryTokens = rows;
    args.groupHeads = group.count;
    args.kvHead = group.kvHead;
    args.kv = call.kv;
    args.regions = regions.data();
    args.regionCount = static_cast<int64_t>(regions.size());
    args.ownBegin = ownBegin;
    args.firstQuery = call.op.firstToken + row;
    args.slidingWindow = call.op.mode == AttentionMode::Dense ? call.op.slidingWindow : 0;
    args.scale = 1.0f / std::sqrt(static_cast<float>(call.dim));
    // A cache of f32 is asked for where results must be exact.
    args.bf16Products = call.kv.type != KvType::F32;
    args.out = call.out + row * call.rowStride() + static_cast<int64_t>(group.first) * call.dim;
    args.outStride = call.rowStride();
    args.regionMass = regionMass;
    args.gatherCos = call.gatherCos;
    args.gatherSin = call.gatherSin;
    return kernels::cpu::gatheredAttention(args);
}

/// One block of a block-wise mode for one head group: all rows attend the merged choice of the block's regions.
Status blockTask(const Call& call, int64_t block, const BlockSelections& selections, int32_t groupIndex) {
    const AttentionProfile& profile = *call.op.profile;
    const HeadGroup group = headGroup(call, profile.prefill.heads, groupIndex);
    const int64_t row = block * profile.blockTokens();
    const int64_t rows = std::min<int64_t>(profile.blockTokens(), call.op.tokens - row);
    const int64_t begin = call.op.firstToken + row;
    const SelectionFrame frame = blockFrame(call.op.mode, profile, begin);
    return attend(call, group, row, rows, begin, attendedRegions(frame, selections.chosen(block, groupIndex)), nullptr);
}

/// The selection scores of `regions`, 0 for those that were kept without a choice.
std::vector<float> alignedScores(const std::vector<RegionId>& regions, const std::vector<RegionId>& chosen,
                                 const std::vector<float>& scores) {
    std::vector<float> aligned(regions.size(), 0.0f);
    for (size_t i = 0; i < chosen.size() && i < scores.size(); ++i) {
        const auto at = std::lower_bound(regions.begin(), regions.end(), chosen[i]);
        if (at != regions.end() && *at == chosen[i]) {
            aligned[static_cast<size_t>(at - regions.begin())] = scores[i];
        }
    }
    return aligned;
}

/// One query token of one head group under ms_decode or dense decoding.
Status tokenTask(const Call& call, int64_t row, int32_t groupIndex, std::mutex& traceMutex) {
    const AttentionProfile& profile = *call.op.profile;
    const HeadGroup group = headGroup(call, profile.decode.heads, groupIndex);
    const int64_t token = call.op.firstToken + row;
    SelectionFrame frame = decodeFrame(call.op.mode, profile, token);
    narrowCandidates(frame, call.op.excludedRegions);
    std::vector<RegionId> chosen;
    std::vector<float> scores;
    if (!frame.dense) {
        if (const Status status = selectForToken(call, group, frame, row, chosen, scores); status != Status::Ok) {
            return status;
        }
    }
    const std::vector<RegionId> regions = attendedRegions(frame, chosen, call.op.excludedRegions);
    const bool traced = call.op.answerTrace != nullptr;
    std::vector<float> mass(traced ? static_cast<size_t>(group.count) * (regions.size() + 1) : 0);
    const int64_t ownBegin = token / profile.region * profile.region;
    const Status status = attend(call, group, row, 1, ownBegin, regions, traced ? mass.data() : nullptr);
    if (status == Status::Ok && traced) {
        AnswerTrace& trace = *call.op.answerTrace;
        AnswerTrace::Step& step =
            trace.steps[trace.steps.size() - static_cast<size_t>(call.op.tokens) + static_cast<size_t>(row)];
        const std::vector<float> aligned = alignedScores(regions, chosen, scores);
        const GroupAttention attended{
            call.op.layer, group.index, group.first, group.count,
            regions,       aligned,     mass.data(), static_cast<int64_t>(regions.size()) + 1};
        recordGroup(attended, trace.groupCount, call.op.traceLimits, step);
        const std::lock_guard lock(traceMutex);
        recordCitation(attended, profile, step);
    }
    return status;
}

/// Rows [row, row + rows) of dense attention over everything before them.
Status denseTask(const Call& call, int64_t row, int64_t rows, int32_t kvHead) {
    const HeadGroup group = headGroup(call, HeadGrouping::PerKvHead, kvHead);
    const int32_t region = call.kv.regionTokens;
    SelectionFrame frame;
    frame.regions = (call.op.firstToken + row) / region;
    return attend(call, group, row, rows, frame.regions * region, attendedRegions(frame, {}, call.op.excludedRegions),
                  nullptr);
}

}  // namespace

Result<void> cpuAttention(CpuKvStorage& storage, const AttentionOp& op, Tensor& out, ThreadPool& pool) {
    const AttentionProfile& profile = *op.profile;
    Call call{storage, op, op.q->f32(), op.q->f32(), out.f32(), 0, 1, storage.spec().headDim, storage.view(op.layer)};
    call.heads = static_cast<int32_t>(op.q->columns / call.dim);
    call.groupHeads = call.heads / storage.spec().kvHeads;

    std::vector<float> rotated, tables;
    if (op.gatherRope) {
        // Un-rotated caches: selection keeps the plain queries, attention rotates them and the gathered keys.
        const int64_t positions = call.kv.tokens, half = call.dim / 2;
        tables.resize(static_cast<size_t>(2 * positions * half));
        float* sin = tables.data() + positions * half;
        op.gatherRope->fill(0, positions, tables.data(), sin);
        rotated.assign(call.q, call.q + op.tokens * call.rowStride());
        kernels::cpu::rope(rotated.data(), tables.data() + op.firstToken * half, sin + op.firstToken * half, op.tokens,
                           call.heads, call.dim);
        call.q = rotated.data();
        call.gatherCos = tables.data();
        call.gatherSin = sin;
    }

    std::atomic<Status> status{Status::Ok};
    std::mutex traceMutex, errorMutex;
    std::optional<Error> error;
    call.errorMutex = &errorMutex;
    call.error = &error;
    const auto note = [&](Status result) {
        if (result != Status::Ok) {
            status = result;
        }
    };
    const bool blockwise = op.mode == AttentionMode::MsPrefill || op.mode == AttentionMode::MsTrain ||
                           op.mode == AttentionMode::MsPretrain;
    if (blockwise) {
        const int64_t blocks = (op.tokens + profile.blockTokens() - 1) / profile.blockTokens();
        const int32_t groups = groupCount(call, profile.prefill.heads);
        BlockSelections selections(call, blocks, groups);
        pool.parallelFor(selections.tasks(), [&](int64_t task) { note(selections.run(task)); });
        // Later blocks first: they are the longest tasks while a chunk still lies in the dense beginning.
        pool.parallelFor(status.load() == Status::Ok ? blocks * groups : 0, [&](int64_t task) {
            note(blockTask(call, blocks - 1 - task / groups, selections, static_cast<int32_t>(task % groups)));
        });
    } else if (op.mode == AttentionMode::Dense && !op.answerTrace) {
        const int64_t blocks = (op.tokens + kDenseBlockTokens - 1) / kDenseBlockTokens;
        const int32_t groups = groupCount(call, HeadGrouping::PerKvHead);
        pool.parallelFor(blocks * groups, [&](int64_t task) {
            const int64_t row = (blocks - 1 - task / groups) * kDenseBlockTokens;
            note(denseTask(call, row, std::min(kDenseBlockTokens, op.tokens - row),
                           static_cast<int32_t>(task % groups)));
        });
    } else {
        const int32_t groups = groupCount(call, profile.decode.heads);
        call.lastSelections = storage.lastSelections(op.layer, groups);
        pool.parallelFor(op.tokens * groups, [&](int64_t task) {
            note(tokenTask(call, task / groups, static_cast<int32_t>(task % groups), traceMutex));
        });
    }
    if (error) {
        return *error;
    }
    if (status.load() != Status::Ok) {
        return Error{ErrorCode::Internal, "The attention kernel refused its arguments."};
    }
    return {};
}

}  // namespace lectern

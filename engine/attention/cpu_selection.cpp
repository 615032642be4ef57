#include "engine/attention/cpu_selection.h"

#include <algorithm>

#include "kernels/cpu/cpu.h"
#include "kernels/cpu/region_index.h"

namespace lectern::cpu_attention {
namespace {

using kernels::Status;

// Blocks selected together: their queries share each pass over the summaries.
constexpr int64_t kBlocksTogether = 4;

/// Appends the mean queries of the block's regions, [regions, group heads, Dh]; a partial last region averages the
/// tokens it has.
void addRegionQueries(const Call& call, const HeadGroup& group, int64_t row, int64_t rows, int32_t region,
                      std::vector<float>& means) {
    const int64_t count = (rows + region - 1) / region;
    const int64_t width = static_cast<int64_t>(group.count) * call.dim;
    const auto offset = static_cast<int64_t>(means.size());
    means.resize(static_cast<size_t>(offset + count * width), 0.0f);
    for (int64_t r = 0; r < rows; ++r) {
        float* mean = means.data() + offset + r / region * width;
        const float* q = call.selectionQ + (row + r) * call.rowStride() + static_cast<int64_t>(group.first) * call.dim;
        for (int64_t d = 0; d < width; ++d) {
            mean[d] += q[d];
        }
    }
    for (int64_t i = 0; i < count; ++i) {
        const float share = 1.0f / static_cast<float>(std::min<int64_t>(region, rows - i * region));
        for (int64_t d = 0; d < width; ++d) {
            means[static_cast<size_t>(offset + i * width + d)] *= share;
        }
    }
}

/// One list per query over the f32 summaries of an f32 cache, all of them scored.
Status selectExact(const kernels::cpu::IndexedSelectArgs& args, const kernels::RegionSummaryView& summaries) {
    for (int32_t i = 0; i < args.queryCount; ++i) {
        kernels::SelectArgs one;
        one.queries = args.queries + int64_t{i} * args.groupHeads * summaries.headDim;
        one.queryCount = 1;
        one.groupHeads = args.groupHeads;
        one.summaries = summaries;
        one.scorer = args.scorer;
        one.candidateBegin = args.candidateBegin;
        one.candidateEnd = std::max(args.candidateBegin, args.candidateEnds[i]);
        one.keep = args.keep;
        one.ids = args.ids + int64_t{i} * args.keep;
        one.scores = args.scores ? args.scores + int64_t{i} * args.keep : nullptr;
        one.found = args.found + i;
        if (const Status status = kernels::cpu::select(one); status != Status::Ok) {
            return status;
        }
        *args.visited += one.candidateEnd - one.candidateBegin;
    }
    return Status::Ok;
}

Status select(const Call& call, const HeadGroup& group, const kernels::cpu::IndexedSelectArgs& args) {
    return call.kv.type == KvType::F32 ? selectExact(args, call.storage.exactSummaries(call.op.layer, group.kvHead))
                                       : kernels::cpu::selectIndexed(args);
}

}  // namespace

HeadGroup headGroup(const Call& call, HeadGrouping grouping, int32_t index) {
    if (grouping == HeadGrouping::PerKvHead) {
        return {index, index * call.groupHeads, call.groupHeads, index};
    }
    return {index, index, 1, index / call.groupHeads};
}

int32_t groupCount(const Call& call, HeadGrouping grouping) {
    return grouping == HeadGrouping::PerKvHead ? call.heads / call.groupHeads : call.heads;
}

BlockSelections::BlockSelections(const Call& call, int64_t blocks, int32_t groups)
    : m_call(call), m_blocks(blocks), m_groups(groups), m_chosen(static_cast<size_t>(blocks * groups)) {
    const AttentionProfile& profile = *call.op.profile;
    const auto dense = [&](int64_t block) {
        return blockFrame(call.op.mode, profile, call.op.firstToken + block * profile.blockTokens()).dense;
    };
    while (m_firstBlock < blocks && dense(m_firstBlock)) {
        ++m_firstBlock;
    }
    m_sets = (blocks - m_firstBlock + kBlocksTogether - 1) / kBlocksTogether;
}

Status BlockSelections::run(int64_t task) {
    const AttentionProfile& profile = *m_call.op.profile;
    const HeadGroup group = headGroup(m_call, profile.prefill.heads, static_cast<int32_t>(task % m_groups));
    const int64_t first = m_firstBlock + task / m_groups * kBlocksTogether;
    const int64_t end = std::min(m_blocks, first + kBlocksTogether);
    std::vector<float> queries;
    std::vector<int64_t> ends;
    std::vector<SelectionFrame> frames;
    for (int64_t block = first; block < end; ++block) {
        const int64_t row = block * profile.blockTokens();
        const int64_t rows = std::min<int64_t>(profile.blockTokens(), m_call.op.tokens - row);
        const SelectionFrame frame = blockFrame(m_call.op.mode, profile, m_call.op.firstToken + row);
        addRegionQueries(m_call, group, row, rows, profile.region, queries);
        for (int64_t i = 0; i < (rows + profile.region - 1) / profile.region; ++i) {
            const int64_t last = frame.causalMerge > 0
                                     ? std::min(frame.candidateEnd, frame.regions + i - frame.causalMerge + 1)
                                     : frame.candidateEnd;
            ends.push_back(std::max(last, frame.candidateBegin));
        }
        frames.push_back(frame);
    }
    const SelectionFrame& frame = frames.front();
    std::vector<RegionId> ids(ends.size() * static_cast<size_t>(frame.keep));
    std::vector<int32_t> found(ends.size());
    kernels::cpu::IndexedSelectArgs args;
    args.queries = queries.data();
    args.queryCount = static_cast<int32_t>(ends.size());
    args.groupHeads = group.count;
    args.index = m_call.storage.regionIndex(m_call.op.layer, group.kvHead);
    args.scorer = profile.prefill.scorer;
    args.level = profile.search == SearchLevel::Flat ? SearchLevel::Flat : SearchLevel::Exact;
    args.candidateBegin = frame.candidateBegin;
    args.candidateEnds = ends.data();
    args.keep = frame.keep;
    args.ids = ids.data();
    args.found = found.data();
    int64_t visited = 0, candidates = 0;
    args.visited = &visited;
    if (const Status status = select(m_call, group, args); status != Status::Ok) {
        return status;
    }
    for (const int64_t last : ends) {
        candidates += last - frame.candidateBegin;
    }
    m_call.storage.countSelection(candidates, visited);
    size_t list = 0;
    for (int64_t block = first; block < end; ++block) {
        const SelectionFrame& own = frames[static_cast<size_t>(block - first)];
        if (const Status status =
                merge(block, group, own, ids.data() + list * static_cast<size_t>(own.keep), found.data() + list);
            status != Status::Ok) {
            return status;
        }
        list += static_cast<size_t>(profile.merge);
    }
    return Status::Ok;
}

Status BlockSelections::merge(int64_t block, const HeadGroup& group, const SelectionFrame& frame, const RegionId* ids,
                              const int32_t* found) {
    const AttentionProfile& profile = *m_call.op.profile;
    const int64_t rows = std::min<int64_t>(profile.blockTokens(), m_call.op.tokens - block * profile.blockTokens());
    const auto lists = static_cast<int32_t>((rows + profile.region - 1) / profile.region);
    std::vector<RegionId>& chosen = m_chosen[static_cast<size_t>(block * m_groups + group.index)];
    chosen.resize(static_cast<size_t>(frame.keep));
    std::vector<uint16_t> nominators(chosen.size());
    int32_t merged = 0;
    const kernels::MergeArgs args{ids, found, lists, frame.keep, frame.keep, chosen.data(), nominators.data()};
    if (const Status status = kernels::cpu::mergeRankMajor(args, &merged); status != Status::Ok) {
        return status;
    }
    chosen.resize(static_cast<size_t>(merged));
    if (m_call.op.documentTrace) {
        std::vector<DocumentTrace::Entry> entries(chosen.size());
        for (size_t i = 0; i < entries.size(); ++i) {
            entries[i] = {chosen[i], nominators[i]};
        }
        m_call.op.documentTrace->set(m_call.op.firstToken / profile.blockTokens() + block, m_call.op.layer, group.index,
                                     std::move(entries));
    }
    return Status::Ok;
}

Status selectForToken(const Call& call, const HeadGroup& group, const SelectionFrame& frame, int64_t row,
                      std::vector<RegionId>& chosen, std::vector<float>& scores) {
    const AttentionProfile& profile = *call.op.profile;
    chosen.resize(static_cast<size_t>(frame.keep));
    scores.resize(chosen.size());
    int32_t found = 0;
    int64_t visited = 0;
    kernels::cpu::IndexedSelectArgs args;
    args.queries = call.selectionQ + row * call.rowStride() + static_cast<int64_t>(group.first) * call.dim;
    args.queryCount = 1;
    args.groupHeads = group.count;
    args.index = call.storage.regionIndex(call.op.layer, group.kvHead);
    args.scorer = profile.decode.scorer;
    args.level = profile.search;
    args.probe = static_cast<float>(profile.searchProbe);
    args.candidateBegin = frame.candidateBegin;
    args.candidateEnds = &frame.candidateEnd;
    args.keep = frame.keep;
    args.ids = chosen.data();
    args.scores = scores.data();
    args.found = &found;
    args.visited = &visited;
    // Tokens of one call run side by side; only a single one has a predecessor whose choice is settled.
    std::vector<RegionId>& last = call.lastSelections[static_cast<size_t>(group.index)];
    if (call.op.tokens == 1) {
        args.seeds = last.data();
        args.seedCount = std::ssize(last);
    }
    const Status status = select(call, group, args);
    if (status != Status::Ok) {
        return status;
    }
    chosen.resize(static_cast<size_t>(found));
    scores.resize(chosen.size());
    if (call.op.tokens == 1) {
        last = chosen;
    }
    call.storage.countSelection(frame.candidateEnd - frame.candidateBegin, visited);
    return Status::Ok;
}

}  // namespace lectern::cpu_attention

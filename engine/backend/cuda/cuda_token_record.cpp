// The answer trace of a captured step: reduced on the device, read into the step's entries.

#include <algorithm>

#include "engine/backend/cuda/cuda_token_forward.h"
#include "kernels/cuda/answer_record.h"

namespace lectern {

using namespace kernels::cuda;

Result<void> CudaTokenForward::prepareRecord(const Key& key) {
    const auto layers = static_cast<int64_t>(m_model.layers.size());
    const int64_t lists = layers * m_rule.selectors;
    int64_t at = 0;
    const auto place = [&](int64_t bytes) {
        const int64_t here = at;
        at += divideUp(bytes, 256) * 256;
        return here;
    };
    const int64_t entryBytes = sizeof(RecordedRegion);
    m_reducedLayout.entries = place(lists * key.entriesPerGroup * entryBytes);
    m_reducedLayout.counts = place(lists * 4);
    m_reducedLayout.cited = place(key.citationEntries * entryBytes);
    m_reducedLayout.citedCount = place(4);
    m_reducedLayout.bytes = at;
    LECTERN_TRY(grow(m_reduced, at));
    for (Side& side : m_sides) {
        if (side.reduced.sizeBytes() < at) {
            LECTERN_ASSIGN(side.reduced, m_context->allocatePinned(at));
        }
    }
    const auto& calibrated = key.citationHeads;
    std::vector<float> weights(static_cast<size_t>(layers * m_model.heads), calibrated.empty() ? 1.0f : 0.0f);
    for (const CitationHead& entry : calibrated) {
        if (entry.layer >= 0 && entry.layer < layers && entry.head >= 0 && entry.head < m_model.heads) {
            weights[static_cast<size_t>(entry.layer * m_model.heads + entry.head)] += entry.weight;
        }
    }
    m_weightSum = 0;
    for (const float weight : weights) {
        m_weightSum += std::max(0.0f, weight);
    }
    m_weightSum = std::max(m_weightSum, 1e-3f);
    LECTERN_TRY(grow(m_headWeights, static_cast<int64_t>(weights.size()) * 4));
    return m_context->check(cudaMemcpyAsync(m_headWeights.data(), weights.data(), weights.size() * 4,
                                            cudaMemcpyHostToDevice, m_context->stream()),
                            "uploading citation weights");
}

Result<void> CudaTokenForward::launchRecord(const TokenStep& step) {
    const Side& side = m_sides[m_side];
    const cudaStream_t stream = m_traceStream.get();
    LECTERN_TRY(m_context->check(cudaEventRecord(side.written.get(), m_context->stream()), "recording the selection"));
    LECTERN_TRY(m_context->check(cudaStreamWaitEvent(stream, side.written.get(), 0), "recording the selection"));
    AnswerRecordArgs args;
    args.lists = side.record.data();
    args.layerBytes = m_layout.layerBytes;
    args.regionsAt = m_layout.regions;
    args.countsAt = m_layout.counts;
    args.scoresAt = m_layout.scores;
    args.massAt = m_layout.mass;
    args.massLogAt = m_layout.massLog;
    args.layers = static_cast<int32_t>(m_model.layers.size());
    args.selectors = m_rule.selectors;
    args.headsPerSelector = m_rule.headsPerSelector;
    args.stride = m_rule.stride;
    args.massStride = m_rule.massStride;
    args.listed = m_rule.listed;
    // The position on the device may be the next token's by now.
    args.tokens.value = step.firstToken;
    args.regionTokens = m_key.region;
    args.slidingWindow = m_key.mode == AttentionMode::Dense ? m_model.slidingWindow : 0;
    args.keep = m_key.entriesPerGroup;
    args.entries = reinterpret_cast<RecordedRegion*>(m_reduced.data() + m_reducedLayout.entries);
    args.entryCounts = reinterpret_cast<int32_t*>(m_reduced.data() + m_reducedLayout.counts);
    args.headWeights = m_headWeights.as<const float>();
    args.weightSum = m_weightSum;
    args.sink = m_key.rule.sink;
    args.sums = m_citationSums.as<uint32_t>();
    args.regionBound = m_key.regionBound;
    args.citationKeep = m_key.citationEntries;
    args.cited = reinterpret_cast<RecordedRegion*>(m_reduced.data() + m_reducedLayout.cited);
    args.citedCount = reinterpret_cast<int32_t*>(m_reduced.data() + m_reducedLayout.citedCount);
    LECTERN_TRY(m_context->check(recordAnswer(args, stream), "recording the selection"));
    LECTERN_TRY(
        m_context->check(cudaMemcpyAsync(side.reduced.data(), m_reduced.data(),
                                         static_cast<size_t>(m_reducedLayout.bytes), cudaMemcpyDeviceToHost, stream),
                         "recording the selection"));
    return m_context->check(cudaEventRecord(side.recorded.get(), stream), "recording the selection");
}

Result<void> CudaTokenForward::settleTrace() {
    if (!m_unsettled) {
        return {};
    }
    const Unsettled pending = *m_unsettled;
    m_unsettled.reset();
    const Side& side = m_sides[pending.side];
    LECTERN_TRY(m_context->check(cudaEventSynchronize(side.recorded.get()), "recording the selection"));
    read(side, *pending.trace, pending.trace->steps[pending.step]);
    return {};
}

void CudaTokenForward::read(const Side& side, AnswerTrace& trace, AnswerTrace::Step& out) const {
    const std::byte* base = side.reduced.data();
    const auto* entries = reinterpret_cast<const RecordedRegion*>(base + m_reducedLayout.entries);
    const auto* counts = reinterpret_cast<const int32_t*>(base + m_reducedLayout.counts);
    const auto layers = static_cast<int32_t>(m_model.layers.size());
    for (int32_t layer = 0; layer < layers; ++layer) {
        for (int32_t s = 0; s < m_rule.selectors; ++s) {
            const int64_t list = int64_t{layer} * m_rule.selectors + s;
            const RecordedRegion* first = entries + list * m_key.entriesPerGroup;
            auto& group = out.groups[static_cast<size_t>(layer * trace.groupCount + s)];
            group.resize(static_cast<size_t>(counts[list]));
            for (size_t i = 0; i < group.size(); ++i) {
                group[i] = {first[i].region, first[i].score, first[i].mass};
            }
        }
    }
    const auto* cited = reinterpret_cast<const RecordedRegion*>(base + m_reducedLayout.cited);
    const int32_t citedCount = *reinterpret_cast<const int32_t*>(base + m_reducedLayout.citedCount);
    for (int32_t i = 0; i < citedCount; ++i) {
        out.citation.push_back({cited[i].region, cited[i].mass});
    }
}

}  // namespace lectern

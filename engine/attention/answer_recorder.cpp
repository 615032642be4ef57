#include "engine/attention/answer_recorder.h"

#include <algorithm>

namespace lectern {

void recordGroup(const GroupAttention& group, int32_t groupCount, const AnswerTraceLimits& limits,
                 AnswerTrace::Step& step) {
    std::vector<AnswerTrace::Entry> entries(group.regions.size());
    for (size_t i = 0; i < entries.size(); ++i) {
        float total = 0;
        for (int32_t h = 0; h < group.headCount; ++h) {
            total += group.mass[h * group.massStride + static_cast<int64_t>(i)];
        }
        entries[i] = {group.regions[i], group.scores.empty() ? 0.0f : group.scores[i],
                      total / static_cast<float>(group.headCount)};
    }
    const auto keep = std::min<size_t>(entries.size(), static_cast<size_t>(limits.entriesPerGroup));
    std::partial_sort(entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(keep), entries.end(),
                      [](const AnswerTrace::Entry& a, const AnswerTrace::Entry& b) {
                          return a.mass != b.mass ? a.mass > b.mass : a.region < b.region;
                      });
    entries.resize(keep);
    step.groups[static_cast<size_t>(group.layer * groupCount + group.group)] = std::move(entries);
}

void recordCitation(const GroupAttention& group, const AttentionProfile& profile, AnswerTrace::Step& step) {
    const auto addHead = [&](int32_t head, float weight) {
        const float* row = group.mass + (head - group.firstHead) * group.massStride;
        // A region below this share cannot reach the top of a sentence's sum.
        const float least = 0.5f / static_cast<float>(group.regions.size() + 1);
        for (size_t i = 0; i < group.regions.size(); ++i) {
            if (group.regions[i] >= profile.decode.sink && row[i] > least) {
                step.citation.push_back({group.regions[i], weight * row[i]});
            }
        }
    };
    if (profile.citationHeads.empty()) {
        for (int32_t head = group.firstHead; head < group.firstHead + group.headCount; ++head) {
            addHead(head, 1.0f);
        }
        return;
    }
    for (const CitationHead& entry : profile.citationHeads) {
        if (entry.layer == group.layer && entry.head >= group.firstHead &&
            entry.head < group.firstHead + group.headCount) {
            addHead(entry.head, entry.weight);
        }
    }
}

}  // namespace lectern

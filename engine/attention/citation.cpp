#include "engine/attention/citation.h"

#include <algorithm>
#include <map>

namespace lectern {
namespace {

/// Summed weight of every region that lies in the document.
std::map<RegionId, float> regionMass(const AnswerTrace& trace, TokenRange answer, TokenRange document) {
    std::map<RegionId, float> mass;
    for (const AnswerTrace::Step& step : trace.steps) {
        // A step's pass over token t produced token t + 1.
        if (step.token + 1 < answer.begin || step.token + 1 >= answer.end) {
            continue;
        }
        for (const AnswerTrace::RegionWeight& entry : step.citation) {
            const int64_t begin = static_cast<int64_t>(entry.region) * trace.regionTokens;
            if (begin < document.end && begin + trace.regionTokens > document.begin) {
                mass[entry.region] += entry.weight;
            }
        }
    }
    return mass;
}

}  // namespace

std::vector<CitedRange> rankCitations(const AnswerTrace& trace, TokenRange answer, TokenRange document,
                                      const CitationOptions& options) {
    std::map<RegionId, float> mass = regionMass(trace, answer, document);
    float total = 0;
    for (const auto& [region, weight] : mass) {
        total += weight;
    }
    std::vector<CitedRange> ranges;
    while (total > 0 && !mass.empty() && static_cast<int32_t>(ranges.size()) < options.maxRanges) {
        // std::map iterates upwards and max_element keeps the first: ties go to the lower region.
        const auto peak = std::max_element(mass.begin(), mass.end(),
                                           [](const auto& a, const auto& b) { return a.second < b.second; });
        const float least = peak->second * options.joinShare;
        auto first = peak, last = peak;
        while (first != mass.begin() && std::prev(first)->first == first->first - 1 &&
               std::prev(first)->second >= least) {
            --first;
        }
        while (std::next(last) != mass.end() && std::next(last)->first == last->first + 1 &&
               std::next(last)->second >= least) {
            ++last;
        }
        CitedRange range;
        for (auto at = first; at != std::next(last); ++at) {
            range.regions.push_back(at->first);
            range.weight += at->second / total;
        }
        range.tokens.begin = std::max(document.begin, static_cast<int64_t>(first->first) * trace.regionTokens);
        range.tokens.end = std::min(document.end, static_cast<int64_t>(last->first + 1) * trace.regionTokens);
        mass.erase(first, std::next(last));
        if (!ranges.empty() && range.weight < options.keepShare * ranges.front().weight) {
            break;
        }
        ranges.push_back(std::move(range));
    }
    return ranges;
}

}  // namespace lectern

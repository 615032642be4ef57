#include "engine/eval/citation_calibration.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace lectern {
namespace {

struct HeadCount {
    int64_t hits = 0;
    double mass = 0;
    int64_t steps = 0;
};

/// Adds one right answer's trace; groups are query heads here.
void count(const AnswerTrace& trace, size_t answerTokens, TokenRange fact, int64_t documentTokens,
           std::vector<HeadCount>& heads) {
    const int32_t region = trace.regionTokens;
    for (size_t head = 0; head < heads.size(); ++head) {
        std::map<RegionId, double> mass;
        for (size_t step = 0; step < std::min(answerTokens, trace.steps.size()); ++step) {
            double factMass = 0;
            for (const AnswerTrace::Entry& entry : trace.steps[step].groups[head]) {
                const int64_t begin = static_cast<int64_t>(entry.region) * region;
                if (entry.region < trace.sink || begin >= documentTokens) {
                    continue;
                }
                mass[entry.region] += entry.mass;
                if (begin < fact.end && begin + region > fact.begin) {
                    factMass += entry.mass;
                }
            }
            heads[head].mass += factMass;
            ++heads[head].steps;
        }
        const auto best = std::max_element(mass.begin(), mass.end(),
                                           [](const auto& a, const auto& b) { return a.second < b.second; });
        if (best != mass.end()) {
            const int64_t begin = static_cast<int64_t>(best->first) * region;
            heads[head].hits += begin < fact.end && begin + region > fact.begin;
        }
    }
}

}  // namespace

Result<std::vector<HeadRetrieval>> measureRetrievalHeads(const LoadedModel& loaded, const RetrievalSpec& spec,
                                                         const MakeTask& makeTask,
                                                         const std::function<void(const RetrievalTrial&)>& onTrial,
                                                         std::stop_token stop) {
    LoadedModel perHead = loaded;
    perHead.profile.decode.heads = HeadGrouping::PerQueryHead;
    const ModelConfig& config = loaded.model->config();
    std::vector<HeadCount> heads(static_cast<size_t>(config.layerCount) * static_cast<size_t>(config.headCount));
    int64_t right = 0;
    const auto onTrace = [&](const FinishedTrial& finished) {
        if (finished.trial.correct) {
            ++right;
            count(finished.trace, finished.generation.tokens.size(), finished.trial.factTokens,
                  finished.trial.documentTokens, heads);
        }
    };
    LECTERN_TRY(runRetrieval(perHead, spec, makeTask, onTrial, stop, onTrace));
    if (right == 0) {
        return Error{ErrorCode::NotFound, "No answer was right, so nothing can be said about the heads."};
    }
    std::vector<HeadRetrieval> result;
    for (size_t i = 0; i < heads.size(); ++i) {
        result.push_back({static_cast<int32_t>(i) / config.headCount, static_cast<int32_t>(i) % config.headCount,
                          static_cast<double>(heads[i].hits) / static_cast<double>(right),
                          heads[i].mass / static_cast<double>(std::max<int64_t>(1, heads[i].steps))});
    }
    return result;
}

std::vector<CitationHead> chooseCitationHeads(const std::vector<HeadRetrieval>& heads, double minimumRate,
                                              int32_t atMost) {
    std::vector<CitationHead> chosen;
    for (const HeadRetrieval& head : heads) {
        if (head.hitRate >= minimumRate) {
            chosen.push_back({head.layer, head.head, static_cast<float>(head.hitRate * head.factMass)});
        }
    }
    std::stable_sort(chosen.begin(), chosen.end(),
                     [](const CitationHead& a, const CitationHead& b) { return a.weight > b.weight; });
    if (static_cast<int32_t>(chosen.size()) > atMost) {
        chosen.resize(static_cast<size_t>(atMost));
    }
    const float largest = chosen.empty() ? 1.0f : chosen.front().weight;
    for (CitationHead& head : chosen) {
        head.weight = std::round(head.weight / largest * 1000) / 1000;
    }
    return chosen;
}

}  // namespace lectern

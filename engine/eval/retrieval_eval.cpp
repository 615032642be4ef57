#include "engine/eval/retrieval_eval.h"

#include <algorithm>
#include <chrono>
#include <map>

namespace lectern {
namespace {

/// The document's regions by citation weight summed over the answer, heaviest first, at most a handful.
std::vector<AnswerTrace::RegionWeight> heaviestRegions(const AnswerTrace& trace, int64_t documentTokens) {
    constexpr size_t kMost = 5;
    std::map<RegionId, float> weights;
    for (const AnswerTrace::Step& step : trace.steps) {
        for (const AnswerTrace::RegionWeight& entry : step.citation) {
            if (static_cast<int64_t>(entry.region) * trace.regionTokens < documentTokens) {
                weights[entry.region] += entry.weight;
            }
        }
    }
    std::vector<AnswerTrace::RegionWeight> ranked;
    for (const auto& [region, weight] : weights) {
        ranked.push_back({region, weight});
    }
    std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.weight > b.weight; });
    ranked.resize(std::min(kMost, ranked.size()));
    return ranked;
}

Result<RetrievalTrial> runTrial(const LoadedModel& loaded, const RetrievalSpec& spec, const RetrievalTask& task,
                                std::stop_token stop, const TraceCallback& onTrace) {
    SessionOptions options = loaded.sessionOptions(spec.contextTokens);
    options.recordAnswerTrace = true;
    LECTERN_ASSIGN(const std::unique_ptr<Session> session,
                   Session::create(loaded.model, loaded.backend, std::move(options)));
    RetrievalTrial trial;
    trial.depth = task.depth;
    trial.expected = task.expected;
    trial.documentTokens = static_cast<int64_t>(task.document.size());
    LECTERN_TRY(session->prefill(
        task.document, [&](const PrefillProgress& progress) { trial.prefillSeconds = progress.seconds; }, stop));
    const auto start = std::chrono::steady_clock::now();
    LECTERN_TRY(session->decode(task.question, stop));
    GenerateOptions generate;
    generate.maxTokens = 24;
    generate.stopStrings = {"\n"};
    LECTERN_ASSIGN(const Generation generation, session->generate(generate, nullptr, stop));
    trial.decodeSeconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    trial.answer = normalizedAnswer(generation.text);
    trial.correct = trial.answer == task.expected;
    trial.factTokens = task.factTokens;
    trial.cited = heaviestRegions(session->answerTrace(), trial.documentTokens);
    if (!trial.cited.empty()) {
        const int64_t begin = static_cast<int64_t>(trial.cited[0].region) * session->answerTrace().regionTokens;
        trial.citedFact =
            begin < task.factTokens.end && begin + session->answerTrace().regionTokens > task.factTokens.begin;
    }
    if (onTrace) {
        onTrace(trial, session->answerTrace(), generation.tokens.size());
    }
    return trial;
}

}  // namespace

std::string normalizedAnswer(std::string_view text) {
    const auto isSpace = [](char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; };
    while (!text.empty() && isSpace(text.front())) {
        text.remove_prefix(1);
    }
    text = text.substr(0, text.find('\n'));
    while (!text.empty() && (isSpace(text.back()) || text.back() == '.')) {
        text.remove_suffix(1);
    }
    return std::string(text);
}

Result<std::vector<RetrievalTrial>> runRetrieval(const LoadedModel& loaded, const RetrievalSpec& spec,
                                                 const MakeTask& makeTask,
                                                 const std::function<void(const RetrievalTrial&)>& onTrial,
                                                 std::stop_token stop, const TraceCallback& onTrace) {
    if (!loaded.model->hasTokenizer()) {
        return Error{ErrorCode::Unsupported, "This model has no tokenizer."};
    }
    std::vector<RetrievalTrial> trials;
    for (int32_t depthIndex = 0; depthIndex < spec.depths; ++depthIndex) {
        const double depth = spec.depths == 1 ? 0.5 : static_cast<double>(depthIndex) / (spec.depths - 1);
        for (int32_t index = 0; index < spec.trialsPerDepth; ++index) {
            const uint64_t seed =
                spec.seed + static_cast<uint64_t>(depthIndex) * 1000003u + static_cast<uint64_t>(index);
            LECTERN_ASSIGN(const RetrievalTask task, makeTask(depth, seed));
            LECTERN_ASSIGN(RetrievalTrial trial, runTrial(loaded, spec, task, stop, onTrace));
            trial.seed = seed;
            if (onTrial) {
                onTrial(trial);
            }
            trials.push_back(std::move(trial));
        }
    }
    return trials;
}

}  // namespace lectern

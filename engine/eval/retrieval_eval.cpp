#include "engine/eval/retrieval_eval.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <nlohmann/json.hpp>

#include "engine/core/resources.h"

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

/// The value alone, or followed by words ("46095 pounds") but no other number.
bool states(const std::string& answer, const std::string& expected) {
    return answer == expected || (answer.starts_with(expected + " ") &&
                                  answer.find_first_of("0123456789", expected.size()) == std::string::npos);
}

Result<RetrievalTrial> runQuestion(DocumentReading& reading, const RetrievalTask& task,
                                   const RetrievalQuestion& question, uint64_t seed, std::stop_token stop,
                                   const TraceCallback& onTrace) {
    constexpr int32_t kMaxTokens = 24;
    RetrievalTrial trial;
    trial.depth = question.depth;
    trial.seed = seed;
    trial.prefillSeconds = &question == &task.questions.front() ? reading.prefillSeconds() : 0.0;
    trial.question = question.question;
    trial.expected = question.expected;
    trial.factTokens = question.factTokens;
    trial.documentTokens = static_cast<int64_t>(task.document.size());
    const auto start = std::chrono::steady_clock::now();
    LECTERN_ASSIGN(const Generation generation, reading.answer(question.tokens, kMaxTokens, stop));
    trial.decodeSeconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    trial.answer = normalizedAnswer(generation.text);
    trial.correct = states(trial.answer, question.expected);
    const AnswerTrace& trace = reading.trace();
    trial.cited = heaviestRegions(trace, trial.documentTokens);
    if (!trial.cited.empty()) {
        const int64_t begin = static_cast<int64_t>(trial.cited[0].region) * trace.regionTokens;
        trial.citedFact = begin < question.factTokens.end && begin + trace.regionTokens > question.factTokens.begin;
    }
    if (onTrace) {
        onTrace({trial, task, generation, trace});
    }
    return trial;
}

/// Calls `visit` with every task of the spec, depth by depth.
template <class Visit>
Result<void> forEachTask(const RetrievalSpec& spec, const MakeTask& makeTask, const Visit& visit) {
    for (int32_t depthIndex = 0; depthIndex < spec.depths; ++depthIndex) {
        const double depth = spec.depths == 1 ? 0.5 : static_cast<double>(depthIndex) / (spec.depths - 1);
        for (int32_t index = 0; index < spec.trialsPerDepth; ++index) {
            const uint64_t seed =
                spec.seed + static_cast<uint64_t>(depthIndex) * 1000003u + static_cast<uint64_t>(index);
            LECTERN_ASSIGN(const RetrievalTask task, makeTask(depth, seed));
            LECTERN_TRY(visit(task, seed));
        }
    }
    return {};
}

}  // namespace

Result<DocumentReading> DocumentReading::read(const LoadedModel& loaded, std::span<const TokenId> document,
                                              int64_t contextTokens, std::stop_token stop) {
    SessionOptions options = loaded.sessionOptions(contextTokens);
    options.recordAnswerTrace = true;
    DocumentReading reading;
    LECTERN_ASSIGN(reading.m_session, Session::create(loaded.model, loaded.backend, std::move(options)));
    LECTERN_TRY(reading.m_session->prefill(
        document, [&](const PrefillProgress& progress) { reading.m_prefillSeconds = progress.seconds; }, stop));
    reading.m_documentTokens = static_cast<int64_t>(document.size());
    return reading;
}

Result<Generation> DocumentReading::answer(std::span<const TokenId> question, int32_t maxTokens, std::stop_token stop) {
    LECTERN_TRY(m_session->truncate(m_documentTokens));
    m_session->clearAnswerTrace();
    LECTERN_TRY(m_session->decode(question, stop));
    GenerateOptions generate;
    generate.maxTokens = maxTokens;
    generate.stopStrings = {"\n"};
    LECTERN_ASSIGN(Generation generation, m_session->generate(generate, nullptr, stop));
    if (generation.finish == FinishReason::Cancelled) {
        return Error{ErrorCode::Cancelled, "The evaluation was cancelled."};
    }
    return generation;
}

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
    const auto ask = [&](const RetrievalTask& task, uint64_t seed) -> Result<void> {
        LECTERN_ASSIGN(DocumentReading reading, DocumentReading::read(loaded, task.document, spec.contextTokens, stop));
        for (const RetrievalQuestion& question : task.questions) {
            LECTERN_ASSIGN(RetrievalTrial trial, runQuestion(reading, task, question, seed, stop, onTrace));
            if (onTrial) {
                onTrial(trial);
            }
            trials.push_back(std::move(trial));
        }
        return {};
    };
    LECTERN_TRY(forEachTask(spec, makeTask, ask));
    return trials;
}

Result<void> writeTasks(const Tokenizer& tokenizer, const RetrievalSpec& spec, const MakeTask& makeTask,
                        const std::filesystem::path& folder) {
    std::error_code failure;
    std::filesystem::create_directories(folder, failure);
    nlohmann::json questions = nlohmann::json::array();
    int number = 0;
    const auto write = [&](const RetrievalTask& task, uint64_t) -> Result<void> {
        std::string digits = std::to_string(number++);
        digits.insert(0, digits.size() < 3 ? 3 - digits.size() : 0, '0');
        const std::string file = digits + ".txt";
        LECTERN_TRY(writeFileAtomically(folder / file, tokenizer.decode(task.document)));
        for (const RetrievalQuestion& question : task.questions) {
            questions.push_back({{"file", file},
                                 {"question", question.question},
                                 {"expected", question.expected},
                                 {"fact", question.fact},
                                 {"depth", question.depth}});
        }
        return {};
    };
    LECTERN_TRY(forEachTask(spec, makeTask, write));
    return writeFileAtomically(folder / "questions.json", questions.dump(1) + "\n");
}

}  // namespace lectern

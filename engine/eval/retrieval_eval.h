#pragma once
// Runs retrieval tasks through real Sessions and counts exact answers, per depth.

#include <functional>
#include <stop_token>
#include <vector>

#include "engine/eval/retrieval_task.h"
#include "engine/session/run_options.h"

namespace lectern {

struct RetrievalTrial {
    double depth = 0;
    uint64_t seed = 0;
    std::string expected, answer;
    bool correct = false;
    TokenRange factTokens;
    std::vector<AnswerTrace::RegionWeight> cited;  ///< the heaviest document regions over the whole answer, best first
    bool citedFact = false;  ///< the heaviest region of the answer's citation weights touches the fact
    double prefillSeconds = 0, decodeSeconds = 0;
    int64_t documentTokens = 0;
};

struct RetrievalSpec {
    int64_t contextTokens = 4096;
    int32_t trialsPerDepth = 5;
    int32_t depths = 5;  ///< evenly spread over the document
    uint64_t seed = 0;
};

/// Sees each finished trial's answer trace; the first `answerTokens` steps produced the answer.
using TraceCallback = std::function<void(const RetrievalTrial&, const AnswerTrace& trace, size_t answerTokens)>;
using MakeTask = std::function<Result<RetrievalTask>(double depth, uint64_t seed)>;

/// Every trial gets its own Session; `onTrial` is called after each. Errors: the first failing trial's.
Result<std::vector<RetrievalTrial>> runRetrieval(const LoadedModel& loaded, const RetrievalSpec& spec,
                                                 const MakeTask& makeTask,
                                                 const std::function<void(const RetrievalTrial&)>& onTrial,
                                                 std::stop_token stop, const TraceCallback& onTrace = nullptr);

/// The trimmed first line of a generated answer, without a final full stop: what exact match compares.
std::string normalizedAnswer(std::string_view text);

}  // namespace lectern

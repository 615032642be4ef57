#pragma once
// Runs retrieval tasks through real Sessions and counts exact answers, per depth.

#include <filesystem>
#include <functional>
#include <stop_token>
#include <vector>

#include "engine/eval/retrieval_task.h"
#include "engine/session/run_options.h"

namespace lectern {

/// One question and what came of it.
struct RetrievalTrial {
    double depth = 0;
    uint64_t seed = 0;  ///< of the document
    std::string question, expected, answer;
    bool correct = false;  ///< the expected value, alone or followed by words such as its unit
    TokenRange factTokens;
    std::vector<AnswerTrace::RegionWeight> cited;  ///< the heaviest document regions over the whole answer, best first
    bool citedFact = false;  ///< the heaviest region of the answer's citation weights touches the fact
    double prefillSeconds = 0, decodeSeconds = 0;  ///< prefill: of the whole document, in its first question's trial
    int64_t documentTokens = 0;
};

struct RetrievalSpec {
    int64_t contextTokens = 4096;
    int32_t trialsPerDepth = 5;  ///< documents
    int32_t depths = 5;          ///< evenly spread over the document
    uint64_t seed = 0;
};

/// A finished trial with what it was made of; valid during the callback.
struct FinishedTrial {
    const RetrievalTrial& trial;
    const RetrievalTask& task;
    const Generation& generation;
    const AnswerTrace& trace;  ///< its first generation.tokens.size() steps produced the answer
};
using TraceCallback = std::function<void(const FinishedTrial&)>;
using MakeTask = std::function<Result<RetrievalTask>(double depth, uint64_t seed)>;

/// A document in a Session of its own; every question is answered behind it as if it were the first.
class DocumentReading {
  public:
    static Result<DocumentReading> read(const LoadedModel& loaded, std::span<const TokenId> document,
                                        int64_t contextTokens, std::stop_token stop);
    /// Greedy, one line at most.
    Result<Generation> answer(std::span<const TokenId> question, int32_t maxTokens, std::stop_token stop);

    const AnswerTrace& trace() const { return m_session->answerTrace(); }
    const Session& session() const { return *m_session; }
    double prefillSeconds() const { return m_prefillSeconds; }

  private:
    std::unique_ptr<Session> m_session;
    int64_t m_documentTokens = 0;
    double m_prefillSeconds = 0;
};

/// Every task's document is read once and all its questions are asked; `onTrial` is called after each. Errors: the
/// first failing trial's.
Result<std::vector<RetrievalTrial>> runRetrieval(const LoadedModel& loaded, const RetrievalSpec& spec,
                                                 const MakeTask& makeTask,
                                                 const std::function<void(const RetrievalTrial&)>& onTrial,
                                                 std::stop_token stop, const TraceCallback& onTrace = nullptr);

/// The tasks that runRetrieval would run, as text files 000.txt, 001.txt, ... in `folder`, with questions.json: a list
/// of
/// {"file", "question", "expected", "fact", "depth"}. For programs that read files. Errors: those of the tasks, Io.
Result<void> writeTasks(const Tokenizer& tokenizer, const RetrievalSpec& spec, const MakeTask& makeTask,
                        const std::filesystem::path& folder);

/// The trimmed first line of a generated answer, without a final full stop: what exact match compares.
std::string normalizedAnswer(std::string_view text);

}  // namespace lectern

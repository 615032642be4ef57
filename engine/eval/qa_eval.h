#pragma once
// Questions about paragraphs, alone or hidden among other paragraphs up to a length.

#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/eval/qa_score.h"
#include "engine/eval/question_set.h"
#include "engine/session/run_options.h"

namespace lectern {

struct QaSpec {
    int64_t contextTokens = 0;  ///< paragraphs, question and reply; 0: the asked paragraph alone
    int32_t questions = 1000;   ///< drawn without repetition; 0: all
    int32_t perContext = 1;     ///< questions asked behind one hidden context, each afresh
    double unanswerable = 0;    ///< share of questions whose paragraph is left out of the context
    std::string refusal = "The text does not say.";
    uint64_t seed = 0;
};

struct QaTrial {
    std::string title, question, answer;
    std::vector<std::string> accepted;  ///< empty: no answer in the context
    QaScore score;
    int64_t documentTokens = 0;
};

struct QaReport {
    std::vector<QaTrial> trials;
    int64_t skipped = 0;  ///< questions whose paragraph does not fit the context
};

/// Errors: InvalidInput (nothing to ask, unanswerable without contextTokens), those of Session.
Result<QaReport> runQuestions(const LoadedModel& loaded, const std::vector<SetParagraph>& paragraphs,
                              const QaSpec& spec, const std::function<void(const QaTrial&)>& onTrial,
                              std::stop_token stop);

}  // namespace lectern

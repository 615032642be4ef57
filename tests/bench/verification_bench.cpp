// Verification by ablation on facts hidden in prose: how far an answer's log-likelihood falls without the sentence that
// states the fact (a right citation) and without as many regions elsewhere (a wrong one), and what a threshold between
// them gets right.
//   verification_bench PROSE-FILE [--context N] [--trials N] [--unseen] [--model PATH]

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <numeric>
#include <random>

#include "engine/attention/citation.h"
#include "engine/core/resources.h"
#include "engine/eval/retrieval_task.h"
#include "engine/session/ablation.h"
#include "engine/session/run_options.h"

namespace {

using namespace lectern;

struct Samples {
    std::vector<double> right, wrong, cited;
    int asked = 0, answered = 0, citedFact = 0;
};

double sum(const std::vector<float>& scores) {
    return std::accumulate(scores.begin(), scores.end(), 0.0);
}

bool touches(TokenRange a, TokenRange b) {
    return a.begin < b.end && b.begin < a.end;
}

std::string trimmed(std::string text) {
    const size_t begin = text.find_first_not_of(" \n");
    const size_t end = text.find_last_not_of(" \n.");
    return begin == std::string::npos ? std::string() : text.substr(begin, end + 1 - begin);
}

Result<void> measure(Session& session, const RetrievalTask& task, const RetrievalQuestion& question,
                     std::mt19937_64& random, Samples& samples) {
    const auto length = static_cast<int64_t>(task.document.size());
    LECTERN_TRY(session.truncate(length));
    session.clearAnswerTrace();
    LECTERN_TRY(session.decode(question.tokens, {}));
    GenerateOptions options;
    options.maxTokens = 24;
    options.stopStrings = {"\n"};
    LECTERN_ASSIGN(const Generation generation, session.generate(options, {}, {}));
    ++samples.asked;
    if (trimmed(generation.text) != trimmed(question.expected) || generation.tokens.empty()) {
        return {};
    }
    ++samples.answered;
    const std::vector<CitedRange> ranges = rankCitations(session.answerTrace(), generation.contextTokens, {0, length});
    const auto drop = [&](std::vector<RegionId> excluded, double whole) -> Result<double> {
        LECTERN_ASSIGN(
            const std::vector<float> scores,
            answerLogLikelihoods(session, length, question.tokens, generation.tokens, std::move(excluded), {}));
        return whole - sum(scores);
    };
    LECTERN_ASSIGN(const std::vector<float> scores,
                   answerLogLikelihoods(session, length, question.tokens, generation.tokens, {}, {}));
    const double whole = sum(scores);
    const int32_t region = session.profile().region;
    const std::vector<RegionId> fact = regionsOf(std::vector{question.factTokens}, region);
    LECTERN_ASSIGN(const double right, drop(fact, whole));
    samples.right.push_back(right);
    for (int i = 0; i < 2; ++i) {
        TokenRange other;
        do {
            other.begin =
                std::uniform_int_distribution<int64_t>(region, length - question.factTokens.size() - 1)(random);
            other.end = other.begin + question.factTokens.size();
        } while (touches(other, {question.factTokens.begin - 2 * region, question.factTokens.end + 2 * region}));
        LECTERN_ASSIGN(const double wrong, drop(regionsOf(std::vector{other}, region), whole));
        samples.wrong.push_back(wrong);
    }
    if (!ranges.empty() && touches(ranges.front().tokens, question.factTokens)) {
        ++samples.citedFact;
        std::vector<TokenRange> cited;
        for (const CitedRange& range : ranges) {
            cited.push_back(range.tokens);
        }
        LECTERN_ASSIGN(const double own, drop(regionsOf(cited, region), whole));
        samples.cited.push_back(own);
    }
    return {};
}

double quantile(std::vector<double> values, double q) {
    if (values.empty()) {
        return 0;
    }
    std::sort(values.begin(), values.end());
    return values[static_cast<size_t>(q * static_cast<double>(values.size() - 1))];
}

void print(const char* name, const std::vector<double>& values) {
    std::printf("%-28s n %4zu  5%% %7.2f  25%% %7.2f  median %7.2f  75%% %7.2f  95%% %7.2f nats\n", name, values.size(),
                quantile(values, 0.05), quantile(values, 0.25), quantile(values, 0.5), quantile(values, 0.75),
                quantile(values, 0.95));
}

double share(const std::vector<double>& values, double threshold) {
    const auto above = std::count_if(values.begin(), values.end(), [&](double v) { return v >= threshold; });
    return values.empty() ? 0 : static_cast<double>(above) / static_cast<double>(values.size());
}

double areaUnderCurve(const Samples& samples) {
    double wins = 0;
    for (const double right : samples.right) {
        for (const double wrong : samples.wrong) {
            wins += right > wrong ? 1.0 : right == wrong ? 0.5 : 0.0;
        }
    }
    return wins / std::max(1.0, static_cast<double>(samples.right.size() * samples.wrong.size()));
}

Result<void> run(const std::string& prosePath, const NeedleSpec& spec, int trials, const RunOptions& options) {
    LECTERN_ASSIGN(const std::string prose, readFile(prosePath, int64_t{1} << 30));
    LECTERN_ASSIGN(const LoadedModel model, loadModel(options));
    Samples samples;
    std::mt19937_64 random(7);
    for (int trial = 0; trial < trials; ++trial) {
        const double depth = (trial + 0.5) / trials;
        LECTERN_ASSIGN(const RetrievalTask task, makeNeedleTask(model.model->tokenizer(), prose, spec, depth,
                                                                static_cast<uint64_t>(1000 + trial)));
        SessionOptions sessionOptions = model.sessionOptions(spec.contextTokens + 256);
        sessionOptions.recordAnswerTrace = true;
        LECTERN_ASSIGN(const std::unique_ptr<Session> session,
                       Session::create(model.model, model.backend, std::move(sessionOptions)));
        LECTERN_TRY(session->prefill(task.document, {}, {}));
        for (const RetrievalQuestion& question : task.questions) {
            LECTERN_TRY(measure(*session, task, question, random, samples));
        }
    }
    std::printf("context %lld, %s facts: %d asked, %d answered rightly, first citation on the fact %d\n",
                static_cast<long long>(spec.contextTokens), spec.facts == FactSet::Unseen ? "unseen" : "standard",
                samples.asked, samples.answered, samples.citedFact);
    print("without the fact", samples.right);
    print("without the cited regions", samples.cited);
    print("without as much elsewhere", samples.wrong);
    std::printf("area under the ROC curve %.4f\n", areaUnderCurve(samples));
    for (const double threshold : {0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0}) {
        std::printf("threshold %.2f: right ones verified %5.1f%%, wrong ones verified %5.1f%%\n", threshold,
                    100 * share(samples.right, threshold), 100 * share(samples.wrong, threshold));
    }
    return {};
}

}  // namespace

int main(int argc, char** argv) {
    NeedleSpec spec;
    spec.contextTokens = 3072;
    spec.needles = 4;
    spec.asked = 4;
    int trials = 25;
    RunOptions options;
    for (int i = 2; i < argc; ++i) {
        const bool more = i + 1 < argc;
        if (std::strcmp(argv[i], "--context") == 0 && more) {
            spec.contextTokens = std::atoll(argv[++i]);
        } else if (std::strcmp(argv[i], "--trials") == 0 && more) {
            trials = std::atoi(argv[++i]);
        } else if (std::strcmp(argv[i], "--model") == 0 && more) {
            options.model = argv[++i];
        } else if (std::strcmp(argv[i], "--unseen") == 0) {
            spec.facts = FactSet::Unseen;
        }
    }
    if (argc < 2) {
        std::fprintf(stderr,
                     "usage: verification_bench PROSE-FILE [--context N] [--trials N] [--unseen] [--model PATH]\n");
        return 2;
    }
    if (const Result<void> done = run(argv[1], spec, trials, options); !done) {
        std::fprintf(stderr, "%s\n", done.error().message.c_str());
        return 1;
    }
    return 0;
}

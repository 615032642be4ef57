// eval perplexity|qa.

#include <cstdio>

#include "engine/eval/perplexity.h"
#include "engine/eval/qa_eval.h"
#include "engine/tools/eval_common.h"

namespace lectern::tools {
namespace {

struct PerplexityFlags {
    RunOptions options;
    PerplexitySpec spec;
    std::vector<std::string> text;
    std::string rows = "both";
    bool json = false;
};

nlohmann::json bucketJson(const PerplexityBucket& bucket) {
    return {
        {"begin", bucket.begin}, {"end", bucket.end}, {"tokens", bucket.tokens}, {"perplexity", bucket.perplexity()}};
}

nlohmann::json bucketsJson(const std::vector<PerplexityBucket>& buckets) {
    if (buckets.empty()) {
        return nullptr;
    }
    nlohmann::json list = nlohmann::json::array();
    for (const PerplexityBucket& bucket : buckets) {
        list.push_back(bucketJson(bucket));
    }
    return {{"perplexity", totalOf(buckets).perplexity()}, {"tokens", totalOf(buckets).tokens}, {"buckets", list}};
}

void printBuckets(const char* rows, const std::vector<PerplexityBucket>& buckets) {
    for (const PerplexityBucket& bucket : buckets) {
        std::printf("%-18s %9lld to %9lld  %9lld tokens  %10.4f\n", rows, static_cast<long long>(bucket.begin),
                    static_cast<long long>(bucket.end), static_cast<long long>(bucket.tokens), bucket.perplexity());
    }
    if (!buckets.empty()) {
        std::printf("%-18s %46.4f\n", rows, totalOf(buckets).perplexity());
    }
}

Result<void> runPerplexity(PerplexityFlags flags, std::stop_token stop) {
    flags.spec.blockwise = flags.rows != "decode";
    flags.spec.decodeConsistent = flags.rows != "block";
    LECTERN_ASSIGN(const LoadedModel loaded, loadForEval(flags.options));
    LECTERN_ASSIGN(const std::string text, readHaystack(flags.text));
    const std::vector<TokenId> tokens = loaded.model->tokenizer().encode(text, {});
    LECTERN_ASSIGN(nlohmann::json profile, evalProfileEcho(loaded, flags.spec.windowTokens));
    const auto progress = [](const PrefillProgress& p) {
        std::fprintf(stderr, "%lld of %lld tokens of the window, %.1f s\n", static_cast<long long>(p.doneTokens),
                     static_cast<long long>(p.totalTokens), p.seconds);
    };
    LECTERN_ASSIGN(const PerplexityReport report, measurePerplexity(loaded, tokens, flags.spec, progress, stop));
    if (flags.json) {
        printJson({{"task", "perplexity"},
                   {"context", flags.spec.windowTokens},
                   {"windows", report.windows},
                   {"text_tokens", tokens.size()},
                   {"blockwise", bucketsJson(report.blockwise)},
                   {"decode_consistent", bucketsJson(report.decodeConsistent)},
                   {"peak_memory_bytes", peakMemoryBytes()},
                   {"profile", std::move(profile)}});
    } else {
        printBuckets("block-wise", report.blockwise);
        printBuckets("decode-consistent", report.decodeConsistent);
    }
    return {};
}

struct QaFlags {
    RunOptions options;
    QaSpec spec;
    std::string data;
    bool json = false;
};

nlohmann::json intervalJson(const std::vector<double>& values, uint64_t seed) {
    const MeanInterval interval = bootstrapMean(values, seed);
    return {{"mean", 100 * interval.mean}, {"low", 100 * interval.low}, {"high", 100 * interval.high}};
}

/// Scores in percent of the trials that `wanted` takes.
template <class Wanted>
nlohmann::json scoresJson(const QaReport& report, uint64_t seed, const Wanted& wanted) {
    std::vector<double> f1, exact;
    for (const QaTrial& trial : report.trials) {
        if (wanted(trial)) {
            f1.push_back(trial.score.f1);
            exact.push_back(trial.score.exact);
        }
    }
    if (f1.empty()) {
        return nullptr;
    }
    return {{"questions", f1.size()}, {"f1", intervalJson(f1, seed)}, {"exact_match", intervalJson(exact, seed)}};
}

Result<void> runQa(const QaFlags& flags, std::stop_token stop) {
    LECTERN_ASSIGN(const std::vector<SetParagraph> paragraphs, readQuestionSet(flags.data));
    LECTERN_ASSIGN(const LoadedModel loaded, loadForEval(flags.options));
    const auto onTrial = [](const QaTrial& trial) {
        std::fprintf(stderr, "%s -> \"%s\" (%s) F1 %.2f\n", trial.question.c_str(), trial.answer.c_str(),
                     trial.accepted.empty() ? "no answer" : trial.accepted.front().c_str(), trial.score.f1);
    };
    LECTERN_ASSIGN(const QaReport report, runQuestions(loaded, paragraphs, flags.spec, onTrial, stop));
    nlohmann::json details = nlohmann::json::array();
    int64_t longest = 0;
    for (const QaTrial& trial : report.trials) {
        longest = std::max(longest, trial.documentTokens);
        details.push_back({{"title", trial.title},
                           {"question", trial.question},
                           {"answer", trial.answer},
                           {"accepted", trial.accepted},
                           {"exact_match", trial.score.exact},
                           {"f1", trial.score.f1},
                           {"document_tokens", trial.documentTokens}});
    }
    const uint64_t seed = flags.spec.seed;
    nlohmann::json result = scoresJson(report, seed, [](const QaTrial&) { return true; });
    result["task"] = "qa";
    result["context"] = flags.spec.contextTokens;
    result["skipped"] = report.skipped;
    result["answerable"] = scoresJson(report, seed, [](const QaTrial& trial) { return !trial.accepted.empty(); });
    result["unanswerable"] = scoresJson(report, seed, [](const QaTrial& trial) { return trial.accepted.empty(); });
    result["details"] = std::move(details);
    LECTERN_ASSIGN(result["profile"], evalProfileEcho(loaded, std::max(flags.spec.contextTokens, longest)));
    if (flags.json) {
        printJson(result);
    } else {
        std::printf("qa: %zu questions, F1 %.1f (%.1f to %.1f), exact match %.1f (%.1f to %.1f)\n",
                    report.trials.size(), result["f1"]["mean"].get<double>(), result["f1"]["low"].get<double>(),
                    result["f1"]["high"].get<double>(), result["exact_match"]["mean"].get<double>(),
                    result["exact_match"]["low"].get<double>(), result["exact_match"]["high"].get<double>());
    }
    return {};
}

}  // namespace

Command addEvalPerplexity(CLI::App& parent) {
    auto flags = std::make_shared<PerplexityFlags>();
    CLI::App* app = parent.add_subcommand("perplexity", "Perplexity of text per position in the window");
    addCommonFlags(*app, flags->options);
    app->add_option("--text", flags->text, "Files of text, read one after the other (default: the sample document)");
    app->add_option("--context", flags->spec.windowTokens, "Tokens of a window; windows do not overlap")
        ->capture_default_str()
        ->check(CLI::Range(int64_t{16}, int64_t{1} << 24));
    app->add_option("--bucket", flags->spec.firstBucket, "Positions of the first bucket; each further one doubles")
        ->capture_default_str()
        ->check(CLI::Range(int64_t{1}, int64_t{1} << 24));
    app->add_option("--windows", flags->spec.maxWindows, "Windows at most; 0: all of the text")
        ->capture_default_str()
        ->check(CLI::Range(int64_t{0}, int64_t{1} << 24));
    app->add_option("--rows", flags->rows, "block: as prefill selects; decode: every row selects for itself; both")
        ->capture_default_str()
        ->check(CLI::IsMember({"block", "decode", "both"}));
    app->add_flag("--json", flags->json, "One JSON object");
    return [flags](std::stop_token stop) { return runPerplexity(*flags, stop); };
}

Command addEvalQa(CLI::App& parent) {
    auto flags = std::make_shared<QaFlags>();
    CLI::App* app = parent.add_subcommand("qa", "Questions about paragraphs, alone or hidden among others");
    addCommonFlags(*app, flags->options);
    app->add_option("--data,data", flags->data, "Question set: JSON in SQuAD's layout")->required();
    app->add_option("--context", flags->spec.contextTokens,
                    "Hide the paragraph among others up to this many tokens; 0: the paragraph alone")
        ->capture_default_str()
        ->check(CLI::Range(int64_t{0}, int64_t{1} << 24));
    app->add_option("--questions", flags->spec.questions, "Questions drawn; 0: all")
        ->capture_default_str()
        ->check(CLI::Range(0, 10000000));
    app->add_option("--per-context", flags->spec.perContext, "Questions asked behind one hidden context, each afresh")
        ->capture_default_str()
        ->check(CLI::Range(1, 1000));
    app->add_option("--unanswerable", flags->spec.unanswerable, "Share of questions whose paragraph is left out")
        ->capture_default_str()
        ->check(CLI::Range(0.0, 1.0));
    app->add_option("--refusal", flags->spec.refusal, "Answer that says there is none; an empty answer does too")
        ->capture_default_str();
    app->add_option("--seed", flags->spec.seed, "Of the draw, the contexts and the interval")->capture_default_str();
    app->add_flag("--json", flags->json, "One JSON object");
    return [flags](std::stop_token stop) { return runQa(*flags, stop); };
}

}  // namespace lectern::tools

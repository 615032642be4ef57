// eval passkey|needle.

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "engine/core/resources.h"
#include "engine/eval/citation_calibration.h"
#include "engine/eval/retrieval_eval.h"
#include "engine/tools/tools.h"

namespace lectern::tools {
namespace {

constexpr const char* kDefaultHaystack = "samples/corrin-handbook";
constexpr int64_t kMaxHaystackBytes = int64_t{1} << 30;

struct EvalFlags {
    RunOptions options;
    RetrievalSpec spec;
    std::vector<std::string> text;
    int32_t needles = 1;
    bool json = false;
};

/// The named files, or the sample document's chapters in order.
Result<std::string> readHaystack(std::vector<std::string> files) {
    if (files.empty()) {
        LECTERN_ASSIGN(const std::filesystem::path sample, findResource(kDefaultHaystack));
        std::error_code failure;
        for (const auto& entry : std::filesystem::directory_iterator(sample, failure)) {
            files.push_back(entry.path().string());
        }
        std::sort(files.begin(), files.end());
    }
    std::string haystack;
    for (const std::string& file : files) {
        LECTERN_ASSIGN(const std::string text, readFile(file, kMaxHaystackBytes));
        haystack += text;
    }
    return haystack;
}

void reportTrial(const RetrievalTrial& trial) {
    std::fprintf(stderr, "depth %.2f: expected \"%s\", answered \"%s\"%s (prefill %.1f s)\n", trial.depth,
                 trial.expected.c_str(), trial.answer.c_str(), trial.citedFact ? ", cited" : "", trial.prefillSeconds);
}

nlohmann::json summary(const EvalFlags& flags, const std::vector<RetrievalTrial>& trials) {
    nlohmann::json depths = nlohmann::json::array(), details = nlohmann::json::array();
    int64_t correct = 0, hits = 0;
    double prefill = 0, decode = 0;
    for (const RetrievalTrial& trial : trials) {
        if (depths.empty() || depths.back()["depth"] != trial.depth) {
            depths.push_back({{"depth", trial.depth}, {"trials", 0}, {"correct", 0}});
        }
        auto& entry = depths.back();
        entry["trials"] = entry["trials"].get<int>() + 1;
        entry["correct"] = entry["correct"].get<int>() + (trial.correct ? 1 : 0);
        entry["accuracy"] = entry["correct"].get<double>() / entry["trials"].get<double>();
        correct += trial.correct;
        hits += trial.correct && trial.citedFact;
        prefill += trial.prefillSeconds;
        decode += trial.decodeSeconds;
        nlohmann::json regions = nlohmann::json::array();
        for (const AnswerTrace::RegionWeight& cited : trial.cited) {
            regions.push_back({cited.region, cited.weight});
        }
        details.push_back({{"depth", trial.depth},
                           {"seed", trial.seed},
                           {"expected", trial.expected},
                           {"answer", trial.answer},
                           {"correct", trial.correct},
                           {"fact_tokens", {trial.factTokens.begin, trial.factTokens.end}},
                           {"cited_regions", regions},
                           {"cited_fact", trial.citedFact}});
    }
    const auto count = static_cast<double>(trials.size());
    return {
        {"accuracy", static_cast<double>(correct) / count},
        {"correct", correct},
        {"trials", trials.size()},
        {"context", flags.spec.contextTokens},
        {"citation_hits_when_correct",
         correct == 0 ? nlohmann::json() : nlohmann::json(static_cast<double>(hits) / static_cast<double>(correct))},
        {"seconds_per_trial", {{"prefill", prefill / count}, {"decode", decode / count}}},
        {"depths", depths},
        {"details", details}};
}

Result<void> runEval(const EvalFlags& flags, bool needle, std::stop_token stop) {
    LECTERN_ASSIGN(const LoadedModel loaded, loadModel(flags.options));
    if (!loaded.model->hasTokenizer()) {
        return Error{ErrorCode::Unsupported, "This model has no tokenizer."};
    }
    const Tokenizer& tokenizer = loaded.model->tokenizer();
    std::string haystack;
    if (needle) {
        LECTERN_ASSIGN(haystack, readHaystack(flags.text));
    }
    const MakeTask makeTask = [&](double depth, uint64_t seed) {
        return needle ? makeNeedleTask(tokenizer, haystack, flags.spec.contextTokens, depth, flags.needles, seed)
                      : makePasskeyTask(tokenizer, flags.spec.contextTokens, depth, seed);
    };
    LECTERN_ASSIGN(const std::vector<RetrievalTrial> trials,
                   runRetrieval(loaded, flags.spec, makeTask, reportTrial, stop));
    nlohmann::json result = summary(flags, trials);
    result["task"] = needle ? "needle" : "passkey";
    LECTERN_ASSIGN(const std::unique_ptr<Session> echo,
                   Session::create(loaded.model, loaded.backend, loaded.sessionOptions(flags.spec.contextTokens)));
    result["profile"] = profileEcho(loaded, *echo);
    result["peak_memory_bytes"] = peakMemoryBytes();
    if (flags.json) {
        printJson(result);
    } else {
        std::printf("%s: %lld of %zu right at %lld tokens\n", needle ? "needle" : "passkey",
                    result["correct"].get<long long>(), trials.size(),
                    static_cast<long long>(flags.spec.contextTokens));
    }
    return {};
}

Result<void> runCalibration(const EvalFlags& flags, std::stop_token stop) {
    LECTERN_ASSIGN(const LoadedModel loaded, loadModel(flags.options));
    LECTERN_ASSIGN(const std::string haystack, readHaystack(flags.text));
    const MakeTask makeTask = [&](double depth, uint64_t seed) {
        return makeNeedleTask(loaded.model->tokenizer(), haystack, flags.spec.contextTokens, depth, flags.needles,
                              seed);
    };
    LECTERN_ASSIGN(std::vector<HeadRetrieval> heads,
                   measureRetrievalHeads(loaded, flags.spec, makeTask, reportTrial, stop));
    constexpr double kMinimumRate = 0.5;
    constexpr int32_t kMostHeads = 16;
    nlohmann::json chosen = nlohmann::json::array(), measured = nlohmann::json::array();
    for (const CitationHead& head : chooseCitationHeads(heads, kMinimumRate, kMostHeads)) {
        chosen.push_back({head.layer, head.head, head.weight});
    }
    std::sort(heads.begin(), heads.end(),
              [](const HeadRetrieval& a, const HeadRetrieval& b) { return a.hitRate > b.hitRate; });
    for (const HeadRetrieval& head : heads) {
        measured.push_back(
            {{"layer", head.layer}, {"head", head.head}, {"hit_rate", head.hitRate}, {"fact_mass", head.factMass}});
    }
    printJson({{"citation_heads", chosen}, {"heads", measured}});
    return {};
}

/// Flags that every evaluation takes.
void addSpecFlags(CLI::App& app, EvalFlags& flags) {
    addCommonFlags(app, flags.options);
    app.add_option("--context", flags.spec.contextTokens, "Tokens of document, question and reply")
        ->capture_default_str()
        ->check(CLI::Range(int64_t{128}, int64_t{1} << 24));
    app.add_option("--trials", flags.spec.trialsPerDepth, "Trials per depth")
        ->capture_default_str()
        ->check(CLI::Range(1, 10000));
    app.add_option("--depths", flags.spec.depths, "Depths, evenly spread from start to end")
        ->capture_default_str()
        ->check(CLI::Range(1, 1000));
    app.add_option("--seed", flags.spec.seed, "First seed")->capture_default_str();
    app.add_flag("--json", flags.json, "One JSON object");
}

void addHaystackFlags(CLI::App& app, EvalFlags& flags) {
    app.add_option("--text", flags.text, "Prose to hide the facts in (default: the sample document)");
    app.add_option("--needles", flags.needles, "Facts hidden at once")
        ->capture_default_str()
        ->check(CLI::Range(1, 100));
}

Command addEval(CLI::App& parent, bool needle) {
    auto flags = std::make_shared<EvalFlags>();
    CLI::App* app = needle ? parent.add_subcommand("needle", "Facts hidden in real prose")
                           : parent.add_subcommand("passkey", "A five-digit key hidden in filler");
    addSpecFlags(*app, *flags);
    if (needle) {
        addHaystackFlags(*app, *flags);
    }
    return [flags, needle](std::stop_token stop) { return runEval(*flags, needle, stop); };
}

}  // namespace

Command addEvalCitationHeads(CLI::App& parent) {
    auto flags = std::make_shared<EvalFlags>();
    CLI::App* app =
        parent.add_subcommand("citation-heads", "Measure which heads retrieve; prints a profile's citation_heads");
    addSpecFlags(*app, *flags);
    addHaystackFlags(*app, *flags);
    return [flags](std::stop_token stop) { return runCalibration(*flags, stop); };
}

Command addEvalPasskey(CLI::App& parent) {
    return addEval(parent, false);
}
Command addEvalNeedle(CLI::App& parent) {
    return addEval(parent, true);
}

}  // namespace lectern::tools

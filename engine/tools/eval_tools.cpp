// eval passkey|needle|citation-heads|citations.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>

#include "engine/eval/citation_calibration.h"
#include "engine/eval/citation_eval.h"
#include "engine/tools/eval_common.h"

namespace lectern::tools {
namespace {

nlohmann::json trialJson(const RetrievalTrial& trial) {
    nlohmann::json regions = nlohmann::json::array();
    for (const AnswerTrace::RegionWeight& cited : trial.cited) {
        regions.push_back({cited.region, cited.weight});
    }
    return {{"depth", trial.depth},
            {"seed", trial.seed},
            {"question", trial.question},
            {"expected", trial.expected},
            {"answer", trial.answer},
            {"correct", trial.correct},
            {"fact_tokens", {trial.factTokens.begin, trial.factTokens.end}},
            {"cited_regions", regions},
            {"cited_fact", trial.citedFact}};
}

nlohmann::json share(int64_t part, int64_t whole) {
    return whole == 0 ? nlohmann::json() : nlohmann::json(static_cast<double>(part) / static_cast<double>(whole));
}

/// Accuracy per depth. With one question a document these are the depths asked for; further facts lie anywhere and are
/// counted in tenths of the document.
nlohmann::json depthsJson(const EvalFlags& flags, const std::vector<RetrievalTrial>& trials) {
    std::map<double, std::pair<int64_t, int64_t>> counts;
    for (const RetrievalTrial& trial : trials) {
        const double depth = flags.needle.asked == 1 ? trial.depth : std::min(9.0, std::floor(trial.depth * 10)) / 10;
        ++counts[depth].first;
        counts[depth].second += trial.correct ? 1 : 0;
    }
    nlohmann::json depths = nlohmann::json::array();
    for (const auto& [depth, count] : counts) {
        depths.push_back({{"depth", depth},
                          {"trials", count.first},
                          {"correct", count.second},
                          {"accuracy", share(count.second, count.first)}});
    }
    return depths;
}

nlohmann::json summary(const EvalFlags& flags, const std::vector<RetrievalTrial>& trials) {
    nlohmann::json details = nlohmann::json::array();
    int64_t correct = 0, hits = 0, documents = 0;
    double prefill = 0, decode = 0;
    for (const RetrievalTrial& trial : trials) {
        correct += trial.correct;
        hits += trial.correct && trial.citedFact;
        documents += trial.prefillSeconds > 0;
        prefill += trial.prefillSeconds;
        decode += trial.decodeSeconds;
        details.push_back(trialJson(trial));
    }
    const auto count = static_cast<int64_t>(trials.size());
    return {{"accuracy", share(correct, count)},
            {"correct", correct},
            {"trials", count},
            {"context", flags.spec.contextTokens},
            {"citation_hits_when_correct", share(hits, correct)},
            {"seconds_per_trial",
             {{"prefill", prefill / static_cast<double>(std::max<int64_t>(1, documents))},
              {"decode", decode / static_cast<double>(std::max<int64_t>(1, count))}}},
            {"depths", depthsJson(flags, trials)},
            {"details", details}};
}

Result<void> runEval(const EvalFlags& flags, bool needle, std::stop_token stop) {
    LECTERN_ASSIGN(const LoadedModel loaded, loadForEval(flags.options));
    const Tokenizer& tokenizer = loaded.model->tokenizer();
    std::string haystack;
    if (needle) {
        LECTERN_ASSIGN(haystack, readHaystack(flags.text));
    }
    LECTERN_ASSIGN(nlohmann::json profile, evalProfileEcho(loaded, flags.spec.contextTokens));
    const MakeTask makeTask = [&](double depth, uint64_t seed) {
        return needle ? makeNeedleTask(tokenizer, haystack, flags.needle, depth, seed)
                      : makePasskeyTask(tokenizer, flags.spec.contextTokens, depth, seed);
    };
    if (!flags.writeFolder.empty()) {
        return writeTasks(tokenizer, flags.spec, makeTask, flags.writeFolder);
    }
    LECTERN_ASSIGN(const std::vector<RetrievalTrial> trials,
                   runRetrieval(loaded, flags.spec, makeTask, reportTrial, stop));
    nlohmann::json result = summary(flags, trials);
    result["task"] = needle ? "needle" : "passkey";
    result["profile"] = std::move(profile);
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

Result<void> runCitationEval(const EvalFlags& flags, std::stop_token stop) {
    LECTERN_ASSIGN(const LoadedModel loaded, loadForEval(flags.options));
    LECTERN_ASSIGN(const std::string haystack, readHaystack(flags.text));
    LECTERN_ASSIGN(nlohmann::json profile, evalProfileEcho(loaded, flags.spec.contextTokens));
    const MakeTask makeTask = [&](double depth, uint64_t seed) {
        return makeNeedleTask(loaded.model->tokenizer(), haystack, flags.needle, depth, seed);
    };
    if (!flags.writeFolder.empty()) {
        return writeTasks(loaded.model->tokenizer(), flags.spec, makeTask, flags.writeFolder);
    }
    const auto report = [](const CitationTrial& trial) {
        reportTrial(trial.retrieval);
        std::fprintf(stderr, "  first citation %s: %s\n", trial.cited ? "right" : "wrong", trial.passage.c_str());
    };
    LECTERN_ASSIGN(const std::vector<CitationTrial> trials, runCitations(loaded, flags.spec, makeTask, report, stop));
    int64_t correct = 0, cited = 0, any = 0, citedAlways = 0, random = 0, lexical = 0;
    nlohmann::json details = nlohmann::json::array();
    for (const CitationTrial& trial : trials) {
        const bool right = trial.retrieval.correct;
        correct += right;
        cited += right && trial.cited;
        any += right && trial.anyCited;
        citedAlways += trial.cited;
        random += trial.randomRight;
        lexical += trial.lexicalRight;
        nlohmann::json detail = trialJson(trial.retrieval);
        detail["first_citation"] = trial.passage;
        detail["first_citation_right"] = trial.cited;
        detail["any_citation_right"] = trial.anyCited;
        details.push_back(std::move(detail));
    }
    const auto count = static_cast<int64_t>(trials.size());
    const nlohmann::json result = {{"task", "citations"},
                                   {"context", flags.spec.contextTokens},
                                   {"trials", count},
                                   {"answers_right", correct},
                                   {"first_citation_right_when_answer_right", share(cited, correct)},
                                   {"any_citation_right_when_answer_right", share(any, correct)},
                                   {"first_citation_right", share(citedAlways, count)},
                                   {"control_random_regions", share(random, count)},
                                   {"control_lexical_search", share(lexical, count)},
                                   {"details", details},
                                   {"profile", std::move(profile)}};
    if (flags.json) {
        printJson(result);
    } else {
        std::printf(
            "citations at %lld tokens: %lld of %lld answers right; first citation right in %lld of those; "
            "random regions %lld of %lld, lexical search %lld of %lld\n",
            static_cast<long long>(flags.spec.contextTokens), static_cast<long long>(correct),
            static_cast<long long>(count), static_cast<long long>(cited), static_cast<long long>(random),
            static_cast<long long>(count), static_cast<long long>(lexical), static_cast<long long>(count));
    }
    return {};
}

Result<void> runCalibration(const EvalFlags& flags, std::stop_token stop) {
    LECTERN_ASSIGN(const LoadedModel loaded, loadForEval(flags.options));
    LECTERN_ASSIGN(const std::string haystack, readHaystack(flags.text));
    const MakeTask makeTask = [&](double depth, uint64_t seed) {
        return makeNeedleTask(loaded.model->tokenizer(), haystack, flags.needle, depth, seed);
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

Command addEval(CLI::App& parent, bool needle) {
    auto flags = std::make_shared<EvalFlags>();
    CLI::App* app = needle ? parent.add_subcommand("needle", "Facts hidden in real prose")
                           : parent.add_subcommand("passkey", "A five-digit key hidden in filler");
    addSpecFlags(*app, *flags);
    if (needle) {
        addHaystackFlags(*app, *flags);
    }
    return [flags, needle](std::stop_token stop) {
        flags->needle.contextTokens = flags->spec.contextTokens;
        return runEval(*flags, needle, stop);
    };
}

}  // namespace

Command addEvalCitationHeads(CLI::App& parent) {
    auto flags = std::make_shared<EvalFlags>();
    CLI::App* app =
        parent.add_subcommand("citation-heads", "Measure which heads retrieve; prints a profile's citation_heads");
    addSpecFlags(*app, *flags);
    addHaystackFlags(*app, *flags);
    return [flags](std::stop_token stop) {
        flags->needle.contextTokens = flags->spec.contextTokens;
        return runCalibration(*flags, stop);
    };
}

Command addEvalCitations(CLI::App& parent) {
    auto flags = std::make_shared<EvalFlags>();
    flags->spec.trialsPerDepth = 10;
    CLI::App* app = parent.add_subcommand(
        "citations", "Facts of kinds that nothing was calibrated on, hidden in prose: is the first citation the fact?");
    addSpecFlags(*app, *flags);
    addHaystackFlags(*app, *flags);
    return [flags](std::stop_token stop) {
        flags->needle.contextTokens = flags->spec.contextTokens;
        flags->needle.facts = FactSet::Unseen;
        return runCitationEval(*flags, stop);
    };
}

Command addEvalPasskey(CLI::App& parent) {
    return addEval(parent, false);
}
Command addEvalNeedle(CLI::App& parent) {
    return addEval(parent, true);
}

}  // namespace lectern::tools

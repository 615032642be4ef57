#pragma once
// What the eval subcommands share: flags, the prose to hide facts in, reports.

#include "engine/eval/retrieval_eval.h"
#include "engine/tools/tools.h"

namespace lectern::tools {

struct EvalFlags {
    RunOptions options;
    RetrievalSpec spec;
    NeedleSpec needle;
    std::vector<std::string> text;
    std::string writeFolder;
    bool json = false;
};

/// Flags of every evaluation by retrieval: the common ones, --context, --trials, --depths, --seed, --write, --json.
void addSpecFlags(CLI::App& app, EvalFlags& flags);
/// --text, --needles, --ask.
void addHaystackFlags(CLI::App& app, EvalFlags& flags);

/// Loads the model and checks that it has a tokenizer.
Result<LoadedModel> loadForEval(const RunOptions& options);
/// The named files one after the other, or the sample document's chapters in order.
Result<std::string> readHaystack(std::vector<std::string> files);
/// One line about a trial on standard error.
void reportTrial(const RetrievalTrial& trial);
/// Profile in force for contexts of this length, as every --json output echoes it.
Result<nlohmann::json> evalProfileEcho(const LoadedModel& loaded, int64_t contextTokens);

}  // namespace lectern::tools

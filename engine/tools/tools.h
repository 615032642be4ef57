#pragma once
// The subcommands of lectern-engine. Each adds itself to the command line and returns what to run when it is chosen.

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <stop_token>

#include "engine/core/result.h"
#include "engine/session/run_options.h"

namespace lectern::tools {

/// A chosen subcommand; an Error becomes a sentence and an exit code.
using Command = std::function<Result<void>(std::stop_token stop)>;
using Register = Command (*)(CLI::App& parent);

/// Adds the common flags (--model, --profile, --attention, ...) to one subcommand.
void addCommonFlags(CLI::App& app, RunOptions& options);

Command addTokenize(CLI::App& parent);
Command addLogits(CLI::App& parent);
Command addGenerate(CLI::App& parent);
Command addConvert(CLI::App& parent);
Command addInfo(CLI::App& parent);
Command addBenchPrefill(CLI::App& parent);
Command addBenchDecode(CLI::App& parent);
Command addBenchSelection(CLI::App& parent);
Command addBenchTrain(CLI::App& parent);
Command addEvalPasskey(CLI::App& parent);
Command addEvalNeedle(CLI::App& parent);
Command addEvalCitationHeads(CLI::App& parent);
Command addEvalCitations(CLI::App& parent);
Command addEvalPerplexity(CLI::App& parent);
Command addEvalQa(CLI::App& parent);
Command addTrain(CLI::App& parent);
Command addExport(CLI::App& parent);

/// Prints `value` as one JSON line on standard output.
void printJson(const nlohmann::json& value);

/// The type of weights that "q8_0", "bf16", ... names. Errors: InvalidInput.
Result<DType> weightType(const std::string& name);

/// Reads token ids separated by white space, commas or brackets. Errors: InvalidInput.
Result<std::vector<TokenId>> readIds(const std::string& path);

/// Peak resident memory of this process so far, in bytes.
int64_t peakMemoryBytes();

}  // namespace lectern::tools

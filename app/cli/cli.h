#pragma once
// The subcommands of lectern-cli. Each adds itself to the command line and returns what to run when it is chosen.

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "app/ingest/ingest.h"
#include "app/library/library.h"
#include "engine/core/result.h"

namespace lectern::app::cli {

/// A chosen subcommand; an Error becomes a sentence and an exit code.
using Command = std::function<Result<void>(std::stop_token stop)>;

Command addAsk(CLI::App& parent);
Command addIngest(CLI::App& parent);
Command addLibraryList(CLI::App& parent);
Command addLibraryShow(CLI::App& parent);
Command addLibraryRemove(CLI::App& parent);
Command addLibraryConversations(CLI::App& parent);
Command addLibraryExport(CLI::App& parent);
Command addLibrarySearch(CLI::App& parent);
Command addLibraryContexts(CLI::App& parent);
Command addModelsList(CLI::App& parent);
Command addModelsInfo(CLI::App& parent);

/// Flags of every command that reads documents.
struct ReadFlags {
    std::vector<std::string> paths;
    std::string password;
    bool temporary = false;
    bool includeIgnored = false;
    bool includeVendored = false;
    bool includeLockFiles = false;
    std::vector<std::string> leaveOut;
    bool recognise = false;
    std::string recognitionLanguage = "eng";
    bool quiet = false;

    IngestOptions ingestOptions(std::stop_token stop) const;
};
void addReadFlags(CLI::App& app, ReadFlags& flags);

/// What `ingest --dry-run` asks beside the documents.
struct DryRunFlags {
    std::string model;
    std::string device = "cpu";
};
/// Prints what the documents would cost, without storing anything.
Result<void> dryRun(const ReadFlags& flags, const DryRunFlags& dry, bool asJson, std::stop_token stop);

/// The user's library, or one in memory. What opening had to repair is said on standard error and added to `warnings`.
Result<std::unique_ptr<Library>> openLibrary(bool temporary, std::vector<std::string>& warnings);

}  // namespace lectern::app::cli

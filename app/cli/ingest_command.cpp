// lectern-cli ingest: documents into the library, without asking anything.

#include <chrono>
#include <cstdio>
#include <optional>

#include "app/cli/cli.h"
#include "app/cli/console.h"
#include "app/cli/json.h"
#include "engine/tools/tools.h"

namespace lectern::app::cli {
namespace {

struct IngestFlags {
    ReadFlags read;
    DryRunFlags dry;
    bool dryRun = false;
    bool json = false;
};

void printOutcome(const IngestOutcome& outcome, const std::string& path, double seconds, bool json) {
    const DocumentRecord& record = outcome.record;
    if (json) {
        nlohmann::json object = recordJson(record);
        object["already_there"] = outcome.alreadyThere;
        object["seconds"] = seconds;
        tools::printJson(object);
        return;
    }
    const std::string unit = record.header.kind == DocumentKind::SourceTree ? " file" : " page";
    const std::string pages = unit + (record.header.pageCount == 1 ? ", " : "s, ");
    std::printf("%s: document %lld, %s%s%s of text%s\n", path.c_str(), static_cast<long long>(record.id),
                thousands(record.header.pageCount).c_str(), pages.c_str(), byteSize(record.textBytes).c_str(),
                outcome.alreadyThere ? ", already in the library" : (", in " + duration(seconds)).c_str());
    for (const std::string& warning : record.warnings) {
        note(warning);
    }
}

void printFailure(const std::string& path, const Error& error, bool json) {
    if (json) {
        tools::printJson({{"path", path}, {"state", "failed"}, {"error", error.message}});
    }
    note("lectern-cli: " + error.message);
}

/// Every path has its line; the first error decides the exit code, after the others had their turn.
Result<void> ingest(const IngestFlags& flags, std::stop_token stop) {
    std::vector<std::string> warnings;
    LECTERN_ASSIGN(const std::unique_ptr<Library> library, openLibrary(flags.read.temporary, warnings));
    std::optional<Error> first;
    size_t failed = 0;
    for (const std::string& path : flags.read.paths) {
        const auto start = std::chrono::steady_clock::now();
        ProgressLine line(flags.read.quiet);
        const Result<IngestOutcome> outcome =
            ingestPath(*library, path, flags.read.ingestOptions(stop), [&](const IngestProgress& p) {
                line.show("Reading " + path + ": page " + thousands(p.pagesDone) + " of " + thousands(p.pageCount));
            });
        line.clear();
        if (!outcome && (flags.read.paths.size() == 1 || outcome.error().code == ErrorCode::Cancelled)) {
            return outcome.error();
        }
        if (!outcome) {
            printFailure(path, outcome.error(), flags.json);
            first = first ? first : std::optional(outcome.error());
            ++failed;
            continue;
        }
        const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
        printOutcome(*outcome, path, seconds.count(), flags.json);
    }
    if (first) {
        return Error{first->code, std::to_string(failed) + " of " + std::to_string(flags.read.paths.size()) +
                                      " documents could not be read."};
    }
    return {};
}

}  // namespace

Command addIngest(CLI::App& parent) {
    auto flags = std::make_shared<IngestFlags>();
    CLI::App* app = parent.add_subcommand("ingest", "Read documents into the library");
    addReadFlags(*app, flags->read);
    app->add_flag("--json", flags->json, "One JSON object per document on standard output (dry run: one for all)");
    CLI::Option* dry =
        app->add_flag("--dry-run", flags->dryRun,
                      "Store nothing: say what the documents would cost in tokens, memory, disk and time");
    app->add_option("--model", flags->dry.model, "Dry run: the model that would read them")->needs(dry);
    app->add_option("--device", flags->dry.device, "Dry run: where the model would run")->needs(dry);
    return [flags](std::stop_token stop) {
        return flags->dryRun ? dryRun(flags->read, flags->dry, flags->json, std::move(stop))
                             : ingest(*flags, std::move(stop));
    };
}

}  // namespace lectern::app::cli

// lectern-cli library contexts: what saved contexts take on disk, and clearing them.

#include <cstdio>

#include "app/cli/cli.h"
#include "app/cli/console.h"
#include "app/library/saved_contexts.h"
#include "engine/tools/tools.h"

namespace lectern::app::cli {
namespace {

struct Flags {
    bool clear = false;
    DocumentId document = 0;
    bool json = false;
};

nlohmann::json contextJson(const SavedContext& context) {
    return {{"path", context.path.string()}, {"documents", context.documents},  {"model", context.modelPath},
            {"tokens", context.tokens},      {"size_bytes", context.sizeBytes}, {"problem", context.problem}};
}

void print(const SavedContext& context) {
    std::string documents;
    for (const DocumentId id : context.documents) {
        documents += (documents.empty() ? "" : ", ") + std::to_string(id);
    }
    std::printf("%9s  %9s tokens  documents %-8s  %s\n", byteSize(context.sizeBytes).c_str(),
                thousands(context.tokens).c_str(), documents.empty() ? "?" : documents.c_str(),
                context.problem.empty() ? context.path.filename().c_str() : context.problem.c_str());
}

Result<void> run(const Flags& flags) {
    LECTERN_ASSIGN(const std::filesystem::path data, dataDirectory());
    const std::filesystem::path folder = contextsFolder(data);
    const std::vector<SavedContext> contexts = listSavedContexts(folder);
    nlohmann::json list = nlohmann::json::array();
    int64_t total = 0;
    for (const SavedContext& context : contexts) {
        total += context.sizeBytes;
        list.push_back(contextJson(context));
        if (!flags.json) {
            print(context);
        }
    }
    nlohmann::json report{{"contexts", list}, {"total_bytes", total}};
    if (flags.clear) {
        const int64_t freed = removeSavedContexts(folder, flags.document);
        report["freed_bytes"] = freed;
        if (!flags.json) {
            std::printf("%s freed.\n", byteSize(freed).c_str());
        }
    } else if (!flags.json && contexts.empty()) {
        note("No context is saved.");
    } else if (!flags.json) {
        std::printf("%9s  in all\n", byteSize(total).c_str());
    }
    if (flags.json) {
        tools::printJson(report);
    }
    return {};
}

}  // namespace

Command addLibraryContexts(CLI::App& parent) {
    auto flags = std::make_shared<Flags>();
    CLI::App* app =
        parent.add_subcommand("contexts", "Saved contexts (documents that open without reading them again)");
    app->add_flag("--clear", flags->clear, "Remove them");
    app->add_option("--document", flags->document, "With --clear: only those that hold this document");
    app->add_flag("--json", flags->json, "A JSON object on standard output");
    return [flags](const std::stop_token&) { return run(*flags); };
}

}  // namespace lectern::app::cli

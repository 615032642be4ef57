// lectern-cli: Lectern without a window, in the same library.

#include <csignal>
#include <cstdio>
#include <utility>

#include "app/cli/cli.h"
#include "engine/core/exit_code.h"

namespace {

std::stop_source& interrupted() {
    static std::stop_source source;
    return source;
}

// Requesting a stop is a few atomic operations; no callback is registered on this source.
void onInterrupt(int) {
    interrupted().request_stop();
}

}  // namespace

int main(int argc, char** argv) {
    using namespace lectern;
    namespace cli = app::cli;
    CLI::App application("Questions long documents in the terminal, and says where each answer came from.",
                         "lectern-cli");
    application.footer(kExitCodeHelp);
    application.require_subcommand(1);
    std::vector<std::pair<CLI::App*, cli::Command>> commands;
    const auto add = [&](CLI::App& parent, cli::Command (*make)(CLI::App&)) {
        cli::Command command = make(parent);
        commands.emplace_back(parent.get_subcommands({}).back(), std::move(command));
    };
    add(application, cli::addAsk);
    add(application, cli::addIngest);
    CLI::App* library = application.add_subcommand("library", "List, show and remove the library's documents");
    library->require_subcommand(1);
    add(*library, cli::addLibraryList);
    add(*library, cli::addLibraryShow);
    add(*library, cli::addLibraryRemove);
    add(*library, cli::addLibraryConversations);
    add(*library, cli::addLibraryExport);
    add(*library, cli::addLibrarySearch);
    add(*library, cli::addLibraryContexts);
    CLI::App* models = application.add_subcommand("models", "List and describe models");
    models->require_subcommand(1);
    add(*models, cli::addModelsList);
    add(*models, cli::addModelsInfo);

    try {
        application.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) {
            return application.exit(error);
        }
        std::fprintf(stderr, "lectern-cli: %s\n", error.what());
        return exitCode(ErrorCode::InvalidInput);
    }
    std::signal(SIGINT, onInterrupt);
    std::signal(SIGTERM, onInterrupt);
    for (const auto& [subcommand, run] : commands) {
        if (!subcommand->parsed()) {
            continue;
        }
        if (const Result<void> result = run(interrupted().get_token()); !result) {
            std::fprintf(stderr, "lectern-cli: %s\n", result.error().message.c_str());
            return exitCode(result.error().code);
        }
        return 0;
    }
    return exitCode(ErrorCode::InvalidInput);
}

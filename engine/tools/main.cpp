// lectern-engine: the engine without a window. Headless tokenize, generate, evaluate, convert, measure.

#include <csignal>
#include <cstdio>

#include "engine/core/exit_code.h"
#include "engine/tools/tools.h"

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
    CLI::App app("Lectern's engine: long-context Llama inference with MS attention.", "lectern-engine");
    app.footer(kExitCodeHelp);
    app.require_subcommand(1);
    std::vector<std::pair<CLI::App*, tools::Command>> commands;
    const auto add = [&](CLI::App& parent, tools::Register make) {
        tools::Command command = make(parent);
        commands.emplace_back(parent.get_subcommands({}).back(), std::move(command));
    };
    add(app, tools::addTokenize);
    add(app, tools::addLogits);
    add(app, tools::addGenerate);
    add(app, tools::addConvert);
    add(app, tools::addInfo);
    add(app, tools::addTrain);
    add(app, tools::addExport);
    CLI::App* bench = app.add_subcommand("bench", "Measure speed beside the machine's limits");
    bench->require_subcommand(1);
    add(*bench, tools::addBenchPrefill);
    add(*bench, tools::addBenchDecode);
    add(*bench, tools::addBenchSelection);
    add(*bench, tools::addBenchTrain);
    CLI::App* eval = app.add_subcommand("eval", "Measure what the model finds in long contexts");
    eval->require_subcommand(1);
    add(*eval, tools::addEvalPasskey);
    add(*eval, tools::addEvalNeedle);
    add(*eval, tools::addEvalPerplexity);
    add(*eval, tools::addEvalQa);
    add(*eval, tools::addEvalCitations);
    add(*eval, tools::addEvalCitationHeads);

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) {
            return app.exit(error);
        }
        std::fprintf(stderr, "lectern-engine: %s\n", error.what());
        return exitCode(ErrorCode::InvalidInput);
    }
    std::signal(SIGINT, onInterrupt);
    std::signal(SIGTERM, onInterrupt);
    for (const auto& [subcommand, run] : commands) {
        if (!subcommand->parsed()) {
            continue;
        }
        if (const Result<void> result = run(interrupted().get_token()); !result) {
            std::fprintf(stderr, "lectern-engine: %s\n", result.error().message.c_str());
            return exitCode(result.error().code);
        }
        return 0;
    }
    return exitCode(ErrorCode::InvalidInput);
}

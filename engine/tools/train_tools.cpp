// train, export.

#include "engine/formats/model_source.h"
#include "engine/tools/tools.h"
#include "engine/train/adapter.h"
#include "engine/train/export.h"
#include "engine/train/worker.h"

namespace lectern::tools {
namespace {

struct ExportFlags {
    std::string model, adapter, to, type = "bf16";
};

Result<DType> parseType(const std::string& text) {
    for (const auto& [label, type] :
         {std::pair{"f32", DType::F32}, {"f16", DType::F16}, {"bf16", DType::BF16}, {"q8_0", DType::Q8_0}}) {
        if (text == label) {
            return type;
        }
    }
    return Error{ErrorCode::InvalidInput,
                 "Unknown type \"" + text.substr(0, 40) + "\"; known are f32, f16, bf16, q8_0."};
}

Result<void> exportModel(const ExportFlags& flags) {
    LECTERN_ASSIGN(const DType type, parseType(flags.type));
    LECTERN_ASSIGN(ModelSource source, openModelSource(flags.model));
    if (!flags.adapter.empty()) {
        LECTERN_TRY(applyAdapter(source, flags.adapter));
    }
    const bool gguf = std::filesystem::path(flags.to).extension() == ".gguf";
    if (gguf) {
        LECTERN_TRY(writeGguf(source, flags.to, {type}));
    } else {
        LECTERN_TRY(writeHfFolder(source, type, flags.to));
    }
    printJson({{"path", flags.to}, {"kind", gguf ? "gguf" : "folder"}, {"type", flags.type}});
    return {};
}

}  // namespace

Command addTrain(CLI::App& parent) {
    auto options = std::make_shared<WorkerOptions>();
    CLI::App* app = parent.add_subcommand("train", "Train or fine-tune a model as a configuration file says");
    app->add_option("config", options->configPath, "Configuration, JSON (engine/train/README.md)")->required();
    app->add_option("--resume", options->resume, "Go on from a checkpoint, or from the newest one of a run's folder");
    app->add_flag("--dry-run", options->dryRun,
                  "One step on the longest sample: memory, time, what the data look like");
    app->add_flag_callback(
        "--no-stdin", [options] { options->readInput = false; },
        "Leave standard input alone; its end then does not stop the run");
    return [options](std::stop_token stop) { return runWorker(*options, stop); };
}

Command addExport(CLI::App& parent) {
    auto flags = std::make_shared<ExportFlags>();
    CLI::App* app = parent.add_subcommand("export", "Write a model, with an adapter merged, as a folder or .gguf");
    app->add_option("--model", flags->model, "Model folder or GGUF file")->required();
    app->add_option("--adapter", flags->adapter, "Adapter folder to merge");
    app->add_option("--to", flags->to, "Target folder, or a file ending in .gguf")->required();
    app->add_option("--type", flags->type, "f32, f16, bf16 or (GGUF) q8_0")->capture_default_str();
    return [flags](std::stop_token) { return exportModel(*flags); };
}

}  // namespace lectern::tools

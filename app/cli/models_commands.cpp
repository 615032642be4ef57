// lectern-cli models list | info.

#include <cstdio>

#include "app/cli/cli.h"
#include "app/cli/console.h"
#include "app/models/model_catalog.h"
#include "app/settings/settings.h"
#include "engine/cache/cpu_kv_storage.h"
#include "engine/core/resources.h"
#include "engine/formats/model_source.h"
#include "engine/tools/tools.h"

namespace lectern::app::cli {
namespace {

namespace fs = std::filesystem;

struct Flags {
    std::vector<std::string> folders;
    std::string model;
    bool json = false;
};

nlohmann::json entryJson(const ModelEntry& entry) {
    nlohmann::json object = {{"name", entry.name},
                             {"path", entry.path.string()},
                             {"default", entry.isDefault},
                             {"size_bytes", entry.sizeBytes},
                             {"problem", entry.problem.empty() ? nlohmann::json() : nlohmann::json(entry.problem)}};
    if (entry.problem.empty()) {
        object["architecture"] = entry.config.architecture;
        object["layers"] = entry.config.layerCount;
        object["trained_context"] = entry.config.trainedContext;
    }
    return object;
}

Result<void> list(const Flags& flags) {
    std::vector<fs::path> folders(flags.folders.begin(), flags.folders.end());
    for (const fs::path& folder : folders) {
        std::error_code ignored;
        if (!fs::exists(folder, ignored)) {
            return Error{ErrorCode::NotFound, "There is no folder " + folder.string() + "."};
        }
    }
    for (const QString& folder : Settings().pathList(QStringLiteral("model/folders"))) {
        folders.emplace_back(folder.toStdString());
    }
    if (const Result<fs::path> data = dataDirectory()) {
        folders.push_back(*data / "models");
    }
    nlohmann::json array = nlohmann::json::array();
    for (const ModelEntry& entry : findModels(folders)) {
        array.push_back(entryJson(entry));
        if (!flags.json) {
            const std::string about =
                entry.problem.empty()
                    ? entry.config.architecture + ", " + thousands(entry.config.trainedContext) + " tokens trained"
                    : entry.problem;
            std::printf("%-32s %10s  %s\n    %s%s\n", entry.name.c_str(), byteSize(entry.sizeBytes).c_str(),
                        about.c_str(), entry.path.c_str(), entry.isDefault ? " (comes with Lectern)" : "");
        }
    }
    if (flags.json) {
        tools::printJson(array);
    } else if (array.empty()) {
        note("No model was found.");
    }
    return {};
}

Result<void> info(const Flags& flags) {
    fs::path path = flags.model;
    if (path.empty()) {
        LECTERN_ASSIGN(path, defaultModelPath());
    }
    LECTERN_ASSIGN(const ModelSource source, openModelSource(path));
    const ModelConfig& config = source.config;
    int64_t parameters = 0;
    for (const auto& [name, tensor] : source.tensors) {
        int64_t values = 1;
        for (const int64_t side : tensor.shape) {
            values *= side;
        }
        parameters += values;
    }
    AttentionProfile profile = defaultProfile(config.trainedContext);
    if (!source.profileJson.empty()) {
        LECTERN_ASSIGN(profile, parseProfile(source.profileJson));
    }
    constexpr int64_t kTokens = 65536;
    const KvStorageSpec spec{
        config.layerCount, config.kvHeadCount, config.headDim, profile.region, profile.kvType, 0, 0, {}};
    const nlohmann::json object = {
        {"name", config.name},
        {"path", source.path.string()},
        {"architecture", config.architecture},
        {"license", source.license},
        {"size_bytes", source.sizeBytes},
        {"sha256", modelHash(source.path)},
        {"parameters", parameters},
        {"vocab_size", config.vocabSize},
        {"layers", config.layerCount},
        {"heads", config.headCount},
        {"kv_heads", config.kvHeadCount},
        {"trained_context", config.trainedContext},
        {"extended_context", profile.capacity.empty() ? config.trainedContext : profile.capacity.back().contextTokens},
        {"kv_bytes_per_token", CpuKvStorage::bytesFor(spec, kTokens) / kTokens},
        {"profile", profileToJson(profile)}};
    if (flags.json) {
        tools::printJson(object);
        return {};
    }
    for (const auto& item : object.items()) {
        std::printf("%-19s %s\n", item.key().c_str(),
                    item.value().is_string() ? item.value().get<std::string>().c_str() : item.value().dump().c_str());
    }
    return {};
}

}  // namespace

Command addModelsList(CLI::App& parent) {
    auto flags = std::make_shared<Flags>();
    CLI::App* app = parent.add_subcommand("list", "Models in the model folders, and what keeps a model from running");
    app->add_option("folders", flags->folders, "More folders to look through");
    app->add_flag("--json", flags->json, "A JSON array on standard output");
    return [flags](const std::stop_token&) { return list(*flags); };
}

Command addModelsInfo(CLI::App& parent) {
    auto flags = std::make_shared<Flags>();
    CLI::App* app = parent.add_subcommand("info", "One model, checked from end to end");
    app->add_option("model", flags->model, "Model folder or GGUF file (default: the embedded model)");
    app->add_flag("--json", flags->json, "A JSON object on standard output");
    return [flags](const std::stop_token&) { return info(*flags); };
}

}  // namespace lectern::app::cli

#pragma once
// Models on this computer: folders are looked through, nothing is copied or loaded.

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "engine/model/model_config.h"

namespace lectern::app {

struct ModelEntry {
    std::filesystem::path path;  ///< a .gguf file or a folder with config.json
    std::string name;
    ModelConfig config;
    int64_t sizeBytes = 0;   ///< of the file, or of all files of the folder
    std::string problem;     ///< why Lectern cannot run it, one sentence; empty: it can
    bool isDefault = false;  ///< comes with Lectern
};

/// The default model first, then what lies directly in `folders` or one folder below, by path. Folders that do not
/// exist hold nothing.
std::vector<ModelEntry> findModels(std::span<const std::filesystem::path> folders);

/// One model by its path. The entry's problem says what is wrong with it.
ModelEntry describeModel(const std::filesystem::path& path);

/// SHA-256 of a GGUF file, or of the sorted (name, SHA-256) list of a folder's files.
std::string modelHash(const std::filesystem::path& path);

}  // namespace lectern::app

#pragma once
// A Hugging Face model folder: config.json, one or several .safetensors, tokenizer.model.

#include <filesystem>

#include "engine/core/result.h"
#include "engine/formats/model_source.h"

namespace lectern {

/// Opens a folder. With `weights` set, that .safetensors file inside it is used instead of the folder's index.
/// Errors: NotFound, Corrupt, Unsupported, Io.
Result<ModelSource> openHfFolder(const std::filesystem::path& folder, const std::filesystem::path& weights = {});

/// Only config.json of the folder.
Result<ModelConfig> readHfFolderConfig(const std::filesystem::path& folder);

}  // namespace lectern

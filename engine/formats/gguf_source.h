#pragma once
// A GGUF file of the Llama family as a ModelSource.

#include <filesystem>

#include "engine/core/result.h"
#include "engine/formats/model_source.h"

namespace lectern {

/// Opens a GGUF v2 or v3 file: names become Hugging Face's, q/k rows go back to half-split order, the SPM vocabulary
/// becomes a sentencepiece model. Errors: NotFound, Corrupt, Unsupported, Io.
Result<ModelSource> openGgufSource(const std::filesystem::path& path);

/// Only the vocabulary, as a serialised sentencepiece model.
Result<std::string> readGgufTokenizer(const std::filesystem::path& path);

/// Only the configuration in the metadata.
Result<ModelConfig> readGgufConfig(const std::filesystem::path& path);

}  // namespace lectern

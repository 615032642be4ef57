#pragma once
// A model's tokenizer must be usable and fit the model's vocabulary.

#include <filesystem>
#include <string_view>

#include "engine/core/result.h"
#include "engine/model/model_config.h"

namespace lectern {

/// Checks a serialised sentencepiece ModelProto and that its ids have rows in the embedding. `path` is named in
/// messages. Errors: Corrupt, Unsupported.
Result<void> checkVocabulary(std::string_view modelProto, const ModelConfig& config, const std::filesystem::path& path);

}  // namespace lectern

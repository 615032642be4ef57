#pragma once
// config.json of a Hugging Face Llama or Mistral model.

#include <filesystem>
#include <string_view>

#include "engine/core/result.h"
#include "engine/model/model_config.h"

namespace lectern {

/// Parses the text of config.json; `path` is only named in messages, `vocabulary` describes the folder's tokenizer in
/// the refusal of another architecture (may be empty). Defaults are those of transformers' LlamaConfig and
/// MistralConfig. Errors: Corrupt, Unsupported.
Result<ModelConfig> parseHfConfig(std::string_view text, const std::filesystem::path& path,
                                  std::string_view vocabulary = {});

}  // namespace lectern

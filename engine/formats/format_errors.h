#pragma once
// Sentences for what is wrong with a model file. All name the file, none repeats bytes of it unbounded.

#include <filesystem>
#include <string>
#include <string_view>

#include "engine/core/result.h"

namespace lectern {

/// "model.safetensors is damaged: <detail>."
Error damagedFile(const std::filesystem::path& path, std::string_view detail);
/// "model.safetensors cannot be used: <detail>."
Error unusableFile(const std::filesystem::path& path, std::string_view detail);
/// "x.gguf: this is a Qwen2 model with a BPE (gpt2) vocabulary; Lectern runs …". `vocabulary` may be empty.
Error unsupportedModel(const std::filesystem::path& path, std::string_view architecture, std::string_view vocabulary);

/// The same error, with the file it is about in front.
Error inFile(const std::filesystem::path& path, const Error& error);

/// Text from a file made fit for a message: at most 80 bytes, printable ASCII or whole UTF-8, quoted.
std::string inQuotes(std::string_view text);

}  // namespace lectern

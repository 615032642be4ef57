#pragma once
// A Llama of random weights with a small vocabulary, made in memory: knows nothing, runs in milliseconds.

#include <filesystem>
#include <string>

#include "engine/session/run_options.h"
#include "engine/text/tokenizer.h"

namespace lectern::app::test {

/// sentencepiece BPE model of bytes, single characters and a few common merges.
std::string tinyTokenizerModel();
Tokenizer tinyTokenizer();

/// The model as a source (2 layers, dim 64, 4 heads, 2 K/V heads), loaded on the CPU with `trainedContext` tokens.
ModelSource tinyModelSource(int32_t trainedContext);
LoadedModel tinyModel(int32_t trainedContext);
/// The same as a GGUF file, for the programs.
void writeTinyModel(const std::filesystem::path& path, int32_t trainedContext);

}  // namespace lectern::app::test

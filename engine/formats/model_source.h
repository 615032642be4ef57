#pragma once
// Opens a model on disk - a Hugging Face folder or a GGUF file - as config, named tensors and tokenizer bytes.

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/model/model_config.h"
#include "kernels/common/types.h"

namespace lectern {

/// One tensor of an open file: bytes are borrowed from the ModelSource that holds it.
struct TensorData {
    DType type = DType::F32;
    std::vector<int64_t> shape;  ///< row-major, outermost first; [rows, columns] for matrices
    std::span<const std::byte> bytes;
};

/// A model as found on disk, validated: every tensor the config asks for is present with the right shape, finite,
/// inside the file and overlapping no other. Tensors carry Hugging Face names
/// ("model.layers.0.self_attn.q_proj.weight") whatever the container, and q/k rows are in half-split rotary order
/// (GGUF's are re-ordered at load).
struct ModelSource {
    ModelConfig config;
    std::map<std::string, TensorData> tensors;
    std::string tokenizerModel;  ///< serialised sentencepiece ModelProto; built in memory from a GGUF vocabulary
    std::string chatTemplate;    ///< empty when the files name none
    std::string license;         ///< as the files state it, may be empty
    std::string profileJson;     ///< embedded or adjacent attention profile, empty when there is none
    std::filesystem::path path;
    int64_t sizeBytes = 0;
    std::shared_ptr<const void> storage;  ///< keeps mappings and re-ordered copies alive
};

/// Opens `path` (a folder with config.json, a .safetensors inside such a folder, or a .gguf file). Weights stay
/// memory-mapped. Errors: NotFound, Corrupt, Unsupported (names the architecture or vocabulary found and what Lectern
/// runs).
Result<ModelSource> openModelSource(const std::filesystem::path& path);

/// Reads only config and metadata, for model lists; tensors and tokenizer are not checked.
Result<ModelConfig> readModelConfig(const std::filesystem::path& path);

/// The serialised sentencepiece model of a tokenizer.model file, a folder that has one, or a GGUF file's vocabulary; no
/// weights are needed. Errors: NotFound, Corrupt, Unsupported, Io, LimitExceeded.
Result<std::string> readTokenizerModel(const std::filesystem::path& path);

struct GgufWriteOptions {
    DType matrixType = DType::Q8_0;  ///< for two-dimensional tensors; norms stay F32. F32, F16, BF16 or Q8_0.
};

/// Writes `source` as GGUF v3 (temporary file, fsync, rename), with the tokenizer, RoPE settings and profile in the
/// metadata.
Result<void> writeGguf(const ModelSource& source, const std::filesystem::path& target, const GgufWriteOptions& options);

}  // namespace lectern

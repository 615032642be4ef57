#pragma once
// Small random Llama models and the files they are stored in, made by code that shares nothing with the readers.

#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/model/model_config.h"
#include "engine/text/sentencepiece_proto.h"
#include "kernels/common/types.h"

namespace lectern::test {

/// Three control pieces, all bytes and the space: the least a tokenizer needs. 260 pieces.
SentencePieceModel bareVocabulary();

/// 2 layers, hidden 64, 4 heads on 2 KV heads of dimension 16, SwiGLU 96, trained on 4,096 tokens; for
/// makeRandomModel().
ModelConfig smallModelConfig(int32_t vocabSize);

struct SyntheticTensor {
    std::vector<int64_t> shape;
    std::vector<float> values;  ///< exact in bf16
};

/// 2 layers, hidden 64, 4 heads on 2 KV heads of dimension 24, SwiGLU 96, vocabulary 264 (four rows more than pieces).
struct SyntheticModel {
    nlohmann::json config;
    std::map<std::string, SyntheticTensor> tensors;  ///< Hugging Face names
    std::string tokenizerModel;
};
SyntheticModel makeSyntheticModel(bool tiedEmbeddings = false, uint32_t seed = 7);

/// Values in the little-endian bytes of F32, F16 or BF16.
std::string encodePlain(DType type, const std::vector<float>& values);

/// A safetensors file from a ready header and data; the header is padded with spaces to a multiple of `alignment`.
std::string safetensorsBytes(const nlohmann::json& header, const std::string& data, size_t alignment = 8);
/// The named tensors, stored as `type`.
std::string safetensorsBytes(const SyntheticModel& model, DType type, const std::vector<std::string>& names);

/// Writes config.json, tokenizer.model and the weights in `shards` files (an index where there are several).
void writeHfFolder(const SyntheticModel& model, const std::filesystem::path& folder, DType type, int shards = 1);

}  // namespace lectern::test

#pragma once
// The Llama family's GGUF metadata as a ModelConfig and a sentencepiece model.

#include <filesystem>
#include <string>

#include "engine/core/result.h"
#include "engine/formats/gguf_file.h"
#include "engine/model/model_config.h"
#include "engine/text/sentencepiece_proto.h"

namespace lectern {

/// Keys of our own, beside the standard ones: what GGUF has no word for, and exact (64-bit) values of what it rounds.
/// Where present they win.
namespace gguf_key {
inline constexpr const char* kProfile = "lectern.attention.profile";
inline constexpr const char* kKeysUnrotated = "lectern.keys_unrotated";
inline constexpr const char* kRopeBase = "lectern.rope.freq_base";
inline constexpr const char* kScalingKind = "lectern.rope.scaling.kind";
inline constexpr const char* kScalingFactor = "lectern.rope.scaling.factor";
inline constexpr const char* kScalingOriginalContext = "lectern.rope.scaling.original_context";
inline constexpr const char* kScalingAttentionFactor = "lectern.rope.scaling.attention_factor";
inline constexpr const char* kScalingBetaFast = "lectern.rope.scaling.beta_fast";
inline constexpr const char* kScalingBetaSlow = "lectern.rope.scaling.beta_slow";
inline constexpr const char* kScalingLowFreqFactor = "lectern.rope.scaling.low_freq_factor";
inline constexpr const char* kScalingHighFreqFactor = "lectern.rope.scaling.high_freq_factor";
inline constexpr const char* kEosTokens = "lectern.eos_token_ids";
}  // namespace gguf_key

/// Name of a scaling kind in `kScalingKind` and config.json: "none", "linear", "dynamic", "yarn", "llama3", "ntk".
std::string_view name(RopeScaling::Kind kind);

/// The factor that ggml multiplies rotated values with by itself under yarn, 0.1 * ln(factor) + 1; files state the
/// rest.
double ggmlYarnFactor(double factor);

/// Reads the configuration. Refuses other architectures and vocabularies by name, experts, and partial rotation.
/// Errors: Corrupt, Unsupported.
Result<ModelConfig> readGgufMetadata(const GgufFile& file, const std::filesystem::path& path);

/// Reads the SPM vocabulary (tokenizer.ggml.model "llama"). Errors: Corrupt, Unsupported.
Result<SentencePieceModel> readGgufVocabulary(const GgufFile& file, const std::filesystem::path& path);

}  // namespace lectern

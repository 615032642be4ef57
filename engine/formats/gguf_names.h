#pragma once
// Tensor names of GGUF's Llama family and their Hugging Face counterparts.

#include <optional>
#include <string>
#include <string_view>

namespace lectern {

inline constexpr std::string_view kGgufRopeFrequencies = "rope_freqs.weight";

/// "blk.3.attn_q.weight" -> "model.layers.3.self_attn.q_proj.weight"; nothing for names that Llama models do not have.
std::optional<std::string> hfNameOf(std::string_view ggufName);

/// The inverse.
std::optional<std::string> ggufNameOf(std::string_view hfName);

}  // namespace lectern

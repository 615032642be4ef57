#pragma once
// Seeded random weights in the shape of a known model: benchmarks and tests need sizes, not knowledge.

#include <string_view>

#include "engine/formats/model_source.h"

namespace lectern {

/// Shapes: "110m" (12 layers, dim 768, 12 heads, 4 KV heads, ffn 2048, vocab 32000, tied), "tinyllama" (1.1B),
/// "llama2-7b", "mistral-7b". Errors: InvalidInput, naming them.
Result<ModelConfig> shapeConfig(std::string_view shape);

/// A model of `config` made in memory, without tokenizer: matrices in `type` (any but F16), norms near 1, values
/// scaled as at initialisation, so that activations stay finite. The same seed gives the same bytes everywhere.
Result<ModelSource> makeRandomModel(const ModelConfig& config, DType type, uint64_t seed);

}  // namespace lectern

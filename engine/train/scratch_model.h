#pragma once
// A model to be trained from nothing: seeded random weights under a configuration.

#include <string>

#include "engine/formats/model_source.h"

namespace lectern {

/// f32 weights: matrices normal with deviation `deviation`, those that write to the residual stream (o_proj, down_proj)
/// divided by sqrt(2 * layers) as in GPT-2, norms 1. `tokenizerModel` is a serialised sentencepiece model; its bos and
/// eos enter the configuration. Errors: InvalidInput when the vocabulary does not fit.
Result<ModelSource> makeScratchModel(ModelConfig config, std::string tokenizerModel, uint64_t seed, double deviation);

}  // namespace lectern

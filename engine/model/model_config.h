#pragma once
// Hyper-parameters of a Llama-family model, as read from config.json or GGUF metadata.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/ids.h"
#include "engine/core/result.h"

namespace lectern {

/// RoPE scaling named by the model's own files. Formulas: engine/attention/rope_schedule.h.
struct RopeScaling {
    enum class Kind { None, Linear, Dynamic, Yarn, Llama3, Ntk } kind = Kind::None;
    double factor = 1.0;
    double originalContext = 0;          ///< original_max_position_embeddings; 0: use the model's trained context
    double attentionFactor = 0;          ///< yarn; 0: computed from factor
    double betaFast = 32, betaSlow = 1;  ///< yarn
    double lowFreqFactor = 1, highFreqFactor = 4;  ///< llama3
};

/// Shapes and constants of one model. All sizes in elements.
struct ModelConfig {
    std::string architecture = "llama";  ///< "llama" or "mistral"
    std::string name;
    int32_t vocabSize = 0;
    int32_t hiddenSize = 0;        ///< D
    int32_t intermediateSize = 0;  ///< SwiGLU width
    int32_t layerCount = 0;
    int32_t headCount = 0;    ///< H
    int32_t kvHeadCount = 0;  ///< Hkv
    int32_t headDim = 0;      ///< Dh
    int32_t trainedContext = 0;
    int32_t slidingWindow = 0;  ///< tokens, 0: none
    float rmsNormEps = 1e-5f;
    double ropeBase = 10000.0;
    RopeScaling ropeScaling;
    bool tiedEmbeddings = false;
    bool keysStoredUnrotated = false;  ///< pre-trained with ms_pretrain; other modes refuse the model
    TokenId bosToken = 1;
    std::vector<TokenId> eosTokens = {2};

    int32_t groupSize() const { return headCount / kvHeadCount; }
};

/// Checks that sizes are positive, bounded and fit each other, and that the constants are finite. Errors: Corrupt,
/// Unsupported (a head dimension that no kernel runs).
Result<void> checkModelConfig(const ModelConfig& config);

}  // namespace lectern

#include "engine/model/model_config.h"

#include <cmath>

namespace lectern {

namespace {

Error wrong(const std::string& detail) {
    return {ErrorCode::Corrupt, "The model's configuration is wrong: " + detail + "."};
}

Result<void> inRange(const char* what, int64_t value, int64_t minimum, int64_t maximum) {
    if (value < minimum || value > maximum) {
        return wrong(std::string(what) + " is " + std::to_string(value) + ", outside " + std::to_string(minimum) +
                     " to " + std::to_string(maximum));
    }
    return {};
}

Result<void> checkRope(const ModelConfig& config) {
    const RopeScaling& scaling = config.ropeScaling;
    if (!(std::isfinite(config.ropeBase) && config.ropeBase > 1.0 && config.ropeBase < 1e15)) {
        return wrong("the RoPE base is not between 1 and 1e15");
    }
    const bool finite = std::isfinite(scaling.factor) && std::isfinite(scaling.originalContext) &&
                        std::isfinite(scaling.attentionFactor) && std::isfinite(scaling.betaFast) &&
                        std::isfinite(scaling.betaSlow) && std::isfinite(scaling.lowFreqFactor) &&
                        std::isfinite(scaling.highFreqFactor);
    if (!finite || scaling.factor <= 0 || scaling.originalContext < 0 || scaling.attentionFactor < 0) {
        return wrong("a RoPE scaling value is negative or not a number");
    }
    if (scaling.kind == RopeScaling::Kind::Yarn && !(scaling.betaFast > scaling.betaSlow && scaling.betaSlow > 0)) {
        return wrong("yarn needs beta_fast above beta_slow above zero");
    }
    if (scaling.kind == RopeScaling::Kind::Llama3 &&
        !(scaling.highFreqFactor > scaling.lowFreqFactor && scaling.lowFreqFactor > 0)) {
        return wrong("llama3 scaling needs high_freq_factor above low_freq_factor above zero");
    }
    return {};
}

}  // namespace

Result<void> checkModelConfig(const ModelConfig& config) {
    LECTERN_TRY(inRange("the vocabulary size", config.vocabSize, 1, 1 << 22));
    LECTERN_TRY(inRange("the hidden size", config.hiddenSize, 1, 1 << 17));
    LECTERN_TRY(inRange("the intermediate size", config.intermediateSize, 1, 1 << 20));
    LECTERN_TRY(inRange("the number of layers", config.layerCount, 1, 1024));
    LECTERN_TRY(inRange("the number of attention heads", config.headCount, 1, 1024));
    LECTERN_TRY(inRange("the number of key/value heads", config.kvHeadCount, 1, config.headCount));
    LECTERN_TRY(inRange("the head dimension", config.headDim, 2, 1024));
    LECTERN_TRY(inRange("the trained context", config.trainedContext, 1, 1 << 30));
    LECTERN_TRY(inRange("the sliding window", config.slidingWindow, 0, 1 << 30));
    if (config.headCount % config.kvHeadCount != 0) {
        return wrong(std::to_string(config.headCount) + " heads cannot share " + std::to_string(config.kvHeadCount) +
                     " key/value heads");
    }
    if (config.headDim % 8 != 0 || config.headDim > 256) {
        return Error{ErrorCode::Unsupported, "Attention heads have " + std::to_string(config.headDim) +
                                                 " dimensions; Lectern runs multiples of 8 up to 256."};
    }
    if (!(std::isfinite(config.rmsNormEps) && config.rmsNormEps > 0 && config.rmsNormEps < 1)) {
        return wrong("the epsilon of RMSNorm is not between 0 and 1");
    }
    LECTERN_TRY(inRange("the begin token", config.bosToken, -1, config.vocabSize - 1));
    for (const TokenId token : config.eosTokens) {
        LECTERN_TRY(inRange("an end token", token, 0, config.vocabSize - 1));
    }
    return checkRope(config);
}

}  // namespace lectern

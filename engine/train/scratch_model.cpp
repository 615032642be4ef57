#include "engine/train/scratch_model.h"

#include <cmath>

#include "engine/formats/tensor_checks.h"
#include "engine/text/tokenizer.h"
#include "engine/train/keyed_random.h"

namespace lectern {
namespace {

constexpr uint64_t kWeightStream = 0x696e6974;

}  // namespace

Result<ModelSource> makeScratchModel(ModelConfig config, std::string tokenizerModel, uint64_t seed, double deviation) {
    LECTERN_ASSIGN(const Tokenizer tokenizer, Tokenizer::create(tokenizerModel));
    if (tokenizer.vocabSize() > config.vocabSize) {
        return Error{ErrorCode::InvalidInput, "The tokenizer has " + std::to_string(tokenizer.vocabSize()) +
                                                  " pieces, more than the configuration's vocabulary of " +
                                                  std::to_string(config.vocabSize) + "."};
    }
    config.bosToken = tokenizer.bosToken();
    config.eosTokens = {tokenizer.eosToken()};
    auto storage = std::make_shared<std::vector<std::vector<float>>>();
    ModelSource source;
    source.config = config;
    source.path = config.name;
    source.tokenizerModel = std::move(tokenizerModel);
    uint64_t index = 0;
    for (const ExpectedTensor& expected : expectedTensors(config)) {
        const int64_t count = *elementCount(expected.shape);
        const bool writesResidual =
            expected.name.find("o_proj") != std::string::npos || expected.name.find("down_proj") != std::string::npos;
        const double scale = deviation / (writesResidual ? std::sqrt(2.0 * config.layerCount) : 1.0);
        std::vector<float>& values = storage->emplace_back(static_cast<size_t>(count), 1.0f);
        KeyedRandom random({seed, kWeightStream, index++});
        if (expected.shape.size() > 1) {
            for (float& value : values) {
                value = static_cast<float>(random.normal() * scale);
            }
        }
        source.tensors[expected.name] = {DType::F32, expected.shape, std::as_bytes(std::span(values))};
        source.sizeBytes += count * 4;
    }
    source.storage = storage;
    return source;
}

}  // namespace lectern

#include "engine/model/random_model.h"

#include <cmath>
#include <cstring>

namespace lectern {
namespace {

/// xorshift64*: quick enough to fill seven billion weights.
class FastRandom {
  public:
    explicit FastRandom(uint64_t seed) : m_state(seed * 0x9e3779b97f4a7c15ull + 0x1234567ull) {}
    uint64_t next() {
        m_state ^= m_state >> 12;
        m_state ^= m_state << 25;
        m_state ^= m_state >> 27;
        return m_state * 0x2545f4914f6cdd1dull;
    }
    /// Uniform in [-1, 1).
    float uniform() { return static_cast<float>(static_cast<int64_t>(next()) >> 40) * 0x1.0p-23f; }

  private:
    uint64_t m_state;
};

uint16_t toBf16(float value) {
    uint32_t bits;
    std::memcpy(&bits, &value, 4);
    return static_cast<uint16_t>((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

// Positive normal half floats only, which is all a scale needs.
uint16_t toHalf(float value) {
    uint32_t bits;
    std::memcpy(&bits, &value, 4);
    const auto exponent = static_cast<int32_t>(bits >> 23) - 127 + 15;
    return static_cast<uint16_t>((exponent << 10) | ((bits >> 13) & 0x3ff));
}

void fill(DType type, int64_t values, float range, FastRandom& random, std::byte* out) {
    switch (type) {
        case DType::F32:
            for (int64_t i = 0; i < values; ++i) {
                const float value = random.uniform() * range;
                std::memcpy(out + i * 4, &value, 4);
            }
            break;
        case DType::BF16:
            for (int64_t i = 0; i < values; ++i) {
                const uint16_t value = toBf16(random.uniform() * range);
                std::memcpy(out + i * 2, &value, 2);
            }
            break;
        default: {  // Q8_0: random bytes under a common scale
            const uint16_t scale = toHalf(range / 127);
            for (int64_t block = 0; block < values / 32; ++block) {
                std::byte* target = out + block * 34;
                std::memcpy(target, &scale, 2);
                for (int word = 0; word < 4; ++word) {
                    const uint64_t bytes = random.next();
                    std::memcpy(target + 2 + word * 8, &bytes, 8);
                }
            }
        }
    }
}

struct NamedShape {
    std::string name;
    std::vector<int64_t> shape;
};

std::vector<NamedShape> tensorShapes(const ModelConfig& config) {
    const int64_t width = config.hiddenSize, inner = config.intermediateSize;
    const int64_t qRows = static_cast<int64_t>(config.headCount) * config.headDim;
    const int64_t kvRows = static_cast<int64_t>(config.kvHeadCount) * config.headDim;
    std::vector<NamedShape> shapes{{"model.embed_tokens.weight", {config.vocabSize, width}},
                                   {"model.norm.weight", {width}}};
    if (!config.tiedEmbeddings) {
        shapes.push_back({"lm_head.weight", {config.vocabSize, width}});
    }
    for (int32_t layer = 0; layer < config.layerCount; ++layer) {
        const std::string prefix = "model.layers." + std::to_string(layer) + ".";
        shapes.push_back({prefix + "input_layernorm.weight", {width}});
        shapes.push_back({prefix + "self_attn.q_proj.weight", {qRows, width}});
        shapes.push_back({prefix + "self_attn.k_proj.weight", {kvRows, width}});
        shapes.push_back({prefix + "self_attn.v_proj.weight", {kvRows, width}});
        shapes.push_back({prefix + "self_attn.o_proj.weight", {width, qRows}});
        shapes.push_back({prefix + "post_attention_layernorm.weight", {width}});
        shapes.push_back({prefix + "mlp.gate_proj.weight", {inner, width}});
        shapes.push_back({prefix + "mlp.up_proj.weight", {inner, width}});
        shapes.push_back({prefix + "mlp.down_proj.weight", {width, inner}});
    }
    return shapes;
}

}  // namespace

Result<ModelConfig> shapeConfig(std::string_view shape) {
    ModelConfig config;
    config.name = std::string(shape);
    const auto set = [&](int32_t layers, int32_t width, int32_t heads, int32_t kvHeads, int32_t inner, int32_t vocab,
                         int32_t context, bool tied) {
        config.layerCount = layers;
        config.hiddenSize = width;
        config.headCount = heads;
        config.kvHeadCount = kvHeads;
        config.headDim = width / heads;
        config.intermediateSize = inner;
        config.vocabSize = vocab;
        config.trainedContext = context;
        config.tiedEmbeddings = tied;
    };
    if (shape == "110m") {
        set(12, 768, 12, 4, 2048, 32000, 4096, true);
    } else if (shape == "tinyllama") {
        set(22, 2048, 32, 4, 5632, 32000, 2048, false);
    } else if (shape == "llama2-7b") {
        set(32, 4096, 32, 32, 11008, 32000, 4096, false);
    } else if (shape == "mistral-7b") {
        set(32, 4096, 32, 8, 14336, 32000, 32768, false);
        config.architecture = "mistral";
    } else {
        return Error{ErrorCode::InvalidInput, "Unknown shape \"" + std::string(shape.substr(0, 40)) +
                                                  "\"; known are 110m, tinyllama, llama2-7b, mistral-7b."};
    }
    return config;
}

Result<ModelSource> makeRandomModel(const ModelConfig& config, DType type, uint64_t seed) {
    if (type != DType::F32 && type != DType::BF16 && type != DType::Q8_0) {
        return Error{ErrorCode::InvalidInput, "Random weights can be made in f32, bf16 and q8_0."};
    }
    struct Storage {
        std::vector<std::vector<std::byte>> tensors;
    };
    auto storage = std::make_shared<Storage>();
    ModelSource source;
    source.config = config;
    source.path = config.name;
    FastRandom random(seed);
    for (const NamedShape& named : tensorShapes(config)) {
        const bool matrix = named.shape.size() == 2;
        const DType stored = matrix ? type : DType::F32;
        const int64_t values = matrix ? named.shape[0] * named.shape[1] : named.shape[0];
        std::vector<std::byte>& bytes = storage->tensors.emplace_back();
        bytes.resize(static_cast<size_t>(kernels::rowBytes(stored, values)));
        if (matrix) {
            // Uniform with the variance 1 / columns of a usual initialisation.
            fill(stored, values, std::sqrt(3.0f / static_cast<float>(named.shape[1])), random, bytes.data());
        } else {
            for (int64_t i = 0; i < values; ++i) {
                const float value = 1.0f + 0.1f * random.uniform();
                std::memcpy(bytes.data() + i * 4, &value, 4);
            }
        }
        source.tensors[named.name] = {stored, named.shape, bytes};
        source.sizeBytes += static_cast<int64_t>(bytes.size());
    }
    source.storage = storage;
    return source;
}

}  // namespace lectern

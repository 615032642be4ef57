#include "engine/model/random_model.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <optional>
#include <vector>

#include "engine/core/thread_pool.h"
#include "kernels/common/half.h"

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

/// The half floats of one block of random bytes: its values become uniform within about +-range.
void setScales(DType type, float range, std::byte* block) {
    const auto put = [&](int64_t offset, float value) {
        const uint16_t half = kernels::floatToHalf(value);
        std::memcpy(block + offset, &half, 2);
    };
    switch (type) {
        case DType::Q8_0:
            return put(0, range / 127);
        case DType::Q4_0:
            return put(0, range / 8);
        case DType::Q6_K:  // signed 6-bit values and signed 8-bit scales
            return put(208, range / (32 * 64));
        default:  // Q4_K, Q5_K: unsigned values, 6-bit scales and minima near 32
            put(0, 2 * range / (32 * (type == DType::Q4_K ? 15 : 31)));
            return put(2, range / 32);
    }
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
                const uint16_t value = kernels::floatToBfloat16(random.uniform() * range);
                std::memcpy(out + i * 2, &value, 2);
            }
            break;
        default: {  // blocks of random bytes under a common scale
            const int64_t blocks = values / kernels::blockValues(type), size = kernels::blockBytes(type);
            for (int64_t i = 0; i + 8 <= blocks * size; i += 8) {
                const uint64_t bytes = random.next();
                std::memcpy(out + i, &bytes, 8);
            }
            for (int64_t block = 0; block < blocks; ++block) {
                setScales(type, range, out + block * size);
            }
        }
    }
}

// Tensors above this are filled in pieces by all cores, each piece from a stream of its own.
constexpr int64_t kPieceValues = int64_t{1} << 22;

void fillLarge(DType type, int64_t values, float range, uint64_t seed, std::byte* out, ThreadPool& pool) {
    pool.parallelFor((values + kPieceValues - 1) / kPieceValues, [&](int64_t piece) {
        FastRandom random(seed + static_cast<uint64_t>(piece) * 0x632be59bd9b4e019ull);
        const int64_t begin = piece * kPieceValues;
        fill(type, std::min(kPieceValues, values - begin), range, random, out + kernels::rowBytes(type, begin));
    });
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
    if (type == DType::F16) {
        return Error{ErrorCode::InvalidInput, "Random weights are not made in f16."};
    }
    struct Storage {
        std::vector<std::unique_ptr<std::byte[]>> tensors;
    };
    auto storage = std::make_shared<Storage>();
    ModelSource source;
    source.config = config;
    source.path = config.name;
    FastRandom random(seed);
    std::optional<ThreadPool> pool;
    for (const NamedShape& named : tensorShapes(config)) {
        const bool matrix = named.shape.size() == 2;
        const DType stored = matrix ? type : DType::F32;
        const int64_t values = matrix ? named.shape[0] * named.shape[1] : named.shape[0];
        const auto size = static_cast<size_t>(kernels::rowBytes(stored, values));
        std::byte* bytes = storage->tensors.emplace_back(std::make_unique_for_overwrite<std::byte[]>(size)).get();
        // Block formats are filled in words of eight bytes, which may leave the last ones out.
        std::fill_n(bytes + size - std::min<size_t>(size, 8), std::min<size_t>(size, 8), std::byte{0});
        if (matrix) {
            // Uniform with the variance 1 / columns of a usual initialisation.
            const float range = std::sqrt(3.0f / static_cast<float>(named.shape[1]));
            if (values > kPieceValues) {
                if (!pool) {
                    pool.emplace(0);
                }
                fillLarge(stored, values, range, random.next(), bytes, *pool);
            } else {
                fill(stored, values, range, random, bytes);
            }
        } else {
            for (int64_t i = 0; i < values; ++i) {
                const float value = 1.0f + 0.1f * random.uniform();
                std::memcpy(bytes + i * 4, &value, 4);
            }
        }
        source.tensors[named.name] = {stored, named.shape, std::span<const std::byte>(bytes, size)};
        source.sizeBytes += static_cast<int64_t>(size);
    }
    source.storage = storage;
    return source;
}

}  // namespace lectern

#include "engine/model/model.h"

#include <algorithm>
#include <string>

#include "engine/cache/snapshot_store.h"
#include "engine/model/weight_room.h"

namespace lectern {
namespace {

Result<std::unique_ptr<Weight>> matrix(const ModelSource& source, Backend& backend, const std::string& name,
                                       int64_t rows, int64_t columns) {
    const auto found = source.tensors.find(name);
    if (found == source.tensors.end()) {
        return Error{ErrorCode::Corrupt, "The model has no tensor \"" + name + "\"."};
    }
    const TensorData& tensor = found->second;
    int64_t values = 1;
    for (const int64_t extent : tensor.shape) {
        values *= extent;
    }
    if (values != rows * columns || columns % kernels::blockValues(tensor.type) != 0 ||
        static_cast<int64_t>(tensor.bytes.size()) != rows * kernels::rowBytes(tensor.type, columns)) {
        return Error{ErrorCode::Corrupt,
                     "The model's tensor \"" + name + "\" does not have the shape its configuration asks for."};
    }
    return backend.prepareWeight(tensor.type, rows, columns, tensor.bytes);
}

Result<LayerWeights> loadLayer(const ModelSource& source, Backend& backend, int32_t index) {
    const ModelConfig& config = source.config;
    const std::string prefix = "model.layers." + std::to_string(index) + ".";
    const int64_t width = config.hiddenSize, inner = config.intermediateSize;
    const int64_t qRows = static_cast<int64_t>(config.headCount) * config.headDim;
    const int64_t kvRows = static_cast<int64_t>(config.kvHeadCount) * config.headDim;
    LayerWeights layer;
    LECTERN_ASSIGN(layer.attentionNorm, matrix(source, backend, prefix + "input_layernorm.weight", 1, width));
    LECTERN_ASSIGN(layer.q, matrix(source, backend, prefix + "self_attn.q_proj.weight", qRows, width));
    LECTERN_ASSIGN(layer.k, matrix(source, backend, prefix + "self_attn.k_proj.weight", kvRows, width));
    LECTERN_ASSIGN(layer.v, matrix(source, backend, prefix + "self_attn.v_proj.weight", kvRows, width));
    LECTERN_ASSIGN(layer.output, matrix(source, backend, prefix + "self_attn.o_proj.weight", width, qRows));
    LECTERN_ASSIGN(layer.mlpNorm, matrix(source, backend, prefix + "post_attention_layernorm.weight", 1, width));
    LECTERN_ASSIGN(layer.gate, matrix(source, backend, prefix + "mlp.gate_proj.weight", inner, width));
    LECTERN_ASSIGN(layer.up, matrix(source, backend, prefix + "mlp.up_proj.weight", inner, width));
    LECTERN_ASSIGN(layer.down, matrix(source, backend, prefix + "mlp.down_proj.weight", width, inner));
    return layer;
}

uint64_t fingerprintOf(const ModelSource& source) {
    constexpr size_t kSampleBytes = 64 << 10;
    const ModelConfig& config = source.config;
    uint64_t hash = hashBytes(source.tokenizerModel.data(), source.tokenizerModel.size());
    const double constants[] = {config.ropeBase, static_cast<double>(config.rmsNormEps),
                                static_cast<double>(config.headCount), static_cast<double>(config.kvHeadCount),
                                static_cast<double>(config.slidingWindow)};
    hash = hashBytes(constants, sizeof constants, hash);
    for (const auto& [name, tensor] : source.tensors) {
        hash = hashBytes(name.data(), name.size(), hash);
        const size_t sample = std::min(kSampleBytes, tensor.bytes.size());
        hash = hashBytes(tensor.bytes.data(), sample, hash);
        hash = hashBytes(tensor.bytes.data() + tensor.bytes.size() - sample, sample, hash);
    }
    return hash;
}

}  // namespace

Result<std::shared_ptr<const Model>> Model::load(const std::filesystem::path& path, Backend& backend) {
    LECTERN_ASSIGN(ModelSource source, openModelSource(path));
    return create(std::move(source), backend);
}

Result<std::shared_ptr<const Model>> Model::create(ModelSource source, Backend& backend) {
    std::shared_ptr<Model> model(new Model());
    model->m_source = std::move(source);
    const ModelSource& held = model->m_source;
    const ModelConfig& config = held.config;
    model->m_fingerprint = fingerprintOf(held);
    if (!held.tokenizerModel.empty()) {
        LECTERN_ASSIGN(model->m_tokenizer, Tokenizer::create(held.tokenizerModel));
    }
    if (held.profileJson.empty()) {
        model->m_profile = defaultProfile(config.trainedContext);
    } else {
        LECTERN_ASSIGN(model->m_profile, parseProfile(held.profileJson));
    }
    LECTERN_TRY(checkWeightRoom(held, backend.info()));
    LECTERN_ASSIGN(model->m_embedding,
                   matrix(held, backend, "model.embed_tokens.weight", config.vocabSize, config.hiddenSize));
    LECTERN_ASSIGN(model->m_outputNorm, matrix(held, backend, "model.norm.weight", 1, config.hiddenSize));
    if (!config.tiedEmbeddings) {
        LECTERN_ASSIGN(model->m_head, matrix(held, backend, "lm_head.weight", config.vocabSize, config.hiddenSize));
    }
    for (int32_t index = 0; index < config.layerCount; ++index) {
        LECTERN_ASSIGN(LayerWeights layer, loadLayer(held, backend, index));
        model->m_layers.push_back(std::move(layer));
    }
    return std::shared_ptr<const Model>(std::move(model));
}

int64_t Model::parameterCount() const {
    int64_t count = 0;
    for (const auto& [name, tensor] : m_source.tensors) {
        int64_t values = 1;
        for (const int64_t extent : tensor.shape) {
            values *= extent;
        }
        count += values;
    }
    return count;
}

int64_t Model::weightBytes() const {
    int64_t bytes = 0;
    for (const auto& [name, tensor] : m_source.tensors) {
        bytes += static_cast<int64_t>(tensor.bytes.size());
    }
    return bytes;
}

}  // namespace lectern

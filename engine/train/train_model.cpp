#include "engine/train/train_model.h"

#include <algorithm>
#include <cmath>

#include "engine/core/check.h"
#include "engine/train/keyed_random.h"
#include "kernels/cpu/cpu.h"

namespace lectern {
namespace {

constexpr const char* kTargets[] = {"q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"};
constexpr uint64_t kLoraStream = 0x6c6f7261;

bool contains(const std::vector<std::string>& list, std::string_view entry) {
    return std::find(list.begin(), list.end(), entry) != list.end();
}

/// "model.layers.0.self_attn.q_proj.weight" -> "q_proj".
std::string moduleOf(const std::string& name) {
    const size_t end = name.rfind(".weight");
    const size_t begin = name.rfind('.', end - 1);
    return name.substr(begin + 1, end - begin - 1);
}

uint64_t hashOf(std::string_view text) {
    uint64_t hash = 0;
    for (const char c : text) {
        hash = kernels::keyedBits(hash, static_cast<unsigned char>(c));
    }
    return hash;
}

}  // namespace

std::vector<float> decodeTensor(const TensorData& tensor) {
    const int64_t columns = tensor.shape.empty() ? 1 : tensor.shape.back();
    const int64_t rowBytes = kernels::rowBytes(tensor.type, columns);
    const int64_t rows = rowBytes > 0 ? static_cast<int64_t>(tensor.bytes.size()) / rowBytes : 0;
    std::vector<float> values(static_cast<size_t>(rows * columns));
    for (int64_t row = 0; row < rows; ++row) {
        kernels::cpu::dequantizeRow(tensor.type, tensor.bytes.data() + row * rowBytes, columns,
                                    values.data() + row * columns);
    }
    return values;
}

Result<void> TrainableSpec::check() const {
    if (method == TrainMethod::Full) {
        return {};
    }
    if (lora.rank < 1 || lora.rank > 1024 || !(lora.alpha > 0) || !(lora.dropout >= 0 && lora.dropout < 1)) {
        return Error{ErrorCode::InvalidInput,
                     "LoRA needs a rank from 1 to 1024, an alpha above 0 and a dropout from 0 to below 1."};
    }
    for (const std::string& target : lora.targets) {
        if (std::find(std::begin(kTargets), std::end(kTargets), target) == std::end(kTargets)) {
            return Error{ErrorCode::InvalidInput,
                         "LoRA cannot target \"" + target.substr(0, 40) +
                             "\"; the modules are q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj and down_proj."};
        }
    }
    if (lora.targets.empty() && !embeddings && !norms && !head) {
        return Error{ErrorCode::InvalidInput, "Nothing would learn: name LoRA targets, embeddings, norms or the head."};
    }
    return {};
}

Result<std::unique_ptr<TrainModel>> TrainModel::create(ModelSource source, const TrainableSpec& spec,
                                                       TrainBackend& backend) {
    LECTERN_TRY(spec.check());
    std::unique_ptr<TrainModel> model(new TrainModel(std::move(source), spec, backend));
    const ModelConfig& config = model->config();
    const bool full = spec.method == TrainMethod::Full;
    LECTERN_ASSIGN(model->m_embedding,
                   model->projection("model.embed_tokens.weight", config.vocabSize, config.hiddenSize,
                                     ParameterKind::Embedding, full || spec.embeddings));
    for (int32_t index = 0; index < config.layerCount; ++index) {
        LECTERN_ASSIGN(TrainLayer layer, model->layer(index));
        model->m_layers.push_back(std::move(layer));
    }
    LECTERN_ASSIGN(model->m_outputNorm, model->norm("model.norm.weight"));
    if (!config.tiedEmbeddings) {
        LECTERN_ASSIGN(Projection head, model->projection("lm_head.weight", config.vocabSize, config.hiddenSize,
                                                          ParameterKind::Head, full || spec.head));
        model->m_head = std::move(head);
    }
    return model;
}

Result<TrainLayer> TrainModel::layer(int32_t index) {
    const ModelConfig& c = config();
    const std::string prefix = "model.layers." + std::to_string(index) + ".";
    const int64_t width = c.hiddenSize, inner = c.intermediateSize;
    const int64_t qRows = static_cast<int64_t>(c.headCount) * c.headDim;
    const int64_t kvRows = static_cast<int64_t>(c.kvHeadCount) * c.headDim;
    const bool full = m_spec.method == TrainMethod::Full;
    const auto matrix = [&](const char* name, int64_t rows, int64_t columns) {
        return projection(prefix + name, rows, columns, ParameterKind::Matrix, full);
    };
    TrainLayer layer;
    LECTERN_ASSIGN(layer.attentionNorm, norm(prefix + "input_layernorm.weight"));
    LECTERN_ASSIGN(layer.q, matrix("self_attn.q_proj.weight", qRows, width));
    LECTERN_ASSIGN(layer.k, matrix("self_attn.k_proj.weight", kvRows, width));
    LECTERN_ASSIGN(layer.v, matrix("self_attn.v_proj.weight", kvRows, width));
    LECTERN_ASSIGN(layer.output, matrix("self_attn.o_proj.weight", width, qRows));
    LECTERN_ASSIGN(layer.mlpNorm, norm(prefix + "post_attention_layernorm.weight"));
    LECTERN_ASSIGN(layer.gate, matrix("mlp.gate_proj.weight", inner, width));
    LECTERN_ASSIGN(layer.up, matrix("mlp.up_proj.weight", inner, width));
    LECTERN_ASSIGN(layer.down, matrix("mlp.down_proj.weight", width, inner));
    return layer;
}

Result<Projection> TrainModel::projection(const std::string& name, int64_t rows, int64_t columns, ParameterKind kind,
                                          bool learns) {
    const auto found = m_source.tensors.find(name);
    if (found == m_source.tensors.end() ||
        static_cast<int64_t>(found->second.bytes.size()) != rows * kernels::rowBytes(found->second.type, columns)) {
        return Error{ErrorCode::Corrupt, "The model's tensor \"" + name + "\" is missing or has another shape."};
    }
    const TensorData& tensor = found->second;
    Projection made;
    made.name = name;
    if (learns) {
        LECTERN_ASSIGN(made.matrix, addParameter(name, kind, rows, columns, decodeTensor(tensor)));
        return made;
    }
    LECTERN_ASSIGN(made.frozen, m_backend->prepareWeight(tensor.type, rows, columns, tensor.bytes));
    if (m_spec.method == TrainMethod::Lora && contains(m_spec.lora.targets, moduleOf(name))) {
        LECTERN_TRY(addLora(made, rows, columns));
    }
    return made;
}

Result<void> TrainModel::addLora(Projection& target, int64_t rows, int64_t columns) {
    const LoraSpec& lora = m_spec.lora;
    const std::string stem = target.name.substr(0, target.name.rfind(".weight"));
    // PEFT's initialisation: A uniform in +-1/sqrt(in) (Kaiming with a = sqrt 5), B zero.
    KeyedRandom random({m_spec.seed, kLoraStream, hashOf(stem)});
    const double bound = 1.0 / std::sqrt(static_cast<double>(columns));
    std::vector<float> a(static_cast<size_t>(lora.rank * columns)), b(static_cast<size_t>(rows * lora.rank), 0.0f);
    for (float& value : a) {
        value = static_cast<float>((2.0 * random.uniform() - 1.0) * bound);
    }
    LECTERN_ASSIGN(target.loraA, addParameter(stem + ".lora_A.weight", ParameterKind::LoraA, lora.rank, columns, a));
    LECTERN_ASSIGN(target.loraB, addParameter(stem + ".lora_B.weight", ParameterKind::LoraB, rows, lora.rank, b));
    target.loraScale = lora.alpha / lora.rank;
    target.dropout = lora.dropout;
    return {};
}

Result<NormWeight> TrainModel::norm(const std::string& name) {
    const int64_t width = config().hiddenSize;
    const auto found = m_source.tensors.find(name);
    if (found == m_source.tensors.end() ||
        static_cast<int64_t>(found->second.bytes.size()) != kernels::rowBytes(found->second.type, width)) {
        return Error{ErrorCode::Corrupt, "The model's tensor \"" + name + "\" is missing or has another shape."};
    }
    const std::vector<float> values = decodeTensor(found->second);
    NormWeight weight;
    if (m_spec.method == TrainMethod::Full || m_spec.norms) {
        LECTERN_ASSIGN(weight.parameter, addParameter(name, ParameterKind::Norm, 1, width, values));
    } else {
        LECTERN_ASSIGN(weight.frozen, m_backend->allocate(TensorUse::Master, 1, width));
        LECTERN_TRY(m_backend->upload(values, weight.frozen));
    }
    return weight;
}

Result<Parameter*> TrainModel::addParameter(std::string name, ParameterKind kind, int64_t rows, int64_t columns,
                                            std::span<const float> values) {
    auto parameter = std::make_unique<Parameter>();
    parameter->name = std::move(name);
    parameter->kind = kind;
    LECTERN_ASSIGN(parameter->value, m_backend->allocate(TensorUse::Master, rows, columns));
    LECTERN_ASSIGN(parameter->gradient, m_backend->allocate(TensorUse::Master, rows, columns));
    LECTERN_TRY(m_backend->upload(values, parameter->value));
    m_parameters.push_back(std::move(parameter));
    return m_parameters.back().get();
}

Parameter* TrainModel::find(std::string_view name) const {
    for (const auto& parameter : m_parameters) {
        if (parameter->name == name) {
            return parameter.get();
        }
    }
    return nullptr;
}

int64_t TrainModel::trainedValues() const {
    int64_t total = 0;
    for (const auto& parameter : m_parameters) {
        total += parameter->value.size();
    }
    return total;
}

Result<void> TrainModel::zeroGradients() {
    for (const auto& parameter : m_parameters) {
        LECTERN_TRY(m_backend->zero(parameter->gradient));
    }
    return {};
}

}  // namespace lectern

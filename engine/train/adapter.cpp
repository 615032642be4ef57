#include "engine/train/adapter.h"

#include <algorithm>
#include <cstring>

#include "engine/core/check.h"
#include "kernels/common/half.h"
#include "kernels/cpu/backward.h"
#include "kernels/cpu/cpu.h"

namespace lectern {
namespace {

constexpr int64_t kMaxF32Bytes = int64_t{1} << 30;

/// Keeps the original mapping and the changed tensors alive.
struct MergedStorage {
    std::shared_ptr<const void> original;
    std::vector<std::vector<std::byte>> tensors;
};

std::vector<std::byte> encoded(const std::vector<float>& values, DType type) {
    std::vector<std::byte> bytes(values.size() * static_cast<size_t>(kernels::blockBytes(type)));
    if (type == DType::F32) {
        std::memcpy(bytes.data(), values.data(), bytes.size());
        return bytes;
    }
    for (size_t i = 0; i < values.size(); ++i) {
        const uint16_t bits = kernels::floatToBfloat16(values[i]);
        std::memcpy(bytes.data() + 2 * i, &bits, 2);
    }
    return bytes;
}

Error doesNotFit(const std::string& name) {
    return {ErrorCode::InvalidInput, "The adapter does not fit this model: it changes \"" + name +
                                         "\", which the model lacks or has in another shape."};
}

int64_t valuesOf(const std::vector<int64_t>& shape) {
    int64_t count = 1;
    for (const int64_t extent : shape) {
        count *= extent;
    }
    return count;
}

/// W + scale * B A.
std::vector<float> merged(const TensorData& base, const LoraFactors& lora) {
    std::vector<float> weight = decodeTensor(base);
    std::vector<float> inputsByRank(lora.a.size()), scaled = lora.b;
    kernels::cpu::transpose(lora.a.data(), lora.inputs, lora.rank, lora.inputs, inputsByRank.data(), lora.rank);
    kernels::cpu::blend(0.0f, scaled.data(), static_cast<float>(lora.scale), scaled.data(),
                        static_cast<int64_t>(scaled.size()));
    kernels::cpu::gemmTransposedB(scaled.data(), lora.rank, inputsByRank.data(), lora.rank, weight.data(), lora.inputs,
                                  lora.outputs, lora.inputs, lora.rank, true);
    return weight;
}

}  // namespace

Result<Adapter> adapterOf(const TrainModel& model) {
    Adapter adapter;
    adapter.spec = model.spec().lora;
    adapter.baseModel = model.config().name;
    TrainBackend& device = model.backend();
    const auto read = [&](const Parameter& parameter, std::vector<float>& values) {
        values.resize(static_cast<size_t>(parameter.value.size()));
        return device.download(parameter.value, values);
    };
    for (const auto& parameter : model.parameters()) {
        const bool isA = parameter->kind == ParameterKind::LoraA, isB = parameter->kind == ParameterKind::LoraB;
        if (isA || isB) {
            const std::string stem = parameter->name.substr(0, parameter->name.rfind(isA ? ".lora_A" : ".lora_B"));
            LoraFactors& factors = adapter.factors[stem + ".weight"];
            factors.rank = isA ? parameter->value.rows : parameter->value.columns;
            factors.scale = adapter.spec.alpha / adapter.spec.rank;
            (isA ? factors.inputs : factors.outputs) = isA ? parameter->value.columns : parameter->value.rows;
            LECTERN_TRY(read(*parameter, isA ? factors.a : factors.b));
            continue;
        }
        WholeTensor& whole = adapter.whole[parameter->name];
        whole.shape = parameter->kind == ParameterKind::Norm
                          ? std::vector<int64_t>{parameter->value.columns}
                          : std::vector<int64_t>{parameter->value.rows, parameter->value.columns};
        LECTERN_TRY(read(*parameter, whole.values));
    }
    const auto embedding = adapter.whole.find("model.embed_tokens.weight");
    if (model.config().tiedEmbeddings && embedding != adapter.whole.end()) {
        adapter.whole["lm_head.weight"] = embedding->second;
    }
    return adapter;
}

Result<void> applyAdapter(ModelSource& source, const Adapter& adapter) {
    auto storage = std::make_shared<MergedStorage>();
    storage->original = source.storage;
    int64_t matrixBytes = 0;
    for (const auto& [name, factors] : adapter.factors) {
        const auto found = source.tensors.find(name);
        if (found == source.tensors.end() || found->second.shape != std::vector{factors.outputs, factors.inputs}) {
            return doesNotFit(name);
        }
        matrixBytes += factors.outputs * factors.inputs * 4;
    }
    for (const auto& [name, whole] : adapter.whole) {
        matrixBytes += whole.shape.size() > 1 ? valuesOf(whole.shape) * 4 : 0;
    }
    const DType matrixType = matrixBytes > kMaxF32Bytes ? DType::BF16 : DType::F32;
    const auto put = [&](const std::string& name, std::vector<int64_t> shape, const std::vector<float>& values) {
        const DType type = shape.size() > 1 ? matrixType : DType::F32;
        storage->tensors.push_back(encoded(values, type));
        source.tensors[name] = {type, std::move(shape), storage->tensors.back()};
    };
    const bool newEmbedding = adapter.whole.contains("model.embed_tokens.weight");
    const auto head = adapter.whole.find("lm_head.weight");
    if (source.config.tiedEmbeddings && (newEmbedding || head != adapter.whole.end())) {
        const bool same = newEmbedding && head != adapter.whole.end() &&
                          head->second.values == adapter.whole.at("model.embed_tokens.weight").values;
        if (!same) {
            source.config.tiedEmbeddings = false;
            source.tensors["lm_head.weight"] = source.tensors["model.embed_tokens.weight"];
        }
    }
    for (const auto& [name, whole] : adapter.whole) {
        if (name == "lm_head.weight" && source.config.tiedEmbeddings) {
            continue;
        }
        const auto found = source.tensors.find(name);
        if (found == source.tensors.end() || valuesOf(found->second.shape) != valuesOf(whole.shape) ||
            found->second.shape.back() != whole.shape.back()) {
            return doesNotFit(name);
        }
        put(name, found->second.shape, whole.values);
    }
    for (const auto& [name, factors] : adapter.factors) {
        // Taken before put(): a tensor may be replaced and adapted at once.
        const TensorData base = source.tensors.at(name);
        put(name, base.shape, merged(base, factors));
    }
    if (adapter.rope) {
        applyRope(source.config, *adapter.rope);
    }
    if (!adapter.profileJson.empty()) {
        source.profileJson = adapter.profileJson;
    }
    source.storage = storage;
    return {};
}

void applyRope(ModelConfig& config, const TunedRope& rope) {
    config.ropeBase = rope.base;
    config.ropeScaling = {};
    if (rope.linearFactor > 0) {
        config.ropeScaling.kind = RopeScaling::Kind::Linear;
        config.ropeScaling.factor = rope.linearFactor;
    }
    config.trainedContext = std::max(config.trainedContext, rope.contextTokens);
}

Result<void> applyAdapter(ModelSource& source, const std::filesystem::path& folder) {
    LECTERN_ASSIGN(const Adapter adapter, readAdapter(folder));
    return applyAdapter(source, adapter);
}

Result<void> loadAdapterInto(TrainModel& model, const Adapter& adapter) {
    for (const auto& parameter : model.parameters()) {
        const bool isA = parameter->kind == ParameterKind::LoraA, isB = parameter->kind == ParameterKind::LoraB;
        const std::string stem = parameter->name.substr(0, parameter->name.rfind(isA ? ".lora_A" : ".lora_B"));
        const std::vector<float>* values = nullptr;
        if (isA || isB) {
            const auto found = adapter.factors.find(stem + ".weight");
            if (found != adapter.factors.end()) {
                const double scale = model.spec().lora.alpha / model.spec().lora.rank;
                if (std::abs(found->second.scale - scale) > 1e-9 * scale) {
                    return Error{ErrorCode::InvalidInput,
                                 "The adapter was trained with another ratio of alpha to rank than this run's."};
                }
                values = isA ? &found->second.a : &found->second.b;
            }
        } else if (const auto found = adapter.whole.find(parameter->name); found != adapter.whole.end()) {
            values = &found->second.values;
        } else if (parameter->kind == ParameterKind::Norm || parameter->kind == ParameterKind::Embedding ||
                   parameter->kind == ParameterKind::Head) {
            continue;  // the adapter left it as the base has it
        }
        if (!values || static_cast<int64_t>(values->size()) != parameter->value.size()) {
            return Error{ErrorCode::InvalidInput, "Training cannot go on from this adapter: it has no factors for \"" +
                                                      parameter->name + "\" of the rank that the run asks for."};
        }
        LECTERN_TRY(model.backend().upload(*values, parameter->value));
    }
    for (const auto& [name, factors] : adapter.factors) {
        const std::string stem = name.substr(0, name.rfind(".weight"));
        if (!model.find(stem + ".lora_A.weight")) {
            return Error{ErrorCode::InvalidInput,
                         "Training cannot go on from this adapter: the run does not train \"" + name + "\"."};
        }
    }
    return {};
}

}  // namespace lectern

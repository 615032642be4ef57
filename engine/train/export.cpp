#include "engine/train/export.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/formats/quantize.h"
#include "engine/formats/replacing_file.h"
#include "engine/formats/safetensors_writer.h"
#include "engine/session/session.h"

namespace lectern {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

json ropeScalingJson(const RopeScaling& scaling) {
    const auto withOriginal = [&](json object) {
        if (scaling.originalContext > 0) {
            object["original_max_position_embeddings"] = static_cast<int64_t>(scaling.originalContext);
        }
        return object;
    };
    switch (scaling.kind) {
        case RopeScaling::Kind::None:
        case RopeScaling::Kind::Ntk:  // lies in rope_theta
            return nullptr;
        case RopeScaling::Kind::Linear:
            return {{"rope_type", "linear"}, {"factor", scaling.factor}};
        case RopeScaling::Kind::Dynamic:
            return withOriginal({{"rope_type", "dynamic"}, {"factor", scaling.factor}});
        case RopeScaling::Kind::Yarn: {
            json object = withOriginal({{"rope_type", "yarn"},
                                        {"factor", scaling.factor},
                                        {"beta_fast", scaling.betaFast},
                                        {"beta_slow", scaling.betaSlow}});
            if (scaling.attentionFactor > 0) {
                object["attention_factor"] = scaling.attentionFactor;
            }
            return object;
        }
        case RopeScaling::Kind::Llama3:
            return withOriginal({{"rope_type", "llama3"},
                                 {"factor", scaling.factor},
                                 {"low_freq_factor", scaling.lowFreqFactor},
                                 {"high_freq_factor", scaling.highFreqFactor}});
    }
    return nullptr;
}

double ntkBase(double base, double factor, int32_t headDim) {
    return base * std::pow(factor, static_cast<double>(headDim) / (headDim - 2));
}

std::string_view torchType(DType type) {
    return type == DType::F32 ? "float32" : type == DType::F16 ? "float16" : "bfloat16";
}

/// Rows of one tensor in another plain format, decoded and encoded when its turn comes.
SafetensorsTensor converted(const std::string& name, const TensorData& tensor, DType type,
                            std::vector<std::byte>& scratch) {
    const DType target = tensor.shape.size() > 1 ? type : DType::F32;
    return {name, target, tensor.shape, [name, &tensor, target, &scratch]() -> Result<std::span<const std::byte>> {
                if (tensor.type == target) {
                    return tensor.bytes;
                }
                const std::vector<float> values = decodeTensor(tensor);
                scratch.resize(values.size() * static_cast<size_t>(kernels::blockBytes(target)));
                if (!encodeRow(target, values, scratch.data())) {
                    return Error{ErrorCode::InvalidInput, "The tensor " + name +
                                                              " does not fit the format asked for: "
                                                              "a value is too large."};
                }
                return std::span<const std::byte>(scratch);
            }};
}

}  // namespace

json hfConfigJson(const ModelConfig& config, DType type) {
    json object{{"architectures", {config.architecture == "mistral" ? "MistralForCausalLM" : "LlamaForCausalLM"}},
                {"model_type", config.architecture},
                {"vocab_size", config.vocabSize},
                {"hidden_size", config.hiddenSize},
                {"intermediate_size", config.intermediateSize},
                {"num_hidden_layers", config.layerCount},
                {"num_attention_heads", config.headCount},
                {"num_key_value_heads", config.kvHeadCount},
                {"head_dim", config.headDim},
                {"max_position_embeddings", config.trainedContext},
                {"rms_norm_eps", config.rmsNormEps},
                {"rope_theta", config.ropeScaling.kind == RopeScaling::Kind::Ntk
                                   ? ntkBase(config.ropeBase, config.ropeScaling.factor, config.headDim)
                                   : config.ropeBase},
                {"rope_scaling", ropeScalingJson(config.ropeScaling)},
                {"hidden_act", "silu"},
                {"tie_word_embeddings", config.tiedEmbeddings},
                {"bos_token_id", config.bosToken < 0 ? json() : json(config.bosToken)},
                {"eos_token_id", config.eosTokens.size() == 1 ? json(config.eosTokens[0]) : json(config.eosTokens)},
                {"attention_bias", false},
                {"mlp_bias", false},
                {"torch_dtype", torchType(type)}};
    if (config.architecture == "mistral") {
        object["sliding_window"] = config.slidingWindow > 0 ? json(config.slidingWindow) : json();
    }
    if (config.keysStoredUnrotated) {
        object["lectern_keys_unrotated"] = true;
    }
    return object;
}

std::string tunedProfile(const AttentionProfile& training, AttentionMode mode, const PositionSchedule& positions,
                         const ModelConfig& config, int64_t sequenceTokens) {
    AttentionProfile profile = training;
    // The training's block-wise rule becomes its inference twin, which also keeps sink and local regions.
    profile.mode = mode == AttentionMode::MsTrain ? AttentionMode::MsPrefill : mode;
    const int64_t trained = config.trainedContext;
    if (positions.policy == PositionPolicy::CrdNtk) {
        profile.capacity = {{trained, 1.0}};
        for (int64_t context = 2 * trained; context <= 4 * positions.periodCap && context <= (int64_t{1} << 22);
             context *= 2) {
            profile.capacity.push_back({context, positions.ropeScaleFor(config, context)});
        }
    } else if (positions.policy == PositionPolicy::LinearPi || positions.policy == PositionPolicy::FixedNtk) {
        const auto stretched = static_cast<int64_t>(static_cast<double>(trained) * positions.factor);
        profile.capacity = {{std::max(stretched, sequenceTokens), 1.0}};
    } else if (profile.capacity.empty()) {
        profile.capacity = {{std::max(trained, sequenceTokens), 1.0}};
    }
    return profileToJson(profile).dump(2) + "\n";
}

std::optional<TunedRope> tunedRope(const PositionSchedule& positions, const ModelConfig& config,
                                   int64_t sequenceTokens) {
    TunedRope rope{config.ropeBase, 0, static_cast<int32_t>(sequenceTokens)};
    if (positions.policy == PositionPolicy::LinearPi) {
        rope.linearFactor = positions.factor;
        return rope;
    }
    if (positions.policy == PositionPolicy::FixedNtk) {
        rope.base = ntkBase(config.ropeBase, positions.factor, config.headDim);
        return rope;
    }
    return std::nullopt;
}

Result<ModelSource> mergedSource(const TrainModel& model) {
    ModelSource source = model.source();
    LECTERN_ASSIGN(const Adapter adapter, adapterOf(model));
    LECTERN_TRY(applyAdapter(source, adapter));
    return source;
}

Result<void> writeHfFolder(const ModelSource& source, DType type, const fs::path& folder) {
    if (kernels::blockValues(type) != 1) {
        return Error{ErrorCode::InvalidInput, "A Hugging Face folder holds F32, F16 or BF16 weights."};
    }
    std::error_code failure;
    fs::create_directories(folder, failure);
    if (failure) {
        return Error{ErrorCode::Io, "Could not make the folder " + folder.string() + ": " + failure.message() + "."};
    }
    std::vector<std::byte> scratch;
    std::vector<SafetensorsTensor> tensors;
    for (const auto& [name, tensor] : source.tensors) {
        if (name != "lm_head.weight" || !source.config.tiedEmbeddings) {
            tensors.push_back(converted(name, tensor, type, scratch));
        }
    }
    std::map<std::string, std::string> metadata{{"format", "pt"}};
    if (!source.license.empty()) {
        metadata["license"] = source.license;
    }
    LECTERN_ASSIGN(const WrittenFile written,
                   writeSafetensors(folder / "model.safetensors", std::move(tensors), metadata));
    (void)written;
    LECTERN_TRY(replaceFile(folder / "config.json", hfConfigJson(source.config, type).dump(2) + "\n"));
    if (!source.tokenizerModel.empty()) {
        LECTERN_TRY(replaceFile(folder / "tokenizer.model", source.tokenizerModel));
    }
    if (!source.profileJson.empty()) {
        LECTERN_TRY(replaceFile(folder / "lectern_profile.json", source.profileJson));
    }
    return {};
}

Result<ExportCheck> compareLogits(LlamaTrainer& trainer, const TrainModel& model, const PositionSchedule& positions,
                                  ModelSource source, std::span<const TokenId> tokens, int32_t threads) {
    const auto count = static_cast<int64_t>(tokens.size());
    const PositionDraw draw = inferencePositions(positions, model.config(), count);
    std::vector<int64_t> rows(tokens.size());
    for (size_t i = 0; i < rows.size(); ++i) {
        rows[i] = static_cast<int64_t>(i);
    }
    LECTERN_ASSIGN(const std::vector<float> live, trainer.logits(tokens, std::span(&draw, 1), rows, {}));

    LECTERN_ASSIGN(const std::shared_ptr<Backend> backend, createBackend({"cpu", threads}));
    LECTERN_ASSIGN(const std::shared_ptr<const Model> loaded, Model::create(std::move(source), *backend));
    SessionOptions options;
    options.profile = trainer.options().profile;
    options.profile.mode = trainer.options().mode;
    options.profile.kvType = KvType::F32;
    options.profile.capacity = {{count, positions.policy == PositionPolicy::CrdNtk ? draw.ropeScale : 1.0}};
    options.capacityTokens = count;
    LECTERN_ASSIGN(const std::unique_ptr<Session> session, Session::create(loaded, backend, std::move(options)));
    LECTERN_ASSIGN(const std::vector<float> read, session->allLogits(tokens, true, {}));

    ExportCheck check;
    const auto vocab = static_cast<size_t>(model.config().vocabSize);
    int64_t same = 0;
    for (size_t row = 0; row < tokens.size(); ++row) {
        const auto a = live.begin() + static_cast<std::ptrdiff_t>(row * vocab),
                   b = read.begin() + static_cast<std::ptrdiff_t>(row * vocab);
        for (size_t i = 0; i < vocab; ++i) {
            const auto at = static_cast<std::ptrdiff_t>(i);
            check.largestDifference =
                std::max(check.largestDifference, std::abs(static_cast<double>(a[at]) - static_cast<double>(b[at])));
            check.largestLogit = std::max(check.largestLogit, std::abs(static_cast<double>(a[at])));
        }
        const auto end = static_cast<std::ptrdiff_t>(vocab);
        same += std::max_element(a, a + end) - a == std::max_element(b, b + end) - b ? 1 : 0;
    }
    check.sameTopToken = static_cast<double>(same) / static_cast<double>(tokens.size());
    return check;
}

}  // namespace lectern

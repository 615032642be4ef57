#include "engine/formats/hf_config.h"

#include <cmath>
#include <limits>

#include "engine/formats/format_errors.h"
#include "engine/formats/json_reader.h"

namespace lectern {

namespace {

using nlohmann::json;

constexpr double kHuge = 1e15;

/// "Qwen2ForCausalLM" -> "Qwen2"; falls back to the model type.
std::string architectureName(const json& object, const std::string& modelType) {
    const auto list = object.find("architectures");
    std::string name = modelType;
    if (list != object.end() && list->is_array() && !list->empty() && list->front().is_string()) {
        name = list->front().get<std::string>();
        const auto suffix = name.find("For");
        if (suffix != std::string::npos && suffix > 0) {
            name.resize(suffix);
        }
    }
    std::string out;
    for (const char c : name.substr(0, 40)) {
        const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.';
        out += plain ? c : '?';
    }
    return out.empty() ? "nameless" : out;
}

/// transformers: attention_factor, or the quotient of DeepSeek's two mscale terms, 0.1 * mscale * ln(factor) + 1.
double yarnAttentionFactor(JsonFields& fields, double factor) {
    const double given = fields.number("attention_factor", 0, 0, kHuge);
    const double mscale = fields.number("mscale", 0, 0, kHuge);
    const double mscaleAllDim = fields.number("mscale_all_dim", 0, 0, kHuge);
    if (given > 0 || mscale <= 0 || mscaleAllDim <= 0 || factor <= 1) {
        return given;
    }
    return (0.1 * mscale * std::log(factor) + 1.0) / (0.1 * mscaleAllDim * std::log(factor) + 1.0);
}

Result<RopeScaling> parseScaling(const json& object, const std::filesystem::path& path) {
    JsonFields fields(object, path);
    // Older files say "type", newer ones "rope_type"; some say both.
    const std::string kind = fields.text("rope_type", fields.text("type", "default"));
    RopeScaling scaling;
    if (fields.error()) {
        return *fields.error();
    }
    if (kind == "default") {
        return scaling;
    }
    scaling.factor = fields.number("factor", 1.0, 1e-6, 1e9);
    scaling.originalContext = fields.number("original_max_position_embeddings", 0, 0, 1 << 30);
    if (kind == "linear") {
        scaling.kind = RopeScaling::Kind::Linear;
    } else if (kind == "dynamic") {
        scaling.kind = RopeScaling::Kind::Dynamic;
    } else if (kind == "yarn") {
        scaling.kind = RopeScaling::Kind::Yarn;
        scaling.betaFast = fields.number("beta_fast", 32, 0, kHuge);
        scaling.betaSlow = fields.number("beta_slow", 1, 0, kHuge);
        scaling.attentionFactor = yarnAttentionFactor(fields, scaling.factor);
        if (!fields.boolean("truncate", true)) {
            return unusableFile(path,
                                "its yarn scaling does not truncate its correction range, which Lectern does not run");
        }
    } else if (kind == "llama3") {
        scaling.kind = RopeScaling::Kind::Llama3;
        scaling.lowFreqFactor = fields.number("low_freq_factor", 1, 0, kHuge);
        scaling.highFreqFactor = fields.number("high_freq_factor", 4, 0, kHuge);
        if (!fields.has("original_max_position_embeddings")) {
            fields.fail("original_max_position_embeddings", "given for llama3 scaling");
        }
    } else {
        return unusableFile(
            path, "its RoPE scaling is " + inQuotes(kind) + "; Lectern knows linear, dynamic, yarn and llama3");
    }
    if (!fields.has("factor")) {
        fields.fail("factor", "given where RoPE is scaled");
    }
    if (fields.error()) {
        return *fields.error();
    }
    return scaling;
}

/// RoPE settings sit in "rope_theta" and "rope_scaling", or together in "rope_parameters" (transformers 5).
Result<void> readRope(const json& object, JsonFields& fields, const std::filesystem::path& path, ModelConfig& config) {
    config.ropeBase = fields.number("rope_theta", 10000.0, 1.0, kHuge);
    for (const char* key : {"rope_scaling", "rope_parameters"}) {
        if (!fields.has(key)) {
            continue;
        }
        const json& rope = object.at(key);
        if (!rope.is_object()) {
            fields.fail(key, "an object or null");
            continue;
        }
        JsonFields ropeFields(rope, path);
        config.ropeBase = ropeFields.number("rope_theta", config.ropeBase, 1.0, kHuge);
        if (ropeFields.number("partial_rotary_factor", 1.0, 0.0, kHuge) != 1.0) {
            return unusableFile(path, "it rotates only a part of each head, which Llama-family models do not");
        }
        if (ropeFields.error()) {
            return *ropeFields.error();
        }
        LECTERN_ASSIGN(config.ropeScaling, parseScaling(rope, path));
    }
    return {};
}

/// Settings under which the weights would mean something else than what Lectern computes.
Result<void> refuseForeignSettings(JsonFields& fields, const std::filesystem::path& path) {
    if (fields.has("quantization_config")) {
        return unusableFile(path,
                            "its weights are quantised by another program; take the original model or a GGUF file");
    }
    const std::string activation = fields.text("hidden_act", "silu");
    if (!fields.error() && activation != "silu" && activation != "swish") {
        return unusableFile(path, "its activation is " + inQuotes(activation) + "; Llama-family models use silu");
    }
    for (const char* key : {"attention_bias", "mlp_bias"}) {
        if (fields.boolean(key, false)) {
            return unusableFile(path, "it has bias terms (" + std::string(key) + "), which Lectern does not run");
        }
    }
    if (fields.number("partial_rotary_factor", 1.0, 0.0, kHuge) != 1.0 && !fields.error()) {
        return unusableFile(path, "it rotates only a part of each head, which Llama-family models do not");
    }
    return {};
}

}  // namespace

Result<ModelConfig> parseHfConfig(std::string_view text, const std::filesystem::path& path,
                                  std::string_view vocabulary) {
    LECTERN_ASSIGN(const json object, parseJsonObject(text, path));
    JsonFields fields(object, path);

    ModelConfig config;
    config.architecture = fields.text("model_type", "");
    if (fields.error()) {
        return *fields.error();
    }
    if (config.architecture != "llama" && config.architecture != "mistral") {
        return unsupportedModel(path, architectureName(object, config.architecture), vocabulary);
    }
    LECTERN_TRY(refuseForeignSettings(fields, path));

    constexpr int64_t kMaxSize = std::numeric_limits<int32_t>::max();
    const auto size = [&](const char* key) { return static_cast<int32_t>(fields.requiredInteger(key, 1, kMaxSize)); };
    config.vocabSize = size("vocab_size");
    config.hiddenSize = size("hidden_size");
    config.intermediateSize = size("intermediate_size");
    config.layerCount = size("num_hidden_layers");
    config.headCount = size("num_attention_heads");
    config.kvHeadCount = static_cast<int32_t>(fields.integer("num_key_value_heads", config.headCount, 1, kMaxSize));
    config.headDim = static_cast<int32_t>(fields.integer("head_dim", 0, 1, kMaxSize));
    if (config.headDim == 0) {
        if (config.hiddenSize % config.headCount != 0) {
            fields.fail("hidden_size", "a multiple of num_attention_heads where head_dim is not given");
        }
        config.headDim = config.hiddenSize / config.headCount;
    }
    const bool mistral = config.architecture == "mistral";
    config.trainedContext =
        static_cast<int32_t>(fields.integer("max_position_embeddings", mistral ? 131072 : 2048, 1, kMaxSize));
    if (mistral) {
        // MistralConfig: a missing key means 4096, null means none.
        const bool stated = object.contains("sliding_window");
        config.slidingWindow = static_cast<int32_t>(fields.integer("sliding_window", stated ? 0 : 4096, 1, kMaxSize));
    }
    config.rmsNormEps = static_cast<float>(fields.number("rms_norm_eps", 1e-6, 1e-30, 1.0));
    config.tiedEmbeddings = fields.boolean("tie_word_embeddings", false);
    config.keysStoredUnrotated = fields.boolean("lectern_keys_unrotated", false);
    LECTERN_TRY(readRope(object, fields, path, config));

    config.bosToken = static_cast<TokenId>(fields.integer("bos_token_id", 1, 0, kMaxSize));
    const auto ends = fields.integers("eos_token_id", 0, kMaxSize);
    if (!ends.empty()) {
        config.eosTokens.assign(ends.begin(), ends.end());
    }
    if (fields.error()) {
        return *fields.error();
    }
    if (const auto checked = checkModelConfig(config); !checked) {
        return inFile(path, checked.error());
    }
    return config;
}

}  // namespace lectern

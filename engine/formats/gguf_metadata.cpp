#include "engine/formats/gguf_metadata.h"

#include <cctype>
#include <cmath>
#include <limits>

#include "engine/formats/format_errors.h"

namespace lectern {

namespace {

constexpr double kHuge = 1e15;
constexpr int64_t kMaxSize = std::numeric_limits<int32_t>::max();

constexpr RopeScaling::Kind kKinds[] = {RopeScaling::Kind::None, RopeScaling::Kind::Linear, RopeScaling::Kind::Dynamic,
                                        RopeScaling::Kind::Yarn, RopeScaling::Kind::Llama3, RopeScaling::Kind::Ntk};

/// "qwen2" -> "Qwen2", cut to what fits a sentence.
std::string displayName(std::string architecture) {
    architecture.resize(std::min<size_t>(architecture.size(), 40));
    for (char& c : architecture) {
        const auto byte = static_cast<unsigned char>(c);
        c = std::isalnum(byte) || c == '-' || c == '_' || c == '.' ? c : '?';
    }
    if (!architecture.empty()) {
        architecture[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(architecture[0])));
    }
    return architecture.empty() ? "nameless" : architecture;
}

/// "gpt2" -> "BPE (gpt2)": the algorithm behind a tokenizer.ggml.model value.
std::string vocabularyName(const std::string& model) {
    const std::string shown = displayName(model);
    const std::string original = model.substr(0, 40);
    const std::string plain =
        shown.size() == original.size() && std::tolower(shown[0]) == original[0] ? original : shown;
    if (model.empty()) return "missing";
    if (model == "gpt2") return "BPE (gpt2)";
    if (model == "bert") return "WordPiece (bert)";
    if (model == "t5") return "unigram (t5)";
    return plain;
}

/// Our own keys state any kind of scaling exactly.
Result<void> readOwnScaling(GgufFields& fields, const std::filesystem::path& path, RopeScaling& scaling) {
    const std::string kind = fields.text(gguf_key::kScalingKind, "none");
    bool known = false;
    for (const auto candidate : kKinds) {
        if (name(candidate) == kind) {
            scaling.kind = candidate;
            known = true;
        }
    }
    if (!known && !fields.error()) {
        return unusableFile(path, "its RoPE scaling is " + inQuotes(kind));
    }
    scaling.factor = fields.number(gguf_key::kScalingFactor, 1.0, 1e-6, 1e9);
    scaling.originalContext = fields.number(gguf_key::kScalingOriginalContext, 0, 0, kHuge);
    scaling.attentionFactor = fields.number(gguf_key::kScalingAttentionFactor, 0, 0, kHuge);
    scaling.betaFast = fields.number(gguf_key::kScalingBetaFast, 32, 0, kHuge);
    scaling.betaSlow = fields.number(gguf_key::kScalingBetaSlow, 1, 0, kHuge);
    scaling.lowFreqFactor = fields.number(gguf_key::kScalingLowFreqFactor, 1, 0, kHuge);
    scaling.highFreqFactor = fields.number(gguf_key::kScalingHighFreqFactor, 4, 0, kHuge);
    return {};
}

Result<void> readStandardScaling(GgufFields& fields, const std::filesystem::path& path, RopeScaling& scaling) {
    // Files from before scaling had a type carry llama.rope.scale_linear.
    const double oldLinear = fields.number("llama.rope.scale_linear", 1.0, 1e-6, 1e9);
    const std::string kind = fields.text("llama.rope.scaling.type", oldLinear != 1.0 ? "linear" : "none");
    if (fields.error() || kind == "none") {
        return {};
    }
    scaling.factor = fields.number("llama.rope.scaling.factor", oldLinear, 0, 1e9);
    if (scaling.factor == 0 && kind != "yarn") {
        scaling.factor = 1.0;  // some converters write 0 for "unscaled"
    }
    scaling.originalContext = fields.number("llama.rope.scaling.original_context_length", 0, 0, 1 << 30);
    if (kind == "linear") {
        scaling.kind = RopeScaling::Kind::Linear;
        return {};
    }
    if (kind != "yarn") {
        return unusableFile(path,
                            "its RoPE scaling is " + inQuotes(kind) + "; Lectern knows linear and yarn in GGUF files");
    }
    scaling.kind = RopeScaling::Kind::Yarn;
    scaling.betaFast = fields.number("llama.rope.scaling.yarn_beta_fast", 32, 0, kHuge);
    scaling.betaSlow = fields.number("llama.rope.scaling.yarn_beta_slow", 1, 0, kHuge);
    if (fields.has("llama.rope.scaling.attn_factor")) {
        const double stated = fields.number("llama.rope.scaling.attn_factor", 1.0, 0, kHuge);
        scaling.attentionFactor = stated * ggmlYarnFactor(scaling.factor);
    }
    return {};
}

Result<void> readRope(GgufFields& fields, const std::filesystem::path& path, ModelConfig& config) {
    config.ropeBase = fields.number("llama.rope.freq_base", 10000.0, 1.0, kHuge);
    config.ropeBase = fields.number(gguf_key::kRopeBase, config.ropeBase, 1.0, kHuge);
    const int64_t rotated = fields.integer("llama.rope.dimension_count", config.headDim, 1, kMaxSize);
    if (!fields.error() && rotated != config.headDim) {
        return unusableFile(path, "it rotates only a part of each head, which Llama-family models do not");
    }
    return fields.has(gguf_key::kScalingKind) ? readOwnScaling(fields, path, config.ropeScaling)
                                              : readStandardScaling(fields, path, config.ropeScaling);
}

void readHeads(GgufFields& fields, ModelConfig& config) {
    config.headCount = static_cast<int32_t>(fields.uniformInteger("llama.attention.head_count", 0, 1, kMaxSize));
    if (config.headCount == 0) {
        fields.fail("llama.attention.head_count", "given");
        config.headCount = 1;
    }
    config.kvHeadCount =
        static_cast<int32_t>(fields.uniformInteger("llama.attention.head_count_kv", config.headCount, 1, kMaxSize));
    const int64_t valueLength = fields.integer("llama.attention.value_length", 0, 1, kMaxSize);
    config.headDim = static_cast<int32_t>(fields.integer("llama.attention.key_length", 0, 1, kMaxSize));
    if (config.headDim == 0) {
        if (config.hiddenSize % config.headCount != 0) {
            fields.fail("llama.embedding_length", "a multiple of the head count where no key length is given");
        }
        config.headDim = config.hiddenSize / config.headCount;
    }
    if (valueLength != 0 && valueLength != config.headDim) {
        fields.fail("llama.attention.value_length", "the same as the key length");
    }
}

/// End tokens: our own list, or the end of text and, for chat models, the end of turn.
void readEndTokens(GgufFields& fields, ModelConfig& config) {
    config.bosToken = static_cast<TokenId>(fields.integer("tokenizer.ggml.bos_token_id", 1, 0, kMaxSize));
    auto ends = fields.integers(gguf_key::kEosTokens);
    if (ends.empty()) {
        ends.push_back(fields.integer("tokenizer.ggml.eos_token_id", 2, 0, kMaxSize));
        if (fields.has("tokenizer.ggml.eot_token_id")) {
            ends.push_back(fields.integer("tokenizer.ggml.eot_token_id", 2, 0, kMaxSize));
        }
    }
    config.eosTokens.clear();
    for (const int64_t end : ends) {
        if (end < 0 || end > kMaxSize || config.eosTokens.size() >= 64) {
            fields.fail(gguf_key::kEosTokens, "a short list of token ids");
            return;
        }
        config.eosTokens.push_back(static_cast<TokenId>(end));
    }
}

int32_t readVocabSize(const GgufFile& file, GgufFields& fields) {
    // The embedding's rows are what counts; the key and the token list may be padded differently.
    for (const auto& tensor : file.tensors) {
        if (tensor.name == "token_embd.weight" && tensor.shape.size() == 2) {
            return static_cast<int32_t>(std::min(tensor.shape[0], kMaxSize));
        }
    }
    const auto tokens = static_cast<int64_t>(fields.strings("tokenizer.ggml.tokens").size());
    return static_cast<int32_t>(fields.integer("llama.vocab_size", tokens, 1, kMaxSize));
}

}  // namespace

std::string_view name(RopeScaling::Kind kind) {
    switch (kind) {
        case RopeScaling::Kind::None:
            return "none";
        case RopeScaling::Kind::Linear:
            return "linear";
        case RopeScaling::Kind::Dynamic:
            return "dynamic";
        case RopeScaling::Kind::Yarn:
            return "yarn";
        case RopeScaling::Kind::Llama3:
            return "llama3";
        case RopeScaling::Kind::Ntk:
            return "ntk";
    }
    return "none";
}

double ggmlYarnFactor(double factor) {
    return factor > 1.0 ? 0.1 * std::log(factor) + 1.0 : 1.0;
}

Result<ModelConfig> readGgufMetadata(const GgufFile& file, const std::filesystem::path& path) {
    GgufFields fields(file, path);
    const std::string architecture = fields.text("general.architecture", "");
    const std::string vocabulary = fields.text("tokenizer.ggml.model", "");
    if (fields.error()) {
        return *fields.error();
    }
    if (architecture != "llama" || vocabulary != "llama") {
        return unsupportedModel(path, displayName(architecture), vocabularyName(vocabulary));
    }
    if (fields.integer("llama.expert_count", 0, 0, kMaxSize) > 0) {
        return unusableFile(path, "it is a mixture of experts, which Lectern does not run");
    }

    ModelConfig config;
    config.name = fields.text("general.name", path.stem().string());
    const auto size = [&](const char* key) { return static_cast<int32_t>(fields.requiredInteger(key, 1, kMaxSize)); };
    config.hiddenSize = size("llama.embedding_length");
    config.intermediateSize = static_cast<int32_t>(fields.uniformInteger("llama.feed_forward_length", 0, 1, kMaxSize));
    config.layerCount = size("llama.block_count");
    config.trainedContext = size("llama.context_length");
    readHeads(fields, config);
    config.slidingWindow = static_cast<int32_t>(fields.integer("llama.attention.sliding_window", 0, 0, kMaxSize));
    config.rmsNormEps = static_cast<float>(fields.number("llama.attention.layer_norm_rms_epsilon", 1e-5, 1e-30, 1.0));
    config.vocabSize = readVocabSize(file, fields);
    config.keysStoredUnrotated = fields.boolean(gguf_key::kKeysUnrotated, false);
    config.tiedEmbeddings = true;
    for (const auto& tensor : file.tensors) {
        config.tiedEmbeddings = config.tiedEmbeddings && tensor.name != "output.weight";
    }
    readEndTokens(fields, config);
    LECTERN_TRY(readRope(fields, path, config));
    if (fields.error()) {
        return *fields.error();
    }
    if (const auto checked = checkModelConfig(config); !checked) {
        return inFile(path, checked.error());
    }
    return config;
}

Result<SentencePieceModel> readGgufVocabulary(const GgufFile& file, const std::filesystem::path& path) {
    GgufFields fields(file, path);
    const auto tokens = fields.strings("tokenizer.ggml.tokens");
    const auto scores = fields.floats("tokenizer.ggml.scores");
    const auto types = fields.integers("tokenizer.ggml.token_type");
    if (fields.error()) {
        return *fields.error();
    }
    if (tokens.empty() || scores.size() != tokens.size() || types.size() != tokens.size()) {
        return damagedFile(path, "its vocabulary is missing, or its tokens, scores and types differ in number");
    }
    SentencePieceModel model;
    model.pieces.reserve(tokens.size());
    for (size_t i = 0; i < tokens.size(); ++i) {
        if (types[i] < 1 || types[i] > 6 || tokens[i].size() > 4096) {
            return damagedFile(path, "token " + std::to_string(i) + " of its vocabulary has an unknown type or length");
        }
        model.pieces.push_back({std::string(tokens[i]), scores[i], static_cast<PieceType>(types[i])});
    }
    const auto last = static_cast<int64_t>(tokens.size()) - 1;
    const auto id = [&](const char* key, int64_t fallback) {
        return static_cast<TokenId>(fields.integer(key, std::min(fallback, last), -1, last));
    };
    model.unknown = id("tokenizer.ggml.unknown_token_id", 0);
    model.bos = id("tokenizer.ggml.bos_token_id", 1);
    model.eos = id("tokenizer.ggml.eos_token_id", 2);
    model.pad = fields.has("tokenizer.ggml.padding_token_id") ? id("tokenizer.ggml.padding_token_id", -1) : -1;
    model.addDummyPrefix = fields.boolean("tokenizer.ggml.add_space_prefix", true);
    model.removeExtraWhitespaces = fields.boolean("tokenizer.ggml.remove_extra_whitespaces", false);
    if (fields.error()) {
        return *fields.error();
    }
    return model;
}

}  // namespace lectern

#include "tests/engine/support/synthetic_model.h"

#include <cstring>
#include <random>

#include "engine/core/check.h"
#include "kernels/common/half.h"
#include "tests/engine/support/test_files.h"

namespace lectern::test {

using nlohmann::json;

ModelConfig smallModelConfig(int32_t vocabSize) {
    ModelConfig config;
    config.name = "tiny";
    config.layerCount = 2;
    config.hiddenSize = 64;
    config.headCount = 4;
    config.kvHeadCount = 2;
    config.headDim = 16;
    config.intermediateSize = 96;
    config.vocabSize = vocabSize;
    config.trainedContext = 4096;
    return config;
}

SentencePieceModel bareVocabulary() {
    SentencePieceModel model;
    model.pieces = {{"<unk>", 0, PieceType::Unknown}, {"<s>", 0, PieceType::Control}, {"</s>", 0, PieceType::Control}};
    for (unsigned byte = 0; byte < 256; ++byte) {
        char text[8];
        std::snprintf(text, sizeof(text), "<0x%02X>", byte);
        model.pieces.push_back({text, 0, PieceType::Byte});
    }
    model.pieces.push_back({"\xe2\x96\x81", -1000, PieceType::Normal});
    model.unknown = 0;
    model.bos = 1;
    model.eos = 2;
    return model;
}

SyntheticModel makeSyntheticModel(bool tiedEmbeddings, uint32_t seed) {
    constexpr int64_t kVocab = 264, kHidden = 64, kInner = 96, kQuery = 4 * 24, kKeyValue = 2 * 24, kLayers = 2;
    SyntheticModel model;
    model.config = {{"architectures", {"LlamaForCausalLM"}},
                    {"model_type", "llama"},
                    {"vocab_size", kVocab},
                    {"hidden_size", kHidden},
                    {"intermediate_size", kInner},
                    {"num_hidden_layers", kLayers},
                    {"num_attention_heads", 4},
                    {"num_key_value_heads", 2},
                    {"head_dim", 24},
                    {"max_position_embeddings", 128},
                    {"rms_norm_eps", 1e-5},
                    {"rope_theta", 10000.0},
                    {"tie_word_embeddings", tiedEmbeddings},
                    {"bos_token_id", 1},
                    {"eos_token_id", 2}};
    model.tokenizerModel = serialiseSentencePieceModel(bareVocabulary());

    std::mt19937 random(seed);
    std::normal_distribution<float> normal;
    const auto add = [&](const std::string& name, std::vector<int64_t> shape) {
        int64_t count = 1;
        for (const int64_t size : shape) {
            count *= size;
        }
        std::vector<float> values(static_cast<size_t>(count));
        for (float& value : values) {
            value = kernels::bfloat16ToFloat(kernels::floatToBfloat16(normal(random) * 0.1f));
        }
        model.tensors[name] = {std::move(shape), std::move(values)};
    };
    add("model.embed_tokens.weight", {kVocab, kHidden});
    add("model.norm.weight", {kHidden});
    if (!tiedEmbeddings) {
        add("lm_head.weight", {kVocab, kHidden});
    }
    for (int64_t layer = 0; layer < kLayers; ++layer) {
        const std::string prefix = "model.layers." + std::to_string(layer) + ".";
        add(prefix + "input_layernorm.weight", {kHidden});
        add(prefix + "self_attn.q_proj.weight", {kQuery, kHidden});
        add(prefix + "self_attn.k_proj.weight", {kKeyValue, kHidden});
        add(prefix + "self_attn.v_proj.weight", {kKeyValue, kHidden});
        add(prefix + "self_attn.o_proj.weight", {kHidden, kQuery});
        add(prefix + "post_attention_layernorm.weight", {kHidden});
        add(prefix + "mlp.gate_proj.weight", {kInner, kHidden});
        add(prefix + "mlp.up_proj.weight", {kInner, kHidden});
        add(prefix + "mlp.down_proj.weight", {kHidden, kInner});
    }
    return model;
}

std::string encodePlain(DType type, const std::vector<float>& values) {
    std::string out;
    for (const float value : values) {
        if (type == DType::F32) {
            out.append(reinterpret_cast<const char*>(&value), sizeof(value));
            continue;
        }
        LECTERN_CHECK(type == DType::F16 || type == DType::BF16);
        const uint16_t word = type == DType::F16 ? kernels::floatToHalf(value) : kernels::floatToBfloat16(value);
        out.append(reinterpret_cast<const char*>(&word), sizeof(word));
    }
    return out;
}

std::string safetensorsBytes(const json& header, const std::string& data, size_t alignment) {
    std::string text = header.dump();
    while (text.size() % alignment != 0) {
        text += ' ';
    }
    const uint64_t size = text.size();
    return std::string(reinterpret_cast<const char*>(&size), sizeof(size)) + text + data;
}

std::string safetensorsBytes(const SyntheticModel& model, DType type, const std::vector<std::string>& names) {
    const char* const typeName = type == DType::F32 ? "F32" : type == DType::F16 ? "F16" : "BF16";
    json header = {{"__metadata__", {{"format", "pt"}}}};
    std::string data;
    for (const auto& name : names) {
        const auto& tensor = model.tensors.at(name);
        const std::string bytes = encodePlain(type, tensor.values);
        header[name] = {
            {"dtype", typeName}, {"shape", tensor.shape}, {"data_offsets", {data.size(), data.size() + bytes.size()}}};
        data += bytes;
    }
    return safetensorsBytes(header, data);
}

void writeHfFolder(const SyntheticModel& model, const std::filesystem::path& folder, DType type, int shards) {
    std::filesystem::create_directories(folder);
    writeFile(folder / "config.json", model.config.dump());
    writeFile(folder / "tokenizer.model", model.tokenizerModel);
    std::vector<std::vector<std::string>> parts(static_cast<size_t>(shards));
    json weightMap = json::object();
    const auto fileName = [&](size_t part) {
        return shards == 1 ? std::string("model.safetensors") : "model-" + std::to_string(part) + ".safetensors";
    };
    size_t next = 0;
    for (const auto& [name, tensor] : model.tensors) {
        weightMap[name] = fileName(next);
        parts[next].push_back(name);
        next = (next + 1) % parts.size();
    }
    for (size_t part = 0; part < parts.size(); ++part) {
        writeFile(folder / fileName(part), safetensorsBytes(model, type, parts[part]));
    }
    if (shards > 1) {
        writeFile(folder / "model.safetensors.index.json", json{{"weight_map", weightMap}}.dump());
    }
}

}  // namespace lectern::test

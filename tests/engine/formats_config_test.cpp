// config.json: the spellings in use, and everything that must be refused.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "engine/formats/hf_config.h"
#include "tests/engine/support/synthetic_model.h"

namespace lectern {
namespace {

using nlohmann::json;
using testing::HasSubstr;

json plainConfig() {
    return test::makeSyntheticModel().config;
}

Result<ModelConfig> parse(const json& config) {
    return parseHfConfig(config.dump(), "config.json");
}

ModelConfig parsed(const json& config) {
    const auto result = parse(config);
    EXPECT_TRUE(result) << result.error().message;
    return result ? *result : ModelConfig{};
}

TEST(HfConfig, ReadsWhatIsStated) {
    const ModelConfig config = parsed(plainConfig());
    EXPECT_EQ(config.architecture, "llama");
    EXPECT_EQ(config.vocabSize, 264);
    EXPECT_EQ(config.headDim, 24);
    EXPECT_EQ(config.kvHeadCount, 2);
    EXPECT_EQ(config.trainedContext, 128);
    EXPECT_FLOAT_EQ(config.rmsNormEps, 1e-5f);
    EXPECT_EQ(config.slidingWindow, 0);
    EXPECT_EQ(config.eosTokens, std::vector<TokenId>{2});
    EXPECT_EQ(config.ropeScaling.kind, RopeScaling::Kind::None);
}

TEST(HfConfig, DefaultsAreThoseOfTransformers) {
    json object = plainConfig();
    for (const char* key : {"head_dim", "num_key_value_heads", "max_position_embeddings", "rms_norm_eps", "rope_theta",
                            "tie_word_embeddings", "bos_token_id", "eos_token_id"}) {
        object.erase(key);
    }
    const ModelConfig config = parsed(object);
    EXPECT_EQ(config.headDim, 16);
    EXPECT_EQ(config.kvHeadCount, 4);
    EXPECT_EQ(config.trainedContext, 2048);
    EXPECT_FLOAT_EQ(config.rmsNormEps, 1e-6f);
    EXPECT_EQ(config.ropeBase, 10000.0);
    EXPECT_FALSE(config.tiedEmbeddings);
}

TEST(HfConfig, MistralWindow) {
    json object = plainConfig();
    object["model_type"] = "mistral";
    EXPECT_EQ(parsed(object).slidingWindow, 4096);
    object["sliding_window"] = nullptr;
    EXPECT_EQ(parsed(object).slidingWindow, 0);
    object["sliding_window"] = 512;
    EXPECT_EQ(parsed(object).slidingWindow, 512);
    // transformers' Llama knows no window.
    object["model_type"] = "llama";
    EXPECT_EQ(parsed(object).slidingWindow, 0);
}

TEST(HfConfig, EndTokensMayBeAList) {
    json object = plainConfig();
    object["eos_token_id"] = {2, 7, 9};
    EXPECT_EQ(parsed(object).eosTokens, (std::vector<TokenId>{2, 7, 9}));
}

TEST(HfConfig, RopeScalingInBothSpellings) {
    for (const char* key : {"type", "rope_type"}) {
        json object = plainConfig();
        object["rope_scaling"] = {{key, "linear"}, {"factor", 4}};
        EXPECT_EQ(parsed(object).ropeScaling.kind, RopeScaling::Kind::Linear);
        EXPECT_EQ(parsed(object).ropeScaling.factor, 4.0);
        object["rope_scaling"] = {{key, "dynamic"}, {"factor", 2.5}};
        EXPECT_EQ(parsed(object).ropeScaling.kind, RopeScaling::Kind::Dynamic);
        object["rope_scaling"] = {{key, "default"}};
        EXPECT_EQ(parsed(object).ropeScaling.kind, RopeScaling::Kind::None);
        object["rope_scaling"] = {{key, "yarn"},     {"factor", 8.0},  {"original_max_position_embeddings", 64},
                                  {"beta_fast", 20}, {"beta_slow", 2}, {"attention_factor", 1.25}};
        const RopeScaling yarn = parsed(object).ropeScaling;
        EXPECT_EQ(yarn.kind, RopeScaling::Kind::Yarn);
        EXPECT_EQ(yarn.originalContext, 64);
        EXPECT_EQ(yarn.betaFast, 20);
        EXPECT_EQ(yarn.betaSlow, 2);
        EXPECT_EQ(yarn.attentionFactor, 1.25);
        object["rope_scaling"] = {{key, "llama3"},
                                  {"factor", 8.0},
                                  {"original_max_position_embeddings", 64},
                                  {"low_freq_factor", 1.5},
                                  {"high_freq_factor", 5.0}};
        const RopeScaling llama3 = parsed(object).ropeScaling;
        EXPECT_EQ(llama3.kind, RopeScaling::Kind::Llama3);
        EXPECT_EQ(llama3.lowFreqFactor, 1.5);
        EXPECT_EQ(llama3.highFreqFactor, 5.0);
    }
}

TEST(HfConfig, RopeParametersOfNewerFiles) {
    json object = plainConfig();
    object.erase("rope_theta");
    object["rope_parameters"] = {{"rope_type", "linear"}, {"factor", 2.0}, {"rope_theta", 5e5}};
    EXPECT_EQ(parsed(object).ropeBase, 5e5);
    EXPECT_EQ(parsed(object).ropeScaling.kind, RopeScaling::Kind::Linear);
}

struct Refusal {
    const char* what;
    std::function<void(json&)> change;
    ErrorCode code;
    const char* sentence;
};

TEST(HfConfig, RefusesInOneSentence) {
    const auto set = [](const char* key, json value) { return [=](json& object) { object[key] = value; }; };
    const auto scaling = [](json value) { return [=](json& object) { object["rope_scaling"] = value; }; };
    constexpr auto kBad = ErrorCode::Corrupt;
    constexpr auto kForeign = ErrorCode::Unsupported;
    const Refusal refusals[] = {
        {"qwen",
         [](json& o) {
             o["model_type"] = "qwen2";
             o["architectures"] = {"Qwen2ForCausalLM"};
         },
         kForeign, "this is a Qwen2 model; Lectern runs Llama-family models"},
        {"no type", [](json& o) { o.erase("model_type"); }, kForeign, "Lectern runs Llama-family models"},
        {"type is a number", set("model_type", 3), kBad, "model_type"},
        {"no vocabulary", [](json& o) { o.erase("vocab_size"); }, kBad, "\"vocab_size\" must be given"},
        {"negative", set("hidden_size", -64), kBad, "hidden_size"},
        {"huge", set("hidden_size", 1u << 30), kBad, "hidden size"},
        {"beyond 64 bits", set("vocab_size", 18446744073709551615ull), kBad, "vocab_size"},
        {"fraction", set("num_hidden_layers", 2.5), kBad, "num_hidden_layers"},
        {"text for number", set("num_hidden_layers", "2"), kBad, "num_hidden_layers"},
        {"zero layers", set("num_hidden_layers", 0), kBad, "num_hidden_layers"},
        {"many layers", set("num_hidden_layers", 100000), kBad, "layers"},
        {"heads not shared", set("num_key_value_heads", 3), kBad, "cannot share"},
        {"more kv heads", set("num_key_value_heads", 8), kBad, "key/value heads"},
        {"odd head", set("head_dim", 23), kForeign, "multiples of 8"},
        {"wide head", set("head_dim", 512), kForeign, "up to 256"},
        {"indivisible",
         [](json& o) {
             o.erase("head_dim");
             o["hidden_size"] = 66;
         },
         kBad, "hidden_size"},
        {"epsilon zero", set("rms_norm_eps", 0), kBad, "rms_norm_eps"},
        {"theta", set("rope_theta", -1), kBad, "rope_theta"},
        {"gelu", set("hidden_act", "gelu"), kForeign, "activation"},
        {"bias", set("attention_bias", true), kForeign, "bias"},
        {"gptq", set("quantization_config", json::object()), kForeign, "quantised"},
        {"partial", set("partial_rotary_factor", 0.5), kForeign, "part of each head"},
        {"longrope", scaling({{"rope_type", "longrope"}, {"factor", 2}}), kForeign, "longrope"},
        {"no factor", scaling({{"rope_type", "linear"}}), kBad, "factor"},
        {"zero factor", scaling({{"rope_type", "linear"}, {"factor", 0}}), kBad, "factor"},
        {"scaling is a list", scaling(json::array({1})), kBad, "rope_scaling"},
        {"llama3 without context", scaling({{"rope_type", "llama3"}, {"factor", 8}}), kBad, "original_max_position"},
        {"llama3 reversed",
         scaling({{"rope_type", "llama3"},
                  {"factor", 8},
                  {"low_freq_factor", 4},
                  {"high_freq_factor", 1},
                  {"original_max_position_embeddings", 64}}),
         kBad, "high_freq_factor"},
        {"yarn reversed", scaling({{"rope_type", "yarn"}, {"factor", 8}, {"beta_fast", 1}, {"beta_slow", 32}}), kBad,
         "yarn"},
        {"eos outside", set("eos_token_id", 264), kBad, "end token"},
        {"eos list of texts", set("eos_token_id", {"</s>"}), kBad, "eos_token_id"},
        {"bos outside", set("bos_token_id", 1000000), kBad, "begin token"},
    };
    for (const auto& refusal : refusals) {
        json object = plainConfig();
        refusal.change(object);
        const auto result = parse(object);
        ASSERT_FALSE(result) << refusal.what;
        EXPECT_EQ(result.error().code, refusal.code) << refusal.what << ": " << result.error().message;
        EXPECT_THAT(result.error().message, HasSubstr(refusal.sentence)) << refusal.what;
        EXPECT_THAT(result.error().message, HasSubstr("config.json")) << refusal.what;
        EXPECT_EQ(result.error().message.back(), '.') << refusal.what;
    }
}

TEST(HfConfig, RefusesHostileJson) {
    const std::string deep = "{\"a\":" + std::string(200000, '[') + std::string(200000, ']') + "}";
    for (const std::string& text :
         {std::string(), std::string("["), std::string("[]"), std::string("nul"), deep,
          std::string("{\"a\":1,\"a\":2}"), std::string("{\"vocab_size\":1e999}"), std::string("\xff\xfe{}"),
          std::string(1, '\0'), std::string("{\"model_type\":\"\xff\"}")}) {
        const auto result = parseHfConfig(text, "config.json");
        ASSERT_FALSE(result) << text.substr(0, 40);
        EXPECT_LT(result.error().message.size(), 300u);
    }
}

}  // namespace
}  // namespace lectern

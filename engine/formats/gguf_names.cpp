#include "engine/formats/gguf_names.h"

#include <charconv>

namespace lectern {

namespace {

struct NamePair {
    std::string_view gguf;
    std::string_view hf;
};

constexpr NamePair kModelNames[] = {{"token_embd.weight", "model.embed_tokens.weight"},
                                    {"output_norm.weight", "model.norm.weight"},
                                    {"output.weight", "lm_head.weight"}};

constexpr NamePair kLayerNames[] = {
    {"attn_norm.weight", "input_layernorm.weight"},    {"attn_q.weight", "self_attn.q_proj.weight"},
    {"attn_k.weight", "self_attn.k_proj.weight"},      {"attn_v.weight", "self_attn.v_proj.weight"},
    {"attn_output.weight", "self_attn.o_proj.weight"}, {"ffn_norm.weight", "post_attention_layernorm.weight"},
    {"ffn_gate.weight", "mlp.gate_proj.weight"},       {"ffn_up.weight", "mlp.up_proj.weight"},
    {"ffn_down.weight", "mlp.down_proj.weight"}};

constexpr std::string_view kGgufLayer = "blk.";
constexpr std::string_view kHfLayer = "model.layers.";

/// Splits "<prefix>12.rest" into the canonical number and the rest.
bool splitLayer(std::string_view name, std::string_view prefix, std::string_view& number, std::string_view& rest) {
    if (!name.starts_with(prefix)) {
        return false;
    }
    name.remove_prefix(prefix.size());
    const size_t dot = name.find('.');
    if (dot == std::string_view::npos) {
        return false;
    }
    number = name.substr(0, dot);
    rest = name.substr(dot + 1);
    uint32_t value = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
    return error == std::errc() && end == number.data() + number.size() && number == std::to_string(value);
}

}  // namespace

std::optional<std::string> hfNameOf(std::string_view ggufName) {
    for (const auto& pair : kModelNames) {
        if (pair.gguf == ggufName) {
            return std::string(pair.hf);
        }
    }
    std::string_view number, rest;
    if (splitLayer(ggufName, kGgufLayer, number, rest)) {
        for (const auto& pair : kLayerNames) {
            if (pair.gguf == rest) {
                return std::string(kHfLayer).append(number).append(".").append(pair.hf);
            }
        }
    }
    return std::nullopt;
}

std::optional<std::string> ggufNameOf(std::string_view hfName) {
    for (const auto& pair : kModelNames) {
        if (pair.hf == hfName) {
            return std::string(pair.gguf);
        }
    }
    std::string_view number, rest;
    if (splitLayer(hfName, kHfLayer, number, rest)) {
        for (const auto& pair : kLayerNames) {
            if (pair.hf == rest) {
                return std::string(kGgufLayer).append(number).append(".").append(pair.gguf);
            }
        }
    }
    return std::nullopt;
}

}  // namespace lectern

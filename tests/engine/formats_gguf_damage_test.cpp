// Damaged, hostile and foreign GGUF files.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <limits>
#include <random>

#include "engine/formats/gguf_builder.h"
#include "engine/formats/gguf_file.h"
#include "engine/formats/model_source.h"
#include "tests/engine/support/gguf_fixture.h"

namespace lectern {
namespace {

using testing::HasSubstr;
using GgufDamage = test::GgufTest;

/// Position just behind a length-prefixed string of the head.
size_t behind(const std::string& bytes, const std::string& text) {
    const uint64_t size = text.size();
    const std::string encoded = std::string(reinterpret_cast<const char*>(&size), sizeof(size)) + text;
    const size_t position = bytes.find(encoded);
    EXPECT_NE(position, std::string::npos) << text;
    return position + encoded.size();
}

template <typename T>
void put(std::string& bytes, size_t position, T value) {
    ASSERT_LE(position + sizeof(value), bytes.size());
    std::memcpy(bytes.data() + position, &value, sizeof(value));
}

struct Damage {
    const char* what;
    std::function<void(std::string&)> change;
    const char* sentence;
};

/// Overwrites the value (behind its type) of a metadata key.
template <typename T>
std::function<void(std::string&)> value(const char* key, T replacement, size_t offset = 4) {
    return [=](std::string& bytes) { put(bytes, behind(bytes, key) + offset, replacement); };
}
std::function<void(std::string&)> rename(const std::string& from, const std::string& to) {
    return [=](std::string& bytes) { bytes.replace(behind(bytes, from) - from.size(), from.size(), to); };
}

constexpr uint64_t kMax64 = std::numeric_limits<uint64_t>::max();

TEST_F(GgufDamage, RefusesDamagedHeads) {
    const std::string good = goodBytes();
    ASSERT_EQ(refusal(good), "accepted");
    const char* const kTokens = "tokenizer.ggml.tokens";
    const char* const kQ = "blk.0.attn_q.weight";
    const auto at = [](size_t position, auto number) {
        return [=](std::string& bytes) { put(bytes, position, number); };
    };
    const Damage damages[] = {
        {"magic", at(0, 'X'), "not a GGUF file"},
        {"version 1", at(4, uint32_t{1}), "version 1"},
        {"version 9", at(4, uint32_t{9}), "version 9"},
        {"big-endian", at(4, uint32_t{0x03000000}), "big-endian"},
        {"tensor count", at(8, kMax64), "impossible number"},
        {"setting count", at(16, kMax64), "impossible number"},
        {"one setting too many", at(16, uint64_t{60000}), "model.gguf"},
        {"key length", at(24, kMax64), "cut off"},
        {"key length above the file", at(24, uint64_t{60000000}), "cut off"},
        {"text length", value("general.architecture", kMax64), "general.architecture"},
        {"unknown value type", value("general.architecture", uint32_t{77}, 0), "general.architecture"},
        {"array length", value(kTokens, kMax64, 8), kTokens},
        {"array length 2^61", value("tokenizer.ggml.scores", uint64_t{1} << 61, 8), "tokenizer.ggml.scores"},
        {"array of arrays", value(kTokens, uint32_t{9}, 4), kTokens},
        {"text in array", value(kTokens, kMax64, 16), kTokens},
        {"bool of 2", value("tokenizer.ggml.add_bos_token", uint8_t{2}), "add_bos_token"},
        {"duplicate key", rename("llama.attention.value_length", "llama.rope.dimension_count\0x"), "model.gguf"},
        {"duplicate tensor", rename("blk.0.attn_q.weight", "blk.1.attn_q.weight"), "names the tensor"},
        {"no dimensions", value(kQ, uint32_t{0}, 0), "0 dimensions"},
        {"many dimensions", value(kQ, uint32_t{5}, 0), "5 dimensions"},
        {"zero dimension", value(kQ, uint64_t{0}), "impossible shape"},
        {"negative dimension", value(kQ, kMax64), "impossible shape"},
        {"overflowing shape", value(kQ, uint64_t{1} << 62), "impossible shape"},
        {"wrapping shape", value(kQ, (uint64_t{1} << 58) + 64), "impossible shape"},
        {"wrong shape", value(kQ, uint64_t{32}), "has shape [96, 32]"},
        {"columns not in blocks", value(kQ, uint64_t{33}), "impossible shape"},
        {"type Q5_1", value(kQ, uint32_t{7}, 20), "stored as Q5_1"},
        {"type IQ4_XS", value(kQ, uint32_t{23}, 20), "stored as IQ4_XS"},
        {"type 99", value(kQ, uint32_t{99}, 20), "stored as type 99"},
        {"unaligned", value(kQ, uint64_t{7}, 24), "unaligned"},
        {"offset outside", value(kQ, uint64_t{1} << 40, 24), "outside the file"},
        {"offset max", value(kQ, kMax64 - 31, 24), "outside the file"},
        {"overlap", value(kQ, uint64_t{0}, 24), "overlap"},
        {"foreign tensor", rename(kQ, "blk.0.attn_x.weight"), "attn_x"},
        {"foreign layer", rename(kQ, "blk.9.attn_q.weight"), "is missing"},
    };
    for (const auto& damage : damages) {
        std::string bytes = good;
        damage.change(bytes);
        const std::string message = refusal(bytes);
        EXPECT_THAT(message, HasSubstr(damage.sentence)) << damage.what;
        EXPECT_LT(message.size(), 300u) << damage.what;
    }
}

TEST_F(GgufDamage, RefusesImpossibleSettings) {
    const std::string good = goodBytes();
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const Damage damages[] = {
        {"qwen", rename("llama", "qwen2"), "this is a Qwen2 model"},
        {"no layers", value("llama.block_count", uint32_t{0}), "block_count"},
        {"more layers", value("llama.block_count", uint32_t{3}), "model.layers.2"},
        {"fewer layers", value("llama.block_count", uint32_t{1}), "does not have"},
        {"2^31 layers", value("llama.block_count", uint32_t{1} << 31), "block_count"},
        {"2^30 layers", value("llama.block_count", uint32_t{1} << 30), "layers"},
        {"no heads", value("llama.attention.head_count", uint32_t{0}), "head_count"},
        {"many heads", value("llama.attention.head_count", uint32_t{1} << 30), "heads"},
        {"three KV heads", value("llama.attention.head_count_kv", uint32_t{3}), "cannot share"},
        {"head of 20", value("llama.attention.key_length", uint32_t{20}), "model.gguf"},
        {"unequal value heads", value("llama.attention.value_length", uint32_t{16}), "value_length"},
        {"partial rotation", value("llama.rope.dimension_count", uint32_t{8}), "part of each head"},
        {"no context", value("llama.context_length", uint32_t{0}), "context_length"},
        {"epsilon", value("llama.attention.layer_norm_rms_epsilon", nan), "epsilon"},
        {"base", value("lectern.rope.freq_base", -1.0), "freq_base"},
        {"base type", value("llama.embedding_length", uint32_t{6}, 0), "embedding_length"},
        {"hidden size", value("llama.embedding_length", uint32_t{1} << 16), "shape"},
        {"token type", value("tokenizer.ggml.token_type", int32_t{9}, 16), "unknown type"},
        {"second unknown", value("tokenizer.ggml.token_type", int32_t{2}, 20), "unknown piece"},
        {"no unknown", value("tokenizer.ggml.token_type", int32_t{3}, 16), "unknown piece"},
        {"score", value("tokenizer.ggml.scores", nan, 16), "finite"},
        {"bos outside", value("tokenizer.ggml.bos_token_id", uint32_t{100000}), "token"},
        {"eos outside", value("tokenizer.ggml.eos_token_id", uint32_t{100000}), "token"},
        {"scaling", value("lectern.rope.scaling.kind", 'x', 12), "RoPE scaling"},
    };
    for (const auto& damage : damages) {
        std::string bytes = good;
        damage.change(bytes);
        const std::string message = refusal(bytes);
        EXPECT_THAT(message, HasSubstr(damage.sentence)) << damage.what;
        EXPECT_THAT(message, HasSubstr("model.gguf")) << damage.what;
    }
}

TEST_F(GgufDamage, NamesForeignModels) {
    const auto refusalOf = [&](const char* architecture, const char* vocabulary) {
        GgufBuilder builder;
        builder.addText("general.architecture", architecture);
        builder.addText("tokenizer.ggml.model", vocabulary);
        return refusal(builder.head());
    };
    constexpr const char* kRuns =
        "; Lectern runs Llama-family models (Llama, Mistral, TinyLlama) with a sentencepiece vocabulary.";
    EXPECT_EQ(refusalOf("qwen2", "gpt2"),
              std::string("model.gguf: this is a Qwen2 model with a BPE (gpt2) vocabulary") + kRuns);
    EXPECT_EQ(refusalOf("llama", "gpt2"),
              std::string("model.gguf: this is a Llama model with a BPE (gpt2) vocabulary") + kRuns);
    EXPECT_EQ(refusalOf("bert", "bert"),
              std::string("model.gguf: this is a Bert model with a WordPiece (bert) vocabulary") + kRuns);
    EXPECT_EQ(refusalOf("\x1b[31m\xff", "llama").find('\x1b'), std::string::npos);
    EXPECT_THAT(refusal(GgufBuilder().head()), HasSubstr("Lectern runs"));
    EXPECT_LT(refusalOf(std::string(5000, 'q').c_str(), std::string(5000, 'v').c_str()).size(), 400u);
}

TEST_F(GgufDamage, RefusesNonFiniteWeights) {
    for (const DType type : {DType::F32, DType::F16, DType::BF16, DType::Q8_0}) {
        const std::string good = goodBytes(type);
        // The last two bytes of the last block's scale, or of the file's last value: the tail of layer 1's down
        // projection.
        for (const uint16_t poison : {uint16_t{0x7f80}, uint16_t{0x7c00}, uint16_t{0x7fff}, uint16_t{0xffff}}) {
            std::string bytes = good;
            const size_t block = type == DType::Q8_0 ? 34 : 2;
            put(bytes, bytes.size() - block, poison);
            const bool infinite =
                type == DType::F16 || type == DType::Q8_0 ? (poison & 0x7c00) == 0x7c00 : (poison & 0x7f80) == 0x7f80;
            EXPECT_EQ(refusal(bytes).find("not finite") != std::string::npos, infinite) << poison;
        }
    }
}

TEST_F(GgufDamage, RefusesEveryTruncation) {
    const std::string good = goodBytes();
    const size_t headEnd = behind(good, "output_norm.weight") + 64;
    for (size_t length = 0; length < good.size(); length += length < headEnd ? 13 : 4099) {
        ASSERT_NE(refusal(good.substr(0, length)), "accepted") << length;
    }
    ASSERT_NE(refusal(good.substr(0, good.size() - 32)), "accepted");
}

TEST_F(GgufDamage, SurvivesRandomDamage) {
    const std::string good = goodBytes();
    const size_t headEnd = good.size() - 4096;
    std::mt19937 random(11);
    int accepted = 0;
    for (int i = 0; i < 400; ++i) {
        std::string bytes = good;
        for (int flips = 0; flips < 1 + i % 5; ++flips) {
            bytes[random() % (i % 2 ? 12000 : headEnd)] = static_cast<char>(random());
        }
        accepted += refusal(bytes) == "accepted";
    }
    EXPECT_LT(accepted, 400);
}

TEST_F(GgufDamage, ReadsBlockTypesAsData) {
    // One tensor of each block type: sizes and scales are checked, the bytes are handed on.
    for (const DType type : {DType::Q4_0, DType::Q4_K, DType::Q5_K, DType::Q6_K, DType::Q8_0}) {
        GgufBuilder builder;
        const std::vector<int64_t> shape = {3, 512};
        const auto sizeBytes = static_cast<uint64_t>(3 * kernels::rowBytes(type, 512));
        builder.addTensor("t", shape, type, sizeBytes);
        std::string bytes = builder.head();
        bytes.append(sizeBytes, '\1');
        const auto file = parseGguf(std::as_bytes(std::span(bytes)), path());
        ASSERT_TRUE(file) << file.error().message;
        const auto tensor = ggufTensorData(*file, file->tensors.at(0), path());
        ASSERT_TRUE(tensor) << tensor.error().message;
        EXPECT_EQ(tensor->type, type);
        EXPECT_EQ(tensor->shape, shape);
        EXPECT_EQ(tensor->bytes.size(), sizeBytes);
        EXPECT_FALSE(ggufTensorData(*parseGguf(std::as_bytes(std::span(bytes).first(bytes.size() - 1)), path()),
                                    file->tensors.at(0), path()));
    }
}

}  // namespace
}  // namespace lectern

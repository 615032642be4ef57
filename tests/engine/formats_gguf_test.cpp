// GGUF: writing and reading back, the order of rotary rows, and what the metadata keeps.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "engine/formats/gguf_file.h"
#include "engine/formats/model_source.h"
#include "engine/text/tokenizer.h"
#include "kernels/reference/reference.h"
#include "tests/engine/support/gguf_fixture.h"

namespace lectern {
namespace {

using testing::HasSubstr;

std::vector<float> decode(const TensorData& tensor) {
    const int64_t columns = tensor.shape.back();
    const int64_t rows = tensor.shape.size() == 2 ? tensor.shape[0] : 1;
    std::vector<float> values(static_cast<size_t>(rows * columns));
    for (int64_t row = 0; row < rows; ++row) {
        kernels::reference::dequantizeRow(tensor.type,
                                          tensor.bytes.data() + row * kernels::rowBytes(tensor.type, columns), columns,
                                          values.data() + row * columns);
    }
    return values;
}

using Gguf = test::GgufTest;

TEST_F(Gguf, PlainTypesKeepEveryValue) {
    const auto model = test::makeSyntheticModel();
    for (const DType type : {DType::F32, DType::BF16}) {
        const auto source = convert(model, type);
        ASSERT_TRUE(source) << source.error().message;
        ASSERT_EQ(source->tensors.size(), model.tensors.size());
        for (const auto& [name, tensor] : model.tensors) {
            const TensorData& read = source->tensors.at(name);
            EXPECT_EQ(read.shape, tensor.shape);
            EXPECT_EQ(read.type, tensor.shape.size() == 2 ? type : DType::F32);
            EXPECT_EQ(decode(read), tensor.values) << name;
        }
    }
}

TEST_F(Gguf, Q8StaysWithinHalfAStep) {
    const auto model = test::makeSyntheticModel();
    const auto source = convert(model, DType::Q8_0);
    ASSERT_TRUE(source) << source.error().message;
    for (const auto& [name, tensor] : model.tensors) {
        const TensorData& read = source->tensors.at(name);
        const auto values = decode(read);
        if (tensor.shape.size() == 1) {
            EXPECT_EQ(values, tensor.values) << name;
            continue;
        }
        ASSERT_EQ(read.type, DType::Q8_0) << name;
        for (size_t block = 0; block < values.size(); block += 32) {
            float maximum = 0;
            for (size_t i = block; i < block + 32; ++i) {
                maximum = std::max(maximum, std::fabs(tensor.values[i]));
            }
            // Half a step, and what the scale lost as f16 (2^-11 relative) times at most 127 steps.
            const float limit = maximum / 127 * 0.5f + maximum * 0x1p-11f + 1e-7f;
            for (size_t i = block; i < block + 32; ++i) {
                ASSERT_LE(std::fabs(values[i] - tensor.values[i]), limit) << name << " " << i;
            }
        }
    }
}

TEST_F(Gguf, RowsAreInterleavedInTheFile) {
    const auto model = test::makeSyntheticModel();
    ASSERT_TRUE(convert(model, DType::F32));
    const std::string bytes = test::readFile(path());
    const auto file = parseGguf(std::as_bytes(std::span(bytes)), path());
    ASSERT_TRUE(file) << file.error().message;
    constexpr size_t kHeadDim = 24, kColumns = 64;
    const std::tuple<const char*, const char*, size_t> matrices[] = {
        {"blk.1.attn_q.weight", "model.layers.1.self_attn.q_proj.weight", 4},
        {"blk.1.attn_k.weight", "model.layers.1.self_attn.k_proj.weight", 2}};
    for (const auto& [ggufName, hfName, heads] : matrices) {
        const auto tensor = std::find_if(file->tensors.begin(), file->tensors.end(),
                                         [&, wanted = ggufName](const GgufTensor& t) { return t.name == wanted; });
        ASSERT_NE(tensor, file->tensors.end());
        const auto stored = decode(*ggufTensorData(*file, *tensor, path()));
        const auto& original = model.tensors.at(hfName).values;
        for (size_t head = 0; head < heads; ++head) {
            for (size_t i = 0; i < kHeadDim / 2; ++i) {
                for (size_t half = 0; half < 2; ++half) {
                    const size_t fileRow = head * kHeadDim + 2 * i + half;
                    const size_t hfRow = head * kHeadDim + i + half * kHeadDim / 2;
                    for (size_t c = 0; c < kColumns; ++c) {
                        ASSERT_EQ(stored[fileRow * kColumns + c], original[hfRow * kColumns + c]);
                    }
                }
            }
        }
    }
}

TEST_F(Gguf, MetadataSurvives) {
    auto model = test::makeSyntheticModel(true);
    const std::pair<RopeScaling::Kind, nlohmann::json> scalings[] = {
        {RopeScaling::Kind::None, nullptr},
        {RopeScaling::Kind::Linear, {{"type", "linear"}, {"factor", 4.5}}},
        {RopeScaling::Kind::Dynamic, {{"type", "dynamic"}, {"factor", 2.25}}},
        {RopeScaling::Kind::Yarn,
         {{"rope_type", "yarn"}, {"factor", 4.1}, {"original_max_position_embeddings", 32}, {"attention_factor", 1.3}}},
        {RopeScaling::Kind::Llama3,
         {{"rope_type", "llama3"},
          {"factor", 8},
          {"low_freq_factor", 1},
          {"high_freq_factor", 4},
          {"original_max_position_embeddings", 32}}}};
    for (const auto& [kind, scaling] : scalings) {
        model.config["rope_scaling"] = scaling;
        model.config["rope_theta"] = 123456.789;
        model.config["eos_token_id"] = {2, 5};
        model.config["model_type"] = "mistral";
        model.config["sliding_window"] = 48;
        const auto source = convert(model, DType::Q8_0, [](ModelSource& s) {
            s.profileJson = R"({"format": "lectern.profile/1"})";
            s.license = "CC BY-SA 4.0";
            s.chatTemplate = "{{ x }}";
        });
        ASSERT_TRUE(source) << source.error().message;
        const auto original = openModelSource(folder());
        ASSERT_TRUE(original);
        const ModelConfig& config = source->config;
        const ModelConfig& expected = original->config;
        EXPECT_EQ(config.name, expected.name);
        EXPECT_EQ(config.vocabSize, expected.vocabSize);
        EXPECT_EQ(config.hiddenSize, expected.hiddenSize);
        EXPECT_EQ(config.intermediateSize, expected.intermediateSize);
        EXPECT_EQ(config.layerCount, expected.layerCount);
        EXPECT_EQ(config.headCount, expected.headCount);
        EXPECT_EQ(config.kvHeadCount, expected.kvHeadCount);
        EXPECT_EQ(config.headDim, expected.headDim);
        EXPECT_EQ(config.trainedContext, expected.trainedContext);
        EXPECT_EQ(config.slidingWindow, 48);
        EXPECT_EQ(config.rmsNormEps, expected.rmsNormEps);
        EXPECT_EQ(config.ropeBase, 123456.789);
        EXPECT_TRUE(config.tiedEmbeddings);
        EXPECT_EQ(config.eosTokens, (std::vector<TokenId>{2, 5}));
        EXPECT_EQ(config.ropeScaling.kind, kind);
        EXPECT_EQ(config.ropeScaling.factor, expected.ropeScaling.factor);
        EXPECT_EQ(config.ropeScaling.originalContext, expected.ropeScaling.originalContext);
        EXPECT_EQ(config.ropeScaling.attentionFactor, expected.ropeScaling.attentionFactor);
        EXPECT_EQ(config.ropeScaling.betaFast, expected.ropeScaling.betaFast);
        EXPECT_EQ(config.ropeScaling.lowFreqFactor, expected.ropeScaling.lowFreqFactor);
        EXPECT_EQ(config.ropeScaling.highFreqFactor, expected.ropeScaling.highFreqFactor);
        EXPECT_EQ(source->license, "CC BY-SA 4.0");
        EXPECT_EQ(source->chatTemplate, "{{ x }}");
        EXPECT_EQ(source->profileJson, R"({"format": "lectern.profile/1"})");
    }
}

TEST_F(Gguf, ProfileBesideTheFileWins) {
    ASSERT_TRUE(convert(test::makeSyntheticModel(), DType::Q8_0, [](ModelSource& s) { s.profileJson = "inside"; }));
    test::writeFile(directory() / "model.profile.json", "beside");
    const auto source = openModelSource(path());
    ASSERT_TRUE(source) << source.error().message;
    EXPECT_EQ(source->profileJson, "beside");
}

TEST_F(Gguf, UnrotatedKeysAreRemembered) {
    const auto source =
        convert(test::makeSyntheticModel(), DType::Q8_0, [](ModelSource& s) { s.config.keysStoredUnrotated = true; });
    ASSERT_TRUE(source) << source.error().message;
    EXPECT_TRUE(source->config.keysStoredUnrotated);
}

TEST_F(Gguf, VocabularySurvives) {
    auto model = test::makeSyntheticModel();
    const auto goldens = std::filesystem::path(LECTERN_SOURCE_DIR) / "tests/data/goldens";
    const std::string prose = test::readFile(goldens / "base45m/prose.txt");
    const auto folderTokenizer = Tokenizer::create(test::readFile(goldens / "tiny/tokenizer.model"));
    ASSERT_TRUE(folderTokenizer);
    const auto tiny = openModelSource(goldens / "tiny");
    ASSERT_TRUE(tiny) << tiny.error().message;
    ASSERT_TRUE(writeGguf(*tiny, path(), {DType::Q8_0}));
    const auto source = openModelSource(path());
    ASSERT_TRUE(source) << source.error().message;
    const auto tokenizer = Tokenizer::create(source->tokenizerModel);
    ASSERT_TRUE(tokenizer) << tokenizer.error().message;
    EXPECT_EQ(tokenizer->encode(prose, {.bos = true}), folderTokenizer->encode(prose, {.bos = true}));
    EXPECT_EQ(tokenizer->bosToken(), 1);
    EXPECT_EQ(tokenizer->eosToken(), 2);
}

TEST_F(Gguf, ConvertsAConvertedModel) {
    const auto model = test::makeSyntheticModel();
    const auto first = convert(model, DType::Q8_0);
    ASSERT_TRUE(first) << first.error().message;
    const auto again = directory() / "again.gguf";
    ASSERT_TRUE(writeGguf(*first, again, {DType::Q8_0}));
    EXPECT_EQ(test::readFile(again), test::readFile(path()));
}

TEST_F(Gguf, WritesNothingWhereItFails) {
    test::writeHfFolder(test::makeSyntheticModel(), folder(), DType::BF16);
    auto source = openModelSource(folder());
    ASSERT_TRUE(source);
    EXPECT_FALSE(writeGguf(*source, directory() / "absent" / "x.gguf", {DType::Q8_0}));
    EXPECT_FALSE(writeGguf(*source, path(), {DType::Q4_K}));
    source->tensors.erase("model.norm.weight");
    EXPECT_FALSE(writeGguf(*source, path(), {DType::Q8_0}));
    source->tokenizerModel.clear();
    EXPECT_FALSE(writeGguf(*source, path(), {DType::Q8_0}));
    for (const auto& item : std::filesystem::directory_iterator(directory())) {
        EXPECT_EQ(item.path(), folder());
    }
}

TEST_F(Gguf, RefusesValuesOutsideTheType) {
    auto model = test::makeSyntheticModel();
    model.tensors.at("model.layers.0.mlp.up_proj.weight").values[3] = 1e30f;
    const auto half = convert(model, DType::F16);
    ASSERT_FALSE(half);
    EXPECT_THAT(half.error().message, HasSubstr("outside the range of F16"));
    EXPECT_FALSE(convert(model, DType::Q8_0));
    for (const auto& item : std::filesystem::directory_iterator(directory())) {
        EXPECT_EQ(item.path(), folder()) << "a failed write leaves nothing behind";
    }
    EXPECT_TRUE(convert(model, DType::BF16));
}

}  // namespace
}  // namespace lectern

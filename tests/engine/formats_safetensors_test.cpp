// The safetensors container and Hugging Face folders: good ones, and a table of hostile ones.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <limits>

#include "engine/formats/model_source.h"
#include "engine/formats/safetensors.h"
#include "tests/engine/support/synthetic_model.h"
#include "tests/engine/support/test_files.h"

namespace lectern {
namespace {

using nlohmann::json;
using testing::HasSubstr;

Result<SafetensorsFile> parse(const std::string& bytes) {
    return parseSafetensors(std::as_bytes(std::span(bytes)), "weights.safetensors");
}

json entry(const char* type, json shape, uint64_t begin, uint64_t end) {
    return {{"dtype", type}, {"shape", std::move(shape)}, {"data_offsets", {begin, end}}};
}

TEST(Safetensors, ReadsTensorsAndMetadata) {
    const std::string data = test::encodePlain(DType::F32, {1, 2, 3, 4, 5, 6}) + test::encodePlain(DType::BF16, {7, 8});
    const std::string bytes = test::safetensorsBytes(
        {{"__metadata__", {{"license", "mit"}}}, {"m", entry("F32", {2, 3}, 0, 24)}, {"v", entry("BF16", {2}, 24, 28)}},
        data);
    const auto file = parse(bytes);
    ASSERT_TRUE(file) << file.error().message;
    EXPECT_EQ(file->metadata.at("license"), "mit");
    const TensorData& matrix = file->tensors.at("m");
    EXPECT_EQ(matrix.shape, (std::vector<int64_t>{2, 3}));
    float last = 0;
    std::memcpy(&last, matrix.bytes.data() + 20, sizeof(last));
    EXPECT_EQ(last, 6);
    EXPECT_EQ(file->tensors.at("v").type, DType::BF16);
    EXPECT_EQ(file->tensors.at("v").bytes.size(), 4u);
}

TEST(Safetensors, RefusesHostileFiles) {
    const std::string data(64, '\0');
    const auto withHeaderSize = [&](uint64_t size) {
        std::string bytes = test::safetensorsBytes({{"a", entry("F32", {16}, 0, 64)}}, data);
        std::memcpy(bytes.data(), &size, sizeof(size));
        return bytes;
    };
    constexpr auto kMax = std::numeric_limits<uint64_t>::max();
    const std::string duplicate =
        "{\"a\":" + entry("F32", {8}, 0, 32).dump() + ",\"a\":" + entry("F32", {8}, 32, 64).dump() + "}";
    const uint64_t duplicateSize = duplicate.size();
    struct Case {
        const char* what;
        std::string bytes;
        const char* sentence;
    };
    const Case cases[] = {
        {"empty", "", "too short"},
        {"one byte", "x", "too short"},
        {"header size max", withHeaderSize(kMax), "header does not fit"},
        {"header size above file", withHeaderSize(4096), "header does not fit"},
        {"header size 2^63", withHeaderSize(uint64_t{1} << 63), "header does not fit"},
        {"header size 0", withHeaderSize(0), "not valid JSON"},
        {"header cut", withHeaderSize(20), "not valid JSON"},
        {"header is a list", test::safetensorsBytes(json::array(), data), "not an object"},
        {"duplicate", std::string(reinterpret_cast<const char*>(&duplicateSize), 8) + duplicate + data, "twice"},
        {"outside", test::safetensorsBytes({{"a", entry("F32", {32}, 0, 128)}}, data), "outside the file"},
        {"reversed", test::safetensorsBytes({{"a", entry("F32", {16}, 64, 0)}}, data), "outside the file"},
        {"offset max", test::safetensorsBytes({{"a", entry("F32", {16}, kMax - 63, kMax)}}, data), "position"},
        {"offset 2^63-1", test::safetensorsBytes({{"a", entry("F32", {16}, 0, kMax / 2)}}, data), "outside the file"},
        {"wrong size", test::safetensorsBytes({{"a", entry("F32", {15}, 0, 64)}}, data), "does not match"},
        {"product overflows", test::safetensorsBytes({{"a", entry("F32", {1ull << 32, 1ull << 32, 16}, 0, 64)}}, data),
         "does not match"},
        {"product wraps to 16", test::safetensorsBytes({{"a", entry("F32", {(1ull << 62) + 4, 4}, 0, 64)}}, data),
         "does not match"},
        {"negative dimension", test::safetensorsBytes({{"a", entry("F32", {-16}, 0, 64)}}, data), "no usable shape"},
        {"dimension as text", test::safetensorsBytes({{"a", entry("F32", {"16"}, 0, 64)}}, data), "no usable shape"},
        {"many dimensions", test::safetensorsBytes({{"a", entry("F32", json(std::vector<int>(1000, 1)), 0, 4)}}, data),
         "no usable shape"},
        {"no type", test::safetensorsBytes({{"a", {{"shape", {16}}, {"data_offsets", {0, 64}}}}}, data), "no type"},
        {"entry is a number", test::safetensorsBytes({{"a", 5}}, data), "no type"},
        {"type I64", test::safetensorsBytes({{"a", entry("I64", {8}, 0, 64)}}, data), "stored as \"I64\""},
        {"overlap", test::safetensorsBytes({{"a", entry("F32", {10}, 0, 40)}, {"b", entry("F32", {10}, 24, 64)}}, data),
         "overlap"},
        {"same bytes",
         test::safetensorsBytes({{"a", entry("F32", {16}, 0, 64)}, {"b", entry("F32", {16}, 0, 64)}}, data), "overlap"},
        {"hole", test::safetensorsBytes({{"a", entry("F32", {8}, 32, 64)}}, data), "longer than its tensors"},
        {"trailing", test::safetensorsBytes({{"a", entry("F32", {8}, 0, 32)}}, data), "longer than its tensors"},
        {"metadata is a list",
         test::safetensorsBytes({{"__metadata__", json::array()}, {"a", entry("F32", {16}, 0, 64)}}, data), "metadata"},
    };
    for (const auto& item : cases) {
        const auto file = parse(item.bytes);
        ASSERT_FALSE(file) << item.what;
        EXPECT_THAT(file.error().message, HasSubstr(item.sentence)) << item.what;
        EXPECT_THAT(file.error().message, HasSubstr("weights.safetensors")) << item.what;
        EXPECT_LT(file.error().message.size(), 300u) << item.what;
    }
}

class HfFolder : public testing::Test {
  protected:
    void write(const test::SyntheticModel& model, DType type = DType::BF16, int shards = 1) {
        test::writeHfFolder(model, folder(), type, shards);
    }
    std::filesystem::path folder() const { return m_directory.path() / "model"; }
    std::string refusal() const {
        const auto source = openModelSource(folder());
        return source ? "accepted" : source.error().message;
    }
    static void expectTensors(const ModelSource& source, const test::SyntheticModel& model, DType type) {
        ASSERT_EQ(source.tensors.size(), model.tensors.size());
        for (const auto& [name, tensor] : model.tensors) {
            const TensorData& read = source.tensors.at(name);
            EXPECT_EQ(read.type, type);
            EXPECT_EQ(read.shape, tensor.shape);
            const std::string expected = test::encodePlain(type, tensor.values);
            ASSERT_EQ(read.bytes.size(), expected.size());
            EXPECT_EQ(std::memcmp(read.bytes.data(), expected.data(), expected.size()), 0) << name;
        }
    }

  private:
    test::TemporaryDirectory m_directory;
};

TEST_F(HfFolder, OpensEveryPlainType) {
    const auto model = test::makeSyntheticModel();
    for (const DType type : {DType::F32, DType::F16, DType::BF16}) {
        write(model, type);
        const auto source = openModelSource(folder());
        ASSERT_TRUE(source) << source.error().message;
        expectTensors(*source, model, type);
        EXPECT_EQ(source->config.name, "model");
        EXPECT_GT(source->sizeBytes, 0);
    }
}

TEST_F(HfFolder, OpensShardsThroughTheIndexAndThroughAShard) {
    const auto model = test::makeSyntheticModel();
    write(model, DType::F32, 3);
    for (const auto& path : {folder(), folder() / "model-1.safetensors"}) {
        const auto source = openModelSource(path);
        ASSERT_TRUE(source) << source.error().message;
        expectTensors(*source, model, DType::F32);
    }
}

TEST_F(HfFolder, OpensAFileInsideTheFolder) {
    const auto model = test::makeSyntheticModel(true);
    write(model);
    const auto source = openModelSource(folder() / "model.safetensors");
    ASSERT_TRUE(source) << source.error().message;
    EXPECT_TRUE(source->config.tiedEmbeddings);
    EXPECT_FALSE(source->tensors.contains("lm_head.weight"));
    const auto config = readModelConfig(folder() / "model.safetensors");
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_EQ(config->vocabSize, 264);
}

TEST_F(HfFolder, AlignsWhatAFileLeftUnaligned) {
    const auto model = test::makeSyntheticModel();
    write(model, DType::F32);
    json header;
    std::string data;
    for (const auto& [name, tensor] : model.tensors) {
        const std::string bytes = test::encodePlain(DType::F32, tensor.values);
        header[name] = entry("F32", tensor.shape, data.size(), data.size() + bytes.size());
        data += bytes;
    }
    std::string bytes = test::safetensorsBytes(header, data, 8);
    bytes.insert(bytes.begin() + 8 + static_cast<ptrdiff_t>(header.dump().size()), ' ');
    const uint64_t size = bytes.size() - 8 - data.size();
    std::memcpy(bytes.data(), &size, sizeof(size));
    test::writeFile(folder() / "model.safetensors", bytes);
    const auto source = openModelSource(folder());
    ASSERT_TRUE(source) << source.error().message;
    expectTensors(*source, model, DType::F32);
    for (const auto& [name, tensor] : source->tensors) {
        EXPECT_EQ(reinterpret_cast<uintptr_t>(tensor.bytes.data()) % alignof(float), 0u) << name;
    }
}

TEST_F(HfFolder, ReadsCompanions) {
    write(test::makeSyntheticModel());
    test::writeFile(folder() / "tokenizer_config.json", R"({"chat_template": "{{ messages }}"})");
    test::writeFile(folder() / "README.md", "---\nlicense: apache-2.0\n---\n# Card\n");
    test::writeFile(folder() / "lectern_profile.json", "{}");
    const auto source = openModelSource(folder());
    ASSERT_TRUE(source) << source.error().message;
    EXPECT_EQ(source->chatTemplate, "{{ messages }}");
    EXPECT_EQ(source->license, "apache-2.0");
    EXPECT_EQ(source->profileJson, "{}");
}

TEST_F(HfFolder, IgnoresStoredFrequenciesAndATiedHead) {
    auto model = test::makeSyntheticModel(true);
    model.tensors["lm_head.weight"] = model.tensors.at("model.embed_tokens.weight");
    model.tensors["model.layers.0.self_attn.rotary_emb.inv_freq"] = {{12}, std::vector<float>(12, 1.0f)};
    write(model);
    const auto source = openModelSource(folder());
    ASSERT_TRUE(source) << source.error().message;
    EXPECT_EQ(source->tensors.size(), model.tensors.size() - 2);
}

TEST_F(HfFolder, RefusesWrongModels) {
    using Change = std::function<void(test::SyntheticModel&)>;
    const std::string q = "model.layers.0.self_attn.q_proj.weight";
    const std::pair<Change, const char*> cases[] = {
        {[&](auto& m) { m.tensors.erase(q); }, "q_proj.weight\" is missing"},
        {[&](auto& m) { m.tensors.erase("lm_head.weight"); }, "lm_head.weight\" is missing"},
        {[&](auto& m) { std::swap(m.tensors[q].shape[0], m.tensors[q].shape[1]); }, "has shape [64, 96]"},
        {[&](auto& m) { m.tensors[q].shape = {96 * 64}; }, "has shape [6144]"},
        {[&](auto& m) {
             m.tensors["model.layers.0.self_attn.q_proj.bias"] = {{96}, std::vector<float>(96)};
         },
         "q_proj.bias"},
        {[&](auto& m) { m.tensors[q].values[77] = std::numeric_limits<float>::quiet_NaN(); }, "not finite"},
        {[&](auto& m) { m.tensors["model.norm.weight"].values[63] = std::numeric_limits<float>::infinity(); },
         "not finite"},
        {[&](auto& m) { m.config["num_hidden_layers"] = 3; }, "model.layers.2."},
        {[&](auto& m) { m.config["num_hidden_layers"] = 1; }, "does not have"},
        {[&](auto& m) {
             m.config["vocab_size"] = 259;
             m.config["eos_token_id"] = 2;
         },
         "vocabulary has 260 tokens"},
        {[&](auto& m) { m.tokenizerModel.resize(100); }, "tokenizer.model: The tokenizer model is damaged"},
        {[&](auto& m) { m.tokenizerModel.clear(); }, "holds no vocabulary"},
        {[&](auto& m) {
             m.config["architectures"] = {"Qwen2ForCausalLM"};
             m.config["model_type"] = "qwen2";
         },
         "this is a Qwen2 model"},
    };
    for (const DType type : {DType::F32, DType::F16, DType::BF16}) {
        for (const auto& [change, sentence] : cases) {
            auto model = test::makeSyntheticModel();
            change(model);
            write(model, type);
            EXPECT_THAT(refusal(), HasSubstr(sentence));
        }
    }
}

TEST_F(HfFolder, RefusesWrongFolders) {
    write(test::makeSyntheticModel());
    namespace fs = std::filesystem;
    fs::rename(folder() / "tokenizer.model", folder() / "away");
    EXPECT_THAT(refusal(), HasSubstr("There is no tokenizer.model"));
    test::writeFile(folder() / "tokenizer.json", "{}");
    EXPECT_THAT(refusal(), HasSubstr("a Llama model with a BPE (tokenizer.json) vocabulary; Lectern runs"));
    fs::rename(folder() / "away", folder() / "tokenizer.model");

    fs::rename(folder() / "model.safetensors", folder() / "other.safetensors");
    EXPECT_EQ(refusal(), "accepted") << "a single weight file may have any name";
    fs::copy_file(folder() / "other.safetensors", folder() / "another.safetensors");
    EXPECT_THAT(refusal(), HasSubstr("several .safetensors"));
    fs::remove(folder() / "another.safetensors");
    fs::remove(folder() / "other.safetensors");
    EXPECT_THAT(refusal(), HasSubstr("no .safetensors weights"));
    test::writeFile(folder() / "pytorch_model.bin", "PK");
    EXPECT_THAT(refusal(), HasSubstr("PyTorch pickles"));
    fs::remove(folder() / "config.json");
    EXPECT_THAT(refusal(), HasSubstr("There is no file"));
    fs::create_directory(folder() / "config.json");
    EXPECT_THAT(refusal(), HasSubstr("not a regular file"));
    fs::remove_all(folder());
    EXPECT_THAT(refusal(), HasSubstr("There is no model at"));
    test::writeFile(folder(), "x");
    EXPECT_THAT(refusal(), HasSubstr("a model is a folder"));
}

TEST_F(HfFolder, RefusesHostileIndexes) {
    const auto model = test::makeSyntheticModel();
    write(model, DType::BF16, 2);
    const auto index = folder() / "model.safetensors.index.json";
    const json good = json::parse(test::readFile(index));
    const std::string q = "model.layers.0.self_attn.q_proj.weight";
    for (const char* name : {"../model/model-0.safetensors", "/etc/passwd", "..", "", "sub/model-0.safetensors"}) {
        json bad = good;
        bad["weight_map"][q] = name;
        test::writeFile(index, bad.dump());
        EXPECT_THAT(refusal(), HasSubstr("outside the folder")) << name;
    }
    json bad = good;
    bad["weight_map"]["model.extra"] = "model-0.safetensors";
    test::writeFile(index, bad.dump());
    EXPECT_THAT(refusal(), HasSubstr("is not in"));
    bad = good;
    bad["weight_map"][q] = "model-9.safetensors";
    test::writeFile(index, bad.dump());
    EXPECT_THAT(refusal(), HasSubstr("There is no file"));
    test::writeFile(index, "{}");
    EXPECT_THAT(refusal(), HasSubstr("no weight_map"));
    // The same tensor in both files.
    test::writeFile(index, good.dump());
    test::writeFile(folder() / "model-1.safetensors", test::readFile(folder() / "model-0.safetensors"));
    EXPECT_THAT(refusal(), HasSubstr("also in another file"));
}

TEST_F(HfFolder, TruncatedWeightsAreRefused) {
    write(test::makeSyntheticModel());
    const std::string good = test::readFile(folder() / "model.safetensors");
    for (size_t length = 0; length < good.size(); length += 1 + good.size() / 211) {
        test::writeFile(folder() / "model.safetensors", good.substr(0, length));
        EXPECT_NE(refusal(), "accepted") << length;
    }
}

}  // namespace
}  // namespace lectern

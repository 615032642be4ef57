// Adapters exchanged with Hugging Face PEFT. The other direction, PEFT loading ours, is tests/tools/check_peft.py.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/session/session.h"
#include "engine/train/adapter.h"
#include "tests/engine/support/test_files.h"
#include "tests/engine/train_fixture.h"

namespace lectern::test {
namespace {

namespace fs = std::filesystem;

fs::path peftFolder() {
    return fs::path(LECTERN_SOURCE_DIR) / "tests/data/peft_adapter";
}

/// Logits [tokens, vocab] of the inference engine, dense attention.
std::vector<float> logitsOf(ModelSource source, std::span<const TokenId> tokens) {
    auto backend = createBackend({"cpu", 1});
    EXPECT_TRUE(backend);
    auto model = Model::create(std::move(source), **backend);
    EXPECT_TRUE(model) << (model ? "" : model.error().message);
    SessionOptions options;
    options.profile = tinyProfile();
    options.profile.mode = AttentionMode::Dense;
    options.profile.kvType = KvType::F32;
    options.capacityTokens = static_cast<int64_t>(tokens.size());
    auto session = Session::create(*model, *backend, std::move(options));
    EXPECT_TRUE(session) << (session ? "" : session.error().message);
    auto logits = (*session)->allLogits(tokens, true, {});
    EXPECT_TRUE(logits) << (logits ? "" : logits.error().message);
    return logits ? std::move(*logits) : std::vector<float>();
}

/// A copy of PEFT's folder with one file changed.
void copyWith(const fs::path& target, const char* file, const std::string& content) {
    fs::create_directories(target);
    for (const char* name : {"adapter_config.json", "adapter_model.safetensors"}) {
        writeFile(target / name, std::string_view(name) == file ? content : readFile(peftFolder() / name));
    }
}

TEST(TrainAdapter, ReadsWhatPeftSaved) {
    const auto adapter = readAdapter(peftFolder());
    ASSERT_TRUE(adapter) << adapter.error().message;
    EXPECT_EQ(adapter->spec.rank, 3);
    EXPECT_EQ(adapter->spec.targets, (std::vector<std::string>{"down_proj", "q_proj", "v_proj"}));
    EXPECT_EQ(adapter->factors.size(), 6u);
    // "norm" of modules_to_save names every module whose name ends so.
    EXPECT_EQ(adapter->whole.size(), 6u);
    // rsLoRA: alpha over the root of the rank.
    EXPECT_NEAR(adapter->factors.begin()->second.scale, 12 / std::sqrt(3.0), 1e-12);
}

TEST(TrainAdapter, MergedLogitsArePefts) {
    const nlohmann::json golden = nlohmann::json::parse(readFile(peftFolder() / "logits.json"));
    const std::vector<TokenId> tokens = golden["tokens"];
    ModelSource tuned = goldenModel(tinyConfig());
    const std::vector<float> base = logitsOf(tuned, tokens);
    const auto applied = applyAdapter(tuned, peftFolder());
    ASSERT_TRUE(applied) << applied.error().message;
    // PEFT replaces the embedding and leaves the head that was tied to it as it was.
    EXPECT_FALSE(tuned.config.tiedEmbeddings);
    const std::vector<float> got = logitsOf(tuned, tokens);
    const auto vocab = static_cast<size_t>(tinyConfig().vocabSize);
    ASSERT_EQ(got.size(), tokens.size() * vocab);
    double largest = 0, moved = 0;
    for (size_t row = 0; row < tokens.size(); ++row) {
        for (size_t i = 0; i < vocab; ++i) {
            const double want = golden["logits"][row][i];
            largest = std::max(largest, std::abs(static_cast<double>(got[row * vocab + i]) - want));
            moved = std::max(moved, std::abs(static_cast<double>(base[row * vocab + i]) - want));
        }
    }
    // The file rounds to 1e-6; logits reach about 10.
    EXPECT_LT(largest, 2e-5);
    EXPECT_GT(moved, 1.0) << "the adapter changes nothing, so the comparison says nothing";
}

TEST(TrainAdapter, OurFolderReadsBackAsPeftWrote) {
    const TemporaryDirectory folder;
    auto adapter = readAdapter(peftFolder());
    ASSERT_TRUE(adapter);
    // We write plain LoRA, so that the scale goes into alpha.
    adapter->spec.alpha = adapter->factors.begin()->second.scale * adapter->spec.rank;
    ASSERT_TRUE(writeAdapter(*adapter, folder.path()));
    const auto again = readAdapter(folder.path());
    ASSERT_TRUE(again) << again.error().message;
    ASSERT_EQ(again->factors.size(), adapter->factors.size());
    for (const auto& [name, factors] : adapter->factors) {
        const LoraFactors& other = again->factors.at(name);
        EXPECT_EQ(other.a, factors.a) << name;
        EXPECT_EQ(other.b, factors.b) << name;
        EXPECT_NEAR(other.scale, factors.scale, 1e-12) << name;
    }
    for (const auto& [name, whole] : adapter->whole) {
        EXPECT_EQ(again->whole.at(name).values, whole.values) << name;
        EXPECT_EQ(again->whole.at(name).shape, whole.shape) << name;
    }
}

TEST(TrainAdapter, RefusesWhatItWouldRunWrongly) {
    const TemporaryDirectory folder;
    const nlohmann::json config = nlohmann::json::parse(readFile(peftFolder() / "adapter_config.json"));
    const auto with = [&](const char* key, nlohmann::json value) {
        nlohmann::json changed = config;
        changed[key] = std::move(value);
        copyWith(folder.path() / key, "adapter_config.json", changed.dump());
        return readAdapter(folder.path() / key);
    };
    EXPECT_TRUE(with("lora_dropout", 0.1));
    EXPECT_FALSE(with("use_dora", true));
    EXPECT_FALSE(with("peft_type", "IA3"));
    EXPECT_FALSE(with("bias", "all"));
    EXPECT_FALSE(with("alpha_pattern", {{"q_proj", 3}}));
    EXPECT_FALSE(with("r", "three"));
    EXPECT_FALSE(readAdapter(folder.path() / "absent"));
}

TEST(TrainAdapter, DamagedFilesAreRefusedOrReadNeverTrusted) {
    const TemporaryDirectory folder;
    const std::string good = readFile(peftFolder() / "adapter_model.safetensors");
    for (size_t length = 0; length < good.size(); length += 1 + length / 3) {
        copyWith(folder.path() / "cut", "adapter_model.safetensors", good.substr(0, length));
        EXPECT_FALSE(readAdapter(folder.path() / "cut")) << length;
    }
    uint32_t seed = 1;
    for (int i = 0; i < 400; ++i) {
        std::string bad = good;
        for (int change = 0; change < 3; ++change) {
            seed = 1664525u * seed + 1013904223u;
            bad[(seed >> 8) % 1600] = static_cast<char>(seed >> 3);
        }
        copyWith(folder.path() / "bent", "adapter_model.safetensors", bad);
        ModelSource source = goldenModel(tinyConfig());
        (void)applyAdapter(source, folder.path() / "bent");
    }
}

TEST(TrainAdapter, DoesNotFitAnotherModel) {
    ModelConfig other = tinyConfig();
    other.hiddenSize = 48;
    auto source = makeRandomModel(other, DType::F32, 1);
    ASSERT_TRUE(source);
    const auto applied = applyAdapter(*source, peftFolder());
    ASSERT_FALSE(applied);
    EXPECT_EQ(applied.error().code, ErrorCode::InvalidInput);
}

}  // namespace
}  // namespace lectern::test

// The engine against an independent implementation (transformers on PyTorch): the tiny Llama layer by layer and under
// every RoPE scaling, the default model on 512 tokens of prose.

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "engine/backend/cpu_backend.h"
#include "engine/core/resources.h"
#include "engine/formats/model_source.h"
#include "engine/model/llama_forward.h"
#include "engine/session/session.h"
#include "tests/engine/support/test_files.h"

namespace lectern::test {
namespace {

namespace fs = std::filesystem;

const fs::path kGoldens = fs::path(LECTERN_SOURCE_DIR) / "tests" / "data" / "goldens";

float halfToFloat(uint16_t half) {
    const int exponent = (half >> 10) & 31, mantissa = half & 1023;
    const float magnitude = exponent == 0 ? std::ldexp(static_cast<float>(mantissa), -24)
                                          : std::ldexp(static_cast<float>(mantissa + 1024), exponent - 25);
    return half & 0x8000 ? -magnitude : magnitude;
}

/// A .npy file of '<f4', '<f2' or '<i4' as floats.
std::vector<float> readNpy(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    EXPECT_GT(bytes.size(), 10u) << path;
    const size_t headerSize = static_cast<unsigned char>(bytes[8]) + 256u * static_cast<unsigned char>(bytes[9]);
    const std::string header = bytes.substr(10, headerSize);
    const char* data = bytes.data() + 10 + headerSize;
    const size_t dataSize = bytes.size() - 10 - headerSize;
    std::vector<float> values;
    if (header.find("<f2") != std::string::npos) {
        for (size_t i = 0; i + 2 <= dataSize; i += 2) {
            uint16_t half;
            std::memcpy(&half, data + i, 2);
            values.push_back(halfToFloat(half));
        }
    } else if (header.find("<i4") != std::string::npos) {
        for (size_t i = 0; i + 4 <= dataSize; i += 4) {
            int32_t value;
            std::memcpy(&value, data + i, 4);
            values.push_back(static_cast<float>(value));
        }
    } else {
        values.resize(dataSize / 4);
        std::memcpy(values.data(), data, values.size() * 4);
    }
    return values;
}

std::vector<TokenId> readIds(const fs::path& path) {
    std::ifstream file(path);
    return {std::istream_iterator<TokenId>(file), std::istream_iterator<TokenId>()};
}

/// ||a - b||^2 / ||b||^2.
double nmse(std::span<const float> a, std::span<const float> b) {
    double error = 0, norm = 0;
    for (size_t i = 0; i < b.size(); ++i) {
        error += (static_cast<double>(a[i]) - b[i]) * (static_cast<double>(a[i]) - b[i]);
        norm += static_cast<double>(b[i]) * b[i];
    }
    return a.size() == b.size() ? error / norm : 1e30;
}

AttentionProfile denseProfile(KvType type) {
    AttentionProfile profile;
    profile.mode = AttentionMode::Dense;
    profile.kvType = type;
    return profile;
}

std::vector<float> logitsOf(const fs::path& modelPath, const std::vector<TokenId>& ids, AttentionProfile profile) {
    auto backend = std::make_shared<CpuBackend>(2);
    const auto model = Model::load(modelPath, *backend);
    EXPECT_TRUE(model) << model.error().message;
    SessionOptions options;
    options.profile = std::move(profile);
    options.capacityTokens = static_cast<int64_t>(ids.size());
    auto session = Session::create(*model, backend, options);
    EXPECT_TRUE(session) << session.error().message;
    return *(*session)->allLogits(ids, true, {});
}

/// A copy of the tiny model under another of its configurations.
fs::path tinyUnder(const std::string& variant, const TemporaryDirectory& folder) {
    const fs::path target = folder.path() / variant;
    fs::create_directories(target);
    for (const char* name : {"model.safetensors", "tokenizer.model"}) {
        fs::copy_file(kGoldens / "tiny" / name, target / name);
    }
    const std::string config = variant == "yarn" ? "config.json" : "config_" + variant + ".json";
    fs::copy_file(kGoldens / "tiny" / config, target / "config.json");
    return target;
}

// bf16 weights are exact in f32 and the golden was computed in double: what remains is f32 rounding of three layers.
constexpr double kF32Limit = 1e-9;

TEST(Golden, TinyLlamaUnderEveryRopeScaling) {
    const TemporaryDirectory folder;
    const auto ids = readIds(kGoldens / "tiny" / "ids.txt");
    for (const std::string variant : {"plain", "linear", "dynamic", "llama3", "sliding", "yarn"}) {
        const auto expected = readNpy(kGoldens / "tiny" / ("logits_" + variant + ".npy"));
        const auto logits = logitsOf(tinyUnder(variant, folder), ids, denseProfile(KvType::F32));
        const size_t vocab = logits.size() / ids.size();
        std::vector<float> rows;
        const size_t step = ids.size() * vocab / expected.size();
        for (size_t row = step - 1; row < ids.size(); row += step) {
            rows.insert(rows.end(), logits.begin() + static_cast<std::ptrdiff_t>(row * vocab),
                        logits.begin() + static_cast<std::ptrdiff_t>((row + 1) * vocab));
        }
        EXPECT_LT(nmse(rows, expected), kF32Limit) << variant;
    }
}

TEST(Golden, TinyLlamaLayerByLayer) {
    const TemporaryDirectory folder;
    auto backend = std::make_shared<CpuBackend>(2);
    const auto model = *Model::load(tinyUnder("yarn", folder), *backend);
    const auto ids = readIds(kGoldens / "tiny" / "ids.txt");
    const auto expected = readNpy(kGoldens / "tiny" / "hidden.npy");
    const auto count = static_cast<int64_t>(ids.size());
    const AttentionProfile profile = denseProfile(KvType::F32);
    const RopeSchedule rope = RopeSchedule::fromConfig(model->config(), count);
    const ModelConfig& config = model->config();
    auto storage = *backend->createKvStorage(
        {config.layerCount, config.kvHeadCount, config.headDim, profile.region, profile.kvType, count, 0, {}});
    auto forward = *LlamaForward::create(model, backend, count);
    ForwardOptions options;
    options.profile = &profile;
    options.rope = &rope;
    const size_t layerValues = static_cast<size_t>(count * config.hiddenSize);
    int32_t seen = 0;
    options.afterLayer = [&](int32_t layer, const Tensor& hidden) {
        const std::span<const float> want(expected.data() + static_cast<size_t>(layer + 1) * layerValues, layerValues);
        EXPECT_LT(nmse({hidden.f32(), layerValues}, want), kF32Limit) << "layer " << layer;
        ++seen;
    };
    ASSERT_TRUE(forward->run(ids, 0, *storage, options, {}));
    EXPECT_EQ(seen, 3);
}

/// Checks one stored form of a model against the f16 golden rows and the best tokens of all positions.
void checkModel(const fs::path& path, const char* golden, KvType kvType, double limit, double leastTop1) {
    const auto ids = readIds(kGoldens / "base45m" / "ids.txt");
    const auto expected = readNpy(kGoldens / golden / "logits.npy");
    const auto top1 = readNpy(kGoldens / golden / "top1.npy");
    const auto logits = logitsOf(path, ids, denseProfile(kvType));
    const size_t vocab = logits.size() / ids.size();
    std::vector<float> rows;
    for (size_t row = 15; row < ids.size(); row += 16) {
        rows.insert(rows.end(), logits.begin() + static_cast<std::ptrdiff_t>(row * vocab),
                    logits.begin() + static_cast<std::ptrdiff_t>((row + 1) * vocab));
    }
    const double error = nmse(rows, expected);
    size_t equal = 0;
    for (size_t row = 0; row < ids.size(); ++row) {
        const auto begin = logits.begin() + static_cast<std::ptrdiff_t>(row * vocab);
        equal += std::max_element(begin, begin + static_cast<std::ptrdiff_t>(vocab)) - begin ==
                 static_cast<std::ptrdiff_t>(top1[row]);
    }
    const double share = static_cast<double>(equal) / static_cast<double>(ids.size());
    std::printf("%s, K/V %s: NMSE %.3g, best token equal %.4f\n", path.filename().c_str(),
                std::string(name(kvType)).c_str(), error, share);
    EXPECT_LT(error, limit);
    EXPECT_GE(share, leastTop1);
}

TEST(Golden, BaseModelInBfloat16) {
    const auto shared = sharedDirectory();
    if (!shared) {
        GTEST_SKIP() << "the bf16 model is not here";
    }
    const fs::path model = *shared / "models" / "lectern-base-45m";
    // Limits of the issue: f32 arithmetic 1e-5 (the golden rows are stored as halves, which alone gives about 1e-7),
    // bf16 K/V 1e-3.
    checkModel(model, "base45m", KvType::F32, 1e-5, 0.995);
    checkModel(model, "base45m", KvType::BF16, 1e-3, 0.995);
}

TEST(Golden, BaseModelInQ8) {
    const auto shared = sharedDirectory();
    if (!shared) {
        GTEST_SKIP() << "the bf16 model is not here";
    }
    const auto source = openModelSource(*shared / "models" / "lectern-base-45m");
    ASSERT_TRUE(source);
    const fs::path file = fs::temp_directory_path() / ("lectern-golden-" + std::to_string(getpid()) + ".gguf");
    ASSERT_TRUE(writeGguf(*source, file, {DType::Q8_0}));
    // What quantising the weights costs, against the bf16 model.
    checkModel(file, "base45m", KvType::BF16, 5e-3, 0.97);
    fs::remove(file);
}

TEST(Golden, DefaultModelInQ8) {
    const auto model = defaultModelPath();
    ASSERT_TRUE(model) << model.error().message;
    // Against the same Q8_0 weights computed in f32: what is left is that activations are 8-bit in the products.
    checkModel(*model, "default", KvType::BF16, 5e-3, 0.97);
}

}  // namespace
}  // namespace lectern::test

// Adapters on disk. Source of the layout: huggingface/peft, docs/source/developer_guides/checkpoint.md.

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/formats/format_errors.h"
#include "engine/formats/json_reader.h"
#include "engine/formats/mapped_file.h"
#include "engine/formats/replacing_file.h"
#include "engine/formats/safetensors.h"
#include "engine/formats/safetensors_writer.h"
#include "engine/train/adapter.h"

namespace lectern {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* kConfig = "adapter_config.json";
constexpr const char* kWeights = "adapter_model.safetensors";
constexpr const char* kRope = "lectern_rope.json";
constexpr const char* kProfile = "lectern_profile.json";
constexpr std::string_view kPrefix = "base_model.model.";
constexpr int64_t kMaxConfigBytes = 4 << 20;

SafetensorsTensor hostTensor(std::string name, std::vector<int64_t> shape, const std::vector<float>& values) {
    return {std::move(name), DType::F32, std::move(shape),
            [&values]() -> Result<std::span<const std::byte>> { return std::as_bytes(std::span(values)); }};
}

/// "model.layers.0.self_attn.q_proj.weight" -> "q_proj".
std::string moduleOf(const std::string& name) {
    const std::string stem = name.substr(0, name.rfind(".weight"));
    return stem.substr(stem.rfind('.') + 1);
}

/// PEFT names of tensors: without the prefix and without the adapter's own name.
std::string plainName(std::string name) {
    if (name.starts_with(kPrefix)) {
        name.erase(0, kPrefix.size());
    }
    for (const std::string_view inner : {".modules_to_save.default", ".modules_to_save", ".default"}) {
        const size_t at = name.find(inner);
        if (at != std::string::npos) {
            name.erase(at, inner.size());
            break;
        }
    }
    return name;
}

/// Settings under which the factors would mean something else.
Result<void> refuseForeignSettings(const json& object, JsonFields& fields, const fs::path& path) {
    const std::string type = fields.text("peft_type", "");
    if (!fields.error() && type != "LORA") {
        return Error{ErrorCode::Unsupported,
                     path.string() + " is an adapter of the kind " + inQuotes(type) + "; Lectern runs LoRA adapters."};
    }
    if (fields.boolean("use_dora", false)) {
        return Error{ErrorCode::Unsupported, path.string() + " is a DoRA adapter, which Lectern does not run."};
    }
    if (fields.boolean("fan_in_fan_out", false)) {
        return unusableFile(path, "its factors are transposed (fan_in_fan_out), which Llama models do not have");
    }
    if (fields.text("bias", "none") != "none") {
        return unusableFile(path, "it trains bias terms, which Lectern does not run");
    }
    const auto pattern = object.find("alpha_pattern");
    if (pattern != object.end() && pattern->is_object() && !pattern->empty()) {
        return Error{ErrorCode::Unsupported,
                     path.string() + " has its own alpha for some modules, which Lectern does not run."};
    }
    return {};
}

std::vector<float> floats(const TensorData& tensor) {
    return decodeTensor(tensor);
}

Result<void> addFactor(Adapter& adapter, const std::string& name, const TensorData& tensor, double scale,
                       const fs::path& path) {
    const bool isA = name.find(".lora_A.") != std::string::npos;
    const size_t at = name.find(isA ? ".lora_A." : ".lora_B.");
    if (tensor.shape.size() != 2) {
        return damagedFile(path, "the tensor " + inQuotes(name) + " is not a matrix");
    }
    LoraFactors& factors = adapter.factors[name.substr(0, at) + ".weight"];
    const int64_t rank = tensor.shape[isA ? 0 : 1];
    if (rank < 1 || (factors.rank != 0 && factors.rank != rank)) {
        return damagedFile(path, "the two factors of " + inQuotes(name.substr(0, at)) + " differ in rank");
    }
    factors.rank = rank;
    factors.scale = scale;
    (isA ? factors.inputs : factors.outputs) = tensor.shape[isA ? 1 : 0];
    (isA ? factors.a : factors.b) = floats(tensor);
    return {};
}

}  // namespace

Result<void> writeAdapter(const Adapter& adapter, const fs::path& folder) {
    std::error_code failure;
    fs::create_directories(folder, failure);
    if (failure) {
        return Error{ErrorCode::Io, "Could not make the folder " + folder.string() + ": " + failure.message() + "."};
    }
    std::vector<SafetensorsTensor> tensors;
    std::set<std::string> targets, saved;
    for (const auto& [name, factors] : adapter.factors) {
        const std::string stem = std::string(kPrefix) + name.substr(0, name.rfind(".weight"));
        tensors.push_back(hostTensor(stem + ".lora_A.weight", {factors.rank, factors.inputs}, factors.a));
        tensors.push_back(hostTensor(stem + ".lora_B.weight", {factors.outputs, factors.rank}, factors.b));
        targets.insert(moduleOf(name));
    }
    for (const auto& [name, whole] : adapter.whole) {
        tensors.push_back(hostTensor(std::string(kPrefix) + name, whole.shape, whole.values));
        saved.insert(moduleOf(name));
    }
    LECTERN_ASSIGN(const WrittenFile written,
                   writeSafetensors(folder / kWeights, std::move(tensors), {{"format", "pt"}}));
    (void)written;
    const json config{{"peft_type", "LORA"},
                      {"task_type", "CAUSAL_LM"},
                      {"base_model_name_or_path", adapter.baseModel},
                      {"r", adapter.spec.rank},
                      {"lora_alpha", adapter.spec.alpha},
                      {"lora_dropout", adapter.spec.dropout},
                      {"target_modules", targets},
                      {"modules_to_save", saved.empty() ? json() : json(saved)},
                      {"bias", "none"},
                      {"fan_in_fan_out", false},
                      {"inference_mode", true},
                      {"init_lora_weights", true}};
    LECTERN_TRY(replaceFile(folder / kConfig, config.dump(2) + "\n"));
    if (adapter.rope) {
        const json rope{{"rope_theta", adapter.rope->base},
                        {"linear_factor", adapter.rope->linearFactor},
                        {"context", adapter.rope->contextTokens}};
        LECTERN_TRY(replaceFile(folder / kRope, rope.dump(2) + "\n"));
    }
    if (!adapter.profileJson.empty()) {
        LECTERN_TRY(replaceFile(folder / kProfile, adapter.profileJson));
    }
    return {};
}

Result<Adapter> readAdapter(const fs::path& folder) {
    const fs::path path = folder / kConfig;
    LECTERN_ASSIGN(const std::string text, readSmallFile(path, kMaxConfigBytes));
    LECTERN_ASSIGN(const json object, parseJsonObject(text, path));
    JsonFields fields(object, path);
    LECTERN_TRY(refuseForeignSettings(object, fields, path));
    Adapter adapter;
    adapter.spec.rank = static_cast<int32_t>(fields.integer("r", 8, 1, 1 << 16));
    adapter.spec.alpha = fields.number("lora_alpha", 8, 0, 1e9);
    adapter.spec.dropout = fields.number("lora_dropout", 0, 0, 1);
    adapter.baseModel = fields.text("base_model_name_or_path", "");
    const bool rankStabilized = fields.boolean("use_rslora", false);
    if (fields.error()) {
        return *fields.error();
    }
    LECTERN_ASSIGN(const std::shared_ptr<const MappedFile> file, MappedFile::open(folder / kWeights));
    LECTERN_ASSIGN(const SafetensorsFile tensors, parseSafetensors(file->bytes(), folder / kWeights));
    std::set<std::string> targets;
    for (const auto& [stored, tensor] : tensors.tensors) {
        const std::string name = plainName(stored);
        if (name.find(".lora_A.") != std::string::npos || name.find(".lora_B.") != std::string::npos) {
            const auto rank = static_cast<double>(
                tensor.shape.size() == 2 ? tensor.shape[name.find(".lora_A.") != std::string::npos ? 0 : 1] : 1);
            const double scale = adapter.spec.alpha / (rankStabilized ? std::sqrt(rank) : rank);
            LECTERN_TRY(addFactor(adapter, name, tensor, scale, folder / kWeights));
        } else if (name.find("lora_") != std::string::npos || name.find("bias") != std::string::npos) {
            return Error{ErrorCode::Unsupported, folder.string() + " holds a tensor " + inQuotes(name) +
                                                     " of a kind that Lectern does not run."};
        } else {
            adapter.whole[name] = {tensor.shape, floats(tensor)};
        }
    }
    for (const auto& [name, factors] : adapter.factors) {
        if (factors.a.empty() || factors.b.empty()) {
            return damagedFile(folder / kWeights, "one of the two factors of " + inQuotes(name) + " is missing");
        }
        targets.insert(moduleOf(name));
    }
    adapter.spec.targets.assign(targets.begin(), targets.end());
    if (adapter.factors.empty() && adapter.whole.empty()) {
        return damagedFile(folder / kWeights, "it holds no tensors");
    }
    std::error_code ignored;
    if (fs::exists(folder / kRope, ignored)) {
        LECTERN_ASSIGN(const std::string ropeText, readSmallFile(folder / kRope, kMaxConfigBytes));
        LECTERN_ASSIGN(const json rope, parseJsonObject(ropeText, folder / kRope));
        JsonFields ropeFields(rope, folder / kRope);
        adapter.rope = TunedRope{ropeFields.number("rope_theta", 10000, 1.001, 1e15),
                                 ropeFields.number("linear_factor", 0, 0, 1e9),
                                 static_cast<int32_t>(ropeFields.integer("context", 0, 0, 1 << 30))};
        if (ropeFields.error()) {
            return *ropeFields.error();
        }
    }
    if (fs::exists(folder / kProfile, ignored)) {
        LECTERN_ASSIGN(adapter.profileJson, readSmallFile(folder / kProfile, kMaxConfigBytes));
    }
    return adapter;
}

}  // namespace lectern

// Adapters on this computer, read from their configuration alone.

#include <algorithm>
#include <nlohmann/json.hpp>

#include "app/models/model_card.h"
#include "engine/core/resources.h"

namespace lectern::app {
namespace {

namespace fs = std::filesystem;

constexpr const char* kConfig = "adapter_config.json";
constexpr int64_t kMaximumConfigBytes = 4 << 20;
constexpr int kDepth = 3;
constexpr size_t kMaximumAdapters = 2000;

AdapterEntry describe(const fs::path& folder) {
    AdapterEntry entry;
    entry.path = folder;
    // Runs of the wizard call the folder "adapter": the run's name says more.
    entry.name = folder.filename() == "adapter" ? folder.parent_path().filename().string() : folder.filename().string();
    std::error_code ignored;
    for (const auto& file : fs::directory_iterator(folder, ignored)) {
        entry.sizeBytes += file.is_regular_file(ignored) ? static_cast<int64_t>(file.file_size(ignored)) : 0;
    }
    const Result<std::string> text = readFile(folder / kConfig, kMaximumConfigBytes);
    const nlohmann::json config = text ? nlohmann::json::parse(*text, nullptr, false) : nlohmann::json();
    if (!config.is_object()) {
        entry.problem = "The adapter's configuration cannot be read.";
        return entry;
    }
    try {
        entry.baseModel = config.value("base_model_name_or_path", std::string());
        entry.rank = config.value("r", 0);
        const nlohmann::json modules = config.value("target_modules", nlohmann::json::array());
        if (modules.is_array()) {
            entry.modules = modules.get<std::vector<std::string>>();
        }
        std::sort(entry.modules.begin(), entry.modules.end());
        const std::string kind = config.value("peft_type", std::string());
        if (kind != "LORA") {
            entry.problem = "This is an adapter of the kind “" + kind.substr(0, 40) + "”; Lectern runs LoRA adapters.";
        }
    } catch (const nlohmann::json::exception&) {
        entry.problem = "The adapter's configuration cannot be read.";
    }
    if (entry.problem.empty() && !fs::exists(folder / "adapter_model.safetensors", ignored)) {
        entry.problem = "The adapter's weights, adapter_model.safetensors, are missing.";
    }
    return entry;
}

void collect(const fs::path& folder, int depth, std::vector<AdapterEntry>& found) {
    std::error_code error;
    if (found.size() >= kMaximumAdapters) {
        return;
    }
    if (fs::is_regular_file(folder / kConfig, error)) {
        found.push_back(describe(folder));
        return;
    }
    for (const auto& entry : fs::directory_iterator(folder, fs::directory_options::skip_permission_denied, error)) {
        if (depth > 0 && entry.is_directory(error)) {
            collect(entry.path(), depth - 1, found);
        }
    }
}

}  // namespace

std::vector<AdapterEntry> findAdapters(std::span<const fs::path> folders) {
    std::vector<AdapterEntry> found;
    for (const fs::path& folder : folders) {
        collect(folder, kDepth, found);
    }
    const auto byPath = [](const AdapterEntry& a, const AdapterEntry& b) { return a.path < b.path; };
    std::sort(found.begin(), found.end(), byPath);
    const auto same = [](const AdapterEntry& a, const AdapterEntry& b) { return a.path == b.path; };
    found.erase(std::unique(found.begin(), found.end(), same), found.end());
    return found;
}

}  // namespace lectern::app

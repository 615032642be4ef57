#include "app/models/model_catalog.h"

#include <QCryptographicHash>
#include <algorithm>

#include "app/ingest/ingestor.h"
#include "engine/core/resources.h"
#include "engine/formats/model_source.h"

namespace lectern::app {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMaximumModels = 10000;

bool isModel(const fs::path& path) {
    std::error_code ignored;
    if (path.extension() == ".gguf") {
        return fs::is_regular_file(path, ignored);
    }
    // A training run has a config.json too; the models that it exports lie below.
    return fs::is_regular_file(path / "config.json", ignored) && !fs::exists(path / "events.jsonl", ignored);
}

std::vector<fs::path> filesOf(const fs::path& path) {
    std::vector<fs::path> files;
    std::error_code ignored;
    if (fs::is_regular_file(path, ignored)) {
        return {path};
    }
    for (const auto& entry : fs::directory_iterator(path, ignored)) {
        if (entry.is_regular_file(ignored)) {
            files.push_back(entry.path());
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

void collect(const fs::path& folder, int depth, std::vector<fs::path>& found) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, fs::directory_options::skip_permission_denied, error)) {
        if (found.size() >= kMaximumModels) {
            return;
        }
        if (isModel(entry.path())) {
            found.push_back(entry.path());
        } else if (depth > 0 && entry.is_directory(error)) {
            collect(entry.path(), depth - 1, found);
        }
    }
}

}  // namespace

ModelEntry describeModel(const fs::path& path) {
    ModelEntry entry;
    entry.path = path.lexically_normal();
    if (!entry.path.has_filename()) {
        entry.path = entry.path.parent_path();
    }
    entry.name = entry.path.extension() == ".gguf" ? entry.path.stem().string() : entry.path.filename().string();
    std::error_code ignored;
    for (const fs::path& file : filesOf(entry.path)) {
        entry.sizeBytes += static_cast<int64_t>(fs::file_size(file, ignored));
    }
    Result<ModelConfig> config = readModelConfig(entry.path);
    if (!config) {
        entry.problem = config.error().message;
        return entry;
    }
    entry.config = std::move(*config);
    entry.name = entry.config.name.empty() ? entry.name : entry.config.name;
    return entry;
}

std::vector<ModelEntry> findModels(std::span<const fs::path> folders) {
    std::vector<ModelEntry> models;
    if (const Result<fs::path> path = defaultModelPath()) {
        models.push_back(describeModel(*path));
        models.back().isDefault = true;
    }
    std::vector<fs::path> found;
    for (const fs::path& folder : folders) {
        if (isModel(folder)) {
            found.push_back(folder);
        } else {
            collect(folder, 1, found);
        }
    }
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    for (const fs::path& path : found) {
        std::error_code ignored;
        const bool isThere = std::any_of(models.begin(), models.end(), [&](const ModelEntry& entry) {
            return fs::equivalent(entry.path, path, ignored);
        });
        if (!isThere) {
            models.push_back(describeModel(path));
        }
    }
    return models;
}

std::string modelHash(const fs::path& path) {
    const std::vector<fs::path> files = filesOf(path);
    if (files.size() == 1 && files[0] == path) {
        const Result<std::string> hash = hashFile(path, {});
        return hash ? *hash : std::string();
    }
    QCryptographicHash hash(QCryptographicHash::Sha256);
    for (const fs::path& file : files) {
        const Result<std::string> each = hashFile(file, {});
        hash.addData(QByteArray::fromStdString(file.filename().string() + '\0' + (each ? *each : "") + '\n'));
    }
    return hash.result().toHex().toStdString();
}

}  // namespace lectern::app

// SHA-256 of models, computed once per version of a file.

#include <nlohmann/json.hpp>

#include "app/library/storage_usage.h"
#include "app/models/model_card.h"
#include "engine/core/resources.h"

namespace lectern::app {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kMaximumCacheBytes = 16 << 20;

fs::path cacheFile() {
    return modelCacheFolder() / "model-hashes.json";
}

/// Changes whenever a file of the model does.
std::string stampOf(const fs::path& path) {
    std::error_code ignored;
    int64_t bytes = 0;
    int64_t newest = 0;
    const auto add = [&](const fs::path& file) {
        bytes += static_cast<int64_t>(fs::file_size(file, ignored));
        newest = std::max<int64_t>(newest, fs::last_write_time(file, ignored).time_since_epoch().count());
    };
    if (fs::is_regular_file(path, ignored)) {
        add(path);
    } else {
        for (const auto& entry : fs::directory_iterator(path, ignored)) {
            if (entry.is_regular_file(ignored)) {
                add(entry.path());
            }
        }
    }
    return std::to_string(bytes) + ":" + std::to_string(newest);
}

nlohmann::json readCache() {
    const Result<std::string> text = readFile(cacheFile(), kMaximumCacheBytes);
    nlohmann::json cache = text ? nlohmann::json::parse(*text, nullptr, false) : nlohmann::json::object();
    return cache.is_object() ? cache : nlohmann::json::object();
}

}  // namespace

std::string rememberedModelHash(const fs::path& path) {
    const nlohmann::json cache = readCache();
    const auto found = cache.find(path.string());
    if (found == cache.end() || !found->is_object()) {
        return {};
    }
    const auto text = [&](const char* key) {
        const auto value = found->find(key);
        return value != found->end() && value->is_string() ? value->get<std::string>() : std::string();
    };
    return text("stamp") == stampOf(path) ? text("sha256") : std::string();
}

std::string cachedModelHash(const fs::path& path) {
    if (std::string known = rememberedModelHash(path); !known.empty()) {
        return known;
    }
    const std::string stamp = stampOf(path);
    const std::string hash = modelHash(path);
    if (!hash.empty()) {
        nlohmann::json cache = readCache();
        cache[path.string()] = {{"stamp", stamp}, {"sha256", hash}};
        std::error_code ignored;
        fs::create_directories(modelCacheFolder(), ignored);
        // A cache that cannot be written only costs time.
        (void)writeFileAtomically(cacheFile(), cache.dump() + "\n");
    }
    return hash;
}

}  // namespace lectern::app

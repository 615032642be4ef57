#include "engine/cache/snapshot_store.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <cstdio>

#include "engine/cache/snapshot_file.h"

namespace lectern {
namespace {

constexpr const char* kExtension = ".lectern-context";

}  // namespace

uint64_t hashBytes(const void* data, size_t size, uint64_t seed) {
    return XXH3_64bits_withSeed(data, size, seed);
}

uint64_t hashTokens(std::span<const TokenId> tokens) {
    return hashBytes(tokens.data(), tokens.size_bytes());
}

std::filesystem::path SnapshotStore::pathFor(const std::string& key, std::span<const TokenId> tokens) const {
    char name[64];
    std::snprintf(name, sizeof name, "%016llx-%016llx",
                  static_cast<unsigned long long>(hashBytes(key.data(), key.size())),
                  static_cast<unsigned long long>(hashTokens(tokens)));
    return m_folder / (std::string(name) + kExtension);
}

std::vector<SnapshotInfo> SnapshotStore::list() const {
    std::vector<SnapshotInfo> infos;
    std::error_code failure;
    for (const auto& entry : std::filesystem::directory_iterator(m_folder, failure)) {
        if (entry.path().extension() != kExtension) {
            continue;
        }
        SnapshotInfo info;
        info.path = entry.path();
        info.sizeBytes = static_cast<int64_t>(entry.file_size(failure));
        const auto description = SnapshotFile::readDescription(entry.path());
        if (!description) {
            info.problem = description.error().message;
        } else if (!description->is_object()) {
            info.problem = "The saved context cannot be used: its description is damaged.";
        } else {
            try {
                info.key = description->value("key", "");
                info.title = description->value("title", "");
                info.tokens = description->value("tokens", int64_t{0});
                info.tokensHash = description->value("tokens_hash", uint64_t{0});
            } catch (const nlohmann::json::exception&) {
                info.problem = "The saved context cannot be used: its description is damaged.";
            }
        }
        infos.push_back(std::move(info));
    }
    std::sort(infos.begin(), infos.end(), [](const SnapshotInfo& a, const SnapshotInfo& b) { return a.path < b.path; });
    return infos;
}

std::optional<SnapshotInfo> SnapshotStore::longestPrefix(const std::string& key,
                                                         std::span<const TokenId> tokens) const {
    std::optional<SnapshotInfo> best;
    for (SnapshotInfo& info : list()) {
        const bool fits = info.problem.empty() && info.key == key && info.tokens > 0 &&
                          info.tokens <= static_cast<int64_t>(tokens.size()) && (!best || info.tokens > best->tokens);
        if (fits && hashTokens(tokens.first(static_cast<size_t>(info.tokens))) == info.tokensHash) {
            best = std::move(info);
        }
    }
    return best;
}

int64_t SnapshotStore::totalBytes() const {
    int64_t total = 0;
    for (const SnapshotInfo& info : list()) {
        total += info.sizeBytes;
    }
    return total;
}

int64_t SnapshotStore::clear(const std::filesystem::path& only) const {
    int64_t freed = 0;
    std::error_code failure;
    for (const SnapshotInfo& info : list()) {
        if ((only.empty() || info.path == only) && std::filesystem::remove(info.path, failure)) {
            freed += info.sizeBytes;
        }
    }
    return freed;
}

int64_t SnapshotStore::trim(int64_t maxBytes, const std::filesystem::path& keep) const {
    std::vector<std::pair<std::filesystem::file_time_type, SnapshotInfo>> files;
    int64_t total = 0;
    std::error_code failure;
    for (SnapshotInfo& info : list()) {
        total += info.sizeBytes;
        const auto written = std::filesystem::last_write_time(info.path, failure);
        files.emplace_back(written, std::move(info));
    }
    std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    int64_t freed = 0;
    for (const auto& [written, info] : files) {
        if (total - freed > maxBytes && info.path != keep && std::filesystem::remove(info.path, failure)) {
            freed += info.sizeBytes;
        }
    }
    return freed;
}

}  // namespace lectern

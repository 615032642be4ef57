#pragma once
// The folder of saved contexts: which one continues furthest into a document, how large they are, and clearing them.

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/core/ids.h"
#include "engine/core/result.h"

namespace lectern {

/// One saved context as its table of contents describes it.
struct SnapshotInfo {
    std::filesystem::path path;
    std::string key;    ///< model, tokenizer, profile, RoPE and K/V type it belongs to
    std::string title;  ///< for people: the document's name
    int64_t tokens = 0;
    uint64_t tokensHash = 0;
    int64_t sizeBytes = 0;
    std::string problem;  ///< why it cannot be used; empty when it can
};

class SnapshotStore {
  public:
    explicit SnapshotStore(std::filesystem::path folder) : m_folder(std::move(folder)) {}

    const std::filesystem::path& folder() const { return m_folder; }
    /// Where a context of these tokens under `key` is kept.
    std::filesystem::path pathFor(const std::string& key, std::span<const TokenId> tokens) const;
    /// Every file of the folder, damaged ones with their problem.
    std::vector<SnapshotInfo> list() const;
    /// The longest saved context under `key` that is a prefix of `tokens`.
    std::optional<SnapshotInfo> longestPrefix(const std::string& key, std::span<const TokenId> tokens) const;
    int64_t totalBytes() const;
    /// Removes one file, or all with an empty path. Returns the bytes freed.
    int64_t clear(const std::filesystem::path& only = {}) const;
    /// Removes the files least recently written until the rest takes at most `maxBytes`; `keep` stays in any case.
    int64_t trim(int64_t maxBytes, const std::filesystem::path& keep) const;

  private:
    std::filesystem::path m_folder;
};

uint64_t hashTokens(std::span<const TokenId> tokens);
uint64_t hashBytes(const void* data, size_t size, uint64_t seed = 0);

}  // namespace lectern

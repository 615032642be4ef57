// Saving and restoring a Session's context.

#include <nlohmann/json.hpp>

#include "engine/cache/snapshot_file.h"
#include "engine/cache/snapshot_store.h"
#include "engine/session/session_impl.h"

namespace lectern {
namespace {

// A trace larger than this is left out of the file: the map then says that it was not kept.
constexpr size_t kMaxTraceBytes = size_t{256} << 20;
constexpr int64_t kTraceBlockBytes = 1 << 20;

Result<DocumentTrace> readTrace(const SnapshotFile& file) {
    LECTERN_ASSIGN(const SnapshotFile::Section* section, file.section("trace"));
    for (int64_t block = 0; block < section->blockCount(); ++block) {
        LECTERN_TRY(file.verify(*section, block));
    }
    return parseDocumentTrace({reinterpret_cast<const char*>(section->data), static_cast<size_t>(section->sizeBytes)});
}

}  // namespace

std::string Session::snapshotKey() const {
    const Impl& self = *m_impl;
    nlohmann::json profile = profileToJson(self.options.profile);
    // What does not change cached keys and values is not part of the key.
    profile.erase("citation_heads");
    profile.erase("capacity");
    profile.erase("decode");
    profile.erase("search");
    char fingerprint[24];
    std::snprintf(fingerprint, sizeof fingerprint, "%016llx",
                  static_cast<unsigned long long>(self.model->fingerprint()));
    uint64_t angles = 0;
    const auto frequencies = self.rope.inverseFrequencies();
    angles = hashBytes(frequencies.data(), frequencies.size_bytes(), angles);
    return nlohmann::json{
        {"model", fingerprint}, {"profile", profile}, {"rope_scale", self.ropeScale}, {"angles", angles}}
        .dump();
}

Result<void> Session::saveSnapshot(const std::filesystem::path& path, std::span<const TokenId> tokens,
                                   const std::string& title) const {
    const Impl& self = *m_impl;
    if (self.tokens == 0 || static_cast<int64_t>(tokens.size()) != self.tokens) {
        return Error{ErrorCode::InvalidInput, "Only a context that consists of the given tokens can be saved."};
    }
    std::string trace = serialize(self.documentTrace);
    if (trace.size() > kMaxTraceBytes) {
        trace = serialize(DocumentTrace());
    }
    LECTERN_ASSIGN(
        const std::unique_ptr<SnapshotWriter> writer,
        SnapshotWriter::create(path, self.storage->sizeBytes() + static_cast<int64_t>(trace.size()) + (8 << 20)));
    LECTERN_TRY(self.storage->save(*writer));
    LECTERN_TRY(writer->beginSection("trace", kTraceBlockBytes));
    LECTERN_TRY(writer->append({reinterpret_cast<const std::byte*>(trace.data()), trace.size()}));
    return writer->finish(
        {{"key", snapshotKey()}, {"tokens", self.tokens}, {"tokens_hash", hashTokens(tokens)}, {"title", title}});
}

Result<int64_t> Session::restoreSnapshot(const std::filesystem::path& path, std::span<const TokenId> tokens) {
    Impl& self = *m_impl;
    if (self.tokens != 0) {
        return Error{ErrorCode::InvalidInput, "A saved context can only be restored into an empty session."};
    }
    LECTERN_ASSIGN(std::shared_ptr<SnapshotFile> file, SnapshotFile::open(path));
    const nlohmann::json& description = file->description();
    const auto key = description.find("key"), count = description.find("tokens"),
               hash = description.find("tokens_hash");
    if (key == description.end() || !key->is_string() || count == description.end() || !count->is_number_integer() ||
        hash == description.end() || !hash->is_number_unsigned()) {
        return Error{ErrorCode::Corrupt, "The saved context cannot be used: its description is damaged."};
    }
    if (key->get<std::string>() != snapshotKey()) {
        return Error{ErrorCode::InvalidInput, "The saved context belongs to another model or other settings."};
    }
    const auto stored = count->get<int64_t>();
    if (stored <= 0 || stored > static_cast<int64_t>(tokens.size()) ||
        hashTokens(tokens.first(static_cast<size_t>(stored))) != hash->get<uint64_t>()) {
        return Error{ErrorCode::InvalidInput, "The saved context belongs to another text."};
    }
    // A file written without its trace, or with an unreadable one, still restores; the map then lacks the document
    // layer.
    if (auto trace = readTrace(*file); trace && trace->layers() == self.documentTrace.layers()) {
        self.documentTrace = std::move(*trace);
    }
    LECTERN_TRY(self.storage->restore(std::move(file), stored));
    self.tokens = stored;
    const int64_t block = self.options.profile.blockTokens();
    if (stored < static_cast<int64_t>(tokens.size()) && stored % block != 0) {
        LECTERN_TRY(truncate(stored / block * block));
    }
    return self.tokens;
}

}  // namespace lectern

#include "app/document_worker/worker/container.h"

#include <archive.h>
#include <archive_entry.h>

#include <QByteArray>
#include <filesystem>
#include <memory>

namespace lectern::app::worker {
namespace {

constexpr size_t kBlockBytes = 64 * 1024;

struct ArchiveCloser {
    void operator()(archive* each) const { archive_read_free(each); }
};
using Archive = std::unique_ptr<archive, ArchiveCloser>;

Error tooLarge(const std::string& name) {
    return {ErrorCode::LimitExceeded, name + " unpacks to more than Lectern reads."};
}

Error damaged(const std::string& name) {
    return {ErrorCode::Corrupt, name + " is damaged: its container cannot be unpacked."};
}

/// Adds the current entry to `out`; `left` is what may still be unpacked.
Result<void> readEntry(archive* reader, const std::string& name, int64_t& left, int64_t maximumEntryBytes,
                       std::string& out) {
    char block[kBlockBytes];
    while (true) {
        const la_ssize_t count = archive_read_data(reader, block, sizeof block);
        if (count < 0) {
            return damaged(name);
        }
        if (count == 0) {
            return {};
        }
        left -= count;
        if (left < 0 || static_cast<int64_t>(out.size()) + count > maximumEntryBytes) {
            return tooLarge(name);
        }
        out.append(block, static_cast<size_t>(count));
    }
}

}  // namespace

Result<std::map<std::string, std::string>> readContainer(const std::string& path, const std::string& name,
                                                         const std::function<bool(const std::string&)>& wanted,
                                                         const ContainerLimits& limits) {
    const Archive reader(archive_read_new());
    archive_read_support_format_zip(reader.get());
    if (archive_read_open_filename(reader.get(), path.c_str(), kBlockBytes) != ARCHIVE_OK) {
        return damaged(name);
    }
    std::map<std::string, std::string> entries;
    int64_t left = limits.maximumTotalBytes;
    archive_entry* entry = nullptr;
    int code = ARCHIVE_OK;
    for (int64_t count = 0; (code = archive_read_next_header(reader.get(), &entry)) == ARCHIVE_OK; ++count) {
        if (count >= limits.maximumEntries) {
            return tooLarge(name);
        }
        const char* entryName = archive_entry_pathname_utf8(entry);
        entryName = entryName == nullptr ? archive_entry_pathname(entry) : entryName;
        if (entryName == nullptr || !wanted(entryName)) {
            continue;
        }
        if (archive_entry_is_data_encrypted(entry) == 1) {
            return Error{ErrorCode::PasswordNeeded,
                         name + " is encrypted in a way that Lectern cannot open; save it without a password."};
        }
        std::string& bytes = entries[entryName];
        bytes.clear();  // of two entries with one name the last counts, as in other readers
        LECTERN_TRY(readEntry(reader.get(), name, left, limits.maximumEntryBytes, bytes));
    }
    return code == ARCHIVE_EOF ? Result<std::map<std::string, std::string>>(std::move(entries)) : damaged(name);
}

std::string resolveEntry(std::string_view base, std::string_view relative) {
    const QByteArray decoded =
        QByteArray::fromPercentEncoding(QByteArray(relative.data(), static_cast<qsizetype>(relative.size())));
    const std::filesystem::path folder = std::filesystem::path(base).parent_path();
    const std::string resolved = (folder / decoded.toStdString()).lexically_normal().generic_string();
    return resolved.starts_with("..") || resolved.starts_with('/') ? std::string() : resolved;
}

}  // namespace lectern::app::worker

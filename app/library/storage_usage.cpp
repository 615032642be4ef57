#include "app/library/storage_usage.h"

#include <QStandardPaths>

#include "app/library/saved_contexts.h"

namespace lectern::app {
namespace {

namespace fs = std::filesystem;

int64_t folderBytes(const fs::path& folder) {
    int64_t total = 0;
    std::error_code error;
    const auto options = fs::directory_options::skip_permission_denied;
    for (auto it = fs::recursive_directory_iterator(folder, options, error); it != fs::recursive_directory_iterator();
         it.increment(error)) {
        std::error_code ignored;
        if (it->is_regular_file(ignored)) {
            const uintmax_t size = it->file_size(ignored);
            total += ignored ? 0 : static_cast<int64_t>(size);
        }
    }
    return total;
}

}  // namespace

fs::path modelCacheFolder() {
    const QString base = QStandardPaths::writableLocation(QStandardPaths::GenericCacheLocation);
    return fs::path(base.toStdString()) / "lectern";
}

StorageUsage measureStorage(const fs::path& dataDirectory) {
    StorageUsage usage;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(dataDirectory, ignored)) {
        // The database with its write-ahead log, and damaged ones that were set aside.
        if (entry.is_regular_file(ignored) && entry.path().filename().string().starts_with("library")) {
            usage.libraryBytes += static_cast<int64_t>(entry.file_size(ignored));
        }
    }
    for (const SavedContext& context : listSavedContexts(contextsFolder(dataDirectory))) {
        usage.contextBytes += context.sizeBytes;
        ++usage.contexts;
    }
    usage.modelCacheBytes = folderBytes(modelCacheFolder());
    usage.trainingBytes = folderBytes(dataDirectory / "training");
    const fs::space_info space = fs::space(dataDirectory, ignored);
    usage.freeBytes = ignored ? 0 : static_cast<int64_t>(space.available);
    return usage;
}

int64_t clearModelCache() {
    std::error_code ignored;
    const int64_t before = folderBytes(modelCacheFolder());
    fs::remove_all(modelCacheFolder(), ignored);
    return before - folderBytes(modelCacheFolder());
}

}  // namespace lectern::app

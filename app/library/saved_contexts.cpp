#include "app/library/saved_contexts.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/cache/snapshot_store.h"
#include "engine/core/resources.h"

namespace lectern::app {
namespace {

namespace fs = std::filesystem;

constexpr const char* kNoteExtension = ".documents";
constexpr int64_t kMaximumNoteBytes = 1 << 20;
/// Mean of English prose and technical text under the default tokenizer.
constexpr double kBytesPerToken = 3.6;

fs::path notePath(const fs::path& context) {
    return fs::path(context).replace_extension(kNoteExtension);
}

void readNote(SavedContext& context) {
    const Result<std::string> text = readFile(notePath(context.path), kMaximumNoteBytes);
    if (!text) {
        return;
    }
    const nlohmann::json note = nlohmann::json::parse(*text, nullptr, false);
    if (!note.is_object()) {
        return;
    }
    try {
        context.documents = note.value("documents", std::vector<DocumentId>());
        context.modelPath = note.value("model", std::string());
    } catch (const nlohmann::json::exception&) {
        context.documents.clear();
    }
}

bool samePath(const fs::path& a, const fs::path& b) {
    std::error_code ignored;
    return a == b || fs::equivalent(a, b, ignored);
}

}  // namespace

fs::path contextsFolder(const fs::path& dataDirectory) {
    return dataDirectory / "contexts";
}

Result<void> describeSavedContext(const fs::path& path, std::span<const DocumentId> documents, const fs::path& model) {
    const nlohmann::json note{{"documents", std::vector<DocumentId>(documents.begin(), documents.end())},
                              {"model", model.string()}};
    return writeFileAtomically(notePath(path), note.dump() + "\n");
}

std::vector<SavedContext> listSavedContexts(const fs::path& folder) {
    std::vector<SavedContext> contexts;
    for (SnapshotInfo& info : SnapshotStore(folder).list()) {
        SavedContext context;
        context.path = std::move(info.path);
        context.tokens = info.tokens;
        context.sizeBytes = info.sizeBytes;
        context.problem = std::move(info.problem);
        readNote(context);
        contexts.push_back(std::move(context));
    }
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(folder, ignored)) {
        const bool isLost = entry.path().extension() == kNoteExtension &&
                            std::none_of(contexts.begin(), contexts.end(), [&](const SavedContext& context) {
                                return notePath(context.path) == entry.path();
                            });
        if (isLost) {
            fs::remove(entry.path(), ignored);
        }
    }
    return contexts;
}

int64_t removeSavedContexts(const fs::path& folder, DocumentId document) {
    int64_t freed = 0;
    std::error_code ignored;
    for (const SavedContext& context : listSavedContexts(folder)) {
        const auto& held = context.documents;
        if (document != 0 && std::find(held.begin(), held.end(), document) == held.end()) {
            continue;
        }
        if (fs::remove(context.path, ignored)) {
            freed += context.sizeBytes;
            fs::remove(notePath(context.path), ignored);
        }
    }
    return freed;
}

Result<std::vector<DocumentOverview>> documentOverviews(Library& library, const fs::path& contexts,
                                                        const fs::path& model) {
    LECTERN_ASSIGN(std::vector<DocumentRecord> records, library.documents());
    const std::vector<SavedContext> saved = listSavedContexts(contexts);
    std::vector<DocumentOverview> overviews;
    for (DocumentRecord& record : records) {
        DocumentOverview overview;
        overview.tokens = static_cast<int64_t>(static_cast<double>(record.textBytes) / kBytesPerToken);
        bool ready = false;
        for (const SavedContext& context : saved) {
            if (std::find(context.documents.begin(), context.documents.end(), record.id) == context.documents.end()) {
                continue;
            }
            overview.savedBytes += context.sizeBytes;
            if (context.documents.size() == 1 && context.problem.empty() && samePath(context.modelPath, model)) {
                ready = true;
                overview.tokens = context.tokens;
                overview.tokensCounted = true;
            }
        }
        std::error_code ignored;
        overview.state = !fs::exists(record.header.sourcePath, ignored) ? DocumentState::Missing
                         : record.state == IngestState::Ingesting       ? DocumentState::Unfinished
                         : ready                                        ? DocumentState::Ready
                                                                        : DocumentState::NeedsPrefill;
        overview.record = std::move(record);
        overviews.push_back(std::move(overview));
    }
    return overviews;
}

}  // namespace lectern::app

#pragma once
// Which documents the saved contexts on disk belong to, and what state that puts each document in.

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "app/library/library.h"

namespace lectern::app {

/// One saved context. What it holds of the library is written down in a small file beside it, because the context
/// itself knows only tokens.
struct SavedContext {
    std::filesystem::path path;
    std::vector<DocumentId> documents;  ///< empty: saved by something that did not say
    std::string modelPath;
    int64_t tokens = 0;
    int64_t sizeBytes = 0;
    std::string problem;  ///< why it cannot be used; empty when it can
};

/// Folder of saved contexts inside the data directory.
std::filesystem::path contextsFolder(const std::filesystem::path& dataDirectory);

/// Writes the note beside the context at `path`. Errors: Io, DiskFull.
Result<void> describeSavedContext(const std::filesystem::path& path, std::span<const DocumentId> documents,
                                  const std::filesystem::path& model);

/// Every saved context, damaged ones with their problem. Notes whose context is gone are removed.
std::vector<SavedContext> listSavedContexts(const std::filesystem::path& folder);

/// Removes the contexts that hold `document`, or all with 0. Returns the bytes freed.
int64_t removeSavedContexts(const std::filesystem::path& folder, DocumentId document = 0);

enum class DocumentState {
    Ready,         ///< the current model's context of it is saved: questions at once
    NeedsPrefill,  ///< in the library, not yet read by the current model
    Unfinished,    ///< only some pages are in the library
    Missing        ///< the file or folder is no longer there
};

/// A document as lists show it.
struct DocumentOverview {
    DocumentRecord record;
    DocumentState state = DocumentState::NeedsPrefill;
    int64_t tokens = 0;
    bool tokensCounted = false;  ///< else estimated from the text's length
    int64_t savedBytes = 0;      ///< of its saved contexts, of any model
};

/// All documents, last opened first. `model`: path of the model that would answer. Touches the disk once per document.
Result<std::vector<DocumentOverview>> documentOverviews(Library& library, const std::filesystem::path& contexts,
                                                        const std::filesystem::path& model);

}  // namespace lectern::app

#pragma once
// What the window works with, made once by main().

#include <filesystem>
#include <memory>

#include "app/ask/ask_engine.h"
#include "app/jobs/ingest_queue.h"
#include "app/settings/settings.h"
#include "ui/services/engine_model.h"
#include "ui/services/library_worker.h"

namespace lectern::ui {

/// All on the GUI thread; each has its own worker thread behind it. Outlives every window.
struct Services {
    explicit Services(const std::filesystem::path& dataDirectory);
    /// For documents of which nothing may be kept: the settings of `other`, which outlives it, a library in memory, no
    /// saved contexts, no keys and values in files.
    static std::unique_ptr<Services> inMemory(Services& other);

    /// Folder of what is computed for documents; empty where nothing is kept.
    std::filesystem::path contextsRoot() const { return keepsNothing ? std::filesystem::path() : dataDirectory; }

    std::filesystem::path dataDirectory;
    bool keepsNothing = false;
    std::unique_ptr<app::Settings> ownSettings;  ///< null: another's are used
    app::Settings& settings;
    LibraryWorker library;
    app::IngestQueue ingest;
    app::AskEngine engine;
    EngineModel model;

  private:
    Services(const std::filesystem::path& dataDirectory, const std::filesystem::path& libraryDirectory,
             app::Settings* sharedSettings);
};

}  // namespace lectern::ui

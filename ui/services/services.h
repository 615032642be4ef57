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

    std::filesystem::path dataDirectory;
    app::Settings settings;
    LibraryWorker library;
    app::IngestQueue ingest;
    app::AskEngine engine;
    EngineModel model;
};

}  // namespace lectern::ui

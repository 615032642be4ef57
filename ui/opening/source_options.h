#pragma once
// How a file or folder is to be taken in, kept per path: what is left out of a folder, whether scans are recognised.

#include "app/ingest/ingestor.h"
#include "app/settings/settings.h"

namespace lectern::ui {

/// The user's choice for this path; the defaults where there is none. Passwords are never kept.
app::IngestOptions sourceOptions(const app::Settings& settings, const QString& path);
bool hasSourceOptions(const app::Settings& settings, const QString& path);
/// Keeps them for the next time; the oldest of very many paths are forgotten.
void storeSourceOptions(app::Settings& settings, const QString& path, const app::IngestOptions& options);

}  // namespace lectern::ui

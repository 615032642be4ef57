#pragma once
// A window for a document of which nothing may be left on disk.

#include <QString>

namespace lectern::ui {

class MainWindow;
struct Services;

/// Opens `path` in a window with a library in memory and an engine of its own; both go with the window. `services`,
/// whose settings it uses, outlives it.
MainWindow* openPrivately(Services& services, const QString& path, const QString& password);

}  // namespace lectern::ui

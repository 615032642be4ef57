#pragma once
// File > Open recent.

#include <QMenu>
#include <functional>

#include "ui/library/library_model.h"

namespace lectern::ui {

/// Fills the menu whenever it is shown with the documents last opened; `open` gets the path of the one chosen.
void keepRecentMenu(QMenu* menu, const LibraryModel* library, std::function<void(const QString& path)> open);

}  // namespace lectern::ui

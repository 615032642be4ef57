#pragma once
// The whole way from an opened PDF to a clicked citation and the map, checked and timed.

#include "tests/e2e/support/window_driver.h"

namespace lectern::ui {

/// Waits for the document in front to be taken in, lets the model read it, asks `question`, follows the first chip with
/// the mouse and the others with N, and goes from the map to the reader. Prints times and the longest stall of each
/// stage. Fails the running test where something is not as it should be.
void readAskAndFollow(WindowDriver& driver, const QString& question);

/// Opens `path` and prints how long it took until its first page stood on the screen.
void openAndTimeFirstPage(WindowDriver& driver, const QString& path);

}  // namespace lectern::ui

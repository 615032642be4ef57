#pragma once
// What the pictures of window and dialogs share: the window on a kept library, its sizes, its language.

#include "tests/e2e/support/window_driver.h"

namespace lectern::ui {

/// Base of the test classes of e2e_screenshots. $LECTERN_SCREENSHOT_LIBRARY keeps the library from run to run, so that
/// only the first has to read the handbook; $LECTERN_SCREENSHOT_LANGUAGE is the window's.
class PictureBook : public QObject {
    Q_OBJECT

  protected:
    /// False, with the test skipped, where no pictures are wanted.
    bool begin();
    void end() { m_driver.reset(); }

    WindowDriver& driver() { return *m_driver; }
    MainWindow& window() { return m_driver->window(); }
    /// The window in every size, light and dark.
    void shootAll(const char* scene);
    /// The window in the smallest and the largest size, where sizes between add nothing.
    void shootEnds(const char* scene);
    void raise(const char* dock);
    /// Waits until all visible pages are drawn.
    void settle();
    /// Opens the handbook and waits until it has been taken in.
    void openHandbook();
    /// Has the model read it, where it has not yet.
    void readHandbook();

  private:
    void shootAt(const char* scene, std::initializer_list<QSize> sizes);

    std::unique_ptr<WindowDriver> m_driver;
};

}  // namespace lectern::ui

#pragma once
// The window under test, in a library of its own, and what a person does with it.

#include <QElapsedTimer>
#include <functional>
#include <memory>

#include "tests/ui/support/ui_test.h"
#include "ui/ask/ask_controller.h"
#include "ui/ask/ask_panel.h"
#include "ui/attention/attention_panel.h"
#include "ui/documents/open_documents.h"
#include "ui/main_window.h"
#include "ui/services/stall_watchdog.h"

namespace lectern::ui {

/// The program without its main(): services in a fresh or given folder, one window, a watchdog on the GUI thread.
class WindowDriver {
  public:
    explicit WindowDriver(const QString& dataDirectory, QSize size = {1360, 900});
    ~WindowDriver();

    Services& services() { return *m_services; }
    MainWindow& window() { return *m_window; }
    AskPanel& askPanel() { return *m_window->askPanel(); }
    OpenDocuments& documents() { return *m_window->documents(); }
    DocumentAsk* ask() { return m_window->asks()->current(); }
    ReaderTab* tab() { return documents().current(); }
    StallWatchdog& watchdog() { return m_watchdog; }

    static bool waitFor(const std::function<bool()>& condition, int timeoutMs = 60000);
    bool waitForStage(AskStatus::Stage stage, int timeoutMs = 60000);
    /// Types the question and presses Return.
    void askByKeyboard(const QString& question);
    bool waitForAnswer(int timeoutMs = 120000);
    /// Clicks with the mouse in the middle of a chip of the last turn; false where there is no such chip.
    bool clickChip(int chip);
    int chipCount();
    /// Prints what the watchdog saw since it was last asked, and begins again. Returns the longest stall.
    int reportStalls(const char* during);

  private:
    std::unique_ptr<Services> m_services;
    std::unique_ptr<MainWindow> m_window;
    StallWatchdog m_watchdog;
};

/// A file of the source tree's resources/samples.
QString sampleFile(const QString& name);

}  // namespace lectern::ui

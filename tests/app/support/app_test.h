#pragma once
// Helpers of the application tests: files and folders, a Qt event loop, small PDF files.

#include <QString>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tests/engine/support/test_files.h"

namespace lectern::app::test {

using lectern::test::readFile;
using lectern::test::sharedDirectory;
using lectern::test::TemporaryDirectory;
using lectern::test::writeFile;

/// Sets an environment variable for the object's lifetime.
class ScopedEnvironment {
  public:
    ScopedEnvironment(std::string name, const std::string& value);
    ~ScopedEnvironment();
    ScopedEnvironment(const ScopedEnvironment&) = delete;
    ScopedEnvironment& operator=(const ScopedEnvironment&) = delete;

  private:
    std::string m_name;
    std::optional<std::string> m_before;
};

/// Runs the event loop (of a QCoreApplication made on first use) until `done` or the timeout; says whether it was done.
bool runUntil(const std::function<bool()>& done, std::chrono::milliseconds timeout = std::chrono::seconds(20));

/// Process ids of this process's children named `name`.
std::vector<int> childProcesses(const std::string& name);

/// One string at a place of a 612 x 792 point page, measured from the bottom left, Helvetica.
struct PdfString {
    double x = 72;
    double y = 720;
    std::string text;  ///< ASCII
    double size = 12;
};
/// A plain PDF 1.4 with these pages; a page without strings is blank.
std::string makePdf(const std::vector<std::vector<PdfString>>& pages);
/// The operators of a page, which has the font /F1.
struct PdfContent {
    std::string bytes;
    bool deflated = false;
};
std::string makePdfOfContents(const std::vector<PdfContent>& pages);
/// Pages with one paragraph each: `lines` lines of words that name their page.
std::string makeTextPdf(int pages, int lines);

}  // namespace lectern::app::test

/// Skips the running test where the shared data folder is absent; else declares `name` as that folder.
#define LECTERN_SHARED_OR_SKIP(name)                                     \
    const auto name##Optional = ::lectern::app::test::sharedDirectory(); \
    if (!name##Optional) {                                               \
        GTEST_SKIP() << "the shared data folder is not here";            \
    }                                                                    \
    const std::filesystem::path& name = *name##Optional

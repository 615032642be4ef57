#pragma once
// Progress and notes on standard error; standard output is for results.

#include <chrono>
#include <string>

#include "app/core/format.h"

namespace lectern::app::cli {

/// A progress line that rewrites itself on a terminal, and appears every few seconds elsewhere.
class ProgressLine {
  public:
    explicit ProgressLine(bool quiet);
    ~ProgressLine() { clear(); }
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    void show(const std::string& text);
    /// Takes the line away, before something else is printed.
    void clear();

  private:
    bool m_quiet;
    bool m_terminal;
    bool m_shown = false;
    std::chrono::steady_clock::time_point m_last;
};

void note(const std::string& sentence);

}  // namespace lectern::app::cli

#include "app/cli/console.h"

#include <unistd.h>

#include <cstdio>

namespace lectern::app::cli {
namespace {

constexpr std::chrono::milliseconds kTerminalInterval{100};
constexpr std::chrono::milliseconds kLogInterval{5000};

}  // namespace

ProgressLine::ProgressLine(bool quiet)
    : m_quiet(quiet), m_terminal(isatty(STDERR_FILENO) == 1), m_last(std::chrono::steady_clock::now()) {}

void ProgressLine::show(const std::string& text) {
    const auto now = std::chrono::steady_clock::now();
    if (m_quiet || now - m_last < (m_terminal ? kTerminalInterval : kLogInterval)) {
        return;
    }
    m_last = now;
    m_shown = m_terminal;
    std::fprintf(stderr, m_terminal ? "\r\033[K%s" : "%s\n", text.c_str());
    std::fflush(stderr);
}

void ProgressLine::clear() {
    if (m_shown) {
        std::fprintf(stderr, "\r\033[K");
        std::fflush(stderr);
        m_shown = false;
    }
}

void note(const std::string& sentence) {
    std::fprintf(stderr, "%s\n", sentence.c_str());
}

}  // namespace lectern::app::cli

#pragma once
// Functions, classes and headings of source text, by universal-ctags in a process of its own.

#include <chrono>
#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "app/ingest/document.h"
#include "engine/core/result.h"

namespace lectern::app {

struct SourceSymbol {
    std::string name;  ///< with its scope where that is not a symbol above it ("Parser::next")
    std::string kind;  ///< as ctags names it: "function", "class"
    int32_t line = 1;
    int32_t depth = 0;
    bool operator==(const SourceSymbol&) const = default;
};

/// What one look may use; text beyond `textBytes` is refused.
struct SymbolLimits {
    int64_t textBytes = int64_t{8} << 20;
    int64_t outputBytes = int64_t{24} << 20;
    int64_t addressSpaceBytes = int64_t{1} << 30;
    std::chrono::milliseconds timeout{8000};
    size_t symbols = 20'000;
};

/// The program that is asked: $LECTERN_CTAGS, else universal-ctags as Debian installs it; empty where there is none.
std::string symbolProgram();

/// In order of lines. Variables, members and the like are left out. The text goes to the program's standard input, in
/// its sandbox: it opens no file. `fileName` tells the language; one that it does not know has no symbols. Blocks; any
/// thread. Errors: NotFound (no program), LimitExceeded, Io (it ended or took too long), Cancelled.
Result<std::vector<SourceSymbol>> sourceSymbols(const std::string& fileName, std::string_view text,
                                                const SymbolLimits& limits = {}, const std::stop_token& stop = {});

/// Lines of a table of contents for `page`, `depth` deep.
std::vector<OutlineEntry> symbolOutline(const std::vector<SourceSymbol>& symbols, int32_t page, int32_t depth);

}  // namespace lectern::app

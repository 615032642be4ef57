#pragma once
// Reads documents for training from files and folders.

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/ids.h"
#include "engine/core/result.h"

namespace lectern {

struct CorpusDocument {
    std::string name;
    std::string text;
};

/// Every .txt and .md file is a document, every line of a .jsonl file one with its "text" (and "title"). Folders are
/// read in order of names, recursively. Errors: NotFound, InvalidInput, LimitExceeded (2 GiB a file, 8 GiB together).
Result<std::vector<CorpusDocument>> readCorpus(const std::vector<std::string>& paths);

/// Calls `onLine` for every non-empty line that is a JSON object. Errors: as above, and what `onLine` returns.
Result<void> readJsonLines(const std::string& path,
                           const std::function<Result<void>(const nlohmann::json& object, int64_t line)>& onLine);

/// Sentences of 30 to 400 bytes in running text, as byte ranges; ends at . ! or ? before white space.
std::vector<ByteRange> findSentences(std::string_view text);

}  // namespace lectern

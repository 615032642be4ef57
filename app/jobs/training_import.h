#pragma once
// Bringing texts and examples into the form the trainer reads.

#include <filesystem>
#include <string>
#include <vector>

#include "app/jobs/training_plan.h"
#include "app/library/library.h"

namespace lectern::app {

/// What a .jsonl file holds, from its first lines.
struct ExampleFields {
    std::vector<std::string> fields;       ///< text members of the first line
    bool readable = false;                 ///< the trainer reads it as it is
    bool isText = false;                   ///< one {"text"} a line
    std::vector<std::string> firstValues;  ///< of `fields`, shortened
};

/// Errors: NotFound, InvalidInput (no JSON object in the first line), LimitExceeded (it has more than 64 MiB), Io.
Result<ExampleFields> inspectExamples(const std::filesystem::path& path);

/// Writes `target` with {"prompt", "completion"} from two fields of each line of `source`; lines without them are left
/// out and counted. Errors: NotFound, Io, DiskFull, InvalidInput (no line has both), LimitExceeded (a line of more than
/// 64 MiB, a file of more than 1 GiB).
struct MappedExamples {
    int64_t lines = 0;
    int64_t leftOut = 0;
};
Result<MappedExamples> mapExamples(const std::filesystem::path& source, const std::string& promptField,
                                   const std::string& completionField, const std::filesystem::path& target);

/// A document of the library as training data.
struct ExportedDocument {
    std::string title;
    std::filesystem::path parts;  ///< .jsonl, one part of some pages a line: parts can be held out
    std::filesystem::path whole;  ///< .txt
};
/// Writes both files. Errors: NotFound, InvalidInput (no text), Io, DiskFull.
Result<ExportedDocument> exportDocumentText(Library& library, DocumentId document, const std::filesystem::path& folder);

/// Writes the first `bytes` of a text file, to a whole line: what sample questions are asked about. Errors: Io.
Result<std::filesystem::path> makeExcerpt(const std::filesystem::path& text, int64_t bytes,
                                          const std::filesystem::path& target);

}  // namespace lectern::app

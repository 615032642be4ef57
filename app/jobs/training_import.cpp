#include "app/jobs/training_import.h"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "app/ask/context.h"
#include "engine/core/resources.h"

namespace lectern::app {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr int64_t kMaximumFileBytes = int64_t{1} << 30;
constexpr size_t kMaximumLineBytes = 64 << 20;
constexpr size_t kShownBytes = 80;
constexpr int64_t kShortestPartBytes = 4000;
constexpr int64_t kParts = 40;

Error noFile(const fs::path& path) {
    return {ErrorCode::NotFound, "The file " + path.string() + " cannot be read."};
}

std::string textOf(const json& object, const std::string& key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

Result<ExampleFields> inspectExamples(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::string line;
    if (!file || !std::getline(file, line)) {
        return noFile(path);
    }
    const json object = line.size() < kMaximumLineBytes ? json::parse(line, nullptr, false) : json();
    if (!object.is_object()) {
        return Error{ErrorCode::InvalidInput, "The first line of " + path.filename().string() + " is no JSON object."};
    }
    ExampleFields fields;
    for (const auto& item : object.items()) {
        if (item.value().is_string()) {
            fields.fields.push_back(item.key());
            std::string value = item.value().get<std::string>();
            fields.firstValues.push_back(value.size() > kShownBytes ? value.substr(0, kShownBytes) + "…" : value);
        }
    }
    const auto has = [&](const char* key) { return object.contains(key); };
    fields.isText = has("text") && object.size() == 1;
    fields.readable = fields.isText || has("messages") || (has("prompt") && has("completion")) ||
                      (has("document") && has("question") && has("answer"));
    return fields;
}

Result<MappedExamples> mapExamples(const fs::path& source, const std::string& promptField,
                                   const std::string& completionField, const fs::path& target) {
    std::ifstream file(source, std::ios::binary);
    if (!file) {
        return noFile(source);
    }
    MappedExamples mapped;
    std::string line, out;
    while (std::getline(file, line)) {
        const json object = line.size() < kMaximumLineBytes ? json::parse(line, nullptr, false) : json();
        const std::string prompt = object.is_object() ? textOf(object, promptField) : std::string();
        const std::string completion = object.is_object() ? textOf(object, completionField) : std::string();
        if (prompt.empty() || completion.empty()) {
            mapped.leftOut += line.empty() ? 0 : 1;
            continue;
        }
        out += json{{"prompt", prompt}, {"completion", completion}}.dump() + "\n";
        ++mapped.lines;
    }
    if (mapped.lines == 0) {
        return Error{ErrorCode::InvalidInput,
                     "No line of " + source.filename().string() + " has texts in both fields."};
    }
    std::error_code ignored;
    fs::create_directories(target.parent_path(), ignored);
    LECTERN_TRY(writeFileAtomically(target, out));
    return mapped;
}

Result<ExportedDocument> exportDocumentText(Library& library, DocumentId document, const fs::path& folder) {
    LECTERN_ASSIGN(const DocumentRecord record, library.document(document));
    LECTERN_ASSIGN(const std::vector<DocumentPage> pages, library.pages(document));
    // Enough parts that a few per cent of them can be held out, none so short that it says nothing.
    const auto partBytes = static_cast<size_t>(std::max(kShortestPartBytes, record.textBytes / kParts));
    std::string text, part, parts;
    const auto flush = [&] {
        if (part.find_first_not_of(" \n\t\f") != std::string::npos) {
            parts += json{{"text", part}}.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
        }
        part.clear();
    };
    for (const DocumentPage& page : pages) {
        // As the model reads it when it is asked: the same text is trained on.
        const std::string read = contextText(page.text, record.header.kind).text + "\n";
        text += read;
        part += read;
        if (part.size() >= partBytes) {
            flush();
        }
    }
    flush();
    if (text.find_first_not_of(" \n\t\f") == std::string::npos) {
        return Error{ErrorCode::InvalidInput, "The document has no text to train on."};
    }
    std::error_code ignored;
    fs::create_directories(folder, ignored);
    const std::string name = record.header.contentHash.substr(0, 16);
    ExportedDocument exported{record.header.title, folder / (name + ".jsonl"), folder / (name + ".txt")};
    LECTERN_TRY(writeFileAtomically(exported.parts, parts));
    LECTERN_TRY(writeFileAtomically(exported.whole, text));
    return exported;
}

Result<fs::path> makeExcerpt(const fs::path& text, int64_t bytes, const fs::path& target) {
    LECTERN_ASSIGN(std::string whole, readFile(text, kMaximumFileBytes));
    if (static_cast<int64_t>(whole.size()) > bytes) {
        const size_t end = whole.rfind('\n', static_cast<size_t>(bytes));
        whole.resize(end == std::string::npos ? static_cast<size_t>(bytes) : end);
    }
    std::error_code ignored;
    fs::create_directories(target.parent_path(), ignored);
    LECTERN_TRY(writeFileAtomically(target, whole));
    return target;
}

}  // namespace lectern::app

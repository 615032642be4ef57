#include "app/jobs/training_import.h"

#include <QFile>
#include <algorithm>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/ask/context.h"
#include "engine/core/resources.h"

namespace lectern::app {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr int64_t kMaximumFileBytes = int64_t{1} << 30;
constexpr int64_t kMaximumLineBytes = 64 << 20;
constexpr size_t kShownBytes = 80;
constexpr int64_t kShortestPartBytes = 4000;
constexpr int64_t kParts = 40;

Error noFile(const fs::path& path) {
    return {ErrorCode::NotFound, "The file " + path.string() + " cannot be read."};
}

/// Gives the lines, without their ends, to `each` until it says false. Errors: NotFound, LimitExceeded, Io.
Result<void> eachLine(const fs::path& path, const std::function<bool(std::string_view)>& each) {
    QFile file(QString::fromStdString(path.string()));
    std::error_code ignored;
    if (fs::is_directory(path, ignored) || !file.open(QIODevice::ReadOnly)) {
        return noFile(path);
    }
    constexpr int64_t kBuffer = kMaximumLineBytes + 2;  // a line end and the 0 behind it
    const auto buffer = std::make_unique_for_overwrite<char[]>(kBuffer);
    int64_t total = 0;
    for (qint64 size = file.readLine(buffer.get(), kBuffer); size > 0; size = file.readLine(buffer.get(), kBuffer)) {
        std::string_view line(buffer.get(), static_cast<size_t>(size));
        line.remove_suffix(line.back() == '\n' ? 1 : 0);
        if (static_cast<int64_t>(line.size()) > kMaximumLineBytes) {
            return Error{ErrorCode::LimitExceeded,
                         path.filename().string() + " has a line of more than 64 MiB, which is no example."};
        }
        total += size;
        if (total > kMaximumFileBytes) {
            return Error{ErrorCode::LimitExceeded,
                         path.filename().string() + " is larger than 1 GiB; divide it into several files."};
        }
        if (!each(line)) {
            return {};
        }
    }
    if (file.error() != QFileDevice::NoError) {
        return Error{ErrorCode::Io, path.filename().string() + " could not be read to its end."};
    }
    return {};
}

std::string shortened(const std::string& text) {
    size_t end = std::min(text.size(), kShownBytes);
    while (end > 0 && end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) {
        --end;  // not inside a character
    }
    return text.substr(0, end) + (end < text.size() ? "…" : "");
}

std::string textOf(const json& object, const std::string& key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

Result<ExampleFields> inspectExamples(const fs::path& path) {
    json object;
    LECTERN_TRY(eachLine(path, [&](std::string_view line) {
        object = json::parse(line, nullptr, false);
        return false;
    }));
    if (!object.is_object()) {
        return Error{ErrorCode::InvalidInput, "The first line of " + path.filename().string() + " is no JSON object."};
    }
    ExampleFields fields;
    for (const auto& item : object.items()) {
        if (item.value().is_string()) {
            fields.fields.push_back(item.key());
            const std::string value = item.value().get<std::string>();
            fields.firstValues.push_back(shortened(value));
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
    MappedExamples mapped;
    std::string out;
    LECTERN_TRY(eachLine(source, [&](std::string_view line) {
        const json object = json::parse(line, nullptr, false);
        const std::string prompt = object.is_object() ? textOf(object, promptField) : std::string();
        const std::string completion = object.is_object() ? textOf(object, completionField) : std::string();
        if (prompt.empty() || completion.empty()) {
            mapped.leftOut += line.empty() ? 0 : 1;
            return true;
        }
        out += json{{"prompt", prompt}, {"completion", completion}}.dump() + "\n";
        ++mapped.lines;
        return true;
    }));
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

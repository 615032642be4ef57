#include "engine/train/text_corpus.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "engine/core/resources.h"

namespace lectern {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kMaxFileBytes = int64_t{2} << 30;
constexpr int64_t kMaxCorpusBytes = int64_t{8} << 30;
constexpr size_t kMaxFiles = 1'000'000;

Result<std::vector<fs::path>> filesOf(const std::string& path) {
    std::error_code failure;
    const fs::path root(path);
    if (!fs::exists(root, failure)) {
        return Error{ErrorCode::NotFound, "There is no training data at " + path + "."};
    }
    if (!fs::is_directory(root, failure)) {
        return std::vector{root};
    }
    std::vector<fs::path> files;
    fs::recursive_directory_iterator entry(root, fs::directory_options::skip_permission_denied, failure), end;
    for (; !failure && entry != end; entry.increment(failure)) {
        const std::string extension = entry->path().extension().string();
        if (entry->is_regular_file(failure) && (extension == ".txt" || extension == ".md" || extension == ".jsonl")) {
            files.push_back(entry->path());
        }
        if (files.size() > kMaxFiles) {
            return Error{ErrorCode::LimitExceeded, path + " holds more than a million files."};
        }
    }
    if (files.empty()) {
        return Error{ErrorCode::NotFound, path + " holds no .txt, .md or .jsonl files."};
    }
    std::sort(files.begin(), files.end());
    return files;
}

}  // namespace

Result<void> readJsonLines(const std::string& path,
                           const std::function<Result<void>(const nlohmann::json& object, int64_t line)>& onLine) {
    LECTERN_ASSIGN(const std::string bytes, readFile(path, kMaxFileBytes));
    size_t begin = 0;
    for (int64_t line = 1; begin < bytes.size(); ++line) {
        const size_t end = std::min(bytes.find('\n', begin), bytes.size());
        const std::string_view text = std::string_view(bytes).substr(begin, end - begin);
        begin = end + 1;
        if (text.find_first_not_of(" \t\r") == std::string_view::npos) {
            continue;
        }
        const nlohmann::json object = nlohmann::json::parse(text, nullptr, false);
        if (!object.is_object()) {
            return Error{ErrorCode::InvalidInput,
                         "Line " + std::to_string(line) + " of " + path + " is not a JSON object."};
        }
        LECTERN_TRY(onLine(object, line));
    }
    return {};
}

Result<std::vector<CorpusDocument>> readCorpus(const std::vector<std::string>& paths) {
    std::vector<CorpusDocument> documents;
    int64_t total = 0;
    const auto add = [&](std::string name, std::string text) -> Result<void> {
        total += static_cast<int64_t>(text.size());
        if (total > kMaxCorpusBytes) {
            return Error{ErrorCode::LimitExceeded, "The training texts together are larger than 8 GiB."};
        }
        if (!text.empty()) {
            documents.push_back({std::move(name), std::move(text)});
        }
        return {};
    };
    for (const std::string& path : paths) {
        LECTERN_ASSIGN(const std::vector<fs::path> files, filesOf(path));
        for (const fs::path& file : files) {
            if (file.extension() != ".jsonl") {
                LECTERN_ASSIGN(std::string text, readFile(file, kMaxFileBytes));
                LECTERN_TRY(add(file.filename().string(), std::move(text)));
                continue;
            }
            LECTERN_TRY(readJsonLines(file.string(), [&](const nlohmann::json& object, int64_t line) -> Result<void> {
                const auto text = object.find("text");
                if (text == object.end() || !text->is_string()) {
                    return Error{ErrorCode::InvalidInput,
                                 "Line " + std::to_string(line) + " of " + file.string() + " has no \"text\"."};
                }
                const auto title = object.find("title");
                const bool titled = title != object.end() && title->is_string();
                return add(titled ? title->get<std::string>() : file.filename().string() + ":" + std::to_string(line),
                           text->get<std::string>());
            }));
        }
    }
    if (documents.empty()) {
        return Error{ErrorCode::InvalidInput, "The training data are empty."};
    }
    return documents;
}

std::vector<ByteRange> findSentences(std::string_view text) {
    constexpr int64_t kLeast = 30, kMost = 400;
    std::vector<ByteRange> sentences;
    const auto isSpace = [&](size_t i) {
        return text[i] == ' ' || text[i] == '\n' || text[i] == '\r' || text[i] == '\t';
    };
    size_t begin = 0;
    for (size_t i = 0; i < text.size(); ++i) {
        const bool ends =
            (text[i] == '.' || text[i] == '!' || text[i] == '?') && (i + 1 == text.size() || isSpace(i + 1));
        const bool breaks = text[i] == '\n' && i + 1 < text.size() && text[i + 1] == '\n';
        if (!ends && !breaks) {
            continue;
        }
        while (begin < i && isSpace(begin)) {
            ++begin;
        }
        const auto size = static_cast<int64_t>(i + 1 - begin);
        if (ends && size >= kLeast && size <= kMost) {
            sentences.push_back({static_cast<int64_t>(begin), static_cast<int64_t>(i) + 1});
        }
        begin = i + 1;
    }
    return sentences;
}

}  // namespace lectern

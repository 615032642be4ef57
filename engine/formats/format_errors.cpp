#include "engine/formats/format_errors.h"

#include "engine/text/utf8.h"

namespace lectern {

namespace {

std::string fileName(const std::filesystem::path& path) {
    const auto name = path.filename().empty() ? path.parent_path().filename() : path.filename();
    return name.empty() ? path.string() : name.string();
}

}  // namespace

Error damagedFile(const std::filesystem::path& path, std::string_view detail) {
    return {ErrorCode::Corrupt, fileName(path) + " is damaged: " + std::string(detail) + "."};
}

Error unusableFile(const std::filesystem::path& path, std::string_view detail) {
    return {ErrorCode::Unsupported, fileName(path) + " cannot be used: " + std::string(detail) + "."};
}

Error unsupportedModel(const std::filesystem::path& path, std::string_view architecture, std::string_view vocabulary) {
    std::string message = fileName(path) + ": this is a " + std::string(architecture) + " model";
    if (!vocabulary.empty()) {
        message += " with a " + std::string(vocabulary) + " vocabulary";
    }
    message += "; Lectern runs Llama-family models (Llama, Mistral, TinyLlama) with a sentencepiece vocabulary.";
    return {ErrorCode::Unsupported, message};
}

Error inFile(const std::filesystem::path& path, const Error& error) {
    return {error.code, fileName(path) + ": " + error.message};
}

std::string inQuotes(std::string_view text) {
    constexpr size_t kMaxBytes = 80;
    std::string out = "\"";
    size_t position = 0;
    while (position < text.size() && out.size() < kMaxBytes) {
        const int64_t length = utf8Length(text.substr(position));
        const auto byte = static_cast<unsigned char>(text[position]);
        if (length == 0 || byte < 0x20 || byte == 0x7f) {
            out += '?';
            position += 1;
        } else {
            out += text.substr(position, static_cast<size_t>(length));
            position += static_cast<size_t>(length);
        }
    }
    if (position < text.size()) {
        out += "…";
    }
    return out + '"';
}

}  // namespace lectern

#include "app/ingest/ingestor.h"

#include <unistd.h>

#include <QCryptographicHash>
#include <QFile>
#include <algorithm>
#include <cctype>

#include "app/ingest/source_tree_ingestor.h"
#include "app/ingest/text_decoder.h"
#include "app/ingest/text_ingestor.h"
#include "app/ingest/worker_ingestor.h"

namespace lectern::app {
namespace {

namespace fs = std::filesystem;

constexpr qint64 kHashChunkBytes = 1 << 20;
constexpr qint64 kSniffBytes = 32 * 1024;

std::string lowerExtension(const fs::path& path) {
    std::string extension = path.extension().string();
    std::transform(extension.begin(), extension.end(), extension.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return extension;
}

/// EPUB, DOCX and ODT are ZIP files; old and encrypted Office files have a sentence of their own.
bool isContainer(std::string_view head) {
    return head.starts_with("PK\x03\x04") || head.starts_with("\xd0\xcf\x11\xe0");
}

bool looksLikeHtml(std::string_view head, const std::string& extension) {
    if (extension == ".html" || extension == ".htm" || extension == ".xhtml") {
        return true;
    }
    // Only where nothing says otherwise: the source of a page is text too.
    std::string begin(head.substr(0, 512));
    std::transform(begin.begin(), begin.end(), begin.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return extension.empty() &&
           (begin.find("<!doctype html") != std::string::npos || begin.find("<html") != std::string::npos);
}

Result<std::string> readHead(const fs::path& path) {
    QFile file(QString::fromStdString(path.string()));
    if (!file.open(QIODevice::ReadOnly)) {
        return Error{ErrorCode::Io, quotedName(path) + " cannot be read: " + file.errorString().toStdString() + "."};
    }
    return file.read(kSniffBytes).toStdString();
}

}  // namespace

std::string quotedName(const fs::path& path) {
    const fs::path name = path.has_filename() ? path.filename() : path.parent_path().filename();
    return "“" + (name.empty() ? path.string() : name.string()) + "”";
}

Result<std::string> hashFile(const fs::path& path, const std::stop_token& stop) {
    QFile file(QString::fromStdString(path.string()));
    if (!file.open(QIODevice::ReadOnly)) {
        return Error{ErrorCode::Io, quotedName(path) + " cannot be read: " + file.errorString().toStdString() + "."};
    }
    QCryptographicHash hash(QCryptographicHash::Sha256);
    while (!file.atEnd()) {
        const QByteArray chunk = file.read(kHashChunkBytes);
        if (chunk.isEmpty()) {
            break;
        }
        hash.addData(chunk);
        if (stop.stop_requested()) {
            return Error{ErrorCode::Cancelled, "Reading " + quotedName(path) + " was cancelled."};
        }
    }
    if (file.error() != QFileDevice::NoError) {
        return Error{ErrorCode::Io,
                     quotedName(path) + " could not be read to its end: " + file.errorString().toStdString() + "."};
    }
    return hash.result().toHex().toStdString();
}

Result<std::string> readWholeFile(const fs::path& path, int64_t maximumBytes) {
    QFile file(QString::fromStdString(path.string()));
    if (!file.open(QIODevice::ReadOnly)) {
        return Error{ErrorCode::Io, quotedName(path) + " cannot be read: " + file.errorString().toStdString() + "."};
    }
    const QByteArray bytes = file.read(maximumBytes + 1);
    if (bytes.size() > maximumBytes) {
        return Error{ErrorCode::LimitExceeded, quotedName(path) + " is larger than the " +
                                                   std::to_string(maximumBytes >> 20) +
                                                   " MiB that Lectern reads as one text."};
    }
    return bytes.toStdString();
}

Result<std::unique_ptr<Ingestor>> createIngestor(const fs::path& given, const IngestOptions& options) {
    std::error_code error;
    const fs::path path = fs::absolute(given, error).lexically_normal();
    const fs::file_status status = fs::status(path, error);
    if (!fs::exists(status)) {
        return Error{ErrorCode::NotFound, "“" + given.string() + "” does not exist."};
    }
    if (access(path.c_str(), R_OK) != 0) {
        return Error{ErrorCode::Io, quotedName(path) + " cannot be read: permission denied."};
    }
    if (fs::is_directory(status)) {
        return std::unique_ptr<Ingestor>(std::make_unique<SourceTreeIngestor>(path, options));
    }
    if (!fs::is_regular_file(status)) {
        return Error{ErrorCode::Unsupported, quotedName(path) + " is neither a file nor a folder."};
    }
    LECTERN_ASSIGN(const std::string head, readHead(path));
    if (head.empty()) {
        return Error{ErrorCode::Corrupt, quotedName(path) + " is empty."};
    }
    const std::string extension = lowerExtension(path);
    if (head.substr(0, 1024).find("%PDF-") != std::string::npos || extension == ".pdf") {
        return std::unique_ptr<Ingestor>(std::make_unique<WorkerIngestor>(path, options));
    }
    if (isContainer(head) || looksLikeHtml(head, extension)) {
        return std::unique_ptr<Ingestor>(std::make_unique<WorkerIngestor>(path, options));
    }
    if (looksBinary(head)) {
        return Error{ErrorCode::Unsupported, quotedName(path) +
                                                 " holds binary data; Lectern reads PDF, EPUB, DOCX, ODT, HTML, text, "
                                                 "Markdown and folders of source files."};
    }
    const bool markdown = extension == ".md" || extension == ".markdown" || extension == ".mdown";
    const DocumentKind kind = markdown ? DocumentKind::Markdown : DocumentKind::Text;
    return std::unique_ptr<Ingestor>(std::make_unique<TextIngestor>(path, kind, options));
}

}  // namespace lectern::app

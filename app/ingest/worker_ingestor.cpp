#include "app/ingest/worker_ingestor.h"

namespace lectern::app {

WorkerIngestor::WorkerIngestor(std::filesystem::path path, IngestOptions options)
    : m_path(std::move(path)), m_options(std::move(options)) {}

Result<DocumentHeader> WorkerIngestor::open() {
    LECTERN_ASSIGN(m_reader,
                   DocumentReader::open(QString::fromStdString(m_path.string()),
                                        QString::fromStdString(m_options.password), WorkerLimits{}, m_options.stop));
    const DocumentInfo& info = m_reader->info();
    DocumentHeader header;
    header.kind = info.kind;
    header.title = info.title.isEmpty() ? m_path.filename().string() : info.title.toStdString();
    header.sourcePath = m_path.string();
    std::error_code ignored;
    header.sizeBytes = static_cast<int64_t>(std::filesystem::file_size(m_path, ignored));
    header.pageCount = info.pageCount;
    header.encrypted = info.encrypted;
    header.outline.assign(info.outline.begin(), info.outline.end());
    LECTERN_ASSIGN(header.contentHash, hashFile(m_path, m_options.stop));
    return header;
}

Result<DocumentPage> WorkerIngestor::page(int32_t index) {
    Result<DocumentPage> page = m_reader->page(index);
    if (page && page->state == PageState::NoText && !m_options.recognitionLanguage.empty()) {
        return recognised(std::move(*page));
    }
    if (page || page.error().code == ErrorCode::Cancelled) {
        return page;
    }
    m_unreadablePages = true;
    DocumentPage lost;
    lost.index = index;
    lost.label = std::to_string(index + 1);
    lost.state = PageState::Unreadable;
    lost.note = page.error().message;
    return lost;
}

Result<DocumentPage> WorkerIngestor::recognised(DocumentPage page) {
    if (m_recogniser == nullptr) {
        Result<std::unique_ptr<DocumentReader>> opened =
            DocumentReader::open(QString::fromStdString(m_path.string()), QString::fromStdString(m_options.password),
                                 WorkerLimits{}, m_options.stop, WorkerProgram::Recognition);
        if (!opened) {
            return opened.error();
        }
        m_recogniser = std::move(*opened);
    }
    Result<DocumentPage> read =
        m_recogniser->recognise(page.index, QString::fromStdString(m_options.recognitionLanguage));
    if (!read && (read.error().code == ErrorCode::Cancelled || read.error().code == ErrorCode::Unsupported)) {
        return read;
    }
    if (!read) {
        page.note = read.error().message;
        return page;
    }
    if (read->state == PageState::Text) {
        read->note = kRecognisedNote;
    }
    return read;
}

std::vector<std::string> WorkerIngestor::warnings() const {
    if (m_reader == nullptr || m_reader->restarts() == 0 || m_unreadablePages) {
        return {};
    }
    return {"The document worker stopped unexpectedly while reading " + quotedName(m_path) +
            " and was started again; no page was lost."};
}

}  // namespace lectern::app

#include "app/document_worker/document_reader.h"

#include <QFileInfo>
#include <algorithm>

namespace lectern::app {
namespace {

constexpr std::chrono::milliseconds kStopCheckInterval{50};

Error unexpected() {
    return {ErrorCode::Corrupt, "The document worker answered something else than it was asked for."};
}

Error cancelled() {
    return {ErrorCode::Cancelled, "Reading the document was cancelled."};
}

}  // namespace

std::chrono::milliseconds timeoutOf(const protocol::RequestBody& body, const WorkerLimits& limits) {
    if (std::holds_alternative<protocol::OpenRequest>(body)) {
        return limits.openTimeout;
    }
    if (std::holds_alternative<protocol::RecogniseRequest>(body)) {
        return limits.recogniseTimeout;
    }
    return std::holds_alternative<RenderRequest>(body) ? limits.renderTimeout : limits.textTimeout;
}

Error workerFailure(const QString& filePath, int page, const QString& ending) {
    const QString name = QFileInfo(filePath).fileName();
    const QString what = page < 0 ? QStringLiteral("“%1” could not be opened").arg(name)
                                  : QStringLiteral("Page %1 of “%2” could not be read").arg(page + 1).arg(name);
    return {ErrorCode::Corrupt, (what + QStringLiteral(": the document worker %1.").arg(ending)).toStdString()};
}

Result<std::unique_ptr<DocumentReader>> DocumentReader::open(const QString& filePath, const QString& password,
                                                             WorkerLimits limits, std::stop_token stop,
                                                             WorkerProgram program) {
    std::unique_ptr<DocumentReader> reader(new DocumentReader(filePath, password, limits, std::move(stop), program));
    bool died = false;
    Result<void> opened = reader->startAndOpen(died);
    if (!opened && died) {
        opened = reader->startAndOpen(died);  // once more, the cause may have been outside
        reader->m_restarts = 1;
    }
    if (!opened) {
        return opened.error();
    }
    return reader;
}

Result<void> DocumentReader::startAndOpen(bool& died) {
    died = false;
    LECTERN_ASSIGN(m_channel, WorkerChannel::start(m_limits, m_program));
    Result<protocol::ReplyBody> reply = exchange(protocol::OpenRequest{m_filePath, m_password}, died);
    if (!reply) {
        return reply.error();
    }
    DocumentInfo* info = std::get_if<DocumentInfo>(&*reply);
    if (info == nullptr) {
        return unexpected();
    }
    m_info = std::move(*info);
    return {};
}

Result<protocol::ReplyBody> DocumentReader::exchange(const protocol::RequestBody& body, bool& died) {
    died = false;
    const protocol::Request request{m_nextId++, body};
    const QByteArray line = protocol::encodeRequest(request);
    if (line.isEmpty()) {
        return Error{ErrorCode::LimitExceeded, "The file's path or the password is too long for the document worker."};
    }
    const auto deadline = std::chrono::steady_clock::now() + timeoutOf(body, m_limits);
    QString ending;
    bool sent = m_channel->send(line);
    while (sent) {
        QByteArray answer;
        const WorkerChannel::ReadState state = m_channel->read(answer);
        if (state == WorkerChannel::ReadState::Ended) {
            break;
        }
        if (state == WorkerChannel::ReadState::Line) {
            Result<protocol::Reply> reply = protocol::decodeReply(answer);
            if (!reply) {
                ending = QStringLiteral("answered something malformed and was stopped");
                break;
            }
            if (reply->id != request.id) {
                continue;
            }
            if (const Error* error = std::get_if<Error>(&reply->body)) {
                return *error;
            }
            return std::move(reply->body);
        }
        if (m_stop.stop_requested()) {
            m_channel.reset();
            return cancelled();
        }
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
        if (left.count() <= 0) {
            ending = QStringLiteral("took longer than %1 seconds and was stopped")
                         .arg(std::chrono::ceil<std::chrono::seconds>(timeoutOf(body, m_limits)).count());
            break;
        }
        m_channel->wait(std::min(left, kStopCheckInterval));
    }
    died = true;
    const QString status = m_channel->end();
    m_channel.reset();
    return workerFailure(m_filePath, -1, ending.isEmpty() ? status : ending);
}

Result<protocol::ReplyBody> DocumentReader::ask(const protocol::RequestBody& body, int page) {
    Error failure;
    for (int attempt = 0; attempt < 2; ++attempt) {
        if (m_stop.stop_requested()) {
            return cancelled();
        }
        bool died = false;
        if (m_channel == nullptr) {
            ++m_restarts;
            const Result<void> opened = startAndOpen(died);
            if (!opened && !died) {
                return opened.error();
            }
            if (!opened) {
                failure = opened.error();
                continue;
            }
        }
        Result<protocol::ReplyBody> reply = exchange(body, died);
        if (reply || !died) {
            return reply;
        }
        failure = reply.error();
    }
    const std::string::size_type cause = failure.message.find(": the document worker ");
    const std::string ending = cause == std::string::npos ? "stopped." : failure.message.substr(cause + 22);
    return workerFailure(m_filePath, page, QString::fromStdString(ending.substr(0, ending.size() - 1)));
}

Result<DocumentPage> DocumentReader::page(int index) {
    LECTERN_ASSIGN(protocol::ReplyBody body, ask(protocol::PageRequest{index}, index));
    DocumentPage* page = std::get_if<DocumentPage>(&body);
    return page != nullptr && page->index == index ? Result<DocumentPage>(std::move(*page)) : unexpected();
}

Result<DocumentPage> DocumentReader::recognise(int index, const QString& language) {
    LECTERN_ASSIGN(protocol::ReplyBody body, ask(protocol::RecogniseRequest{index, language}, index));
    DocumentPage* page = std::get_if<DocumentPage>(&body);
    return page != nullptr && page->index == index ? Result<DocumentPage>(std::move(*page)) : unexpected();
}

Result<PageLayouts> DocumentReader::layouts(int firstPage, int count) {
    LECTERN_ASSIGN(protocol::ReplyBody body, ask(protocol::LayoutsRequest{firstPage, count}, firstPage));
    PageLayouts* layouts = std::get_if<PageLayouts>(&body);
    return layouts != nullptr ? Result<PageLayouts>(std::move(*layouts)) : unexpected();
}

Result<RenderedRegion> DocumentReader::render(const RenderRequest& request) {
    LECTERN_ASSIGN(protocol::ReplyBody body, ask(request, request.page));
    const auto* frame = std::get_if<protocol::Frame>(&body);
    if (frame == nullptr) {
        return unexpected();
    }
    QImage image = m_channel->takeImage(frame->width, frame->height);
    if (image.isNull()) {
        return Error{ErrorCode::OutOfMemory, "There is not enough memory to show the page at this zoom."};
    }
    return RenderedRegion{request, std::move(image), frame->pixels, frame->pagePixels};
}

Result<QVector<SearchHit>> DocumentReader::search(const SearchRequest& request) {
    QVector<SearchHit> hits;
    const int end =
        request.pageCount < 0 ? m_info.pageCount : std::min(m_info.pageCount, request.firstPage + request.pageCount);
    for (int page = request.firstPage; page < end; page += protocol::kMaximumSearchPages) {
        SearchRequest part = request;
        part.firstPage = page;
        part.pageCount = std::min(protocol::kMaximumSearchPages, end - page);
        LECTERN_ASSIGN(protocol::ReplyBody body, ask(part, page));
        auto* found = std::get_if<protocol::SearchHits>(&body);
        if (found == nullptr) {
            return unexpected();
        }
        hits += found->hits;
    }
    return hits;
}

}  // namespace lectern::app

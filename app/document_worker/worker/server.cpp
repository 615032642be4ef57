#include "app/document_worker/worker/server.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>

#include "app/document_worker/worker/sandbox.h"

namespace lectern::app::worker {
namespace {

// The parent's clock is the first guard; this one still holds when the parent is gone.
constexpr int kCpuSecondsPerRequest = 60;
constexpr int kCpuSecondsPerRecognition = 240;
constexpr double kRecognitionPixelsPerInch = 300;
constexpr double kRecognitionPixels = 24e6;
constexpr qsizetype kReadBytes = 64 * 1024;

template <typename T>
protocol::ReplyBody replyOf(Result<T> result) {
    return result ? protocol::ReplyBody(std::move(*result)) : protocol::ReplyBody(result.error());
}

bool writeAll(int descriptor, const QByteArray& bytes) {
    qsizetype done = 0;
    while (done < bytes.size()) {
        const ssize_t count = write(descriptor, bytes.constData() + done, static_cast<size_t>(bytes.size() - done));
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            return false;
        }
        done += count;
    }
    return true;
}

Error notOpen() {
    return {ErrorCode::InvalidInput, "No document is open in the document worker."};
}

}  // namespace

protocol::ReplyBody Server::handle(const protocol::OpenRequest& request) {
    m_document.reset();
    m_flow.reset();
    if (!FlowDocument::looksLikePdf(request.path)) {
        Result<std::unique_ptr<FlowDocument>> flow = FlowDocument::open(request.path);
        if (!flow) {
            return flow.error();
        }
        m_flow = std::move(*flow);
        return m_flow->info();
    }
    Result<std::unique_ptr<PdfDocument>> opened = PdfDocument::open(request.path, request.password);
    if (!opened) {
        return opened.error();
    }
    m_document = std::move(*opened);
    return m_document->info();
}

protocol::ReplyBody Server::handle(const protocol::LayoutsRequest& request) {
    return m_document == nullptr ? notOpen() : replyOf(m_document->layouts(request.firstPage, request.count));
}

protocol::ReplyBody Server::handle(const protocol::PageRequest& request) {
    if (m_flow != nullptr) {
        return replyOf(m_flow->page(request.page));
    }
    return m_document == nullptr ? notOpen() : replyOf(m_document->page(request.page));
}

protocol::ReplyBody Server::handle(const RenderRequest& request) {
    if (m_document == nullptr || m_frame == nullptr) {
        return notOpen();
    }
    QImage image;
    Result<protocol::Frame> frame = m_document->render(request, m_frameBytes, image);
    if (frame) {
        const auto rowBytes = static_cast<size_t>(frame->width) * 4;
        for (int row = 0; row < frame->height; ++row) {
            std::memcpy(m_frame + static_cast<size_t>(row) * rowBytes, image.constScanLine(row), rowBytes);
        }
    }
    return replyOf(std::move(frame));
}

protocol::ReplyBody Server::handle(const protocol::LinksRequest& request) {
    if (m_flow != nullptr) {
        return replyOf(m_flow->links(request.page));
    }
    return m_document == nullptr ? notOpen() : replyOf(m_document->links(request.page));
}

protocol::ReplyBody Server::handle(const SearchRequest& request) {
    return m_document == nullptr ? notOpen() : replyOf(m_document->search(request));
}

protocol::ReplyBody Server::handle(const protocol::RecogniseRequest& request) {
    if (m_document == nullptr || !m_recognise) {
        return Error{ErrorCode::Unsupported, "Text of pictures is recognised in PDF files only."};
    }
    limitCpuTime(kCpuSecondsPerRecognition);
    Result<DocumentPage> page = m_document->page(request.page);
    if (!page) {
        return page.error();
    }
    const double points = std::max(page->size.widthPoints * page->size.heightPoints, 1.0);
    RenderRequest picture;
    picture.page = request.page;
    picture.pixelsPerPoint = std::min(kRecognitionPixelsPerInch / 72.0, std::sqrt(kRecognitionPixels / points));
    QImage image;
    const Result<protocol::Frame> frame =
        m_document->render(picture, static_cast<int64_t>(kRecognitionPixels) * 5, image);
    if (!frame) {
        return frame.error();
    }
    DocumentPage recognised;
    recognised.index = page->index;
    recognised.label = page->label;
    recognised.size = page->size;
    const Result<void> done =
        m_recognise(image, 72.0 * picture.pixelsPerPoint, request.language.toStdString(), recognised);
    if (!done) {
        return done.error();
    }
    recognised.state = recognised.text.empty() ? PageState::NoText : PageState::Text;
    return recognised;
}

QByteArray Server::answer(const QByteArray& line) {
    const Result<protocol::Request> request = protocol::decodeRequest(line);
    if (!request) {
        return protocol::encodeReply({protocol::requestId(line), request.error()});
    }
    limitCpuTime(kCpuSecondsPerRequest);
    protocol::ReplyBody body = std::visit([this](const auto& each) { return handle(each); }, request->body);
    QByteArray reply = protocol::encodeReply({request->id, std::move(body)});
    if (reply.size() > protocol::kMaximumReplyBytes) {
        reply = protocol::encodeReply(
            {request->id, Error{ErrorCode::LimitExceeded, "There is more on this page than Lectern can take."}});
    }
    return reply;
}

int Server::run(int input, int output) {
    QByteArray pending;
    while (true) {
        qsizetype newline = pending.indexOf('\n');
        while (newline >= 0) {
            const QByteArray line = pending.left(newline);
            pending.remove(0, newline + 1);
            if (!writeAll(output, answer(line))) {
                return 0;
            }
            newline = pending.indexOf('\n');
        }
        if (pending.size() > protocol::kMaximumRequestBytes) {
            writeAll(output, answer(pending));
            return 1;
        }
        const qsizetype before = pending.size();
        pending.resize(before + kReadBytes);
        ssize_t count = 0;
        do {
            count = read(input, pending.data() + before, static_cast<size_t>(kReadBytes));
        } while (count < 0 && errno == EINTR);
        pending.resize(before + (count > 0 ? count : 0));
        if (count <= 0) {
            return count == 0 ? 0 : 1;
        }
    }
}

}  // namespace lectern::app::worker

#pragma once
// The worker's loop: a line in, a line out.

#include <QByteArray>
#include <cstdint>
#include <functional>
#include <memory>

#include "app/document_worker/worker/flow_document.h"
#include "app/document_worker/worker/pdf_document.h"

namespace lectern::app::worker {

/// Reads the picture of a page at so many pixels per inch, in a language.
using Recognise = std::function<Result<void>(const QImage&, double, const std::string&, DocumentPage&)>;

class Server {
  public:
    /// `frame` is the shared memory for pictures, borrowed; null when there is none (a worker run by hand).
    /// Without `recognise`, RecogniseRequests are Unsupported.
    Server(uint8_t* frame, int64_t frameBytes, Recognise recognise = {})
        : m_frame(frame), m_frameBytes(frameBytes), m_recognise(std::move(recognise)) {}

    /// Answers one line, whatever it holds.
    QByteArray answer(const QByteArray& line);

    /// Reads lines from `input` and writes answers to `output` until the end of input; a line beyond the protocol's
    /// bound ends it. Returns the exit code.
    int run(int input, int output);

  private:
    protocol::ReplyBody handle(const protocol::OpenRequest& request);
    protocol::ReplyBody handle(const protocol::LayoutsRequest& request);
    protocol::ReplyBody handle(const protocol::PageRequest& request);
    protocol::ReplyBody handle(const RenderRequest& request);
    protocol::ReplyBody handle(const SearchRequest& request);
    protocol::ReplyBody handle(const protocol::RecogniseRequest& request);
    protocol::ReplyBody handle(const protocol::LinksRequest& request);

    uint8_t* m_frame = nullptr;
    int64_t m_frameBytes = 0;
    Recognise m_recognise;
    // At most one of them is open.
    std::unique_ptr<PdfDocument> m_document;
    std::unique_ptr<FlowDocument> m_flow;
};

}  // namespace lectern::app::worker

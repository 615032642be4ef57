#pragma once
// Blocking side of the document worker, for ingest and the command line: one open PDF, one request at a time.

#include <memory>
#include <stop_token>

#include "app/document_worker/document_types.h"
#include "app/document_worker/protocol.h"
#include "app/document_worker/worker_channel.h"

namespace lectern::app {

/// Opens a PDF in a worker process of its own. Used by one thread. A request that makes the worker crash or run out of
/// time is tried once more in a fresh worker (a crash can be an outside cause), then fails alone: the next request
/// finds the document open again.
class DocumentReader {
  public:
    /// Errors: PasswordNeeded, NotFound, Io, Corrupt, each with its sentence; Cancelled.
    static Result<std::unique_ptr<DocumentReader>> open(const QString& filePath, const QString& password = {},
                                                        WorkerLimits limits = {}, std::stop_token stop = {},
                                                        WorkerProgram program = WorkerProgram::Document);

    const DocumentInfo& info() const { return m_info; }
    /// How often the worker had to be started again.
    int restarts() const { return m_restarts; }
    pid_t workerProcessId() const { return m_channel == nullptr ? -1 : m_channel->processId(); }

    Result<DocumentPage> page(int index);
    Result<PageLayouts> layouts(int firstPage, int count);
    Result<RenderedRegion> render(const RenderRequest& request);
    Result<QVector<SearchHit>> search(const SearchRequest& request);
    /// Text and word boxes read off the page's picture; needs WorkerProgram::Recognition.
    Result<DocumentPage> recognise(int index, const QString& language);

  private:
    DocumentReader(QString filePath, QString password, WorkerLimits limits, std::stop_token stop, WorkerProgram program)
        : m_filePath(std::move(filePath)),
          m_password(std::move(password)),
          m_limits(limits),
          m_stop(std::move(stop)),
          m_program(program) {}

    Result<void> startAndOpen(bool& died);
    /// One try. The worker's own errors come back as they are; `died` says that the worker did not answer.
    Result<protocol::ReplyBody> exchange(const protocol::RequestBody& body, bool& died);
    Result<protocol::ReplyBody> ask(const protocol::RequestBody& body, int page);

    QString m_filePath;
    QString m_password;
    WorkerLimits m_limits;
    std::stop_token m_stop;
    WorkerProgram m_program;
    DocumentInfo m_info;
    std::unique_ptr<WorkerChannel> m_channel;
    qint64 m_nextId = 1;
    int m_restarts = 0;
};

/// How long a request may take under `limits`.
std::chrono::milliseconds timeoutOf(const protocol::RequestBody& body, const WorkerLimits& limits);

/// "Page 12 could not be read: the document worker was stopped by signal 11." `page` < 0: the whole document.
Error workerFailure(const QString& filePath, int page, const QString& ending);

}  // namespace lectern::app

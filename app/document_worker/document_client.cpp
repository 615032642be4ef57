#include "app/document_worker/document_client.h"

#include <QSocketNotifier>
#include <QTimer>
#include <algorithm>
#include <deque>
#include <optional>
#include <utility>

#include "app/document_worker/document_reader.h"
#include "app/document_worker/protocol.h"
#include "app/document_worker/worker_channel.h"

namespace lectern::app {
namespace {

constexpr int kSearchStepPages = 8;  // small, so that a page to be shown never waits long behind a search

struct Job {
    JobId id = 0;
    JobPriority priority = JobPriority::Background;
    protocol::RequestBody body;
    bool crashedBefore = false;
    int pagesSearched = 0;
    int searchEnd = -1;  ///< first page not to search; -1: to the end of the document
};

int kindRank(const protocol::RequestBody& body) {
    if (std::holds_alternative<RenderRequest>(body)) {
        return 0;
    }
    return std::holds_alternative<SearchRequest>(body) ? 2 : 1;
}

int pageOf(const protocol::RequestBody& body) {
    if (const auto* page = std::get_if<protocol::PageRequest>(&body)) {
        return page->page;
    }
    if (const auto* render = std::get_if<RenderRequest>(&body)) {
        return render->page;
    }
    if (const auto* links = std::get_if<protocol::LinksRequest>(&body)) {
        return links->page;
    }
    const auto* layouts = std::get_if<protocol::LayoutsRequest>(&body);
    return layouts != nullptr ? layouts->firstPage : std::get<SearchRequest>(body).firstPage;
}

}  // namespace

class DocumentClient::Private {
  public:
    Private(DocumentClient* owner, WorkerLimits workerLimits) : q(owner), limits(workerLimits) {
        deadline.setSingleShot(true);
        QObject::connect(&deadline, &QTimer::timeout, q, [this] { workerLost(true); });
        nextTick.setSingleShot(true);
        QObject::connect(&nextTick, &QTimer::timeout, q, [this] { startNext(); });
    }

    JobId enqueue(protocol::RequestBody body, JobPriority priority);
    void startNext();
    void readReplies();
    void workerLost(bool timedOut);
    void reset();
    void schedule() { nextTick.start(0); }

    DocumentClient* q;
    WorkerLimits limits;
    QString filePath;
    QString password;
    DocumentInfo info;
    JobId openJob = 0;       ///< not yet answered
    bool wanted = false;     ///< a file is open or being opened
    bool loaded = false;     ///< the running worker has the file open
    bool announced = false;  ///< opened() was emitted
    std::deque<Job> queue;
    std::optional<Job> current;  ///< id 0: re-opening after a restart
    bool currentCancelled = false;
    JobId lastId = 0;
    qint64 requestId = 0;
    bool openCrashedBefore = false;

  private:
    bool send(const protocol::RequestBody& body);
    void handle(Job& job, protocol::ReplyBody body);
    void handleOpened(protocol::ReplyBody body);
    void continueSearch(Job& job, SearchRequest request, const protocol::SearchHits& found);
    void failAll(const Error& error);
    void dropWorker();
    void fail(JobId id, const Error& error) { emit q->failed(id, error); }

    std::unique_ptr<WorkerChannel> channel;
    std::unique_ptr<QSocketNotifier> notifier;
    QTimer deadline;
    QTimer nextTick;
};

JobId DocumentClient::Private::enqueue(protocol::RequestBody body, JobPriority priority) {
    queue.push_back({++lastId, priority, std::move(body)});
    nextTick.start(0);  // never from inside the caller: signals come after the id is known
    return lastId;
}

bool DocumentClient::Private::send(const protocol::RequestBody& body) {
    const QByteArray line = protocol::encodeRequest({++requestId, body});
    if (line.isEmpty() || !channel->send(line)) {
        return false;
    }
    deadline.start(timeoutOf(body, limits));
    return true;
}

void DocumentClient::Private::startNext() {
    if (!wanted || current.has_value()) {
        return;
    }
    if (channel == nullptr) {
        Result<std::unique_ptr<WorkerChannel>> started = WorkerChannel::start(limits);
        if (!started) {
            failAll(started.error());
            return;
        }
        channel = std::move(*started);
        notifier = std::make_unique<QSocketNotifier>(channel->descriptor(), QSocketNotifier::Read);
        QObject::connect(notifier.get(), &QSocketNotifier::activated, q, [this] { readReplies(); });
        loaded = false;
    }
    if (!loaded) {
        current = Job{0, JobPriority::Visible, protocol::OpenRequest{filePath, password}};
    } else {
        const auto before = [](const Job& a, const Job& b) {
            return std::pair(a.priority, kindRank(a.body)) < std::pair(b.priority, kindRank(b.body));
        };
        const auto best = std::min_element(queue.begin(), queue.end(), before);
        if (best == queue.end()) {
            return;
        }
        current = std::move(*best);
        queue.erase(best);
    }
    currentCancelled = false;
    if (!send(current->body)) {
        workerLost(false);
    }
}

void DocumentClient::Private::readReplies() {
    while (channel != nullptr) {
        QByteArray line;
        const WorkerChannel::ReadState state = channel->read(line);
        if (state == WorkerChannel::ReadState::Nothing) {
            return;
        }
        if (state == WorkerChannel::ReadState::Ended) {
            workerLost(false);
            return;
        }
        Result<protocol::Reply> reply = protocol::decodeReply(line);
        if (!reply || reply->id != requestId || !current.has_value()) {
            workerLost(false);  // it no longer speaks our language
            return;
        }
        deadline.stop();
        Job job = std::move(*current);
        current.reset();
        if (job.id == 0) {
            handleOpened(std::move(reply->body));
        } else if (!currentCancelled) {
            handle(job, std::move(reply->body));
        }
        nextTick.start(0);
    }
}

void DocumentClient::Private::handleOpened(protocol::ReplyBody body) {
    if (const auto* error = std::get_if<Error>(&body)) {
        failAll(*error);
        return;
    }
    auto* opened = std::get_if<DocumentInfo>(&body);
    if (opened == nullptr) {
        failAll(workerFailure(filePath, -1, QStringLiteral("answered something else")));
        return;
    }
    loaded = true;
    openCrashedBefore = false;
    info = std::move(*opened);
    if (!announced) {
        announced = true;
        emit q->opened(std::exchange(openJob, 0), info);
    }
}

void DocumentClient::Private::handle(Job& job, protocol::ReplyBody body) {
    if (const auto* error = std::get_if<Error>(&body)) {
        fail(job.id, *error);
    } else if (auto* page = std::get_if<DocumentPage>(&body)) {
        emit q->pageReady(job.id, *page);
    } else if (auto* layouts = std::get_if<PageLayouts>(&body)) {
        emit q->layoutsReady(job.id, *layouts);
    } else if (const auto* links = std::get_if<PageLinks>(&body)) {
        emit q->linksReady(job.id, *links);
    } else if (const auto* search = std::get_if<SearchRequest>(&job.body);
               search != nullptr && std::holds_alternative<protocol::SearchHits>(body)) {
        continueSearch(job, *search, std::get<protocol::SearchHits>(body));
    } else if (auto* frame = std::get_if<protocol::Frame>(&body);
               frame != nullptr && std::holds_alternative<RenderRequest>(job.body)) {
        QImage image = channel->takeImage(frame->width, frame->height);
        if (image.isNull()) {
            fail(job.id, {ErrorCode::OutOfMemory, "There is not enough memory to show the page at this zoom."});
        } else {
            emit q->rendered(job.id,
                             {std::get<RenderRequest>(job.body), std::move(image), frame->pixels, frame->pagePixels});
        }
    } else {
        fail(job.id, workerFailure(filePath, pageOf(job.body), QStringLiteral("answered something else")));
    }
}

void DocumentClient::Private::continueSearch(Job& job, SearchRequest request, const protocol::SearchHits& found) {
    const int searched = job.pagesSearched + request.pageCount;
    const int next = request.firstPage + request.pageCount;
    const int end = job.searchEnd < 0 ? info.pageCount : std::min(job.searchEnd, info.pageCount);
    const bool finished = next >= end;
    if (!finished) {
        request.firstPage = next;
        request.pageCount = std::min(kSearchStepPages, end - next);
        queue.push_back({job.id, job.priority, std::move(request), false, searched, job.searchEnd});
    }
    emit q->searchHits(job.id, found.hits, searched, finished);
}

void DocumentClient::Private::dropWorker() {
    deadline.stop();
    if (notifier != nullptr) {
        notifier->setEnabled(false);
        notifier.release()->deleteLater();  // this may run inside its signal
    }
    loaded = false;
}

void DocumentClient::Private::workerLost(bool timedOut) {
    QString ending = channel->end();
    if (timedOut && current.has_value()) {
        const auto limit = timeoutOf(current->body, limits);
        ending = QStringLiteral("took longer than %1 seconds and was stopped")
                     .arg(std::chrono::ceil<std::chrono::seconds>(limit).count());
    }
    dropWorker();
    channel.reset();
    if (!current.has_value()) {
        nextTick.start(0);
        return;
    }
    Job job = std::move(*current);
    current.reset();
    if (job.id == 0) {
        if (openCrashedBefore || timedOut) {
            failAll(workerFailure(filePath, -1, ending));
            return;
        }
        openCrashedBefore = true;
    } else if (!job.crashedBefore && !timedOut && !currentCancelled) {
        job.crashedBefore = true;
        queue.push_front(std::move(job));
    } else if (!currentCancelled) {
        fail(job.id, workerFailure(filePath, pageOf(job.body), ending));
    }
    nextTick.start(0);
}

void DocumentClient::Private::failAll(const Error& error) {
    const std::deque<Job> dropped = std::exchange(queue, {});
    const JobId opening = std::exchange(openJob, 0);
    dropWorker();
    channel.reset();
    // A document that was open once may open again: later requests try, and fail by themselves.
    wanted = announced;
    openCrashedBefore = false;
    if (opening != 0) {
        fail(opening, error);
    }
    for (const Job& job : dropped) {
        fail(job.id, error);
    }
}

void DocumentClient::Private::reset() {
    dropWorker();
    channel.reset();
    nextTick.stop();
    queue.clear();
    current.reset();
    info = {};
    openJob = 0;
    wanted = announced = openCrashedBefore = false;
}

DocumentClient::DocumentClient(WorkerLimits limits, QObject* parent)
    : QObject(parent), m_private(std::make_unique<Private>(this, limits)) {}

DocumentClient::~DocumentClient() {
    m_private->reset();
}

JobId DocumentClient::open(const QString& filePath, const QString& password) {
    m_private->reset();
    m_private->filePath = filePath;
    m_private->password = password;
    m_private->wanted = true;
    m_private->openJob = ++m_private->lastId;
    m_private->schedule();
    return m_private->openJob;
}

bool DocumentClient::isOpen() const {
    return m_private->announced;
}

const DocumentInfo& DocumentClient::info() const {
    return m_private->info;
}

JobId DocumentClient::requestLayouts(int firstPage, int count, JobPriority priority) {
    const int bounded = std::clamp(count, 1, protocol::kMaximumLayouts);
    return m_private->enqueue(protocol::LayoutsRequest{firstPage, bounded}, priority);
}

JobId DocumentClient::requestPage(int page, JobPriority priority) {
    return m_private->enqueue(protocol::PageRequest{page}, priority);
}

JobId DocumentClient::requestLinks(int page, JobPriority priority) {
    return m_private->enqueue(protocol::LinksRequest{page}, priority);
}

JobId DocumentClient::requestRender(const RenderRequest& request, JobPriority priority) {
    return m_private->enqueue(request, priority);
}

JobId DocumentClient::requestSearch(const SearchRequest& request) {
    SearchRequest first = request;
    const int searchEnd = request.pageCount < 0 ? -1 : request.firstPage + request.pageCount;
    first.pageCount = request.pageCount < 0 ? kSearchStepPages : std::clamp(request.pageCount, 1, kSearchStepPages);
    const JobId id = m_private->enqueue(std::move(first), JobPriority::Nearby);
    m_private->queue.back().searchEnd = searchEnd;
    return id;
}

void DocumentClient::setPriority(JobId job, JobPriority priority) {
    for (Job& each : m_private->queue) {
        if (each.id == job) {
            each.priority = priority;
        }
    }
}

void DocumentClient::cancel(JobId job) {
    std::erase_if(m_private->queue, [job](const Job& each) { return each.id == job; });
    if (m_private->current.has_value() && m_private->current->id == job) {
        m_private->currentCancelled = true;
    }
}

void DocumentClient::cancelRenders() {
    std::erase_if(m_private->queue, [](const Job& each) { return std::holds_alternative<RenderRequest>(each.body); });
}

void DocumentClient::close() {
    m_private->reset();
}

}  // namespace lectern::app

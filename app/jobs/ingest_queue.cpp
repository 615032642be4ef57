#include "app/jobs/ingest_queue.h"

#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <nlohmann/json.hpp>

#include "app/core/process_start.h"
#include "app/jobs/rate_limiter.h"

namespace lectern::app {
namespace {

constexpr const char* kJobKind = "ingest";
constexpr const char* kPaused = "paused";
constexpr std::chrono::seconds kJournalInterval{2};

/// Whether the process that wrote this record is still there and will end it itself.
bool isBeingRead(const nlohmann::json& payload) {
    const auto number = [&payload](const char* key) {
        const auto found = payload.find(key);
        return found != payload.end() && found->is_number_integer() ? found->get<int64_t>() : 0;
    };
    const int64_t pid = number("pid");
    const int64_t start = pid > 0 ? processStart(pid) : 0;
    return start != 0 && start == number("process_start");
}

struct PausedRecord {
    JobRecordId id = 0;
    IngestProgress progress;
};

Result<std::optional<PausedRecord>> pausedRecord(Library& library, const std::filesystem::path& path) {
    LECTERN_ASSIGN(const std::vector<JobRecord> records, library.jobs(kJobKind));
    for (const JobRecord& record : records) {
        const nlohmann::json payload = nlohmann::json::parse(record.payload, nullptr, false);
        const bool isThis = payload.is_object() && payload.contains("path") && payload["path"].is_string() &&
                            payload["path"].get_ref<const std::string&>() == path.string();
        if (record.state != kPaused || !isThis) {
            continue;
        }
        const auto pages = [&payload](const char* key) {
            const auto found = payload.find(key);
            return found != payload.end() && found->is_number_integer() ? std::max(0, found->get<int32_t>()) : 0;
        };
        return std::optional(PausedRecord{record.id, {pages("pages_done"), pages("page_count"), 0}});
    }
    return std::optional<PausedRecord>();
}

}  // namespace

/// What both threads touch.
struct IngestQueue::Shared {
    std::mutex mutex;
    std::condition_variable resumed;
    bool paused = false;

    /// Waits on the reading thread while paused; a stop request ends the wait.
    void waitWhilePaused(const std::stop_token& stop) {
        std::unique_lock lock(mutex);
        while (paused && !stop.stop_requested()) {
            resumed.wait_for(lock, std::chrono::milliseconds(50));
        }
    }
};

IngestQueue::IngestQueue(std::filesystem::path libraryDirectory, QObject* parent)
    : QObject(parent),
      m_directory(std::move(libraryDirectory)),
      m_shared(std::make_shared<Shared>()),
      m_thread(std::make_unique<TaskThread>(TaskThread::Priority::Background)) {}

IngestQueue::~IngestQueue() = default;

JobId IngestQueue::add(const std::filesystem::path& path, const IngestOptions& options) {
    const JobId job = ++m_lastJob;
    m_thread->add(
        job, [this, job, path, options](const std::stop_token& stop) { run(job, path, options, stop); },
        [this, job] {
            emit failed(job, {ErrorCode::Cancelled, "Reading the document was cancelled."});
        });
    return job;
}

void IngestQueue::cancel(JobId job) {
    m_thread->cancel(job);
}

void IngestQueue::cancelAll() {
    m_thread->cancelAll();
}

void IngestQueue::setPaused(bool paused) {
    {
        const std::scoped_lock lock(m_shared->mutex);
        m_shared->paused = paused;
    }
    m_shared->resumed.notify_all();
    m_thread->setPaused(paused);
}

void IngestQueue::run(JobId job, const std::filesystem::path& path, IngestOptions options, std::stop_token stop) {
    emit started(job, QString::fromStdString(path.string()));
    options.stop = stop;
    Result<std::unique_ptr<Library>> library = Library::open(m_directory);
    if (!library) {
        emit failed(job, library.error());
        return;
    }
    const nlohmann::json payload = {
        {"path", path.string()}, {"pid", getpid()}, {"process_start", processStart(getpid())}};
    JobRecord record{0, kJobKind, "running", payload.dump(), 0, {}, 0};
    if (Result<JobRecord> stored = (*library)->addJob(record)) {
        record = std::move(*stored);
    }
    RateLimiter shown(kSignalsPerSecond);
    auto lastNote = std::chrono::steady_clock::now();
    const Result<IngestOutcome> outcome = ingestPath(**library, path, options, [&](const IngestProgress& progress) {
        if (shown.allows() || progress.pagesDone == progress.pageCount) {
            emit progressed(job, progress);
        }
        if (std::chrono::steady_clock::now() - lastNote > kJournalInterval) {
            lastNote = std::chrono::steady_clock::now();
            record.progress = static_cast<double>(progress.pagesDone) / std::max(1, progress.pageCount);
            static_cast<void>((*library)->updateJob(record).ok());
        }
        m_shared->waitWhilePaused(stop);
    });
    static_cast<void>((*library)->removeJob(record.id).ok());
    if (outcome) {
        emit finished(job, *outcome);
    } else {
        emit failed(job, outcome.error());
    }
}

Result<void> IngestQueue::storePaused(Library& library, const std::filesystem::path& path,
                                      const IngestProgress& progress) {
    LECTERN_TRY(takePaused(library, path));
    const nlohmann::json payload = {
        {"path", path.string()}, {"pages_done", progress.pagesDone}, {"page_count", progress.pageCount}};
    const double share = static_cast<double>(progress.pagesDone) / std::max(1, progress.pageCount);
    LECTERN_TRY(library.addJob({0, kJobKind, kPaused, payload.dump(), share, {}, 0}));
    return {};
}

Result<std::optional<IngestProgress>> IngestQueue::findPaused(Library& library, const std::filesystem::path& path) {
    LECTERN_ASSIGN(const std::optional<PausedRecord> found, pausedRecord(library, path));
    return found ? std::optional(found->progress) : std::nullopt;
}

Result<std::optional<IngestProgress>> IngestQueue::takePaused(Library& library, const std::filesystem::path& path) {
    LECTERN_ASSIGN(const std::optional<PausedRecord> found, pausedRecord(library, path));
    if (found) {
        LECTERN_TRY(library.removeJob(found->id));
    }
    return found ? std::optional(found->progress) : std::nullopt;
}

Result<std::vector<UnfinishedIngest>> takeUnfinishedIngests(Library& library) {
    std::vector<UnfinishedIngest> unfinished;
    LECTERN_ASSIGN(const std::vector<JobRecord> records, library.jobs(kJobKind));
    for (const JobRecord& record : records) {
        if (record.state == kPaused) {
            continue;  // waits for its reader
        }
        const nlohmann::json payload = nlohmann::json::parse(record.payload, nullptr, false);
        if (payload.is_object() && isBeingRead(payload)) {
            continue;
        }
        if (payload.is_object() && payload.contains("path") && payload["path"].is_string()) {
            unfinished.push_back({payload["path"].get<std::string>()});
        }
        static_cast<void>(library.removeJob(record.id).ok());
    }
    return unfinished;
}

}  // namespace lectern::app

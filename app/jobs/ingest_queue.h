#pragma once
// Documents being read into the library, one after the other, on a thread of their own.

#include <QObject>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "app/document_worker/document_client.h"
#include "app/ingest/ingest.h"
#include "app/jobs/task_thread.h"

namespace lectern::app {

/// A document that was being read when the program ended.
struct UnfinishedIngest {
    std::filesystem::path path;
};

/// Left over from processes that are gone; each is given once. Add its path again or forget it.
Result<std::vector<UnfinishedIngest>> takeUnfinishedIngests(Library& library);

/// Every add() ends in exactly one finished() or failed() (Cancelled included). Signals come from the reading thread:
/// connect with a receiver, so that they are queued to its thread. What is waiting or running is written down in the
/// library, so that it can go on after a crash; passwords are not.
class IngestQueue : public QObject {
    Q_OBJECT

  public:
    explicit IngestQueue(std::filesystem::path libraryDirectory, QObject* parent = nullptr);
    ~IngestQueue() override;

    JobId add(const std::filesystem::path& path, const IngestOptions& options = {});
    /// What was read so far stays: adding the path again goes on.
    void cancel(JobId job);
    void cancelAll();
    /// Nothing further begins, and the document being read waits after its page.
    void setPaused(bool paused);
    bool isIdle() const { return m_thread->isIdle(); }

    /// What pause() of a document leaves in the library: it stays where it is until it is taken back, also over the
    /// program's end. Any thread; `library` is the caller's.
    static Result<void> storePaused(Library& library, const std::filesystem::path& path,
                                    const IngestProgress& progress);
    /// Nothing where the path is not paused. takePaused() also ends the pause.
    static Result<std::optional<IngestProgress>> findPaused(Library& library, const std::filesystem::path& path);
    static Result<std::optional<IngestProgress>> takePaused(Library& library, const std::filesystem::path& path);

  signals:
    void started(lectern::app::JobId job, const QString& path);
    void progressed(lectern::app::JobId job, const lectern::app::IngestProgress& progress);  ///< at most 30 a second
    void finished(lectern::app::JobId job, const lectern::app::IngestOutcome& outcome);
    void failed(lectern::app::JobId job, const lectern::Error& error);

  private:
    struct Shared;
    void run(JobId job, const std::filesystem::path& path, IngestOptions options, std::stop_token stop);

    std::filesystem::path m_directory;
    std::shared_ptr<Shared> m_shared;
    JobId m_lastJob = 0;
    std::unique_ptr<TaskThread> m_thread;  ///< destroyed first
};

}  // namespace lectern::app

#pragma once
// One running document worker: its process, the socket of JSON lines and the shared frame for pictures.

#include <sys/types.h>

#include <QByteArray>
#include <QImage>
#include <QString>
#include <chrono>
#include <memory>
#include <optional>

#include "app/document_worker/document_types.h"
#include "engine/core/result.h"

namespace lectern::app {

/// Owns the child: destroying the channel kills and reaps it. Used by one thread at a time. Spawning takes about a
/// millisecond whatever the size of this process (posix_spawn; the child never shares its page tables).
class WorkerChannel {
  public:
    /// Starts the worker found beside the running program (or $LECTERN_DOCUMENT_WORKER, $LECTERN_OCR_WORKER, or
    /// ../libexec/lectern). Errors: NotFound, Io.
    static Result<std::unique_ptr<WorkerChannel>> start(const WorkerLimits& limits,
                                                        WorkerProgram program = WorkerProgram::Document);
    ~WorkerChannel();
    WorkerChannel(const WorkerChannel&) = delete;
    WorkerChannel& operator=(const WorkerChannel&) = delete;

    /// Readable when a reply has come or the worker has ended; for QSocketNotifier and poll().
    int descriptor() const { return m_socket; }
    pid_t processId() const { return m_pid; }

    /// Sends one line. Never blocks: there is at most one request under way and it fits the socket's buffer.
    bool send(const QByteArray& line);

    enum class ReadState { Line, Nothing, Ended };
    /// Reads without blocking. Line: `line` holds one reply. Ended: the worker is gone or broke the protocol's bounds.
    ReadState read(QByteArray& line);
    /// Waits up to `timeout` for read() to have something to say.
    bool wait(std::chrono::milliseconds timeout) const;

    /// Copies the picture that the last render reply described out of the shared frame. Null when it cannot be.
    QImage takeImage(int width, int height) const;

    /// "was stopped by signal 9", "ended with code 1"; kills the worker if it still runs.
    QString end();

  private:
    WorkerChannel() = default;

    pid_t m_pid = -1;
    int m_socket = -1;
    int m_frameFd = -1;
    const uint8_t* m_frame = nullptr;
    int64_t m_frameBytes = 0;
    QByteArray m_input;
    qsizetype m_scanned = 0;
};

}  // namespace lectern::app

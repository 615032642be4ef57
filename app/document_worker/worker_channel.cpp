#include "app/document_worker/worker_channel.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "app/document_worker/protocol.h"

extern char** environ;

namespace lectern::app {
namespace {

constexpr int kFrameDescriptor = 3;  // known to the worker
constexpr int kReapAttempts = 10;
constexpr qsizetype kReadBytes = 256 * 1024;

Result<std::string> findWorker(WorkerProgram wanted) {
    namespace fs = std::filesystem;
    const bool reads = wanted == WorkerProgram::Document;
    const char* name = reads ? "lectern-document-worker" : "lectern-ocr-worker";
    const char* chosen = std::getenv(reads ? "LECTERN_DOCUMENT_WORKER" : "LECTERN_OCR_WORKER");
    if (chosen != nullptr && *chosen != '\0') {
        return std::string(chosen);
    }
    std::error_code ignored;
    const fs::path here = fs::read_symlink("/proc/self/exe", ignored).parent_path();
    for (const fs::path& candidate : {here / name, here / ".." / "libexec" / "lectern" / name}) {
        if (access(candidate.c_str(), X_OK) == 0) {
            return candidate.string();
        }
    }
    return Error{ErrorCode::NotFound,
                 std::string("The program ") + name + " is missing beside Lectern; please install Lectern again."};
}

Error systemError(const char* what) {
    return {ErrorCode::Io,
            std::string("The document worker could not be started (") + what + ": " + std::strerror(errno) + ")."};
}

}  // namespace

Result<std::unique_ptr<WorkerChannel>> WorkerChannel::start(const WorkerLimits& limits, WorkerProgram wanted) {
    LECTERN_ASSIGN(const std::string program, findWorker(wanted));
    std::unique_ptr<WorkerChannel> channel(new WorkerChannel);

    // Sealed, so that a compromised worker cannot shrink the file under our mapping.
    channel->m_frameFd = memfd_create("lectern-page", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (channel->m_frameFd < 0 || ftruncate(channel->m_frameFd, limits.frameBytes) != 0 ||
        fcntl(channel->m_frameFd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
        return systemError("shared memory");
    }
    void* mapping = mmap(nullptr, static_cast<size_t>(limits.frameBytes), PROT_READ, MAP_SHARED, channel->m_frameFd, 0);
    if (mapping == MAP_FAILED) {
        return systemError("shared memory");
    }
    channel->m_frame = static_cast<const uint8_t*>(mapping);
    channel->m_frameBytes = limits.frameBytes;

    int sockets[2] = {-1, -1};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0) {
        return systemError("socket");
    }
    channel->m_socket = sockets[0];
    const std::string addressSpace = std::to_string(limits.addressSpaceBytes);
    const std::string frame = std::to_string(limits.frameBytes);
    const char* arguments[] = {program.c_str(), "--address-space", addressSpace.c_str(),
                               "--frame",       frame.c_str(),     nullptr};

    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, sockets[1], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, sockets[1], STDOUT_FILENO);
    if (std::getenv("LECTERN_WORKER_LOG") == nullptr) {
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    }
    posix_spawn_file_actions_adddup2(&actions, channel->m_frameFd, kFrameDescriptor);
    posix_spawn_file_actions_addclosefrom_np(&actions, kFrameDescriptor + 1);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    // Tesseract's threads wait for each other more than they work.
    std::string oneThread = "OMP_THREAD_LIMIT=1";
    std::vector<char*> environment;
    for (char** each = environ; *each != nullptr; ++each) {
        environment.push_back(*each);
    }
    environment.push_back(oneThread.data());
    environment.push_back(nullptr);
    const int failure = posix_spawn(&channel->m_pid, program.c_str(), &actions, &attributes,
                                    const_cast<char* const*>(arguments), environment.data());
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    ::close(sockets[1]);
    if (failure != 0) {
        channel->m_pid = -1;
        errno = failure;
        return systemError(program.c_str());
    }
    return channel;
}

WorkerChannel::~WorkerChannel() {
    end();
    if (m_frame != nullptr) {
        munmap(const_cast<uint8_t*>(m_frame), static_cast<size_t>(m_frameBytes));
    }
    for (const int descriptor : {m_frameFd, m_socket}) {
        if (descriptor >= 0) {
            ::close(descriptor);
        }
    }
}

bool WorkerChannel::send(const QByteArray& line) {
    return m_socket >= 0 && ::send(m_socket, line.constData(), static_cast<size_t>(line.size()),
                                   MSG_NOSIGNAL | MSG_DONTWAIT) == line.size();
}

WorkerChannel::ReadState WorkerChannel::read(QByteArray& line) {
    while (true) {
        const qsizetype newline = m_input.indexOf('\n', m_scanned);
        if (newline >= 0) {
            line = m_input.left(newline);
            m_input.remove(0, newline + 1);
            m_scanned = 0;
            return ReadState::Line;
        }
        m_scanned = m_input.size();
        if (m_input.size() > protocol::kMaximumReplyBytes) {
            return ReadState::Ended;
        }
        m_input.resize(m_scanned + kReadBytes);
        ssize_t count = 0;
        do {
            count = recv(m_socket, m_input.data() + m_scanned, static_cast<size_t>(kReadBytes), MSG_DONTWAIT);
        } while (count < 0 && errno == EINTR);
        const bool nothingYet = count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
        m_input.resize(m_scanned + (count > 0 ? count : 0));
        if (count <= 0) {
            return nothingYet ? ReadState::Nothing : ReadState::Ended;
        }
    }
}

bool WorkerChannel::wait(std::chrono::milliseconds timeout) const {
    pollfd entry{m_socket, POLLIN, 0};
    return poll(&entry, 1, static_cast<int>(timeout.count())) > 0;
}

QImage WorkerChannel::takeImage(int width, int height) const {
    if (width <= 0 || height <= 0 || int64_t{width} * height * 4 > m_frameBytes) {
        return {};
    }
    QImage image(width, height, QImage::Format_RGB32);
    for (int row = 0; row < height && !image.isNull(); ++row) {
        std::memcpy(image.scanLine(row), m_frame + int64_t{row} * width * 4, static_cast<size_t>(width) * 4);
    }
    return image;
}

QString WorkerChannel::end() {
    if (m_pid <= 0) {
        return {};
    }
    int status = 0;
    bool killed = false;
    for (int attempt = 0; attempt < kReapAttempts; ++attempt) {
        if (waitpid(m_pid, &status, WNOHANG) != 0) {
            m_pid = -1;
            if (WIFEXITED(status) && WEXITSTATUS(status) == protocol::kOutOfMemoryExit) {
                return QStringLiteral("needed more memory than it may take");
            }
            return WIFSIGNALED(status) ? QStringLiteral("was stopped by signal %1").arg(WTERMSIG(status))
                                       : QStringLiteral("ended with code %1").arg(WEXITSTATUS(status));
        }
        // A worker that closed its socket is about to be reapable by itself, with its true status.
        if (!killed && attempt >= kReapAttempts / 2) {
            kill(m_pid, SIGKILL);
            killed = true;
        }
        usleep(1000);
    }
    // Freeing gigabytes takes the kernel a while: not on this thread.
    std::thread([pid = m_pid] { waitpid(pid, nullptr, 0); }).detach();
    m_pid = -1;
    return QStringLiteral("was stopped");
}

}  // namespace lectern::app

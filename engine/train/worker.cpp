#include "engine/train/worker.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "engine/core/resources.h"

namespace lectern {
namespace {

using nlohmann::json;

constexpr size_t kMaxLineBytes = 64 << 10;
constexpr int64_t kMaxConfigBytes = 8 << 20;

std::string_view codeName(ErrorCode code) {
    switch (code) {
        case ErrorCode::InvalidInput:
            return "invalid_input";
        case ErrorCode::NotFound:
            return "not_found";
        case ErrorCode::Unsupported:
            return "unsupported";
        case ErrorCode::PasswordNeeded:
            return "password_needed";
        case ErrorCode::LimitExceeded:
            return "limit_exceeded";
        case ErrorCode::OutOfMemory:
            return "out_of_memory";
        case ErrorCode::DiskFull:
            return "disk_full";
        case ErrorCode::Io:
            return "io";
        case ErrorCode::Corrupt:
            return "corrupt";
        case ErrorCode::Cancelled:
            return "cancelled";
        case ErrorCode::DeviceLost:
            return "device_lost";
        case ErrorCode::Internal:
            return "internal";
    }
    return "internal";
}

/// Collects bytes into lines; what exceeds the bound is cut off and refused by the parser.
class LineCollector {
  public:
    void push(std::string_view bytes, const CommandReader::OnLine& onLine) {
        for (const char c : bytes) {
            if (c == '\n') {
                onLine(m_line);
                m_line.clear();
            } else if (m_line.size() <= kMaxLineBytes) {
                m_line.push_back(c);
            }
        }
    }

  private:
    std::string m_line;
};

/// Writes events, one line each, to standard output and to the run's file.
class EventWriter {
  public:
    ~EventWriter() {
        if (m_file >= 0) {
            ::close(m_file);
        }
    }
    void openFile(const std::filesystem::path& path) {
        m_file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    }
    void write(const json& event) {
        const std::string line = event.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
        const std::lock_guard lock(m_mutex);
        put(STDOUT_FILENO, line);
        put(m_file, line);
    }

  private:
    // A reader that has gone away or a full disk must not stop the training: checkpoints report that themselves.
    static void put(int file, std::string_view line) {
        while (file >= 0 && !line.empty()) {
            const ssize_t written = ::write(file, line.data(), line.size());
            if (written < 0 && errno != EINTR) {
                return;
            }
            line.remove_prefix(written > 0 ? static_cast<size_t>(written) : 0);
        }
    }

    std::mutex m_mutex;
    int m_file = -1;
};

void obey(WorkerCommand command, RunControl& control, std::atomic<bool>& detached) {
    switch (command) {
        case WorkerCommand::Pause:
            control.pause();
            break;
        case WorkerCommand::Resume:
            control.resume();
            break;
        case WorkerCommand::StopAndSave:
            control.stop();
            break;
        case WorkerCommand::Detach:
            detached = true;
            break;
    }
}

Result<void> runConfigured(const WorkerOptions& options, RunControl& control, EventWriter& writer) {
    LECTERN_ASSIGN(const std::string text, readFile(options.configPath, kMaxConfigBytes));
    LECTERN_ASSIGN(RunConfig config, parseRunConfig(text));
    const std::filesystem::path output = config.output;
    RunFolderLock lock;
    if (!options.dryRun) {
        // Before anything is written: the folder's event file and command pipe belong to the run that holds it.
        LECTERN_ASSIGN(lock, RunFolderLock::acquire(output));
        writer.openFile(output / "events.jsonl");
    }
    std::atomic<bool> detached{false};
    const CommandReader reader(
        options.readInput ? STDIN_FILENO : -1, options.dryRun ? std::filesystem::path() : output / "commands",
        [&](std::string_view line) {
            if (const auto command = parseWorkerCommand(line)) {
                obey(*command, control, detached);
            } else {
                writer.write({{"v", 1}, {"event", "warning"}, {"message", command.error().message}});
            }
        },
        [&] {
            if (!detached) {
                control.stop();
            }
        });
    LECTERN_ASSIGN(const std::unique_ptr<TrainingRun> run,
                   TrainingRun::create(std::move(config), [&](const json& event) { writer.write(event); }));
    run->adopt(std::move(lock));
    if (!options.resume.empty()) {
        LECTERN_TRY(run->resume(options.resume));
    }
    return options.dryRun ? run->dryRun(control) : run->run(control);
}

}  // namespace

Result<WorkerCommand> parseWorkerCommand(std::string_view line) {
    const auto wrong = [](const std::string& what) {
        return Error{ErrorCode::InvalidInput, "A command line " + what + "."};
    };
    if (line.size() > kMaxLineBytes) {
        return wrong("is longer than 64 KiB");
    }
    const json object = json::parse(line, nullptr, false);
    if (!object.is_object()) {
        return wrong("is not a JSON object");
    }
    for (const auto& item : object.items()) {
        if (item.key() != "command" && !(item.key() == "v" && item.value() == 1)) {
            return wrong("has the unknown member \"" + item.key().substr(0, 40) + "\"");
        }
    }
    const json command = object.value("command", json());
    for (const auto& [label, value] : {std::pair{"pause", WorkerCommand::Pause},
                                       {"resume", WorkerCommand::Resume},
                                       {"stop_and_save", WorkerCommand::StopAndSave},
                                       {"detach", WorkerCommand::Detach}}) {
        if (command == label) {
            return value;
        }
    }
    return wrong("names no command; known are pause, resume, stop_and_save and detach");
}

struct CommandReader::Impl {
    int input = -1, pipe = -1;
    std::array<int, 2> wake{-1, -1};
    std::filesystem::path pipePath;
    OnLine onLine;
    std::function<void()> onEnd;
    std::thread thread;

    /// Reads what is there; false at the end of the input.
    static bool drain(int file, LineCollector& lines, const OnLine& onLine) {
        std::array<char, 4096> bytes;
        const ssize_t count = ::read(file, bytes.data(), bytes.size());
        if (count > 0) {
            lines.push({bytes.data(), static_cast<size_t>(count)}, onLine);
        }
        return count > 0 || (count < 0 && (errno == EINTR || errno == EAGAIN));
    }

    void loop() {
        LineCollector fromInput, fromPipe;
        while (true) {
            std::array<pollfd, 3> files{pollfd{wake[0], POLLIN, 0}, {input, POLLIN, 0}, {pipe, POLLIN, 0}};
            if (::poll(files.data(), files.size(), -1) < 0 && errno != EINTR) {
                return;
            }
            if (files[0].revents != 0) {
                return;
            }
            if (files[1].revents != 0 && !drain(input, fromInput, onLine)) {
                input = -1;
                onEnd();
            }
            if ((files[2].revents & POLLIN) != 0) {
                drain(pipe, fromPipe, onLine);
            }
        }
    }
};

CommandReader::CommandReader(int input, std::filesystem::path pipe, OnLine onLine, std::function<void()> onEnd)
    : m_impl(std::make_unique<Impl>()) {
    Impl& self = *m_impl;
    self.input = input;
    self.pipePath = std::move(pipe);
    self.onLine = std::move(onLine);
    self.onEnd = std::move(onEnd);
    if (!self.pipePath.empty()) {
        ::unlink(self.pipePath.c_str());
        if (::mkfifo(self.pipePath.c_str(), 0600) == 0) {
            // Open for writing too, so that the pipe does not end when a writer leaves.
            self.pipe = ::open(self.pipePath.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
        }
    }
    if (::pipe2(self.wake.data(), O_CLOEXEC) == 0) {
        self.thread = std::thread([&self] { self.loop(); });
    }
}

CommandReader::~CommandReader() {
    Impl& self = *m_impl;
    if (self.thread.joinable()) {
        const char byte = 0;
        while (::write(self.wake[1], &byte, 1) < 0 && errno == EINTR) {
        }
        self.thread.join();
    }
    for (const int file : {self.pipe, self.wake[0], self.wake[1]}) {
        if (file >= 0) {
            ::close(file);
        }
    }
    if (self.pipe >= 0) {
        ::unlink(self.pipePath.c_str());
    }
}

Result<void> runWorker(const WorkerOptions& options, std::stop_token stop) {
    std::signal(SIGPIPE, SIG_IGN);
    EventWriter writer;
    RunControl control;
    // A signal handler requests the stop; handing it on from a thread of its own keeps the handler trivial.
    std::jthread forward([&](const std::stop_token& done) {
        while (!done.stop_requested()) {
            if (stop.stop_requested()) {
                control.stop();
                return;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
    });
    const Result<void> result = runConfigured(options, control, writer);
    if (!result) {
        writer.write({{"v", 1},
                      {"event", "error"},
                      {"code", codeName(result.error().code)},
                      {"message", result.error().message}});
    }
    return result;
}

}  // namespace lectern

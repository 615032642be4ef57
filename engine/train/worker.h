#pragma once
// The training worker's protocol: events as JSON lines out, commands as JSON lines in.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "engine/core/result.h"
#include "engine/train/training_run.h"

namespace lectern {

enum class WorkerCommand {
    Pause,
    Resume,
    StopAndSave,
    Detach,  ///< the end of the input no longer stops the run; commands go on through the run's pipe
};

/// One line {"command": "pause" | "resume" | "stop_and_save" | "detach"} of at most 64 KiB; other members are refused,
/// "v" may be 1. Errors: InvalidInput.
Result<WorkerCommand> parseWorkerCommand(std::string_view line);

/// Reads commands from a descriptor and from a named pipe at once, on a thread of its own, until destroyed. The end of
/// the first calls `onEnd`; the pipe (made when its folder is there) never ends.
class CommandReader {
  public:
    using OnLine = std::function<void(std::string_view line)>;
    /// `input` < 0: only the pipe.
    CommandReader(int input, std::filesystem::path pipe, OnLine onLine, std::function<void()> onEnd);
    ~CommandReader();
    CommandReader(const CommandReader&) = delete;
    CommandReader& operator=(const CommandReader&) = delete;

  private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

struct WorkerOptions {
    std::string configPath;
    std::string resume;  ///< checkpoint or run folder; empty: from the start
    bool dryRun = false;
    bool readInput = true;  ///< false: standard input is left alone and its end means nothing
};

/// Runs a configuration as a worker: events on standard output and, but for a dry run, appended to
/// <output>/events.jsonl; commands on standard input and through <output>/commands. The last event is "finished" or
/// "error". `stop` is as the command stop_and_save.
Result<void> runWorker(const WorkerOptions& options, std::stop_token stop);

}  // namespace lectern

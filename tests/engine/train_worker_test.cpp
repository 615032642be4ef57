// The training worker as a process: commands, the end of its input, and being killed.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <functional>
#include <map>
#include <sstream>
#include <thread>

#include "engine/train/worker.h"
#include "tests/engine/train_run_fixture.h"

namespace lectern::test {
namespace {

namespace fs = std::filesystem;

/// lectern-engine train CONFIG ... with pipes to its input and from its output.
class Worker {
  public:
    Worker(const fs::path& config, std::vector<std::string> more = {}) {
        int input[2], output[2];
        EXPECT_EQ(pipe2(input, O_CLOEXEC), 0);
        EXPECT_EQ(pipe2(output, O_CLOEXEC), 0);
        m_process = fork();
        if (m_process == 0) {
            dup2(input[0], STDIN_FILENO);
            dup2(output[1], STDOUT_FILENO);
            std::vector<std::string> words{LECTERN_BINARY_DIR "/bin/lectern-engine", "train", config.string()};
            words.insert(words.end(), more.begin(), more.end());
            std::vector<char*> arguments;
            for (std::string& word : words) {
                arguments.push_back(word.data());
            }
            arguments.push_back(nullptr);
            execv(arguments[0], arguments.data());
            _exit(127);
        }
        close(input[0]);
        close(output[1]);
        m_input = input[1];
        m_output = output[0];
    }
    ~Worker() {
        if (m_process > 0) {
            ::kill(m_process, SIGKILL);
            wait();
        }
        closeInput();
        close(m_output);
    }

    void send(const std::string& line) { EXPECT_GT(write(m_input, (line + "\n").data(), line.size() + 1), 0); }
    void closeInput() {
        if (m_input >= 0) {
            close(std::exchange(m_input, -1));
        }
    }
    void kill(int signal) { ::kill(m_process, signal); }
    int wait() {
        int status = 0;
        waitpid(std::exchange(m_process, -1), &status, 0);
        return status;
    }

    /// Reads events until `wanted` is content, the output ends, or a minute has passed; returns the last one.
    json until(const std::function<bool(const json&)>& wanted) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
        while (std::chrono::steady_clock::now() < deadline) {
            const size_t end = m_text.find('\n');
            if (end != std::string::npos) {
                events.all.push_back(json::parse(m_text.substr(0, end), nullptr, false));
                m_text.erase(0, end + 1);
                if (wanted(events.all.back())) {
                    return events.all.back();
                }
                continue;
            }
            pollfd file{m_output, POLLIN, 0};
            if (poll(&file, 1, 1000) > 0) {
                char bytes[4096];
                const ssize_t count = read(m_output, bytes, sizeof bytes);
                if (count <= 0) {
                    break;
                }
                m_text.append(bytes, static_cast<size_t>(count));
            }
        }
        return {};
    }
    json untilEvent(const char* name) {
        return until([&](const json& event) { return event["event"] == name; });
    }
    json untilStep(int64_t step) {
        return until([&](const json& event) { return event["event"] == "step" && event["step"] == step; });
    }
    void toTheEnd() {
        until([](const json&) { return false; });
    }

    Events events;

  private:
    pid_t m_process = -1;
    int m_input = -1, m_output = -1;
    std::string m_text;
};

fs::path writeConfig(const TemporaryDirectory& folder, json config) {
    const fs::path path = folder.path() / "config.json";
    writeFile(path, config.dump());
    return path;
}

std::vector<double> straightLosses(const json& config) {
    Events events;
    json copy = config;
    copy["output"] = config["output"].get<std::string>() + "-straight";
    auto run = openRun(copy, events);
    EXPECT_TRUE(run);
    RunControl control;
    EXPECT_TRUE(run && run->run(control));
    return events.losses();
}

TEST(TrainWorker, ParsesCommands) {
    EXPECT_EQ(*parseWorkerCommand(R"({"command": "pause"})"), WorkerCommand::Pause);
    EXPECT_EQ(*parseWorkerCommand(R"({"v": 1, "command": "resume"})"), WorkerCommand::Resume);
    EXPECT_EQ(*parseWorkerCommand(R"({"command": "stop_and_save"})"), WorkerCommand::StopAndSave);
    EXPECT_EQ(*parseWorkerCommand(R"({"command": "detach"})"), WorkerCommand::Detach);
    for (const std::string& bad :
         {std::string(), std::string("{"), std::string("[]"), std::string("{}"), std::string(R"({"command": 3})"),
          std::string(R"({"command": "format c"})"), std::string(R"({"v": 2, "command": "pause"})"),
          std::string(R"({"command": "pause", "now": true})"), std::string("\xff\xfe\0x", 4),
          std::string(1 << 17, '{')}) {
        EXPECT_FALSE(parseWorkerCommand(bad)) << bad.substr(0, 60);
    }
    // Any prefix and any flipped byte of a good line is answered, one way or the other.
    const std::string good = R"({"v": 1, "command": "stop_and_save"})";
    for (size_t i = 0; i < good.size(); ++i) {
        EXPECT_FALSE(parseWorkerCommand(good.substr(0, i)));
        for (int bit = 0; bit < 8; ++bit) {
            std::string flipped = good;
            flipped[i] = static_cast<char>(flipped[i] ^ (1 << bit));
            (void)parseWorkerCommand(flipped);
        }
    }
}

TEST(TrainWorker, PausesResumesAndStops) {
    const TemporaryDirectory folder;
    json config = tinyRunJson(folder);
    config["steps"] = 1000;
    config["evaluation"]["every"] = 0;
    Worker worker(writeConfig(folder, config));
    ASSERT_FALSE(worker.untilStep(2).empty());
    worker.send(R"({"command": "pause"})");
    const json paused = worker.untilEvent("paused");
    ASSERT_FALSE(paused.empty());
    worker.send("nonsense");
    ASSERT_FALSE(worker.untilEvent("warning").empty());
    worker.send(R"({"command": "resume"})");
    ASSERT_FALSE(worker.untilStep(paused["step"].get<int64_t>() + 1).empty());
    worker.send(R"({"command": "stop_and_save"})");
    const json finished = worker.untilEvent("finished");
    ASSERT_FALSE(finished.empty());
    EXPECT_EQ(finished["reason"], "stopped");
    EXPECT_EQ(worker.wait(), 0);
    const auto checkpoints = listCheckpoints(folder.path() / "run" / "checkpoints");
    ASSERT_FALSE(checkpoints.empty());
    EXPECT_EQ(readCheckpointState(checkpoints[0])->step, finished["step"]);
    // What went to standard output is in the run's file as well.
    std::istringstream lines(readFile(folder.path() / "run" / "events.jsonl"));
    std::string line;
    size_t count = 0;
    while (std::getline(lines, line)) {
        ASSERT_LT(count, worker.events.all.size());
        EXPECT_EQ(json::parse(line), worker.events.all[count++]);
    }
    EXPECT_EQ(count, worker.events.all.size());
}

TEST(TrainWorker, TheEndOfItsInputStopsIt) {
    const TemporaryDirectory folder;
    json config = tinyRunJson(folder);
    config["steps"] = 100000;
    Worker worker(writeConfig(folder, config));
    ASSERT_FALSE(worker.untilStep(1).empty());
    worker.closeInput();
    EXPECT_EQ(worker.untilEvent("finished")["reason"], "stopped");
    EXPECT_EQ(worker.wait(), 0);
}

TEST(TrainWorker, GoesOnWhenDetachedAndListensToItsPipe) {
    const TemporaryDirectory folder;
    json config = tinyRunJson(folder);
    config["steps"] = 100000;
    Worker worker(writeConfig(folder, config));
    worker.send(R"({"command": "detach"})");
    ASSERT_FALSE(worker.untilStep(1).empty());
    worker.closeInput();
    const int64_t seen = worker.events.of("step").back()["step"];
    ASSERT_FALSE(worker.untilStep(seen + 20).empty());
    const int pipe = open((folder.path() / "run" / "commands").c_str(), O_WRONLY | O_NONBLOCK);
    ASSERT_GE(pipe, 0);
    const std::string line = "{\"command\": \"stop_and_save\"}\n";
    ASSERT_GT(write(pipe, line.data(), line.size()), 0);
    close(pipe);
    EXPECT_EQ(worker.untilEvent("finished")["reason"], "stopped");
    EXPECT_EQ(worker.wait(), 0);
}

TEST(TrainWorker, ASecondOneLeavesTheFirstAlone) {
    const TemporaryDirectory folder;
    json config = tinyRunJson(folder);
    config["steps"] = 100000;
    const fs::path path = writeConfig(folder, config);
    Worker worker(path);
    ASSERT_FALSE(worker.untilStep(1).empty());
    Worker second(path);
    const json error = second.untilEvent("error");
    ASSERT_FALSE(error.empty());
    EXPECT_NE(error["message"].get<std::string>().find("Another training run"), std::string::npos);
    EXPECT_NE(second.wait(), 0);
    // The first one's pipe still works and its event file holds nothing of the second.
    const int pipe = open((folder.path() / "run" / "commands").c_str(), O_WRONLY | O_NONBLOCK);
    ASSERT_GE(pipe, 0);
    const std::string line = "{\"command\": \"stop_and_save\"}\n";
    ASSERT_GT(write(pipe, line.data(), line.size()), 0);
    close(pipe);
    EXPECT_EQ(worker.untilEvent("finished")["reason"], "stopped");
    EXPECT_EQ(worker.wait(), 0);
    EXPECT_EQ(readFile(folder.path() / "run" / "events.jsonl").find("Another training run"), std::string::npos);
}

TEST(TrainWorker, KilledItLosesAtMostOneInterval) {
    const TemporaryDirectory folder;
    json config = tinyRunJson(folder);
    config["steps"] = 12;
    config["evaluation"]["every"] = 0;
    const std::vector<double> straight = straightLosses(config);
    const fs::path path = writeConfig(folder, config);
    // Killed at several moments, the last ones right after a checkpoint has begun or ended; every time it goes on.
    int64_t reached = 0;
    std::map<int64_t, double> losses;
    const auto take = [&](const Worker& worker) {
        for (const json& step : worker.events.of("step")) {
            const int64_t number = step["step"];
            const double loss = step["loss"];
            if (losses.contains(number)) {
                EXPECT_EQ(losses[number], loss) << "step " << number << " repeated with another loss";
            }
            losses[number] = loss;
            reached = std::max(reached, number);
        }
    };
    {
        Worker worker(path);
        ASSERT_FALSE(worker.untilStep(3).empty());
        worker.kill(SIGKILL);
        worker.toTheEnd();
        take(worker);
        EXPECT_TRUE(WIFSIGNALED(worker.wait()));
    }
    for (const int64_t stopAt : {4, 7, 8}) {
        Worker worker(path, {"--resume", (folder.path() / "run").string()});
        const json started = worker.untilEvent("started");
        ASSERT_FALSE(started.empty());
        // Checkpoints come every second step.
        EXPECT_GE(started["step"].get<int64_t>() + 2, reached);
        if (reached < stopAt) {
            ASSERT_FALSE(worker.untilStep(stopAt).empty());
        }
        worker.kill(SIGKILL);
        worker.toTheEnd();
        take(worker);
        worker.wait();
    }
    Worker last(path, {"--resume", (folder.path() / "run").string()});
    EXPECT_EQ(last.untilEvent("finished")["reason"], "completed");
    take(last);
    EXPECT_EQ(last.wait(), 0);
    ASSERT_EQ(losses.size(), straight.size());
    for (size_t i = 0; i < straight.size(); ++i) {
        EXPECT_EQ(losses[static_cast<int64_t>(i) + 1], straight[i]) << "step " << i + 1;
    }
}

TEST(TrainWorker, SaysWhatIsWrong) {
    const TemporaryDirectory folder;
    json config = tinyRunJson(folder);
    config["stepps"] = 3;
    Worker worker(writeConfig(folder, config));
    const json error = worker.untilEvent("error");
    ASSERT_FALSE(error.empty());
    EXPECT_EQ(error["code"], "invalid_input");
    EXPECT_NE(error["message"].get<std::string>().find("stepps"), std::string::npos);
    EXPECT_EQ(WEXITSTATUS(worker.wait()), 2);
}

}  // namespace
}  // namespace lectern::test

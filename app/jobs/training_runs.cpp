#include "app/jobs/training_runs.h"

#include <fcntl.h>
#include <unistd.h>

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryFile>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "app/core/process_start.h"
#include "engine/core/resources.h"

namespace lectern::app {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr int kPollMs = 200;
constexpr const char* kPlan = "plan.json";
constexpr const char* kWorker = "worker.json";
constexpr const char* kEvents = "events.jsonl";
constexpr int64_t kMaximumPlanBytes = 4 << 20;
/// For an event of at most 16 MiB, its line end included, and the 0 behind it. None is as long: of a longer one only
/// the tail reaches the log, as a line that is no event.
constexpr qint64 kLineBytes = (16 << 20) + 1;

int64_t changedAtMs(const fs::path& path) {
    return QFileInfo(QString::fromStdString(path.string())).lastModified().toMSecsSinceEpoch();
}

/// Reads the whole lines of an event file from byte `read` on, which then is where the next one begins. Whether there
/// was any.
bool applyEvents(const fs::path& path, int64_t& read, TrainingLog& log) {
    QFile file(QString::fromStdString(path.string()));
    if (!file.open(QIODevice::ReadOnly) || !file.seek(read)) {
        return false;
    }
    const auto line = std::make_unique_for_overwrite<char[]>(kLineBytes);
    bool any = false;
    for (qint64 size = file.readLine(line.get(), kLineBytes); size > 0; size = file.readLine(line.get(), kLineBytes)) {
        const bool whole = line[static_cast<size_t>(size) - 1] == '\n';
        if (!whole && size + 1 < kLineBytes) {
            break;  // it is still being written
        }
        read += size;
        if (whole) {
            log.apply(std::string_view(line.get(), static_cast<size_t>(size) - 1));
            any = true;
        }
    }
    return any;
}

Result<json> readPlan(const fs::path& folder) {
    LECTERN_ASSIGN(const std::string text, readFile(folder / kPlan, kMaximumPlanBytes));
    json config = json::parse(text, nullptr, false);
    return config.is_object() ? Result<json>(std::move(config))
                              : Result<json>(Error{ErrorCode::Corrupt, "The run's configuration is damaged."});
}

}  // namespace

Result<QString> enginePath() {
    const QString chosen = qEnvironmentVariable("LECTERN_ENGINE");
    const QString path =
        chosen.isEmpty() ? QCoreApplication::applicationDirPath() + QStringLiteral("/lectern-engine") : chosen;
    if (!QFileInfo(path).isExecutable()) {
        return Error{ErrorCode::NotFound, "The program lectern-engine, which trains, is not beside this one."};
    }
    return path;
}

void whenNotStarted(const std::unique_ptr<QProcess>& process, QObject* context, std::function<void()> then) {
    // Queued: start() itself may emit it.
    QObject::connect(
        process.get(), &QProcess::errorOccurred, context,
        [&process, then = std::move(then)] {
            if (process != nullptr && process->error() == QProcess::FailedToStart) {
                then();
            }
        },
        Qt::QueuedConnection);
}

bool isWorkerAlive(const fs::path& folder) {
    const Result<std::string> text = readFile(folder / kWorker, 4096);
    const json worker = text ? json::parse(*text, nullptr, false) : json();
    if (!worker.is_object() || !worker.value("pid", json()).is_number_integer() ||
        !worker.value("started", json()).is_number_integer()) {
        return false;
    }
    const int64_t ticks = processStart(worker["pid"].get<int64_t>());
    return ticks != 0 && ticks == worker["started"].get<int64_t>();
}

std::vector<RunSummary> listTrainingRuns(const fs::path& folder) {
    std::vector<RunSummary> runs;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(folder, ignored)) {
        if (!fs::exists(entry.path() / kPlan, ignored)) {
            continue;
        }
        RunSummary run;
        run.folder = entry.path();
        run.name = entry.path().filename().string();
        TrainingLog log;
        int64_t read = 0;
        applyEvents(run.folder / kEvents, read, log);
        run.alive = isWorkerAlive(run.folder);
        run.state = log.state;
        if (!run.alive && (log.state == RunState::Running || log.state == RunState::Paused)) {
            run.state = RunState::Stopped;  // it ended without saying so: killed, or the power failed
        }
        run.step = log.lastStep();
        run.totalSteps = log.totalSteps;
        const fs::path events = run.folder / kEvents;
        run.changedAtMs = changedAtMs(fs::exists(events, ignored) ? events : run.folder / kPlan);
        runs.push_back(std::move(run));
    }
    std::sort(runs.begin(), runs.end(), [](const RunSummary& a, const RunSummary& b) {
        return a.changedAtMs != b.changedAtMs ? a.changedAtMs > b.changedAtMs : a.name < b.name;
    });
    return runs;
}

Result<fs::path> makeRunFolder(const fs::path& runs, const std::string& name) {
    QString clean;
    for (const QChar c : QString::fromStdString(name).trimmed().left(60)) {
        clean += c.isLetterOrNumber() ? c.toLower() : QChar(u'-');
    }
    clean = clean.isEmpty() ? QStringLiteral("run") : clean;
    for (int attempt = 1; attempt < 10000; ++attempt) {
        const QString unique = attempt == 1 ? clean : clean + QStringLiteral("-%1").arg(attempt);
        const fs::path folder = runs / unique.toStdString();
        std::error_code error;
        fs::create_directories(runs, error);
        if (!error && fs::create_directory(folder, error)) {
            return folder;
        }
        if (error) {
            return Error{ErrorCode::Io, "The folder " + folder.string() + " cannot be made: " + error.message() + "."};
        }
    }
    return Error{ErrorCode::LimitExceeded, "There are too many runs of this name."};
}

Result<void> removeTrainingRun(const fs::path& folder) {
    if (isWorkerAlive(folder)) {
        return Error{ErrorCode::InvalidInput, "The run is at work; stop it first."};
    }
    std::error_code error;
    fs::remove_all(folder, error);
    return error ? Result<void>(Error{ErrorCode::Io, "The run cannot be removed: " + error.message() + "."})
                 : Result<void>();
}

Result<std::string> configWithExports(const fs::path& folder, const TrainingPlan& exports) {
    LECTERN_ASSIGN(json config, readPlan(folder));
    config["export"] = {{"adapter", true},
                        {"folder", exports.exportFolder},
                        {"gguf", exports.exportGguf},
                        {"type", exports.exportType}};
    return config.dump(2) + "\n";
}

std::string modelOfRun(const fs::path& folder) {
    const Result<json> config = readPlan(folder);
    const auto model = config ? config->find("model") : json::const_iterator();
    return config && model != config->end() && model->is_string() ? model->get<std::string>() : std::string();
}

TrainingRunProcess::TrainingRunProcess(fs::path folder, QObject* parent)
    : QObject(parent), m_folder(std::move(folder)) {
    m_timer.setInterval(kPollMs);
    connect(&m_timer, &QTimer::timeout, this, &TrainingRunProcess::poll);
}

TrainingRunProcess::~TrainingRunProcess() = default;

Result<void> TrainingRunProcess::start(const std::string& config, bool resume) {
    if (isWorkerAlive(m_folder)) {
        return Error{ErrorCode::InvalidInput, "This run is at work already."};
    }
    LECTERN_ASSIGN(const QString engine, enginePath());
    if (!config.empty()) {
        LECTERN_TRY(writeFileAtomically(m_folder / kPlan, config));
    }
    const auto inFolder = [this](const char* name) { return QString::fromStdString((m_folder / name).string()); };
    QStringList arguments{QStringLiteral("train"), inFolder(kPlan), QStringLiteral("--no-stdin")};
    if (resume) {
        arguments << QStringLiteral("--resume") << QString::fromStdString(m_folder.string());
    }
    QProcess process;
    process.setProgram(engine);
    process.setArguments(arguments);
    process.setStandardInputFile(QProcess::nullDevice());
    // Its events are read from the file, which is there for whoever follows the run later.
    process.setStandardOutputFile(QProcess::nullDevice());
    process.setStandardErrorFile(inFolder("worker.log"), QIODevice::Append);
    qint64 pid = 0;
    if (!process.startDetached(&pid)) {
        return Error{ErrorCode::Io, kEngineNotStarted};
    }
    LECTERN_TRY(writeFileAtomically(m_folder / kWorker, json{{"pid", pid}, {"started", processStart(pid)}}.dump()));
    attach();
    m_log.state = RunState::Starting;
    m_alive = true;
    emit changed();
    return {};
}

void TrainingRunProcess::attach() {
    m_alive = isWorkerAlive(m_folder);
    applyEvents(m_folder / kEvents, m_read, m_log);
    if (!m_alive && (m_log.state == RunState::Running || m_log.state == RunState::Paused)) {
        m_log.state = RunState::Stopped;
    }
    m_timer.start();
    emit changed();
}

void TrainingRunProcess::poll() {
    const bool wasAlive = m_alive;
    // Asked before reading: what it wrote last is then read for certain.
    m_alive = isWorkerAlive(m_folder);
    const bool any = applyEvents(m_folder / kEvents, m_read, m_log);
    if (wasAlive && !m_alive) {
        if (m_log.state == RunState::Starting || m_log.state == RunState::Running || m_log.state == RunState::Paused) {
            m_log.state = RunState::Failed;
            m_log.problem = "The training process ended without a word; the run goes on from its last checkpoint.";
        }
        emit changed();
        emit ended();
    } else if (any) {
        emit changed();
    }
}

void TrainingRunProcess::command(const char* name) {
    const std::string line = json{{"command", name}}.dump() + "\n";
    // Not opened for reading: without a worker at the other end this fails at once instead of waiting.
    const int file = ::open((m_folder / "commands").c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    if (file >= 0) {
        (void)!::write(file, line.data(), line.size());
        ::close(file);
    }
}

TrainingDryRun::~TrainingDryRun() {
    cancel();
}

Result<void> TrainingDryRun::start(const std::string& config) {
    cancel();
    LECTERN_ASSIGN(const QString engine, enginePath());
    QTemporaryFile file(QDir::tempPath() + QStringLiteral("/lectern-dry-run-XXXXXX.json"));
    file.setAutoRemove(false);
    if (!file.open() || file.write(QByteArray::fromStdString(config)) < 0) {
        return Error{ErrorCode::Io, "The configuration could not be written."};
    }
    m_config = file.fileName().toStdString();
    file.close();
    m_log = {};
    m_process = std::make_unique<QProcess>();
    m_process->setStandardErrorFile(QProcess::nullDevice());
    connect(m_process.get(), &QProcess::readyReadStandardOutput, this, &TrainingDryRun::readLines);
    connect(m_process.get(), &QProcess::finished, this, &TrainingDryRun::ended);
    whenNotStarted(m_process, this, [this] { ended(); });
    m_process->start(engine, {QStringLiteral("train"), QString::fromStdString(m_config.string()),
                              QStringLiteral("--dry-run"), QStringLiteral("--no-stdin")});
    return {};
}

void TrainingDryRun::readLines() {
    while (m_process->canReadLine()) {
        const QByteArray line = m_process->readLine();
        m_log.apply(std::string_view(line.constData(), static_cast<size_t>(line.size() - 1)));
    }
}

void TrainingDryRun::ended() {
    readLines();
    if (m_process->error() == QProcess::FailedToStart) {
        m_log.problem = kEngineNotStarted;
    } else if (!m_log.dryRun && m_log.problem.empty()) {
        m_log.problem = "The dry run ended without a result; there may not be enough memory.";
    }
    m_process.release()->deleteLater();
    cancel();
    emit finished();
}

void TrainingDryRun::cancel() {
    if (m_process != nullptr) {
        m_process->disconnect(this);
        m_process->kill();
        m_process->waitForFinished(1000);
        m_process.reset();
    }
    std::error_code ignored;
    fs::remove(m_config, ignored);
}

}  // namespace lectern::app

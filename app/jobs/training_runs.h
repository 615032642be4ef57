#pragma once
// Training runs: worker processes and the folders that outlive them.

#include <QObject>
#include <QProcess>
#include <QTimer>
#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>

#include "app/jobs/training_log.h"
#include "app/jobs/training_plan.h"

namespace lectern::app {

/// A run's folder as a list shows it.
struct RunSummary {
    std::filesystem::path folder;
    std::string name;
    RunState state = RunState::Starting;
    int64_t step = 0, totalSteps = 0;
    int64_t changedAtMs = 0;
    bool alive = false;  ///< its worker is at work
};

/// Runs in `folder`, last changed first, those of one time by name. Reads every event file: not for the GUI thread.
std::vector<RunSummary> listTrainingRuns(const std::filesystem::path& folder);
/// A fresh folder for a run called `name`. Errors: Io, DiskFull.
Result<std::filesystem::path> makeRunFolder(const std::filesystem::path& runs, const std::string& name);
/// Errors: InvalidInput while its worker runs, Io.
Result<void> removeTrainingRun(const std::filesystem::path& folder);
/// The configuration of a run with other exports. Errors: NotFound, Corrupt.
Result<std::string> configWithExports(const std::filesystem::path& folder, const TrainingPlan& exports);
/// The model a run tunes, as its configuration names it; empty: the default.
std::string modelOfRun(const std::filesystem::path& folder);
/// Whether the worker that was started for this folder still runs.
bool isWorkerAlive(const std::filesystem::path& folder);

/// Rendered sequences, lengths and positions of a configuration, computed here. Seconds for large corpora: not for the
/// GUI thread. Errors: as the worker's.
Result<TrainingPreview> previewTraining(const std::string& config);

/// Only the positions, from the model's configuration: quick.
Result<TrainingPreview> previewPositions(const TrainingPlan& plan);

/// One run: starts a worker or finds one that is at work, follows its events and gives it commands. The worker is a
/// process of its own: it goes on when this object or the program ends. GUI thread; nothing blocks.
class TrainingRunProcess : public QObject {
    Q_OBJECT

  public:
    explicit TrainingRunProcess(std::filesystem::path folder, QObject* parent = nullptr);
    ~TrainingRunProcess() override;

    /// Writes the configuration (unless empty: then the one that is there) and starts the worker; `resume`: from the
    /// newest checkpoint. Errors: NotFound (no lectern-engine beside this program), InvalidInput (it runs already), Io.
    Result<void> start(const std::string& config, bool resume);
    /// Reads what the folder has and follows a worker that is at work.
    void attach();

    void pause() { command("pause"); }
    void resume() { command("resume"); }
    void stopAndSave() { command("stop_and_save"); }

    const std::filesystem::path& folder() const { return m_folder; }
    const TrainingLog& log() const { return m_log; }
    bool isAlive() const { return m_alive; }

  signals:
    /// New events have been read.
    void changed();
    /// The worker has ended, however it did.
    void ended();

  private:
    void command(const char* name);
    void poll();

    std::filesystem::path m_folder;
    TrainingLog m_log;
    int64_t m_read = 0;
    QTimer m_timer;
    bool m_alive = false;
};

/// The worker's dry run: one step on the longest sample. One at a time; destroying it ends the worker.
class TrainingDryRun : public QObject {
    Q_OBJECT

  public:
    using QObject::QObject;
    ~TrainingDryRun() override;

    Result<void> start(const std::string& config);
    void cancel();
    bool isRunning() const { return m_process != nullptr; }
    const TrainingLog& log() const { return m_log; }

  signals:
    /// With log().dryRun set, or log().problem.
    void finished();

  private:
    void readLines();
    void ended();

    std::unique_ptr<QProcess> m_process;
    TrainingLog m_log;
    std::filesystem::path m_config;
};

/// lectern-engine beside this program, or $LECTERN_ENGINE. Errors: NotFound.
Result<QString> enginePath();
inline constexpr const char* kEngineNotStarted = "The program lectern-engine could not be started.";
/// QProcess tells a failed start by errorOccurred() alone, never by finished(): then calls `then`, from the event loop.
/// `process` is a member of `context`.
void whenNotStarted(const std::unique_ptr<QProcess>& process, QObject* context, std::function<void()> then);

}  // namespace lectern::app

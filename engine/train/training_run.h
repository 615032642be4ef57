#pragma once
// A whole training run: data, steps, evaluation, samples, checkpoints and exports, told as events. Resumable to the
// bit on one backend.

#include <condition_variable>
#include <deque>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <stop_token>
#include <vector>

#include "engine/train/checkpoint.h"
#include "engine/train/data_mix.h"
#include "engine/train/run_config.h"
#include "engine/train/run_folder.h"

namespace lectern {

/// Events as they happen, in order, from the thread that runs. Types and members: engine/train/README.md.
using EventSink = std::function<void(const nlohmann::json& event)>;

/// What a running run is told from outside. Safe from any thread.
class RunControl {
  public:
    void pause();
    void resume();
    /// The run stops within a layer's time and saves the state of its last whole step.
    void stop();
    bool paused() const;
    std::stop_token token() const { return m_stop.get_token(); }
    /// Returns when not paused or when stopped.
    void waitWhilePaused();

  private:
    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_paused = false;
    std::stop_source m_stop;
};

class TrainingRun {
  public:
    /// Opens model and data and allocates everything. Errors: of the configuration, the files, or memory.
    static Result<std::unique_ptr<TrainingRun>> create(RunConfig config, EventSink sink);
    ~TrainingRun();

    /// Goes on from a checkpoint, or from the newest usable one of a run's folder. Errors: NotFound, Corrupt,
    /// InvalidInput.
    Result<void> resume(const std::filesystem::path& path);

    /// Takes over a lock on the run's folder that was acquired before; else run() acquires it.
    void adopt(RunFolderLock lock) { m_lock = std::move(lock); }

    /// One step on the longest of the first sequences: memory, time, what the data look like. Changes nothing on disk.
    Result<void> dryRun(RunControl& control);

    /// Steps until done or stopped, then exports. A stop is no error. Errors: Internal when the loss is no longer a
    /// number, DiskFull, OutOfMemory, ...; the last good state is on disk.
    Result<void> run(RunControl& control);

    const RunConfig& config() const { return m_config; }
    const RunState& state() const { return m_state; }
    TrainModel& model() { return *m_model; }
    LlamaTrainer& trainer() { return *m_trainer; }

  private:
    using Batch = std::vector<DataSequence>;

    TrainingRun(RunConfig config, EventSink sink) : m_config(std::move(config)), m_sink(std::move(sink)) {}
    Result<void> open();
    Result<ModelSource> openSource() const;
    void emit(const char* event, nlohmann::json fields);
    void emitStarted();

    Result<Batch> readBatch(int64_t firstSequence);
    void waitForReaders();
    std::vector<PositionDraw> drawLayers(int64_t step, int64_t sequence, int64_t tokens) const;
    Result<void> step(RunControl& control, Batch batch);
    Result<bool> trainSteps(RunControl& control);
    Result<void> afterStep(RunControl& control);
    Result<void> save();
    Result<void> evaluate(std::stop_token stop);
    Result<void> sample(std::stop_token stop);
    Result<void> exportAll();
    Result<void> checkExport(const char* kind, const std::filesystem::path& path, ModelSource source);
    Result<std::vector<TokenId>> checkTokens();

    RunConfig m_config;
    EventSink m_sink;
    std::shared_ptr<TrainBackend> m_backend;
    std::unique_ptr<Tokenizer> m_tokenizer;
    std::unique_ptr<DataMix> m_data;
    std::vector<DataSequence> m_heldOut;
    std::unique_ptr<TrainModel> m_model;
    std::unique_ptr<LlamaTrainer> m_trainer;
    std::unique_ptr<Optimizer> m_optimizer;
    RunState m_state;
    int64_t m_savedStep = -1;
    double m_savedAt = 0;  ///< seconds of training at the last checkpoint
    RunFolderLock m_lock;
    std::deque<std::future<Result<Batch>>> m_ahead;  ///< batches being read while others are computed
};

/// The training backend of `device` ("cpu", "cuda", "auto"). Errors: Unsupported with the reason.
Result<std::shared_ptr<TrainBackend>> createTrainBackend(const std::string& device, int32_t threads);

}  // namespace lectern

#include "engine/train/training_run.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/core/resources.h"
#include "engine/formats/hf_config.h"
#include "engine/formats/replacing_file.h"
#include "engine/train/export.h"
#include "engine/train/keyed_random.h"
#include "engine/train/scratch_model.h"

namespace lectern {
namespace {

using nlohmann::json;

constexpr int64_t kBatchesAhead = 6;
constexpr uint64_t kDropoutStream = 0x6d61736b;

double secondsSince(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

void RunControl::pause() {
    const std::lock_guard lock(m_mutex);
    m_paused = true;
}

void RunControl::resume() {
    const std::lock_guard lock(m_mutex);
    m_paused = false;
    m_changed.notify_all();
}

void RunControl::stop() {
    m_stop.request_stop();
    const std::lock_guard lock(m_mutex);
    m_changed.notify_all();
}

bool RunControl::paused() const {
    const std::lock_guard lock(m_mutex);
    return m_paused;
}

void RunControl::waitWhilePaused() {
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [this] { return !m_paused || m_stop.stop_requested(); });
}

Result<std::unique_ptr<TrainingRun>> TrainingRun::create(RunConfig config, EventSink sink) {
    std::unique_ptr<TrainingRun> run(new TrainingRun(std::move(config), std::move(sink)));
    LECTERN_TRY(run->open());
    return run;
}

TrainingRun::~TrainingRun() {
    waitForReaders();
}

void TrainingRun::waitForReaders() {
    for (const auto& batch : m_ahead) {
        batch.wait();
    }
    m_ahead.clear();
}

Result<ModelSource> TrainingRun::openSource() const {
    if (!m_config.scratchConfig.empty()) {
        LECTERN_ASSIGN(ModelConfig shape, parseHfConfig(m_config.scratchConfig, "scratch.config"));
        shape.name = "scratch";
        shape.keysStoredUnrotated = m_config.attention == AttentionMode::MsPretrain;
        LECTERN_ASSIGN(std::string tokenizer, readTokenizerModel(m_config.tokenizer));
        return makeScratchModel(std::move(shape), std::move(tokenizer), m_config.seed, m_config.scratchDeviation);
    }
    std::filesystem::path path = m_config.model;
    if (m_config.model.empty()) {
        LECTERN_ASSIGN(path, defaultModelPath());
    }
    return openModelSource(path);
}

Result<void> TrainingRun::open() {
    LECTERN_ASSIGN(m_backend, createTrainBackend(m_config.device, m_config.threads));
    LECTERN_ASSIGN(ModelSource source, openSource());
    if (source.tokenizerModel.empty()) {
        return Error{ErrorCode::Unsupported, "This model has no tokenizer to train with."};
    }
    LECTERN_ASSIGN(Tokenizer tokenizer, Tokenizer::create(source.tokenizerModel));
    m_tokenizer = std::make_unique<Tokenizer>(std::move(tokenizer));
    if (!m_config.profileGiven) {
        m_config.profile = defaultProfile(source.config.trainedContext);
        if (!source.profileJson.empty()) {
            LECTERN_ASSIGN(m_config.profile, parseProfile(source.profileJson));
        }
    }
    DataContext context;
    context.tokenizer = m_tokenizer.get();
    context.prompt = m_config.prompt;
    context.sequenceTokens = m_config.sequenceTokens;
    context.seed = m_config.seed;
    context.heldOutShare = m_config.heldOutSequences > 0 ? m_config.heldOutShare : 0;
    context.threads = m_config.threads;
    LECTERN_ASSIGN(m_data, DataMix::open(m_config.data, context));
    LECTERN_ASSIGN(m_heldOut, m_data->heldOut(m_config.heldOutSequences));

    LECTERN_ASSIGN(m_model, TrainModel::create(std::move(source), m_config.trainable, *m_backend));
    if (!m_config.adapter.empty()) {
        LECTERN_ASSIGN(const Adapter adapter, readAdapter(m_config.adapter));
        LECTERN_TRY(loadAdapterInto(*m_model, adapter));
    }
    TrainerOptions options;
    options.mode = m_config.attention;
    options.profile = m_config.profile;
    options.kept = m_config.kept;
    options.keptOnHost = m_config.keptOnHost;
    options.maxTokens = m_config.sequenceTokens;
    options.mlpTokens = m_backend->chunks().mlp;
    options.lossRows = m_backend->chunks().loss;
    LECTERN_ASSIGN(m_trainer, LlamaTrainer::create(*m_model, options));
    LECTERN_ASSIGN(m_optimizer, Optimizer::create(*m_model, m_config.optimizer));
    m_state.config = runConfigToJson(m_config);
    return {};
}

Result<void> TrainingRun::resume(const std::filesystem::path& path) {
    std::error_code ignored;
    std::vector<std::filesystem::path> candidates;
    if (std::filesystem::exists(path / "manifest.json", ignored)) {
        candidates = {path};
    } else {
        const bool isRun = std::filesystem::is_directory(path / "checkpoints", ignored);
        candidates = listCheckpoints(isRun ? path / "checkpoints" : path);
    }
    if (candidates.empty()) {
        return Error{ErrorCode::NotFound, "There is no checkpoint to go on from in " + path.string() + "."};
    }
    for (const std::filesystem::path& candidate : candidates) {
        auto loaded = loadCheckpoint(candidate, *m_model, *m_optimizer);
        const bool last = candidate == candidates.back();
        if (!loaded && (last || loaded.error().code != ErrorCode::Corrupt)) {
            return loaded.error();
        }
        if (!loaded) {
            emit("warning", {{"message", loaded.error().message + " The one before it is used."}});
            continue;
        }
        const json before = loaded->config;
        for (const auto& item : m_state.config.items()) {
            if (before.value(item.key(), json()) != item.value() && item.key() != "output") {
                emit("warning", {{"message", "The setting \"" + item.key() +
                                                 "\" differs from the checkpoint's; the losses will not be those of "
                                                 "the run without interruption."}});
            }
        }
        const json config = m_state.config;
        m_state = std::move(*loaded);
        m_state.config = config;
        m_savedStep = m_state.step;
        m_savedAt = m_state.seconds;
        return {};
    }
    return {};
}

Result<TrainingRun::Batch> TrainingRun::readBatch(int64_t firstSequence) {
    Batch batch;
    for (int64_t i = 0; i < m_config.accumulation; ++i) {
        LECTERN_ASSIGN(DataSequence sequence, m_data->sequence(firstSequence + i));
        batch.push_back(std::move(sequence));
    }
    return batch;
}

std::vector<PositionDraw> TrainingRun::drawLayers(int64_t step, int64_t sequence, int64_t tokens) const {
    std::vector<PositionDraw> draws;
    const bool perLayer = m_config.positions.policy == PositionPolicy::CrdNtk;
    for (int32_t layer = 0; layer < (perLayer ? m_model->config().layerCount : 1); ++layer) {
        draws.push_back(drawPositions(m_config.positions, m_model->config(), tokens,
                                      {m_config.seed, step, m_config.steps, sequence, layer}));
    }
    return draws;
}

Result<void> TrainingRun::step(RunControl& control, Batch batch) {
    const auto start = std::chrono::steady_clock::now();
    const int64_t step = m_state.step;
    int64_t trained = 0, tokens = 0, sequences = 0;
    for (const DataSequence& entry : batch) {
        trained += entry.sequence.trainedTokens();
        sequences += entry.sequence.trainedTokens() > 0 ? 1 : 0;
        tokens += static_cast<int64_t>(entry.sequence.tokens.size());
    }
    if (trained == 0) {
        emit("warning", {{"message", "Step " + std::to_string(step + 1) +
                                         " has no token to train on; it only "
                                         "passes over its sequences."}});
    }
    LECTERN_TRY(m_model->zeroGradients());
    double loss = 0;
    int64_t periodLow = INT64_MAX, periodHigh = 0;
    double scaleLow = INFINITY, scaleHigh = 0;
    for (size_t i = 0; trained > 0 && i < batch.size(); ++i) {
        const TrainSequence& sequence = batch[i].sequence;
        if (sequence.trainedTokens() == 0) {
            continue;
        }
        const auto draws = drawLayers(step, static_cast<int64_t>(i), static_cast<int64_t>(sequence.tokens.size()));
        for (const PositionDraw& draw : draws) {
            periodLow = std::min(periodLow, draw.period);
            periodHigh = std::max(periodHigh, draw.period);
            scaleLow = std::min(scaleLow, draw.ropeScale);
            scaleHigh = std::max(scaleHigh, draw.ropeScale);
        }
        const uint64_t dropoutKey = streamKey({m_config.seed, kDropoutStream, static_cast<uint64_t>(step), i});
        const int64_t share = m_config.equalSequences ? sequences * sequence.trainedTokens() : trained;
        const double weight = 1.0 / static_cast<double>(share);
        LECTERN_ASSIGN(const double sum, m_trainer->accumulate(sequence, draws, dropoutKey, weight, control.token()));
        loss += sum * weight;
    }
    // A loss that is no number is found before anything changes; the optimizer looks at the gradients itself.
    OptimizerReport report;
    report.finite = std::isfinite(loss);
    if (report.finite) {
        LECTERN_ASSIGN(report, m_optimizer->step(step, m_config.steps));
    }
    if (!report.finite) {
        return Error{ErrorCode::Internal, "The loss or its gradient is no longer a number at step " +
                                              std::to_string(step + 1) +
                                              "; the run stops with the state before this step. A lower learning rate "
                                              "or stronger clipping may help."};
    }
    m_state.step = step + 1;
    m_state.sequences += static_cast<int64_t>(batch.size());
    m_state.tokens += tokens;
    const double seconds = secondsSince(start);
    m_state.seconds += seconds;
    json fields{{"step", m_state.step},
                {"steps", m_config.steps},
                {"loss", loss},
                {"learning_rate", report.learningRate},
                {"gradient_norm", report.gradientNorm},
                {"tokens", tokens},
                {"trained_tokens", trained},
                {"seconds", seconds},
                {"tokens_per_second", static_cast<double>(tokens) / std::max(seconds, 1e-9)},
                {"memory_bytes", m_backend->heldBytes()}};
    if (periodHigh > 0) {
        fields["positions"] = {{"period", {periodLow, periodHigh}}, {"rope_scale", {scaleLow, scaleHigh}}};
        if (m_config.positions.policy == PositionPolicy::CrdNtk) {
            fields["positions"]["max_period"] =
                m_config.positions.maxPeriod(m_config.sequenceTokens, step, m_config.steps);
        }
    }
    emit("step", std::move(fields));
    return {};
}

Result<void> TrainingRun::save() {
    if (m_savedStep == m_state.step) {
        return {};
    }
    const auto start = std::chrono::steady_clock::now();
    LECTERN_ASSIGN(const std::filesystem::path path,
                   saveCheckpoint(std::filesystem::path(m_config.output) / "checkpoints", *m_model, *m_optimizer,
                                  m_state, m_config.keepCheckpoints));
    m_savedStep = m_state.step;
    m_savedAt = m_state.seconds;
    emit("checkpoint", {{"step", m_state.step}, {"path", path.string()}, {"seconds", secondsSince(start)}});
    return {};
}

Result<void> TrainingRun::afterStep(RunControl& control) {
    const auto due = [&](int64_t every) { return every > 0 && m_state.step % every == 0; };
    const bool byTime =
        m_config.checkpointMinutes > 0 && m_state.seconds - m_savedAt >= 60 * m_config.checkpointMinutes;
    if (due(m_config.checkpointEvery) || byTime) {
        LECTERN_TRY(save());
    }
    if (due(m_config.evaluateEvery)) {
        LECTERN_TRY(evaluate(control.token()));
    }
    if (due(m_config.sampleEvery)) {
        LECTERN_TRY(sample(control.token()));
    }
    return {};
}

/// Whether all steps are done; false: stopped.
Result<bool> TrainingRun::trainSteps(RunControl& control) {
    // The next batches are read while this one is computed.
    int64_t nextStep = m_state.step, from = m_state.sequences;
    const auto readAhead = [&] {
        for (; nextStep < m_config.steps && static_cast<int64_t>(m_ahead.size()) < kBatchesAhead; ++nextStep) {
            m_ahead.push_back(std::async(std::launch::async, [this, from] { return readBatch(from); }));
            from += m_config.accumulation;
        }
    };
    readAhead();
    while (m_state.step < m_config.steps) {
        if (control.paused()) {
            emit("paused", {{"step", m_state.step}});
            control.waitWhilePaused();
            emit("resumed", {{"step", m_state.step}});
        }
        if (control.token().stop_requested()) {
            return false;
        }
        auto batch = m_ahead.front().get();
        m_ahead.pop_front();
        if (!batch) {
            return batch.error();
        }
        readAhead();
        const Result<void> done = step(control, std::move(*batch));
        if (!done && done.error().code == ErrorCode::Cancelled) {
            return false;
        }
        LECTERN_TRY(done);
        const Result<void> after = afterStep(control);
        if (!after && after.error().code == ErrorCode::Cancelled) {
            return false;
        }
        LECTERN_TRY(after);
    }
    return true;
}

Result<void> TrainingRun::run(RunControl& control) {
    if (!m_lock.held()) {
        LECTERN_ASSIGN(m_lock, RunFolderLock::acquire(m_config.output));
    }
    LECTERN_TRY(replaceFile(std::filesystem::path(m_config.output) / "config.json", m_state.config.dump(2) + "\n"));
    emitStarted();
    if (m_state.step == 0 && m_config.evaluateEvery > 0) {
        if (const auto done = evaluate(control.token()); !done && done.error().code != ErrorCode::Cancelled) {
            return done.error();
        }
    }
    auto finished = trainSteps(control);
    waitForReaders();
    if (!finished) {
        // What broke the step has changed nothing: the parameters are those of the last whole step.
        if (finished.error().code != ErrorCode::DiskFull) {
            LECTERN_TRY(save());
        }
        return finished.error();
    }
    LECTERN_TRY(save());
    if (*finished) {
        LECTERN_TRY(exportAll());
    }
    emit("finished", {{"reason", *finished ? "completed" : "stopped"},
                      {"step", m_state.step},
                      {"tokens", m_state.tokens},
                      {"seconds", m_state.seconds}});
    return {};
}

}  // namespace lectern

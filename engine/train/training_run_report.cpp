// What a run tells: its start, evaluation, samples, exports, and the dry run.

#include <sys/resource.h>

#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/core/resources.h"
#include "engine/session/session.h"
#include "engine/train/export.h"
#include "engine/train/training_run.h"

namespace lectern {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr int64_t kPreviewTokens = 160;
constexpr int32_t kPreviewPoints = 60;
constexpr int64_t kCheckTokens = 256;
constexpr int64_t kMaxSampleBytes = 256 << 20;

int64_t peakResidentBytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss * int64_t{1024};
}

double secondsSince(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

void TrainingRun::emit(const char* event, json fields) {
    fields["v"] = 1;
    fields["event"] = event;
    m_sink(fields);
}

void TrainingRun::emitStarted() {
    const ModelConfig& config = m_model->config();
    json previews = json::array();
    for (int64_t i = 0; i < 3; ++i) {
        if (const auto sequence = m_data->sequence(m_state.sequences + i)) {
            previews.push_back(previewSequence(*sequence, *m_tokenizer, kPreviewTokens));
        }
    }
    emit("started",
         {{"step", m_state.step},
          {"steps", m_config.steps},
          {"config", m_state.config},
          {"device", m_backend->info().name},
          {"model", {{"name", config.name}, {"layers", config.layerCount}, {"context", config.trainedContext}}},
          {"trained_values", m_model->trainedValues()},
          {"memory_bytes", m_backend->heldBytes()},
          {"held_out_sequences", m_heldOut.size()},
          {"data", reportsToJson(m_data->reports())},
          {"previews", previews},
          {"positions", positionSamplesToJson(previewPositions(m_config.positions, config, m_config.sequenceTokens,
                                                               m_config.steps, m_config.seed, kPreviewPoints))}});
}

Result<void> TrainingRun::evaluate(std::stop_token stop) {
    if (m_heldOut.empty()) {
        return {};
    }
    const auto start = std::chrono::steady_clock::now();
    double loss = 0;
    int64_t trained = 0;
    for (const DataSequence& entry : m_heldOut) {
        const auto tokens = static_cast<int64_t>(entry.sequence.tokens.size());
        const PositionDraw draw =
            inferencePositions(m_config.positions, m_model->config(), tokens, m_config.evaluationRopeScale);
        LECTERN_ASSIGN(const double sum, m_trainer->evaluate(entry.sequence, std::span(&draw, 1), stop));
        loss += sum;
        trained += entry.sequence.trainedTokens();
    }
    loss /= static_cast<double>(trained);
    emit("eval", {{"step", m_state.step},
                  {"loss", loss},
                  {"perplexity", std::exp(loss)},
                  {"sequences", m_heldOut.size()},
                  {"trained_tokens", trained},
                  {"seconds", secondsSince(start)}});
    return {};
}

Result<void> TrainingRun::sample(std::stop_token stop) {
    if (m_config.samples.empty()) {
        return {};
    }
    LECTERN_ASSIGN(ModelSource source, mergedSource(*m_model));
    if (const auto rope = tunedRope(m_config.positions, m_model->config(), m_config.sequenceTokens)) {
        applyRope(source.config, *rope);
    }
    LECTERN_ASSIGN(const std::shared_ptr<Backend> backend, createBackend({"cpu", m_config.threads}));
    LECTERN_ASSIGN(const std::shared_ptr<const Model> model, Model::create(std::move(source), *backend));
    for (const SamplePrompt& prompt : m_config.samples) {
        std::string document = prompt.document;
        if (!prompt.documentFile.empty()) {
            LECTERN_ASSIGN(document, readFile(prompt.documentFile, kMaxSampleBytes));
        }
        const auto context = m_tokenizer->encode(m_config.prompt.renderDocument(document), {.bos = true});
        const auto question =
            m_tokenizer->encode(m_config.prompt.renderQuestion(prompt.question), {.bos = false, .dummyPrefix = false});
        SessionOptions options;
        options.capacityTokens = static_cast<int64_t>(context.size() + question.size()) + m_config.sampleTokens;
        LECTERN_ASSIGN(options.profile, parseProfile(tunedProfile(
                                            m_config.profile, m_config.attention, m_config.positions, m_model->config(),
                                            std::max(m_config.sequenceTokens, options.capacityTokens))));
        options.ropeScale = m_config.evaluationRopeScale;
        LECTERN_ASSIGN(const std::unique_ptr<Session> session, Session::create(model, backend, std::move(options)));
        LECTERN_TRY(session->prefill(context, nullptr, stop));
        LECTERN_TRY(session->decode(question, stop));
        GenerateOptions generate;
        generate.maxTokens = m_config.sampleTokens;
        LECTERN_ASSIGN(const Generation answer, session->generate(generate, nullptr, stop));
        emit("sample", {{"step", m_state.step},
                        {"question", prompt.question},
                        {"document_tokens", context.size()},
                        {"answer", answer.text}});
    }
    return {};
}

Result<std::vector<TokenId>> TrainingRun::checkTokens() {
    // The first training sequence, as far as every attention mode sees all of it.
    LECTERN_ASSIGN(DataSequence sequence, m_data->sequence(0));
    std::vector<TokenId> tokens = std::move(sequence.sequence.tokens);
    tokens.resize(
        std::min(tokens.size(), static_cast<size_t>(std::min<int64_t>(kCheckTokens, m_config.profile.prefill.budget))));
    return tokens;
}

Result<void> TrainingRun::checkExport(const char* kind, const fs::path& path, ModelSource source) {
    LECTERN_ASSIGN(const std::vector<TokenId> tokens, checkTokens());
    LECTERN_ASSIGN(const ExportCheck check, compareLogits(*m_trainer, *m_model, m_config.positions, std::move(source),
                                                          tokens, m_config.threads));
    emit("export", {{"kind", kind},
                    {"path", path.string()},
                    {"largest_logit_difference", check.largestDifference},
                    {"largest_logit", check.largestLogit},
                    {"same_top_token", check.sameTopToken}});
    return {};
}

Result<void> TrainingRun::exportAll() {
    const bool lora = m_config.trainable.method == TrainMethod::Lora;
    const fs::path output = m_config.output;
    const std::string profile = tunedProfile(m_config.profile, m_config.attention, m_config.positions,
                                             m_model->config(), m_config.sequenceTokens);
    const std::optional<TunedRope> rope = tunedRope(m_config.positions, m_model->config(), m_config.sequenceTokens);
    if (lora && m_config.exportAdapter) {
        LECTERN_ASSIGN(Adapter adapter, adapterOf(*m_model));
        adapter.profileJson = profile;
        adapter.rope = rope;
        adapter.baseModel = m_config.model.empty() ? m_model->config().name : m_config.model;
        LECTERN_TRY(writeAdapter(adapter, output / "adapter"));
        ModelSource tuned = m_model->source();
        LECTERN_TRY(applyAdapter(tuned, output / "adapter"));
        LECTERN_TRY(checkExport("adapter", output / "adapter", std::move(tuned)));
    }
    if (!m_config.exportFolder && !m_config.exportGguf && lora) {
        return {};
    }
    LECTERN_ASSIGN(ModelSource merged, mergedSource(*m_model));
    merged.profileJson = profile;
    if (rope) {
        applyRope(merged.config, *rope);
    }
    if (m_config.exportFolder || (!lora && !m_config.exportGguf)) {
        const DType type = m_config.exportType == DType::Q8_0 ? DType::BF16 : m_config.exportType;
        LECTERN_TRY(writeHfFolder(merged, type, output / "model"));
        LECTERN_ASSIGN(ModelSource read, openModelSource(output / "model"));
        LECTERN_TRY(checkExport("folder", output / "model", std::move(read)));
    }
    if (m_config.exportGguf) {
        const fs::path path = output / "model.gguf";
        LECTERN_TRY(writeGguf(merged, path, {m_config.exportType}));
        LECTERN_ASSIGN(ModelSource read, openModelSource(path));
        LECTERN_TRY(checkExport("gguf", path, std::move(read)));
    }
    return {};
}

Result<void> TrainingRun::dryRun(RunControl& control) {
    emitStarted();
    LECTERN_ASSIGN(DataSequence longest,
                   m_data->longest(std::min<int64_t>(64, m_config.steps * m_config.accumulation)));
    const auto tokens = static_cast<int64_t>(longest.sequence.tokens.size());
    const auto draws = drawLayers(0, 0, tokens);
    double seconds = 0;
    // The first pass also touches memory for the first time; the second is what a step costs.
    for (int pass = 0; pass < 2; ++pass) {
        const auto start = std::chrono::steady_clock::now();
        LECTERN_TRY(m_model->zeroGradients());
        LECTERN_ASSIGN(const double loss, m_trainer->accumulate(longest.sequence, draws, 0, 1.0, control.token()));
        (void)loss;
        seconds = secondsSince(start);
    }
    const auto start = std::chrono::steady_clock::now();
    LECTERN_ASSIGN(const OptimizerReport report, m_optimizer->step(0, m_config.steps));
    (void)report;
    const double stepSeconds = seconds * static_cast<double>(m_config.accumulation) + secondsSince(start);
    int64_t checkpointBytes = 0;
    for (const OptimizerState& state : m_optimizer->states()) {
        checkpointBytes += state.tensor.size() * 4;
    }
    checkpointBytes += m_model->trainedValues() * 4;
    emit("dry_run", {{"longest_tokens", tokens},
                     {"seconds_per_sequence", seconds},
                     {"seconds_per_step", stepSeconds},
                     {"eta_seconds", stepSeconds * static_cast<double>(m_config.steps)},
                     {"device_peak_bytes", m_backend->peakBytes()},
                     {"process_peak_bytes", peakResidentBytes()},
                     {"checkpoint_bytes", checkpointBytes},
                     {"preview", previewSequence(longest, *m_tokenizer, kPreviewTokens)}});
    return {};
}

}  // namespace lectern

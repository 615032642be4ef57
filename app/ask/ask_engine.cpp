#include "app/ask/ask_engine.h"

#include <atomic>
#include <nlohmann/json.hpp>

#include "app/ingest/preflight.h"
#include "app/jobs/rate_limiter.h"
#include "engine/cache/cpu_kv_storage.h"

namespace lectern::app {
namespace {

/// A context that does not fit the model still shows where the answers of another one looked; at eight bytes a token,
/// what no model reads is not kept for it.
constexpr int64_t kMostKeptUnread = int64_t{1} << 22;

}  // namespace

/// Everything that belongs to the engine thread. Only run inside its tasks.
class AskEngine::Worker {
  public:
    Worker(AskEngine* owner, std::filesystem::path directory) : q(owner), m_directory(std::move(directory)) {}

    Result<void> loadModel(JobId job, const RunOptions& options, const std::stop_token& stop);
    Result<void> measure(JobId job, const std::vector<DocumentId>& documents, const AskSessionOptions& options,
                         const std::stop_token& stop);
    Result<void> open(JobId job, const std::vector<DocumentId>& documents, const AskSessionOptions& options,
                      const std::stop_token& stop);
    Result<void> ask(JobId job, const AskRequest& request, const std::stop_token& stop);
    Result<void> count(JobId job, const std::string& question);
    Result<void> loadTrace(JobId job, MessageId message);
    Result<void> verify(JobId job, const VerifyRequest& request, const std::stop_token& stop);
    std::atomic<JobId> paused{0};  ///< the job that pause() stopped last; from any thread

    void close() {
        m_session.reset();
        m_documentTrace.reset();
        m_openDocuments.clear();
    }

  private:
    Result<void> needModel();
    Result<Library*> library();
    Result<std::shared_ptr<const Context>> build(const std::vector<DocumentId>& documents, const std::stop_token& stop);
    ContextSummary summarise(const Context& context, const std::vector<DocumentId>& documents) const;
    int64_t cacheBytes(int64_t tokens) const;
    int64_t largestContext() const;
    Result<void> store(const AskRequest& request, StoredAnswer& stored);
    std::vector<std::string> stepTexts(const AnswerTrace& trace) const;
    std::string speedName() const;
    void rememberSpeed();

    AskEngine* q;
    std::filesystem::path m_directory;
    std::unique_ptr<Library> m_library;
    RunOptions m_runOptions;
    std::optional<LoadedModel> m_model;
    std::unique_ptr<AskSession> m_session;
    std::vector<DocumentId> m_openDocuments;
    std::shared_ptr<const DocumentTrace> m_documentTrace;  ///< of the open session, once it is complete
    double m_tokensPerSecond = 0;
};

Result<Library*> AskEngine::Worker::library() {
    if (m_library == nullptr) {
        LECTERN_ASSIGN(m_library, Library::open(m_directory));
    }
    return m_library.get();
}

Result<void> AskEngine::Worker::needModel() {
    if (!m_model) {
        LECTERN_ASSIGN(LoadedModel loaded, lectern::loadModel(m_runOptions));
        if (!loaded.model->hasTokenizer()) {
            return Error{ErrorCode::Unsupported, "This model has no tokenizer."};
        }
        m_model = std::move(loaded);
    }
    return {};
}

int64_t AskEngine::Worker::largestContext() const {
    const auto& capacity = m_model->profile.capacity;
    return capacity.empty() ? m_model->model->config().trainedContext : capacity.back().contextTokens;
}

int64_t AskEngine::Worker::cacheBytes(int64_t tokens) const {
    const ModelConfig& config = m_model->model->config();
    KvStorageSpec spec;
    spec.layers = config.layerCount;
    spec.kvHeads = config.kvHeadCount;
    spec.headDim = config.headDim;
    spec.regionTokens = m_model->profile.region;
    spec.type = m_model->profile.kvType;
    spec.capacityTokens = tokens;
    return CpuKvStorage::bytesFor(spec, tokens);
}

Result<void> AskEngine::Worker::loadModel(JobId job, const RunOptions& options, const std::stop_token&) {
    close();
    m_model.reset();
    m_tokensPerSecond = 0;
    m_runOptions = options;
    LECTERN_TRY(needModel());
    ModelSummary summary;
    summary.name = m_model->model->config().name;
    summary.device = m_model->backend->info().name;
    summary.weightBytes = m_model->model->weightBytes();
    constexpr int64_t kTokens = 65536;
    summary.cacheBytesPerToken = cacheBytes(kTokens) / kTokens;
    summary.trainedContext = m_model->model->config().trainedContext;
    summary.largestContext = largestContext();
    // A speed that cannot be looked up is only an estimate less: the model is there.
    if (const Result<Library*> opened = library()) {
        const Result<std::optional<double>> speed = (*opened)->measurement(speedName());
        m_tokensPerSecond = speed ? speed->value_or(0) : 0;
    }
    emit q->modelLoaded(job, summary);
    return {};
}

std::string AskEngine::Worker::speedName() const {
    return prefillSpeedName(m_model->model->config().name, m_runOptions.device);
}

void AskEngine::Worker::rememberSpeed() {
    // What has been read stays read where this cannot be written down.
    if (const Result<Library*> opened = library()) {
        static_cast<void>((*opened)->setMeasurement(speedName(), m_tokensPerSecond).ok());
    }
}

Result<std::shared_ptr<const Context>> AskEngine::Worker::build(const std::vector<DocumentId>& documents,
                                                                const std::stop_token& stop) {
    LECTERN_TRY(needModel());
    LECTERN_ASSIGN(Library * opened, library());
    const Model& model = *m_model->model;
    ContextBuilder builder(*opened, model.tokenizer(), tokenizerHash(model.source().tokenizerModel));
    return builder.build(documents, {}, stop);
}

ContextSummary AskEngine::Worker::summarise(const Context& context, const std::vector<DocumentId>& documents) const {
    ContextSummary summary;
    summary.documents = documents;
    for (const Context::DocumentPart& part : context.documents()) {
        summary.documentTokens.push_back(part.tokens.size());
    }
    summary.tokens = static_cast<int64_t>(context.tokens().size());
    summary.largestContext = largestContext();
    summary.cacheBytes = cacheBytes(summary.tokens);
    summary.tokensPerSecond = m_tokensPerSecond;
    summary.fits = summary.tokens < summary.largestContext;
    return summary;
}

Result<void> AskEngine::Worker::measure(JobId job, const std::vector<DocumentId>& documents,
                                        const AskSessionOptions& options, const std::stop_token& stop) {
    LECTERN_ASSIGN(const std::shared_ptr<const Context> context, build(documents, stop));
    ContextSummary summary = summarise(*context, documents);
    if (m_openDocuments == documents) {
        summary.savedTokens = m_session->session().tokens() >= summary.tokens ? summary.tokens : 0;
    }
    if (summary.savedTokens == 0 && summary.fits && !options.snapshotFolder.empty()) {
        // A session that is only asked what it could restore: its memory is reserved, not used.
        if (const auto probe = AskSession::create(*m_model, context, options)) {
            summary.savedTokens = (*probe)->savedTokens();
        }
    }
    emit q->measured(job, summary, summary.fits || summary.tokens <= kMostKeptUnread ? context : nullptr);
    return {};
}

Result<void> AskEngine::Worker::open(JobId job, const std::vector<DocumentId>& documents,
                                     const AskSessionOptions& options, const std::stop_token& stop) {
    if (m_session == nullptr || m_openDocuments != documents) {
        close();
        LECTERN_ASSIGN(const std::shared_ptr<const Context> context, build(documents, stop));
        emit q->contextBuilt(job, summarise(*context, documents), context);
        LECTERN_ASSIGN(m_session, AskSession::create(*m_model, context, options));
        m_openDocuments = documents;
    } else {
        const auto context = m_session->sharedContext();
        emit q->contextBuilt(job, summarise(*context, documents), context);
    }
    RateLimiter shown(kSignalsPerSecond);
    const auto progress = [&](const PrefillProgress& each) {
        if (shown.allows() || each.doneTokens == each.totalTokens) {
            emit q->prefillProgressed(job, each);
        }
    };
    Result<AskSession::PrefillReport> read = m_session->prefill(progress, stop);
    if (!read && read.error().code == ErrorCode::Cancelled && paused == job) {
        // Best effort: the reader hears of the pause, and the session still holds what was read.
        static_cast<void>(m_session->savePartial().ok());
    }
    LECTERN_ASSIGN(const AskSession::PrefillReport report, std::move(read));
    if (report.seconds > 0 && report.tokens > report.restoredTokens) {
        m_tokensPerSecond = static_cast<double>(report.tokens - report.restoredTokens) / report.seconds;
        rememberSpeed();
    }
    if (options.recordDocumentTrace) {
        if (m_documentTrace == nullptr) {
            m_documentTrace = std::make_shared<const DocumentTrace>(m_session->session().documentTrace());
        }
        emit q->documentTraced(job, m_documentTrace);
    }
    emit q->ready(job, report, m_session->budget(AnswerOptions{}.maxTokens));
    return {};
}

Result<void> AskEngine::Worker::ask(JobId job, const AskRequest& request, const std::stop_token& stop) {
    if (m_session == nullptr) {
        return Error{ErrorCode::InvalidInput, "No document is open to be asked about."};
    }
    LECTERN_ASSIGN(Library * opened, library());
    const PageSource pages = [opened](DocumentId document, int32_t page) { return opened->page(document, page); };
    RateLimiter shown(kSignalsPerSecond);
    std::string pending;
    const auto flush = [&] {
        if (!pending.empty()) {
            emit q->textAdded(job, QString::fromStdString(std::exchange(pending, {})));
        }
    };
    const auto add = [&](std::string_view text) {
        pending += text;
        if (shown.allows()) {
            flush();
        }
    };
    StoredAnswer stored;
    LECTERN_ASSIGN(stored.answer, m_session->ask(request.question, request.options, pages, add, stop));
    flush();
    if (request.conversation != 0) {
        // An answer that cannot be stored is still an answer.
        if (const Result<void> kept = store(request, stored); !kept) {
            stored.warning = kept.error().message;
        }
    }
    stored.stepTexts = stepTexts(stored.answer.trace);
    emit q->answered(job, stored, m_session->budget(request.options.maxTokens));
    return {};
}

Result<void> AskEngine::Worker::verify(JobId job, const VerifyRequest& request, const std::stop_token& stop) {
    if (m_session == nullptr) {
        return Error{ErrorCode::InvalidInput, "No document is open to verify the answer in."};
    }
    LECTERN_ASSIGN(const std::vector<SentenceVerdict> verdicts,
                   m_session->verify(request.question, request.answer, request.citations, request.scope, stop));
    if (request.message != 0) {
        LECTERN_ASSIGN(Library * opened, library());
        for (const SentenceVerdict& verdict : verdicts) {
            LECTERN_TRY(opened->setCitationState(request.message, verdict.sentence, verdict.state));
        }
    }
    emit q->verified(job, request.message, verdicts);
    return {};
}

Result<void> AskEngine::Worker::store(const AskRequest& request, StoredAnswer& stored) {
    LECTERN_ASSIGN(Library * opened, library());
    stored.question = request.storedQuestion;
    if (stored.question == 0) {
        MessageRecord question;
        question.conversation = request.conversation;
        question.text = request.question;
        LECTERN_ASSIGN(question, opened->addMessage(question, {}));
        stored.question = question.id;
    }
    MessageRecord answer;
    answer.conversation = request.conversation;
    answer.role = MessageRole::Answer;
    answer.replyTo = stored.question;
    answer.text = stored.answer.text;
    answer.finishReason = name(stored.answer.finish);
    answer.modelName = m_model->model->config().name;
    answer.profileJson = profileWithScope(m_session->profileEcho().dump(), request.options.scope);
    LECTERN_ASSIGN(answer, opened->addMessage(answer, stored.answer.citations));
    stored.message = answer.id;
    return opened->storeTrace(answer.id, serialize(stored.answer.trace));
}

std::vector<std::string> AskEngine::Worker::stepTexts(const AnswerTrace& trace) const {
    const Tokenizer& tokenizer = m_model->model->tokenizer();
    std::vector<std::string> texts;
    texts.reserve(trace.steps.size());
    for (const AnswerTrace::Step& step : trace.steps) {
        const bool known = step.id >= 0 && step.id < tokenizer.vocabSize();
        texts.emplace_back(known ? tokenizer.pieceBytes(step.id) : std::string());
    }
    return texts;
}

Result<void> AskEngine::Worker::count(JobId job, const std::string& question) {
    LECTERN_TRY(needModel());
    emit q->counted(job, AskSession::questionTokens(*m_model, question));
    return {};
}

Result<void> AskEngine::Worker::loadTrace(JobId job, MessageId message) {
    LECTERN_ASSIGN(Library * opened, library());
    LECTERN_ASSIGN(const std::optional<std::string> bytes, opened->trace(message));
    StoredTrace stored;
    if (bytes) {
        LECTERN_ASSIGN(AnswerTrace trace, parseAnswerTrace(*bytes));
        stored.trace = std::make_shared<const AnswerTrace>(std::move(trace));
        LECTERN_ASSIGN(const MessageRecord record, opened->message(message));
        LECTERN_TRY(needModel());
        if (record.modelName == m_model->model->config().name) {
            stored.stepTexts = stepTexts(*stored.trace);
        }
    }
    emit q->traceLoaded(job, stored);
    return {};
}

AskEngine::AskEngine(std::filesystem::path libraryDirectory, QObject* parent)
    : QObject(parent),
      m_worker(std::make_unique<Worker>(this, std::move(libraryDirectory))),
      m_thread(std::make_unique<TaskThread>(TaskThread::Priority::Background)) {}

AskEngine::~AskEngine() = default;

template <typename Work>
JobId AskEngine::enqueue(Work work) {
    const JobId job = ++m_lastJob;
    m_thread->add(
        job,
        [this, job, work = std::move(work)](const std::stop_token& stop) {
            if (const Result<void> done = work(job, stop); !done) {
                emit failed(job, done.error());
            }
        },
        [this, job] {
            emit failed(job, {ErrorCode::Cancelled, "The request was cancelled."});
        });
    return job;
}

JobId AskEngine::loadModel(const RunOptions& options) {
    return enqueue(
        [this, options](JobId job, const std::stop_token& stop) { return m_worker->loadModel(job, options, stop); });
}

JobId AskEngine::measure(const std::vector<DocumentId>& documents, const AskSessionOptions& options) {
    return enqueue([this, documents, options](JobId job, const std::stop_token& stop) {
        return m_worker->measure(job, documents, options, stop);
    });
}

JobId AskEngine::open(const std::vector<DocumentId>& documents, const AskSessionOptions& options) {
    return enqueue([this, documents, options](JobId job, const std::stop_token& stop) {
        return m_worker->open(job, documents, options, stop);
    });
}

JobId AskEngine::ask(const AskRequest& request) {
    return enqueue(
        [this, request](JobId job, const std::stop_token& stop) { return m_worker->ask(job, request, stop); });
}

JobId AskEngine::count(const std::string& question) {
    return enqueue([this, question](JobId job, const std::stop_token&) { return m_worker->count(job, question); });
}

JobId AskEngine::loadTrace(MessageId message) {
    return enqueue([this, message](JobId job, const std::stop_token&) { return m_worker->loadTrace(job, message); });
}

JobId AskEngine::verify(const VerifyRequest& request) {
    return enqueue(
        [this, request](JobId job, const std::stop_token& stop) { return m_worker->verify(job, request, stop); });
}

void AskEngine::close() {
    enqueue([this](JobId, const std::stop_token&) {
        m_worker->close();
        return Result<void>();
    });
}

void AskEngine::cancel(JobId job) {
    m_thread->cancel(job);
}

void AskEngine::pause(JobId job) {
    m_worker->paused = job;
    m_thread->cancel(job);
}

void AskEngine::cancelAll() {
    m_thread->cancelAll();
}

}  // namespace lectern::app

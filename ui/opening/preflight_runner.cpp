#include "ui/opening/preflight_runner.h"

#include "app/jobs/rate_limiter.h"
#include "engine/core/resources.h"
#include "ui/services/engine_options.h"

namespace lectern::ui {

PreflightRunner::PreflightRunner(Services& services, QObject* parent) : QObject(parent), m_services(services) {
    m_pool.setMaxThreadCount(1);
}

PreflightRunner::~PreflightRunner() {
    cancel();
    m_pool.waitForDone();
}

void PreflightRunner::cancel() {
    m_stop.request_stop();
    ++m_run;
}

void PreflightRunner::start(const QStringList& paths, const app::IngestOptions& ingest) {
    cancel();
    m_stop = std::stop_source();
    std::vector<std::filesystem::path> files;
    for (const QString& path : paths) {
        files.emplace_back(path.toStdString());
    }
    app::PreflightOptions options;
    options.ingest = ingest;
    options.ingest.stop = m_stop.get_token();
    options.keepContext = m_services.settings.boolean(QStringLiteral("storage/snapshots"));
    const app::AskSessionOptions session = sessionOptions(m_services.settings, m_services.contextsRoot(), {});
    options.conversationTokens = session.conversationTokens;
    const RunOptions run = runOptions(m_services.settings);
    m_pool.start([this, number = m_run, files, options, run, directory = m_services.library.directory()] {
        const auto tell = [this, number](auto work) {
            QMetaObject::invokeMethod(
                this,
                [this, number, work] {
                    if (number == m_run) {
                        work();
                    }
                },
                Qt::QueuedConnection);
        };
        const auto look = [&]() -> Result<PreflightOutcome> {
            LECTERN_ASSIGN(const std::unique_ptr<app::Library> library, app::Library::open(directory));
            std::filesystem::path model = run.model;
            if (model.empty()) {
                LECTERN_ASSIGN(model, defaultModelPath());
            }
            PreflightOutcome outcome;
            LECTERN_ASSIGN(outcome.model, app::openPreflightModel(model, library.get(), run.device));
            outcome.options = options;
            app::RateLimiter shown(app::kSignalsPerSecond);
            LECTERN_ASSIGN(outcome.sheet,
                           app::preflight(files, outcome.model.model, library.get(), options,
                                          [&](const std::filesystem::path& path, int64_t done, int64_t count) {
                                              if (shown.allows()) {
                                                  tell([this, name = QString::fromStdString(path.string()), done,
                                                        count] { emit progressed(name, done, count); });
                                              }
                                          }));
            return outcome;
        };
        Result<PreflightOutcome> outcome = look();
        if (outcome) {
            tell([this, shared = std::make_shared<const PreflightOutcome>(std::move(*outcome))] {
                emit finished(shared);
            });
        } else if (outcome.error().code != ErrorCode::Cancelled) {
            tell([this, sentence = QString::fromStdString(outcome.error().message)] { emit failed(sentence); });
        }
    });
}

}  // namespace lectern::ui

#include "ui/library/library_shelf.h"

#include <QFileInfo>

#include "engine/core/resources.h"

namespace lectern::ui {
namespace {

/// Changes that come together are read once.
constexpr int kGatherMs = 60;

std::filesystem::path currentModel(const app::Settings& settings) {
    const QString chosen = settings.text(QStringLiteral("model/current"));
    if (!chosen.isEmpty()) {
        return chosen.toStdString();
    }
    const Result<std::filesystem::path> standard = defaultModelPath();
    return standard ? *standard : std::filesystem::path();
}

}  // namespace

LibraryShelf::LibraryShelf(Services& services, QObject* parent) : QObject(parent), m_services(services) {
    m_timer.setSingleShot(true);
    m_timer.setInterval(kGatherMs);
    connect(&m_timer, &QTimer::timeout, this, &LibraryShelf::load);
    auto& queue = m_services.ingest;
    connect(&queue, &app::IngestQueue::started, this, [this](app::JobId job, const QString& path) {
        m_jobs.insert(job, QFileInfo(path).absoluteFilePath());
        m_model.setReading(m_jobs.value(job), 0);
        refresh();
    });
    connect(&queue, &app::IngestQueue::progressed, this, [this](app::JobId job, const app::IngestProgress& progress) {
        if (m_jobs.contains(job) && progress.pageCount > 0) {
            m_model.setReading(m_jobs.value(job), static_cast<double>(progress.pagesDone) / progress.pageCount);
        }
    });
    const auto ended = [this](app::JobId job) {
        m_model.setReading(m_jobs.take(job), -1);
        refresh();
    };
    connect(&queue, &app::IngestQueue::finished, this, ended);
    connect(&queue, &app::IngestQueue::failed, this, ended);
    connect(&m_services.engine, &app::AskEngine::ready, this, &LibraryShelf::refresh);
    connect(&m_services.settings, &app::Settings::changed, this, [this](const QString& key) {
        if (key == QLatin1String("model/current")) {
            refresh();
        }
    });
    refresh();
}

void LibraryShelf::refresh() {
    if (!m_timer.isActive()) {
        m_timer.start();
    }
}

void LibraryShelf::load() {
    using Overviews = std::vector<app::DocumentOverview>;
    m_services.library.run(
        this,
        [contexts = app::contextsFolder(m_services.dataDirectory), model = currentModel(m_services.settings)](
            app::Library& library) { return app::documentOverviews(library, contexts, model); },
        [this](Result<Overviews> found) {
            m_loaded = true;
            if (found) {
                m_model.setDocuments(std::move(*found));
            } else {
                emit failed(QString::fromStdString(found.error().message));
            }
            emit loaded();
        });
}

void LibraryShelf::remove(app::DocumentId document) {
    m_services.library.run(
        this,
        [document, contexts = app::contextsFolder(m_services.dataDirectory)](app::Library& library) -> Result<void> {
            LECTERN_TRY(library.removeDocument(document));
            app::removeSavedContexts(contexts, document);
            return {};
        },
        [this, document](const Result<void>& done) {
            if (done) {
                emit removed(document);
            } else {
                emit failed(QString::fromStdString(done.error().message));
            }
            refresh();
        });
}

void LibraryShelf::forgetSavedContext(app::DocumentId document) {
    m_services.library.run(
        this,
        [document, contexts = app::contextsFolder(m_services.dataDirectory)](app::Library&) -> Result<int64_t> {
            return app::removeSavedContexts(contexts, document);
        },
        [this, document](const Result<int64_t>& freed) {
            emit contextForgotten(document, freed ? *freed : 0);
            refresh();
        });
}

}  // namespace lectern::ui

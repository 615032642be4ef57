#include "ui/documents/document_session.h"

#include <QFileInfo>
#include <QMimeDatabase>
#include <utility>

#include "ui/opening/source_options.h"

namespace lectern::ui {
namespace {

/// Editors write a file in several steps; one look when it has been quiet for so long.
constexpr int kFileSettlesMs = 400;

QString sentenceOf(const Error& error) {
    return QString::fromStdString(error.message);
}

}  // namespace

DocumentSession::DocumentSession(Services& services, QString path, QObject* parent)
    : QObject(parent), m_services(services), m_path(std::move(path)) {
    const QFileInfo file(m_path);
    m_isPdf = file.isFile() && QMimeDatabase().mimeTypeForFile(file).inherits(QStringLiteral("application/pdf"));
    m_changeTimer.setSingleShot(true);
    m_changeTimer.setInterval(kFileSettlesMs);
    connect(&m_changeTimer, &QTimer::timeout, this, &DocumentSession::checkFile);
    connect(&m_watcher, &QFileSystemWatcher::fileChanged, &m_changeTimer, qOverload<>(&QTimer::start));
    connect(&m_watcher, &QFileSystemWatcher::directoryChanged, &m_changeTimer, qOverload<>(&QTimer::start));

    auto& queue = m_services.ingest;
    connect(&queue, &app::IngestQueue::started, this, [this](app::JobId job) {
        if (job == m_ingestJob) {
            setPhase(IngestPhase::Reading);
        }
    });
    connect(&queue, &app::IngestQueue::progressed, this, [this](app::JobId job, const app::IngestProgress& progress) {
        if (job == m_ingestJob) {
            m_progress = progress;
            emit phaseChanged();
        }
    });
    connect(&queue, &app::IngestQueue::finished, this, [this](app::JobId job, const app::IngestOutcome& outcome) {
        if (job == m_ingestJob) {
            ingested(outcome);
        }
    });
    connect(&queue, &app::IngestQueue::failed, this, [this](app::JobId job, const Error& error) {
        if (job != m_ingestJob) {
            return;
        }
        m_ingestJob = 0;
        if (error.code == ErrorCode::PasswordNeeded) {
            setPhase(IngestPhase::NeedsPassword, sentenceOf(error));
        } else if (error.code == ErrorCode::Cancelled) {
            ingestCancelled();
        } else {
            setPhase(IngestPhase::Failed, sentenceOf(error));
        }
    });
}

DocumentSession::~DocumentSession() {
    // Cancelling what still waits answers at once, and a window that is going has nobody to hear it.
    m_services.ingest.disconnect(this);
    disconnect();
    if (m_ingestJob != 0) {
        m_services.ingest.cancel(m_ingestJob);
    }
}

QString DocumentSession::fileName() const {
    const QFileInfo file(m_path);
    return file.fileName().isEmpty() ? m_path : file.fileName();
}

QString DocumentSession::title() const {
    if (m_record && !m_record->header.title.empty()) {
        return QString::fromStdString(m_record->header.title);
    }
    return m_infoTitle.isEmpty() ? fileName() : m_infoTitle;
}

bool DocumentSession::fileExists() const {
    return QFileInfo::exists(m_path);
}

void DocumentSession::setPhase(IngestPhase phase, const QString& problem) {
    m_phase = phase;
    m_problem = problem;
    emit phaseChanged();
}

void DocumentSession::start() {
    if (!fileExists()) {
        setPhase(IngestPhase::Failed, tr("%1 is no longer there.").arg(m_path));
        emit fileGone();
        return;
    }
    watch();
    if (m_isPdf) {
        openInWorker(m_password);
    } else {
        beginIngest();
    }
}

void DocumentSession::openInWorker(const QString& password) {
    m_password = password;
    if (m_client == nullptr) {
        m_client = std::make_unique<app::DocumentClient>();
        connect(m_client.get(), &app::DocumentClient::opened, this, [this](app::JobId, const app::DocumentInfo& info) {
            m_infoTitle = info.title.simplified();
            m_outline.assign(info.outline.begin(), info.outline.end());
            emit opened(info);
            emit outlineChanged();
            beginIngest();
        });
        connect(m_client.get(), &app::DocumentClient::failed, this, [this](app::JobId job, const Error& error) {
            if (job != m_openJob) {
                return;
            }
            if (error.code == ErrorCode::PasswordNeeded) {
                setPhase(IngestPhase::NeedsPassword, sentenceOf(error));
                emit passwordNeeded(!m_password.isEmpty());
            } else {
                setPhase(IngestPhase::Failed, sentenceOf(error));
                emit troubled(sentenceOf(error));
            }
        });
    }
    m_openJob = m_client->open(m_path, password);
}

void DocumentSession::givePassword(const QString& password) {
    openInWorker(password);
}

void DocumentSession::stopIngest() {
    if (m_ingestJob != 0) {
        m_services.ingest.cancel(m_ingestJob);
    }
}

void DocumentSession::pauseIngest() {
    if (m_ingestJob != 0) {
        m_pausing = true;
        m_services.ingest.cancel(m_ingestJob);
    }
}

void DocumentSession::ingestCancelled() {
    if (!std::exchange(m_pausing, false)) {
        setPhase(IngestPhase::Stopped);
        return;
    }
    m_services.library.run([path = m_path.toStdString(), progress = m_progress](app::Library& library) {
        return app::IngestQueue::storePaused(library, path, progress);
    });
    setPhase(IngestPhase::Paused);
}

void DocumentSession::resumeIngest() {
    if (m_ingestJob != 0 || (m_phase != IngestPhase::Stopped && m_phase != IngestPhase::Paused)) {
        return;
    }
    if (m_phase == IngestPhase::Paused) {
        m_services.library.run([path = m_path.toStdString()](app::Library& library) -> Result<void> {
            LECTERN_TRY(app::IngestQueue::takePaused(library, path));
            return {};
        });
    }
    beginIngest();
}

void DocumentSession::recogniseScans() {
    if (m_ingestJob != 0) {
        return;
    }
    app::IngestOptions options = sourceOptions(m_services.settings, m_path);
    options.recognitionLanguage =
        m_services.settings.text(QStringLiteral("reading/ocr_language")).trimmed().toStdString();
    storeSourceOptions(m_services.settings, m_path, options);
    // What was measured and read of it is of another text then.
    m_record.reset();
    m_progress = {};
    beginIngest();
}

void DocumentSession::reload() {
    if (m_ingestJob != 0) {
        m_services.ingest.cancel(std::exchange(m_ingestJob, 0));
    }
    m_record.reset();
    m_progress = {};
    setPhase(IngestPhase::Waiting);
    start();
}

void DocumentSession::beginIngest() {
    const bool mayBeKept =
        m_services.keepsNothing || m_services.settings.boolean(QStringLiteral("storage/keep_encrypted"));
    if (!m_password.isEmpty() && !mayBeKept) {
        setPhase(IngestPhase::Failed, tr("Nothing of this document is to be kept on disk (Settings, Storage)."));
        emit mustNotBeKept(m_password);
        return;
    }
    setPhase(IngestPhase::Waiting);
    if (std::exchange(m_pauseKnown, true)) {
        queueIngest();
        return;
    }
    m_services.library.run(
        this,
        [path = m_path.toStdString()](app::Library& library) { return app::IngestQueue::findPaused(library, path); },
        [this](const Result<std::optional<app::IngestProgress>>& paused) {
            if (m_ingestJob != 0 || m_phase != IngestPhase::Waiting) {
                return;  // it went on otherwise meanwhile
            }
            if (paused && *paused) {
                m_progress = **paused;
                setPhase(IngestPhase::Paused);
            } else {
                queueIngest();
            }
        });
}

void DocumentSession::queueIngest() {
    app::IngestOptions options = sourceOptions(m_services.settings, m_path);
    options.password = m_password.toStdString();
    m_ingestJob = m_services.ingest.add(m_path.toStdString(), options);
}

void DocumentSession::ingested(const app::IngestOutcome& outcome) {
    m_ingestJob = 0;
    m_pausing = false;
    m_record = outcome.record;
    setPhase(IngestPhase::Done);
    const app::DocumentId id = outcome.record.id;
    m_services.library.run(
        [id, path = m_path.toStdString()](app::Library& library) { return library.markOpened(id, path); });
    if (!m_isPdf) {
        loadText();
    }
}

void DocumentSession::loadText() {
    const app::DocumentId id = documentId();
    m_services.library.run(
        this,
        [id](app::Library& library) -> Result<std::pair<TextPages, std::vector<app::OutlineEntry>>> {
            LECTERN_ASSIGN(std::vector<app::DocumentPage> pages, library.pages(id));
            LECTERN_ASSIGN(const app::DocumentRecord record, library.document(id));
            return std::pair(std::make_shared<const std::vector<app::DocumentPage>>(std::move(pages)),
                             record.header.outline);
        },
        [this](const Result<std::pair<TextPages, std::vector<app::OutlineEntry>>>& loaded) {
            if (!loaded) {
                emit troubled(sentenceOf(loaded.error()));
                return;
            }
            m_textPages = loaded->first;
            m_outline = loaded->second;
            emit textReady();
            emit outlineChanged();
        });
}

void DocumentSession::rememberPlace(const ReaderPlace& place, const QString& viewState) {
    if (documentId() != 0) {
        m_services.library.run([id = documentId(), page = place.page, top = double(place.top),
                                state = viewState.toStdString()](app::Library& library) {
            return library.setReadingPosition(id, page, top, state);
        });
    }
}

void DocumentSession::watch() {
    const QFileInfo file(m_path);
    m_fileSize = file.size();
    m_fileTime = file.lastModified();
    // Watched from its folder too: a file that is replaced by renaming drops out of the watcher.
    m_watcher.addPath(m_path);
    m_watcher.addPath(file.absolutePath());
}

void DocumentSession::checkFile() {
    const QFileInfo file(m_path);
    if (!file.exists()) {
        if (m_fileSize >= 0) {
            m_fileSize = -1;
            emit fileGone();
        }
        return;
    }
    if (!file.isDir() && (file.size() != m_fileSize || file.lastModified() != m_fileTime)) {
        watch();
        emit fileChanged();
    }
}

}  // namespace lectern::ui

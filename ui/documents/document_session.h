#pragma once
// One open document: its worker, its place in the library, and how far the model has got with it.

#include <QDateTime>
#include <QFileSystemWatcher>
#include <QObject>
#include <QTimer>
#include <memory>
#include <optional>

#include "ui/reader/text_view.h"
#include "ui/services/services.h"

namespace lectern::ui {

/// How far a document has come on its way into the library. The reader works in all of them once there is a view.
enum class IngestPhase { Waiting, NeedsPassword, Reading, Stopped, Paused, Done, Failed };

/// Opens a file or folder: a PDF goes to a document worker at once, and everything goes through the ingest queue. GUI
/// thread; nothing blocks. Destroying it stops its worker and its ingest; both resume when it is opened again.
class DocumentSession : public QObject {
    Q_OBJECT

  public:
    DocumentSession(Services& services, QString path, QObject* parent = nullptr);
    ~DocumentSession() override;

    void start();
    void givePassword(const QString& password);
    /// Before start(): the password that is known already.
    void setPassword(const QString& password) { m_password = password; }
    /// Stops taking the text into the library; what was read stays. The reader goes on.
    void stopIngest();
    /// The same, and it stays so over the end of the program, until resumeIngest().
    void pauseIngest();
    void resumeIngest();
    /// Reads the text of pages that are pictures (OCR), now and whenever the file is opened again.
    void recogniseScans();
    /// Reads the file again after it changed on disk.
    void reload();

    const QString& path() const { return m_path; }
    QString title() const;
    QString fileName() const;
    bool isPdf() const { return m_isPdf; }
    /// Whether the file or folder is there now.
    bool fileExists() const;

    app::DocumentClient* client() const { return m_client.get(); }
    const TextPages& textPages() const { return m_textPages; }
    const std::vector<app::OutlineEntry>& outline() const { return m_outline; }

    IngestPhase phase() const { return m_phase; }
    const app::IngestProgress& progress() const { return m_progress; }
    const QString& problem() const { return m_problem; }
    /// Set once the document is in the library.
    const std::optional<app::DocumentRecord>& record() const { return m_record; }
    app::DocumentId documentId() const { return m_record ? m_record->id : 0; }

    /// Keeps the reader's place for the next time.
    void rememberPlace(const ReaderPlace& place, const QString& viewState);

  signals:
    /// The worker has the PDF open.
    void opened(const lectern::app::DocumentInfo& info);
    /// The text of a document without pages is there.
    void textReady();
    void outlineChanged();
    void passwordNeeded(bool afterWrongOne);
    void phaseChanged();
    /// The document needed a password, and the settings forbid keeping anything of it here.
    void mustNotBeKept(const QString& password);
    void troubled(const QString& sentence);
    void fileChanged();
    void fileGone();

  private:
    void openInWorker(const QString& password);
    void beginIngest();
    void queueIngest();
    void ingestCancelled();
    void ingested(const app::IngestOutcome& outcome);
    void loadText();
    void setPhase(IngestPhase phase, const QString& problem = {});
    void watch();
    void checkFile();

    Services& m_services;
    QString m_path;
    bool m_isPdf = false;
    std::unique_ptr<app::DocumentClient> m_client;
    app::JobId m_openJob = 0;
    app::JobId m_ingestJob = 0;
    bool m_pauseKnown = false;  ///< whether it was paused the last time has been looked up
    bool m_pausing = false;
    QString m_password;
    QString m_infoTitle;
    TextPages m_textPages;
    std::vector<app::OutlineEntry> m_outline;
    IngestPhase m_phase = IngestPhase::Waiting;
    app::IngestProgress m_progress;
    QString m_problem;
    std::optional<app::DocumentRecord> m_record;
    QFileSystemWatcher m_watcher;
    QTimer m_changeTimer;
    qint64 m_fileSize = -1;
    QDateTime m_fileTime;
};

}  // namespace lectern::ui

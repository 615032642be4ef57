#pragma once
// Asynchronous side of the document worker: one open PDF, parsed and drawn in a child process.

#include <QObject>
#include <memory>

#include "app/document_worker/document_types.h"

namespace lectern::app {

using JobId = quint64;  ///< never 0

/// Lower values are served first; within one priority, renders before texts before searches, then oldest first.
enum class JobPriority : int { Visible = 0, Nearby = 1, Thumbnail = 2, Background = 3 };

/// Opens a PDF in a worker process and answers requests by signals. Lives on one thread (the GUI thread will do: no
/// call blocks). Each request gets exactly one final signal with its id: its answer or failed(); a cancelled job gets
/// none. A request that makes the worker crash or run out of time fails alone: the worker is started again, the file
/// opened again, and the other requests go on. Requests made before opened() wait for it. Destroy it with deleteLater()
/// from inside its signals.
class DocumentClient : public QObject {
    Q_OBJECT

  public:
    explicit DocumentClient(WorkerLimits limits = {}, QObject* parent = nullptr);
    ~DocumentClient() override;

    /// Opens `filePath`, after dropping every job of a file open before. Fails with PasswordNeeded (ask, then call
    /// again), NotFound, Corrupt, Unsupported.
    JobId open(const QString& filePath, const QString& password = {});
    bool isOpen() const;
    const DocumentInfo& info() const;  ///< valid after opened()

    /// Sizes and labels of `count` pages (at most 4096; the rest of the document if fewer).
    JobId requestLayouts(int firstPage, int count, JobPriority priority = JobPriority::Nearby);
    /// Text, word boxes, size and label of one page.
    JobId requestPage(int page, JobPriority priority);
    /// Where a page's links lie and lead to.
    JobId requestLinks(int page, JobPriority priority);
    JobId requestRender(const RenderRequest& request, JobPriority priority);
    /// Streams searchHits() page by page in order, the last one with `finished`.
    JobId requestSearch(const SearchRequest& request);

    void setPriority(JobId job, JobPriority priority);
    /// Drops a job. One that is being worked on is finished by the worker, but its answer is dropped.
    void cancel(JobId job);
    /// Drops all renders but those being worked on, for a view that scrolled away.
    void cancelRenders();
    /// Drops all jobs and ends the worker.
    void close();

  signals:
    void opened(lectern::app::JobId job, const lectern::app::DocumentInfo& info);
    void layoutsReady(lectern::app::JobId job, const lectern::app::PageLayouts& layouts);
    void pageReady(lectern::app::JobId job, const lectern::app::DocumentPage& page);
    void linksReady(lectern::app::JobId job, const lectern::app::PageLinks& links);
    void rendered(lectern::app::JobId job, const lectern::app::RenderedRegion& region);
    void searchHits(lectern::app::JobId job, const QVector<lectern::app::SearchHit>& hits, int pagesSearched,
                    bool finished);
    void failed(lectern::app::JobId job, const lectern::Error& error);

  private:
    class Private;
    std::unique_ptr<Private> m_private;
};

}  // namespace lectern::app

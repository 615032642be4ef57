#pragma once
// Links of the pages of a text view: from the text itself, or asked for from the document worker.

#include <QHash>
#include <QObject>
#include <QThreadPool>
#include <atomic>
#include <memory>

#include "app/document_worker/document_client.h"

namespace lectern::ui {

using TextPages = std::shared_ptr<const std::vector<app::DocumentPage>>;

/// A link of a page, in the editor's counting.
struct ShownTextLink {
    int from = 0;  ///< UTF-16 units of the page's text
    int length = 0;
    QString text;
    int page = -1;  ///< -1: outside
    int line = 0;   ///< on that page, from 1
    QString address;
};

/// GUI thread. Text and Markdown are looked through on a thread of its own; HTML, EPUB, DOCX and ODT need their file,
/// and count as without links where it is gone or has become another.
class TextLinkStore : public QObject {
    Q_OBJECT

  public:
    TextLinkStore(TextPages pages, app::DocumentKind kind, QString path, QObject* parent = nullptr);
    ~TextLinkStore() override;

    /// The page's links in order, or null; then they are being looked for, and arrived() tells when they are there.
    const QVector<ShownTextLink>* page(int page);

  signals:
    void arrived(int page);

  private:
    void askWorker(int page);
    void take(int page, QVector<ShownTextLink> links);

    TextPages m_pages;
    app::DocumentKind m_kind;
    QString m_path;
    QHash<int, QVector<ShownTextLink>> m_links;
    QList<int> m_asked;
    std::unique_ptr<app::DocumentClient> m_client;
    QHash<app::JobId, int> m_jobs;
    QThreadPool m_pool;
    std::shared_ptr<std::atomic<bool>> m_stop;
};

/// What `page` of a text or Markdown document, or of a folder of source files, links to. Any thread.
QVector<ShownTextLink> linksInText(const std::vector<app::DocumentPage>& pages, app::DocumentKind kind, int page);

}  // namespace lectern::ui

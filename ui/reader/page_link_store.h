#pragma once
// Links of the pages last seen, asked for from the document worker.

#include <QHash>
#include <QObject>

#include "app/document_worker/document_client.h"

namespace lectern::ui {

/// GUI thread. A page that fails counts as one without links.
class PageLinkStore : public QObject {
    Q_OBJECT

  public:
    static constexpr int kPages = 400;

    explicit PageLinkStore(app::DocumentClient* client, QObject* parent = nullptr);

    /// The page's links, or null; then they have been asked for, and arrived() tells when they are there.
    const QVector<app::PageLink>* page(int page);
    void clear();

  signals:
    void arrived(int page);

  private:
    app::DocumentClient* m_client;
    QHash<int, QVector<app::PageLink>> m_pages;
    QHash<app::JobId, int> m_jobs;
};

}  // namespace lectern::ui

#pragma once
// Text and word boxes of the pages last touched, asked for from the document worker.

#include <QObject>
#include <QSet>
#include <list>

#include "app/document_worker/document_client.h"

namespace lectern::ui {

/// Keeps the last kPages pages. GUI thread.
class PageTextStore : public QObject {
    Q_OBJECT

  public:
    static constexpr size_t kPages = 24;

    explicit PageTextStore(app::DocumentClient* client, QObject* parent = nullptr);

    /// The page, or null; then it has been asked for, and arrived() tells when it is there.
    const app::DocumentPage* page(int page);
    void clear();

  signals:
    void arrived(int page);

  private:
    app::DocumentClient* m_client;
    std::list<app::DocumentPage> m_pages;  ///< latest first
    QHash<app::JobId, int> m_jobs;
};

}  // namespace lectern::ui

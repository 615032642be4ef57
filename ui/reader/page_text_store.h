#pragma once
// Text and word boxes of the pages last touched, asked for from the document worker.

#include <QObject>
#include <QSet>
#include <functional>
#include <list>
#include <optional>

#include "app/document_worker/document_client.h"

namespace lectern::ui {

/// Keeps the last kPages pages. GUI thread.
class PageTextStore : public QObject {
    Q_OBJECT

  public:
    static constexpr size_t kPages = 24;

    explicit PageTextStore(app::DocumentClient* client, QObject* parent = nullptr);

    /// Where pages that are pictures may have text all the same: read by OCR, kept in the library. Called with a page
    /// and what takes its answer on the GUI thread, nothing where there is none.
    using StoredPages = std::function<void(int page, std::function<void(std::optional<app::DocumentPage>)> then)>;
    void setStoredPages(StoredPages stored);

    /// The page, or null; then it has been asked for, and arrived() tells when it is there.
    const app::DocumentPage* page(int page);
    void clear();

  signals:
    void arrived(int page);

  private:
    void take(const app::DocumentPage& page);

    app::DocumentClient* m_client;
    StoredPages m_stored;
    QSet<int> m_reading;                   ///< pages asked for from the library
    uint64_t m_generation = 0;             ///< answers from before clear() are dropped
    std::list<app::DocumentPage> m_pages;  ///< latest first
    QHash<app::JobId, int> m_jobs;
};

}  // namespace lectern::ui

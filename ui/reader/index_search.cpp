#include "ui/reader/index_search.h"

#include <memory>

#include "app/ask/projector.h"

namespace lectern::ui {
namespace {

ReaderHit readerHit(const app::TextHit& hit, const app::DocumentPage& page, bool isPdf) {
    ReaderHit result{{.page = hit.page}, QString::fromStdString(hit.snippet)};
    if (isPdf) {
        const std::vector<app::PageRect> rects = app::projectToPage(page.boxes, page.text, hit.bytes);
        result.place.rects = QVector<app::PageRect>(rects.begin(), rects.end());
        result.place.top = rects.empty() ? 0 : rects.front().y0;
    } else {
        result.place.lines = app::projectToLines(page.text, hit.bytes);
    }
    return result;
}

}  // namespace

IndexSearch::IndexSearch(std::filesystem::path libraryDirectory, QObject* parent)
    : QObject(parent), m_directory(std::move(libraryDirectory)) {
    m_pool.setMaxThreadCount(1);
}

IndexSearch::~IndexSearch() {
    stop();
    m_pool.waitForDone();
}

void IndexSearch::stop() {
    m_stop.request_stop();
    ++m_search;
}

void IndexSearch::start(const app::TextQuery& query, bool isPdf) {
    stop();
    m_stop = std::stop_source();
    m_pool.start([this, search = m_search, stop = m_stop.get_token(), query, isPdf, directory = m_directory] {
        const auto tell = [this, search](auto work) {
            QMetaObject::invokeMethod(
                this,
                [this, search, work] {
                    if (search == m_search) {
                        work();
                    }
                },
                Qt::QueuedConnection);
        };
        const auto run = [&]() -> Result<void> {
            LECTERN_ASSIGN(const std::unique_ptr<app::Library> index, app::Library::open(directory));
            // A search must not be interrupted on its own handle.
            LECTERN_ASSIGN(const std::unique_ptr<app::Library> pages, app::Library::open(directory));
            Result<void> trouble;
            LECTERN_TRY(index->searchText(
                query,
                [&](std::span<const app::TextHit> hits) {
                    const Result<app::DocumentPage> page = pages->page(hits.front().document, hits.front().page);
                    if (!page) {
                        trouble = page.error();
                        return false;
                    }
                    QVector<ReaderHit> shown;
                    for (const app::TextHit& hit : hits) {
                        shown.push_back(readerHit(hit, *page, isPdf));
                    }
                    tell([this, shown] { emit found(shown); });
                    return true;
                },
                stop));
            return trouble;
        };
        const Result<void> done = run();
        const QString problem = done || done.error().code == ErrorCode::Cancelled
                                    ? QString()
                                    : QString::fromStdString(done.error().message);
        tell([this, problem] { emit finished(problem); });
    });
}

}  // namespace lectern::ui

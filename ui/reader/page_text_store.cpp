#include "ui/reader/page_text_store.h"

#include <algorithm>

namespace lectern::ui {

PageTextStore::PageTextStore(app::DocumentClient* client, QObject* parent) : QObject(parent), m_client(client) {
    connect(client, &app::DocumentClient::pageReady, this, [this](app::JobId job, const app::DocumentPage& page) {
        if (m_jobs.remove(job) == 0) {
            return;
        }
        if (page.state != app::PageState::NoText || !m_stored) {
            take(page);
            return;
        }
        m_reading.insert(page.index);
        m_stored(page.index, [this, page, generation = m_generation](const std::optional<app::DocumentPage>& stored) {
            if (generation == m_generation) {
                m_reading.remove(page.index);
                take(stored && !stored->boxes.words.empty() ? *stored : page);
            }
        });
    });
    connect(client, &app::DocumentClient::failed, this, [this](app::JobId job) { m_jobs.remove(job); });
}

void PageTextStore::setStoredPages(StoredPages stored) {
    m_stored = std::move(stored);
    clear();
}

void PageTextStore::take(const app::DocumentPage& page) {
    m_pages.push_front(page);
    if (m_pages.size() > kPages) {
        m_pages.pop_back();
    }
    emit arrived(page.index);
}

const app::DocumentPage* PageTextStore::page(int page) {
    const auto found = std::find_if(m_pages.begin(), m_pages.end(),
                                    [page](const app::DocumentPage& each) { return each.index == page; });
    if (found != m_pages.end()) {
        m_pages.splice(m_pages.begin(), m_pages, found);
        return &m_pages.front();
    }
    if (std::find(m_jobs.begin(), m_jobs.end(), page) == m_jobs.end() && !m_reading.contains(page)) {
        m_jobs.insert(m_client->requestPage(page, app::JobPriority::Visible), page);
    }
    return nullptr;
}

void PageTextStore::clear() {
    m_pages.clear();
    m_jobs.clear();
    m_reading.clear();
    ++m_generation;
}

}  // namespace lectern::ui

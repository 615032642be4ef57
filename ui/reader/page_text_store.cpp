#include "ui/reader/page_text_store.h"

#include <algorithm>

namespace lectern::ui {

PageTextStore::PageTextStore(app::DocumentClient* client, QObject* parent) : QObject(parent), m_client(client) {
    connect(client, &app::DocumentClient::pageReady, this, [this](app::JobId job, const app::DocumentPage& page) {
        if (m_jobs.remove(job) == 0) {
            return;
        }
        m_pages.push_front(page);
        if (m_pages.size() > kPages) {
            m_pages.pop_back();
        }
        emit arrived(page.index);
    });
    connect(client, &app::DocumentClient::failed, this, [this](app::JobId job) { m_jobs.remove(job); });
}

const app::DocumentPage* PageTextStore::page(int page) {
    const auto found = std::find_if(m_pages.begin(), m_pages.end(),
                                    [page](const app::DocumentPage& each) { return each.index == page; });
    if (found != m_pages.end()) {
        m_pages.splice(m_pages.begin(), m_pages, found);
        return &m_pages.front();
    }
    if (std::find(m_jobs.begin(), m_jobs.end(), page) == m_jobs.end()) {
        m_jobs.insert(m_client->requestPage(page, app::JobPriority::Visible), page);
    }
    return nullptr;
}

void PageTextStore::clear() {
    m_pages.clear();
    m_jobs.clear();
}

}  // namespace lectern::ui

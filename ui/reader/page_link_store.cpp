#include "ui/reader/page_link_store.h"

#include <algorithm>

namespace lectern::ui {

PageLinkStore::PageLinkStore(app::DocumentClient* client, QObject* parent) : QObject(parent), m_client(client) {
    connect(client, &app::DocumentClient::linksReady, this, [this](app::JobId job, const app::PageLinks& links) {
        if (m_jobs.remove(job) == 0) {
            return;
        }
        if (m_pages.size() >= kPages) {
            m_pages.clear();
        }
        m_pages.insert(links.page, links.links);
        emit arrived(links.page);
    });
    connect(client, &app::DocumentClient::failed, this, [this](app::JobId job) {
        if (const auto found = m_jobs.find(job); found != m_jobs.end()) {
            m_pages.insert(found.value(), {});
            m_jobs.erase(found);
        }
    });
}

const QVector<app::PageLink>* PageLinkStore::page(int page) {
    if (const auto found = m_pages.constFind(page); found != m_pages.constEnd()) {
        return &found.value();
    }
    if (std::find(m_jobs.begin(), m_jobs.end(), page) == m_jobs.end()) {
        m_jobs.insert(m_client->requestLinks(page, app::JobPriority::Nearby), page);
    }
    return nullptr;
}

void PageLinkStore::clear() {
    m_pages.clear();
    m_jobs.clear();
}

}  // namespace lectern::ui

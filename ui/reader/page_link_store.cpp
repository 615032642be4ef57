#include "ui/reader/page_link_store.h"

#include <algorithm>
#include <cmath>

namespace lectern::ui {
namespace {
/// Links closer to each other than this part of a page's height stand on one line.
constexpr float kLines = 120;
}  // namespace

PageLinkStore::PageLinkStore(app::DocumentClient* client, QObject* parent) : QObject(parent), m_client(client) {
    connect(client, &app::DocumentClient::linksReady, this, [this](app::JobId job, const app::PageLinks& links) {
        if (m_jobs.remove(job) == 0) {
            return;
        }
        if (m_pages.size() >= kPages) {
            m_pages.clear();
        }
        // In reading order, whatever order the file has them in: the keyboard goes through them one by one.
        QVector<app::PageLink> ordered = links.links;
        std::stable_sort(ordered.begin(), ordered.end(), [](const app::PageLink& a, const app::PageLink& b) {
            return std::pair(std::lround(a.area.y0 * kLines), a.area.x0) <
                   std::pair(std::lround(b.area.y0 * kLines), b.area.x0);
        });
        m_pages.insert(links.page, ordered);
        emit arrived(links.page);
    });
    connect(client, &app::DocumentClient::failed, this, [this](app::JobId job) {
        if (const auto found = m_jobs.find(job); found != m_jobs.end()) {
            const int page = found.value();
            m_pages.insert(page, {});
            m_jobs.erase(found);
            emit arrived(page);
        }
    });
}

const QVector<app::PageLink>* PageLinkStore::page(int page) {
    if (const auto found = m_pages.constFind(page); found != m_pages.constEnd()) {
        return &found.value();
    }
    if (std::find(m_jobs.begin(), m_jobs.end(), page) == m_jobs.end()) {
        if (m_jobs.size() >= kPages) {  // numbers ascend: the oldest wish is of a page passed by
            const auto jobs = m_jobs.keys();
            const app::JobId oldest = *std::min_element(jobs.begin(), jobs.end());
            m_client->cancel(oldest);
            m_jobs.remove(oldest);
        }
        m_jobs.insert(m_client->requestLinks(page, app::JobPriority::Nearby), page);
    }
    return nullptr;
}

void PageLinkStore::clear() {
    m_pages.clear();
    m_jobs.clear();
}

}  // namespace lectern::ui

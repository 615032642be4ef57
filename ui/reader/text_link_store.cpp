#include "ui/reader/text_link_store.h"

#include <algorithm>
#include <map>

#include "app/ingest/text_links.h"
#include "ui/reader/code_highlighter.h"
#include "ui/reader/utf16_counter.h"

namespace lectern::ui {
namespace {

bool isFlow(app::DocumentKind kind) {
    return kind == app::DocumentKind::Html || kind == app::DocumentKind::Epub || kind == app::DocumentKind::Docx ||
           kind == app::DocumentKind::Odt;
}

/// "l12" or "l12-l20" of links to lines; 0 for others.
int lineOfFragment(const std::string& fragment) {
    const bool lines = fragment.size() > 1 && fragment[0] == 'l' && fragment[1] >= '1' && fragment[1] <= '9';
    return lines ? std::atoi(fragment.c_str() + 1) : 0;
}

class TargetFinder {
  public:
    TargetFinder(const std::vector<app::DocumentPage>& pages, int page) : m_pages(pages), m_page(page) {}

    /// Fills in where `target` leads; false where it leads nowhere.
    bool resolve(const std::string& target, ShownTextLink& link) {
        const std::string path = app::linkedPath(m_pages[static_cast<size_t>(m_page)].label, target);
        const std::string fragment = app::linkedFragment(target);
        int page = target.starts_with('#') ? m_page : -1;
        if (!path.empty()) {
            const auto found =
                std::find_if(m_pages.begin(), m_pages.end(), [&](const auto& each) { return each.label == path; });
            page = found == m_pages.end() ? -1 : static_cast<int>(found - m_pages.begin());
        }
        if (page < 0) {
            link.address = QString::fromStdString(target);
            return !target.starts_with("javascript:") && !target.starts_with("data:");
        }
        link.page = page;
        link.line = 1;
        if (!fragment.empty()) {
            const std::map<std::string, int>& anchors = anchorsOf(page);
            const auto anchor = anchors.find(fragment);
            link.line = anchor != anchors.end() ? anchor->second : lineOfFragment(fragment);
        }
        return link.line > 0;
    }

  private:
    const std::map<std::string, int>& anchorsOf(int page) {
        const auto found = m_anchors.find(page);
        return found != m_anchors.end()
                   ? found->second
                   : m_anchors.emplace(page, app::markdownAnchors(m_pages[static_cast<size_t>(page)].text))
                         .first->second;
    }

    const std::vector<app::DocumentPage>& m_pages;
    int m_page;
    std::map<int, std::map<std::string, int>> m_anchors;
};

}  // namespace

QVector<ShownTextLink> linksInText(const std::vector<app::DocumentPage>& pages, app::DocumentKind kind, int page) {
    const app::DocumentPage& content = pages[static_cast<size_t>(page)];
    const bool markdown = kind == app::DocumentKind::Markdown ||
                          languageOf(QString::fromStdString(content.label)) == CodeLanguage::Markdown;
    TargetFinder targets(pages, page);
    Utf16Counter counter(content.text);
    QVector<ShownTextLink> links;
    for (const app::TextLink& found : markdown ? app::markdownLinks(content.text) : app::addressesIn(content.text)) {
        ShownTextLink link;
        if (!targets.resolve(found.target, link)) {
            continue;
        }
        link.from = counter.before(found.bytes.begin);
        link.length = counter.before(found.bytes.end) - link.from;
        link.text = QString::fromUtf8(content.text.data() + found.bytes.begin, found.bytes.size()).simplified();
        links.push_back(std::move(link));
    }
    return links;
}

TextLinkStore::TextLinkStore(TextPages pages, app::DocumentKind kind, QString path, QObject* parent)
    : QObject(parent),
      m_pages(std::move(pages)),
      m_kind(kind),
      m_path(std::move(path)),
      m_stop(std::make_shared<std::atomic<bool>>(false)) {
    m_pool.setMaxThreadCount(1);
}

TextLinkStore::~TextLinkStore() {
    *m_stop = true;
    m_pool.clear();
    m_pool.waitForDone();
}

const QVector<ShownTextLink>* TextLinkStore::page(int page) {
    if (const auto found = m_links.constFind(page); found != m_links.constEnd()) {
        return &found.value();
    }
    if (m_pages == nullptr || page < 0 || page >= static_cast<int>(m_pages->size()) || m_asked.contains(page)) {
        return nullptr;
    }
    m_asked.push_back(page);
    if (isFlow(m_kind)) {
        askWorker(page);
        return nullptr;
    }
    m_pool.start([this, page, pages = m_pages, kind = m_kind, stop = m_stop] {
        if (*stop) {
            return;
        }
        QMetaObject::invokeMethod(
            this, [this, page, links = linksInText(*pages, kind, page)]() mutable { take(page, std::move(links)); },
            Qt::QueuedConnection);
    });
    return nullptr;
}

void TextLinkStore::askWorker(int page) {
    if (m_client == nullptr) {
        m_client = std::make_unique<app::DocumentClient>();
        connect(
            m_client.get(), &app::DocumentClient::linksReady, this,
            [this](app::JobId job, const app::PageLinks& found) {
                if (!m_jobs.contains(job)) {
                    return;
                }
                const int at = m_jobs.take(job);
                const std::string& text = (*m_pages)[static_cast<size_t>(at)].text;
                Utf16Counter counter(text);
                QVector<ShownTextLink> links;
                for (const app::PageLink& each : found.links) {
                    const auto size = static_cast<int64_t>(text.size());
                    const bool inside = each.bytes.begin >= 0 && each.bytes.end <= size &&
                                        each.page < static_cast<int>(m_pages->size());
                    // The file may have changed since it was read: what does not match is no link.
                    if (!inside || QString::fromUtf8(text.data() + each.bytes.begin, each.bytes.size()) != each.text) {
                        continue;
                    }
                    ShownTextLink link;
                    link.from = counter.before(each.bytes.begin);
                    link.length = counter.before(each.bytes.end) - link.from;
                    link.text = each.text.simplified();
                    link.page = each.page;
                    link.line = each.line;
                    link.address = each.address;
                    links.push_back(std::move(link));
                }
                take(at, std::move(links));
            });
        connect(m_client.get(), &app::DocumentClient::failed, this, [this](app::JobId job) {
            if (m_jobs.contains(job)) {
                take(m_jobs.take(job), {});
            }
        });
        m_client->open(m_path);
    }
    m_jobs.insert(m_client->requestLinks(page, app::JobPriority::Visible), page);
}

void TextLinkStore::take(int page, QVector<ShownTextLink> links) {
    m_links.insert(page, std::move(links));
    emit arrived(page);
}

}  // namespace lectern::ui

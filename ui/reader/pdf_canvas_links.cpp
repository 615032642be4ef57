// Links of the reader's pages by keyboard.
#include <algorithm>

#include "app/ask/projector.h"
#include "ui/reader/link_cursor.h"
#include "ui/reader/page_link_store.h"
#include "ui/reader/page_text_store.h"
#include "ui/reader/pdf_canvas.h"
#include "ui/reader/pdf_view.h"

namespace lectern::ui {
namespace {

constexpr float kRevealMargin = 0.15F;

/// Words whose middle lies in the area of a link.
QString wordsIn(const app::DocumentPage& page, const app::PageRect& area) {
    QStringList words;
    for (const app::WordBox& word : page.boxes.words) {
        const float x = (word.box.x0 + word.box.x1) / 2;
        const float y = (word.box.y0 + word.box.y1) / 2;
        if (x >= area.x0 && x <= area.x1 && y >= area.y0 && y <= area.y1) {
            words.push_back(QString::fromUtf8(page.text.data() + word.byteBegin, word.byteEnd - word.byteBegin));
        }
    }
    return words.join(QLatin1Char(' ')).simplified();
}

}  // namespace

void PdfCanvas::buildLinkCursor() {
    const auto linkOf = [this](LinkId id) -> const app::PageLink* {
        const QVector<app::PageLink>* links = m_links->page(id.page);
        return links != nullptr && id.index < links->size() ? &links->at(id.index) : nullptr;
    };
    LinkCursor::View view;
    view.links = [this] {
        QVector<LinkId> ids;
        const PageSpan span = visiblePages();
        for (int page = std::max(span.first, 0); page <= span.last && page < m_layout.pageCount(); ++page) {
            const QVector<app::PageLink>* links = m_links->page(page);
            for (int i = 0; links != nullptr && i < links->size(); ++i) {
                ids.push_back({page, i});
            }
        }
        return ids;
    };
    view.complete = [this] {
        const PageSpan span = visiblePages();
        for (int page = std::max(span.first, 0); page <= span.last && page < m_layout.pageCount(); ++page) {
            if (m_links->page(page) == nullptr) {
                return false;
            }
        }
        return true;
    };
    view.rects = [this, linkOf](LinkId id) {
        const app::PageLink* link = linkOf(id);
        return link == nullptr ? QVector<QRect>() : QVector<QRect>{viewportRect(id.page, link->area).toAlignedRect()};
    };
    view.name = [this](LinkId id) { return linkName(id.page, id.index); };
    view.reveal = [this, linkOf](LinkId id) {
        if (const app::PageLink* link = linkOf(id)) {
            goTo({.page = id.page, .top = std::max(0.0F, link->area.y0 - kRevealMargin)});
        }
    };
    view.follow = [this, linkOf](LinkId id) {
        if (const app::PageLink* link = linkOf(id)) {
            emit linkActivated(app::PageLink(*link));
        }
    };
    m_linkCursor = new LinkCursor(this, std::move(view));
    connect(m_links, &PageLinkStore::arrived, m_linkCursor, &LinkCursor::linksArrived);
    // The words under a link come later than the link.
    connect(m_texts, &PageTextStore::arrived, m_linkCursor, &LinkCursor::refresh);
    connect(this, &PdfCanvas::scaleChanged, m_linkCursor, &LinkCursor::refresh, Qt::QueuedConnection);
}

void PdfView::setStoredPages(PageTextStore::StoredPages stored) {
    m_texts->setStoredPages(std::move(stored));
}

bool PdfView::stepLink(int direction) {
    m_canvas->setFocus(Qt::ShortcutFocusReason);
    return m_canvas->linkCursor()->step(direction);
}

QString PdfCanvas::linkName(int page, int index) const {
    const QVector<app::PageLink>* links = m_links->page(page);
    if (links == nullptr || index >= links->size()) {
        return {};
    }
    const app::PageLink& link = links->at(index);
    const app::DocumentPage* content = m_texts->page(page);
    const QString words = content == nullptr ? QString() : wordsIn(*content, link.area);
    const QString target = link.page >= 0 ? tr("Page %1").arg(link.page + 1) : link.address;
    return words.isEmpty() ? tr("Link: %1").arg(target) : tr("%1, link: %2").arg(words, target);
}

}  // namespace lectern::ui

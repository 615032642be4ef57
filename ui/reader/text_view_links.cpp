// Links in text: shown, followed by mouse and keyboard.
#include <QHelpEvent>
#include <QMouseEvent>
#include <QTextBlock>
#include <QToolTip>
#include <algorithm>

#include "ui/reader/link_cursor.h"
#include "ui/reader/text_view.h"

namespace lectern::ui {
namespace {

/// A link broken over more lines than this is framed on its first ones only.
constexpr int kMaximumRects = 20;

QTextCursor cursorOver(const CodeEdit& edit, const ShownTextLink& link) {
    const int last = edit.document()->characterCount() - 1;
    QTextCursor cursor(edit.document());
    cursor.setPosition(std::min(link.from, last));
    cursor.setPosition(std::min(link.from + link.length, last), QTextCursor::KeepAnchor);
    return cursor;
}

}  // namespace

void TextView::setLinks(TextLinkStore* links) {
    if (m_links != nullptr) {
        m_links->deleteLater();
        m_links->disconnect(this);
    }
    m_links = links;
    m_shownLinks.clear();
    m_linkCursor->clear();
    if (links != nullptr) {
        links->setParent(this);
        connect(links, &TextLinkStore::arrived, this, [this](int page) {
            if (page == m_page) {
                takeLinks();
                updateSelections();
                m_linkCursor->linksArrived();
            }
        });
        takeLinks();
        updateSelections();
    }
}

void TextView::takeLinks() {
    const QVector<ShownTextLink>* links = m_links == nullptr ? nullptr : m_links->page(m_page);
    m_shownLinks = links == nullptr ? QVector<ShownTextLink>() : *links;
}

void TextView::addLinks(QList<QTextEdit::ExtraSelection>& selections) const {
    for (const ShownTextLink& link : m_shownLinks) {
        QTextEdit::ExtraSelection selection;
        selection.cursor = cursorOver(*m_edit, link);
        selection.format.setForeground(palette().link());
        selection.format.setUnderlineStyle(QTextCharFormat::SingleUnderline);
        selection.format.setUnderlineColor(palette().color(QPalette::Link));
        selections.push_back(selection);
    }
}

QVector<QRect> TextView::linkRects(const ShownTextLink& link) const {
    // Only what is in sight has a place that is known without laying out all before it.
    const QWidget* viewport = m_edit->viewport();
    const int first = m_edit->cursorForPosition({0, 0}).block().position();
    const int last = m_edit->cursorForPosition({viewport->width(), viewport->height()}).position();
    if (link.from + link.length < first || link.from > last + 1) {
        return {};
    }
    QVector<QRect> rects;
    const QTextCursor whole = cursorOver(*m_edit, link);
    QTextCursor at(whole.document());
    at.setPosition(whole.selectionStart());
    while (at.position() < whole.selectionEnd() && rects.size() < kMaximumRects) {
        const QRect begin = m_edit->cursorRect(at);
        QTextCursor lineEnd = at;
        lineEnd.movePosition(QTextCursor::EndOfLine);
        if (lineEnd.position() <= at.position()) {
            at.setPosition(at.position() + 1);  // an empty line inside the link
            continue;
        }
        QTextCursor end = at;
        end.setPosition(std::min(lineEnd.position(), whole.selectionEnd()));
        const QRect right = m_edit->cursorRect(end);
        rects.push_back(QRect(begin.topLeft(), QPoint(std::max(right.left(), begin.left()), begin.bottom())));
        at.setPosition(std::max(end.position(), at.position() + 1));
        if (lineEnd.position() < whole.selectionEnd() && lineEnd.atBlockEnd()) {
            at.setPosition(std::min(lineEnd.position() + 1, whole.selectionEnd()));
        }
    }
    return rects;
}

const ShownTextLink* TextView::linkAt(QPoint viewportPoint) const {
    const int position = m_edit->cursorForPosition(viewportPoint).position();
    const auto after = std::upper_bound(m_shownLinks.begin(), m_shownLinks.end(), position,
                                        [](int at, const ShownTextLink& link) { return at < link.from; });
    if (after == m_shownLinks.begin()) {
        return nullptr;
    }
    const ShownTextLink& link = *(after - 1);
    const QVector<QRect> rects = position <= link.from + link.length ? linkRects(link) : QVector<QRect>();
    const bool inside =
        std::any_of(rects.begin(), rects.end(), [&](const QRect& rect) { return rect.contains(viewportPoint); });
    return inside ? &link : nullptr;
}

QString TextView::linkTarget(const ShownTextLink& link) const {
    if (link.page < 0) {
        return link.address;
    }
    const QString label = pageLabel(link.page);
    return label.isEmpty() ? tr("line %1").arg(link.line) : tr("%1, line %2").arg(label).arg(link.line);
}

void TextView::followLink(const ShownTextLink& link) {
    if (link.page < 0) {
        emit outsideLinkActivated(link.address);
        return;
    }
    emit jumped(currentPlace());
    goTo({.page = link.page, .lines = app::LineRange{link.line, link.line}});
}

void TextView::buildLinkCursor() {
    m_edit->viewport()->installEventFilter(this);
    m_edit->viewport()->setMouseTracking(true);
    LinkCursor::View view;
    view.links = [this] {
        QVector<LinkId> ids;
        for (int i = 0; i < m_shownLinks.size(); ++i) {
            ids.push_back({m_page, i});
        }
        return ids;
    };
    const auto linkOf = [this](LinkId id) -> const ShownTextLink* {
        return id.page == m_page && id.index < m_shownLinks.size() ? &m_shownLinks.at(id.index) : nullptr;
    };
    view.complete = [this] { return m_links == nullptr || m_links->page(m_page) != nullptr; };
    view.rects = [this, linkOf](LinkId id) {
        const ShownTextLink* link = linkOf(id);
        return link == nullptr ? QVector<QRect>() : linkRects(*link);
    };
    view.name = [this, linkOf](LinkId id) {
        const ShownTextLink* link = linkOf(id);
        return link == nullptr ? QString() : tr("%1, link: %2").arg(link->text, linkTarget(*link));
    };
    view.reveal = [this, linkOf](LinkId id) {
        if (const ShownTextLink* link = linkOf(id)) {
            QTextCursor cursor(m_edit->document());
            cursor.setPosition(std::min(link->from, m_edit->document()->characterCount() - 1));
            m_edit->setTextCursor(cursor);
            m_edit->ensureCursorVisible();
        }
    };
    view.follow = [this, linkOf](LinkId id) {
        if (const ShownTextLink* link = linkOf(id)) {
            followLink(ShownTextLink(*link));
        }
    };
    m_linkCursor = new LinkCursor(m_edit, std::move(view));
}

ReaderPlace TextView::readingPlace() const {
    const int line = m_edit->cursorForPosition({0, 0}).blockNumber() + 1;
    return {.page = m_page, .top = 1, .lines = app::LineRange{line, line}};
}

bool TextView::stepLink(int direction) {
    m_edit->setFocus(Qt::ShortcutFocusReason);
    return m_linkCursor->step(direction);
}

bool TextView::eventFilter(QObject* watched, QEvent* event) {
    if (watched != m_edit->viewport()) {
        return DocumentView::eventFilter(watched, event);
    }
    if (event->type() == QEvent::PaletteChange) {
        updateSelections();
    } else if (event->type() == QEvent::MouseMove) {
        const auto* mouse = static_cast<QMouseEvent*>(event);
        const bool over = mouse->buttons() == Qt::NoButton && linkAt(mouse->position().toPoint()) != nullptr;
        m_edit->viewport()->setCursor(over ? Qt::PointingHandCursor : Qt::IBeamCursor);
    } else if (event->type() == QEvent::MouseButtonRelease) {
        const auto* mouse = static_cast<QMouseEvent*>(event);
        const ShownTextLink* link = linkAt(mouse->position().toPoint());
        if (mouse->button() == Qt::LeftButton && link != nullptr && !m_edit->textCursor().hasSelection()) {
            // Later: the editor has not yet seen the button go up.
            QMetaObject::invokeMethod(
                this, [this, to = ShownTextLink(*link)] { followLink(to); }, Qt::QueuedConnection);
        }
    } else if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const ShownTextLink* link = linkAt(help->pos());
        QToolTip::showText(help->globalPos(), link == nullptr ? QString() : linkTarget(*link), m_edit->viewport());
        return true;
    }
    return DocumentView::eventFilter(watched, event);
}

}  // namespace lectern::ui

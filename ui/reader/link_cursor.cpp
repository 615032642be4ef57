#include "ui/reader/link_cursor.h"

#include <QAccessibleWidget>
#include <QFocusEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>
#include <algorithm>
#include <utility>

namespace lectern::ui {
namespace {

constexpr int kFrame = 3;

/// The view keeps the focus, so that all its other keys go on working; readers of the screen are told of the link.
class LinkAccessible : public QAccessibleWidget {
  public:
    explicit LinkAccessible(QWidget* widget) : QAccessibleWidget(widget, QAccessible::Link) {}
    QAccessible::State state() const override {
        QAccessible::State state = QAccessibleWidget::state();
        state.focusable = true;
        state.focused = widget()->isVisible();
        state.linked = true;
        return state;
    }
};

QAccessibleInterface* createAccessible(const QString& className, QObject* object) {
    return className == QLatin1String("lectern::ui::LinkCursor") && object != nullptr && object->isWidgetType()
               ? new LinkAccessible(static_cast<QWidget*>(object))
               : nullptr;
}

}  // namespace

LinkCursor::LinkCursor(QAbstractScrollArea* area, View view)
    : QWidget(area->viewport()), m_area(area), m_view(std::move(view)) {
    static const bool installed = (QAccessible::installFactory(createAccessible), true);
    static_cast<void>(installed);
    setAttribute(Qt::WA_TransparentForMouseEvents);
    setFocusPolicy(Qt::NoFocus);
    hide();
    area->installEventFilter(this);
    for (QScrollBar* bar : {area->verticalScrollBar(), area->horizontalScrollBar()}) {
        // Queued: the view moves its contents first.
        connect(bar, &QScrollBar::valueChanged, this, &LinkCursor::refresh, Qt::QueuedConnection);
        connect(bar, &QScrollBar::rangeChanged, this, &LinkCursor::refresh, Qt::QueuedConnection);
    }
}

bool LinkCursor::isInSight(LinkId link) const {
    const QVector<QRect> rects = m_view.rects(link);
    const QRect sight = m_area->viewport()->rect();
    return std::any_of(rects.begin(), rects.end(), [&](const QRect& rect) { return rect.intersects(sight); });
}

bool LinkCursor::step(int direction) {
    const QVector<LinkId> links = m_view.links();
    const auto current = m_link ? std::find(links.begin(), links.end(), *m_link) : links.end();
    std::optional<LinkId> next;
    if (current != links.end() && isInSight(*m_link)) {
        const auto index = current - links.begin() + direction;
        if (index >= 0 && index < links.size()) {
            next = links[index];
        }
    } else if (direction > 0) {
        const auto first = std::find_if(links.begin(), links.end(), [this](LinkId each) { return isInSight(each); });
        next = first == links.end() ? std::nullopt : std::optional(*first);
    } else {
        const auto last = std::find_if(links.rbegin(), links.rend(), [this](LinkId each) { return isInSight(each); });
        next = last == links.rend() ? std::nullopt : std::optional(*last);
    }
    if (!next && !m_view.complete()) {
        m_waiting = direction;
        return true;
    }
    if (!next) {
        clear();
        return false;
    }
    put(*next);
    return true;
}

void LinkCursor::put(LinkId link) {
    m_link = link;
    if (!isInSight(link)) {
        m_view.reveal(link);
    }
    setAccessibleName(m_view.name(link));
    refresh();
    QAccessibleEvent focused(this, QAccessible::Focus);
    QAccessible::updateAccessibility(&focused);
}

bool LinkCursor::follow() {
    if (!m_link) {
        return false;
    }
    const LinkId link = *m_link;
    clear();
    m_view.follow(link);
    return true;
}

void LinkCursor::linksArrived() {
    if (m_waiting != 0 && m_view.complete()) {
        step(std::exchange(m_waiting, 0));
    }
}

void LinkCursor::clear() {
    m_waiting = 0;
    m_link.reset();
    hide();
}

void LinkCursor::refresh() {
    if (!m_link) {
        return;
    }
    const QVector<QRect> rects = m_view.rects(*m_link);
    QRect all;
    for (const QRect& rect : rects) {
        all |= rect;
    }
    if (all.isEmpty()) {
        hide();
        return;
    }
    setGeometry(all.adjusted(-kFrame, -kFrame, kFrame, kFrame));
    m_rects.clear();
    for (const QRect& rect : rects) {
        m_rects.push_back(rect.translated(-pos()));
    }
    setAccessibleName(m_view.name(*m_link));
    show();
    raise();
    update();
}

void LinkCursor::paintEvent(QPaintEvent*) {
    // Two tones: it stands out on white paper, on dark pages and on pictures.
    QPainter painter(this);
    for (const QRect& rect : m_rects) {
        const QRectF frame = QRectF(rect).adjusted(-kFrame + 1, -kFrame + 1, kFrame - 1, kFrame - 1);
        painter.setPen(QPen(palette().color(QPalette::Base), 2));
        painter.drawRect(frame);
        painter.setPen(QPen(palette().color(QPalette::Highlight), 2, Qt::DashLine));
        painter.drawRect(frame);
    }
}

bool LinkCursor::eventFilter(QObject* watched, QEvent* event) {
    if (watched != m_area) {
        return QWidget::eventFilter(watched, event);
    }
    if (event->type() == QEvent::FocusOut) {
        const Qt::FocusReason reason = static_cast<QFocusEvent*>(event)->reason();
        if (reason != Qt::PopupFocusReason && reason != Qt::ActiveWindowFocusReason &&
            reason != Qt::MenuBarFocusReason) {
            clear();
        }
    } else if (event->type() == QEvent::Resize) {
        QMetaObject::invokeMethod(this, &LinkCursor::refresh, Qt::QueuedConnection);
    } else if (event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        m_waiting = 0;
        switch (key->key()) {
            case Qt::Key_Tab:
            case Qt::Key_Backtab:
                return !key->modifiers().testFlag(Qt::ControlModifier) &&
                       step(key->key() == Qt::Key_Backtab || key->modifiers().testFlag(Qt::ShiftModifier) ? -1 : 1);
            case Qt::Key_Return:
            case Qt::Key_Enter:
                return follow();
            case Qt::Key_Escape:
                if (m_link) {
                    clear();
                    return true;
                }
                break;
            default:
                break;
        }
    }
    return QWidget::eventFilter(watched, event);
}

}  // namespace lectern::ui

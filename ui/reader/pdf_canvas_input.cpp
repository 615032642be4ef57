// Mouse, wheel, keyboard and text selection of the reader's pages.
#include <QApplication>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QScrollBar>
#include <QWheelEvent>
#include <cmath>

#include "app/ask/projector.h"
#include "ui/reader/page_text_store.h"
#include "ui/reader/pdf_canvas.h"

namespace lectern::ui {
namespace {

/// Selected pages beyond this are left out of the highlight and the copied text.
constexpr int kMaxSelectedPages = 20;

QVector<app::PageRect> toVector(const std::vector<app::PageRect>& rects) {
    return {rects.begin(), rects.end()};
}

}  // namespace

void PdfCanvas::wheelEvent(QWheelEvent* event) {
    const double steps = event->angleDelta().y() / 120.0;
    if (event->modifiers().testFlag(Qt::ControlModifier)) {
        emit zoomRequested(std::pow(1.15, steps));
        event->accept();
        return;
    }
    if (m_layout.flow() == PageFlow::Single && steps != 0) {
        const QScrollBar* bar = verticalScrollBar();
        if (bar->value() == (steps > 0 ? bar->minimum() : bar->maximum())) {
            turnPage(steps > 0 ? -1 : 1);
            event->accept();
            return;
        }
    }
    QAbstractScrollArea::wheelEvent(event);
}

void PdfCanvas::keyPressEvent(QKeyEvent* event) {
    QScrollBar* vertical = verticalScrollBar();
    const int page = viewport()->height() * 9 / 10;
    switch (event->key()) {
        case Qt::Key_Space:
        case Qt::Key_PageDown:
        case Qt::Key_PageUp: {
            const bool back = event->key() == Qt::Key_PageUp || event->modifiers().testFlag(Qt::ShiftModifier);
            const int before = vertical->value();
            vertical->setValue(before + (back ? -page : page));
            if (vertical->value() == before) {
                turnPage(back ? -1 : 1);
            }
            return;
        }
        case Qt::Key_Home:
            goTo({.page = 0});
            return;
        case Qt::Key_End:
            goTo({.page = m_layout.pageCount() - 1});
            return;
        case Qt::Key_Left:
        case Qt::Key_Right:
            if (horizontalScrollBar()->maximum() == 0) {
                turnPage(event->key() == Qt::Key_Left ? -1 : 1);
                return;
            }
            break;
        case Qt::Key_Escape:
            if (m_selectionFrom) {
                clearSelection();
                return;
            }
            break;
        default:
            break;
    }
    QAbstractScrollArea::keyPressEvent(event);
}

void PdfCanvas::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || m_layout.pageCount() == 0) {
        return;
    }
    clearSelection();
    m_selectionFrom = pagePointAt(event->position().toPoint());
    m_selectionTo = *m_selectionFrom;
    m_texts->page(m_selectionFrom->page);
}

void PdfCanvas::mouseMoveEvent(QMouseEvent* event) {
    if (!m_selectionFrom || !event->buttons().testFlag(Qt::LeftButton)) {
        updateCursor(event->position().toPoint());
        return;
    }
    m_selectionTo = pagePointAt(event->position().toPoint());
    updateSelection();
}

void PdfCanvas::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton && m_selection.isEmpty()) {
        clearSelection();
        activateAt(event->position().toPoint());
    }
}

void PdfCanvas::clearSelection() {
    m_selectionFrom.reset();
    if (!m_selection.isEmpty() || m_highlights.contains(HighlightKind::Selection)) {
        m_selection.clear();
        setHighlights(HighlightKind::Selection, {});
        emit selectionChanged();
    }
}

QString PdfCanvas::selectedText() const {
    QStringList texts;
    for (const SelectedText& part : m_selection) {
        texts.push_back(part.text);
    }
    return texts.join(QLatin1Char('\n'));
}

void PdfCanvas::updateSelection() {
    PagePoint from = *m_selectionFrom;
    PagePoint to = m_selectionTo;
    if (std::pair(to.page, to.point.y()) < std::pair(from.page, from.point.y())) {
        std::swap(from, to);
    }
    QVector<ReaderPlace> places;
    m_selection.clear();
    for (int page = from.page; page <= std::min(to.page, from.page + kMaxSelectedPages - 1); ++page) {
        const app::DocumentPage* content = m_texts->page(page);
        if (content == nullptr) {
            continue;
        }
        const QPointF begin = page == from.page ? from.point : QPointF(0, 0);
        const QPointF end = page == to.page ? to.point : QPointF(1, 1);
        const auto bytes = app::bytesBetween(content->boxes, content->text, float(begin.x()), float(begin.y()),
                                             float(end.x()), float(end.y()));
        if (!bytes || bytes->size() <= 0) {
            continue;
        }
        const QVector<app::PageRect> rects = toVector(app::projectToPage(content->boxes, content->text, *bytes));
        places.push_back({.page = page, .rects = rects});
        m_selection.push_back({.page = page,
                               .bytes = *bytes,
                               .rects = rects,
                               .text = QString::fromUtf8(content->text.data() + bytes->begin, bytes->size())});
    }
    setHighlights(HighlightKind::Selection, places);
    emit selectionChanged();
}

}  // namespace lectern::ui

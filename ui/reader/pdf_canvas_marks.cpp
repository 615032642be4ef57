// Highlights, notes and links on the reader's pages.
#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

#include "ui/reader/page_link_store.h"
#include "ui/reader/pdf_canvas.h"

namespace lectern::ui {
namespace {

constexpr double kNoteSide = 11;
constexpr double kNoteMargin = 4;

bool contains(const app::PageRect& rect, QPointF point) {
    return point.x() >= double(rect.x0) && point.x() <= double(rect.x1) && point.y() >= double(rect.y0) &&
           point.y() <= double(rect.y1);
}

/// A sheet with a folded corner: a note is told by its shape too.
void drawNoteSign(QPainter& painter, const QRectF& sheet, const QColor& color) {
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(color.darker(190), 1));
    painter.setBrush(color);
    const QPolygonF outline{{sheet.topLeft(), sheet.topRight() - QPointF(4, 0), sheet.topRight() + QPointF(0, 4),
                             sheet.bottomRight(), sheet.bottomLeft()}};
    painter.drawPolygon(outline);
    painter.drawLine(sheet.topLeft() + QPointF(2, 5), sheet.topLeft() + QPointF(kNoteSide - 3, 5));
    painter.drawLine(sheet.topLeft() + QPointF(2, 8), sheet.topLeft() + QPointF(kNoteSide - 3, 8));
}

}  // namespace

void PdfCanvas::setMarks(const QVector<ReaderMark>& marks) {
    m_marks.clear();
    for (const ReaderMark& mark : marks) {
        m_marks[mark.page].push_back(mark);
    }
    viewport()->update();
}

void PdfCanvas::drawMarks(QPainter& painter, int page) const {
    for (const ReaderMark& mark : m_marks.value(page)) {
        QRectF last;
        for (const app::PageRect& rect : mark.rects) {
            const QRectF box = viewportRect(page, rect).adjusted(-1, -1, 1, 1);
            last = box;
            if (mark.kind == app::AnnotationKind::Highlight) {
                painter.setCompositionMode(m_darkPages ? QPainter::CompositionMode_Overlay
                                                       : QPainter::CompositionMode_Multiply);
                painter.fillRect(box, mark.color);
                painter.setCompositionMode(QPainter::CompositionMode_SourceOver);
            } else {
                QPen pen(mark.color.darker(m_darkPages ? 100 : 160), 2);
                pen.setStyle(mark.kind == app::AnnotationKind::Note ? Qt::DashLine : Qt::SolidLine);
                painter.setPen(pen);
                painter.drawLine(box.bottomLeft(), box.bottomRight());
            }
        }
        if (!mark.note.isEmpty() || mark.kind == app::AnnotationKind::Note) {
            drawNoteSign(painter, noteSign(page, last), mark.color);
        }
    }
}

/// In the margin beside the last marked line, so that it covers no words.
QRectF PdfCanvas::noteSign(int page, const QRectF& lastLine) const {
    const QRectF paper = viewportRect(page, {0, 0, 1, 1});
    return {paper.right() - kNoteSide - kNoteMargin, lastLine.center().y() - kNoteSide / 2, kNoteSide, kNoteSide};
}

const ReaderMark* PdfCanvas::markAt(QPoint viewportPoint) const {
    const PagePoint at = pagePointAt(viewportPoint);
    const auto marks = m_marks.constFind(at.page);
    if (marks == m_marks.constEnd()) {
        return nullptr;
    }
    for (const ReaderMark& mark : marks.value()) {
        for (const app::PageRect& rect : mark.rects) {
            if (contains(rect, at.point)) {
                return &mark;
            }
        }
        if (!mark.rects.isEmpty()) {
            const QRectF last = viewportRect(mark.page, mark.rects.back()).adjusted(-1, -1, 1, 1);
            const bool signedNote = !mark.note.isEmpty() || mark.kind == app::AnnotationKind::Note;
            if (signedNote && noteSign(mark.page, last).contains(viewportPoint)) {
                return &mark;
            }
        }
    }
    return nullptr;
}

const app::PageLink* PdfCanvas::linkAt(QPoint viewportPoint) const {
    const PagePoint at = pagePointAt(viewportPoint);
    const QVector<app::PageLink>* links = at.page < 0 ? nullptr : m_links->page(at.page);
    if (links != nullptr) {
        for (const app::PageLink& link : *links) {
            if (contains(link.area, at.point)) {
                return &link;
            }
        }
    }
    return nullptr;
}

void PdfCanvas::activateAt(QPoint viewportPoint) {
    if (const app::PageLink* link = linkAt(viewportPoint)) {
        emit linkActivated(app::PageLink(*link));
    } else if (const ReaderMark* mark = markAt(viewportPoint)) {
        emit markActivated(mark->key);
    }
}

void PdfCanvas::updateCursor(QPoint viewportPoint) {
    const bool something = linkAt(viewportPoint) != nullptr || markAt(viewportPoint) != nullptr;
    viewport()->setCursor(something ? Qt::PointingHandCursor : Qt::IBeamCursor);
}

bool PdfCanvas::viewportEvent(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        QString text;
        if (const app::PageLink* link = linkAt(help->pos())) {
            text = link->page >= 0 ? tr("Page %1").arg(link->page + 1) : link->address;
        } else if (const ReaderMark* mark = markAt(help->pos())) {
            text = mark->note;
        }
        QToolTip::showText(help->globalPos(), text, viewport());
        return true;
    }
    return QAbstractScrollArea::viewportEvent(event);
}

}  // namespace lectern::ui

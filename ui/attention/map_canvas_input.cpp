// Mouse, wheel and keyboard of the attention map.
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QScrollBar>
#include <QToolTip>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

#include "ui/attention/map_canvas.h"

namespace lectern::ui {
namespace {
constexpr int kDragStartPixels = 4;
}

void MapCanvas::wheelEvent(QWheelEvent* event) {
    const QPoint angle = event->angleDelta();
    const double steps = (angle.y() != 0 ? angle.y() : angle.x()) / 120.0;
    const Qt::KeyboardModifiers keys = event->modifiers();
    if (keys.testFlag(Qt::ControlModifier) && keys.testFlag(Qt::ShiftModifier)) {
        setRowHeight(m_view.rowHeight + (steps > 0 ? 1 : -1));
    } else if (keys.testFlag(Qt::ControlModifier)) {
        m_view.axis.zoomAbout(event->position().x() - geometryNow().cells.left(), std::pow(1.25, steps));
        axisChanged();
    } else if (keys.testFlag(Qt::ShiftModifier)) {
        verticalScrollBar()->setValue(verticalScrollBar()->value() - static_cast<int>(steps * 48));
    } else if (angle.x() != 0 || !m_view.axis.isFitted()) {
        m_view.axis.panPixels(-steps * 96);
        axisChanged();
    } else {
        verticalScrollBar()->setValue(verticalScrollBar()->value() - static_cast<int>(steps * 48));
    }
    event->accept();
}

void MapCanvas::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || m_map == nullptr) {
        return;
    }
    m_pressed = m_last = event->position().toPoint();
    m_moved = false;
    const MapArea area = geometryNow().areaAt(m_pressed);
    m_drag = area == MapArea::Strip ? Drag::Strip : Drag::Pan;
    if (m_drag == Drag::Strip) {
        mouseMoveEvent(event);
    }
}

void MapCanvas::mouseMoveEvent(QMouseEvent* event) {
    const QPoint point = event->position().toPoint();
    if (m_drag == Drag::None) {
        hover(point);
        return;
    }
    if ((point - m_pressed).manhattanLength() >= kDragStartPixels) {
        m_moved = true;
    }
    if (m_drag == Drag::Strip && m_map != nullptr) {
        const double token = double(stripTokenAt(*m_map, geometryNow().strip, point.x()));
        m_view.axis.setFirstToken(token - m_view.axis.tokensPerPixel() * m_view.axis.width() / 2);
        axisChanged();
    } else if (m_moved) {
        m_view.axis.panPixels(m_last.x() - point.x());
        verticalScrollBar()->setValue(verticalScrollBar()->value() + m_last.y() - point.y());
        axisChanged();
    }
    m_last = point;
}

void MapCanvas::mouseReleaseEvent(QMouseEvent* event) {
    const Drag drag = m_drag;
    m_drag = Drag::None;
    if (event->button() == Qt::LeftButton && drag == Drag::Pan && !m_moved) {
        activate(hitAt(event->position().toPoint()));
    } else if (drag == Drag::Strip && !m_moved && m_map != nullptr) {
        emit regionActivated(hitAt(m_pressed).tokens);
    }
}

void MapCanvas::mouseDoubleClickEvent(QMouseEvent* event) {
    const MapHit hit = hitAt(event->position().toPoint());
    if (hit.area == MapArea::Cells || hit.area == MapArea::Ruler || hit.area == MapArea::Words) {
        emit regionActivated(hit.tokens);
    }
}

void MapCanvas::hover(QPoint point) {
    const MapHit hit = hitAt(point);
    if (hit == m_hover) {
        return;
    }
    m_hover = hit;
    describe(hit);
    const bool place = hit.area != MapArea::None && hit.area != MapArea::RowLabels;
    emit regionHovered(place && m_map != nullptr ? hit.tokens : TokenRange{});
}

bool MapCanvas::viewportEvent(QEvent* event) {
    if (event->type() == QEvent::Leave) {
        m_hover = {};
        emit described({});
        emit regionHovered({});
    }
    return QAbstractScrollArea::viewportEvent(event);
}

void MapCanvas::moveCursor(int rows, int columns) {
    const int row = std::clamp(m_view.cursorRow + rows, 0, static_cast<int>(m_map->rows.size()) - 1);
    if (showsTokens(*m_map, m_view.axis)) {
        moveToken(row, columns);
        return;
    }
    const CellColumns scale = columnsOf(*m_map, m_view.axis);
    CellRange cells = m_view.cursorCells;
    if (cells.size() <= 0) {
        cells = scale.column(m_view.axis.width() / 2);
    } else if (columns != 0) {
        // One drawn column further, at least one region.
        const int64_t size = std::max<int64_t>(1, scale.column(0).size());
        const int64_t begin = std::clamp<int64_t>(cells.begin + columns * size, 0, m_map->regionCount - 1);
        cells = {begin, std::min(begin + size, m_map->regionCount)};
    }
    m_view.axis.ensureVisible(m_map->tokensOf(cells));
    axisChanged();
    setCursorAt(row, cells, m_map->tokensOf(cells));
}

void MapCanvas::moveToken(int row, int tokens) {
    const TokenRange from = m_view.cursorTokens;
    const int64_t token = from.size() <= 0 ? static_cast<int64_t>(m_view.axis.tokenAt(m_view.axis.width() / 2.0))
                                           : (from.size() == 1 || tokens < 0 ? from.begin : from.end - 1) + tokens;
    const int64_t to = std::clamp<int64_t>(token, 0, m_map->source.contextTokens - 1);
    m_view.axis.ensureVisible({to, to + 1});
    axisChanged();
    setCursorAt(row, m_map->cellOf(to), {to, to + 1});
}

bool MapCanvas::moveByKey(const QKeyEvent& event) {
    const bool shift = event.modifiers().testFlag(Qt::ShiftModifier);
    const double tenth = m_view.axis.width() / 10.0;
    switch (event.key()) {
        case Qt::Key_Left:
        case Qt::Key_Right: {
            const int direction = event.key() == Qt::Key_Left ? -1 : 1;
            if (shift) {
                m_view.axis.panPixels(direction * tenth);
                axisChanged();
            } else {
                moveCursor(0, direction);
            }
            return true;
        }
        case Qt::Key_Up:
        case Qt::Key_Down:
            moveCursor(event.key() == Qt::Key_Up ? -1 : 1, 0);
            return true;
        case Qt::Key_PageUp:
        case Qt::Key_PageDown:
            m_view.axis.panPixels((event.key() == Qt::Key_PageUp ? -9 : 9) * tenth);
            axisChanged();
            return true;
        case Qt::Key_Home:
        case Qt::Key_End:
            m_view.axis.setFirstToken(event.key() == Qt::Key_Home ? 0.0 : double(m_view.axis.totalTokens()));
            axisChanged();
            return true;
        default:
            return false;
    }
}

void MapCanvas::keyPressEvent(QKeyEvent* event) {
    if (m_map == nullptr || m_map->rows.empty() || moveByKey(*event)) {
        return;
    }
    switch (event->key()) {
        case Qt::Key_Plus:
        case Qt::Key_Equal:
            zoomIn();
            return;
        case Qt::Key_Minus:
            zoomOut();
            return;
        case Qt::Key_0:
            zoomToFit();
            return;
        case Qt::Key_B:
            if (m_map->blockTokens > 0 && m_view.cursorCells.size() > 0) {
                selectBlock(m_view.cursorTokens.begin / m_map->blockTokens);
            }
            return;
        case Qt::Key_Escape:
            selectBlock(-1);
            return;
        case Qt::Key_Return:
        case Qt::Key_Enter:
            if (m_view.cursorCells.size() > 0) {
                emit regionActivated(m_view.cursorTokens);
            }
            return;
        default:
            QAbstractScrollArea::keyPressEvent(event);
    }
}

}  // namespace lectern::ui

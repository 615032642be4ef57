#include "ui/theme/flow_layout.h"

#include <algorithm>

namespace lectern::ui {

FlowLayout::~FlowLayout() {
    qDeleteAll(m_items);
}

QLayoutItem* FlowLayout::takeAt(int index) {
    return index >= 0 && index < count() ? m_items.takeAt(index) : nullptr;
}

template <typename Place>
int FlowLayout::arrange(const QRect& area, Place place) const {
    int y = area.top();
    for (int first = 0; first < count();) {
        int width = 0, height = 0, end = first;
        for (; end < count(); ++end) {
            const QSize size = m_items[end]->isEmpty() ? QSize() : m_items[end]->sizeHint();
            const int wider = size.isEmpty() ? width : width + (width > 0 ? spacing() : 0) + size.width();
            if (wider > area.width() && width > 0) {
                break;
            }
            width = wider;
            height = std::max(height, size.height());
        }
        int x = area.left() + (alignment().testFlag(Qt::AlignHCenter) ? std::max(0, area.width() - width) / 2 : 0);
        for (; first < end; ++first) {
            if (!m_items[first]->isEmpty()) {
                const int itemWidth = std::min(m_items[first]->sizeHint().width(), area.width());
                place(m_items[first], QRect(x, y, itemWidth, height));
                x += itemWidth + spacing();
            }
        }
        y += height + (end < count() && height > 0 ? spacing() : 0);
    }
    return y - area.top();
}

int FlowLayout::heightForWidth(int width) const {
    const QMargins margins = contentsMargins();
    return arrange(QRect(0, 0, width - margins.left() - margins.right(), 0), [](QLayoutItem*, const QRect&) {}) +
           margins.top() + margins.bottom();
}

QSize FlowLayout::minimumSize() const {
    QSize size;
    for (const QLayoutItem* item : m_items) {
        size = size.expandedTo(item->minimumSize());
    }
    const QMargins margins = contentsMargins();
    return size + QSize(margins.left() + margins.right(), margins.top() + margins.bottom());
}

QSize FlowLayout::sizeHint() const {
    QSize size;
    for (const QLayoutItem* item : m_items) {
        if (!item->isEmpty()) {
            const QSize hint = item->sizeHint();
            size = {size.width() + (size.width() > 0 ? spacing() : 0) + hint.width(),
                    std::max(size.height(), hint.height())};
        }
    }
    const QMargins margins = contentsMargins();
    return size + QSize(margins.left() + margins.right(), margins.top() + margins.bottom());
}

void FlowLayout::setGeometry(const QRect& rect) {
    QLayout::setGeometry(rect);
    arrange(contentsRect(), [](QLayoutItem* item, const QRect& area) { item->setGeometry(area); });
}

}  // namespace lectern::ui

#include "ui/reader/reader_layout.h"

#include <algorithm>

namespace lectern::ui {
namespace {

/// Turns a normalised point of the unrotated page clockwise.
QPointF turnPoint(QPointF p, int turns) {
    switch (turns & 3) {
        case 1:
            return {1 - p.y(), p.x()};
        case 2:
            return {1 - p.x(), 1 - p.y()};
        case 3:
            return {p.y(), 1 - p.x()};
        default:
            return p;
    }
}

}  // namespace

void ReaderLayout::reset(int pageCount, app::PageSize firstPage) {
    if (firstPage.widthPoints <= 0 || firstPage.heightPoints <= 0) {
        firstPage = {595, 842};
    }
    m_sizes.assign(static_cast<size_t>(std::max(pageCount, 0)), firstPage);
    update();
}

void ReaderLayout::setSizes(int firstPage, std::span<const app::PageSize> sizes) {
    for (size_t i = 0; i < sizes.size() && static_cast<size_t>(firstPage) + i < m_sizes.size(); ++i) {
        if (sizes[i].widthPoints > 0 && sizes[i].heightPoints > 0) {
            m_sizes[static_cast<size_t>(firstPage) + i] = sizes[i];
        }
    }
    update();
}

void ReaderLayout::setFlow(PageFlow flow) {
    m_flow = flow;
    update();
}

void ReaderLayout::setQuarterTurns(int turns) {
    m_turns = turns & 3;
    update();
}

void ReaderLayout::setZoom(ZoomMode mode, double customScale) {
    m_mode = mode;
    m_customScale = std::clamp(customScale, kMinScale, kMaxScale);
    update();
}

void ReaderLayout::setViewport(QSizeF size) {
    m_viewport = size;
    update();
}

QSizeF ReaderLayout::turned(int page) const {
    const app::PageSize& size = m_sizes[static_cast<size_t>(page)];
    return m_turns % 2 == 0 ? QSizeF(size.widthPoints, size.heightPoints) : QSizeF(size.heightPoints, size.widthPoints);
}

int ReaderLayout::rowOf(int page) const {
    return m_flow == PageFlow::Facing ? (page + 1) / 2 : page;
}

PageSpan ReaderLayout::rowPages(int page) const {
    if (m_flow != PageFlow::Facing) {
        return {page, page};
    }
    const int row = rowOf(page);
    return {std::max(0, row * 2 - 1), std::min(row * 2, pageCount() - 1)};
}

void ReaderLayout::update() {
    m_rowTops.clear();
    if (m_sizes.empty()) {
        m_content = {};
        return;
    }
    std::vector<QSizeF> rows;
    QSizeF largest;
    for (int page = 0; page < pageCount();) {
        const PageSpan pages = rowPages(page);
        QSizeF row;
        for (int each = pages.first; each <= pages.last; ++each) {
            const QSizeF size = turned(each);
            row = {row.width() + size.width(), std::max(row.height(), size.height())};
        }
        largest = largest.expandedTo(row);
        rows.push_back(row);
        page = pages.last + 1;
    }
    const double width = std::max(m_viewport.width() - 2 * kGap, 32.0);
    const double height = std::max(m_viewport.height() - 2 * kGap, 32.0);
    const double fitWidth = width / largest.width();
    m_scale = m_mode == ZoomMode::FitWidth  ? fitWidth
              : m_mode == ZoomMode::FitPage ? std::min(fitWidth, height / largest.height())
                                            : m_customScale;
    m_scale = std::clamp(m_scale, kMinScale, kMaxScale);
    double top = kGap;
    m_rowTops.reserve(rows.size() + 1);
    for (const QSizeF& row : rows) {
        m_rowTops.push_back(top);
        top += row.height() * m_scale + kGap;
    }
    m_rowTops.push_back(top);
    m_content = {largest.width() * m_scale + 2 * kGap, top};
}

QRectF ReaderLayout::pageRect(int page) const {
    const PageSpan pages = rowPages(page);
    double rowWidth = 0;
    double before = 0;
    for (int each = pages.first; each <= pages.last; ++each) {
        rowWidth += turned(each).width() * m_scale;
        before += each < page ? turned(each).width() * m_scale : 0;
    }
    const double space = std::max(m_content.width(), m_viewport.width());
    return QRectF(QPointF((space - rowWidth) / 2 + before, m_rowTops[static_cast<size_t>(rowOf(page))]),
                  turned(page) * m_scale);
}

QRectF ReaderLayout::rowRect(int page) const {
    const auto row = static_cast<size_t>(rowOf(page));
    const double top = m_rowTops[row] - kGap;
    return {0, top, m_content.width(), m_rowTops[row + 1] - top};
}

int ReaderLayout::pageAtHeight(double y) const {
    if (m_sizes.empty()) {
        return 0;
    }
    const auto after = std::upper_bound(m_rowTops.begin(), m_rowTops.end() - 1, y);
    const auto row = static_cast<int>(std::max<std::ptrdiff_t>(after - m_rowTops.begin() - 1, 0));
    return m_flow == PageFlow::Facing ? std::max(0, row * 2 - 1) : row;
}

PageSpan ReaderLayout::pagesBetween(double top, double bottom) const {
    if (m_sizes.empty()) {
        return {};
    }
    return {pageAtHeight(top), rowPages(pageAtHeight(bottom)).last};
}

PagePoint ReaderLayout::toPage(QPointF content) const {
    if (m_sizes.empty()) {
        return {};
    }
    const PageSpan pages = rowPages(pageAtHeight(content.y()));
    int page = pages.first;
    while (page < pages.last && content.x() > pageRect(page).right()) {
        ++page;
    }
    const QRectF rect = pageRect(page);
    const QPointF shown((content.x() - rect.left()) / rect.width(), (content.y() - rect.top()) / rect.height());
    return {page, turnPoint(shown, 4 - m_turns)};
}

QPointF ReaderLayout::toContent(const PagePoint& point) const {
    const QRectF rect = pageRect(point.page);
    const QPointF shown = turnPoint(point.point, m_turns);
    return {rect.left() + shown.x() * rect.width(), rect.top() + shown.y() * rect.height()};
}

QRectF ReaderLayout::toContent(int page, const app::PageRect& rect) const {
    const QPointF a = toContent({page, {rect.x0, rect.y0}});
    const QPointF b = toContent({page, {rect.x1, rect.y1}});
    return QRectF(a, b).normalized();
}

}  // namespace lectern::ui

#include "ui/reader/pdf_canvas.h"

#include <QResizeEvent>
#include <QScrollBar>
#include <cmath>

#include "ui/reader/page_link_store.h"
#include "ui/reader/page_text_store.h"

namespace lectern::ui {
namespace {
constexpr int kFlashMs = 1500;
/// Scrolling fast, pages that are passed by need not be drawn.
constexpr int kRequestDelayMs = 12;
/// So much of the window's height lies above what is taken to be read: a heading in its upper half has been reached.
constexpr double kEyeHeight = 0.45;
}  // namespace

PdfCanvas::PdfCanvas(app::DocumentClient* client, PageTextStore* texts, QWidget* parent)
    : QAbstractScrollArea(parent), m_client(client), m_texts(texts), m_links(new PageLinkStore(client, this)) {
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Pages"));
    viewport()->setCursor(Qt::IBeamCursor);
    viewport()->setBackgroundRole(QPalette::Mid);
    viewport()->setMouseTracking(true);
    verticalScrollBar()->setSingleStep(48);
    horizontalScrollBar()->setSingleStep(48);
    m_darkener.setMaxThreadCount(1);
    m_requestTimer.setSingleShot(true);
    m_requestTimer.setInterval(kRequestDelayMs);
    connect(&m_requestTimer, &QTimer::timeout, this, &PdfCanvas::requestTiles);
    connect(client, &app::DocumentClient::rendered, this, &PdfCanvas::tileArrived);
    connect(client, &app::DocumentClient::failed, this, &PdfCanvas::tileFailed);
    connect(texts, &PageTextStore::arrived, this, [this] {
        if (m_selectionFrom) {
            updateSelection();
        }
    });
    buildLinkCursor();
    m_flash.setStartValue(1.0);
    m_flash.setEndValue(0.0);
    m_flash.setDuration(kFlashMs);
    connect(&m_flash, &QVariantAnimation::valueChanged, viewport(), qOverload<>(&QWidget::update));
}

void PdfCanvas::reset(int pageCount, app::PageSize firstPage) {
    m_cache.clear();
    m_darkening.clear();
    m_darkener.clear();
    m_jobs.clear();
    m_failures.clear();
    m_highlights.clear();
    m_links->clear();
    m_anyShown = false;
    m_singlePage = 0;
    clearSelection();
    m_layout.reset(pageCount, firstPage);
    m_layout.setViewport(viewport()->size());
    updateScrollBars();
    scrollToContent({0, 0});
    requestTiles();
}

template <typename Change>
void PdfCanvas::changeLayout(Change&& change) {
    // The place under the upper third of the window stays there, whatever size the window has now.
    const QSizeF now = viewport()->size();
    const QSizeF then = m_layout.viewport().isEmpty() ? now : m_layout.viewport();
    const QPointF eye(now.width() / 2.0, now.height() / 3.0);
    const PagePoint anchor = m_layout.toPage(origin() + QPointF(then.width() / 2.0, then.height() / 3.0));
    const double before = m_layout.scale();
    const int permille = scalePermille();
    change();
    m_layout.setViewport(viewport()->size());
    if (std::abs(m_layout.scale() - before) > 1e-9) {
        m_fallbackPermille = permille;
    }
    updateScrollBars();
    if (anchor.page >= 0) {
        scrollToContent(m_layout.toContent(anchor) - eye);
    }
    m_requestTimer.start();
    viewport()->update();
    emit scrolled();
    if (std::abs(m_layout.scale() - before) > 1e-9) {
        emit scaleChanged();
    }
}

void PdfCanvas::setSizes(int firstPage, std::span<const app::PageSize> sizes) {
    changeLayout([&] { m_layout.setSizes(firstPage, sizes); });
}

void PdfCanvas::setFlow(PageFlow flow) {
    m_singlePage = currentPage();
    changeLayout([&] { m_layout.setFlow(flow); });
}

void PdfCanvas::setQuarterTurns(int turns) {
    changeLayout([&] { m_layout.setQuarterTurns(turns); });
}

void PdfCanvas::setZoom(ZoomMode mode, double scale) {
    changeLayout([&] { m_layout.setZoom(mode, scale); });
}

void PdfCanvas::setDarkPages(bool dark) {
    m_darkPages = dark;
    viewport()->update();
}

void PdfCanvas::resizeEvent(QResizeEvent* event) {
    QAbstractScrollArea::resizeEvent(event);
    changeLayout([] {});
}

void PdfCanvas::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange) {
        viewport()->update();
    }
    QAbstractScrollArea::changeEvent(event);
}

void PdfCanvas::updateScrollBars() {
    m_updatingBars = true;
    const QSizeF content = m_layout.contentSize();
    double top = 0;
    double bottom = content.height();
    if (m_layout.flow() == PageFlow::Single && m_layout.pageCount() > 0) {
        const QRectF row = m_layout.rowRect(m_singlePage);
        top = row.top();
        bottom = row.bottom() + ReaderLayout::kGap;
    }
    const int height = viewport()->height();
    verticalScrollBar()->setRange(static_cast<int>(top), static_cast<int>(std::max(top, std::ceil(bottom) - height)));
    verticalScrollBar()->setPageStep(height);
    horizontalScrollBar()->setRange(0,
                                    std::max(0, static_cast<int>(std::floor(content.width())) - viewport()->width()));
    horizontalScrollBar()->setPageStep(viewport()->width());
    m_updatingBars = false;
}

QPointF PdfCanvas::origin() const {
    double x = horizontalScrollBar()->value();
    double y = verticalScrollBar()->value();
    if (m_layout.flow() == PageFlow::Single && m_layout.pageCount() > 0) {
        // A page shorter than the window stands in its middle.
        const double spare = viewport()->height() - m_layout.rowRect(m_singlePage).height() - ReaderLayout::kGap;
        y -= std::max(spare / 2, 0.0);
    }
    return {x, y};
}

void PdfCanvas::scrollToContent(QPointF content) {
    m_updatingBars = true;
    horizontalScrollBar()->setValue(static_cast<int>(std::lround(content.x())));
    verticalScrollBar()->setValue(static_cast<int>(std::lround(content.y())));
    m_updatingBars = false;
    m_requestTimer.start();
    viewport()->update();
    emit scrolled();
}

void PdfCanvas::scrollContentsBy(int, int) {
    if (m_updatingBars) {
        return;
    }
    if (!m_requestTimer.isActive()) {
        m_requestTimer.start();
    }
    viewport()->update();
    emit scrolled();
}

int PdfCanvas::currentPage() const {
    if (m_layout.flow() == PageFlow::Single) {
        return m_singlePage;
    }
    const bool atEnd =
        verticalScrollBar()->value() == verticalScrollBar()->maximum() && verticalScrollBar()->value() > 0;
    return atEnd ? visiblePages().last : m_layout.pageAtHeight(origin().y() + viewport()->height() / 3.0);
}

PageSpan PdfCanvas::visiblePages() const {
    if (m_layout.pageCount() == 0) {
        return {};
    }
    if (m_layout.flow() == PageFlow::Single) {
        return {m_singlePage, m_singlePage};
    }
    return m_layout.pagesBetween(origin().y() + ReaderLayout::kGap, origin().y() + viewport()->height());
}

ReaderPlace PdfCanvas::currentPlace() const {
    ReaderPlace place;
    if (m_layout.pageCount() > 0) {
        const PagePoint top = m_layout.toPage(origin() + QPointF(viewport()->width() / 2.0, ReaderLayout::kGap));
        place.page = top.page;
        place.top = std::clamp(static_cast<float>(top.point.y()), 0.0f, 1.0f);
    }
    return place;
}

ReaderPlace PdfCanvas::readingPlace() const {
    ReaderPlace place{.page = currentPage(), .top = 1};
    if (m_layout.pageCount() > 0) {
        const double middle = m_layout.pageRect(place.page).center().x();
        const PagePoint point = m_layout.toPage({middle, origin().y() + viewport()->height() * kEyeHeight});
        if (point.page == place.page) {
            place.top = std::clamp(static_cast<float>(point.point.y()), 0.0f, 1.0f);
        }
    }
    return place;
}

void PdfCanvas::goTo(const ReaderPlace& place) {
    if (m_layout.pageCount() == 0) {
        return;
    }
    const int page = std::clamp(place.page, 0, m_layout.pageCount() - 1);
    m_singlePage = page;
    updateScrollBars();
    QRectF target = m_layout.pageRect(page);
    if (place.rects.isEmpty()) {
        const double top = m_layout.toContent({page, {0.0, std::clamp(double(place.top), 0.0, 1.0)}}).y();
        scrollToContent({origin().x(), (place.top > 0 ? top : target.top()) - ReaderLayout::kGap});
        return;
    }
    target = {};
    for (const app::PageRect& rect : place.rects) {
        target = target.united(m_layout.toContent(page, rect));
    }
    // Scroll only as far as needed to have the whole passage in the middle of the window.
    const QRectF view(origin(), QSizeF(viewport()->size()));
    QPointF to = origin();
    if (target.top() < view.top() + 24 || target.bottom() > view.bottom() - 24) {
        to.setY(target.center().y() - std::min(view.height() / 2, view.height() - target.height() / 2 - 24));
    }
    if (target.left() < view.left() || target.right() > view.right()) {
        to.setX(target.left() - 24);
    }
    scrollToContent(to);
}

bool PdfCanvas::turnPage(int direction) {
    const PageSpan row = m_layout.rowPages(currentPage());
    const int page = direction > 0 ? row.last + 1 : row.first - 1;
    if (page < 0 || page >= m_layout.pageCount()) {
        return false;
    }
    goTo({.page = m_layout.rowPages(page).first});
    return true;
}

QRectF PdfCanvas::viewportRect(int page, const app::PageRect& rect) const {
    return m_layout.toContent(page, rect).translated(-origin());
}

PagePoint PdfCanvas::pagePointAt(QPoint viewportPoint) const {
    return m_layout.toPage(origin() + viewportPoint);
}

}  // namespace lectern::ui

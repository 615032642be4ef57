// Pictures of pages: asking the document worker for them and painting them.
#include <QPainter>
#include <cmath>

#include "ui/reader/dark_page.h"
#include "ui/reader/page_link_store.h"
#include "ui/reader/pdf_canvas.h"
#include "ui/theme/theme.h"

namespace lectern::ui {
namespace {

QColor highlightColor(HighlightKind kind) {
    // Pages are white whatever the theme, so these do not follow the palette.
    switch (kind) {
        case HighlightKind::Citation:
            return QColor(0xff, 0xd9, 0x66);
        case HighlightKind::Hover:
            return QColor(0xff, 0xec, 0xb8);
        case HighlightKind::Find:
            return QColor(0xbf, 0xdf, 0xff);
        case HighlightKind::FindCurrent:
            return QColor(0x7c, 0xc0, 0xff);
        case HighlightKind::Selection:
            return QColor(0xb8, 0xd4, 0xf0);
    }
    return {};
}

TileKey darkKey(TileKey key) {
    key.dark = true;
    return key;
}

QString sentenceOf(const Error& error) {
    return QString::fromStdString(error.message);
}

}  // namespace

int PdfCanvas::scalePermille() const {
    return std::max(1, static_cast<int>(std::lround(m_layout.scale() * devicePixelRatioF() * 1000)));
}

TileGrid PdfCanvas::gridOf(int page) const {
    const app::PageSize size = m_layout.pageSize(page);
    const double scale = scalePermille() / 1000.0;
    return TileGrid::of({size.widthPoints * scale, size.heightPoints * scale});
}

QVector<TileKey> PdfCanvas::tilesOf(int page, const QRectF& contentArea) const {
    QVector<TileKey> tiles;
    const TileGrid grid = gridOf(page);
    for (int row = 0; row < grid.rows; ++row) {
        for (int column = 0; column < grid.columns; ++column) {
            const QRectF part = grid.rect(column, row);
            const app::PageRect rect{float(part.left()), float(part.top()), float(part.right()), float(part.bottom())};
            if (m_layout.toContent(page, rect).intersects(contentArea)) {
                tiles.push_back({page, scalePermille(), m_layout.quarterTurns(), column, row});
            }
        }
    }
    return tiles;
}

void PdfCanvas::requestTiles() {
    const PageSpan visible = visiblePages();
    if (visible.last < visible.first || !m_client->isOpen()) {
        return;
    }
    const QRectF area(origin(), QSizeF(viewport()->size()));
    QHash<TileKey, app::JobPriority> wanted;
    QVector<TileKey> order;
    const auto want = [&](int page, const QRectF& part, app::JobPriority priority) {
        for (const TileKey& key : tilesOf(page, part)) {
            if (!wanted.contains(key)) {
                wanted.insert(key, priority);
                order.push_back(key);
            }
        }
    };
    for (int page = visible.first; page <= visible.last; ++page) {
        m_links->page(page);
        want(page, area, app::JobPriority::Visible);
    }
    const QRectF around = area.adjusted(0, -area.height(), 0, area.height());
    for (const int page : {visible.last + 1, visible.first - 1}) {
        if (page >= 0 && page < m_layout.pageCount()) {
            want(page, m_layout.flow() == PageFlow::Single ? m_layout.pageRect(page) : around,
                 app::JobPriority::Nearby);
        }
    }
    for (auto job = m_jobs.begin(); job != m_jobs.end();) {
        if (wanted.contains(job.key())) {
            m_client->setPriority(job.value(), wanted.value(job.key()));
            ++job;
        } else {
            m_client->cancel(job.value());
            job = m_jobs.erase(job);
        }
    }
    for (const TileKey& key : order) {
        if (m_jobs.contains(key) || m_cache.contains(key) || m_failures.contains(key.page)) {
            continue;
        }
        app::RenderRequest request;
        request.page = key.page;
        request.pixelsPerPoint = key.scalePermille / 1000.0;
        request.region = gridOf(key.page).rect(key.column, key.row);
        request.quarterTurns = key.quarterTurns;
        m_jobs.insert(key, m_client->requestRender(request, wanted.value(key)));
    }
}

void PdfCanvas::tileArrived(app::JobId job, const app::RenderedRegion& region) {
    for (auto each = m_jobs.begin(); each != m_jobs.end(); ++each) {
        if (each.value() == job) {
            const TileKey key = each.key();
            m_jobs.erase(each);
            m_cache.insert(key, region.image);
            viewport()->update();
            if (!m_anyShown && visiblePages().contains(key.page)) {
                m_anyShown = true;
                emit firstPageShown();
            }
            return;
        }
    }
}

void PdfCanvas::tileFailed(app::JobId job, const Error& error) {
    for (auto each = m_jobs.begin(); each != m_jobs.end(); ++each) {
        if (each.value() == job) {
            const int page = each.key().page;
            m_jobs.erase(each);
            if (error.code != ErrorCode::Cancelled) {
                m_failures.insert(page, sentenceOf(error));
                viewport()->update();
            }
            return;
        }
    }
}

bool PdfCanvas::isFullyDrawn() const {
    const PageSpan visible = visiblePages();
    const QRectF area(origin(), QSizeF(viewport()->size()));
    for (int page = visible.first; page <= visible.last; ++page) {
        for (const TileKey& key : tilesOf(page, area)) {
            if (!m_cache.contains(m_darkPages ? darkKey(key) : key) && !m_failures.contains(page)) {
                return false;
            }
        }
    }
    return visible.last >= visible.first;
}

bool PdfCanvas::drawTiles(QPainter& painter, int page, const QRectF& contentArea, int permille) {
    const app::PageSize size = m_layout.pageSize(page);
    const TileGrid grid = TileGrid::of(QSizeF(size.widthPoints, size.heightPoints) * (permille / 1000.0));
    bool complete = true;
    for (int row = 0; row < grid.rows; ++row) {
        for (int column = 0; column < grid.columns; ++column) {
            const QRectF part = grid.rect(column, row);
            const app::PageRect rect{float(part.left()), float(part.top()), float(part.right()), float(part.bottom())};
            const QRectF target = m_layout.toContent(page, rect);
            if (!target.intersects(contentArea)) {
                continue;
            }
            const QImage image = shownTile({page, permille, m_layout.quarterTurns(), column, row});
            if (image.isNull()) {
                complete = false;
                continue;
            }
            // Whole device pixels: a picture drawn for this scale must not be smeared by half a pixel.
            const double ratio = devicePixelRatioF();
            const auto snap = [ratio](double value) { return std::round(value * ratio) / ratio; };
            const QPointF corner(snap(target.left() - origin().x()), snap(target.top() - origin().y()));
            const bool exact = permille == scalePermille();
            const QSizeF shown = exact ? QSizeF(image.size()) / ratio : target.size();
            painter.setRenderHint(QPainter::SmoothPixmapTransform, !exact);
            painter.drawImage(QRectF(corner, shown), image);
        }
    }
    return complete;
}

QImage PdfCanvas::shownTile(const TileKey& key) {
    const QImage image = m_cache.find(key);
    if (!m_darkPages) {
        return image;
    }
    const QImage darkened = m_cache.find(darkKey(key));
    if (darkened.isNull() && !image.isNull() && m_darkening.value(key) != image.cacheKey()) {
        m_darkening.insert(key, image.cacheKey());
        m_darkener.start([this, key, image] {
            QMetaObject::invokeMethod(
                this, [this, key, from = image.cacheKey(), dark = darkPage(image)] { darkTileMade(key, from, dark); },
                Qt::QueuedConnection);
        });
    }
    return darkened;
}

void PdfCanvas::darkTileMade(const TileKey& key, qint64 from, const QImage& dark) {
    if (m_darkening.value(key) == from) {
        m_darkening.remove(key);
        m_cache.insert(darkKey(key), dark);
        viewport()->update();
    }
}

void PdfCanvas::drawPage(QPainter& painter, int page, const QRectF& contentArea) {
    const QRectF rect = m_layout.pageRect(page).translated(-origin());
    painter.fillRect(rect.adjusted(-1, -1, 1, 1), tone(palette(), Tone::Line));
    painter.fillRect(rect, m_darkPages ? darkPaper() : QColor(Qt::white));
    painter.save();
    painter.setClipRect(rect);
    if (m_failures.contains(page)) {
        painter.setPen(m_darkPages ? QColor(0xf0, 0xa0, 0x90) : QColor(0x80, 0x30, 0x20));
        painter.drawText(rect.adjusted(24, 24, -24, -24), Qt::AlignCenter | Qt::TextWordWrap, m_failures.value(page));
    } else {
        bool blank = true;
        for (const TileKey& key : tilesOf(page, contentArea)) {
            blank = blank && !m_cache.contains(key);
        }
        if (m_fallbackPermille > 0 && m_fallbackPermille != scalePermille()) {
            drawTiles(painter, page, contentArea, m_fallbackPermille);
            blank = false;
        }
        drawTiles(painter, page, contentArea, scalePermille());
        if (blank) {
            painter.setPen(QColor(0xb8, 0xbe, 0xc6));
            painter.drawText(rect.intersected(QRectF(viewport()->rect())), Qt::AlignCenter,
                             tr("Page %1").arg(page + 1));
        }
    }
    drawMarks(painter, page);
    drawHighlights(painter, page);
    painter.restore();
}

void PdfCanvas::drawHighlights(QPainter& painter, int page) const {
    const double flash = m_flash.state() == QAbstractAnimation::Running ? m_flash.currentValue().toDouble() : 0.0;
    for (auto kind = m_highlights.begin(); kind != m_highlights.end(); ++kind) {
        const QVector<app::PageRect> rects = kind.value().value(page);
        if (rects.isEmpty()) {
            continue;
        }
        const QColor color = highlightColor(kind.key());
        painter.setCompositionMode(m_darkPages ? QPainter::CompositionMode_Overlay
                                               : QPainter::CompositionMode_Multiply);
        QRectF all;
        for (const app::PageRect& rect : rects) {
            const QRectF box = viewportRect(page, rect).adjusted(-1.5, -1, 1.5, 1);
            painter.fillRect(box, color);
            all = all.united(box);
        }
        painter.setCompositionMode(QPainter::CompositionMode_SourceOver);
        if (kind.key() == HighlightKind::Citation) {
            // A bar in the margin besides the colour, so that cited text can be told by shape too.
            painter.fillRect(QRectF(all.left() - 8, all.top(), 3, all.height()), QColor(0xc2, 0x86, 0x00));
        }
        if (flash > 0 && kind.key() == m_flashKind) {
            QColor ring(0xc2, 0x5e, 0x00);
            ring.setAlphaF(static_cast<float>(std::abs(std::sin(flash * 3 * M_PI)) * 0.9));
            painter.setPen(QPen(ring, 2.5));
            painter.setBrush(Qt::NoBrush);
            painter.drawRoundedRect(all.adjusted(-4, -4, 4, 4), 4, 4);
        }
    }
}

void PdfCanvas::paintEvent(QPaintEvent*) {
    QPainter painter(viewport());
    painter.fillRect(viewport()->rect(), mixed(palette().color(QPalette::Window), palette().color(QPalette::WindowText),
                                               isDark(palette()) ? 0.0 : 0.10));
    const PageSpan visible = visiblePages();
    const QRectF area(origin(), QSizeF(viewport()->size()));
    for (int page = visible.first; page <= visible.last; ++page) {
        drawPage(painter, page, area);
    }
}

void PdfCanvas::setHighlights(HighlightKind kind, const QVector<ReaderPlace>& places) {
    PageRects rects;
    for (const ReaderPlace& place : places) {
        rects[place.page] += place.rects;
    }
    if (rects.isEmpty()) {
        m_highlights.remove(kind);
    } else {
        m_highlights.insert(kind, rects);
    }
    viewport()->update();
}

void PdfCanvas::flash(HighlightKind kind) {
    m_flashKind = kind;
    m_flash.stop();
    m_flash.start();
}

}  // namespace lectern::ui

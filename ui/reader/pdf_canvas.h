#pragma once
// The scrolled surface of PdfView: asks for pictures, paints pages and highlights, selects text.

#include <QAbstractScrollArea>
#include <QHash>
#include <QMap>
#include <QThreadPool>
#include <QTimer>
#include <QVariantAnimation>
#include <optional>

#include "app/document_worker/document_client.h"
#include "ui/reader/document_view.h"
#include "ui/reader/tile_cache.h"

namespace lectern::ui {

class LinkCursor;
class PageLinkStore;
class PageTextStore;

/// GUI thread. Pieces in sight are asked for first, then one page before and after; what scrolled away is taken back.
class PdfCanvas : public QAbstractScrollArea {
    Q_OBJECT

  public:
    PdfCanvas(app::DocumentClient* client, PageTextStore* texts, QWidget* parent = nullptr);

    void reset(int pageCount, app::PageSize firstPage);
    void setSizes(int firstPage, std::span<const app::PageSize> sizes);
    const ReaderLayout& layout() const { return m_layout; }
    void setFlow(PageFlow flow);
    void setQuarterTurns(int turns);
    void setZoom(ZoomMode mode, double scale);
    void setCacheBytes(qint64 bytes) { m_cache.setLimitBytes(bytes); }
    void setDarkPages(bool dark);
    qint64 cacheBytes() const { return m_cache.sizeBytes(); }

    int currentPage() const;
    PageSpan visiblePages() const;
    ReaderPlace currentPlace() const;
    /// Nearly the middle of the window, on currentPage(); its end where that is passed.
    ReaderPlace readingPlace() const;
    void goTo(const ReaderPlace& place);
    void setHighlights(HighlightKind kind, const QVector<ReaderPlace>& places);
    void setMarks(const QVector<ReaderMark>& marks);
    void flash(HighlightKind kind);
    bool isFullyDrawn() const;
    /// Why a page cannot be drawn, as it stands in its place; empty where it can.
    QString failureOf(int page) const { return m_failures.value(page); }
    /// Content pixels of a place on a page, in viewport coordinates; for tests and tool tips.
    QRectF viewportRect(int page, const app::PageRect& rect) const;

    QString selectedText() const;
    const QVector<SelectedText>& selection() const { return m_selection; }
    void clearSelection();
    /// The link at a place of the viewport; null where there is none, or its page has not told yet.
    const app::PageLink* linkAt(QPoint viewportPoint) const;
    LinkCursor* linkCursor() const { return m_linkCursor; }

  signals:
    void scrolled();
    /// Also where the window's size brought another zoom with it.
    void scaleChanged();
    void zoomRequested(double factor);
    void firstPageShown();
    void markActivated(int key);
    void linkActivated(const lectern::app::PageLink& link);
    void selectionChanged();

  protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void changeEvent(QEvent* event) override;
    bool viewportEvent(QEvent* event) override;

  private:
    using PageRects = QHash<int, QVector<app::PageRect>>;

    template <typename Change>
    void changeLayout(Change&& change);
    void updateScrollBars();
    QPointF origin() const;  ///< content pixel at the viewport's top left
    void scrollToContent(QPointF content);
    bool turnPage(int direction);

    int scalePermille() const;
    TileGrid gridOf(int page) const;
    QVector<TileKey> tilesOf(int page, const QRectF& contentArea) const;
    void requestTiles();
    void tileArrived(app::JobId job, const app::RenderedRegion& region);
    void tileFailed(app::JobId job, const Error& error);
    bool drawTiles(QPainter& painter, int page, const QRectF& contentArea, int permille);
    void drawPage(QPainter& painter, int page, const QRectF& contentArea);
    void drawHighlights(QPainter& painter, int page) const;
    void drawMarks(QPainter& painter, int page) const;
    /// The picture as it is to be seen; null until it is there. A dark one is made on another thread.
    QImage shownTile(const TileKey& key);
    QRectF noteSign(int page, const QRectF& lastLine) const;
    void darkTileMade(const TileKey& key, qint64 from, const QImage& dark);
    const ReaderMark* markAt(QPoint viewportPoint) const;
    void activateAt(QPoint viewportPoint);
    void updateCursor(QPoint viewportPoint);

    void buildLinkCursor();
    QString linkName(int page, int index) const;

    PagePoint pagePointAt(QPoint viewportPoint) const;
    void updateSelection();

    app::DocumentClient* m_client;
    PageTextStore* m_texts;
    PageLinkStore* m_links;
    LinkCursor* m_linkCursor = nullptr;
    ReaderLayout m_layout;
    TileCache m_cache;
    QHash<TileKey, app::JobId> m_jobs;
    QHash<int, QString> m_failures;
    QMap<HighlightKind, PageRects> m_highlights;
    QHash<int, QVector<ReaderMark>> m_marks;
    QTimer m_requestTimer;
    QVariantAnimation m_flash;
    HighlightKind m_flashKind = HighlightKind::Citation;
    int m_fallbackPermille = 0;  ///< scale of the pictures shown until sharper ones come
    bool m_anyShown = false;
    bool m_darkPages = false;            ///< pictures of pages are then kept a second time, darkened
    QHash<TileKey, qint64> m_darkening;  ///< cacheKey() of the pictures that are being darkened
    QThreadPool m_darkener;
    bool m_updatingBars = false;
    int m_singlePage = 0;
    std::optional<PagePoint> m_selectionFrom;
    PagePoint m_selectionTo;
    QVector<SelectedText> m_selection;
};

}  // namespace lectern::ui

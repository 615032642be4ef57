#pragma once
// Where the pages of a document lie: flow, rotation and scale -> rectangles in content pixels. Pure.

#include <QRectF>
#include <QSizeF>
#include <span>
#include <vector>

#include "app/ingest/document.h"

namespace lectern::ui {

enum class PageFlow { Continuous, Single, Facing };
enum class ZoomMode { FitWidth, FitPage, Custom };

/// First and last page, both included; empty when last < first.
struct PageSpan {
    int first = 0;
    int last = -1;
    bool contains(int page) const { return page >= first && page <= last; }
    bool operator==(const PageSpan&) const = default;
};

/// A place inside a page, normalised 0..1 of the page as the file shows it (before the reader's rotation).
struct PagePoint {
    int page = -1;
    QPointF point;
};

/// Pages stand in rows: one page each, or two in Facing with the first page alone. Until its size is known, a page is
/// laid out like the first. Lengths are logical pixels; `scale` is pixels per point of the file.
class ReaderLayout {
  public:
    static constexpr double kGap = 10;  ///< between rows, and around the outermost pages
    static constexpr double kMinScale = 0.05;
    static constexpr double kMaxScale = 16;

    void reset(int pageCount, app::PageSize firstPage);
    void setSizes(int firstPage, std::span<const app::PageSize> sizes);
    void setFlow(PageFlow flow);
    void setQuarterTurns(int turns);
    void setZoom(ZoomMode mode, double customScale);
    void setViewport(QSizeF size);
    QSizeF viewport() const { return m_viewport; }

    int pageCount() const { return static_cast<int>(m_sizes.size()); }
    PageFlow flow() const { return m_flow; }
    int quarterTurns() const { return m_turns; }
    ZoomMode zoomMode() const { return m_mode; }
    double scale() const { return m_scale; }
    QSizeF contentSize() const { return m_content; }
    /// Size of a page in points, unrotated.
    app::PageSize pageSize(int page) const { return m_sizes[static_cast<size_t>(page)]; }

    QRectF pageRect(int page) const;
    /// Top and height of the row that holds `page`, with half a gap on both sides.
    QRectF rowRect(int page) const;
    PageSpan rowPages(int page) const;
    /// Pages that touch [top, bottom].
    PageSpan pagesBetween(double top, double bottom) const;
    /// The page at this height; pages have no space between them here.
    int pageAtHeight(double y) const;

    /// Content pixels <-> page places, turning with the reader's rotation.
    PagePoint toPage(QPointF content) const;
    QPointF toContent(const PagePoint& point) const;
    QRectF toContent(int page, const app::PageRect& rect) const;

  private:
    int rowOf(int page) const;
    QSizeF turned(int page) const;
    void update();

    std::vector<app::PageSize> m_sizes;
    PageFlow m_flow = PageFlow::Continuous;
    ZoomMode m_mode = ZoomMode::FitWidth;
    double m_customScale = 96.0 / 72.0;
    double m_scale = 96.0 / 72.0;
    int m_turns = 0;
    QSizeF m_viewport;
    QSizeF m_content;
    std::vector<double> m_rowTops;  ///< one more than rows
};

}  // namespace lectern::ui

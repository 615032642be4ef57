#pragma once
// Values that travel between the program and the document worker.

#include <QImage>
#include <QRect>
#include <QRectF>
#include <QSize>
#include <QString>
#include <QVector>
#include <chrono>

#include "app/ingest/document.h"
#include "engine/core/result.h"

namespace lectern::app {

/// What opening a document tells. Sizes and labels of the pages come with PageLayouts; until then a reader may lay out
/// every page like the first.
struct DocumentInfo {
    DocumentKind kind = DocumentKind::Pdf;  ///< Pdf, Html, Epub, Docx or Odt
    int pageCount = 0;
    QString title;
    QString author;
    bool encrypted = false;
    PageSize firstPageSize;
    QVector<OutlineEntry> outline;
};

struct PageLayout {
    PageSize size;
    QString label;
};

/// Layouts of pages firstPage .. firstPage + pages.size() - 1.
struct PageLayouts {
    int firstPage = 0;
    QVector<PageLayout> pages;
};

/// Part of a page to be drawn. `region` is normalised 0..1 of the page as shown before `quarterTurns`.
struct RenderRequest {
    int page = 0;
    double pixelsPerPoint = 1.0;
    QRectF region = QRectF(0, 0, 1, 1);
    int quarterTurns = 0;  ///< clockwise, 0..3
};

struct RenderedRegion {
    RenderRequest request;
    QImage image;      ///< Format_RGB32; owns its pixels
    QRect pixels;      ///< what `image` covers of the whole page's picture, after turning; the region rounded outwards
    QSize pagePixels;  ///< size of the whole page's picture at this scale, after turning
};

/// Literal search. Runs of white space in needle and page match each other, so hits may span lines.
struct SearchRequest {
    QString needle;
    int firstPage = 0;
    int pageCount = -1;  ///< -1: to the end
    bool caseSensitive = false;
    bool wholeWords = false;
};

struct SearchHit {
    int page = 0;
    ByteRange bytes;  ///< in the page's text
    QVector<PageRect> rects;
    QString snippet;  ///< the hit with some text around it
};

/// A place on a page that leads somewhere: to a page of the same document, or to an address outside. On PDF pages it is
/// an area; in the text of the other kinds it is bytes of the page's text, and `text` says which, so that a reader of
/// another version of the file marks nothing wrong.
struct PageLink {
    PageRect area;
    int page = -1;  ///< -1: outside
    float top = 0;  ///< normalised height on that page
    QString address;
    int32_t line = 0;  ///< in text: line on that page, from 1
    ByteRange bytes = {};
    QString text = {};
};

struct PageLinks {
    int page = 0;
    QVector<PageLink> links;
};

/// Which worker: the one that also recognises text in pictures is slower to start.
enum class WorkerProgram : uint8_t { Document, Recognition };

/// What one worker process may use. A request that takes longer than its timeout costs the process.
struct WorkerLimits {
    int64_t addressSpaceBytes = int64_t{3} << 30;
    int64_t frameBytes = int64_t{96} << 20;  ///< largest picture, 4 bytes per pixel
    std::chrono::milliseconds openTimeout{30000};
    std::chrono::milliseconds renderTimeout{20000};
    std::chrono::milliseconds textTimeout{20000};
    std::chrono::milliseconds recogniseTimeout{180000};
};

}  // namespace lectern::app

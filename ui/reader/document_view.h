#pragma once
// What every reader view can do, whatever it shows: pages of a PDF or lines of text.

#include <QColor>
#include <QVector>
#include <QWidget>
#include <optional>

#include "app/document_worker/document_types.h"
#include "app/library/records.h"
#include "ui/reader/reader_layout.h"

namespace lectern::ui {

/// A place in a document. Rectangles belong to PDF pages, lines to text.
struct ReaderPlace {
    int page = 0;
    float top = 0;  ///< normalised height on the page
    QVector<app::PageRect> rects = {};
    std::optional<app::LineRange> lines = std::nullopt;
};

/// Selected text of one page.
struct SelectedText {
    int page = 0;
    ByteRange bytes = {};  ///< of the page's text
    QVector<app::PageRect> rects = {};
    std::optional<app::LineRange> lines = std::nullopt;
    QString text = {};
};

/// A highlight or note of the reader, as it is drawn. `key` is its owner's.
struct ReaderMark {
    int key = 0;
    app::AnnotationKind kind = app::AnnotationKind::Highlight;
    int page = 0;
    ByteRange bytes = {};  ///< of the page's text
    QVector<app::PageRect> rects = {};
    QColor color = {};
    QString note = {};
};

enum class HighlightKind { Citation, Hover, Find, FindCurrent, Selection };

struct SearchOptions {
    QString needle;
    bool caseSensitive = false;
    bool wholeWords = false;
    bool byIndex = false;  ///< pages with all these words, by the library's full-text index
};

/// One result in the order of the document, whatever its kind.
struct ReaderHit {
    ReaderPlace place;
    QString snippet;
};

/// Lives on the GUI thread; nothing blocks. Pages are counted from 0.
class DocumentView : public QWidget {
    Q_OBJECT

  public:
    using QWidget::QWidget;

    virtual int pageCount() const = 0;
    virtual int currentPage() const = 0;
    virtual PageSpan visiblePages() const = 0;
    virtual QString pageLabel(int page) const = 0;
    /// -1 when no page has this label. Labels win over numbers.
    virtual int pageOfLabel(const QString& label) const = 0;

    virtual void goTo(const ReaderPlace& place) = 0;
    virtual ReaderPlace currentPlace() const = 0;
    /// Where the eye is taken to be, for the entry of the contents that is marked: all above it counts as passed.
    virtual ReaderPlace readingPlace() const = 0;
    virtual void setHighlights(HighlightKind kind, const QVector<ReaderPlace>& places) = 0;
    virtual void setMarks(const QVector<ReaderMark>& marks) = 0;
    /// Draws the eye to the highlights of this kind for a moment.
    virtual void flash(HighlightKind kind) = 0;

    virtual void setZoom(ZoomMode mode, double scale = 0) = 0;
    virtual void zoomBy(double factor) = 0;
    virtual double zoomPercent() const = 0;
    virtual bool hasPageLayout() const = 0;  ///< false: text, where flow and rotation mean nothing
    virtual void setFlow(PageFlow flow) = 0;
    virtual PageFlow flow() const = 0;
    virtual void rotate(int quarterTurns) = 0;
    /// Zoom, flow and rotation in words of its own, to be given to restoreViewState() another day; what it does not
    /// understand it leaves as it is.
    virtual QString viewState() const = 0;
    virtual void restoreViewState(const QString& state) = 0;

    /// Starts a search; results come as searchHits(), a new search drops the one before. Empty needle: none.
    virtual void search(const SearchOptions& options) = 0;
    virtual QString selectedText() const = 0;
    /// The selection page by page; empty without one.
    virtual QVector<SelectedText> selection() const = 0;
    virtual void copySelection() = 0;
    /// Puts the keyboard on the next link (-1: the one before) of what is in sight; false where there is none.
    virtual bool stepLink(int direction) = 0;

  signals:
    void currentPageChanged(int page);
    void visiblePagesChanged(lectern::ui::PageSpan pages);
    void zoomChanged(double percent);
    /// Scrolled, zoomed or turned: currentPlace() or viewState() may be another.
    void moved();
    /// Page labels of the file have come in place of the numbers.
    void labelsChanged();
    void searchHits(const QVector<lectern::ui::ReaderHit>& hits, int pagesSearched, bool finished);
    void selectionChanged();
    /// A mark was clicked.
    void markActivated(int key);
    /// A link that leads out of the document was clicked.
    void outsideLinkActivated(const QString& address);
    /// The reader itself was moved far (outline, link): the place before, for Back.
    void jumped(const lectern::ui::ReaderPlace& from);
    /// One sentence about something that failed.
    void troubled(const QString& sentence);
};

}  // namespace lectern::ui

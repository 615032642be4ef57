#pragma once
// Pages of a PDF, drawn by the document worker. Only pages in sight and their neighbours are held.

#include "app/document_worker/document_client.h"
#include "ui/reader/document_view.h"
#include "ui/reader/page_text_store.h"

namespace lectern::ui {

class PdfCanvas;

/// Shows the document of a DocumentClient, which it does not own and which outlives it. Layouts, pictures and texts are
/// asked for as they come into sight; pages that fail show their sentence instead.
class PdfView : public DocumentView {
    Q_OBJECT

  public:
    explicit PdfView(app::DocumentClient* client, QWidget* parent = nullptr);
    ~PdfView() override;

    /// Takes over what opened() told. May be called before or after layouts have come.
    void showDocument(const app::DocumentInfo& info);
    /// Text of pages that are pictures; what was read before is read again.
    void setStoredPages(PageTextStore::StoredPages stored);
    void setCacheBytes(qint64 bytes);
    void setDarkPages(bool dark);

    int pageCount() const override;
    int currentPage() const override;
    PageSpan visiblePages() const override;
    QString pageLabel(int page) const override;
    int pageOfLabel(const QString& label) const override;
    void goTo(const ReaderPlace& place) override;
    ReaderPlace currentPlace() const override;
    ReaderPlace readingPlace() const override;
    void setHighlights(HighlightKind kind, const QVector<ReaderPlace>& places) override;
    void setMarks(const QVector<ReaderMark>& marks) override;
    void flash(HighlightKind kind) override;
    void setZoom(ZoomMode mode, double scale = 0) override;
    void zoomBy(double factor) override;
    double zoomPercent() const override;
    bool hasPageLayout() const override { return true; }
    void setFlow(PageFlow flow) override;
    PageFlow flow() const override;
    void rotate(int quarterTurns) override;
    QString viewState() const override;
    void restoreViewState(const QString& state) override;
    void search(const SearchOptions& options) override;
    QString selectedText() const override;
    QVector<SelectedText> selection() const override;
    void copySelection() override;
    bool stepLink(int direction) override;

    /// Whether every visible piece has been drawn at the present scale.
    bool isFullyDrawn() const;
    PdfCanvas* canvas() const { return m_canvas; }

  signals:
    /// The first picture of any page is on the screen.
    void firstPageShown();

  private:
    app::DocumentClient* m_client;
    PdfCanvas* m_canvas;
    PageTextStore* m_texts;
    QStringList m_labels;
    app::JobId m_searchJob = 0;
};

}  // namespace lectern::ui

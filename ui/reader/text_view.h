#pragma once
// Plain text, Markdown source and files of a source tree: one file at a time, with line numbers.

#include <QPlainTextEdit>
#include <QPointer>
#include <QThreadPool>
#include <QTimer>
#include <QVariantAnimation>
#include <atomic>
#include <map>
#include <memory>

#include "ui/reader/code_highlighter.h"
#include "ui/reader/document_view.h"
#include "ui/reader/text_link_store.h"

namespace lectern::ui {

class LinkCursor;

/// The editor of a TextView: read-only, numbers in the margin, a bar beside cited lines.
class CodeEdit : public QPlainTextEdit {
    Q_OBJECT

  public:
    explicit CodeEdit(QWidget* parent = nullptr);
    int numberWidth() const;
    void paintNumbers(QPaintEvent* event);
    void setMarkedLines(std::vector<app::LineRange> lines);
    /// Shows another text, coloured by its language.
    void showText(const QString& text, CodeLanguage language);

  protected:
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;

  private:
    void placeMargin();
    /// Colours the lines in sight. Those above were only scanned for what they leave open.
    void colourVisible();
    QWidget* m_margin;
    std::vector<app::LineRange> m_marked;
    CodeLanguage m_language = CodeLanguage::None;
    std::vector<CodeState> m_states;  ///< what each scanned line begins inside of
    std::vector<bool> m_coloured;
    QTimer m_colouring;
};

/// Pages are files; lines are counted from 1. Searches run on a worker thread.
class TextView : public DocumentView {
    Q_OBJECT

  public:
    explicit TextView(QWidget* parent = nullptr);
    ~TextView() override;

    /// `fileName` tells the language of a document that is one file; the files of a tree have their own names.
    void showPages(TextPages pages, const QString& fileName);
    /// Links of the pages shown; replaces those before, and is owned.
    void setLinks(TextLinkStore* links);
    const QVector<ShownTextLink>& shownLinks() const { return m_shownLinks; }
    /// The link at a place of the editor's viewport; null where there is none.
    const ShownTextLink* linkAt(QPoint viewportPoint) const;
    LinkCursor* linkCursor() const { return m_linkCursor; }
    void setFontPoints(int points);
    CodeEdit* editor() const { return m_edit; }

    int pageCount() const override;
    int currentPage() const override { return m_page; }
    PageSpan visiblePages() const override { return {m_page, m_page}; }
    QString pageLabel(int page) const override;
    int pageOfLabel(const QString& label) const override;
    void goTo(const ReaderPlace& place) override;
    ReaderPlace currentPlace() const override;
    int currentLine() const override;
    void setHighlights(HighlightKind kind, const QVector<ReaderPlace>& places) override;
    void setMarks(const QVector<ReaderMark>& marks) override;
    void flash(HighlightKind kind) override;
    void setZoom(ZoomMode mode, double scale = 0) override;
    void zoomBy(double factor) override;
    double zoomPercent() const override;
    bool hasPageLayout() const override { return false; }
    void setFlow(PageFlow) override {}
    PageFlow flow() const override { return PageFlow::Continuous; }
    void rotate(int) override {}
    QString viewState() const override;
    void restoreViewState(const QString& state) override;
    void search(const SearchOptions& options) override;
    QString selectedText() const override;
    QVector<SelectedText> selection() const override;
    void copySelection() override;
    bool stepLink(int direction) override;

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void showPage(int page);
    void buildLinkCursor();
    void takeLinks();
    void followLink(const ShownTextLink& link);
    QVector<QRect> linkRects(const ShownTextLink& link) const;
    QString linkTarget(const ShownTextLink& link) const;
    void addLinks(QList<QTextEdit::ExtraSelection>& selections) const;
    void updateSelections();
    void addMarks(QList<QTextEdit::ExtraSelection>& selections) const;

    TextPages m_pages;
    QString m_fileName;
    CodeEdit* m_edit;
    int m_page = -1;
    int m_basePoints = 10;
    double m_zoom = 1.0;
    std::map<HighlightKind, QVector<ReaderPlace>> m_highlights;
    QVector<ReaderMark> m_marks;
    TextLinkStore* m_links = nullptr;
    QVector<ShownTextLink> m_shownLinks;  ///< of the page shown
    LinkCursor* m_linkCursor = nullptr;
    HighlightKind m_flashKind = HighlightKind::Citation;
    QVariantAnimation m_flash;
    QThreadPool m_pool;
    std::shared_ptr<std::atomic<bool>> m_searchStop;
};

}  // namespace lectern::ui

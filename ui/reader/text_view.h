#pragma once
// Plain text, Markdown source and files of a source tree: one file at a time, with line numbers.

#include <QThreadPool>
#include <QVariantAnimation>
#include <atomic>
#include <map>
#include <memory>
#include <optional>

#include "ui/reader/code_edit.h"
#include "ui/reader/text_link_store.h"

namespace lectern::ui {

class LinkCursor;

/// Pages are files; lines are counted from 1. Searches run on a worker thread, and so does what long files need before
/// they can be shown: until then the view is empty and remembers where it shall go.
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
    const TextPages& pages() const { return m_pages; }
    CodeLanguage language(int page) const;

    int pageCount() const override;
    int currentPage() const override { return m_page; }
    PageSpan visiblePages() const override { return {m_page, m_page}; }
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
    void show(std::unique_ptr<QTextDocument> text);
    void showHighlights(HighlightKind kind);
    const std::string& textOf(int page) const { return (*m_pages)[static_cast<size_t>(page)].text; }

    TextPages m_pages;
    QString m_fileName;
    CodeEdit* m_edit;
    int m_page = -1;
    uint64_t m_shown = 0;  ///< counts the pages shown, so that one that comes late is known
    bool m_isMaking = false;
    std::optional<ReaderPlace> m_pendingPlace;
    int m_basePoints = 10;
    double m_zoom = 1.0;
    std::map<HighlightKind, QVector<ReaderPlace>> m_highlights;
    QVector<ReaderMark> m_marks;
    TextLinkStore* m_links = nullptr;
    QVector<ShownTextLink> m_shownLinks;  ///< of the page shown
    LinkCursor* m_linkCursor = nullptr;
    HighlightKind m_flashKind = HighlightKind::Citation;
    QVariantAnimation m_flash;
    QThreadPool m_pool;   ///< searches
    QThreadPool m_maker;  ///< long texts
    std::shared_ptr<std::atomic<bool>> m_searchStop;
};

}  // namespace lectern::ui
